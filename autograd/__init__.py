"""Scalar reverse-mode automatic differentiation.

    >>> from autograd import Value, tanh
    >>> x = Value(0.5, name="x")
    >>> y = tanh(2 * x).named("y")
    >>> y.backward()
    >>> round(x.grad, 4)
    0.8399

`Value` records operations and their local derivatives; every row of the op table (`OPS`) is a function here
(``exp``, ``sigmoid``, ``maximum``, …) and a method of `Value`. `Graph` is a recorded graph, `Formula` an expression.
The transforms (`grad`, `jvp`, `hessian`, …: see `autograd.transforms`) differentiate Python functions.
"""

from types import ModuleType
from typing import TYPE_CHECKING, Any

from .audit import audit as audit
from .chain import Chains as Chains
from .chain import definition as definition
from .chain import local_derivative as local_derivative
from .checkpoint import checkpoint as checkpoint
from .checkpoint import checkpoint_chain as checkpoint_chain
from .custom import custom as custom
from .explanation import explain as explain
from .formula import Formula as Formula
from .graph import Graph as Graph
from .graph import central_difference as central_difference
from .graph import topological as topological
from .graph import zero_grad as zero_grad
from .guards import BranchError as BranchError
from .kinks import Kink as Kink
from .kinks import kinks as kinks
from .modes import AnomalyError as AnomalyError
from .modes import detect_anomaly as detect_anomaly
from .modes import no_grad as no_grad
from .op import OPS as OPS
from .op import DomainError as DomainError
from .op import Op as Op
from .ops import *  # noqa: F403
from .sweep import StaleGraphError as StaleGraphError
from .sweep import gradients as gradients
from .value import Value as Value
from .value import backend as backend

if TYPE_CHECKING:
    from .checks import GradientError as GradientError
    from .checks import check_grads as check_grads
    from .derivation.report import assert_derivation as assert_derivation
    from .derivation.report import check as check
    from .program import Program as Program
    from .program import trace as trace
    from .transforms import custom_root as custom_root
    from .transforms import grad as grad
    from .transforms import gradient as gradient
    from .transforms import hessian as hessian
    from .transforms import hessian_sparsity as hessian_sparsity
    from .transforms import hvp as hvp
    from .transforms import jacfwd as jacfwd
    from .transforms import jacobian as jacobian
    from .transforms import jacobian_sparsity as jacobian_sparsity
    from .transforms import jacrev as jacrev
    from .transforms import jet as jet
    from .transforms import jvp as jvp
    from .transforms import linearize as linearize
    from .transforms import sparse_hessian as sparse_hessian
    from .transforms import sparse_jacobian as sparse_jacobian
    from .transforms import stop_gradient as stop_gradient
    from .transforms import taylor as taylor
    from .transforms import value_and_grad as value_and_grad
    from .transforms import vjp as vjp
    from .transforms import which_depends as which_depends

PROJECT = "turunan"  # tells this package from the other one of the same import name
__version__ = "0.1.0"

_TRANSFORMS = {
    "custom_root", "grad", "gradient", "hessian", "hessian_sparsity", "hvp", "jacfwd", "jacobian", "jacobian_sparsity", "jacrev", "jet",
    "jvp", "linearize", "sparse_hessian", "sparse_jacobian", "stop_gradient", "taylor", "value_and_grad", "vjp", "which_depends",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in ("check", "assert_derivation"):  # these need NumPy and mpmath, which the engine does not
        from .derivation import report

        return getattr(report, name)
    if name in ("check_grads", "GradientError"):
        from . import checks

        return getattr(checks, name)
    if name in ("trace", "Program"):
        from . import program

        return getattr(program, name)
    if name in _TRANSFORMS:
        from . import transforms

        return getattr(transforms, name)
    raise AttributeError(f"module 'autograd' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_TRANSFORMS, "check", "check_grads", "GradientError", "assert_derivation", "trace", "Program"})


_HIDDEN = ("Any", "ModuleType", "TYPE_CHECKING", "PROJECT")
__all__ = [name for name in __dir__() if name[0] != "_" and name not in _HIDDEN and not isinstance(globals().get(name), ModuleType)]
