"""What a program is compared with: the engine itself, one sample after another; and which way it is run."""

import numpy as np
from programs import magnitude

from autograd import Value


def eager(f, samples, parameters):
    """(losses, gradients of each sample), by recording f anew for every sample."""
    losses, gradients = [], []
    for sample in samples:
        before = [p.grad for p in parameters]
        for p in parameters:
            p.grad = 0.0
        loss = f(*[values(argument) for argument in sample])
        loss.backward()
        losses.append(loss.data)
        gradients.append([p.grad for p in parameters])
        for p, grad in zip(parameters, before, strict=True):
            p.grad = grad
    return np.array(losses), np.array(gradients).reshape(len(losses), len(parameters))


def sizes(f, samples, parameters):
    """For each sample and parameter the size of what may cancel in its gradient."""
    return np.array([magnitude(f(*[values(argument) for argument in sample]), parameters) for sample in samples])


def values(argument):
    """The argument with a Value for every number."""
    return [values(part) for part in argument] if isinstance(argument, list | tuple | np.ndarray) else Value(argument)


def as_arrays(program):
    """The program, run as arrays whatever the batch."""
    vars(program.plan).update(crossover=1, _few=0)
    return program


def by_tape(program):
    """The program, replayed by the tape whatever the batch."""
    vars(program.plan).update(crossover=None)
    return program


def as_planned(program):
    """The program, run as its plan says."""
    for name in ("crossover", "_few"):
        vars(program.plan).pop(name, None)
    return program
