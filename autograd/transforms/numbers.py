"""What transforms know of the numbers they are given: of which kind they are, and what is carried in the end."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from fractions import Fraction
from numbers import Real
from typing import Any

from ..formula import Formula
from ..modes import nested
from ..op import describe
from ..value import Value
from ..watching import refuse_cut


def library(number: Any) -> str:
    """The name of the package that a number comes from."""
    return type(number).__module__.partition(".")[0]


def inmost(number: Any) -> Any:
    """What is carried in the end by nested carriers: a float, a Value, a fraction, …"""
    while hasattr(number, "primal"):
        number = number.primal
    return number


def ground(number: Any) -> Any:
    """What is `inmost`, a float where that is a Value."""
    if type(number) is float:
        return number
    number = inmost(number)
    return number._data if isinstance(number, Value) else number


def cut(numbers: Sequence[Any], how: str) -> list[Any]:
    """The numbers as constants, each its `ground`; ValueError for Values while a graph is recorded for other points than theirs."""
    values = [value for value in map(inmost, numbers) if isinstance(value, Value)]
    if values:
        refuse_cut(how, cut=values)
    return list(map(ground, numbers))


def decided(condition: Any) -> bool:
    """Whether a condition is a number, once and for all; that of a Value may change when its graph is replayed."""
    condition = inmost(condition)
    return not hasattr(type(condition), "__op__") and library(condition) != "sympy"


def finite(number: Any) -> bool:
    """Whether a number is neither infinite nor NaN; what is no number is taken to be."""
    number = ground(number)
    return math.isfinite(number) if isinstance(number, int | float) else True


def differentiable(thing: Any, what: str) -> Any:
    """A number that derivatives may be taken with respect to: integers and NumPy's floats as floats, the others as they are.

    Raises TypeError for anything else.
    """
    if type(thing) is float:
        return thing
    if hasattr(type(thing), "__op__") or isinstance(thing, Fraction) or library(thing) in ("mpmath", "sympy"):
        return thing
    if isinstance(thing, Real) and not isinstance(thing, bool):
        return float(thing)
    raise TypeError(f"{what} must be a real number, or a list, tuple, dict or array of such, not {describe(thing)}")


class Fixed(Value):
    """A constant that was put into a graph while a transform ran: a leaf that nobody asks for."""

    __slots__ = ()


def alike(number: Any, pattern: Any) -> Any:
    """A plain number (a derivative that is 0 or 1, say) in the pattern's own kind; any other as it is."""
    if not isinstance(number, int | float):
        return number
    if hasattr(pattern, "primal"):
        return pattern.constant(alike(number, pattern.primal))
    if isinstance(pattern, Value):
        return Fixed(number) if nested() else Value(number)
    if isinstance(pattern, Formula):
        return Formula.constant(number)
    if isinstance(pattern, Fraction):
        return Fraction(number)
    if library(pattern) == "mpmath":
        return sys.modules["mpmath"].mpf(number)
    if library(pattern) == "sympy":
        return sys.modules["sympy"].sympify(int(number) if number == int(number) else number)
    return float(number)
