"""Derivatives of several numbers, and second derivatives: each is made of the sweeps of the one-directional transforms.

The derivative of a tree with respect to a tree is, as in JAX, the tree of the result with a tree of the argument for each of
its numbers; that of an array with respect to an array is one array, of both shapes one after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from .calls import Argnums, Function, derived
from .forward import as_tuple, jvp
from .record import Record
from .reverse import grad
from .trees import array


def jacobian(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The function whose value is the matrix ∂f_i/∂x_j, by sweeps backward or forward, whichever are fewer.

    >>> jacobian(lambda x: [x[0] * x[1], x[0] + x[1], x[1]])([2.0, 3.0])
    [[3.0, 2.0], [1.0, 1.0], [0.0, 1.0]]
    """
    return _jacobian(f, argnums, has_aux, Record.rows)


def jacrev(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The `jacobian` by a sweep backward for each number of the result."""
    return _jacobian(f, argnums, has_aux, Record.rows_backward)


def jacfwd(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The `jacobian` by a sweep forward for each number of the arguments."""
    return _jacobian(f, argnums, has_aux, Record.rows_forward)


def _jacobian(f: Function, argnums: Argnums, has_aux: bool, rows: Callable[[Record], list[list[Any]]]) -> Function:
    @derived(f)
    def matrix(*args: Any, **kwargs: Any) -> Any:
        record = Record(f, args, kwargs, argnums, has_aux)
        found = rows(record)

        def blocks(first: int, over: tuple[int, ...] | None) -> Any:
            height = prod(over or ())
            trees, start = [], 0
            for structure in record.arguments:

                def block(column: int, under: tuple[int, ...] | None, start: int = start) -> Any:
                    column += start
                    if over is None and under is None:
                        return found[first][column]
                    width = prod(under or ())
                    numbers = [number for row in found[first : first + height] for number in row[column : column + width]]
                    return array(numbers, (*(over or ()), *(under or ())))

                trees.append(structure.build(block))
                start += structure.size
            return trees[0] if record.single else tuple(trees)

        whole = record.result.build(blocks)
        return (whole, record.aux) if has_aux else whole

    return matrix


def hessian(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The function whose value is the matrix ∂²f/∂x_i∂x_j, built like the argument with an argument for each of its numbers.

    >>> hessian(lambda x: x[0] ** 2 * x[1])([3.0, 5.0])
    [[10.0, 6.0], [6.0, 0.0]]
    """
    return jacobian(jacrev(f, argnums, has_aux), argnums, has_aux)


def hvp(f: Function, primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
    """The Hessian of f times a vector, without the Hessian: the derivative of ∇f along the tangents (Pearlmutter 1994).

    Built like the one primal, or a tuple of as many as there are.

    >>> hvp(lambda x: x[0] ** 2 * x[1], ([3.0, 5.0],), ([1.0, 0.0],))
    [10.0, 6.0]
    """
    primals = as_tuple(primals, "primals")
    argnums: Argnums = 0 if len(primals) == 1 else tuple(range(len(primals)))
    return jvp(grad(f, argnums), primals, tangents)[1]
