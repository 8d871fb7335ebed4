"""Slips at several places of a line at once: a name everywhere, two names exchanged, brackets that were left out.

Each is worked out anew for the whole line, all candidates in one go, and within bounds: for lines that people write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from .. import ops
from .case import Case, Cause, kin
from .places import agree
from .terms import Apply, Number, Partial, Quantity, Term, value, walk
from .truth import Truth

MOST_PIECES = 300  # of a line that is worked out anew
MOST_NUMBERS = 20_000_000  # worked out for a name that is exchanged everywhere
MOST_NAMES = 16  # of which every two are exchanged
MOST_FLAT = 10  # operands of a sum or product that brackets are put into


def several(case: Case) -> Iterator[Cause]:
    """Every such slip that makes the line right."""
    if len(case.places.pieces) <= 10 * MOST_PIECES:
        yield from _brackets(case)
    if len(case.places.pieces) <= MOST_PIECES:
        yield from _everywhere(case)
        yield from _gradients_of_a_kind(case)
        yield from _exchanged(case)


class _Instead(Truth):
    """The meaning in which some quantities are others."""

    def __init__(self, truth: Truth, columns: dict[str, Any]) -> None:
        self.truth, self.columns = truth, columns

    def quantity(self, name: str) -> Any:
        """The quantity, or what stands for it."""
        return self.columns[name] if name in self.columns else self.truth.quantity(name)

    def partial(self, upper: str, lower: str) -> Any:
        """The true derivative."""
        return self.truth.partial(upper, lower)

    def number(self, number: Number) -> Any:
        """The number."""
        return self.truth.number(number)


def _fits(case: Case, found: Any) -> Any:
    found = np.asarray(found, dtype=float)
    return agree(found if found.ndim else np.full(np.shape(case.true), found), case.true, case.places.noise[id(case.right)])


def _mapped(root: Term, new: dict[int, Term]) -> Term:
    """The term with pieces, given by their ids, exchanged for others."""
    done: dict[int, Term] = {}
    for piece in walk(root):
        args = tuple([done[id(arg)] for arg in piece.args])
        done[id(piece)] = new[id(piece)] if id(piece) in new else replace(piece, args=args) if args else piece
    return done[id(root)]


def _named(case: Case) -> dict[str, list[Quantity]]:
    """Where each quantity stands in the line."""
    found: dict[str, list[Quantity]] = {}
    for piece in case.places.pieces:
        if isinstance(piece, Quantity) and piece.name in case.sheet.tape.places:
            found.setdefault(piece.name, []).append(piece)
    return found


def _everywhere(case: Case) -> Iterator[Cause]:
    """One quantity for another, at all its places."""
    columns = case.scope.quantities.columns
    for name, same in _named(case).items():
        if len(same) < 2 or columns.size * len(case.places.pieces) > MOST_NUMBERS:
            continue
        for row in np.flatnonzero(_fits(case, value(case.right, _Instead(case.scope.truth, {name: columns})))):
            other = case.scope.names[row]
            term = _mapped(case.right, {id(piece): Quantity(other, piece.span) for piece in same})
            code = "D104" if _activates(case, name, other) else "D106"
            yield Cause(code, f"{name} should be {other}, everywhere in the line", 2.1, whole=term)


def _activates(case: Case, z: str, a: str) -> bool:
    """Whether a = f(z) for an activation f."""
    tape = case.sheet.tape
    if a not in tape.places:
        return False
    op = tape.ops[tape.places[a]]
    return op is not None and op.activation and tape.args[tape.places[a]] == (tape.places[z],)


def _gradients_of_a_kind(case: Case) -> Iterator[Cause]:
    """Forward values of one kind for their gradients, in every term."""
    named = _named(case)
    for first in named if case.uppers else ():
        alike = [name for name in named if kin(name, first)]
        count = sum(len(named[name]) for name in alike)
        if count < 2 or alike[0] != first:
            continue
        for upper in case.uppers:
            columns = {name: case.scope.truth.partial(upper, name) for name in alike}
            if _fits(case, value(case.right, _Instead(case.scope.truth, columns))):
                new: dict[int, Term] = {id(piece): Partial(upper, name, piece.span) for name in alike for piece in named[name]}
                said = f"the forward values {', '.join(alike)} stand where gradients belong"
                yield Cause("D109", said, 2.2, whole=_mapped(case.right, new))


def _exchanged(case: Case) -> Iterator[Cause]:
    """Two things of the line in each other's place."""
    leaves: dict[str, Quantity | Partial] = {}
    for piece in case.places.pieces:
        if isinstance(piece, Quantity | Partial):
            leaves.setdefault(case.notation.write(piece), piece)
    if len(leaves) > MOST_NAMES:
        return
    for (said, one), (other_said, other) in combinations(leaves.items(), 2):
        new: dict[int, Term] = {}
        for piece in case.places.pieces:
            if isinstance(piece, Quantity | Partial):
                text = case.notation.write(piece)
                if text in (said, other_said):
                    new[id(piece)] = replace(other if text == said else one, span=piece.span)
        term = _mapped(case.right, new)
        if _fits(case, case.scope.truth.of(term)):
            yield Cause("D106", f"{said} and {other_said} have each other's place", 2.05, whole=term)


# ---- brackets ----


def _brackets(case: Case) -> Iterator[Cause]:
    """a + b + c where a (b + c) belongs, and a b c where a (b + c) does."""
    for piece in case.places.pieces:
        above = case.places.above(piece)
        if not isinstance(piece, Apply):
            continue
        if piece.op in (ops.add, ops.sub) and not (isinstance(above, Apply) and above.op in (ops.add, ops.sub) and piece is above.args[0]):
            yield from _product_in_a_sum(case, piece)
        elif piece.op is ops.mul and not (isinstance(above, Apply) and above.op is ops.mul):
            yield from _sum_in_a_product(case, piece)


def _flat(piece: Term, rows: tuple[Any, ...]) -> list[tuple[Term, bool]]:
    """The operands of a sum or product, in order, and whether a minus stands before them."""
    found: list[tuple[Term, bool]] = []
    stack: list[tuple[Term, bool]] = [(piece, False)]
    while stack and len(found) <= MOST_FLAT:
        term, minus = stack.pop()
        if isinstance(term, Apply) and term.op in rows:
            stack.append((term.args[1], minus != (term.op is ops.sub)))
            stack.append((term.args[0], minus))
        else:
            found.append((term, minus))
    return found if not stack else []


def _joined(case: Case, terms: list[tuple[Term, bool]], op: Any) -> tuple[Term, Any]:
    """Operands put together again, and what that is worth."""
    (first, minus), *rest = terms
    total, worth = (Apply(ops.neg, (first,)), -_worth(case, first)) if minus else (first, _worth(case, first))
    for term, minus in rest:
        here = (ops.sub if minus else ops.add) if op is ops.add else op
        total, worth = Apply(here, (total, term)), here(worth, _worth(case, term))
    return total, worth


def _worth(case: Case, term: Term) -> Any:
    return case.places.values[id(term)] if id(term) in case.places.values else case.scope.truth.of(term)


def _product_in_a_sum(case: Case, piece: Apply) -> Iterator[Cause]:
    terms = _flat(piece, (ops.add, ops.sub))
    for start, end in combinations(range(len(terms) + 1), 2):
        for cut in range(start + 1, end):
            inner = [(terms[start][0], False), *terms[start + 1 : cut]], [(terms[cut][0], False), *terms[cut + 1 : end]]
            (one, a), (other, b) = (_joined(case, part, ops.add) for part in inner)
            product = Apply(ops.mul, (one, other))
            kept = case.places.values
            kept[id(product)] = a * b
            new, worth = _joined(case, [*terms[:start], (product, terms[start][1]), *terms[end:]], ops.add)
            if case.places.needs[id(piece)] is not None and case.places.fits(piece, worth):
                said = f"{'-' if terms[cut][1] else '+'} stands where a product belongs"
                yield Cause("D108", said, 2.02 + 0.01 * (end - start), old=piece, new=new, span=piece.span)
            del kept[id(product)]


def _sum_in_a_product(case: Case, piece: Apply) -> Iterator[Cause]:
    terms = _flat(piece, (ops.mul,))
    for start, end in combinations(range(len(terms) + 1), 2):
        for cut in range(start + 1, end):
            (one, a), (other, b) = (_joined(case, part, ops.mul) for part in (terms[start:cut], terms[cut:end]))
            for op in (ops.add, ops.sub):
                total = Apply(op, (one, other))
                kept = case.places.values
                kept[id(total)] = op(a, b)
                new, worth = _joined(case, [*terms[:start], (total, False), *terms[end:]], ops.mul)
                if case.places.needs[id(piece)] is not None and case.places.fits(piece, worth):
                    sign = "sum" if op is ops.add else "difference"
                    yield Cause("D108", f"a product stands where a {sign} belongs", 2.03, old=piece, new=new, span=piece.span)
                del kept[id(total)]
