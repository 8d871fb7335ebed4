"""Neurons, layers, networks: names and orientation as in the notes, numbers as NumPy has them."""

import math
from random import Random

import numpy as np
import pytest

from autograd import OPS, Value, ops
from nn import MLP, Layer, Neuron, mse
from nn.init import he, rectifies, xavier

NOTES = ["W_h[0][0]", "W_h[1][0]", "B_h[0]", "W_h[0][1]", "W_h[1][1]", "B_h[1]", "W_o[0]", "W_o[1]", "B_o"]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


BY_HAND = {  # the activation, and its derivative in terms of the activation
    "tanh": (np.tanh, lambda a: 1 - a**2),
    "sigmoid": (sigmoid, lambda a: a * (1 - a)),
    "relu": (lambda z: np.maximum(z, 0), lambda a: (a > 0) * 1.0),
}


def test_names_are_those_of_the_notes():
    assert list(MLP(2, [2, 1]).named_parameters()) == NOTES
    assert list(MLP(1, [1, 1, 2]).named_parameters()) == [
        "W_h1[0][0]", "B_h1[0]", "W_h2[0][0]", "B_h2[0]", "W_o[0][0]", "B_o[0]", "W_o[0][1]", "B_o[1]",
    ]  # fmt: skip
    assert list(MLP(2, [1]).named_parameters()) == ["W_o[0]", "W_o[1]", "B_o"]
    assert list(MLP(1, [1, 1], weight="w{layer}_{i}{j}", bias="b{layer}_{j}").named_parameters()) == ["wh_00", "bh_0", "wo_00", "bo_0"]
    assert list(Neuron(2).named_parameters()) == ["w[0]", "w[1]", "b"]


def test_a_2_2_1_network_by_hand():
    """The weight from input i to neuron j is W_h[i][j]."""
    net = MLP(2, [2, 1], activation="sigmoid", output="sigmoid")
    net.load_state_dict(dict(zip(NOTES, [0.1, 0.2, 0.5, 0.3, 0.4, -0.5, 0.6, 0.7, 0.25], strict=True)))
    x_0, x_1 = 1.0, -2.0
    a_1 = 1 / (1 + math.exp(-(x_0 * 0.1 + x_1 * 0.2 + 0.5)))
    a_2 = 1 / (1 + math.exp(-(x_0 * 0.3 + x_1 * 0.4 - 0.5)))
    a_3 = 1 / (1 + math.exp(-(a_1 * 0.6 + a_2 * 0.7 + 0.25)))
    out = net([x_0, x_1])
    assert out.data == pytest.approx(a_3, rel=1e-15)
    assert out.name == "a_3"
    assert out.operands[0].name == "z_3"
    hidden = net.layers[0]([x_0, x_1])
    assert [a.name for a in hidden] == ["a_1", "a_2"]
    assert [a.data for a in hidden] == pytest.approx([a_1, a_2], rel=1e-15)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("name", BY_HAND)
def test_gradients_are_those_of_backpropagation_by_hand(name, seed):
    f, slope = BY_HAND[name]
    rng = np.random.default_rng(seed)
    X, Y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    net = MLP(3, [4, 3, 2], activation=name, seed=seed)
    for p in net.parameters():
        p.data = float(rng.normal())
    s = net.state_dict()
    W = [np.array([[s[f"W_{t}[{i}][{j}]"] for j in range(n)] for i in range(m)]) for t, m, n in (("h1", 3, 4), ("h2", 4, 3), ("o", 3, 2))]
    B = [np.array([s[f"B_{t}[{j}]"] for j in range(n)]) for t, n in (("h1", 4), ("h2", 3), ("o", 2))]
    A = [X]
    for k in range(3):
        Z = A[k] @ W[k] + B[k]
        A.append(Z if k == 2 else f(Z))
    L = mse([net(list(x)) for x in X], Y.tolist())
    assert L.data == pytest.approx(np.mean((A[3] - Y) ** 2), rel=1e-13)
    L.backward()
    delta = 2 * (A[3] - Y) / Y.size
    own = net.named_parameters()
    for k, tag in ((2, "o"), (1, "h2"), (0, "h1")):
        dW, dB = A[k].T @ delta, delta.sum(axis=0)
        for j in range(dW.shape[1]):
            assert own[f"B_{tag}[{j}]"].grad == pytest.approx(dB[j], rel=1e-11, abs=1e-13)
            for i in range(dW.shape[0]):
                assert own[f"W_{tag}[{i}][{j}]"].grad == pytest.approx(dW[i, j], rel=1e-11, abs=1e-13)
        if k:
            delta = (delta @ W[k].T) * slope(A[k])


def test_reprs():
    assert repr(Neuron(2, "tanh")) == "Neuron(2 → 1, tanh)"
    assert repr(Neuron(1)) == "Neuron(1 → 1, linear)"
    assert repr(Layer(3, 4, "relu")) == "Layer(3 → 4, relu)"
    assert repr(MLP(2, [16, 16, 1])) == "MLP(2 → 16 relu → 16 relu → 1 linear, 337 parameters)"
    assert repr(Neuron(1, ops.gelu)) == "Neuron(1 → 1, gelu)"


def test_one_output_is_a_value_and_more_are_a_list():
    assert isinstance(MLP(2, [3, 1])([1.0, 2.0]), Value)
    out = MLP(2, [3, 2])([1.0, 2.0])
    assert isinstance(out, list)
    assert len(out) == 2
    assert isinstance(Layer(2, 1)([1.0, 2.0]), list)
    assert Neuron(2)([np.float64(1.0), Value(2.0)]).name == "z"


@pytest.mark.parametrize(
    ("call", "parts"),
    [
        (lambda: MLP(2, [2, 1])([1.0]), ["hidden layer", "2 inputs", "got 1"]),
        (lambda: MLP(2, [2, 2, 1])([1.0, 2.0, 3.0]), ["hidden layer 1", "2 inputs", "got 3"]),
        (lambda: MLP(1, [1])([1.0, 2.0]), ["output layer", "1 input,", "got 2"]),
        (lambda: MLP(2, [2, 1]).layers[1]([1.0]), ["output layer", "2 inputs", "got 1"]),
        (lambda: Neuron(2)([1.0]), ["neuron", "2 inputs", "got 1"]),
        (lambda: Neuron(2, "thanh"), ["'thanh'", "tanh", "sigmoid"]),
        (lambda: Neuron(2, "maximum"), ["'maximum'"]),
        (lambda: Neuron(2, init="lecun"), ["'lecun'", "xavier", "he"]),
        (lambda: Neuron(0), ["at least 1", "0"]),
        (lambda: Layer(2, 0), ["neurons", "0"]),
        (lambda: MLP(2, [0, 1]), ["0"]),
        (lambda: MLP(2.5, [1]), ["2.5"]),
    ],
)
def test_what_does_not_fit_is_a_value_error(call, parts):
    with pytest.raises(ValueError, match=r".") as caught:
        call()
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize("sizes", [3, [], ()])
def test_the_sizes_of_a_network_are_a_list(sizes):
    with pytest.raises(TypeError, match=r"\[16, 16, 1\]"):
        MLP(2, sizes)


def test_a_size_that_numpy_counted_is_a_size():
    width = np.array([3, 4]).max()
    assert len(MLP(2, [width, 1]).parameters()) == 17


def test_seeds():
    one, two, three = (MLP(3, [4, 1], seed=seed).state_dict() for seed in (7, 7, 8))
    assert one == two
    assert one != three
    assert MLP(3, [4, 1]).state_dict() != MLP(3, [4, 1]).state_dict()
    assert len(set(one.values())) == 21 - 5 + 1  # the biases alone are equal, at 0
    assert [b for name, b in one.items() if name.startswith("B_")] == [0.0] * 5


def test_the_range_of_xavier_and_he():
    """Uniform on (-r, r) has the variance r²/3: 2 / (fan_in + fan_out) and 2 / fan_in are what the papers ask for."""
    for draw, variance in ((xavier, 2 / (30 + 10)), (he, 2 / 30)):
        rng = Random(0)
        sample = np.array([draw(30, 10, rng) for _ in range(20_000)])
        assert abs(sample).max() <= math.sqrt(3 * variance)
        assert abs(sample).max() > 0.999 * math.sqrt(3 * variance)
        assert sample.var() == pytest.approx(variance, rel=0.03)
        assert abs(sample.mean()) < 0.01


RECTIFIERS = ("relu", "leaky_relu", "elu", "silu", "gelu", "softplus")


def test_of_all_operations_these_rectify():
    assert sorted(filter(rectifies, OPS)) == sorted(RECTIFIERS)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", None, *RECTIFIERS])
def test_the_start_suits_the_activation(activation):
    weights = [p.data for p in Layer(30, 60, activation, seed=0).parameters() if p.data]
    r = math.sqrt(6 / 30) if activation in RECTIFIERS else math.sqrt(6 / 90)
    assert 0.99 * r < max(map(abs, weights)) <= r
    asked = [p.data for p in Layer(30, 60, activation, seed=0, init="xavier").parameters() if p.data]
    assert 0.99 * math.sqrt(6 / 90) < max(map(abs, asked)) <= math.sqrt(6 / 90)


def test_an_activation_may_be_any_function_of_a_value():
    neuron = Neuron(1, lambda z: z * z, seed=0)
    w = neuron.weights[0].data
    out = neuron([2.0])
    assert out.data == pytest.approx((2 * w) ** 2)
    assert out.name == "a"
