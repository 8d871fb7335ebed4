"""Derivatives of functions of floats by differences, with an error estimate: no derivative rule has a part in them.

Steps shrink, and what the slopes at the larger steps tell about the error is taken off those at the smaller ones (Richardson);
of all the results the one whose neighbours agree best is taken (Ridders, Advances in Engineering Software 4, 1982).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

_STEPS = 52
_RATIO = 1.7  # of two steps; halved ones may all be near periods of a function, whose slopes then seem to settle at another number
_WIDTH = 8  # slopes that are combined into one
_EPSILON = 2.0**-52

Function = Callable[[float], float]


@dataclass(frozen=True)
class Slope:
    """A derivative that was measured, and how far off it may be; NaN and infinite where nothing could be measured."""

    number: float
    error: float

    def differs(self, other: Slope) -> bool:
        """Whether two slopes are certainly not the same number."""
        size = max(abs(self.number), abs(other.number))
        return abs(self.number - other.number) > 100 * (self.error + other.error) + 1e-5 * size


def central(f: Function, x: float) -> Slope:
    """f'(x) from both sides; the error of a step h is of the order of h².

    >>> import math
    >>> slope = central(math.exp, 1.0)
    >>> abs(slope.number - math.e) < 1e-10, slope.error < 1e-9
    (True, True)
    """
    return _extrapolated(lambda h: _slope(f, x - h, x + h), x, 2)


def one_sided(f: Function, x: float, side: int) -> Slope:
    """The slope of f beyond x (``side`` = 1) or before it (-1); the error of a step h is of the order of h."""
    return _extrapolated(lambda h: _slope(f, x, x + side * h), x, 1)


def _slope(f: Function, low: float, high: float) -> tuple[float, float]:
    """The slope of a chord, and what rounding may have done to it."""
    below, above = _value(f, low), _value(f, high)
    width = high - low
    return (above - below) / width, 2 * _EPSILON * max(abs(below), abs(above)) / abs(width)


def _value(f: Function, x: float) -> float:
    try:
        return f(x)
    except (ValueError, ArithmeticError):  # a step out of the domain of log, say
        return math.nan


def _extrapolated(slope: Callable[[float], tuple[float, float]], x: float, order: int) -> Slope:
    best, worse = Slope(math.nan, math.inf), 0
    row: list[float] = []
    for k in range(_STEPS):
        h = 0.1 * max(1.0, abs(x)) / _RATIO**k
        number, rounding = slope(h)
        if not math.isfinite(number):
            row = []
            continue
        last, row = row, [number]
        error = math.inf
        for i, before in enumerate(last[:_WIDTH]):
            factor = _RATIO ** (order * (i + 1))
            row.append((factor * row[i] - before) / (factor - 1))
            found = max(abs(row[-1] - row[-2]), abs(row[-1] - before)) + 2 * rounding
            error = min(error, found)
            if found < best.error:
                best = Slope(row[-1], found)
        worse = worse + 1 if error > 2 * best.error else 0
        if worse > 12 and best.error <= 1e-6 * abs(best.number):
            break
    return best
