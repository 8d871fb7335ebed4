"""Second thoughts about a verdict: what the points cannot decide, numbers among formulas, derivatives used before they are whole."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import ops
from .digits import has_decimals, mixed_slack
from .terms import Apply, Partial, is_number, walk
from .verdicts import RTOL, Judged

if TYPE_CHECKING:
    from .checking import Checker

_NEARLY = ("≈", "\\approx", "≃", "\\simeq")


def too_early(checker: Checker, judged: Judged) -> None:
    """A derivative that is used before all its ways are added up."""
    assert judged.line.right is not None
    for piece in walk(judged.line.right):
        if isinstance(piece, Partial) and checker.sums.is_open(piece):
            judged.verdict, judged.code = "wrong", "D107"
            judged.cause = f"∂{piece.upper}/∂{piece.lower} is used here before all its ways are added up"


def at_given_numbers(checker: Checker, judged: Judged) -> None:
    """A line in which numbers stand for quantities is right where it is right at the writer's own point."""
    line = judged.line
    assert line.right is not None and line.left is not None
    if judged.verdict != "wrong" or not has_decimals(line.right):
        return
    target = checker.at_own_point(line.left)
    if target is None or checker.point is None:
        return
    found = checker.point.of(line.right)
    if not math.isinf(found) and abs(found - target) <= 1e-9 * abs(target) + mixed_slack(line.right, checker.point):
        judged.verdict, judged.value_ok, judged.step_ok = "right", True, True


def doubt(checker: Checker, judged: Judged, by_step: Any) -> None:
    """Leave undecided what the points cannot decide."""
    line, partly = judged.line, ~np.isfinite(by_step)
    assert line.right is not None
    wrong = judged.verdict in ("wrong", "cancels", "follow-on")
    limited = any(isinstance(piece, Apply) and piece.op.domain and piece.op is not ops.div for piece in walk(line.right))
    if wrong and limited and partly.any() and not partly.all() and np.allclose(by_step[~partly], judged.true[~partly], rtol=RTOL):
        judged.verdict, judged.cause = "undecided", "the line has no value at some of the points, and is right at the others"
    elif wrong and line.sign in _NEARLY:
        judged.verdict, judged.cause = "undecided", "an approximation; only equations and numbers are checked"
    elif judged.verdict == "right" and _hides(checker, judged):
        judged.verdict = "undecided"
        judged.cause = "both sides are 0 wherever the definitions hold, so that any line would do: is one of them a result of the work?"


def _hides(checker: Checker, judged: Judged) -> bool:
    """Whether a derivative that is no 0 by its formula is 0 at every point, and so is what is differentiated."""
    left, right, tape = judged.line.left, judged.line.right, checker.sheet.tape
    if not isinstance(left, Partial) or right is None or is_number(right) or checker.truth is None:
        return False
    reached = left.upper in tape.places and tape.places[left.lower] in checker.truth.sweep(left.upper)
    nothing = reached and bool((np.abs(judged.true) < 1e-11).all())
    return nothing and bool((np.abs(checker.column(checker.truth.quantity(left.upper))) < 1e-11).all())
