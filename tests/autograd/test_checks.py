"""check_grads: what is right passes with its digits, what is wrong is named, and kinks are told from mistakes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import OPS, Value, check_grads, custom, exp, log, maximum, sin, sqrt, step, tanh
from autograd import GradientError as Wrong
from autograd.differences import central, one_sided
from autograd.transforms import stop_gradient


@given(st.floats(0.01, 300), st.floats(-5, 5))
def test_the_error_of_a_difference_is_as_estimated(w, x):
    slope, true = central(lambda t: math.sin(w * t), x), w * math.cos(w * x)
    assert abs(slope.number - true) <= 5 * slope.error + 1e-10 * w
    assert slope.error < 1e-6 * w


def test_a_step_out_of_the_domain_is_made_shorter():
    assert central(math.log, 1e-6).number == pytest.approx(1e6, rel=1e-9)
    assert math.isnan(central(math.log, -1.0).number) and central(math.log, -1.0).error == math.inf


def test_the_slopes_of_the_two_sides():
    before, beyond = one_sided(abs, 0.0, -1), one_sided(abs, 0.0, 1)
    assert (before.number, beyond.number) == (-1.0, 1.0) and before.differs(beyond)
    assert not one_sided(math.exp, 0.0, -1).differs(one_sided(math.exp, 0.0, 1))


@pytest.mark.parametrize("row", [row for row in OPS.values() if row.kink is None and row.name != "where"], ids=lambda row: row.name)
def test_every_smooth_row_is_confirmed(row):
    point = [low + 0.618 * (high - low) for low, high in row.at]
    assert check_grads(row, *point, order=1).ok


def test_trees_and_arrays():
    report = check_grads(lambda p, b: [sin(p["w"][0]) * b**2, p["w"][1] * b], {"w": [0.5, 2.0]}, 3.0)
    assert report.ok and len(report) == 12 + 72 and all(line.digits >= 7 for line in report)
    assert report[0].what == "∂f[0]/∂p['w'][0]" and report[0].input == "p['w'][0]"
    assert any(line.what == "∂²f[0]/∂p['w'][0]∂b" for line in report)
    X = np.array([[0.3, 0.1], [0.2, 0.5]])
    assert check_grads(lambda X: tanh(X @ X).sum(), X, modes=["reverse"]).ok


def test_functions_of_values_alone():
    w = Value(0.5)
    assert check_grads(lambda x: (x * w).tanh().relu(), 2.0).ok


def test_a_wrong_gradient_is_named():
    def f(a, b):
        return a * a * stop_gradient(b)

    with pytest.raises(Wrong, match=r"2 of 4 derivatives of f are not confirmed\n.*\n∂f/∂b") as caught:
        check_grads(f, 2.0, 3.0, order=1)
    assert {line.input for line in caught.value.report.wrong} == {"b"}
    (line, *_) = caught.value.report.wrong
    assert (line.claimed, round(line.measured, 6), line.digits, line.verdict) == (0.0, 4.0, 0, "differs")


def test_a_wrong_second_derivative_is_found():
    def f(x):
        return stop_gradient(3 * x * x) * (x - stop_gradient(x)) + stop_gradient(x**3)

    assert check_grads(f, 2.0, order=1).ok
    report = check_grads(f, 2.0, raises=False)
    assert not report.ok and {line.what for line in report.wrong} == {"∂²f/∂x∂x"}


def test_a_slightly_wrong_gradient_is_found():
    def f(x):
        return exp(x) + 1e-5 * (stop_gradient(x) - x)

    assert not check_grads(f, 0.0, order=1, raises=False).ok
    assert check_grads(f, 0.0, order=1, digits=3).ok


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (abs, 0.0),
        (sqrt, 0.0),
        (step, 0.0),
        (lambda x: maximum(x, 2 * x), 0.0),
        (lambda x: (x - 1).relu() * 3, 1.0),
        (lambda x: x if x > 0 else -x, 0.0),
    ],
)
def test_a_kink_is_no_mistake(f, x):
    report = check_grads(f, x)
    assert report.ok and {line.verdict for line in report if not line.what.startswith("∂²")} == {"not differentiable here"}


def test_beside_a_kink_a_mistake_is_one():
    assert check_grads(abs, 1e-6).ok
    assert not check_grads(lambda x: abs(x) - stop_gradient(x) * 2, 1e-6, raises=False, order=1).ok
    assert not check_grads(lambda x, y: abs(x) + stop_gradient(y), 0.0, 1.0, raises=False, order=1).ok


def test_what_does_not_settle_is_not_confirmed():
    import random

    noise = random.Random(1)
    with pytest.raises(Wrong, match=r"do not settle|differs"):
        check_grads(lambda x: x + noise.random() * 1e-3, 1.0, order=1)


def test_the_report_reads_as_a_table():
    lines = repr(check_grads(log, 2.0, order=1)).splitlines()
    assert lines[0].split() == ["derivative", "mode", "engine", "measured", "±", "digits"]
    assert lines[1].startswith("∂log/∂x     forward  0.5     0.5") and lines[1].endswith("agrees")


def test_custom_rows():
    cube = custom(partials=lambda y, x: 3 * x * x, name="cube")(lambda x: x * x * x)
    assert check_grads(lambda x: cube(x) * x, 0.7, order=3, modes=["reverse"]).ok


@pytest.mark.parametrize(
    ("words", "message"), [({"order": 0}, "order is 1"), ({"modes": "reverse"}, "modes are"), ({"modes": ["up"]}, "modes are")]
)
def test_what_does_not_fit_is_refused(words, message):
    with pytest.raises(ValueError, match=message):
        check_grads(sin, 1.0, **words)
    with pytest.raises(TypeError, match="must be a real number, not str 'a'"):
        check_grads(sin, "a")
    with pytest.raises(ValueError, match="nothing to check"):
        check_grads(lambda x: [], 1.0)


def test_text_is_no_number_and_nothing_is_left_behind():
    with pytest.raises(TypeError, match="an input of sin that is checked must be a real number, not str '1'"):
        check_grads(sin, "1")
    w = Value(2.0)
    w.grad = 7.0
    assert check_grads(lambda x: x * w, 1.0, order=1).ok
    assert w.grad == 7.0


def test_an_infinite_derivative_does_not_agree_with_a_finite_one():
    for infinite in (math.inf, -math.inf, math.nan):
        steep = custom(partials=lambda y, x, slope=infinite: 1.0 if x < 3 else slope, name="steep", at=(0, 1))(lambda x: x)
        report = check_grads(steep, 5.0, order=1, raises=False)
        assert [(repr(line.claimed), line.digits, line.verdict) for line in report] == [(repr(infinite), 0, "differs")] * 2


def test_at_infinity_nothing_settles():
    for x in (math.inf, -math.inf):
        assert not check_grads(lambda x: 2 * x, x, order=1, raises=False).ok
    assert math.isnan(central(math.exp, math.inf).number) and one_sided(math.exp, -math.inf, 1).error == math.inf
    assert central(lambda x: 2.0 * x, 1e300).number == 2.0
