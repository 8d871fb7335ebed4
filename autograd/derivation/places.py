"""What every piece of a wrong line is worth, and what it would have to be worth for the line to be right.

Both are found once, in two passes over the line: the values from the leaves up, the needs from the whole down, each by
the inverse in the operation's row. From there on an exchange of one piece is judged where it is made, and not by working
out the whole line again, so that a line of ten thousand terms costs ten thousand looks.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..foreign import columnwise
from .terms import Apply, Number, Prime, Term, replaced, value, walk, written_size
from .truth import Truth

FIT = 1e-8  # relative difference at which two columns are one
_ROUNDING = 1e-13
_MOST_UNSHARED = 2_000  # pieces that a writer's own functions, inside each other, are written out to


def agree(found: Any, wanted: Any, noise: Any = 0.0) -> Any:
    """Whether a column is the wanted one, at every point; one answer a row for a stack of columns. NaN wants nothing."""
    found, wanted = np.asarray(found, dtype=float), np.asarray(wanted, dtype=float)
    with np.errstate(all="ignore"):
        near = np.abs(found - wanted) <= FIT * np.maximum(np.abs(found), np.abs(wanted)) + noise
    free = np.isnan(wanted)
    near &= np.isfinite(wanted)
    return (near | free).all(axis=-1) & ~free.all(axis=-1)


def fits(found: Any, wanted: Any, scale: float = 0.0) -> bool:
    """Whether a hypothesis holds at every point; rounding is measured by the largest of the numbers, or by what they were made of."""
    found, wanted = np.broadcast_arrays(np.asarray(found, dtype=float), np.asarray(wanted, dtype=float))
    if not np.isfinite(found).all() or not np.isfinite(wanted).all():
        return False
    return bool(agree(found, wanted, _ROUNDING * max(scale, np.max(np.abs(wanted)), np.max(np.abs(found)))))


def constant(column: Any) -> float | None:
    """The number that a column is at every point; None where it is not one."""
    if len(column) > 1 and abs(column[0] - column[1]) > 1e-6 * max(abs(column[0]), abs(column[1])):
        return None  # most are not, and at once
    told = column[~np.isnan(column)]
    if not len(told) or not np.isfinite(told).all() or np.ptp(told) > FIT * np.max(np.abs(told)):
        return None
    return float(np.mean(told))


def applied(term: Term, xs: list[Any]) -> Any:
    """The value of an operation, or of a function's derivative, from those of its operands, which are columns."""
    assert isinstance(term, Apply | Prime)
    y = columnwise(term.op)(*xs)
    return y if isinstance(term, Apply) else term.op.partials[0](y, *xs)


def at_one_point(term: Term, xs: list[float]) -> float:
    """The same where the operands are numbers."""
    assert isinstance(term, Apply | Prime)
    return float(term.op(*xs) if isinstance(term, Apply) else term.op.partials[0](term.op(*xs), *xs))


class Places:
    """A line's right side, piece by piece. No two places are one object, even where the reader made one of them."""

    def __init__(self, root: Term, wanted: Any, truth: Truth) -> None:
        self.root, self.truth = _unshared(root), truth
        self.pieces = list(walk(self.root))
        self.parents: dict[int, tuple[Term, int]] = {}
        self.values: dict[int, Any] = {}
        self.needs: dict[int, Any] = {id(self.root): wanted}  # None where the operation above cannot be undone
        self.noise: dict[int, Any] = {id(self.root): _ROUNDING * float(np.max(np.abs(wanted)))}
        self.numbers: set[int] = set()  # pieces that are made of numbers only
        for piece in self.pieces:
            if isinstance(piece, Number) or (isinstance(piece, Apply) and all(id(arg) in self.numbers for arg in piece.args)):
                self.numbers.add(id(piece))
            xs = [self.values[id(arg)] for arg in piece.args]
            self.values[id(piece)] = self._column(applied(piece, xs) if xs else value(piece, truth), wanted)
            for i, arg in enumerate(piece.args):
                self.parents[id(arg)] = piece, i
        claimed = np.abs(self.values[id(self.root)])
        self.scale = float(np.max(claimed, initial=0.0, where=np.isfinite(claimed)))  # 0 as a sum of large numbers is not quite 0
        self.noise[id(self.root)] = np.maximum(self.noise[id(self.root)], _ROUNDING * self.scale)
        with np.errstate(all="ignore"):
            for piece in reversed(self.pieces):
                for i, arg in enumerate(piece.args):
                    self.needs[id(arg)], self.noise[id(arg)] = self._needed(piece, i)

    @staticmethod
    def _column(found: Any, like: Any) -> Any:
        return np.broadcast_to(np.asarray(found, dtype=float), np.shape(like))

    def _needed(self, piece: Term, i: int) -> tuple[Any, Any]:
        """What an operand has to be, and how exactly that can be told; NaN at points where it has no say."""
        need, noise, y = self.needs[id(piece)], self.noise[id(piece)], self.values[id(piece)]
        if need is None or not isinstance(piece, Apply) or not piece.op.inverse:
            return None, 0.0
        xs = [self.values[id(arg)] for arg in piece.args]
        slope = np.abs(np.asarray(piece.op.partials[i](y, *xs), dtype=float))
        found = self._column(piece.op.inverse[i](need, *xs), y)
        found = np.where(np.isfinite(found), found, np.inf)
        idle = slope == 0
        found = np.where(idle | np.isnan(need), np.where(np.isnan(need) | (np.abs(need - y) <= noise), np.nan, np.inf), found)
        margin = (noise + 1e-15 * (np.abs(need) + np.abs(y))) / np.where(idle, 1.0, slope) + 1e-15 * np.abs(xs[i])
        return found, np.where(np.isfinite(margin), margin, 0.0)

    def value(self, piece: Term) -> Any:
        """What a piece is worth at the points."""
        return self.values[id(piece)]

    def need(self, piece: Term) -> Any:
        """What a piece would have to be worth; None where that cannot be told from above."""
        return self.needs[id(piece)]

    def above(self, piece: Term) -> Term | None:
        """The operation that a piece is an operand of."""
        return self.parents[id(piece)][0] if id(piece) in self.parents else None

    def is_number(self, piece: Term) -> bool:
        """Whether a piece is made of numbers only."""
        return id(piece) in self.numbers

    def depth(self, piece: Term) -> int:
        """How many operations have to be worked out again before a need is known."""
        steps = 0
        while self.needs[id(piece)] is None:
            piece, steps = self.parents[id(piece)][0], steps + 1
        return steps

    def fits(self, piece: Term, found: Any) -> Any:
        """Whether the line is right when a piece is worth this; for a stack of columns, one answer a row."""
        while self.needs[id(piece)] is None:
            parent, i = self.parents[id(piece)]
            xs = [self.values[id(arg)] for arg in parent.args]
            xs[i] = found
            found, piece = applied(parent, xs), parent
        need = self.needs[id(piece)]
        found = np.asarray(found, dtype=float)
        if found.ndim == 1 and self._is_far(piece, float(found[0])):
            return False
        return agree(found if found.ndim else self._column(found, need), need, self.noise[id(piece)])

    def tries(self, piece: Term, new: Term) -> bool:
        """Whether the line is right with another operation on pieces of it; at one point first, where most are not."""
        if self.needs[id(piece)] is not None:
            try:
                if self._is_far(piece, at_one_point(new, [float(self.values[id(arg)][0]) for arg in new.args])):
                    return False
            except (ArithmeticError, ValueError):
                return False
        return bool(self.fits(piece, applied(new, [self.values[id(arg)] for arg in new.args])))

    def _is_far(self, piece: Term, first: float) -> bool:
        """Whether a piece of which the need is known would be too far off at the first point."""
        need = float(self.needs[id(piece)][0])
        return abs(first - need) > 1e-6 * max(abs(first), abs(need)) + float(np.max(self.noise[id(piece)]))

    def exchanged(self, piece: Term, new: Term) -> Term:
        """The whole right side with one piece exchanged."""
        return replaced(self.root, piece, new)


def _unshared(root: Term) -> Term:
    """The same term, every place in it an object of its own, unless that would make too many of them."""
    if not sum(1 for _ in walk(root)) < written_size(root) <= _MOST_UNSHARED:
        return root
    waiting: list[tuple[Term, bool]] = [(root, False)]
    made: list[Term] = []
    while waiting:
        piece, ready = waiting.pop()
        if piece.args and not ready:
            waiting += [(piece, True), *[(arg, False) for arg in reversed(piece.args)]]
        else:
            args = tuple(made[len(made) - len(piece.args) :])
            made[len(made) - len(args) :] = [replace(piece, args=args) if args else replace(piece)]
    return made[0]
