"""turunan: Values recorded and walked backward each time, and programs recorded once and replayed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from ..workloads import Task, Workload


def record(workload: Workload) -> tuple[list[Any], Callable[[], Any]]:
    """The leaves, and the function that records the workload over them."""
    import autograd

    leaves = [autograd.Value(x) for x in workload.point]
    arranged = workload.arrange(leaves)
    return leaves, lambda: workload.function(arranged, autograd)


def eager(workload: Workload) -> Callable[[], Any]:
    """Record, backward, read every gradient."""
    from autograd import zero_grad

    leaves, forward = record(workload)

    def step() -> Any:
        zero_grad(leaves)
        y = forward()
        y.backward()
        return y.data, [leaf.grad for leaf in leaves]

    return step


def program(workload: Workload) -> Callable[[], Any]:
    """Recorded and compiled once; a step is a replay at the numbers of ``theta``."""
    from autograd import trace

    leaves, forward = record(workload)
    recorded = trace(forward, inputs=(), parameters=leaves)
    theta = recorded.parameters
    return lambda: recorded.value_and_grad(parameters=theta)


def training(task: Task) -> Callable[[], np.ndarray]:
    """One sample's loss recorded once, the batch replayed in columns."""
    from autograd import trace

    net, loss, penalty = _network(task)
    recorded = trace(lambda x, y: loss(x, y) + penalty(), inputs=(task.inputs[0], task.targets[0]), parameters=net.parameters())
    theta = recorded.parameters

    def step() -> np.ndarray:
        nonlocal theta
        _, gradient = recorded.value_and_grad(task.inputs, task.targets, reduce="mean", parameters=theta)
        theta = theta - task.rate * gradient
        return theta

    return step


def training_eager(task: Task) -> Callable[[], list[float]]:
    """The whole batch as one graph of Values, recorded anew each step."""
    from nn import SGD

    net, loss, penalty = _network(task)
    optimiser = SGD(net.parameters(), task.rate)
    samples = list(zip(task.inputs.tolist(), task.targets.tolist(), strict=True))

    def step() -> list[float]:
        optimiser.zero_grad()
        total = loss(*samples[0])
        for x, y in samples[1:]:
            total = total + loss(x, y)
        (total / len(samples) + penalty()).backward()
        optimiser.step()
        return [parameter.data for parameter in net.parameters()]

    return step


def recording(task: Task) -> Callable[[], Any]:
    """One sample's loss as a graph of Values: what a program is made from."""
    _, loss, _ = _network(task)
    x, y = task.inputs[0].tolist(), task.targets[0].tolist()
    return lambda: loss(x, y)


def _network(task: Task) -> tuple[Any, Callable[[Any, Any], Any], Callable[[], Any]]:
    """The network with the task's parameters, one sample's loss, and the weight decay."""
    from autograd import exp, log, relu
    from nn import MLP

    net = MLP(task.sizes[0], task.sizes[1:], seed=0)
    parameters = net.parameters()
    for parameter, number in zip(parameters, task.parameters.tolist(), strict=True):
        parameter.data = number

    def loss(x: Any, y: Any) -> Any:
        if task.hinge:
            return relu(1 - y[0] * net(x))
        scores = net(x)
        return log(sum(exp(score) for score in scores)) - sum(t * score for t, score in zip(y, scores, strict=True))

    def penalty() -> Any:
        return task.decay * sum(p * p for p in parameters) if task.decay else 0.0

    return net, loss, penalty


def drawing(_: Workload) -> Callable[[], str]:
    """The picture of a 3-16-16-1 network's loss, 1,027 values, its neurons folded, as SVG."""
    from nn import MLP
    from viz import draw

    net = MLP(3, [16, 16, 1], "tanh", seed=1)
    loss = ((net([0.3, 0.4, 0.5]) - 1) ** 2).named("L")
    return lambda: draw(loss, parameters=net).svg()


def checking(_: Workload) -> Callable[[], Any]:
    """The handwritten notes' sheet, every line checked."""
    from pathlib import Path

    from autograd import check

    sheet = Path(__file__).parents[3] / "examples" / "notes" / "notes.md"
    return lambda: check(sheet)
