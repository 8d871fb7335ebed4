"""Gradients on recorded graphs, as Values: they depend on the recorded ones and can be drawn, explained, differentiated again.

The graph is walked backward once with the op table's partial derivatives over the Values themselves. Nothing is kept in ``grad``.
"""

from __future__ import annotations

from typing import Any

from ..graph import topological
from ..op import describe
from ..value import Value
from .linear import LinearMap
from .numbers import alike, differentiable
from .record import again
from .trees import flatten, matched


def gradient(outputs: Any, inputs: Any, weights: Any = None) -> Any:
    """Σ weight · ∂output/∂input for every input, built like the inputs, each number a Value; every ``grad`` stays as it is.

    Outputs and inputs are Values or trees of them; an input may be a leaf or a quantity in between. The weights, built like the
    outputs, are 1 unless given. The result may be a Value of the graph itself: that of w·x with respect to w is x.

    >>> x = Value(3.0, name="x")
    >>> slope = gradient(x**3, x)
    >>> slope.data, gradient(slope, x).data, x.grad
    (27.0, 18.0, 0.0)

    Raises TypeError for what is no Value.
    """
    ends, starts = values_of(outputs, "an output"), values_of(inputs, "an input")
    seeds = [1] * len(ends) if weights is None else matched(weights, flatten(outputs)[1], "the weights of the outputs")
    found = _map(starts, ends).pull([seed if type(seed) is int else differentiable(seed, "a weight") for seed in seeds])
    return flatten(inputs)[1].unflatten(
        [alike(0.0 if number is None else number, start) for number, start in zip(found, starts, strict=True)]
    )


def backward(output: Value) -> dict[Value, Value]:
    """``output.backward()``, and the gradient of every value that the output depends on, as a Value.

    >>> x = Value(3.0)
    >>> slopes = backward(x**3)
    >>> x.grad, gradient(slopes[x], x).data
    (27.0, 18.0)
    """
    (output,) = values_of(output, "what backward starts from")
    order = topological(output)
    arrived = _map([value for value in order if value.op is None], [output]).upstream([1])
    output.backward()
    return {value: alike(arrived.get(place, 0.0), value) for place, value in enumerate(order)}


def _map(starts: list[Value], ends: list[Value]) -> LinearMap:
    return LinearMap(topological(*ends), starts, ends, again)


def values_of(tree: Any, what: str) -> list[Value]:
    """The Values of a tree; TypeError for what is none."""
    values, _ = flatten(tree)
    for value in values:
        if not isinstance(value, Value):
            raise TypeError(f"{what} of a recorded graph must be a Value, not {describe(value)}; of functions, grad(f) is the gradient")
    return values
