"""What is true: the forward program's quantities and derivatives at random points, and at the writer's own.

Points are independent uniform numbers in [-2, 2] for every leaf, all in one column a leaf, redrawn where an operation
has no value there or a derivative jumps nearby; both sides of every kink get a point where that can be had.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any

import numpy as np
from mpmath import mp

from .lexer import Unreadable
from .sheet import Line, Sheet
from .tape import Tape
from .terms import Number, Partial, Term, quantities, value

CONSTANTS = re.compile(r"\\?(?:N|n|m|η|eta|lr|ε|eps|epsilon|varepsilon|λ|lambda|lam|α|alpha|τ|tau|κ|kappa|slope|margin)")
SPREAD, LARGEST, CORNER = 2.0, 1e8, 1e-3
DRAWS, BLOCKS = 40, 10  # points drawn at once, and how often
DIGITS = 50


class Truth:
    """The meaning in which every derivative is the engine's; over columns of points, or mpmath numbers at one of them."""

    def __init__(self, sheet: Sheet, at: Mapping[str, Any], number: Any = float) -> None:
        self.sheet, self.at, self._number = sheet, at, number
        self._values = sheet.tape.run({name: at[name] for name in sheet.tape.leaves}, number)
        self._sweeps: dict[str, dict[int, Any]] = {}
        self._late: dict[str, Any] = {}

    def number(self, number: Number) -> Any:
        """A written number in this carrier: exactly the decimal that was written."""
        return self._number(number.value) if self._number is float else self._number(_decimal(number))

    def quantity(self, name: str) -> Any:
        """A quantity's value; a variable's, for rules about functions."""
        if name in self.sheet.tape.places:
            return self._values[self.sheet.tape.places[name]]
        if name in self.sheet.late:
            if name not in self._late:
                self._late[name] = None
                self._late[name] = value(self.sheet.late[name], self)
            if self._late[name] is None:
                raise Unreadable(f"{name} is defined by itself", 0, 1)
            return self._late[name]
        return self.at[name]

    def partial(self, upper: str, lower: str) -> Any:
        """∂upper/∂lower, all ways from upper down to lower together."""
        places = self.sheet.tape.places
        for name in (upper, lower):
            if name not in places:
                raise Unreadable(f"{name} is no quantity of the forward program, so it has no derivative here", 0, 1)
        return self.sweep(upper).get(places[lower], 0.0)

    def sweep(self, upper: str) -> dict[int, Any]:
        """∂upper/∂place for every place that upper depends on."""
        if upper not in self._sweeps:
            self._sweeps[upper] = self.sheet.tape.sweep(self._values, self.sheet.tape.places[upper])
        return self._sweeps[upper]

    def of(self, term: Term) -> Any:
        """A term's value; NaN where it has none."""
        try:
            with np.errstate(all="ignore"):
                return value(term, self)
        except (ArithmeticError, ValueError):
            return math.nan


def _decimal(number: Number) -> Any:
    try:
        return mp.mpf(number.text)
    except ValueError:
        return mp.mpf(number.value)


def columns(sheet: Sheet, count: int, seed: int, variables: frozenset[str] = frozenset()) -> dict[str, Any] | None:
    """A column of at least ``count`` numbers for every leaf and variable; None where no valid points were found."""
    rng = Random(seed)
    names = [*sheet.tape.leaves, *sorted(variables - set(sheet.tape.leaves))]
    lowers = {line.left.lower for line in sheet.lines if isinstance(line.left, Partial)}
    fixed = {
        name: number
        for name, number in sheet.point.items()
        if CONSTANTS.fullmatch(name) and abs(number) not in (0, 1) and name not in lowers
    }
    kept: list[dict[str, float]] = []
    seen: set[tuple[int, bool]] = set()
    draws = max(DRAWS, 2 * count)
    for block in range(BLOCKS):
        spread = SPREAD if block < BLOCKS // 2 else SPREAD / 2
        drawn = [_candidate(sheet, names, fixed, rng, -spread if draw % 4 != 3 else 0.05, spread) for draw in range(draws)]
        candidates = [candidate for candidate in drawn if candidate is not None]
        for candidate, sides in zip(candidates, _sides_of_kinks(sheet.tape, candidates), strict=True):
            if sides is not None and len(kept) < 3 * count and (len(kept) < count or sides - seen):
                kept.append(candidate)
                seen |= sides
        if len(kept) >= count:
            return {name: np.array([point[name] for point in kept]) for name in names}
    return None


def _candidate(sheet: Sheet, names: list[str], fixed: Mapping[str, float], rng: Random, low: float, high: float) -> dict[str, float] | None:
    """One random point at which the assumptions hold; every fourth is positive, for the sake of logarithms and roots."""
    candidate = {name: fixed.get(name, rng.uniform(low, high)) for name in names}
    return candidate if _assume(sheet, candidate, fixed) else None


class Leaves:
    """The meaning in which leaves have plain numbers and nothing else has any."""

    def __init__(self, at: Mapping[str, float]) -> None:
        self.at = at

    def quantity(self, name: str) -> float:
        """A leaf's number."""
        return self.at[name]

    def number(self, number: Number) -> float:
        """A written number."""
        return number.value

    def partial(self, upper: str, lower: str) -> float:
        """There is none."""
        raise KeyError(upper)


def _assume(sheet: Sheet, at: dict[str, float], fixed: Mapping[str, float]) -> bool:
    """Move one leaf for every assumption so that it holds; whether all of them do in the end."""
    gaps = [_gap(line) for line in sheet.lines if line.kind == "assumption"]
    moved: set[str] = set()
    for gap, leaves in gaps:
        for leaf in sorted(leaves - fixed.keys() - moved, reverse=True):
            root = _root(partial(_moved, gap, at, leaf), at[leaf])
            if root is not None:
                at[leaf] = root
                moved.add(leaf)
                break
    try:
        return all(abs(gap(at)) < 1e-9 for gap, _ in gaps)
    except (ArithmeticError, ValueError):
        return False


def _gap(line: Line) -> tuple[Callable[[Mapping[str, float]], float], set[str]]:
    """By how much an assumption fails at given leaves, and the leaves it speaks of."""
    left, right = line.left, line.right
    assert left is not None and right is not None
    return lambda at: float(value(left, Leaves(at))) - float(value(right, Leaves(at))), quantities(left) | quantities(right)


def _moved(gap: Callable[[Mapping[str, float]], float], at: Mapping[str, float], leaf: str, number: float) -> float:
    return gap({**at, leaf: number})


def _root(f: Callable[[float], float], start: float) -> float | None:
    """A zero of f by the secant method, exact at once where f is linear; None where none is found."""
    x, step = start, 1.0
    try:
        before, here = f(start + step), f(start)
        for _ in range(60):
            if here == 0.0:
                return x
            step *= here / (before - here)
            x, before = x + step, here
            here = f(x)
            if abs(step) <= 1e-15 * abs(x):
                break
    except (ArithmeticError, ValueError):
        return None
    return x if abs(here) < 1e-9 else None


def _sides_of_kinks(tape: Tape, points: list[dict[str, float]]) -> list[set[tuple[int, bool]] | None]:
    """For each point, on which side of every kink it lies; None for one that is on a kink, or has no value."""
    if not points:
        return []
    with np.errstate(all="ignore"):
        values = tape.run({name: np.array([point[name] for point in points]) for name in tape.leaves}, np.float64)
        valid = np.full(len(points), True)
        gaps = tape.gaps()
        for place, column in enumerate(values):
            valid &= (np.isfinite(column) & (np.abs(column) <= LARGEST)) | (place in gaps)
        kinks = [(place, op.kink(*[values[arg] for arg in tape.args[place]])) for place, op in enumerate(tape.ops) if op and op.kink]
    for _, distance in kinks:
        valid &= np.abs(distance) >= CORNER
    sides = [(place, np.broadcast_to(distance > 0, len(points))) for place, distance in kinks]
    return [{(place, bool(above[i])) for place, above in sides} if valid[i] else None for i in range(len(points))]


def at_high_precision(sheet: Sheet, columns: Mapping[str, Any], place: int) -> Truth:
    """The truth at one of the points, to 50 digits."""
    mp.dps = DIGITS
    return Truth(sheet, {name: mp.mpf(float(column[place])) for name, column in columns.items()}, number=mp.mpf)
