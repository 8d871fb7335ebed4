"""XAD: a tape in C++, driven from Python one operation at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..workloads import Workload


def eager(workload: Workload) -> Callable[[], Any]:
    """A new recording on one tape, the adjoints, every derivative read."""
    import xad.math
    from xad.adj_1st import Real, Tape

    tape = Tape()
    tape.activate()
    leaves = [Real(x) for x in workload.point]
    for leaf in leaves:
        tape.registerInput(leaf)
    arranged = workload.arrange(leaves)

    def step() -> Any:
        tape.newRecording()
        y = workload.function(arranged, xad.math)
        tape.registerOutput(y)
        y.derivative = 1.0
        tape.computeAdjoints()
        return y.value, [leaf.derivative for leaf in leaves]

    return step
