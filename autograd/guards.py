"""Guards: comparisons that the user's Python made while a graph was recorded.

A recorded graph holds the branch that was taken. A point that would have taken the other one must not be run through
it, so the comparison is kept with its line, and raises when it comes out differently. Where nobody watched, a Value
remembers only that it was compared, and graphs that depend on it are not run at other points at all.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from .caller import user_line
from .operands import number

SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
WATCHER: ContextVar[Callable[[Any, str, Any, bool], None] | None] = ContextVar("WATCHER", default=None)  # is told of comparisons
watching: list[object] = []  # one for each that watches, in whatever thread: what is quick asks here first


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
        watcher(left, sign, right, outcome)
    return outcome


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
            "compare the Values themselves, as in v > 0, which is checked at every point, or choose with where or maximum",
        )


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
                    f"{_called(arg, f'a Value ({arg.data:g})')} was compared by < or > in Python, and how that decides is not known to "
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
                    f"{_called(value, f'a Value ({value.data:g})')} was compared by < or > in another thread than the one that records, "
                    "and what that decides is not known: compare in the function's own thread, or write the choice with where or maximum"
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
            "record a point of its kind for it, or write the choice with where, maximum or relu"
        )


@contextmanager
def watched() -> Iterator[list[Guard]]:
    """The comparisons of Values made inside this context, by this thread."""
    found: dict[Guard, None] = {}

    def watch(left: Any, sign: str, right: Any, outcome: bool) -> None:
        names = (_called(left, "a Value"), _called(right, "another"))
        found.setdefault(Guard(left, sign, right, outcome, user_line(), names))

    guards: list[Guard] = []
    token = WATCHER.set(watch)
    watching.append(token)
    try:
        yield guards
    finally:
        WATCHER.reset(token)
        watching.remove(token)
        guards += found


def check(guards: Sequence[Guard]) -> None:
    """Raise BranchError for the first comparison of Values that comes out otherwise now."""
    for guard in guards:
        left, right = (getattr(side, "_data", side) for side in (guard.left, guard.right))
        if SIGNS[guard.sign](left, right) != guard.outcome:
            raise guard.broken("this point", left, right)


def _called(side: Any, otherwise: str) -> str:
    return f"{side:g}" if isinstance(side, float) else side.name or otherwise
