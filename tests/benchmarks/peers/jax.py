"""JAX: one operation at a time, compiled by XLA, and a compiled training step, in float64 on the CPU."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..workloads import Task, Workload


def _jax() -> Any:
    import jax

    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", True)
    return jax


def eager(workload: Workload) -> Callable[[], Any]:
    """``value_and_grad`` over a list of scalars, each operation dispatched by itself."""
    jax = _jax()
    gradient = jax.value_and_grad(lambda point: workload.function(workload.arrange(point), jax.numpy))

    def step() -> Any:
        value, slopes = gradient(workload.point)
        return float(value), [float(slope) for slope in slopes]

    return step


def program(workload: Workload) -> Callable[[], Any]:
    """The same under ``jit``, of one vector, compiled ahead."""
    jax = _jax()
    import numpy as np

    point = jax.numpy.asarray(workload.point)
    gradient = jax.jit(jax.value_and_grad(lambda p: workload.function(workload.arrange(list(p)), jax.numpy)))
    compiled = gradient.lower(point).compile()

    def step() -> Any:
        value, slopes = compiled(point)
        return float(value), np.asarray(slopes)

    return step


def training(task: Task) -> Callable[[], Any]:
    """Loss, gradient and update compiled into one step, over weights and biases."""
    return _trained(task, task.weights(), lambda layers: layers)


def training_a_vector(task: Task) -> Callable[[], Any]:
    """The same over one vector, which a small network is updated quicker as."""
    return _trained(task, task.parameters, lambda theta: [(layer[:, :-1], layer[:, -1]) for layer in task.layers(theta)])


def _trained(task: Task, parameters: Any, layers: Callable[[Any], Any]) -> Callable[[], Any]:
    jax = _jax()
    jnp = jax.numpy
    inputs, targets = jnp.asarray(task.inputs), jnp.asarray(task.targets)

    def loss(theta: Any, inputs: Any, targets: Any) -> Any:
        a = inputs
        for k, (weight, bias) in enumerate(layers(theta)):
            a = a @ weight.T + bias
            if k < len(task.sizes) - 2:
                a = jax.nn.relu(a)
        if task.hinge:
            value = jnp.mean(jax.nn.relu(1 - targets * a))
        else:
            value = jnp.mean(jax.nn.logsumexp(a, axis=1) - jnp.sum(targets * a, axis=1))
        return value + task.decay * sum(jnp.sum(part * part) for part in jax.tree.leaves(theta))

    def update(theta: Any, inputs: Any, targets: Any) -> Any:
        return jax.tree.map(lambda part, slope: part - task.rate * slope, theta, jax.grad(loss)(theta, inputs, targets))

    theta = jax.tree.map(jnp.asarray, parameters)
    compiled = jax.jit(update).lower(theta, inputs, targets).compile()

    def step() -> Any:
        nonlocal theta
        theta = compiled(theta, inputs, targets)
        return jax.block_until_ready(theta)

    return step
