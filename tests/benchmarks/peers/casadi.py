"""CasADi: an expression graph of scalars, differentiated symbolically and run by its virtual machine."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..workloads import Workload


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
