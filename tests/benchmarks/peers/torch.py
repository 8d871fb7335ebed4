"""PyTorch: scalars as tensors without dimensions, and a training step with whole matrices, both in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..workloads import Task, Workload


def record(workload: Workload) -> tuple[list[Any], Callable[[], Any]]:
    """The leaves, and the function that records the workload over them."""
    import torch

    torch.set_num_threads(1)
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in workload.point]
    arranged = workload.arrange(leaves)
    return leaves, lambda: workload.function(arranged, torch)


def eager(workload: Workload) -> Callable[[], Any]:
    """Record, backward, read every gradient."""
    leaves, forward = record(workload)

    def step() -> Any:
        for leaf in leaves:
            leaf.grad = None
        y = forward()
        y.backward()
        return y.item(), [leaf.grad.item() for leaf in leaves]

    return step


def training(task: Task) -> Callable[[], Any]:
    """Linear layers as matrix products, the loss from torch.nn.functional, the update in place."""
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    layers = [[torch.tensor(part, requires_grad=True) for part in layer] for layer in task.weights()]
    parameters = [part for layer in layers for part in layer]
    inputs, targets = torch.tensor(task.inputs), torch.tensor(task.targets)

    def step() -> Any:
        a = inputs
        for k, (weight, bias) in enumerate(layers):
            a = functional.linear(a, weight, bias)
            if k < len(layers) - 1:
                a = functional.relu(a)
        loss = functional.relu(1 - targets * a).mean() if task.hinge else functional.cross_entropy(a, targets)
        if task.decay:
            loss = loss + task.decay * sum((part * part).sum() for part in parameters)
        for part in parameters:
            part.grad = None
        loss.backward()
        with torch.no_grad():
            for part in parameters:
                part.sub_(task.rate * part.grad)
        return layers

    return step
