"""Guards: comparisons that the user's Python made while a graph was recorded.

A recorded graph holds the branch that was taken. A point that would have taken the other one must not be run through
it, so the comparison is kept with its line, and raises when it comes out differently. Where nobody watched, a Value
remembers only that it was compared, and graphs that depend on it are not run at other points at all.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, NoReturn

from .caller import user_line
from .operands import is_number, number

SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq}
WATCHER: ContextVar[Watch | None] = ContextVar("WATCHER", default=None)
_NAMELESS = ("a Value", "another")
watching: list[object] = []  # one for each that watches, in whatever thread: what is quick asks here first


class Watch:
    """What happens while a graph is recorded for other points, too: comparisons, each once, and leaves that are made, its constants."""

    def __init__(self) -> None:
        self.guards: dict[Guard, None] = {}
        self.made: list[Any] = []

    def compared(self, left: Any, sign: str, right: Any, outcome: bool) -> None:
        """Keep a comparison with its line."""
        names = (_called(left, _NAMELESS[0]), _called(right, _NAMELESS[1]))
        self.guards.setdefault(Guard(left, sign, right, outcome, user_line(), names))


class BranchError(ValueError):
    """A point would have taken another branch than the one that was recorded."""


def compared(left: Any, sign: str, right: Any) -> bool:
    """The outcome of a comparison of numbers, remembered by the Values and told to whoever watches; TypeError for what has no number."""
    left._compared = True
    if hasattr(type(right), "partials"):
        right._compared = True
    else:
        right = number(right, "what a Value is compared with")
    outcome: bool = SIGNS[sign](left._data, getattr(right, "_data", right))
    watcher = WATCHER.get()
    if watcher is not None:
        watcher.compared(left, sign, right, outcome)
    return outcome


def equal(left: Any, right: Any, by_number: bool) -> Any:
    """Whether a Value equals something: a number by number, another Value only where that is asked for, and otherwise only itself.

    ValueError for two Values where a graph is being recorded for other points too: likely their numbers are meant.
    """
    if left is right:
        return True
    if is_number(right):
        return compared(left, "==", right)
    if not hasattr(type(right), "partials"):
        return NotImplemented
    if by_number:
        return compared(left, "==", right)
    if watching and WATCHER.get() is not None:
        raise ValueError(
            f"{_called(left, 'a Value')} == {_called(right, 'another')} at {user_line()}, in a function that is recorded for other points, "
            "asks whether the two Values are one and the same: write that with is, and where their numbers are meant a - b == 0"
        )
    return False


def refuse_cut(how: str, instead: str = "make what is to be constant an input of the function") -> None:
    """ValueError where a graph is being recorded for other points too: what is cut off would keep the number of this one."""
    if WATCHER.get() is not None:
        raise ValueError(
            f"{how} in a function that is recorded for other points would keep the number of this one at {user_line()}: {instead}"
        )


def looked_at(value: Any, what: str) -> None:
    """`refuse_cut` for a number that is read, ``data`` or ``grad``."""
    if watching:
        refuse_cut(
            f"{_called(value, 'a Value')}.{what}",
            "compare the Values themselves, as in v > 0, which is checked at every point, or choose with where(step(v), a, b) or maximum",
        )


def turned(value: Any) -> NoReturn:
    """TypeError for a Value that is to become a plain number."""
    alone = "" if watching and WATCHER.get() is not None else ", and v.data for its number alone"
    raise TypeError(
        f"{value!r} does not turn into a float: that would cut the graph; "
        f"use functions of autograd (from autograd import exp) instead of math's{alone}"
    )


def made(value: Any, _: str = "") -> None:
    """Keep a leaf that was made while a graph is recorded for other points."""
    watcher = WATCHER.get()
    if watcher is not None:
        watcher.made.append(value)


def changed(value: Any, what: str) -> None:
    """ValueError where a graph is being recorded for other points too: a number would be set at this one alone."""
    if watching and WATCHER.get() is not None:
        raise ValueError(
            f"{_called(value, 'a Value')}.{what} is set at {user_line()}, in a function that is recorded for other points, where nothing "
            "would be set again: set it outside"
        )


def refuse_unknown(values: Sequence[Any], how: str) -> None:
    """BranchError where an operation's operand was compared and nobody watched; ``how`` says how to record the graph instead."""
    if not any(getattr(value, "_compared", False) for value in values):
        return  # operands are values of the graph, and their tuples need not be made
    for value in values:
        for arg in value.args:
            if getattr(arg, "_compared", False):
                raise BranchError(
                    f"{_called(arg, f'a Value ({arg.data:g})')} was compared in Python, and how that decides is not known to "
                    f"this graph, which would be wrong where it comes out otherwise: {how}"
                )


def refuse_unseen(values: Sequence[Any], inputs: Sequence[Any], guards: Sequence[Guard]) -> None:
    """BranchError where something made of the inputs was compared and nobody saw it: watching is for one thread."""
    seen = {id(side) for guard in guards for side in (guard.left, guard.right)}
    if all(id(value) in seen for value in values if getattr(value, "_compared", False)):
        return
    varying = {id(value) for value in inputs}
    for value in values:
        if id(value) in varying or any(id(arg) in varying for arg in value.args):
            varying.add(id(value))
            if getattr(value, "_compared", False) and id(value) not in seen:
                raise BranchError(
                    f"{_called(value, f'a Value ({value.data:g})')} was compared in another thread than the one that records, "
                    "and what it decides is not known: compare in the function's own thread, or choose with where(step(v), a, b) or maximum"
                )


class Guard(NamedTuple):
    """A comparison, its outcome, and the line of the user's code that made it."""

    left: Any  # a Value while recording; in a program its place among the roots; a float stays itself
    sign: str
    right: Any
    outcome: bool
    where: str
    names: tuple[str, str]

    def __str__(self) -> str:
        return f"{self.names[0]} {self.sign} {self.names[1]} was {self.outcome} ({self.where})"

    def over(self, place: Callable[[Any], Any]) -> Guard:
        """The same comparison of other things: what ``place`` says for either side."""
        return self._replace(left=place(self.left), right=place(self.right))

    def broken(self, who: str, left: float, right: float) -> BranchError:
        """The error of a point at which the comparison comes out otherwise."""
        return BranchError(
            f"{who} takes another branch than the one recorded: {self.names[0]} {self.sign} {self.names[1]} was "
            f"{self.outcome}, and is {not self.outcome} there ({left:g} and {right:g}), at {self.where}; "
            "record again with such a point, for all of its kind, or have no branch: "
            f"{self._choice}, or autograd's maximum or relu"
        )

    @property
    def _choice(self) -> str:
        """The choice as an operation, which no point has to repeat: that of ``a`` where the comparison is true, else of ``b``."""
        left, right = (name if name not in _NAMELESS else letter for name, letter in zip(self.names, "vw", strict=True))
        more, less = self._difference(left, right), self._difference(right, left)
        return {
            ">": f"where(step({more}), a, b)",
            "<": f"where(step({less}), a, b)",
            ">=": f"where(step({less}), b, a)",
            "<=": f"where(step({more}), b, a)",
            "==": f"where({more}, b, a)",
        }[self.sign]

    @staticmethod
    def _difference(left: str, right: str) -> str:
        if right == "0":
            return left
        if left == "0":
            return f"-{right}"
        return f"{left} + {right[1:]}" if right[0] == "-" else f"{left} - {right}"


@contextmanager
def watched() -> Iterator[Watch]:
    """What this thread does inside this context."""
    watch = Watch()
    token = WATCHER.set(watch)
    watching.append(token)
    try:
        yield watch
    finally:
        WATCHER.reset(token)
        watching.remove(token)


@contextmanager
def unwatched() -> Iterator[None]:
    """What is compared and read inside is no part of what this thread records."""
    token = WATCHER.set(None)
    try:
        yield
    finally:
        WATCHER.reset(token)


def check(guards: Sequence[Guard], numbers: Mapping[Any, float] | None = None) -> None:
    """Raise BranchError for the first comparison of Values that comes out otherwise now, or where they have these numbers."""
    for guard in guards:
        sides = (guard.left, guard.right)
        left, right = [side if isinstance(side, float) else side._data if numbers is None else numbers[side] for side in sides]
        if SIGNS[guard.sign](left, right) != guard.outcome:
            raise guard.broken("this point", left, right)


def _called(side: Any, otherwise: str) -> str:
    return f"{side:g}" if isinstance(side, float) else side.name or otherwise
