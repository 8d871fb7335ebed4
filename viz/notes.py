"""The network of the handwritten notes: two inputs, two hidden neurons, one output, sigmoid throughout, L = (y - a_3)².

Its derivatives stand here three times over, each found in another way: by the notes' own formulas in plain floats,
by the engine, and by central differences. ``turunan notes`` prints them side by side.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from autograd import Graph, Value, central_difference
from autograd.explanation import derivative
from autograd.names import pretty
from nn import MLP

POINT = {"x_0": 0.6, "x_1": -1.1, "y": 0.8}
WEIGHTS = {
    "W_h[0][0]": 0.3, "W_h[1][0]": -0.7, "B_h[0]": 0.2,
    "W_h[0][1]": 0.9, "W_h[1][1]": 0.4, "B_h[1]": -0.5,
    "W_o[0]": 1.3, "W_o[1]": -0.6, "B_o": 0.1,
}  # fmt: skip

Numbers = dict[str, float]


def network() -> MLP:
    """The notes' network with the weights above; ``W_h`` is indexed [input][neuron], as the notes do."""
    net = MLP(2, [2, 1], activation="sigmoid", output="sigmoid")
    net.load_state_dict(WEIGHTS)
    return net


def loss(net: MLP) -> Value:
    """L = (y - a_3)² at the point above, every quantity under its name in the notes."""
    x_0, x_1, y = (Value(number, name=name) for name, number in POINT.items())
    a_3 = net([x_0, x_1])
    return ((y - a_3) ** 2).named("L")  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Row:
    """One derivative of the notes: ∂upper/∂lower and its formula, as written and as a function.

    The function takes the forward quantities and the derivatives ∂L/∂… that stand above it, as the notes use them.
    """

    upper: str
    lower: str
    written: str
    by_hand: Callable[[Numbers, Numbers], float]
    called: str = ""

    @property
    def name(self) -> str:
        """The derivative as the notes write it."""
        return self.called or derivative(pretty(self.upper), pretty(self.lower))


def s(x: float) -> float:
    """The notes' sigmoid σ(x) = 1/(1 + e⁻ˣ), in plain floats."""
    return 1 / (1 + math.exp(-x))


def ds(x: float) -> float:
    """The notes' σ′(x) = σ(x)·(1 − σ(x)), in plain floats."""
    return s(x) * (1 - s(x))


NOTES = [
    Row("L",   "a_3",       "−2·(y − a₃)",           lambda q, d: -2 * (q["y"] - q["a_3"])),
    Row("a_3", "z_3",       "σ(z₃)·(1 − σ(z₃))",     lambda q, d: ds(q["z_3"]), "σ′(z₃)"),
    Row("L",   "z_3",       "∂L/∂a₃ · σ′(z₃)",       lambda q, d: d["a_3"] * ds(q["z_3"])),
    Row("L",   "W_o[0]",    "∂L/∂z₃ · a₁",           lambda q, d: d["z_3"] * q["a_1"]),
    Row("L",   "W_o[1]",    "∂L/∂z₃ · a₂",           lambda q, d: d["z_3"] * q["a_2"]),
    Row("L",   "B_o",       "∂L/∂z₃ · 1",            lambda q, d: d["z_3"] * 1),
    Row("L",   "a_1",       "∂L/∂z₃ · W_o₀",         lambda q, d: d["z_3"] * q["W_o[0]"]),
    Row("L",   "a_2",       "∂L/∂z₃ · W_o₁",         lambda q, d: d["z_3"] * q["W_o[1]"]),
    Row("L",   "z_1",       "∂L/∂a₁ · σ′(z₁)",       lambda q, d: d["a_1"] * ds(q["z_1"])),
    Row("L",   "z_2",       "∂L/∂a₂ · σ′(z₂)",       lambda q, d: d["a_2"] * ds(q["z_2"])),
    Row("L",   "W_h[0][0]", "∂L/∂z₁ · x₀",           lambda q, d: d["z_1"] * q["x_0"]),
    Row("L",   "W_h[1][0]", "∂L/∂z₁ · x₁",           lambda q, d: d["z_1"] * q["x_1"]),
    Row("L",   "B_h[0]",    "∂L/∂z₁",                lambda q, d: d["z_1"]),
    Row("L",   "W_h[0][1]", "∂L/∂z₂ · x₀",           lambda q, d: d["z_2"] * q["x_0"]),
    Row("L",   "W_h[1][1]", "∂L/∂z₂ · x₁",           lambda q, d: d["z_2"] * q["x_1"]),
    Row("L",   "B_h[1]",    "∂L/∂z₂",                lambda q, d: d["z_2"]),
]  # fmt: skip


def forward_by_hand() -> Numbers:
    """Every quantity of the forward pass, in plain floats."""
    q = POINT | WEIGHTS
    q["z_1"] = q["x_0"] * q["W_h[0][0]"] + q["x_1"] * q["W_h[1][0]"] + q["B_h[0]"]
    q["z_2"] = q["x_0"] * q["W_h[0][1]"] + q["x_1"] * q["W_h[1][1]"] + q["B_h[1]"]
    q["a_1"], q["a_2"] = s(q["z_1"]), s(q["z_2"])
    q["z_3"] = q["a_1"] * q["W_o[0]"] + q["a_2"] * q["W_o[1]"] + q["B_o"]
    q["a_3"] = s(q["z_3"])
    q["L"] = (q["y"] - q["a_3"]) ** 2
    return q


@dataclass(frozen=True)
class Comparison:
    """One derivative by hand, by the engine and by central differences."""

    name: str
    written: str
    by_hand: float
    by_engine: float
    by_difference: float

    @property
    def apart(self) -> float:
        """The largest difference between the three, relative to the larger of 1 and the derivative."""
        three = (self.by_hand, self.by_engine, self.by_difference)
        if any(map(math.isnan, three)):
            return math.nan
        return (max(three) - min(three)) / max(1.0, *map(abs, three))


def compare(L: Value) -> list[Comparison]:
    """Every derivative of the notes, three times; ``L`` is the notes' loss, its ``backward()`` is run here."""
    graph, quantities, derivatives = Graph(L), forward_by_hand(), Numbers()
    compared = []
    for row in NOTES:
        upper, lower = graph[row.upper], graph[row.lower]
        hand = row.by_hand(quantities, derivatives)
        if upper is L:
            derivatives[row.lower] = hand
        L.zero_grad()
        upper.backward()
        compared.append(Comparison(row.name, row.written, hand, lower.grad, central_difference(upper, lower)))
    L.zero_grad()
    L.backward()
    return compared
