"""What the checker makes of a mistake."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from autograd import check

from .mutators import MUTATORS
from .notations import SUFFIX, written
from .wrong import Mistake

CALM = {"right", "follow-on", "definition", "rounding"}  # what the lines may be that were not touched


@dataclass
class Outcome:
    """What was found of one mistake in one notation."""

    mutator: str
    sheet: str
    notation: str
    named: bool
    coded: bool
    repaired: bool
    before: str
    after: str
    report: str
    verdicts: tuple[str, ...]
    seconds: float


def trial(mistake: Mistake, notation: str) -> Outcome:
    """Check one mistake; an exception of the checker is a failure, not an end."""
    text = written(mistake.mutated, notation)
    row = text.rows[mistake.number][mistake.side]
    before, after = written(mistake.sheet, notation).line(row), text.line(row)
    began = time.perf_counter()
    try:
        report = check(text.text, suffix=SUFFIX[notation])
    except Exception as error:
        return Outcome(
            mistake.mutator, mistake.sheet.name, notation, False, False, False, before, after, f"{type(error).__name__}: {error}", (), 0.0
        )
    seconds = time.perf_counter() - began
    rows = text.rows[mistake.number] if mistake.mutator == "wrong left side" else (row,)
    others = [finding for finding in report.lines if finding.line not in rows]
    named = report.first_wrong == rows[0] and all(finding.verdict in CALM for finding in others)
    guilty = [finding for finding in report.lines if finding.line in rows and finding.verdict in ("wrong", "cancels")]
    coded = any(finding.code in MUTATORS[mistake.mutator][1] for finding in guilty)
    repaired = len(guilty) == 1 and _repairs(text.text, guilty[0], notation)
    return Outcome(
        mistake.mutator, mistake.sheet.name, notation, named, coded, repaired, before, after, str(report),
        tuple(finding.verdict for finding in report.lines), seconds,
    )  # fmt: skip


def _repairs(text: str, finding: Any, notation: str) -> bool:
    """Whether the suggestion, put into the file, makes it right. ``dL/dz = dL/dz`` says nothing and repairs nothing."""
    if not finding.suggestion:
        return False
    left, _, right = finding.suggestion.partition("=")
    if left.strip("+- ") == right.strip():
        return False
    lines = text.split("\n")
    line, start = lines[finding.line - 1], finding.column - 1
    lines[finding.line - 1] = line[:start] + finding.suggestion + line[start + len(finding.text) :]
    return check("\n".join(lines), suffix=SUFFIX[notation]).status == 0


def trial_of(job: tuple[Mistake, str]) -> Outcome:
    return trial(*job)


def both_found(job: tuple[Mistake, Mistake, str]) -> tuple[bool, str]:
    """Whether two mistakes in one sheet are both found."""
    one, other, notation = job
    claims = list(one.mutated.claims)
    claims[other.number] = other.claim
    text = written(replace(one.sheet, claims=tuple(claims)), notation)
    wanted = {text.rows[one.number][one.side], text.rows[other.number][other.side]}
    try:
        report = check(text.text, suffix=SUFFIX[notation])
    except Exception as error:
        return False, f"{type(error).__name__}: {error}\n{text.text}"
    found = {finding.line for finding in report.lines if finding.verdict in ("wrong", "cancels")}
    return found == wanted, f"{one.sheet.name}, {notation}: lines {sorted(wanted)} are wrong, {sorted(found)} were found\n{report}"
