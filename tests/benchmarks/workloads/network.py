"""A 2-16-16-1 tanh network and its squared error: 642 operations a sample, micrograd's size of network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import tanh
from random import Random
from typing import Any

from .workload import Gradient, Workload

SIZES = (2, 16, 16, 1)
Layers = list[list[tuple[Sequence[Any], Any]]]  # for each layer, for each neuron: its weights and its bias


def network(samples: int = 1) -> Workload:
    """The sum of the squared errors over so many samples, as a function of the 337 parameters."""
    rng = Random(16)
    data = [([rng.uniform(-1, 1) for _ in range(SIZES[0])], rng.choice([-1.0, 1.0])) for _ in range(samples)]
    point = [rng.uniform(-1, 1) / nin**0.5 for nin, nout in pairwise(SIZES) for _ in range(nout) for _ in range(nin + 1)]
    return Workload("2-16-16-1 network", point, arrange, _loss(data), _by_hand(data))


def arrange(point: Sequence[Any]) -> Layers:
    """The flat parameters as layers of neurons."""
    numbers = iter(point)
    return [[([next(numbers) for _ in range(nin)], next(numbers)) for _ in range(nout)] for nin, nout in pairwise(SIZES)]


def _loss(data: list[tuple[list[float], float]]) -> Callable[[Layers, Any], Any]:
    def loss(layers: Layers, m: Any) -> Any:
        total = None
        for inputs, target in data:
            activations: list[Any] = inputs
            for k, layer in enumerate(layers):
                sums = []
                for weights, bias in layer:
                    z = bias
                    for w, x in zip(weights, activations, strict=True):
                        z = z + w * x
                    sums.append(z)
                activations = sums if k == len(layers) - 1 else [m.tanh(z) for z in sums]
            error = activations[0] - target
            square = error * error
            total = square if total is None else total + square
        return total

    return loss


def _by_hand(data: list[tuple[list[float], float]]) -> Callable[[Layers], Gradient]:
    def by_hand(layers: Layers) -> Gradient:
        value, total = 0.0, None
        for inputs, target in data:
            loss, gradient = _sample(layers, inputs, target)
            value += loss
            total = gradient if total is None else [a + b for a, b in zip(total, gradient, strict=True)]
        return value, total or []

    return by_hand


def _sample(layers: Layers, inputs: list[float], target: float) -> Gradient:
    """Forward through the layers, then the deltas ∂L/∂z backward, as on paper."""
    reached = [inputs]
    for layer in layers[:-1]:
        activations, outputs = reached[-1], []
        for weights, bias in layer:
            z = bias
            for w, x in zip(weights, activations, strict=True):
                z += w * x
            outputs.append(tanh(z))
        reached.append(outputs)
    ((weights, bias),) = layers[-1]
    error = bias - target
    for w, x in zip(weights, reached[-1], strict=True):
        error += w * x

    deltas, gradients = [2 * error], []
    for layer, activations in zip(reversed(layers), reversed(reached), strict=True):
        gradient = []
        for delta in deltas:
            gradient += [delta * x for x in activations]
            gradient.append(delta)
        gradients.append(gradient)
        if activations is not inputs:
            upstream = [0.0] * len(activations)
            for (weights, _), delta in zip(layer, deltas, strict=True):
                for i, w in enumerate(weights):
                    upstream[i] += w * delta
            deltas = [u * (1 - a * a) for u, a in zip(upstream, activations, strict=True)]
    return error * error, [number for gradient in reversed(gradients) for number in gradient]
