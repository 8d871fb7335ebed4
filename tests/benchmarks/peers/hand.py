"""The gradient by hand: plain Python floats for a workload, NumPy for a training step."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from ..workloads import Task, Workload


def eager(workload: Workload) -> Callable[[], Any]:
    """The workload's own derivation, over lists of floats."""
    numbers = workload.arrange(workload.point)
    return lambda: workload.by_hand(numbers)


def value(workload: Workload) -> Callable[[], Any]:
    """The workload's function alone, of floats, without a gradient."""
    numbers = workload.arrange(workload.point)
    return lambda: workload.function(numbers, math)


def training(task: Task) -> Callable[[], np.ndarray]:
    """Forward, the deltas backward, and the update in place, in a handful of matrix products."""
    import numpy as np

    theta, gradient = task.parameters.copy(), np.empty_like(task.parameters)
    layers, slopes = task.layers(theta), task.layers(gradient)
    count = len(task.inputs)

    def step() -> np.ndarray:
        reached = [task.inputs]
        for k, layer in enumerate(layers):
            z = reached[-1] @ layer[:, :-1].T + layer[:, -1]
            reached.append(z if k == len(layers) - 1 else np.maximum(z, 0))
        scores = reached.pop()
        if task.hinge:
            delta = np.where(task.targets * scores < 1, -task.targets, 0) / count
        else:
            powers = np.exp(scores - scores.max(axis=1, keepdims=True))
            delta = (powers / powers.sum(axis=1, keepdims=True) - task.targets) / count
        for k in range(len(layers) - 1, -1, -1):
            np.matmul(delta.T, reached[k], out=slopes[k][:, :-1])
            delta.sum(axis=0, out=slopes[k][:, -1])
            if k:
                delta = (delta @ layers[k][:, :-1]) * (reached[k] > 0)
        if task.decay:
            np.add(gradient, 2 * task.decay * theta, out=gradient)
        np.subtract(theta, task.rate * gradient, out=theta)
        return theta

    return step
