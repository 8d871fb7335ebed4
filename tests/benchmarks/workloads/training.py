"""The networks people train first: micrograd's moons, the 8x8 digits, and the size of MNIST's.

The data are drawn here, with a seed: the half moons for the moons, noise of the right shape for the others, whose
cost a step does not depend on what the pixels show.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from .workload import Task

if TYPE_CHECKING:
    import numpy as np


def moons(batch: int = 100) -> Task:
    """Two half moons, a 2-16-16-1 network, the hinge and a little weight decay: micrograd's demo."""
    import numpy as np

    rng = np.random.default_rng(1337)
    angle, side = rng.uniform(0, np.pi, batch), np.arange(batch) % 2
    points = np.stack([np.cos(angle) * (1 - 2 * side) + side, np.sin(angle) * (1 - 2 * side) + 0.5 * side], axis=1)
    inputs = points + rng.normal(0, 0.1, points.shape)
    sizes = (2, 16, 16, 1)
    return Task("moons 2-16-16-1", sizes, inputs, (2.0 * side - 1)[:, None], _parameters(sizes, rng), rate=0.05, decay=1e-4)


def digits(batch: int = 100) -> Task:
    """64 pixels, 32 hidden neurons, ten classes."""
    return _classes("digits 64-32-10", (64, 32, 10), batch)


def mnist(batch: int = 64) -> Task:
    """784 pixels, 128 hidden neurons, ten classes: one sample is a graph of 306,000 nodes."""
    return _classes("digits 784-128-10", (784, 128, 10), batch)


def _classes(name: str, sizes: tuple[int, ...], batch: int) -> Task:
    import numpy as np

    rng = np.random.default_rng(sizes[0])
    targets = np.eye(sizes[-1])[rng.integers(sizes[-1], size=batch)]
    return Task(name, sizes, rng.uniform(0, 1, (batch, sizes[0])), targets, _parameters(sizes, rng), rate=0.05)


def _parameters(sizes: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    import numpy as np

    return np.concatenate([rng.normal(0, 1, nout * (nin + 1)) / nin**0.5 for nin, nout in pairwise(sizes)])
