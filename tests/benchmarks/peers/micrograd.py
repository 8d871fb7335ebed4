"""micrograd as it comes, and with Python's garbage collector off.

It has no exp, log and tanh: they are added here as its users add them, in the form of its own operations.
"""

from __future__ import annotations

import gc
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..workloads import Task, Workload


def _unary(name: str, function: Callable[[float], float], derivative: Callable[[float, float], float]) -> Callable[[Any], Any]:
    def apply(x: Any) -> Any:
        from micrograd.engine import Value

        if not isinstance(x, Value):
            return function(x)
        out = Value(function(x.data), (x,), name)

        def backward() -> None:
            x.grad += derivative(x.data, out.data) * out.grad

        out._backward = backward
        return out

    return apply


class Functions:
    """The elementary functions that micrograd leaves to its users."""

    exp = staticmethod(_unary("exp", math.exp, lambda x, y: y))
    log = staticmethod(_unary("log", math.log, lambda x, y: 1 / x))
    tanh = staticmethod(_unary("tanh", math.tanh, lambda x, y: 1 - y * y))


def record(workload: Workload) -> tuple[list[Any], Callable[[], Any]]:
    """The leaves, and the function that records the workload over them."""
    from micrograd.engine import Value

    leaves = [Value(x) for x in workload.point]
    arranged = workload.arrange(leaves)
    return leaves, lambda: workload.function(arranged, Functions)


def eager(workload: Workload) -> Callable[[], Any]:
    """Record, backward, read every gradient."""
    leaves, forward = record(workload)

    def step() -> Any:
        for leaf in leaves:
            leaf.grad = 0
        y = forward()
        y.backward()
        return y.data, [leaf.grad for leaf in leaves]

    return step


def uncollected(workload: Workload) -> Callable[[], Any]:
    """The same without the collector: its cycles of closures are never freed."""
    gc.disable()
    return eager(workload)


def training(task: Task) -> Callable[[], list[float]]:
    """The demo's loop: micrograd's own network, the batch as one graph."""
    from micrograd.nn import MLP

    net = MLP(task.sizes[0], list(task.sizes[1:]))
    parameters = net.parameters()
    for parameter, number in zip(parameters, task.parameters.tolist(), strict=True):
        parameter.data = number
    samples = list(zip(task.inputs.tolist(), task.targets.tolist(), strict=True))

    def step() -> list[float]:
        losses = [(1 + -y[0] * net(x)).relu() for x, y in samples]
        loss = sum(losses) * (1.0 / len(losses)) + task.decay * sum(p * p for p in parameters)
        net.zero_grad()
        loss.backward()
        for parameter in parameters:
            parameter.data -= task.rate * parameter.grad
        return [parameter.data for parameter in parameters]

    return step
