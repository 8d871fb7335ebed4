"""Why a line is wrong: hypotheses, each borne out by the numbers at all points, the likeliest first.

The hypotheses themselves stand elsewhere, one kind a file: one piece exchanged (`repairs`), something left out
(`missing`, and `pairs` of things), several places at once (`several`), the ways from the loss (`ways`), and the line as a whole (`whole`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from .case import Case, Cause
from .checking import Checker
from .lexer import Unreadable
from .missing import missing
from .pairs import pairs
from .repairs import repairs
from .scope import Scope
from .several import MOST_PIECES, several
from .suggesting import corrected, suggestion
from .terms import Partial
from .truth import Truth
from .verdicts import Judged
from .ways import paths
from .whole import updated, whole

MOST_CAUSES, MOST_TRIED = 2, 100  # told, and looked at again at every point
CERTAIN = 1.3  # so likely a cause ends the search before what takes long is tried, and in a line of
LONG = 500  # pieces or more before what is missing is looked for
_TROUBLE = (Unreadable, KeyError, ArithmeticError, ValueError)


@dataclass
class Diagnosis:
    """What was found of a wrong line."""

    causes: list[Cause] = field(default_factory=list)
    suggestion: str | None = None


class Doctor:
    """Finds causes, for the lines of one sheet."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self._scopes: dict[int, Scope] = {}

    def scope(self, truth: Truth) -> Scope:
        """What may stand in the sheet's lines, worked out once."""
        if id(truth) not in self._scopes:
            self._scopes[id(truth)] = Scope(self.checker.sheet, truth)
        return self._scopes[id(truth)]

    def case(self, judged: Judged) -> Case | None:
        """A wrong line with what is known of it; a rule about functions has points of its own."""
        truth = judged.truth or self.checker.truth
        if judged.line.left is None or judged.line.right is None or judged.true is None or truth is None or judged.code == "D113":
            return None
        return Case(self.checker, judged, self.scope(truth))

    def diagnose(self, judged: Judged) -> Diagnosis:
        """The causes that explain a wrong line, at most two, the likeliest first, and the line as it should be."""
        try:
            case = self.case(judged)
            if case is None:
                return Diagnosis()
            said = _independent(case)
            causes = [Cause("D199", said, 0.0)] if said else list(_likeliest(case))
            texts = (suggestion(case, cause) for cause in [*causes[:1], None])
            return Diagnosis(causes, next((text for text in texts if text), None))
        except _TROUBLE:
            return Diagnosis()


def _independent(case: Case) -> str:
    left = case.left
    if isinstance(left, Partial) and not np.any(case.true) and left.upper != left.lower and not len(case.scope.onward(left.lower).columns):
        return f"{left.upper} does not depend on {left.lower}"
    return ""


def _hypotheses(case: Case) -> list[Cause]:
    found: list[Cause] = []
    for kind in (repairs, paths, whole, missing, several):
        hard = kind is several or (kind is missing and len(case.places.pieces) > LONG)
        if hard and any(cause.cost <= CERTAIN for cause in found):
            break
        try:
            found += kind(case)
        except _TROUBLE:
            continue
    return sorted(found, key=lambda cause: cause.cost)


def _likeliest(case: Case) -> Iterator[Cause]:
    found = _hypotheses(case)
    if not found or found[0].cost > 1.5:
        found = [*updated(case), *found]
    found = found or list(pairs(case)) or _not_all_was_tried(case)
    told: set[str] = set()
    many = 0
    for cause in found[:MOST_TRIED]:
        if cause.code not in told and _holds(case, cause):
            line = corrected(case, cause)
            written = case.notation.write(line) if line is not None else cause.code
            if written in told:
                continue  # the same line under another name
            told |= {cause.code, written}
            many += 1
            yield cause
        if many == MOST_CAUSES:
            return


def _not_all_was_tried(case: Case) -> list[Cause]:
    """What is said of a line that is too long for every slip to be tried."""
    count = len(case.places.pieces)
    return (
        [Cause("D199", f"the cause is not known; in a line of {count} pieces not every slip was tried", 9.0)] if count > MOST_PIECES else []
    )


def _holds(case: Case, cause: Cause) -> bool:
    """Whether the exchange makes the line right at every point, and not only at those that were searched."""
    term = corrected(case, cause)
    return term is None or case.is_right(term)
