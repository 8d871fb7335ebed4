"""The tape: operations replayed one by one on floats, with the bits that recording them again would give.

It is how a program meets numbers that arrays would get wrong: poles are infinite, a value whose gradient is exactly 0
passes nothing on, and log(-1) can be refused with the quantity's name. It also runs graphs that have no width.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from .. import native
from ..kernels import on_floats, slope_on_floats
from ..op import DomainError, Op, Rule
from .columns import CONSTANT, PARAMETER, Columns, Floats


class Tape:
    """Runs columns for one sample after another: in C where the engine is there, which knows the rows of the op table."""

    def __init__(self, table: Columns) -> None:
        self.table, self._width = table, len(table.roots)

    def run(
        self, inputs: Floats, theta: Floats, gradients: bool = False, summed: bool = False, *, strict: bool = False, first: int = 0
    ) -> tuple[Floats, Floats | None]:
        """The roots' numbers (samples, roots), and where asked the gradients of the first root.

        They are (samples, parameters), or (parameters,) if ``summed`` over the samples. An operation outside its domain gives
        NaN, or if ``strict`` raises a DomainError that names the sample, counted from ``first``, and the quantity.
        """
        table, samples = self.table, len(inputs)
        outputs = np.empty((samples, self._width))
        slopes = np.empty(table.parameters if summed else (samples, table.parameters)) if gradients else None
        if self._native is not None and not strict:
            self._native.run(samples, np.ascontiguousarray(inputs), np.ascontiguousarray(theta), outputs, slopes, summed)
            return outputs, slopes
        numbers = np.where(table.codes == CONSTANT, table.numbers, 0.0).tolist()
        roots, own = table.roots.tolist(), slice(table.inputs, table.inputs + table.parameters)
        numbers[own] = theta.tolist()
        if slopes is not None:
            slopes.fill(0.0)
        for sample, row in enumerate(inputs.tolist()):
            numbers[: table.inputs] = row
            self._forward(numbers, first + sample if strict else None)
            outputs[sample] = [numbers[root] for root in roots]
            if slopes is not None:
                own_slopes = np.array(self._backward(numbers)[own])
                if summed:
                    with np.errstate(invalid="ignore"):  # infinities of both signs have no sum, and NaN says so
                        slopes += own_slopes
                else:
                    slopes[sample] = own_slopes
        return outputs, slopes

    @property
    def point(self) -> Callable[[Any, Floats], float] | None:
        """point(theta, gradient) of a tape without inputs gives the first root's number, and NaN where `run` has more to say.

        None where the native engine is not there.
        """
        return None if self._native is None else self._native.point

    @cached_property
    def _native(self) -> Any:
        table, made = self.table, self.table.codes >= 0
        if native.engine is None or table.own or not len(table):
            return None
        first, leaves = int((~made).sum()), table.inputs + table.parameters
        rows, args, roots = [np.ascontiguousarray(column, dtype=np.int32) for column in (table.codes[made], table.args[made], table.roots)]
        constants = np.ascontiguousarray(table.numbers[leaves:first])
        return native.engine.Tape(table.inputs, table.parameters, first - leaves, constants, len(rows), rows, args, len(roots), roots)

    @cached_property
    def _steps(self) -> list[tuple[int, Op, Rule, tuple[int, ...], tuple[tuple[int, int, Rule], ...]]]:
        """For every operation its place, its row, what computes it, its operands, and those whose derivative is wanted."""
        table, steps = self.table, []
        needs = (table.codes == PARAMETER).tolist()
        for node, (code, args) in enumerate(zip(table.codes.tolist(), table.args.tolist(), strict=True)):
            if code >= 0:
                row = table.rows[code]
                operands = tuple(args[: row.arity])
                wanted = tuple([(i, arg, slope_on_floats(row, i)) for i, arg in enumerate(operands) if needs[arg]])
                needs[node] = bool(wanted)
                steps.append((node, row, on_floats(row), operands, wanted))
        return steps

    def _forward(self, numbers: list[float], sample: int | None) -> None:
        for node, row, value, operands, _ in self._steps:
            xs = [numbers[arg] for arg in operands]
            try:
                numbers[node] = value(*xs)
            except (ValueError, ArithmeticError):
                numbers[node] = self._exceptional(row, operands, xs, sample)

    def _exceptional(self, row: Op, operands: tuple[int, ...], xs: list[float], sample: int | None) -> float:
        try:
            return row.evaluate(*xs)
        except DomainError:
            if sample is None:
                return math.nan
            try:
                row.refuse(tuple(xs), tuple([self.table.names.get(arg) for arg in operands]))
            except DomainError as error:
                raise DomainError(f"sample {sample}: {error}") from None

    def _backward(self, numbers: list[float]) -> list[float]:
        slopes = [0.0] * len(numbers)
        slopes[int(self.table.roots[0])] = 1.0
        for node, row, _, operands, wanted in reversed(self._steps):
            upstream = slopes[node]
            if upstream:
                y, xs = numbers[node], [numbers[arg] for arg in operands]
                for i, arg, partial in wanted:
                    slopes[arg] += _slope(row, i, partial, y, xs) * upstream
        return slopes


def _slope(row: Op, i: int, partial: Rule, y: float, xs: list[float]) -> float:
    try:
        try:
            return partial(y, *xs)  # type: ignore[no-any-return]
        except (ValueError, ArithmeticError):
            return row.derivative(i, y, *xs)
    except (ValueError, ArithmeticError, TypeError):
        if math.isnan(y):  # a rule need not take what has no value: a root of -1 is complex there
            return math.nan
        raise
