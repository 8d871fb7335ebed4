"""CasADi: an expression graph of scalars, differentiated symbolically and run by its virtual machine."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..workloads import Task, Workload


def program(workload: Workload) -> Callable[[], Any]:
    """A Function of the point that gives value and gradient, called through its buffers: CasADi's fastest call."""
    import casadi

    n = len(workload.point)
    p = casadi.SX.sym("p", n)
    y = workload.function(workload.arrange(p.elements()), casadi)
    function = casadi.Function("value_and_grad", [p], [y, casadi.densify(casadi.gradient(y, p))])
    buffer, trigger = function.buffer()
    point, value, gradient = array("d", workload.point), array("d", [0.0]), array("d", bytes(8 * n))
    buffer.set_arg(0, memoryview(point))
    buffer.set_res(0, memoryview(value))
    buffer.set_res(1, memoryview(gradient))

    def step(held: Any = (function, buffer, point)) -> Any:  # the trigger itself keeps none of them alive
        trigger()
        return value[0], gradient

    return step


def training(task: Task) -> Callable[[], Any]:
    """One sample's loss and gradient as a Function, mapped over the batch."""
    import casadi
    import numpy as np

    theta, x, y = (
        casadi.SX.sym(name, size) for name, size in (("theta", len(task.parameters)), ("x", task.sizes[0]), ("y", task.sizes[-1]))
    )
    loss = task.sample_loss(theta.elements(), x.elements(), y.elements(), casadi) + task.decay * casadi.sumsqr(theta)
    function = casadi.Function("gradient", [theta, x, y], [casadi.densify(casadi.gradient(loss, theta))])
    batch, count = function.map(len(task.inputs)), len(task.inputs)
    reached, inputs, targets = task.parameters, np.ascontiguousarray(task.inputs.T), np.ascontiguousarray(task.targets.T)

    def step() -> Any:
        nonlocal reached
        gradients = batch(np.repeat(reached[:, None], count, axis=1), inputs, targets)
        reached = reached - task.rate * np.asarray(gradients).mean(axis=1)
        return reached

    return step
