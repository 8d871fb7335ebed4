"""The tape: the recorded operations replayed one by one on floats, exactly as recording them again would.

It is how a program meets numbers that arrays would get wrong: poles are infinite, a value whose gradient is exactly 0
passes nothing on, and log(-1) can be refused with the quantity's name. It also runs graphs that have no width.
"""

from __future__ import annotations

import math

import numpy as np

from ..kernels import on_floats, slope_on_floats
from ..op import DomainError, Op, Rule
from .columns import CONSTANT, PARAMETER, ROWS, Columns, Floats


class Tape:
    """Runs columns for one sample after another."""

    def __init__(self, table: Columns) -> None:
        self.table = table
        needs = (table.codes == PARAMETER).tolist()
        self.steps: list[tuple[int, Op, Rule, tuple[int, ...], tuple[tuple[int, int, Rule], ...]]] = []
        for node, (code, args) in enumerate(zip(table.codes.tolist(), table.args.tolist(), strict=True)):
            if code >= 0:
                operands = tuple(args[: ROWS[code].arity])
                row = ROWS[code]
                wanted = tuple([(i, arg, slope_on_floats(row, i)) for i, arg in enumerate(operands) if needs[arg]])
                needs[node] = bool(wanted)
                self.steps.append((node, row, on_floats(row), operands, wanted))

    def run(self, inputs: Floats, theta: Floats, *, gradients: bool = False, strict: bool = False) -> tuple[Floats, Floats]:
        """The roots' numbers (samples, roots), and where asked the gradients of the first root (samples, parameters).

        An operation outside its domain gives NaN, or if ``strict`` raises a DomainError that names the sample and the quantity.
        """
        table = self.table
        outputs, slopes = np.empty((len(inputs), len(table.roots))), np.zeros((len(inputs), table.parameters))
        numbers = np.where(table.codes == CONSTANT, table.numbers, 0.0).tolist()
        roots, own = table.roots.tolist(), slice(table.inputs, table.inputs + table.parameters)
        numbers[own] = theta.tolist()
        for sample, row in enumerate(inputs.tolist()):
            numbers[: table.inputs] = row
            self._forward(numbers, sample if strict else None)
            outputs[sample] = [numbers[root] for root in roots]
            if gradients:
                slopes[sample] = self._backward(numbers)[own]
        return outputs, slopes

    def _forward(self, numbers: list[float], sample: int | None) -> None:
        for node, row, value, operands, _ in self.steps:
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
        for node, row, _, operands, wanted in reversed(self.steps):
            upstream = slopes[node]
            if upstream:
                y, xs = numbers[node], [numbers[arg] for arg in operands]
                for i, arg, partial in wanted:
                    try:
                        slope = partial(y, *xs)
                    except (ValueError, ArithmeticError):
                        slope = row.derivative(i, y, *xs)
                    slopes[arg] += slope * upstream
        return slopes
