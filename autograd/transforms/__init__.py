"""Transforms: functions that take a function and give its derivatives, and the same on recorded graphs.

>>> from autograd import sin
>>> grad(grad(sin))(0.5) == -sin(0.5)
True
"""

from .compressed import Sparse as Sparse
from .compressed import sparse_hessian as sparse_hessian
from .compressed import sparse_jacobian as sparse_jacobian
from .expansions import jet as jet
from .expansions import taylor as taylor
from .forward import jvp as jvp
from .forward import linearize as linearize
from .forward import stop_gradient as stop_gradient
from .graphs import backward as backward
from .graphs import gradient as gradient
from .implicit import custom_root as custom_root
from .jacobians import hessian as hessian
from .jacobians import hvp as hvp
from .jacobians import jacfwd as jacfwd
from .jacobians import jacobian as jacobian
from .jacobians import jacrev as jacrev
from .reverse import grad as grad
from .reverse import value_and_grad as value_and_grad
from .reverse import vjp as vjp
from .sparsity import hessian_sparsity as hessian_sparsity
from .sparsity import jacobian_sparsity as jacobian_sparsity
from .sparsity import which_depends as which_depends
