"""Neuron, Layer, MLP: weighted sums, and functions that bend them.

A neuron computes z = Σ x_i · w_i + b and then a = activation(z). Inside an MLP its quantities have the names of
a handwritten derivation: weights ``W_h[input][neuron]``, biases ``B_h[neuron]``, ``W_o[input]`` and ``B_o`` for a
single output, and z_1, a_1, z_2, a_2, … for the neurons, counted through the layers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from operator import index
from random import Random
from typing import Any

from autograd import OPS, Value
from autograd.op import describe

from .init import INITIALISERS, rectifies
from .module import Module, Parameter

Activation = str | Callable[[Value], Value] | None
Input = Sequence[Value | float]


class Neuron(Module):
    """z = Σ x_i · w_i + b, and a = activation(z).

    ``activation`` is a row of the op table by name ("sigmoid", "tanh", "relu", …), a function of a Value, or None for
    a neuron without one (linear regression). ``init`` is "xavier", "he" or None for the one that suits the activation.

    >>> neuron = Neuron(2, "tanh", seed=0)
    >>> neuron, neuron([1.0, 0.0])
    (Neuron(2 → 1, tanh), Value(data=0.7505319659703567, grad=0.0, name='a'))
    """

    def __init__(
        self,
        nin: int,
        activation: Activation = None,
        *,
        seed: int | Random | None = None,
        init: str | None = None,
        fan_out: int = 1,
        weights: Sequence[str] | None = None,
        bias: str = "b",
        quantities: tuple[str, str] = ("z", "a"),
        label: str = "neuron",
    ) -> None:
        nin = _positive(nin, "the number of inputs of a neuron")
        self.label = label
        self.activation = _activation(activation)
        self.quantities = quantities
        names = weights if weights is not None else [f"w[{i}]" for i in range(nin)]
        draw, rng = _initialiser(init, activation), seed if isinstance(seed, Random) else Random(seed)
        self.weights = [Parameter(draw(nin, fan_out, rng), name=name) for name in names]
        self.bias = Parameter(0.0, name=bias)

    @property
    def output(self) -> str:
        """The name of what comes out: the activation, or the sum where there is none."""
        return self.quantities[self.activation is not None]

    def forward(self, x: Input) -> Value:
        """The activation of the weighted sum; TypeError for no list of inputs, ValueError when they are not as many as the weights."""
        _fitting(x, len(self.weights), self.label)
        terms = [xi * w for xi, w in zip(x, self.weights, strict=True)]
        z: Value = terms[0]
        for term in terms[1:]:
            z = z + term
        z = (z + self.bias).named(self.quantities[0])
        return z if self.activation is None else self.activation(z).named(self.quantities[1])

    def __repr__(self) -> str:
        return f"Neuron({len(self.weights)} → 1, {_named(self.activation)})"


class Layer(Module):
    """Neurons side by side on the same inputs; ``layer(x)`` is the list of their activations.

    >>> Layer(3, 4, "relu", seed=0)
    Layer(3 → 4, relu)
    """

    def __init__(
        self,
        nin: int,
        nout: int,
        activation: Activation = None,
        *,
        seed: int | Random | None = None,
        init: str | None = None,
        weight: str = "W[{i}][{j}]",
        bias: str = "B[{j}]",
        first: int = 1,
        label: str = "layer",
    ) -> None:
        nin = _positive(nin, "the number of inputs of a layer")
        nout = _positive(nout, "the number of neurons of a layer")
        rng = seed if isinstance(seed, Random) else Random(seed)
        self.label = label
        self.neurons = [
            Neuron(
                nin,
                activation,
                seed=rng,
                init=init,
                fan_out=nout,
                weights=[weight.format(i=i, j=j) for i in range(nin)],
                bias=bias.format(j=j),
                quantities=(f"z_{first + j}", f"a_{first + j}"),
                label=f"neuron {j + 1} of the {label}" if nout > 1 else f"neuron of the {label}",
            )
            for j in range(nout)
        ]

    def forward(self, x: Input) -> list[Value]:
        """Each neuron's activation; ValueError when the inputs do not fit."""
        nin = len(self.neurons[0].weights)
        _fitting(x, nin, self.label)
        return [neuron(x) for neuron in self.neurons]

    def __repr__(self) -> str:
        neuron = self.neurons[0]
        return f"Layer({len(neuron.weights)} → {len(self.neurons)}, {_named(neuron.activation)})"


class MLP(Module):
    """A multi-layer perceptron: every layer feeds the next.

    ``MLP(2, [16, 16, 1])`` has two inputs, two hidden layers and one output. Hidden layers have ``activation``, the
    last has ``output`` (None: the sum itself). ``weight`` and ``bias`` are the patterns of the parameters' names,
    over the layer's tag (h, or h1, h2, …, and o), the input i and the neuron j. One output comes as a Value, more as
    a list.

    >>> net = MLP(2, [2, 1], activation="sigmoid", output="sigmoid", seed=1)
    >>> net, list(net.named_parameters())[:3], list(net.named_parameters())[-3:]
    (MLP(2 → 2 sigmoid → 1 sigmoid, 9 parameters), ['W_h[0][0]', 'W_h[1][0]', 'B_h[0]'], ['W_o[0]', 'W_o[1]', 'B_o'])
    """

    def __init__(
        self,
        nin: int,
        nouts: Sequence[int],
        activation: Activation = "relu",
        output: Activation = None,
        *,
        seed: int | None = None,
        init: str | None = None,
        weight: str = "W_{layer}[{i}][{j}]",
        bias: str = "B_{layer}[{j}]",
    ) -> None:
        if not hasattr(nouts, "__len__") or isinstance(nouts, str) or not len(nouts):
            raise TypeError(f"an MLP takes the sizes of its layers as a list, such as [16, 16, 1], not {nouts!r}")
        rng, sizes, hidden = Random(seed), [nin, *nouts], len(nouts) - 1
        self.layers: list[Layer] = []
        for k, (fan_in, fan_out) in enumerate(pairwise(sizes)):
            last = k == hidden
            tag = "o" if last else "h" if hidden == 1 else f"h{k + 1}"
            patterns = [p.replace("[{j}]", "") if last and fan_out == 1 else p for p in (weight, bias)]
            self.layers.append(
                Layer(
                    fan_in,
                    fan_out,
                    output if last else activation,
                    seed=rng,
                    init=init,
                    weight=patterns[0].replace("{layer}", tag),
                    bias=patterns[1].replace("{layer}", tag),
                    first=1 + sum(nouts[:k]),
                    label="output layer" if last else "hidden layer" if hidden == 1 else f"hidden layer {k + 1}",
                )
            )

    def forward(self, x: Input) -> Value | list[Value]:
        """The last layer's activations; ValueError that names the layer when the inputs do not fit."""
        for layer in self.layers:
            x = layer(x)
        outputs = list(x)
        return outputs[0] if len(outputs) == 1 else outputs  # type: ignore[return-value]

    def __repr__(self) -> str:
        first = len(self.layers[0].neurons[0].weights)
        layers = " → ".join(f"{len(layer.neurons)} {_named(layer.neurons[0].activation)}" for layer in self.layers)
        return f"MLP({first} → {layers}, {len(self.parameters())} parameters)"


def _activation(activation: Activation) -> Callable[[Value], Value] | None:
    if activation is None or callable(activation):
        return activation
    names = [name for name, row in OPS.items() if row.arity - len(row.defaults) == 1]
    if activation not in names:
        raise ValueError(f"no activation {activation!r}; there are {', '.join(names)}, and None for none")
    return OPS[activation]


def _initialiser(init: str | None, activation: Activation) -> Callable[[int, int, Random], float]:
    init = init or ("he" if rectifies(_named(activation)) else "xavier")
    if init not in INITIALISERS:
        raise ValueError(f"no initialisation {init!r}; there are {', '.join(INITIALISERS)}")
    return INITIALISERS[init]


def _named(activation: Any) -> str:
    if activation is None or isinstance(activation, str):
        return activation or "linear"
    return str(getattr(activation, "name", None) or getattr(activation, "__name__", type(activation).__name__))


def _positive(n: int, what: str) -> int:
    if not hasattr(n, "__index__") or n < 1:
        raise ValueError(f"{what} must be a whole number of at least 1, not {n!r}")
    return index(n)


def _fitting(x: Input, nin: int, label: str) -> None:
    if not hasattr(x, "__len__"):
        raise TypeError(f"the {label} takes a list of {_count(nin, 'input')}, not {describe(x)}")
    if len(x) != nin:
        raise ValueError(f"the {label} takes {_count(nin, 'input')}, got {len(x)}")


def _count(n: int, thing: str) -> str:
    return f"{n} {thing}{'s' * (n != 1)}"
