"""Guards: comparisons that the user's Python made while a graph was recorded.

A recorded graph holds the branch that was taken. A point that would have taken the other one must not be run through
it, so the comparison is kept with its line, and raises when it comes out differently. Where nobody watched, a Value
remembers only that it was compared, and graphs that depend on it are not run at other points at all.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .caller import user_line
from .operands import is_number, number
from .watching import MADE, Watch, called, elsewhere, watcher

SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq}
_NAMELESS = ("a Value", "another")


class BranchError(ValueError):
    """A point would have taken another branch than the one that was recorded."""


def compared(left: Any, sign: str, right: Any) -> bool:
    """The outcome of a comparison of numbers, remembered by the Values and told to whoever watches; TypeError for what has no number.

    Carriers of transforms compare themselves.
    """
    if hasattr(type(right), "primal"):
        return NotImplemented  # type: ignore[no-any-return]
    left._compared = True
    if hasattr(type(right), "partials"):
        right._compared = True
    else:
        right = number(right, "what a Value is compared with")
    outcome: bool = SIGNS[sign](left._data, getattr(right, "_data", right))
    elsewhere("compared", left, right)
    watch = watcher()
    if watch is not None:
        guard = Guard(left, sign, right, outcome, user_line(), (called(left, _NAMELESS[0]), called(right, _NAMELESS[1])))
        for part in watch.within:
            part.guards.setdefault(guard)
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
    if watcher() is not None:
        raise ValueError(
            f"{called(left, 'a Value')} == {called(right, 'another')} at {user_line()}, in a function that is recorded for other points, "
            "asks whether the two Values are one and the same: write that with is, and where their numbers are meant a - b == 0"
        )
    return False


def refuse_unknown(values: Sequence[Any], how: str) -> None:
    """BranchError where an operation's operand was compared and nobody watched; ``how`` says how to record the graph instead."""
    if not any(getattr(value, "_compared", False) for value in values):
        return  # operands are values of the graph, and their tuples need not be made
    for value in values:
        for arg in value.args:
            if getattr(arg, "_compared", False):
                raise BranchError(
                    f"{called(arg, f'a Value ({arg.data:g})')} was compared in Python, and how that decides is not known to "
                    f"this graph, which would be wrong where it comes out otherwise: {how}"
                )


def refuse_unseen(values: Sequence[Any], inputs: Sequence[Any], watch: Watch, parameters: Sequence[Any] = ()) -> None:
    """Refuse a graph in which what depends on an input, or is a part of it, was compared or read where nobody saw it, or a leaf made.

    Watching is for one thread. BranchError for what was compared, ValueError for the others.
    """
    given, known = set(inputs), set(parameters)
    found = [watch.cut] if watch.cut is not None else []
    if watch.elsewhere:
        found += [(value, watch.elsewhere[value]) for value in values if value in watch.elsewhere]
    for value, what in found:
        if value.op is None and value not in given and (what != MADE or value in known):
            continue  # anybody may look at parameters
        text = f"{called(value, f'a Value ({value._data:g})')} was {what} in another thread or context than the one that records, "
        if what == "compared":
            choose = "compare in the function's own thread, or choose with where(step(v), a, b) or maximum"
            raise BranchError(f"{text}and what it decides is not known: {choose}")
        raise ValueError(f"{text}and would keep the number of this point, unseen: do that in the function's own thread")


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
            f"{self._choice}{self._others}"
        )

    @property
    def _others(self) -> str:
        return ", or autograd's maximum or relu" if self.sign != "==" else ""

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


def check(guards: Sequence[Guard], numbers: Mapping[Any, float] | None = None) -> None:
    """Raise BranchError for the first comparison of Values that comes out otherwise now, or with these numbers, of those that they tell."""
    for guard in guards:
        sides = (guard.left, guard.right)
        if numbers is not None and not all(isinstance(side, float) or side in numbers for side in sides):
            continue
        left, right = [side if isinstance(side, float) else side._data if numbers is None else numbers[side] for side in sides]
        if SIGNS[guard.sign](left, right) != guard.outcome:
            raise guard.broken("this point", left, right)
