"""Dual: a number that carries one directional derivative along, forward through the program.

y = op(x_1, …) has the tangent Σ ∂y/∂x_i · ẋ_i (Griewank and Walther, Evaluating Derivatives, 2nd ed., section 3.1).
"""

from __future__ import annotations

from typing import Any

from ..op import Op
from .carrier import Carrier
from .slopes import moved, plus, slope, times


class Dual(Carrier):
    """primal + tangent·ε with ε² = 0; the tangent is None where nothing depends on the inputs."""

    __slots__ = ("tangent",)

    def __init__(self, level: int, primal: Any, tangent: Any) -> None:
        self.level, self.primal, self.tangent = level, primal, tangent

    def constant(self, number: Any) -> Dual:
        """A number whose derivative is 0."""
        return Dual(self.level, number, None)

    def apply(self, op: Op, args: tuple[Any, ...]) -> Dual:
        """The row's value and its tangent."""
        duals = [arg if self.own(arg) else self.constant(arg) for arg in args]
        xs = tuple([dual.primal for dual in duals])
        y = op(*xs)
        if op.chooses:
            return Dual(self.level, y, moved(op, xs, [dual.tangent for dual in duals]))
        tangent = None
        for i, dual in enumerate(duals):
            if dual.tangent is not None:
                partial = slope(op, i, y, xs)
                if partial is not None:
                    tangent = plus(tangent, times(partial, dual.tangent))
        return Dual(self.level, y, tangent)
