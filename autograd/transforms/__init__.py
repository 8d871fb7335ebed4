"""Transforms: functions that take a function and give its derivatives, and the same on recorded graphs.

>>> from autograd import sin
>>> grad(grad(sin))(0.5) == -sin(0.5)
True
"""

from .forward import jvp as jvp
from .forward import linearize as linearize
from .forward import stop_gradient as stop_gradient
from .jacobians import hessian as hessian
from .jacobians import hvp as hvp
from .jacobians import jacfwd as jacfwd
from .jacobians import jacobian as jacobian
from .jacobians import jacrev as jacrev
from .reverse import grad as grad
from .reverse import value_and_grad as value_and_grad
from .reverse import vjp as vjp
