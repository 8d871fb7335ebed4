"""Speelpenning's product x₁·x₂·…·xₙ: the textbook's deep graph (Griewank and Walther, section 3.3).

Every partial derivative is a product of all the other factors; n multiplications give the value, and a small multiple
of that all n derivatives. The chain is as deep as it is long, which a recursive engine does not survive.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from .workload import Gradient, Workload


def speelpenning(factors: int) -> Workload:
    """The product of so many factors, each near 1, so that neither overflow nor zero is met."""
    rng = Random(1980)
    point = [rng.uniform(0.9, 1.1) for _ in range(factors)]
    return Workload(f"product of {factors:,}", point, list, product, by_hand)


def product(factors: Sequence[Any], _: Any) -> Any:
    """x₁·x₂·…·xₙ, from the left."""
    y = factors[0]
    for x in factors[1:]:
        y = y * x
    return y


def by_hand(factors: list[float]) -> Gradient:
    """The products of what stands before each factor, times the products of what stands after it."""
    before, y = [], 1.0
    for x in factors:
        before.append(y)
        y *= x
    gradient, after = [0.0] * len(factors), 1.0
    for i in range(len(factors) - 1, -1, -1):
        gradient[i] = before[i] * after
        after *= factors[i]
    return y, gradient
