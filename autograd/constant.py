"""Constant: a real number that every carrier takes in its own precision, such as √2."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any


class Constant:
    """A real number that no precision holds; arithmetic beside another number takes it in that one's.

    ``exactly`` computes it with the functions of a library: :mod:`math`, mpmath for as many digits as are asked, or SymPy.
    """

    __array_ufunc__ = None  # arrays leave the arithmetic to this class

    def __init__(self, exactly: Callable[[Any], Any]) -> None:
        self.exactly = exactly

    def __float__(self) -> float:
        return float(self.exactly(math))

    def beside(self, other: Any) -> Any:
        """The number in the precision of another one, or of what that other one carries."""
        while hasattr(other, "primal"):
            other = other.primal
        root = type(other).__module__.partition(".")[0]
        return self.exactly(sys.modules[root]) if root in ("mpmath", "sympy") else float(self)

    def _sympy_(self) -> Any:
        return self.exactly(sys.modules["sympy"])

    def __mul__(self, other: Any) -> Any:
        return self.beside(other) * other

    def __rmul__(self, other: Any) -> Any:
        return other * self.beside(other)

    def __truediv__(self, other: Any) -> Any:
        return self.beside(other) / other

    def __rtruediv__(self, other: Any) -> Any:
        return other / self.beside(other)

    def __neg__(self) -> Constant:
        return Constant(lambda library: -self.exactly(library))


SQRT_2 = Constant(lambda m: m.sqrt(2))
SQRT_PI = Constant(lambda m: m.sqrt(m.pi))
SQRT_2_PI = Constant(lambda m: m.sqrt(2 * m.pi))
TWO_OVER_SQRT_PI = Constant(lambda m: 2 / m.sqrt(m.pi))
LN_2 = Constant(lambda m: m.log(2))
LN_10 = Constant(lambda m: m.log(10))
LOG2_E = Constant(lambda m: 1 / m.log(2))
LOG10_E = Constant(lambda m: 1 / m.log(10))
