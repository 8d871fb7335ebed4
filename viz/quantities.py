"""A sheet's forward program as a graph of its quantities, with what the check says of their derivatives.

One card for each quantity that the sheet names, one arrow from each quantity to what is made straight from it: the
picture that a hand derivation has in mind. Whatever lies between two names is on the arrow, as the local derivative.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from autograd.derivation.report import Finding, Report
from autograd.derivation.sheet import Line, Sheet
from autograd.derivation.steps import Steps
from autograd.derivation.terms import Partial, is_number
from autograd.derivation.truth import columns

ORDER = ("wrong", "cancels", "follow-on", "undecided", "rounding", "right")  # the first of a quantity's verdicts is shown


@dataclass(frozen=True)
class Claim:
    """What one line says of one derivative; ``value`` is at the first random point, None where the line gives only a number."""

    row: int  # the line's place among the report's lines
    line: int
    verdict: str
    value: float | None
    numeric: bool  # the line gives a number, for the sheet's own point


@dataclass(frozen=True)
class Card:
    """One quantity, its value and its true derivative at the first random point."""

    id: str
    name: str
    also: tuple[str, ...]  # other names of the same quantity: ŷ, where ŷ = a₃
    data: float
    grad: float
    claim: Claim | None
    definition: int | None  # the row that defines it


@dataclass(frozen=True)
class Arrow:
    """``head`` is made straight from ``tail``; both are ids."""

    id: str
    tail: str
    head: str
    formula: str
    partial: float
    claim: Claim | None


@dataclass
class Graph:
    """The quantities below ``root``; ``rows`` says which card or arrow each of the report's lines is about."""

    root: str
    cards: list[Card] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    rows: dict[int, str] = field(default_factory=dict)


def graphs(report: Report) -> list[Graph]:
    """A graph of the loss; and one of every other quantity whose derivatives are claimed and that the others do not show.

    Raises ValueError when there is no forward program, or no point at which it has a value.
    """
    sheet = report.sheet
    if sheet.loss is None or not any(op is not None for op in sheet.tape.ops):
        raise ValueError("the sheet defines no forward program")
    with np.errstate(all="ignore"):
        point = columns(sheet, 1, report.seed)
    if point is None:
        raise ValueError("no point was found at which the forward program has a value")
    values = sheet.tape.run({name: float(column[0]) for name, column in point.items()})
    one = Steps(sheet.tape).named  # of the names of one quantity, the one that is drawn
    called = {name: one[place] for name, place in sheet.tape.places.items()}
    claims = _claims(report, called)
    found: list[Graph] = []
    for root in dict.fromkeys([called[sheet.loss], *(upper for upper, _ in claims)]):
        drawn = any(card.name == root for graph in found for card in graph.cards)
        if not drawn:
            found.append(_graph(root, f"g{len(found)}", sheet, called, claims, values))
    return found


def _claims(report: Report, called: dict[str, str]) -> dict[tuple[str, str], list[Claim]]:
    found: dict[tuple[str, str], list[Claim]] = {}
    for row, (finding, line) in enumerate(zip(report.lines, report.sheet.lines, strict=True)):
        left = line.left
        if isinstance(left, Partial) and finding.verdict in ORDER and {left.upper, left.lower} <= called.keys():
            found.setdefault((called[left.upper], called[left.lower]), []).append(_claim(row, finding, line))
    return found


def _claim(row: int, finding: Finding, line: Line) -> Claim:
    several = finding.claimed is not None and len(finding.claimed) > 1
    return Claim(
        row,
        finding.line,
        finding.verdict,
        finding.claimed[0] if finding.claimed and several else None,
        line.right is not None and is_number(line.right),
    )


def _worst(claims: Iterable[Claim]) -> Claim | None:
    """The first mistake; where there is none, the last claim: what += adds up to."""
    ordered = sorted(
        claims, key=lambda claim: (ORDER.index(claim.verdict), claim.numeric, -claim.row if claim.verdict == "right" else claim.row)
    )
    return ordered[0] if ordered else None


def _graph(
    root: str, prefix: str, sheet: Sheet, called: dict[str, str], claims: dict[tuple[str, str], list[Claim]], values: list[float]
) -> Graph:
    tape, steps = sheet.tape, Steps(sheet.tape)
    local = {root: steps.local(root, values)}
    stack = [root]
    while stack:
        for name in local[stack.pop()]:
            if name not in local:
                local[name] = steps.local(name, values)
                stack.append(name)
    names = sorted(local, key=lambda name: tape.places[name])
    ids = {name: f"{prefix}n{i}" for i, name in enumerate(names)}
    sweep = tape.sweep(values, tape.places[root])
    defining = {row: name for row, line in enumerate(sheet.lines) if (name := called.get(_defines(line), "")) in ids}
    defined = {name: row for row, name in reversed(defining.items())}
    made = Graph(root)
    for name in names:
        place = tape.places[name]
        claim = _worst(claims.get((root, name), ()))
        also = tuple(other for other in called if called[other] == name != other)
        made.cards.append(Card(ids[name], name, also, float(values[place]), float(sweep.get(place, 0.0)), claim, defined.get(name)))
        formulas = steps.formulas(name) if local[name] else {}
        for i, (below, partial) in enumerate(local[name].items()):
            on_arrow = _worst(claims.get((name, below), ())) if name != root else None
            id = f"{ids[name]}e{i}"
            made.arrows.append(Arrow(id, ids[below], ids[name], formulas[below].pretty, float(partial), on_arrow))
            if name != root:
                made.rows |= {other.row: id for other in claims.get((name, below), ())}
    for name in names:
        made.rows |= {claim.row: ids[name] for claim in claims.get((root, name), ())}
    made.rows |= {row: ids[name] for row, name in defining.items()}
    return made


def _defines(line: Line) -> str:
    """The quantity that a line defines or gives a number to; "" for any other line."""
    name = getattr(line.left, "name", "")
    return name if line.kind in ("definition", "point") and isinstance(name, str) else ""
