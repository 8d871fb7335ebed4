"""How far predictions are from the truth, as one number to minimise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from autograd import Value

Numbers = Value | float | Sequence[Any]


def mse(predictions: Numbers, targets: Numbers) -> Value:
    """Mean squared error (1/n) Σ (y - ŷ)², over one prediction, a list of them, or lists of several outputs.

    >>> mse([Value(1.0), Value(2.0)], [1.0, 4.0]).data
    2.0

    Raises ValueError when predictions and targets are not of one shape, or there are none.
    """
    errors = [target - prediction for prediction, target in _pairs(predictions, targets)]
    if not errors:
        raise ValueError("mse of no predictions")
    total: Value = errors[0] ** 2
    for error in errors[1:]:
        total = total + error**2
    return total / len(errors) if len(errors) > 1 else total


def _pairs(predictions: Numbers, targets: Numbers) -> Iterator[tuple[Any, Any]]:
    many = [not isinstance(side, Value) and hasattr(side, "__len__") for side in (predictions, targets)]
    if not any(many):
        yield predictions, targets
        return
    if any(isinstance(side, str | bytes) for side in (predictions, targets)):
        raise TypeError("mse compares numbers and Values, or lists of them, not text")
    sizes = [len(side) if is_many else None for side, is_many in zip((predictions, targets), many, strict=True)]  # type: ignore[arg-type]
    if sizes[0] != sizes[1]:
        shapes = ["a number" if size is None else f"a list of {size}" for size in sizes]
        raise ValueError(f"mse compares predictions and targets of one shape, not {shapes[0]} with {shapes[1]}")
    for prediction, target in zip(predictions, targets, strict=True):  # type: ignore[arg-type]
        yield from _pairs(prediction, target)
