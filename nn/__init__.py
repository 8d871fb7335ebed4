"""Neurons, layers and networks on top of :mod:`autograd`, with the losses and the training they need."""

import autograd

if getattr(autograd, "PROJECT", None) != "turunan":
    raise ImportError(
        f"nn needs turunan's autograd, but the package of that name here is another one ({getattr(autograd, '__file__', None)}).\n"
        "The PyPI project 'autograd' (HIPS) has the same import name, and the two cannot share an environment.\n"
        "Give turunan one of its own: the first command of its README makes it.",
        name="autograd",
    )

from .data import xor as xor
from .layers import MLP as MLP
from .layers import Layer as Layer
from .layers import Neuron as Neuron
from .losses import mse as mse
from .module import Module as Module
from .module import Parameter as Parameter
from .optim import SGD as SGD
from .training import History as History
from .training import fit as fit
