"""Series: a number that carries its Taylor coefficients along, computed from the op table's partial derivatives alone.

For y = op(u_1, u_2, …) with p_i = ∂y/∂u_i, all of them series in t, dy/dt = Σ p_i · du_i/dt says

    y_k = (1/k) Σ_i Σ_{j=1..k} j · u_{i,j} · p_{i,k-j}

so y's coefficient k needs those of the p_i below k only. A p_i is the row's rule over series again, whose own partials are
needed one order lower still, and so on down (Griewank and Walther, Evaluating Derivatives, 2nd ed., section 13.2, where each
row has a recurrence of its own). Coefficients are computed when they are asked for, and the same operation on the same series is
one series: so the descent is a chain, not a tree.
"""

from __future__ import annotations

from typing import Any

from .. import ops
from ..op import Op
from .carrier import Carrier
from .slopes import moved, plus, slope, times


class Expansion:
    """One run of a program over series: its level, its order, and the series that it has made."""

    def __init__(self, level: int, order: int) -> None:
        self.level, self.order = level, order
        self.made: dict[tuple[Any, ...], Series] = {}
        self.descending = False  # whether a rule is run, whose coefficients wait until they are asked for


class Series(Carrier):
    """coefficients[0] + coefficients[1]·t + coefficients[2]·t² + …; None is a 0 that does not depend on t."""

    __slots__ = ("args", "coefficients", "expansion", "op", "partials")

    def __init__(self, expansion: Expansion, coefficients: list[Any], op: Op | None = None, args: tuple[Series, ...] = ()) -> None:
        self.level, self.primal, self.expansion = expansion.level, coefficients[0], expansion
        self.coefficients, self.op, self.args = coefficients, op, args
        self.partials: list[Series | None] | None = None

    def constant(self, number: Any) -> Series:
        """A number that does not depend on t."""
        return Series(self.expansion, [number])

    def apply(self, op: Op, args: tuple[Any, ...]) -> Series:
        """The row's value as a series."""
        expansion = self.expansion
        key = (op, *[str(arg) if type(arg) is float or type(arg) is int else id(arg) for arg in args])
        made = expansion.made.get(key)
        if made is None:
            operands = tuple([arg if self.own(arg) else self.constant(arg) for arg in args])
            y = op(*[operand.primal for operand in operands])
            made = expansion.made[key] = Series(expansion, [y], op, operands)
        if not expansion.descending:
            made.coefficient(expansion.order)
        return made

    def coefficient(self, k: int) -> Any:
        """The coefficient of t^k."""
        while len(self.coefficients) <= k:
            self.coefficients.append(None if self.op is None else self._next(len(self.coefficients)))
        return self.coefficients[k]

    def _next(self, k: int) -> Any:
        assert self.op is not None
        if self.op.chooses:
            return moved(self.op, [arg.primal for arg in self.args], [arg.coefficient(k) for arg in self.args])
        total = None
        for arg, partial in zip(self.args, self._slopes(), strict=True):
            if partial is None:
                continue
            for j in range(1, k + 1):
                u, p = arg.coefficient(j), partial.coefficient(k - j)
                if u is not None and p is not None:
                    total = plus(total, times(j, times(p, u)))
        return total if total is None or k == 1 else ops.div(total, k)

    def _slopes(self) -> list[Series | None]:
        """The partial derivatives as series, None for those that are not needed."""
        if self.partials is None:
            assert self.op is not None
            before, self.expansion.descending = self.expansion.descending, True
            fixed = [arg.op is None and not any(number is not None for number in arg.coefficients[1:]) for arg in self.args]
            xs = tuple([arg.primal if still else arg for arg, still in zip(self.args, fixed, strict=True)])
            found = [None if still else slope(self.op, i, self, xs) for i, still in enumerate(fixed)]
            self.partials = [number if number is None or self.own(number) else self.constant(number) for number in found]
            self.expansion.descending = before
        return self.partials
