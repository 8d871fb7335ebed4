"""The forward pass as a JAX function: the same code over ``jax.numpy``; jit, grad, vmap and sharding are JAX's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from .source import Source


def jax_function(source: Source, parameters: int, shapes: Sequence[tuple[int, ...]], output: tuple[int, ...]) -> Callable[..., Any]:
    """``f(theta, *inputs)`` for batches, of shape (n, *output), or of the output's own shape where there are no inputs.

    Raises ImportError where JAX is not installed.
    """
    try:
        jnp, special = import_module("jax.numpy"), import_module("jax.scipy.special")
    except ImportError as error:
        raise ImportError("to_jax needs JAX: pip install jax") from error
    forward = source.compiled(np=jnp, erf=special.erf, erfc=special.erfc)["forward"]
    size = math.prod(output)

    def program(theta: Any, *inputs: Any) -> Any:
        """The recorded graph for a batch: the parameters' vector first, then the inputs, one sample a row."""
        if len(inputs) != len(shapes):
            raise TypeError(f"this function takes theta and {len(shapes)} inputs, got {len(inputs)}")
        vector, arrays = jnp.asarray(theta), [jnp.asarray(given) for given in inputs]
        if vector.shape != (parameters,):
            raise ValueError(f"theta is a vector of {parameters} numbers, not an array of shape {vector.shape}")
        n = (arrays[0].shape or (1,))[0] if arrays else 1
        if not n:
            raise ValueError("the inputs have no samples")
        for array, shape in zip(arrays, shapes, strict=True):
            if array.shape != (n, *shape):
                raise ValueError(f"an input has the shape {(n, *shape)}, one row a sample, not {array.shape}")
        rows, _ = forward(vector[:, None], *[array.reshape(n, -1).T for array in arrays])
        outputs = jnp.broadcast_to(rows[:size], (size, n)).T.reshape(n, *output)
        return outputs if arrays else outputs[0]

    return program
