"""Where training starts: random weights whose spread keeps signals and gradients of one size through the layers."""

from __future__ import annotations

import math
from random import Random

from autograd import OPS, DomainError

_FAR = 1000.0


def xavier(fan_in: int, fan_out: int, rng: Random) -> float:
    """One weight from U(-r, r) with r = √(6 / (fan_in + fan_out)); Glorot and Bengio 2010, for tanh and sigmoid."""
    r = math.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-r, r)


def he(fan_in: int, fan_out: int, rng: Random) -> float:
    """One weight from U(-r, r) with r = √(6 / fan_in); He et al. 2015, for relu and its kin."""
    r = math.sqrt(6 / fan_in)
    return rng.uniform(-r, r)


def rectifies(name: str) -> bool:
    """Whether the activation of that name goes like its input far to the right, and like nearly nothing to the left: relu's kin.

    >>> rectifies("relu"), rectifies("gelu"), rectifies("tanh"), rectifies("linear")
    (True, True, False, False)
    """
    row = OPS.get(name)
    if row is None or row.arity - len(row.defaults) != 1:
        return False
    try:
        return bool(abs(row(_FAR) / _FAR - 1) < 0.1 and abs(row(-_FAR) / _FAR) < 0.1)
    except DomainError:
        return False


INITIALISERS = {"xavier": xavier, "he": he}
