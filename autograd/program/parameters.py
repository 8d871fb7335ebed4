"""The numbers of a program's parameters as one vector, and its gradients on their way back into the Values."""

from __future__ import annotations

import numpy as np

from .. import native
from ..sweep import adding_up
from ..value import Value
from ..watching import changed, looked_at, watching
from .columns import Floats


def get_numbers(values: tuple[Value, ...]) -> Floats:
    """The Values' data as a new vector."""
    if watching and values:
        looked_at(values[0], "data")
    if native.engine is None:
        return np.array([value._data for value in values], dtype=np.float64)
    vector = np.empty(len(values))
    native.engine.get_numbers(values, vector)
    return vector


def set_numbers(values: tuple[Value, ...], vector: Floats) -> None:
    """Make the vector's numbers the Values' data."""
    if watching and values:
        changed(values[0], "data")
    if native.engine is None:
        for value, x in zip(values, vector.tolist(), strict=True):
            value._data = x
    else:
        native.engine.set_numbers(values, np.ascontiguousarray(vector))


def add_gradients(values: tuple[Value, ...], vector: Floats) -> None:
    """Add the vector to the Values' gradients; what another thread adds meanwhile is not lost."""
    with adding_up:
        if native.engine is None:
            for value, x in zip(values, vector.tolist(), strict=True):
                value._grad += x
        else:
            native.engine.add_gradients(values, np.ascontiguousarray(vector))
