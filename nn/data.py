"""Small data sets to learn on."""

from __future__ import annotations


def xor() -> tuple[list[list[float]], list[float]]:
    """The four samples of exclusive or: no straight line separates them."""
    return [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 0.0]
