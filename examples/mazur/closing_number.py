"""Two closing numbers for one example: which of them is gradient descent?

After one update of all eight weights Mazur's post prints the error 0.291027924. All its derivatives are right, and with
them the error is 0.291027774. The printed number comes out when the output's weights are updated first, and the hidden
layer's derivatives are then taken with the new ones.

    python examples/mazur/closing_number.py
"""

from autograd import Value, sigmoid

INPUTS = {"i1": 0.05, "i2": 0.10}
TARGETS = {"o1": 0.01, "o2": 0.99}
HIDDEN, OUTPUT = ("w1", "w2", "w3", "w4"), ("w5", "w6", "w7", "w8")
WEIGHTS = dict(zip((*HIDDEN, *OUTPUT), (0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55), strict=True))
BIASES = {"b1": 0.35, "b2": 0.60}
RATE = 0.5


def error(w: dict[str, Value]) -> Value:
    """The total error, a function of the weights."""
    i1, i2, b1, b2 = INPUTS["i1"], INPUTS["i2"], BIASES["b1"], BIASES["b2"]
    h1 = sigmoid(w["w1"] * i1 + w["w2"] * i2 + b1)
    h2 = sigmoid(w["w3"] * i1 + w["w4"] * i2 + b1)
    o1 = sigmoid(w["w5"] * h1 + w["w6"] * h2 + b2)
    o2 = sigmoid(w["w7"] * h1 + w["w8"] * h2 + b2)
    return 0.5 * (TARGETS["o1"] - o1) ** 2 + 0.5 * (TARGETS["o2"] - o2) ** 2


def gradients(weights: dict[str, float]) -> dict[str, float]:
    """∂E/∂w for every weight, by the engine."""
    w = {name: Value(x, name=name) for name, x in weights.items()}
    error(w).backward()
    return {name: value.grad for name, value in w.items()}


def together() -> dict[str, float]:
    """All derivatives first, with the weights of the forward pass; then every weight at once."""
    slope = gradients(WEIGHTS)
    return {name: x - RATE * slope[name] for name, x in WEIGHTS.items()}


def one_layer_after_the_other() -> dict[str, float]:
    """The mistake: the output's weights are new when the derivatives by the hidden layer's are taken.

    The activations are still those of the forward pass; only w5 to w8 in ∂E/∂h = Σ ∂E/∂net_o · w are the new ones.
    """
    i1, i2, b1, b2 = INPUTS["i1"], INPUTS["i2"], BIASES["b1"], BIASES["b2"]
    w = {name: Value(x, name=name) for name, x in WEIGHTS.items()}
    h1 = sigmoid(w["w1"] * i1 + w["w2"] * i2 + b1)
    h2 = sigmoid(w["w3"] * i1 + w["w4"] * i2 + b1)
    net1 = w["w5"] * h1 + w["w6"] * h2 + b2
    net2 = w["w7"] * h1 + w["w8"] * h2 + b2
    (0.5 * (TARGETS["o1"] - sigmoid(net1)) ** 2 + 0.5 * (TARGETS["o2"] - sigmoid(net2)) ** 2).backward()
    new = {name: WEIGHTS[name] - RATE * w[name].grad for name in OUTPUT}
    by_h1 = net1.grad * new["w5"] + net2.grad * new["w7"]
    by_h2 = net1.grad * new["w6"] + net2.grad * new["w8"]
    by_net1, by_net2 = by_h1 * h1.data * (1 - h1.data), by_h2 * h2.data * (1 - h2.data)
    slopes = (by_net1 * i1, by_net1 * i2, by_net2 * i1, by_net2 * i2)
    return {name: WEIGHTS[name] - RATE * slope for name, slope in zip(HIDDEN, slopes, strict=True)} | new


def total(weights: dict[str, float]) -> float:
    """The error at these weights."""
    return error({name: Value(x) for name, x in weights.items()}).data


print(f"error before any update                     {total(WEIGHTS):.9f}")
right, slipped = together(), one_layer_after_the_other()
print(f"all weights updated together                {total(right):.9f}   right")
print(f"hidden layer's slopes with new w5 to w8     {total(slipped):.9f}   updated weights in the backward pass: the printed number")
print("\n      together      one after the other")
for name in WEIGHTS:
    print(f"  {name}  {right[name]:.9f}   {slipped[name]:.9f}{'   differs' if abs(right[name] - slipped[name]) > 1e-12 else ''}")
