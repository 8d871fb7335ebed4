"""How parameters move once their gradients are known."""

from __future__ import annotations

import math
from collections.abc import Iterable

from autograd import Value, zero_grad
from autograd.op import describe
from autograd.operands import number

from .module import Parameter


class SGD:
    """Gradient descent: v ← momentum · v + ∂L/∂p, then p ← p - lr · v, for every parameter p.

    Raises ValueError for a learning rate that is not positive, a momentum outside [0, 1), or no parameters; TypeError
    for what is no parameter or no number.
    """

    def __init__(self, parameters: Iterable[Parameter], lr: float, *, momentum: float = 0.0) -> None:
        if not hasattr(parameters, "__iter__"):
            raise TypeError(f"SGD takes a list of parameters, such as model.parameters(), not {describe(parameters)}")
        self.parameters = list(parameters)
        for parameter in self.parameters:
            if not isinstance(parameter, Value):
                raise TypeError(f"a parameter of SGD must be a Value, not {describe(parameter)}")
        if not self.parameters:
            raise ValueError("SGD got no parameters to change")
        lr, momentum = number(lr, "the learning rate"), number(momentum, "the momentum")
        if not (lr > 0 and math.isfinite(lr)):
            raise ValueError(f"the learning rate must be a positive number, not {lr!r}")
        if not 0 <= momentum < 1:
            raise ValueError(f"the momentum must be at least 0 and less than 1, not {momentum!r}")
        self.lr, self.momentum = lr, momentum
        self._velocity = [0.0] * len(self.parameters)

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0."""
        zero_grad(self.parameters)

    def step(self) -> None:
        """Move every parameter once; FloatingPointError, with nothing moved, when a gradient is not finite."""
        for parameter in self.parameters:
            if not math.isfinite(parameter.grad):
                raise FloatingPointError(
                    f"the gradient of {parameter.name or 'a parameter'} is {parameter.grad}: try a smaller learning rate than {self.lr:g}"
                )
        for i, parameter in enumerate(self.parameters):
            self._velocity[i] = self.momentum * self._velocity[i] + parameter.grad
            parameter.data -= self.lr * self._velocity[i]
