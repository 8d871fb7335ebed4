"""Judging every line: is it true, and is it a right step from what the writer had?

*value*: the line with the writer's own earlier claims put in, against the truth; *step*: the same with the true
earlier derivatives. Wrong in both is the line's own mistake; wrong in value only carries an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .digits import as_float, printed, slack, unit
from .lexer import Unreadable
from .sheet import Line, Sheet
from .terms import Partial, Quantity, Term, is_number, walk
from .truth import Truth, at_high_precision, columns

RTOL = 1e-9
CLOSE = (1e-12, 1e-6)  # relative differences that are looked at again, with 50 digits
CORNERED = 40  # times as many points where there are kinks: a claim's own conditions must be told from the program's
VERDICTS = ("right", "wrong", "follow-on", "cancels", "rounding", "unreadable", "undecided", "definition")


@dataclass
class Judged:
    """One line and what was found of it."""

    line: Line
    verdict: str
    value_ok: bool | None = None
    step_ok: bool | None = None
    claimed: Any = None  # at the points
    true: Any = None
    carries: Judged | None = None
    code: str | None = None
    cause: str = ""
    suggestion: str | None = None
    also: list[Any] = field(default_factory=list)
    truth: Truth | None = None  # of a rule about functions, which has points of its own


class Writer(Truth):
    """The meaning in which a derivative is what the writer last claimed it to be."""

    def __init__(self, truth: Truth) -> None:
        self.sheet, self.at, self._number = truth.sheet, truth.at, truth._number
        self._values, self._sweeps, self._late = truth._values, truth._sweeps, {}
        self.claims: dict[tuple[str, str], Any] = {}

    def claim(self, partial: Partial, value: Any) -> None:
        """From here on the writer's ∂upper/∂lower is this."""
        self.claims[partial.upper, partial.lower] = value
        self._late = {}

    def partial(self, upper: str, lower: str) -> Any:
        """The writer's claim, the truth where there is none."""
        if (upper, lower) in self.claims:
            return self.claims[upper, lower]
        return super().partial(upper, lower)


class Checker:
    """Goes through a sheet once."""

    def __init__(self, sheet: Sheet, points: int, seed: int) -> None:
        self.sheet, self.count, self.seed = sheet, points, seed
        self.judged: list[Judged] = []
        kinks = any(op is not None and op.kink is not None for op in sheet.tape.ops)
        self.at = columns(sheet, points * CORNERED if kinks else points, seed)
        self.truth = Truth(sheet, self.at) if self.at is not None else None
        self.writer = Writer(self.truth) if self.truth is not None else None
        self.point = _own_point(sheet)
        self.blame: dict[tuple[str, str], Judged] = {}  # whose mistake a claim carries
        self.sums: dict[tuple[str, str], list[Judged]] = {}  # the lines of a derivative that is added up with +=

    def run(self) -> list[Judged]:
        """A verdict for every line."""
        for line in self.sheet.lines:
            try:
                judged = self._judge(line)
            except Unreadable as trouble:
                line.trouble = Unreadable(str(trouble), *line.span, trouble.code)
                judged = Judged(line, "unreadable")
            except (ArithmeticError, ValueError) as trouble:
                line.trouble = Unreadable(f"this has no value: {trouble}", *line.span, "D303")
                judged = Judged(line, "unreadable")
            self.judged.append(judged)
        self._one_factor()
        return self.judged

    def _one_factor(self) -> None:
        """A sheet that is right for another loss, c·L, has one mistake and not one a line."""
        claims = [
            j for j in self.judged if isinstance(j.line.left, Partial) and j.line.left.upper == self.sheet.loss and j.true is not None
        ]
        wrong = [j for j in claims if j.verdict == "wrong" and j.claimed is not None]
        if len(wrong) < 2 or any(j.verdict == "right" and np.any(j.true) for j in claims):
            return
        ratios = np.concatenate([np.ravel(j.claimed / j.true) for j in wrong])
        if np.isfinite(ratios).all() and np.ptp(ratios) <= RTOL * np.max(np.abs(ratios)):
            for j in wrong[1:]:
                j.verdict, j.carries, j.code = "follow-on", wrong[0], "D203"

    def _judge(self, line: Line) -> Judged:
        if line.kind == "unreadable":
            return Judged(line, "unreadable")
        if line.kind in ("definition", "point", "assumption"):
            return Judged(line, "definition")
        if self.truth is None or self.writer is None:
            return Judged(line, "undecided", cause="no points were found at which the forward program has a value")
        if line.kind == "identity":
            return self._identity(line)
        assert line.left is not None and line.right is not None
        if line.sign in ("+=", "-=") or self._is_summed(line):
            return self._summand(line)
        true = self._column(self.truth.of(line.left))
        if is_number(line.right) and isinstance(line.left, Quantity | Partial) and (self.sheet.point or line.chained):
            return self._numeric(line, true)
        by_value, by_step = self._column(self.writer.of(line.right)), self._column(self.truth.of(line.right))
        judged = Judged(line, "", claimed=by_value, true=true)
        judged.value_ok = self._same(by_value, true, line.right, line.left)
        judged.step_ok = self._same(by_step, true, line.right, line.left)
        self._settle(judged)
        self._remember(judged, by_value)
        return judged

    def _settle(self, judged: Judged) -> None:
        """The verdict of the two checks."""
        match judged.value_ok, judged.step_ok:
            case True, True:
                judged.verdict = "right"
            case True, False:
                judged.verdict = "cancels"
                judged.carries = self._carried(judged.line)
            case False, True:
                judged.verdict = "follow-on"
                judged.carries = self._carried(judged.line)
            case _:
                judged.verdict = "wrong"
                before = self.judged[-1] if self.judged and judged.line.chained else None
                if before and before.verdict in ("wrong", "follow-on") and _alike(before.claimed, judged.claimed):
                    judged.verdict, judged.carries = "follow-on", before.carries or before

    def _carried(self, line: Line) -> Judged | None:
        """The earlier line whose mistake this one carries."""
        assert line.right is not None
        mentioned = [piece for piece in walk(line.right) if isinstance(piece, Partial)]
        for piece in walk(line.right):
            if isinstance(piece, Quantity) and piece.name in self.sheet.late:
                mentioned += [p for p in walk(self.sheet.late[piece.name]) if isinstance(p, Partial)]
        return next((self.blame[p.upper, p.lower] for p in mentioned if (p.upper, p.lower) in self.blame), None)

    def _remember(self, judged: Judged, value: Any) -> None:
        left = judged.line.left
        if isinstance(left, Partial) and self.writer is not None:
            self.writer.claim(left, value)
            if judged.verdict in ("wrong", "follow-on"):
                self.blame[left.upper, left.lower] = judged.carries or judged
            else:
                self.blame.pop((left.upper, left.lower), None)

    # ---- rules about functions ----

    def _identity(self, line: Line) -> Judged:
        assert line.left is not None and line.right is not None
        at = columns(self.sheet, self.count, self.seed, line.variables)
        if at is None:
            return Judged(line, "undecided", cause="no points were found at which the forward program has a value")
        truth = Truth(self.sheet, at)
        left, right = self._column(truth.of(line.left), at), self._column(truth.of(line.right), at)
        same = self._same(right, left, line.right, line.left, at)
        if not np.isfinite(left).all() or not np.isfinite(right).all():
            return Judged(line, "undecided", cause="the two sides have no value at some of the points", claimed=right, true=left)
        judged = Judged(line, "right" if same else "wrong", same, same, right, left, truth=truth)
        before = self.judged[-1] if self.judged and line.chained else None
        if before and before.verdict in ("wrong", "follow-on") and _alike(before.claimed, judged.claimed):
            judged.verdict, judged.carries = "follow-on", before.carries or before
        return judged

    # ---- += ----

    def _is_summed(self, line: Line) -> bool:
        """Whether later lines add to this claim."""
        later = self.sheet.lines[self.sheet.lines.index(line) + 1 :]
        for other in later:
            if (
                isinstance(other.left, Partial)
                and isinstance(line.left, Partial)
                and (other.left.upper, other.left.lower) == (line.left.upper, line.left.lower)
            ):
                return other.sign in ("+=", "-=")
        return False

    def _summand(self, line: Line) -> Judged:
        """One contribution to a derivative; the last one settles the total, and is settled with it."""
        assert line.right is not None and self.writer is not None and self.truth is not None
        if not isinstance(line.left, Partial):
            raise Unreadable("only a derivative is added up with +=", *line.span)
        key = line.left.upper, line.left.lower
        if line.sign not in ("+=", "-="):
            self.sums[key] = []
        group = self.sums.setdefault(key, [])
        sign = -1.0 if line.sign == "-=" else 1.0
        by_value, by_step = sign * self._column(self.writer.of(line.right)), sign * self._column(self.truth.of(line.right))
        judged = Judged(line, "right", True, True, by_value, by_step)
        judged.also = [by_step]
        group.append(judged)
        total_value, total_step = sum(j.claimed for j in group), sum(j.also[0] for j in group)
        self.writer.claim(line.left, total_value)
        if self._is_summed(line):
            return judged
        true = self._column(self.truth.of(line.left))
        value_ok, step_ok = self._same(total_value, true, line.right, None), self._same(total_step, true, line.right, None)
        if not (value_ok and step_ok):
            self._find_summand(group, true, value_ok=value_ok, step_ok=step_ok)
        for j in group:
            j.also = []
            if j.verdict in ("wrong", "follow-on"):
                self.blame[key] = j.carries or j
        return judged

    def _find_summand(self, group: list[Judged], true: Any, *, value_ok: bool, step_ok: bool) -> None:
        """Which of the contributions to a wrong total is the wrong one: it is none of the true ways' shares."""
        if step_ok:
            for j in group:
                if not np.allclose(j.claimed, j.also[0], rtol=RTOL, atol=0):
                    j.verdict, j.value_ok, j.carries = "follow-on", False, self._carried(j.line)
            return
        left = group[-1].line.left
        assert isinstance(left, Partial) and self.truth is not None
        shares = self._shares(left)
        shares.append(np.zeros_like(shares[0]) if shares else np.zeros_like(true))  # dw = 0, before the adding up begins
        strangers = [j for j in group if not any(np.allclose(j.also[0], share, rtol=1e-7, atol=1e-12) for share in shares)]
        guilty = strangers or [group[-1]]
        others = sum(j.also[0] for j in group if j not in guilty)
        for j in guilty:
            j.verdict, j.value_ok, j.step_ok = "wrong", value_ok, False
            j.true = true - others if len(guilty) == 1 else true
            j.claimed = j.also[0]

    def _shares(self, left: Partial) -> list[Any]:
        """The contributions of the ways that lead on from a quantity, every sum of some of them."""
        assert self.truth is not None
        tape, values = self.sheet.tape, self.truth._values
        gradients = tape.sweep(values, tape.places[left.upper])
        place = tape.places[left.lower]
        single = []
        for node, (op, args) in enumerate(zip(tape.ops, tape.args, strict=True)):
            if op is not None and node in gradients:
                for i, arg in enumerate(args):
                    if arg == place:
                        single.append(self._column(gradients[node] * op.partials[i](values[node], *[values[a] for a in args])))
        sums = [np.zeros(0)]
        for share in single[:10]:
            sums += [share if not len(s) else s + share for s in sums]
        return [s for s in sums if len(s)]

    # ---- printed numbers ----

    def _numeric(self, line: Line, true: Any) -> Judged:
        """A number that the writer worked out: exact where the derivative is constant, else at the writer's own point."""
        assert line.right is not None and line.left is not None and self.truth is not None
        exact, constant = frozenset(self.sheet.point.values()), self._column(self.truth.of(line.right))
        if np.allclose(constant, true, rtol=RTOL, atol=1e-15):
            return Judged(line, "right", True, True, constant, true)
        if self.point is None:
            before = self.judged[-1] if self.judged else None
            if line.chained and before is not None and before.line.right is not None and is_number(before.line.right):
                ok, close = printed(line.right, as_float(before.line.right), loose=slack(before.line.right, exact))
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
        target = float(self.point.of(line.left))
        ok, close = printed(line.right, target, exact=exact)
        if not ok and not close and line.chained and self.judged and self.judged[-1].verdict in ("right", "rounding"):
            before_right = self.judged[-1].line.right
            if before_right is not None and is_number(before_right):
                _, close = printed(line.right, as_float(before_right))
                close = close and abs(as_float(line.right) - target) <= 3 * (unit(line.right) + slack(before_right, exact))
        judged = Judged(line, "right" if ok else "rounding" if close else "wrong", ok or close, ok or close)
        before = self.judged[-1] if self.judged and line.chained else None
        if judged.verdict == "wrong" and before and before.verdict in ("wrong", "follow-on") and before.line.right is not None:
            follows, nearly = printed(line.right, float(self.point.of(before.line.right)))
            if follows or nearly:
                judged.verdict, judged.carries = "follow-on", before.carries or before
        judged.claimed, judged.true = np.array([as_float(line.right)]), np.array([target])
        if judged.verdict == "wrong":
            judged.code = "D113"
        return judged

    # ---- comparing ----

    def _column(self, value: Any, at: Any = None) -> Any:
        at = at if at is not None else self.at
        size = len(next(iter(at.values()))) if at else self.count
        return np.broadcast_to(np.asarray(value, dtype=float), (size,))

    def _same(self, a: Any, b: Any, right: Term, left: Term | None, at: Any = None) -> bool:
        """Whether two columns are one; a close call is decided with 50 digits."""
        with np.errstate(all="ignore"):
            apart = np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-300)
        if not np.isfinite(a).all():
            return False
        if (apart < CLOSE[0]).all():
            return True
        if (apart > CLOSE[1]).any() and not ((np.abs(a) < 1e-9) & (np.abs(b) < 1e-9)).any():
            return False
        if left is None:
            return bool((apart < RTOL).all())
        return self._same_to_50_digits(right, left, at if at is not None else self.at, a, b)

    def _same_to_50_digits(self, right: Term, left: Term, at: Any, a: Any, b: Any) -> bool:
        if self.writer is not None and any((p.upper, p.lower) in self.blame for p in walk(right) if isinstance(p, Partial)):
            return bool(np.allclose(a, b, rtol=RTOL, atol=1e-12))
        for place in range(len(a)):
            truth = at_high_precision(self.sheet, at, place)
            x, y = truth.of(right), truth.of(left)
            if abs(x - y) > RTOL * max(abs(x), abs(y)) * 1e-3 and abs(x - y) > 1e-30:
                return False
        return True


def _alike(a: Any, b: Any) -> bool:
    return a is not None and b is not None and len(a) == len(b) and bool(np.allclose(a, b, rtol=RTOL, atol=0))


def _own_point(sheet: Sheet) -> Truth | None:
    """The truth at the numbers that the writer gave, when every leaf has one."""
    if not sheet.tape.leaves or any(leaf not in sheet.point for leaf in sheet.tape.leaves):
        return None
    try:
        return Truth(sheet, dict(sheet.point))
    except (ValueError, ArithmeticError):
        return None
