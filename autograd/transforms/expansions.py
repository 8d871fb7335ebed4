"""Taylor coefficients of a function, to any order, in one run: no derivative of a derivative is taken.

`jet` has JAX's name and arguments; `taylor` is for a function of one number.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial, prod
from typing import Any

from .. import ops
from ..op import describe
from ..operands import function, whole
from .calls import Function, called, check_results
from .forward import as_tuple
from .levels import new_level
from .numbers import alike, differentiable
from .series import Expansion, Series
from .trees import Structure, array, flatten, matched


def taylor(f: Function, x: Any, order: int) -> list[Any]:
    """The coefficients f(x), f'(x), f''(x)/2!, …, f^(n)(x)/n! for n = order.

    >>> from fractions import Fraction
    >>> [str(c) for c in taylor(lambda x: 1 / (1 - 2 * x), Fraction(0), 4)]
    ['1', '2', '4', '8', '16']

    Raises ValueError for a negative order.
    """
    function(f, "what is expanded")
    whole(order, "the order of a Taylor expansion", 0)
    x = differentiable(x, f"the argument of {called(f)}")
    found, result = _expanded(f, Structure(tuple, (), (Structure(None),)), [[x, 1][: order + 1]], order)
    return [result.unflatten([numbers[k] for numbers in found]) for k in range(order + 1)]


def jet(f: Function, primals: Sequence[Any], series: Sequence[Sequence[Any]]) -> tuple[Any, Any]:
    """The derivatives of t ↦ f(x(t)) at t = 0, where x has the derivatives ``series`` there.

    For each primal x_0 its series is [x'(0), x''(0), …], each built like the primal, all of one length. The result is f(x_0) and,
    for each of its numbers or arrays, the list of its first, second, … derivative.

    >>> from autograd import sin
    >>> jet(sin, (0.0,), ([1.0, 0.0, 0.0],))
    (0.0, [1.0, 0.0, -1.0])

    Raises TypeError or ValueError where the series do not fit the primals.
    """
    function(f, "what is expanded")
    primals, series = as_tuple(primals, "primals"), as_tuple(series, "series")
    for terms in series:
        if not isinstance(terms, list | tuple):
            raise TypeError(f"the series of an argument must be a list of its derivatives, not {describe(terms)}")
    if len(primals) != len(series):
        raise ValueError(f"jet needs a series for each primal: {len(primals)} primals, {len(series)} series")
    lengths = {len(terms) for terms in series}
    if len(lengths) > 1:
        raise ValueError(f"the series of a jet are of one length, not of {' and '.join(map(str, sorted(lengths)))}")
    order = max(lengths, default=0)
    numbers, structure = flatten(tuple(primals))
    columns = [numbers, *[matched(tuple([terms[k] for terms in series]), structure, "a term of the series") for k in range(order)]]
    checked = [[differentiable(number, f"an argument of {called(f)}") for number in column] for column in columns]
    scaled = [[column[i] if k < 2 else ops.div(column[i], factorial(k)) for k, column in enumerate(checked)] for i in range(len(numbers))]
    found, result = _expanded(f, structure, scaled, order)

    def derivatives(start: int, shape: tuple[int, ...] | None) -> list[Any]:
        rows = [[coefficients[k] if k < 2 else ops.mul(factorial(k), coefficients[k]) for k in range(order + 1)] for coefficients in found]
        if shape is None:
            return rows[start][1:]
        return [array([row[k] for row in rows[start : start + prod(shape)]], shape) for k in range(1, order + 1)]

    return result.unflatten([coefficients[0] for coefficients in found]), result.build(derivatives)


def _expanded(f: Function, structure: Structure, columns: list[list[Any]], order: int) -> tuple[list[list[Any]], Structure]:
    """The coefficients of every number of the result, for those of every number of the arguments; and the result's structure."""
    with new_level() as level:
        expansion = Expansion(level, order)
        found = f(*structure.unflatten([Series(expansion, column) for column in columns]))
    outputs, result = flatten(found)
    check_results(f, outputs, level)
    coefficients = []
    for output in outputs:
        own = isinstance(output, Series) and output.level == level
        first = output.primal if own else output
        rest = [output.coefficient(k) if own else None for k in range(1, order + 1)]
        coefficients.append([first, *[alike(0.0 if number is None else number, first) for number in rest]])
    return coefficients, result
