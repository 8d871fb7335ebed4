"""Which derivatives of a recorded graph are 0 whatever its numbers are, found without computing any.

First derivatives: an input reaches an output over edges whose partial derivative is not 0 by its formula. Second derivatives:
two inputs meet nonlinearly at an operation one of whose second partials is not 0 by its formula, and which reaches the output
(Walther, Computing sparse Hessians with automatic differentiation, 2008). The formulas are the op table's, so a ``maximum`` is
linear in pieces, and a product by a constant linear. Nothing is told of another way that a Python ``if`` might have taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

from ..formula import Formula, derivative, differentiate
from ..graph import topological
from ..op import Op
from ..value import Value
from .colouring import Pattern, bits
from .graphs import values_of


def jacobian_sparsity(outputs: Any, inputs: Any) -> Pattern:
    """The (row, column) places where ∂output/∂input may differ from 0, in order; outputs are rows, inputs columns.

    >>> x, y = Value(1.0), Value(2.0)
    >>> jacobian_sparsity([x * y, x + 1], [x, y])
    [(0, 0), (0, 1), (1, 0)]
    """
    ends, starts = values_of(outputs, "an output"), values_of(inputs, "an input")
    reached = _reached(topological(*ends), starts)
    return [(row, column) for row, end in enumerate(ends) for column in bits(reached.get(end, 0))]


def hessian_sparsity(outputs: Any, inputs: Any) -> Pattern:
    """The (row, column) places where ∂²output/∂input∂input may differ from 0, for at least one output; symmetric.

    >>> x, y, z = Value(1.0), Value(2.0), Value(3.0)
    >>> hessian_sparsity(x * y + z, [x, y, z])
    [(0, 1), (1, 0)]
    """
    ends, starts = values_of(outputs, "an output"), values_of(inputs, "an input")
    order = topological(*ends)
    reached, below = _reached(order, starts), _reached_from(order, ends)
    rows = [0] * len(starts)
    for value in order:
        if value in below and value.op is not None:
            sets = [0 if isinstance(arg, float) else reached[arg] for arg in value.args]
            for i, j in _bends(value.op, _kinds(value)):
                for row in bits(sets[i]):
                    rows[row] |= sets[j]
                for row in bits(sets[j]):
                    rows[row] |= sets[i]
    return [(row, column) for row, columns in enumerate(rows) for column in bits(columns)]


def which_depends(outputs: Any, inputs: Any, order: int = 1) -> list[bool]:
    """For each input, whether an output depends on it (order 1), or depends on it other than linearly (order 2); as CasADi has it.

    >>> x, y, z = Value(1.0), Value(2.0), Value(3.0)
    >>> which_depends(x * x + y, [x, y, z]), which_depends(x * x + y, [x, y, z], order=2)
    ([True, True, False], [True, False, False])

    Raises ValueError for another order.
    """
    if order not in (1, 2):
        raise ValueError(f"the order of which_depends is 1 (at all) or 2 (nonlinearly), not {order!r}")
    pattern = jacobian_sparsity(outputs, inputs) if order == 1 else hessian_sparsity(outputs, inputs)
    found = {column for _, column in pattern}
    return [column in found for column in range(len(values_of(inputs, "an input")))]


def _reached(order: list[Value], starts: list[Value]) -> dict[Value, int]:
    """For every value the inputs that it depends on, as the bits of an integer."""
    place: dict[Value, int] = {}
    for i, start in enumerate(starts):
        place[start] = place.get(start, 0) | 1 << i
    reached: dict[Value, int] = {}
    for value in order:
        found = place.get(value, 0)
        for operand in _live(value):
            found |= reached[operand]
        reached[value] = found
    return reached


def _reached_from(order: list[Value], ends: list[Value]) -> set[Value]:
    """The values that an output depends on."""
    below = set(ends)
    for value in reversed(order):
        if value in below:
            below.update(_live(value))
    return below


def _live(value: Value) -> Iterator[Value]:
    """The operands with respect to which the derivative is not 0 by its formula."""
    if value.op is not None:
        kinds = _kinds(value)
        for i, arg in enumerate(value.args):
            if not isinstance(arg, float) and _partial(value.op, i, kinds).number != 0:
                yield arg


def _kinds(value: Value) -> tuple[float | None, ...]:
    """What is told apart of the operands: 0 and 1, which drop out of formulas, other constants (NaN), and Values (None)."""
    return tuple([None if not isinstance(arg, float) else arg if arg in (0, 1) else math.nan for arg in value.args])


@cache
def _partial(op: Op, i: int, kinds: tuple[float | None, ...]) -> Formula:
    """∂y/∂x_i as a formula of y and the operands."""
    operands = [Formula.constant(kind) if kind in (0, 1) else Formula.symbol(f"x{k}") for k, kind in enumerate(kinds)]
    return differentiate(op, i, Formula.symbol("y"), tuple(operands))


@cache
def _bends(op: Op, kinds: tuple[float | None, ...]) -> list[tuple[int, int]]:
    """The pairs of operands with respect to which the second derivative is not 0 by its formula."""
    values = [i for i, kind in enumerate(kinds) if kind is None]

    def second(i: int, j: int) -> Formula:
        partial = _partial(op, i, kinds)
        total: Formula = derivative(partial, f"x{j}") + derivative(partial, "y") * _partial(op, j, kinds)
        return total

    return [(i, j) for i in values for j in values if second(i, j).number != 0]
