"""Sparse Jacobians and Hessians by as many sweeps as their pattern has colours, not as there are inputs."""

from __future__ import annotations

from typing import Any, NamedTuple

from .calls import Argnums, Function, derived
from .colouring import bits, colours, transposed
from .record import Record
from .reverse import grad


class Sparse(NamedTuple):
    """A matrix by its entries: values[k] stands at (rows[k], columns[k]), and 0 everywhere else.

    ``scipy.sparse.coo_array((m.values, (m.rows, m.columns)), m.shape)`` is SciPy's. ``sweeps`` is how many were needed.
    """

    rows: list[int]
    columns: list[int]
    values: list[Any]
    shape: tuple[int, int]
    sweeps: int

    def dense(self) -> list[list[Any]]:
        """The matrix as a list of rows."""
        matrix: list[list[Any]] = [[0.0] * self.shape[1] for _ in range(self.shape[0])]
        for row, column, value in zip(self.rows, self.columns, self.values, strict=True):
            matrix[row][column] = value
        return matrix


def sparse_jacobian(f: Function, argnums: Argnums = 0) -> Function:
    """The function whose value is the Jacobian of f by its entries that are not 0 by their formulas.

    Rows are the numbers of the result, columns those of the arguments, in order. Sweeps forward or backward, whichever are fewer.

    >>> differences = sparse_jacobian(lambda x: [x[i + 1] - x[i] ** 2 for i in range(99)])
    >>> matrix = differences([0.5] * 100)
    >>> len(matrix.values), matrix.sweeps, matrix.dense()[0][:3]
    (198, 2, [-1.0, 1.0, 0.0])
    """

    @derived(f)
    def matrix(*args: Any, **kwargs: Any) -> Sparse:
        record = Record(f, args, kwargs, argnums)
        m, n = len(record.values), len(record.inputs)
        pattern = [(row, column) for row, columns in enumerate(record.linear.reach()) for column in bits(columns)]
        forward, backward = colours(pattern, n), colours(transposed(pattern), m)
        if len({*forward}) <= len({*backward}):
            swept = [record.push([int(own == colour) for own in forward]) for colour in range(len({*forward}))]
            values = [swept[forward[column]][row] for row, column in pattern]
        else:
            swept = [record.pull([int(own == colour) for own in backward]) for colour in range(len({*backward}))]
            values = [swept[backward[row]][column] for row, column in pattern]
        return Sparse([row for row, _ in pattern], [column for _, column in pattern], values, (m, n), len(swept))

    return matrix


def sparse_hessian(f: Function, argnums: Argnums = 0) -> Function:
    """The function whose value is the Hessian of f by its entries that are not 0 by their formulas; see `sparse_jacobian`.

    >>> chain = sparse_hessian(lambda x: sum((x[i + 1] - x[i] ** 2) ** 2 for i in range(99)))
    >>> matrix = chain([1.0] * 100)
    >>> len(matrix.values), matrix.sweeps
    (298, 3)
    """
    return sparse_jacobian(grad(f, argnums), argnums)
