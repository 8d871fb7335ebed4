"""What a program is compared with: the engine itself, one sample after another."""

import numpy as np

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
    """For each sample and parameter, Σ over paths of |product|: the size of what may cancel in its gradient."""
    found = []
    for sample in samples:
        root = f(*[values(argument) for argument in sample])
        from autograd import topological

        order = topological(root)
        weight = dict.fromkeys(order, 0.0) | {root: 1.0}
        for node in reversed(order):
            for arg, partial in zip(node.args, node.partials, strict=True):
                if partial is not None:
                    weight[arg] += abs(partial) * weight[node]
        found.append([weight.get(p, 0.0) for p in parameters])
    return np.array(found)


def values(argument):
    """The argument with a Value for every number."""
    return [values(part) for part in argument] if isinstance(argument, list | tuple | np.ndarray) else Value(argument)
