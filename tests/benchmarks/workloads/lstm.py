"""ADBench's LSTM: two layers of fourteen units with diagonal weights, reading a sequence of characters as bits.

A layer with input x, hidden h and cell c, everything unit by unit, as ADBench wires it:

    f = σ(x·w₀ + b₀)   i = σ(h·w₁ + b₁)   o = σ(x·w₂ + b₂)   g = tanh(h·w₃ + b₃)
    c ← c·f + i·g      h ← o·tanh(c)

The prediction y = h·u + v of the last layer is compared with the next character s: L = -mean Σ s·(y - log(2 + Σ eʸ)).
The 2 in the logarithm is ADBench's. Sequence and parameters are drawn here; ADBench's shortest has 1,024 characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import exp, log, tanh
from random import Random
from typing import Any

from .workload import Gradient, Workload

LAYERS, UNITS = 2, 14
State = list[tuple[list[Any], list[Any]]]  # for each layer: hidden and cell
Gates = tuple[list[list[float]], ...]


def lstm(characters: int) -> Workload:
    """The mean loss over a sequence of so many characters, by the 8·2·14 weights and biases and the 3·14 outer ones."""
    rng = Random(1997)
    point = [rng.uniform(-1, 1) for _ in range(8 * LAYERS * UNITS + 3 * UNITS)]
    start = [([rng.gauss(0, 1) for _ in range(UNITS)], [rng.gauss(0, 1) for _ in range(UNITS)]) for _ in range(LAYERS)]
    sequence = [[float(rng.random() < 0.5) for _ in range(UNITS)] for _ in range(characters)]

    def function(parameters: list[list[Any]], m: Any) -> Any:
        return loss(parameters, start, sequence, m)

    def by_hand(parameters: list[list[float]]) -> Gradient:
        return _by_hand(parameters, start, sequence)

    return Workload(f"LSTM, {characters:,} characters", point, arrange, function, by_hand)


def arrange(point: Sequence[Any]) -> list[list[Any]]:
    """Rows of one number a unit: four weights and four biases for each layer, then u_in, u, v."""
    return [list(point[i : i + UNITS]) for i in range(0, len(point), UNITS)]


def loss(parameters: list[list[Any]], start: State, sequence: list[list[float]], m: Any) -> Any:
    """The mean negative log-likelihood over any number type."""
    total, state = 0.0, start
    enter, leave, bias = parameters[-3:]
    for now, following in pairwise(sequence):
        x = [a * w for a, w in zip(now, enter, strict=True)]
        after = []
        for k, (hidden, cell) in enumerate(state):
            rows = parameters[8 * k : 8 * k + 8]
            layer = [_unit(*numbers, m) for numbers in zip(x, hidden, cell, *rows, strict=True)]
            after.append(([h for h, _ in layer], [c for _, c in layer]))
            x = after[-1][0]
        state = after
        scores = [h * u + v for h, u, v in zip(x, leave, bias, strict=True)]
        spread = 2.0
        for score in scores:
            spread = spread + m.exp(score)
        normal = m.log(spread)
        for s, score in zip(following, scores, strict=True):
            total = total + s * (score - normal)
    return -total / ((len(sequence) - 1) * UNITS)


def _unit(x: Any, h: Any, c: Any, w0: Any, w1: Any, w2: Any, w3: Any, b0: Any, b1: Any, b2: Any, b3: Any, m: Any) -> tuple[Any, Any]:
    f = 1 / (1 + m.exp(-(x * w0 + b0)))
    i = 1 / (1 + m.exp(-(h * w1 + b1)))
    o = 1 / (1 + m.exp(-(x * w2 + b2)))
    c = c * f + i * m.tanh(h * w3 + b3)
    return o * m.tanh(c), c


def _by_hand(parameters: list[list[float]], start: State, sequence: list[list[float]]) -> Gradient:
    """Backpropagation through time: a tape of the gates forward, then from the last character to the first."""
    enter, leave, bias = parameters[-3:]
    rows = [list(zip(*parameters[8 * k : 8 * k + 8], strict=True)) for k in range(LAYERS)]
    total, state, tape = 0.0, start, []
    for now, following in pairwise(sequence):
        x, steps = [a * w for a, w in zip(now, enter, strict=True)], []
        for layer, (hidden, cell) in zip(rows, state, strict=True):
            step = []
            for u, (w0, w1, w2, w3, b0, b1, b2, b3) in enumerate(layer):
                f = 1 / (1 + exp(-(x[u] * w0 + b0)))
                i = 1 / (1 + exp(-(hidden[u] * w1 + b1)))
                o = 1 / (1 + exp(-(x[u] * w2 + b2)))
                g = tanh(hidden[u] * w3 + b3)
                c = cell[u] * f + i * g
                step.append((x[u], hidden[u], cell[u], f, i, o, g, c, tanh(c)))
            steps.append(step)
            x = [o * t for *_, o, _, _, t in step]
        state = [([o * t for *_, o, _, _, t in step], [c for *_, c, _ in step]) for step in steps]
        scores = [h * u + v for h, u, v in zip(x, leave, bias, strict=True)]
        powers = [exp(score) for score in scores]
        spread = 2.0 + sum(powers)
        normal = log(spread)
        total += sum(s * (score - normal) for s, score in zip(following, scores, strict=True))
        tape.append((now, following, steps, x, [p / spread for p in powers]))

    gradient = [[0.0] * UNITS for _ in parameters]
    scale = -1 / ((len(sequence) - 1) * UNITS)
    d_state = [([0.0] * UNITS, [0.0] * UNITS) for _ in range(LAYERS)]
    for now, following, steps, out, shares in reversed(tape):
        ones = sum(following)
        d_scores = [scale * (s - ones * share) for s, share in zip(following, shares, strict=True)]
        for u, d in enumerate(d_scores):
            gradient[-2][u] += d * out[u]
            gradient[-1][u] += d
        d_x = [d * u for d, u in zip(d_scores, leave, strict=True)]
        for k in range(LAYERS - 1, -1, -1):
            d_x = _layer_back(d_x, d_state[k], steps[k], rows[k], gradient[8 * k : 8 * k + 8])
        for u, d in enumerate(d_x):
            gradient[-3][u] += d * now[u]
    return scale * total, [number for row in gradient for number in row]


def _layer_back(
    d_out: list[float], d_state: tuple[list[float], list[float]], step: list[Any], rows: list[Any], gradient: list[list[float]]
) -> list[float]:
    """One layer, one character: adds to the layer's gradient and state, and returns ∂L/∂x."""
    d_hidden, d_cell = d_state
    g0, g1, g2, g3, h0, h1, h2, h3 = gradient
    d_inputs = []
    for u, ((x, h, cell, f, i, o, g, _, t), (w0, w1, w2, w3, *_)) in enumerate(zip(step, rows, strict=True)):
        d_h = d_out[u] + d_hidden[u]
        d_c = d_cell[u] + d_h * o * (1 - t * t)
        d_f, d_i = d_c * cell * f * (1 - f), d_c * g * i * (1 - i)
        d_o, d_g = d_h * t * o * (1 - o), d_c * i * (1 - g * g)
        g0[u] += d_f * x
        g1[u] += d_i * h
        g2[u] += d_o * x
        g3[u] += d_g * h
        h0[u] += d_f
        h1[u] += d_i
        h2[u] += d_o
        h3[u] += d_g
        d_cell[u] = d_c * f
        d_hidden[u] = d_i * w1 + d_g * w3
        d_inputs.append(d_f * w0 + d_o * w2)
    return d_inputs
