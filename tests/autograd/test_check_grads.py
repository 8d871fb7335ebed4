"""check_grads: right derivatives pass, wrong ones are named with both numbers, kinks are known."""

import math

import numpy as np
import pytest

from autograd import OPS, GradientError, Value, check_grads, custom, exp, log, relu, sin, stop_gradient, tanh


@pytest.mark.parametrize("row", [row for row in OPS.values() if row.kink is None and row.name != "where"], ids=lambda row: row.name)
def test_every_smooth_row_is_confirmed(row):
    point = [low + 0.618 * (high - low) for low, high in row.at]
    assert check_grads(row, *point, order=1).ok


def test_trees_orders_and_modes():
    def f(p, x):
        return {"a": tanh(p["w"] * x[0]) + p["b"], "b": [exp(x[1] * p["w"])]}

    report = check_grads(f, {"w": 0.3, "b": -1.0}, np.array([0.5, 2.0]), order=2)
    assert report.ok and {line.mode for line in report} == {"forward", "reverse"}
    assert any("²" in line.what for line in report)
    assert min(line.digits for line in report if abs(line.measured) > 1e-3) >= 6
    assert {line.mode for line in check_grads(sin, 1.0, modes=("forward",))} == {"forward"}


def test_a_cut_derivative_is_named_with_both_numbers():
    with pytest.raises(GradientError, match=r"derivatives of <lambda> are not confirmed") as caught:
        check_grads(lambda x, y: x * stop_gradient(x) * y, 3.0, 2.0, order=1)
    (wrong, *_) = caught.value.report.wrong
    assert wrong.input == "x" and wrong.claimed == pytest.approx(6.0) and wrong.measured == pytest.approx(12.0)
    assert {line.input for line in caught.value.report.wrong} == {"x"}
    assert "6" in repr(caught.value.report) and "12" in repr(caught.value.report)


def test_a_derivative_that_is_off_by_a_millionth_is_caught():
    off = custom(partials=lambda y, x: math.cos(x), name="off")(math.sin)
    object.__setattr__(off, "partials", (lambda y, x: math.cos(x) * (1 + 1e-5),))
    assert not check_grads(lambda x: off(x), 0.7, order=1, modes=("reverse",), raises=False).ok


def test_kinks_are_no_failure():
    report = check_grads(lambda x: relu(x) * 2, 0.0, order=1)
    assert report.ok and {line.verdict for line in report} == {"not differentiable here"}
    assert check_grads(lambda x: relu(x) * 2, 1e-3, order=1).ok


def test_near_the_end_of_a_domain():
    assert check_grads(log, 1e-6, order=1).ok
    assert check_grads(lambda x: x**0.5, 1e-9, order=1).ok


@pytest.mark.parametrize(
    ("arguments", "words", "kind"),
    [
        ((sin, 1.0), {"order": 0}, ValueError),
        ((sin, 1.0), {"modes": ("sideways",)}, ValueError),
        ((sin, 1.0), {"modes": "forward"}, ValueError),
        ((sin, "1"), {}, TypeError),
        ((lambda: 1.0,), {}, ValueError),
    ],
)
def test_bad_requests_are_refused(arguments, words, kind):
    with pytest.raises(kind):
        check_grads(*arguments, **words)


def test_nothing_is_left_behind():
    w = Value(2.0)
    w.grad = 7.0
    assert check_grads(lambda x: x * w, 1.0, order=1).ok
    assert w.grad == 7.0
