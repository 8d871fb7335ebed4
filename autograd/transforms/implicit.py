"""Derivatives of the solution of an equation: from the equation, not from the steps that solved it.

Where f(x, θ) = 0 and ∂f/∂x is invertible, dx/dθ = -(∂f/∂x)⁻¹ ∂f/∂θ (the implicit function theorem). One step of Newton's method
over carriers of θ, x - (∂f/∂x)⁻¹ f(x, θ), started at the root, has just this derivative; and each further step doubles the
number of derivatives that are right.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from .. import ops
from ..operands import function
from ..value import Value
from .calls import Function, called
from .numbers import cut, differentiable, ground, library
from .record import Record
from .series import Series
from .trees import Structure, flatten

MOST = 50  # steps that improve a root to the last digit


def custom_root(f: Function, solve: Function, order: int = 3) -> Function:
    """The function θ ↦ x with f(x, *θ) = 0, where ``solve(*θ)`` finds x by whatever means, with plain numbers.

    x is a number or a tree of numbers, and f gives as many. Derivatives are right to any order under transforms; on recorded
    Values, which may be differentiated later, to the given order.

    >>> from autograd.transforms import grad
    >>> root = custom_root(lambda x, a: x * x - a, lambda a: a**0.5)
    >>> grad(root)(4.0), grad(grad(root))(4.0)
    (0.25, -0.03125)

    Raises ValueError where solve's result is no root, or ∂f/∂x is singular there; TypeError where f gives too few or too many
    numbers.
    """

    function(f, "what has the root")
    function(solve, "what finds the root")

    @wraps(solve, updated=())
    def root(*args: Any) -> Any:
        leaves, of_args = flatten(args)
        plain = cut(leaves, "custom_root")
        numbers, structure = flatten(solve(*of_args.unflatten(plain)))
        x = [differentiable(number, f"what {called(solve)} returns") for number in numbers]
        x = _improved(f, x, structure, of_args.unflatten(plain))
        right = 0
        while right < _needed(args, order):
            x = [ops.sub(number, step) for number, step in zip(x, _newton(f, x, structure, args), strict=True)]
            right = 2 * right + 1
        return structure.unflatten(x)

    return root


def _newton(f: Function, x: list[Any], structure: Structure, args: tuple[Any, ...]) -> list[Any]:
    """(∂f/∂x)⁻¹ f at x."""
    record = Record(lambda tree: f(tree, *args), (structure.unflatten(x),), {}, 0)
    if len(record.values) != len(x):
        raise TypeError(f"{called(f)} must give as many numbers as there are unknowns: {len(x)}, not {len(record.values)}")
    try:
        return solve_linear(record.rows(), record.values)
    except ZeroDivisionError:
        raise ValueError(
            f"the derivative of {called(f)} with respect to the unknowns is singular at {[ground(number) for number in x]}: "
            "the root does not depend smoothly on the parameters there"
        ) from None


def _improved(f: Function, x: list[Any], structure: Structure, args: tuple[Any, ...]) -> list[Any]:
    """The root to the last digit; ValueError where x is none."""
    if any(library(number) == "sympy" for number in (*x, *flatten(args)[0])):
        return x
    before = None
    for _ in range(MOST):
        steps = _newton(f, x, structure, args)
        size = max((abs(step) / (1 + abs(number)) for step, number in zip(steps, x, strict=True)), default=0)
        if before is None and not size <= 1e-3:
            raise ValueError(f"{x} is no root of {called(f)}: Newton's method moves it by {[float(step) for step in steps]}")
        if size == 0 or (before is not None and size >= before / 2):
            break
        x, before = [number - step for number, step in zip(x, steps, strict=True)], size
    return x


def _needed(args: tuple[Any, ...], order: int) -> int:
    """How many derivatives the carriers among the arguments stand for."""
    most = 0
    for carrier in flatten(args)[0]:
        number, count = carrier, 0
        while hasattr(number, "primal"):
            count += number.expansion.order if isinstance(number, Series) else 1
            number = number.primal
        most = max(most, count + (order if isinstance(number, Value) else 0))
    return most


def solve_linear(matrix: list[list[Any]], right: list[Any]) -> list[Any]:
    """x with matrix · x = right over any carrier, by elimination with pivots of the largest value.

    Raises ZeroDivisionError for a singular matrix.

    >>> from fractions import Fraction
    >>> print(*solve_linear([[0, 2], [Fraction(3), 4]], [2, 5]))
    1/3 1
    """
    rows = [[*row, number] for row, number in zip(matrix, right, strict=True)]
    for k in range(len(rows)):
        pivot = max(range(k, len(rows)), key=lambda i: _size(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        if _size(rows[k][k]) == 0:
            raise ZeroDivisionError("the matrix is singular")
        for i in range(k + 1, len(rows)):
            factor = ops.div(rows[i][k], rows[k][k])
            rows[i] = [ops.sub(a, ops.mul(factor, b)) for a, b in zip(rows[i], rows[k], strict=True)]
    solution: list[Any] = []
    for k in reversed(range(len(rows))):
        total = rows[k][-1]
        for a, x in zip(rows[k][k + 1 : -1], reversed(solution), strict=True):
            total = ops.sub(total, ops.mul(a, x))
        solution.append(ops.div(total, rows[k][k]))
    return solution[::-1]


def _size(number: Any) -> float:
    number = ground(number)
    return float(number != 0) if library(number) == "sympy" else abs(number)
