"""Where training starts: random weights whose spread keeps signals and gradients of one size through the layers."""

from __future__ import annotations

import math
from random import Random

RECTIFIERS = ("relu", "leaky_relu", "elu", "silu", "gelu", "softplus")


def xavier(fan_in: int, fan_out: int, rng: Random) -> float:
    """One weight from U(-r, r) with r = √(6 / (fan_in + fan_out)); Glorot and Bengio 2010, for tanh and sigmoid."""
    r = math.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-r, r)


def he(fan_in: int, fan_out: int, rng: Random) -> float:
    """One weight from U(-r, r) with r = √(6 / fan_in); He et al. 2015, for relu and its kin."""
    r = math.sqrt(6 / fan_in)
    return rng.uniform(-r, r)


INITIALISERS = {"xavier": xavier, "he": he}
