"""Guards: comparisons that the user's Python made while a graph was recorded, checked again for every sample.

A recorded graph holds the branch that was taken. A sample that would have taken the other one must not be run
through it, so the comparison is kept with its line, and raises when it comes out differently.
"""

from __future__ import annotations

import linecache
import operator
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..operands import number
from ..value import WATCHER, Value
from .columns import Floats

_SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_PACKAGE = __name__.partition(".")[0]


class BranchError(ValueError):
    """A sample would have taken another branch than the one that was recorded."""


@dataclass(frozen=True)
class Guard:
    """A comparison, its outcome, and the line of the user's code that made it."""

    left: Any  # a Value while recording, its place among the program's roots from then on; a float stays itself
    sign: str
    right: Any
    outcome: bool
    where: str
    line: str
    names: tuple[str, str]

    def __str__(self) -> str:
        return f"{self.names[0]} {self.sign} {self.names[1]} was {self.outcome} ({self.where}: {self.line})"


@contextmanager
def watched() -> Iterator[list[Guard]]:
    """The comparisons of Values made inside this context, by this thread."""
    found: dict[Guard, None] = {}

    def watch(left: Any, sign: str, right: Any, outcome: bool) -> None:
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
            frame = frame.f_back
        name, at = frame.f_code.co_filename, frame.f_lineno
        right = right if isinstance(right, Value) else number(right, "what a Value is compared with")
        names = (_called(left, "a Value"), _called(right, "another"))
        guard = Guard(left, sign, right, outcome, f"{name}:{at}", linecache.getline(name, at).strip(), names)
        found.setdefault(guard)

    guards: list[Guard] = []
    token = WATCHER.set(watch)
    try:
        yield guards
    finally:
        WATCHER.reset(token)
        guards += found


def placed(guards: Sequence[Guard], first: int) -> tuple[list[Guard], list[Value]]:
    """The guards over places among the roots, counted from ``first``, and the Values that stand there."""
    roots: dict[Value, int] = {}

    def place(side: Any) -> Any:
        return roots.setdefault(side, first + len(roots)) if isinstance(side, Value) else side

    return [replace(guard, left=place(guard.left), right=place(guard.right)) for guard in guards], list(roots)


def verify(guards: Sequence[Guard], rows: Floats) -> None:
    """Raise BranchError for the first sample whose comparisons come out otherwise; ``rows`` are the roots', one column a sample."""
    broken: list[tuple[int, Guard]] = []
    for guard in guards:
        left, right = _side(guard.left, rows), _side(guard.right, rows)
        held = np.broadcast_to(_SIGNS[guard.sign](left, right) == guard.outcome, rows.shape[1:])
        if not held.all():
            broken.append((int(np.argmin(held)), guard))
    if broken:
        sample, guard = min(broken, key=lambda pair: pair[0])
        a, b = (float(np.broadcast_to(_side(side, rows), rows.shape[1:])[sample]) for side in (guard.left, guard.right))
        raise BranchError(
            f"sample {sample} takes another branch than the one recorded: {guard.names[0]} {guard.sign} {guard.names[1]} was "
            f"{guard.outcome}, and is {not guard.outcome} for it ({a:g} and {b:g}), at {guard.where}: {guard.line}; "
            "trace a sample of its kind for it, or write the choice with where, maximum or relu"
        )


def _side(side: int | float, rows: Floats) -> Any:
    return rows[side] if isinstance(side, int) else side


def _called(side: Any, otherwise: str) -> str:
    return (side.name or otherwise) if isinstance(side, Value) else f"{side:g}"
