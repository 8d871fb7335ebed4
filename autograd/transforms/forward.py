"""Derivatives in forward mode: one run gives the derivative of everything along one direction.

Names, arguments and results are JAX's.
"""

from __future__ import annotations

from typing import Any

from ..operands import function
from .calls import Function, called, check_results, split
from .dual import Dual
from .levels import new_level
from .numbers import alike, cut, differentiable
from .record import Record
from .trees import flatten, matched


def jvp(f: Function, primals: tuple[Any, ...], tangents: tuple[Any, ...], has_aux: bool = False) -> tuple[Any, ...]:
    """f(*primals) and J·v, for a direction v built like the primals; with ``has_aux``, what else f returned comes third.

    >>> from autograd import sin
    >>> jvp(lambda x, y: [x * y, sin(x)], (0.0, 3.0), (1.0, 0.0))
    ([0.0, 0.0], [3.0, 1.0])

    Raises TypeError where the direction is built otherwise.
    """
    function(f, "what is differentiated")
    numbers, structure = flatten(as_tuple(primals, "primals"))
    directions = matched(as_tuple(tangents, "tangents"), structure, f"the direction in which {called(f)} is differentiated")
    numbers = [differentiable(number, f"an argument of {called(f)}") for number in numbers]
    directions = [differentiable(direction, "a tangent") for direction in directions]
    with new_level() as level:
        found = f(*structure.unflatten([Dual(level, x, v) for x, v in zip(numbers, directions, strict=True)]))
    found, aux = split(f, found) if has_aux else (found, None)
    outputs, result = flatten(found)
    check_results(f, outputs, level)

    def own(output: Any) -> bool:
        return isinstance(output, Dual) and output.level == level

    def primal(output: Any) -> Any:
        return output.primal if own(output) else output

    values = [primal(output) for output in outputs]
    slopes = [output.tangent if own(output) and output.tangent is not None else 0.0 for output in outputs]
    pair = result.unflatten(values), result.unflatten([alike(slope, value) for slope, value in zip(slopes, values, strict=True)])
    others, shape = flatten(aux)
    return (*pair, shape.unflatten([primal(other) for other in others])) if has_aux else pair


def linearize(f: Function, *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """f(*primals) and the function v ↦ J·v; f runs once, whatever the number of directions.

    >>> y, along = linearize(lambda x: x**3, 2.0)
    >>> y, along(1.0), along(0.5)
    (8.0, 12.0, 6.0)

    With ``has_aux``, what else f returned comes third.
    """
    record = Record(f, primals, {}, tuple(range(len(primals))), has_aux)
    structure = flatten(primals)[1]

    def along(*tangents: Any) -> Any:
        directions = matched(tangents, structure, f"the direction in which {called(f)} is differentiated")
        return record.result.unflatten(record.push([differentiable(direction, "a tangent") for direction in directions]))

    value = record.result.unflatten(record.values)
    return (value, along, record.aux) if has_aux else (value, along)


def as_tuple(trees: Any, what: str) -> tuple[Any, ...]:
    """The entries for each argument; TypeError for one that stands alone."""
    if not isinstance(trees, tuple | list):
        raise TypeError(f"the {what} must be a tuple with one entry for each argument, not {type(trees).__name__}: write (x,) for one")
    return tuple(trees)


def stop_gradient(tree: Any) -> Any:
    """The same numbers as constants: no transform and no graph sees what they were made of. ValueError for Values while `trace` records.

    >>> from autograd import Value
    >>> stop_gradient(Value(2.0) * 3)
    6.0
    """
    numbers, structure = flatten(tree)
    return structure.unflatten(cut(numbers, "stop_gradient"))
