"""Losses, steps and the loop: numbers by hand, and a clear end to every training."""

import math
import statistics

import numpy as np
import pytest

from autograd import Value
from nn import MLP, SGD, Module, Neuron, Parameter, fit, mse, xor

# ---- mse ----


def test_mse_is_the_mean_of_the_squares():
    predictions, targets = [0.5, -1.25, 3.0], [1.0, 1.0, 2.5]
    expected = statistics.fmean((p - t) ** 2 for p, t in zip(predictions, targets, strict=True))
    leaves = [Value(p) for p in predictions]
    L = mse(leaves, targets)
    assert L.data == pytest.approx(expected, rel=1e-15)
    L.backward()
    assert [leaf.grad for leaf in leaves] == pytest.approx([2 * (p - t) / 3 for p, t in zip(predictions, targets, strict=True)])


def test_mse_of_every_shape():
    assert mse(Value(3.0), 1.0).data == 4.0
    assert mse([Value(3.0)], [1.0]).data == 4.0
    rng = np.random.default_rng(0)
    P, T = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))
    rows = [[Value(p) for p in row] for row in P]
    assert mse(rows, T).data == pytest.approx(np.mean((P - T) ** 2), rel=1e-14)
    assert mse(np.array(rows, dtype=object), T.tolist()).data == pytest.approx(np.mean((P - T) ** 2), rel=1e-14)


@pytest.mark.parametrize(
    ("predictions", "targets"),
    [
        ([], []),
        ([Value(1.0)], []),
        ([Value(1.0)], [1.0, 2.0]),
        (Value(1.0), [1.0]),
        ([Value(1.0)], 1.0),
        ([[Value(1.0)]], [1.0]),
        ([Value(1.0)], [[1.0]]),
    ],
)
def test_mse_of_what_has_not_one_shape(predictions, targets):
    with pytest.raises(ValueError, match="mse"):
        mse(predictions, targets)


# ---- SGD ----


def test_a_step_by_hand():
    p, q = Parameter(1.0), Parameter(-2.0)
    p.grad, q.grad = 0.5, -4.0
    SGD([p, q], 0.25).step()
    assert (p.data, q.data) == (0.875, -1.0)


def test_momentum_by_hand():
    """v: 2, then 0.5·2 + 2 = 3, then 0.5·3 + 2 = 3.5; p: 1 - 0.25·2 = 0.5, then -0.25, then -1.125."""
    p = Parameter(1.0)
    optimizer = SGD([p], 0.25, momentum=0.5)
    seen = []
    for _ in range(3):
        p.grad = 2.0
        optimizer.step()
        seen.append(p.data)
    assert seen == [0.5, -0.25, -1.125]
    optimizer.zero_grad()
    assert p.grad == 0.0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_gradient_that_is_no_number_moves_nothing(bad):
    p, q = Parameter(1.0, name="p"), Parameter(2.0, name="W_q")
    optimizer = SGD([p, q], 0.5, momentum=0.5)
    p.grad, q.grad = 1.0, bad
    with pytest.raises(FloatingPointError, match="W_q"):
        optimizer.step()
    assert (p.data, q.data) == (1.0, 2.0)
    p.grad, q.grad = 1.0, 0.0
    optimizer.step()
    assert (p.data, q.data) == (0.5, 2.0)  # no speed was kept from the step that failed


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (lambda: SGD([], 0.1), "no parameters"),
        (lambda: SGD([Parameter(1.0)], 0.0), "learning rate"),
        (lambda: SGD([Parameter(1.0)], -1.0), "learning rate"),
        (lambda: SGD([Parameter(1.0)], math.nan), "learning rate"),
        (lambda: SGD([Parameter(1.0)], math.inf), "learning rate"),
        (lambda: SGD([Parameter(1.0)], 0.1, momentum=1.0), "momentum"),
        (lambda: SGD([Parameter(1.0)], 0.1, momentum=-0.1), "momentum"),
    ],
)
def test_sgd_refuses(make, part):
    with pytest.raises(ValueError, match=part):
        make()


# ---- fit ----


def test_xor_is_learnt():
    inputs, targets = xor()
    net = MLP(2, [2, 1], activation="sigmoid", output="sigmoid", seed=3)
    history = fit(net, inputs, targets, lr=4, epochs=5000, goal=1e-3)
    assert history.converged
    assert history.losses[-1] <= 1e-3 < history.losses[0]
    assert history.epochs == len(history.losses) < 5000
    assert "converged after" in str(history)
    assert [round(net(x).data) for x in inputs] == targets


def test_a_line_is_found():
    inputs = [[float(x)] for x in range(-3, 4)]
    targets = [2.0 * x[0] - 1.0 for x in inputs]
    neuron = Neuron(1, seed=0)
    history = fit(neuron, inputs, targets, lr=0.1, goal=1e-20)
    assert history.converged
    assert neuron.weights[0].data == pytest.approx(2.0, abs=1e-9)
    assert neuron.bias.data == pytest.approx(-1.0, abs=1e-9)


def test_a_plateau_is_an_end():
    """The best constant for 0 and 2 is 1, and the loss there is 1: no goal of 0 can be reached."""
    neuron = Neuron(1, seed=0)
    history = fit(neuron, [[0.0], [0.0]], [0.0, 2.0], lr=0.1, patience=20)
    assert history.converged
    assert "20 epochs" in history.reason
    assert history.epochs < 1000
    assert history.losses[-1] == pytest.approx(1.0, rel=1e-6)


def test_epochs_are_an_end_too():
    inputs, targets = xor()
    history = fit(MLP(2, [2, 1], activation="sigmoid", seed=0), inputs, targets, lr=0.01, epochs=3)
    assert not history.converged
    assert history.epochs == 3
    assert "no more epochs" in history.reason
    assert str(history).startswith("stopped after 3 epochs")


def test_one_epoch_is_one_step_of_gradient_descent():
    neuron = Neuron(1)
    neuron.load_state_dict({"w[0]": 0.5, "b": 0.0})
    fit(neuron, [[2.0]], [3.0], lr=0.25, epochs=1)
    # L = (3 - 2w - b)², ∂L/∂w = -2·2·2 = -8, ∂L/∂b = -2·2 = -4
    assert neuron.state_dict() == {"w[0]": 2.5, "b": 1.0}


@pytest.mark.parametrize(("inputs", "targets"), [([], []), ([[1.0]], []), ([[1.0]], [1.0, 2.0])])
def test_samples_that_do_not_fit_each_other(inputs, targets):
    with pytest.raises(ValueError, match="as many targets as inputs"):
        fit(Neuron(1), inputs, targets)


def test_other_refusals():
    with pytest.raises(ValueError, match="the number of epochs must be at least 1"):
        fit(Neuron(1), [[1.0]], [1.0], epochs=0)
    with pytest.raises(ValueError, match="no parameters"):
        fit(Module(), [[1.0]], [1.0])
    with pytest.raises(ValueError, match="1 input"):
        fit(Neuron(1), [[1.0, 2.0]], [1.0])


def test_a_loss_that_runs_away_is_said_and_not_kept():
    inputs = [[float(x)] for x in range(-3, 4)]
    neuron = Neuron(1, seed=0)
    with pytest.raises(FloatingPointError, match="smaller learning rate"):
        fit(neuron, inputs, [x[0] for x in inputs], lr=100.0, epochs=1000, patience=1000)
    assert all(math.isfinite(x) for x in neuron.state_dict().values())


def test_another_loss():
    def absolute(predictions, targets):
        return sum((abs(p - t) for p, t in zip(predictions, targets, strict=True)), Value(0.0))

    neuron = Neuron(1, seed=0)
    history = fit(neuron, [[1.0]], [2.0], lr=0.01, loss=absolute, epochs=300, goal=0.02)
    assert history.converged


def test_the_bar_is_drawn_when_asked_for_and_only_on_standard_error(capsys):
    fit(Neuron(1, seed=0), [[1.0]], [2.0], epochs=3, progress=True)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "training" in shown.err
    fit(Neuron(1, seed=0), [[1.0]], [2.0], epochs=3, progress=False)
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")
