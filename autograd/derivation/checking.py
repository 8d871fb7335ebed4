"""Judging every line: is it true, and is it a right step from what the writer had?

*value*: the line with the writer's own earlier claims put in, against the truth; *step*: the same with the true
earlier derivatives. Wrong in both is the line's own mistake; wrong in value only carries an earlier one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from .digits import has_decimals
from .doubts import at_given_numbers, doubt, too_early
from .lexer import Unreadable
from .numeric import numeric
from .sheet import Line, Sheet
from .summing import Sums
from .terms import Apply, Partial, Prime, Quantity, Term, is_number, value, walk
from .truth import Leaves, Truth, at_high_precision, columns
from .verdicts import RTOL, Judged, alike

CLOSE = (1e-12, 1e-6)  # relative differences that are looked at again, with 50 digits
CORNERED = 40  # times as many points where there are kinks: a claim's own conditions must be told from the program's


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
        kinks = any(op is not None and op.kink is not None for op in sheet.tape.ops) or any(map(_has_kink, sheet.lines))
        self.at = columns(sheet, points * CORNERED if kinks else points, seed)
        self.truth = Truth(sheet, self.at) if self.at is not None else None
        self.writer = Writer(self.truth) if self.truth is not None else None
        self.point = _own_point(sheet)
        self.blame: dict[tuple[str, str], Judged] = {}  # whose mistake a claim carries
        self.sums = Sums(self)

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
        if line.kind in ("definition", "point"):
            return Judged(line, "definition")
        if line.kind == "assumption":
            return self._assumption(line)
        at = self._points_of(line) if line.kind == "identity" else self.at
        if at is None or self.truth is None or self.writer is None:
            return Judged(line, "undecided", cause="no points were found at which the forward program has a value")
        if line.kind == "identity":
            return self._identity(line, at)
        assert line.left is not None and line.right is not None
        unknown = self._unknown(line) if self.sheet.broken else None
        if unknown is not None:
            row, _ = self.sheet.place(self.sheet.broken[unknown].span[0])
            return Judged(line, "undecided", cause=f"it depends on {unknown}, and line {row}, which defines it, could not be read")
        if line.sign in ("+=", "-=") or self.sums.goes_on(line):
            return self.sums.summand(line)
        if id(line) in self.sums.begun:
            return Judged(line, "definition")
        true = self.column(self.truth.of(line.left))
        worked_out = self.sheet.point or line.chained or has_decimals(line.right)
        if is_number(line.right) and isinstance(line.left, Quantity | Partial) and worked_out:
            return numeric(self, line, true)
        by_value, by_step = self.column(self.writer.of(line.right)), self.column(self.truth.of(line.right))
        judged = Judged(line, "", claimed=by_value, true=true)
        judged.value_ok = self.same(by_value, true, line.right, line.left)
        judged.step_ok = self.same(by_step, true, line.right, line.left)
        self._settle(judged)
        at_given_numbers(self, judged)
        doubt(self, judged, by_step)
        self._remember(judged, by_value)
        return judged

    def _assumption(self, line: Line) -> Judged:
        """An equation between leaves is taken as given, unless it is untrue of the numbers that the writer gave them."""
        assert line.left is not None and line.right is not None
        names = {piece.name for side in (line.left, line.right) for piece in walk(side) if isinstance(piece, Quantity)}
        if not names <= self.sheet.point.keys():
            return Judged(line, "definition")
        left, right = (value(side, Leaves(self.sheet.point)) for side in (line.left, line.right))
        if np.isclose(left, right, rtol=1e-6):
            return Judged(line, "definition")
        return Judged(line, "wrong", False, False, np.array([right]), np.array([left]), code="D113")

    def _unknown(self, line: Line) -> str | None:
        """A quantity of unreadable definition on which it depends whether this line is right."""
        tape = self.sheet.tape
        within = tape.depends(tape.places[self.sheet.loss]) if self.sheet.loss in tape.places else set()
        pieces = list(self._spoken_of([side for side in (line.left, line.right) if side is not None]))
        for name in self.sheet.broken:
            place = tape.places.get(name)
            for piece in pieces:
                if isinstance(piece, Quantity) and piece.name == name and place not in within:
                    return name
                if isinstance(piece, Partial) and {piece.upper, piece.lower} <= tape.places.keys():
                    below, above = tape.depends(tape.places[piece.lower]), tape.depends(tape.places[piece.upper])
                    if place in above and place not in below:
                        return name
        return None

    def _spoken_of(self, terms: list[Term]) -> Iterator[Term]:
        """The pieces of some terms, and of what they mention by a name of its own such as δ."""
        seen: set[str] = set()
        while terms:
            for piece in walk(terms.pop()):
                yield piece
                if isinstance(piece, Quantity) and piece.name in self.sheet.late and piece.name not in seen:
                    seen.add(piece.name)
                    terms.append(self.sheet.late[piece.name])

    def _settle(self, judged: Judged) -> None:
        """The verdict of the two checks."""
        match judged.value_ok, judged.step_ok:
            case True, True:
                judged.verdict = "right"
            case True, False:
                judged.verdict = "cancels"
                judged.carries = self.carried(judged.line)
            case False, True:
                judged.verdict = "follow-on"
                judged.carries = self.carried(judged.line)
                if judged.carries is None:
                    too_early(self, judged)
            case _:
                judged.verdict = "wrong"
                before = self.judged[-1] if self.judged and judged.line.chained else None
                if before and before.verdict in ("wrong", "follow-on") and alike(before.claimed, judged.claimed):
                    judged.verdict, judged.carries = "follow-on", before.carries or before

    def at_own_point(self, left: Term) -> float | None:
        """What the writer's own numbers give for a left side; None where a leaf that it depends on has none."""
        tape = self.sheet.tape
        name = left.upper if isinstance(left, Partial) else left.name if isinstance(left, Quantity) else None
        if self.point is None or name is None:
            return None
        if name not in tape.places:
            number = float(self.point.of(left))
            return None if math.isnan(number) else number
        missing = {tape.places[leaf] for leaf in tape.leaves if leaf not in self.sheet.point}
        return None if missing & tape.depends(tape.places[name]) else float(self.point.of(left))

    def carried(self, line: Line) -> Judged | None:
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

    def _points_of(self, line: Line) -> dict[str, Any] | None:
        return columns(self.sheet, self.count * CORNERED if _has_kink(line) else self.count, self.seed, line.variables)

    def _identity(self, line: Line, at: dict[str, Any]) -> Judged:
        assert line.left is not None and line.right is not None
        truth = Truth(self.sheet, at)
        left, right = self.column(truth.of(line.left), at), self.column(truth.of(line.right), at)
        neither = ~np.isfinite(left) & ~np.isfinite(right)  # outside the domain of both
        if neither.any() and not neither.all():
            at = {name: np.asarray(column)[~neither] for name, column in at.items()}
            truth, left, right = Truth(self.sheet, at), left[~neither], right[~neither]
        same = self.same(right, left, line.right, line.left, at)
        if not np.isfinite(left).all() or not np.isfinite(right).all():
            return Judged(line, "undecided", cause="one side has no value where the other has one", claimed=right, true=left)
        judged = Judged(line, "right" if same else "wrong", same, same, right, left, truth=truth)
        before = self.judged[-1] if self.judged and line.chained else None
        if before and before.verdict in ("wrong", "follow-on") and alike(before.claimed, judged.claimed):
            judged.verdict, judged.carries = "follow-on", before.carries or before
        return judged

    # ---- comparing ----

    def column(self, value: Any, at: Any = None) -> Any:
        """A value at every point, a constant repeated."""
        at = at if at is not None else self.at
        size = len(next(iter(at.values()))) if at else self.count
        return np.broadcast_to(np.asarray(value, dtype=float), (size,))

    def same(self, a: Any, b: Any, right: Term, left: Term | None, at: Any = None) -> bool:
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


def _has_kink(line: Line) -> bool:
    sides = (side for side in (line.left, line.right) if side is not None and line.kind != "definition")
    return any(isinstance(piece, Apply | Prime) and piece.op.kink is not None for side in sides for piece in walk(side))


def _own_point(sheet: Sheet) -> Truth | None:
    """The truth at the numbers that the writer gave; NaN for leaves without one."""
    if not sheet.point:
        return None
    try:
        return Truth(sheet, {**dict.fromkeys(sheet.tape.leaves, math.nan), **sheet.point})
    except (ValueError, ArithmeticError):
        return None
