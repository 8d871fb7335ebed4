"""Lines that give a number: exact where the derivative is constant, else right at the writer's own point to the digits written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .digits import as_float, printed, slack, unit
from .sheet import Line
from .terms import is_number
from .verdicts import RTOL, Judged

if TYPE_CHECKING:
    from .checking import Checker


def numeric(checker: Checker, line: Line, true: Any) -> Judged:
    """A number that the writer worked out: exact where the derivative is constant, else at the writer's own point."""
    assert line.right is not None and line.left is not None and checker.truth is not None
    exact, constant = frozenset(checker.sheet.point.values()), checker.column(checker.truth.of(line.right))
    if np.allclose(constant, true, rtol=RTOL, atol=1e-15):
        return Judged(line, "right", True, True, constant, true)
    target = checker.at_own_point(line.left)
    if target is None or checker.point is None:
        before = checker.judged[-1] if checker.judged else None
        if line.chained and before is not None and before.line.right is not None and is_number(before.line.right):
            ok, close = printed(line.right, as_float(before.line.right), before=before.line.right, exact=exact)
            return Judged(
                line,
                "right" if ok else "rounding" if close else "wrong",
                ok or close,
                ok or close,
                code=None if ok or close else "D113",
            )
        if float(np.ptp(true)) <= RTOL * float(np.max(np.abs(true))):
            return Judged(line, "wrong", False, False, constant, true)
        return Judged(
            line, "undecided", cause="a number can be checked only where every leaf has one (x_0 = 0.5)", claimed=constant, true=true
        )
    ok, close = printed(line.right, target, exact=exact)
    if not ok and not close and line.chained and checker.judged and checker.judged[-1].verdict in ("right", "rounding"):
        before_right = checker.judged[-1].line.right
        if before_right is not None and is_number(before_right):
            close, _ = printed(line.right, as_float(before_right))
            close = close and abs(as_float(line.right) - target) <= 3 * (unit(line.right) + slack(before_right, exact))
    judged = Judged(line, "right" if ok else "rounding" if close else "wrong", ok or close, ok or close)
    before = checker.judged[-1] if checker.judged and line.chained else None
    if judged.verdict == "wrong" and before and before.verdict in ("wrong", "follow-on") and before.line.right is not None:
        follows, nearly = printed(line.right, float(checker.point.of(before.line.right)))
        if follows or nearly:
            judged.verdict, judged.carries = "follow-on", before.carries or before
    judged.claimed, judged.true = np.array([as_float(line.right)]), np.array([target])
    if judged.verdict == "wrong":
        judged.code = "D113"
    return judged
