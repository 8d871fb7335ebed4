"""Fractions as a library has its numbers: its functions, and rows over them, a fraction again or an error, never a float.

A float among fractions is taken as the binary fraction that it is: 0.5 is 1/2, but 0.1 is
3602879701896397/36028797018963968, where ``Fraction(1, 10)`` was meant perhaps. A float times a fraction outside of the table
is Python's own, and a float.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .op import CALL, Op, describe

if TYPE_CHECKING:
    from fractions import Fraction  # which takes long to load


def evaluate(op: Op, args: tuple[Any, ...]) -> Fraction:
    """The row's value at fractions.

    Raises TypeError where it has no rational value (exp, sin, the root of 2) or for an operand that is no rational number,
    ZeroDivisionError at a pole.

    >>> from fractions import Fraction
    >>> from autograd import maximum, sqrt
    >>> maximum(Fraction(1, 3), 0.25), sqrt(Fraction(4, 9))
    (Fraction(1, 3), Fraction(2, 3))
    """
    from fractions import Fraction

    xs = tuple([fraction(op, arg) for arg in args])
    try:
        y = (op.exact or op.beyond or op.own)(*xs)
    except ZeroDivisionError:
        raise ZeroDivisionError(f"{_spelt(op, xs)} has no value: it divides by zero") from None
    except (TypeError, ValueError):  # a row that it is made of has none
        y = None
    if isinstance(y, Fraction | int):
        return Fraction(y)
    raise TypeError(f"{_spelt(op, xs)} has no exact value as a fraction: give a float, or mpmath.mpf(…) for as many digits as you like")


def fraction(op: Op, arg: Any) -> Fraction:
    """An operand as the fraction that it is."""
    from fractions import Fraction

    try:
        return Fraction(float(arg) if hasattr(arg, "exactly") else arg)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{op.name} of fractions takes rational numbers, not {describe(arg)}") from None


def _spelt(op: Op, xs: tuple[Fraction, ...]) -> str:
    return op.text.format(*[f"({x})" if op.prec != CALL and (x < 0 or x.denominator != 1) else str(x) for x in xs])


def power(a: Fraction, b: Fraction) -> Fraction | None:
    """a ** b where it is rational."""
    base = a if b.denominator == 1 else root(a, b.denominator)
    return None if base is None else base ** int(b.numerator)


def root(x: Fraction, n: int) -> Fraction | None:
    """The n-th root where it is rational."""
    if x < 0:
        return None
    over, under = _whole_root(x.numerator, n), _whole_root(x.denominator, n)
    return type(x)(over, under) if over**n == x.numerator and under**n == x.denominator else None


def _whole_root(x: int, n: int) -> int:
    """The largest whole number whose n-th power is at most x."""
    low, high = 0, 1 << (x.bit_length() // n + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**n <= x else (low, middle - 1)
    return low
