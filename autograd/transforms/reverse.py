"""Derivatives in reverse mode: one sweep backward gives the derivative with respect to every input.

Names, arguments and results are JAX's. Values that a function takes from elsewhere (a network's parameters, say) stay in the
result, which then is a Value, too, and can be differentiated with respect to them. As in torch.func, a ``no_grad`` around a
transform does not concern it, and what is computed in one inside of the function is constant.
"""

from __future__ import annotations

from typing import Any

from .calls import Argnums, Function, called, derived
from .numbers import differentiable
from .record import Record
from .trees import matched


def grad(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The function whose value is ∇f, built like the arguments at ``argnums`` (a tuple of such where that is a sequence).

    Arguments may be numbers, lists, tuples, dicts, NumPy arrays, nested; the result of f is one number. With ``has_aux``, f
    returns (number, anything) and the new function (gradient, anything).

    >>> from autograd import exp
    >>> grad(lambda x: x * exp(x))(0.0)
    1.0
    >>> grad(lambda p: p["w"][0] * p["w"][1] + p["b"])({"w": [2.0, 3.0], "b": 1.0})
    {'w': [3.0, 2.0], 'b': 1.0}
    >>> from fractions import Fraction
    >>> grad(grad(lambda x: 1 / (1 + x * x)))(Fraction(1, 2))
    Fraction(-32, 125)

    Raises TypeError where the result is not one number, or an argument is not made of numbers.
    """
    both = value_and_grad(f, argnums, has_aux)

    @derived(f)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        value, slopes = both(*args, **kwargs)
        return (slopes, value[1]) if has_aux else slopes

    return gradient


def value_and_grad(f: Function, argnums: Argnums = 0, has_aux: bool = False) -> Function:
    """The function that returns (f, ∇f), or ((f, aux), ∇f) with ``has_aux``; see `grad`.

    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 3.0)
    (6.0, (3.0, 2.0))
    """

    @derived(f)
    def both(*args: Any, **kwargs: Any) -> Any:
        record = Record(f, args, kwargs, argnums, has_aux)
        if not record.result.scalar:
            raise TypeError(
                f"a gradient is that of one number, but {called(f)} returns {record.result!r}: "
                "use jacobian, or return one of them (or their sum)"
            )
        value = record.result.unflatten(record.values)
        return (value, record.aux) if has_aux else value, record.like_arguments(record.pull([1]))

    return both


def vjp(f: Function, *primals: Any, has_aux: bool = False) -> Any:
    """f(*primals) and the function u ↦ uᵀJ, which takes weights built like the result and gives a tuple built like the primals.

    >>> y, pull = vjp(lambda x, y: [x * y, x + y], 2.0, 3.0)
    >>> y, pull([1.0, 10.0])
    ([6.0, 5.0], (13.0, 12.0))

    With ``has_aux``, f returns (result, anything), and that comes third. Raises TypeError for weights that are built otherwise.
    """
    record = Record(f, primals, {}, tuple(range(len(primals))), has_aux)

    def pull(cotangents: Any) -> Any:
        weights = matched(cotangents, record.result, f"what the derivative of {called(f)} is weighted with")
        return record.like_arguments(record.pull([differentiable(weight, "a weight") for weight in weights]))

    value = record.result.unflatten(record.values)
    return (value, pull, record.aux) if has_aux else (value, pull)
