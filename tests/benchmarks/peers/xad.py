"""XAD: a tape in C++, driven from Python one operation at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..workloads import Task, Workload


class Root:
    """A recorded output, as the measurement of memory asks for it."""

    def __init__(self, tape: Any, y: Any) -> None:
        self.tape, self.y = tape, y

    def backward(self) -> None:
        """The adjoints of everything that was recorded."""
        self.tape.registerOutput(self.y)
        self.y.derivative = 1.0
        self.tape.computeAdjoints()


def _tape() -> Any:
    """A new tape, active instead of any that was."""
    from xad.adj_1st import Tape

    active = Tape.getActive()
    if active is not None:
        active.deactivate()
    tape = Tape()
    tape.activate()
    return tape


def record(workload: Workload) -> tuple[list[Any], Callable[[], Root]]:
    """The leaves, and the function that records the workload over them."""
    import xad.math
    from xad.adj_1st import Real

    tape = _tape()
    leaves = [Real(x) for x in workload.point]
    for leaf in leaves:
        tape.registerInput(leaf)
    arranged = workload.arrange(leaves)

    def forward() -> Root:
        tape.newRecording()
        return Root(tape, workload.function(arranged, xad.math))

    return leaves, forward


def eager(workload: Workload) -> Callable[[], Any]:
    """A new recording on one tape, the adjoints, every derivative read."""
    leaves, forward = record(workload)

    def step() -> Any:
        root = forward()
        root.backward()
        return root.y.value, [leaf.derivative for leaf in leaves]

    return step


def training(task: Task) -> Callable[[], list[float]]:
    """The whole batch on one tape, recorded anew each step."""
    import xad.math
    from xad.adj_1st import Real

    tape = _tape()
    theta = task.parameters.tolist()
    samples = list(zip(task.inputs.tolist(), task.targets.tolist(), strict=True))

    def step() -> list[float]:
        nonlocal theta
        leaves = [Real(number) for number in theta]
        for leaf in leaves:
            tape.registerInput(leaf)
        tape.newRecording()
        total = sum(task.sample_loss(leaves, x, y, xad.math) for x, y in samples) / len(samples)
        Root(tape, total + task.decay * sum(leaf * leaf for leaf in leaves) if task.decay else total).backward()
        theta = [number - task.rate * leaf.derivative for number, leaf in zip(theta, leaves, strict=True)]
        return theta

    return step
