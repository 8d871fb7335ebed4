"""Networks written out in scalars, as people write them: (loss of one sample, arguments for a batch, parameters)."""

import random

import numpy as np

from autograd import Value, exp, log, relu, sigmoid, sqrt, tanh
from nn import MLP


class Maker:
    """Named parameters with reproducible numbers, in the order they were asked for."""

    def __init__(self):
        self.random, self.parameters = random.Random(0), []

    def vector(self, name, n):
        made = [Value(self.random.gauss(0, 0.5), name=f"{name}[{i}]") for i in range(n)]
        self.parameters += made
        return made

    def matrix(self, name, rows, columns):
        return [self.vector(f"{name}[{i}]", columns) for i in range(rows)]


def dot(weights, inputs):
    return sum(w * x for w, x in zip(weights, inputs, strict=True))


def batch(*shape):
    return np.random.default_rng(1).normal(size=shape)


def mlp(sizes=(2, 16, 16, 1), activation="relu"):
    net = MLP(sizes[0], sizes[1:], activation=activation, seed=0)
    y = np.sign(batch(6))

    def loss(x, y):
        return relu(1 - y * net(x)) + 1e-4 * sum(p * p for p in net.parameters())

    return loss, [batch(6, sizes[0]), y], net.parameters()


def classifier(sizes=(8, 6, 4)):
    net = MLP(sizes[0], sizes[1:], seed=0)

    def loss(x, target):
        z = net(x)
        return log(sum(exp(k) for k in z)) - sum(k * t for k, t in zip(z, target, strict=True))

    return loss, [batch(5, sizes[0]), np.eye(sizes[-1])[[0, 1, 2, 3, 0]]], net.parameters()


def convolution():
    make = Maker()
    kernels = [make.matrix(f"K[{c}]", 3, 3) for c in range(4)]
    bias, weights = make.vector("b", 4), make.vector("W", 36)

    def loss(image):
        pooled = []
        for kernel, b in zip(kernels, bias, strict=True):
            z = [
                [relu(sum((kernel[p][q] * image[i + p][j + q] for p in range(3) for q in range(3)), start=b)) for j in range(6)]
                for i in range(6)
            ]
            pooled += [sum(z[2 * i + p][2 * j + q] for p in (0, 1) for q in (0, 1)) / 4 for i in range(3) for j in range(3)]
        return (sum(w * a for w, a in zip(weights, pooled, strict=True)) - 1) ** 2

    return loss, [batch(5, 8, 8)], make.parameters


def padded_convolution():
    """Two 3 × 3 filters over 6 × 6 numbers with a border of zeros, and a dense layer on what they find."""
    make = Maker()
    W, b, U = make.vector("W", 18), make.vector("b", 2), make.vector("U", 72)

    def loss(x, y):
        def at(i, j):
            return x[6 * i + j] if 0 <= i < 6 and 0 <= j < 6 else 0.0

        def found(f, i, j):
            return b[f] + sum(W[9 * f + 3 * k + m] * at(i + k - 1, j + m - 1) for k in range(3) for m in range(3))

        return (dot(U, [found(f, i, j).relu() for f in range(2) for i in range(6) for j in range(6)]) - y) ** 2

    return loss, [batch(5, 36), batch(5)], make.parameters


def padded_residual():
    make = Maker()
    w, (b,) = make.vector("w", 3), make.vector("b", 1)

    def loss(x):
        for _ in range(2):
            z = [sum((w[k + 1] * x[i + k] for k in (-1, 0, 1) if 0 <= i + k < len(x)), start=b) for i in range(len(x))]
            x = [a + tanh(c) for a, c in zip(x, z, strict=True)]
        return sum(x) ** 2

    return loss, [batch(5, 7)], make.parameters


def recurrent(steps=5):
    make = Maker()
    inward, across, bias = make.matrix("Wx", 4, 3), make.matrix("Wh", 4, 4), make.vector("b", 4)

    def loss(series):
        state = [0.0] * 4
        for x in series:
            state = [
                tanh(
                    sum(w * v for w, v in zip(inward[i], x, strict=True))
                    + sum(w * v for w, v in zip(across[i], state, strict=True))
                    + bias[i]
                )
                for i in range(4)
            ]
        return sum(state) ** 2

    return loss, [batch(5, steps, 3)], make.parameters


def lstm():
    make = Maker()
    weights = {gate: make.matrix(f"W_{gate}", 3, 5) for gate in "ifog"}
    bias = {gate: make.vector(f"b_{gate}", 3) for gate in "ifog"}

    def loss(series):
        hidden, cell = [0.0] * 3, [0.0] * 3
        for x in series:
            both = [*x, *hidden]
            z = {
                k: [sum((w * v for w, v in zip(row, both, strict=True)), start=b) for row, b in zip(weights[k], bias[k], strict=True)]
                for k in "ifog"
            }
            cell = [sigmoid(f) * c + sigmoid(i) * tanh(g) for f, c, i, g in zip(z["f"], cell, z["i"], z["g"], strict=True)]
            hidden = [sigmoid(o) * tanh(c) for o, c in zip(z["o"], cell, strict=True)]
        return sum(h * h for h in hidden)

    return loss, [batch(5, 3, 2)], make.parameters


def normalised():
    make = Maker()
    weights, gain, shift = make.matrix("W", 5, 5), make.vector("gamma", 5), make.vector("beta", 5)

    def loss(x):
        z = [sum(w * v for w, v in zip(row, x, strict=True)) for row in weights]
        mean = sum(z) / 5
        spread = sqrt(sum((v - mean) ** 2 for v in z) / 5 + 1e-5)
        return sum((g * ((v - mean) / spread) + b) ** 3 for g, v, b in zip(gain, z, shift, strict=True))

    return loss, [batch(5, 5)], make.parameters


def attention():
    make = Maker()
    matrices = [make.matrix(name, 3, 3) for name in "QKV"]

    def loss(tokens):
        q, k, v = ([[sum(w * x for w, x in zip(row, token, strict=True)) for row in matrix] for token in tokens] for matrix in matrices)
        total = 0.0
        for query in q:
            e = [exp(sum(a * b for a, b in zip(query, key, strict=True))) for key in k]
            total = total + sum(sum(a / sum(e) * value[j] for a, value in zip(e, v, strict=True)) ** 2 for j in range(3))
        return total

    return loss, [batch(5, 4, 3)], make.parameters


def heads():
    """Two small layers side by side, each on inputs of its own."""
    make = Maker()
    matrices = [make.matrix(f"A_{k}", 3, 2) for k in range(2)]

    def loss(x):
        parts = [
            [tanh(sum(w * v for w, v in zip(row, x[2 * k : 2 * k + 2], strict=True))) for row in matrix]
            for k, matrix in enumerate(matrices)
        ]
        return sum(a * b for a, b in zip(*parts, strict=True))

    return loss, [batch(5, 4)], make.parameters
