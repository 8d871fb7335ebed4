"""The local derivatives of an operation over the inner numbers of a carrier, and their products.

The table has two forms of a partial: one that keeps its digits, and the textbook's. Floats take the first. Where the derivative
is to be differentiated, drawn or read, the textbook's is the better one, being shorter: it is taken where it has all the
digits, always so where nothing is rounded (fractions, symbols).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from fractions import Fraction
from functools import cache, lru_cache
from itertools import product
from math import isfinite, isinf, nan
from typing import Any

from .. import ops
from ..formula import Formula, bottom_up, differentiate
from ..kernels import partial_rule
from ..op import Op
from ..watching import watcher
from .numbers import alike, decided, ground, library

_PLAIN = frozenset({float, int, bool})
_ROUNDING = 2e-15  # the difference of two forms of a partial that have all the digits of a float
_LOST = 1e-13
_LONG = 40  # parts of a formula
_SMALL = 0.5
_CORNERS = (-1e17, -800.0, -1.0, 0.0, 0.5, 1.0, 800.0, 1e17)  # where rows of the table end, overflow, or absorb
_SATURATED = (-20.0, -8.0, -0.999, 0.999999, 1.000001, 8.0, 20.0)


class Choice:
    """The derivative of ``where(c, a, b)`` with respect to a or b while c is no number: what comes, or 0."""

    __slots__ = ("i", "op", "xs")

    def __init__(self, op: Op, i: int, xs: tuple[Any, ...]) -> None:
        self.op, self.i, self.xs = op, i, xs

    def of(self, upstream: Any) -> Any:
        """The upstream derivative where this operand is taken."""
        return moved(self.op, self.xs, [upstream if k == self.i else None for k in range(len(self.xs))])


class Steep:
    """A derivative that is infinite where the value is not, as that of a root at 0: of what comes, 0 stays 0, as in the engine's sweep."""

    __slots__ = ("i", "op", "xs", "y")

    def __init__(self, op: Op, i: int, y: Any, xs: tuple[Any, ...]) -> None:
        self.op, self.i, self.y, self.xs = op, i, y, xs

    def of(self, upstream: Any) -> Any:
        """The upstream derivative times this one; where that is 0 and this one infinite, times one at a point where it is not."""
        partial, y, xs = slope(self.op, self.i, self.y, self.xs), self.y, self.xs
        if type(upstream) not in _PLAIN and type(partial) not in _PLAIN:
            here = regular(upstream, partial)
            point = [x if type(x) in _PLAIN else sum(span) / 2 for x, span in zip(xs, self.op.at, strict=True)]
            pairs = zip((y, *xs), (self.op.evaluate(*point), *point), strict=True)
            y, *operands = [number if type(number) in _PLAIN else ops.where(here, number, other) for number, other in pairs]
            partial = slope(self.op, self.i, y, tuple(operands))
        return times(partial, upstream)


def regular(upstream: Any, partial: Any) -> Any:
    """What is 0 where a derivative of 0 meets one that is infinite or NaN, and nowhere else: a 0 by chance has derivatives of its own."""
    return ops.where(upstream, 1, ops.where(partial * 0, 0, 1))


def edge(op: Op, i: int, y: Any, xs: tuple[Any, ...]) -> Any:
    """∂y/∂x_i as a sweep backward takes it, which may be recorded for points where it is infinite; None where it is 0."""
    if watcher() is not None and type(op) is Op and not op.chooses and _steep(op, i, _fixed(xs)):
        return Steep(op, i, y, xs)
    return slope(op, i, y, xs)


def moved(op: Op, xs: Sequence[Any], derivatives: Sequence[Any]) -> Any:
    """What an operation that chooses makes of its operands' derivatives, None where all are.

    It moves them as it moves values, and does not multiply by 0 what is not taken: that may be infinite.
    """
    if all(derivatives[i] is None for i in op.chooses):
        return None
    return op(*[(0 if d is None else d) if i in op.chooses else x for i, (x, d) in enumerate(zip(xs, derivatives, strict=True))])


def slope(op: Op, i: int, y: Any, xs: tuple[Any, ...]) -> Any:
    """∂y/∂x_i over numbers of any kind; None where it is 0 whatever the numbers are."""
    if vanishes(op, i) or any(zero is not None and k != i and _is(x, zero) for k, (x, zero) in enumerate(zip(xs, op.settles, strict=True))):
        return None
    if op.chooses:
        conditions = [x for k, x in enumerate(xs) if k not in op.chooses]
        if not all(map(decided, conditions)):
            return Choice(op, i, xs)
        return moved(op, [ground(x) for x in xs], [1.0 if k == i else None for k in range(op.arity)]) or None
    if _PLAIN.issuperset(map(type, (y, *xs))):
        return op.derivative(i, y, *xs)
    kind = next((number for number in map(ground, (y, *xs)) if type(number) not in _PLAIN), 0.0)
    if type(kind) not in _PLAIN:  # 1 / 3 is no float among numbers of more digits
        y, *operands = [alike(number, kind) for number in (y, *xs)]
        xs = tuple(operands)
    if op.shown is op.partials:
        return op.partials[i](y, *xs)
    if isinstance(kind, Fraction | Formula) or library(kind) == "sympy":
        return op.shown[i](y, *xs)
    return _short(op, i, y, xs)


def _short(op: Op, i: int, y: Any, xs: tuple[Any, ...]) -> Any:
    """The textbook's form where it has all its digits, else the table's other one.

    Where a graph is recorded for other points, too, it is the textbook's if that has them everywhere. Of one operand it is both if not:
    the textbook's near 0, where the other one's derivatives would cancel.
    """
    if watcher() is not None and _loses(op, i, _fixed(xs)):
        robust = op.partials[i](y, *xs)
        return robust if op.arity > 1 else ops.where(ops.step(ops.abs_(xs[0]) - _SMALL), robust, op.shown[i](y, *xs))
    bare = [ground(number) for number in (y, *xs)]
    if any(number is not carrier for number, carrier in zip(bare, (y, *xs), strict=True)):
        try:
            short = op.shown[i](y, *xs)
        except (ValueError, ArithmeticError):
            return op.partials[i](y, *xs)
        floats = _PLAIN.issuperset(map(type, bare))
        number, expected = ground(short), op.derivative(i, *bare) if floats else op.partials[i](*bare)
        if number == expected or abs(number - expected) <= (_ROUNDING if floats else 8 * _epsilon()) * abs(expected):
            return short
    return op.partials[i](y, *xs)


def _fixed(xs: tuple[Any, ...]) -> tuple[float | None, ...]:
    """The operands that are the same wherever the derivative is taken, None for others."""
    return tuple([x if type(x) in _PLAIN else None for x in xs])


@lru_cache(1000)
def _steep(op: Op, i: int, fixed: tuple[float | None, ...]) -> bool:
    """Whether the derivative is infinite somewhere where the value is not."""
    return any(isfinite(value) and isinf(slope) for value, slope, _ in _probed(op, i, fixed))


@lru_cache(1000)
def _loses(op: Op, i: int, fixed: tuple[float | None, ...]) -> bool:
    """Whether the textbook's form loses digits somewhere, as 1 - tanh(x)² does at x = 8, or has no number where there is a derivative.

    Not where the other one would take many steps more.
    """
    if op.arity > 1 and sum(1 for _ in bottom_up(partial_rule(op, i))) > _LONG:
        return False
    return any(isfinite(slope) and not abs(shown - slope) <= _LOST * abs(slope) for _, slope, shown in _probed(op, i, fixed))


def _probed(op: Op, i: int, fixed: tuple[float | None, ...]) -> list[tuple[float, float, float]]:
    """The value, the derivative, and its textbook's form, NaN where that fails, at points where they may be singular or lose digits."""
    found, points = [], _CORNERS + _SATURATED if op.arity == 1 else _CORNERS
    for xs in product(*[points if number is None else [number] for number in fixed]):
        try:
            y = op.evaluate(*xs)
            slope = op.derivative(i, y, *xs)
        except (ValueError, ArithmeticError):
            continue
        try:
            found.append((y, slope, op.shown[i](y, *xs)))
        except (ValueError, ArithmeticError):
            found.append((y, slope, nan))
    return found


def times(a: Any, b: Any) -> Any:
    """A slope times what comes, without an operation where one factor is 1 or -1."""
    if type(a) is Choice:
        return a.of(b)
    if type(a) is Steep:
        a = slope(a.op, a.i, a.y, a.xs)
    plain = type(a) in _PLAIN, type(b) in _PLAIN
    if all(plain):
        return a * b
    for one, other, known in ((a, b, plain[0]), (b, a, plain[1])):
        if known and one in (1, -1):
            return other if one == 1 else ops.neg(other)
    return ops.mul(a, b)


def plus(a: Any, b: Any) -> Any:
    """The sum, where None is nothing."""
    return b if a is None else a if b is None else ops.add(a, b)


@cache
def vanishes(op: Op, i: int) -> bool:
    """Whether the row's partial derivative is 0 everywhere, as that of a sign or of a condition."""
    xs = tuple([Formula.symbol(f"x{k}") for k in range(op.arity)])
    return differentiate(op, i, Formula.symbol("y"), xs).number == 0


def _is(number: Any, constant: float) -> bool:
    return not hasattr(type(number), "__op__") and bool(number == constant)


def _epsilon() -> Any:
    return sys.modules["mpmath"].mp.eps
