"""The chain rule written out: the LaTeX says what the text says, which the numbers by hand say."""

import math

import pytest

from autograd import Value, explain
from autograd.graph import central_difference


def neuron():
    x, w = Value(0.5, name="x"), Value(-2.0, name="w")
    a = (w * x).sigmoid().named("a")
    return ((1 - a) ** 2).named("L"), w


def test_latex_has_the_steps_the_formulas_the_numbers_and_the_sum():
    a = 1 / (1 + math.e)
    L, w = neuron()
    rows = explain(L, w, "latex").splitlines()
    assert rows[0] == r"\begin{aligned}"
    assert rows[1] == (r"\frac{\partial L}{\partial w} &= \frac{\partial L}{\partial a} \cdot \frac{\partial a}{\partial w} \\")
    assert rows[3] == rf"&= {-2 * (1 - a):.4g} \cdot {a * (1 - a) * 0.5:.4g} \\"
    assert rows[4:] == [f"&= {-2 * (1 - a) * a * (1 - a) * 0.5:.4g}", r"\end{aligned}"]
    assert explain(L, w, "markdown") == f"$$\n{explain(L, w, 'latex')}\n$$"


def test_chains_are_added_and_negative_factors_stand_in_parentheses():
    x = Value(3.0, name="x")
    a, b = (x * x).named("a"), (-2 * x).named("b")
    rows = explain((a * b).named("L"), x, "latex").splitlines()
    assert rows[-3] == r"&= -6 \cdot 6 + 9 \cdot (-2) \\"
    assert rows[-2] == "&= -54"


def test_more_chains_than_are_written_out_are_counted():
    x = Value(1.0, name="x")
    total = sum([((i + 1) * x).named(f"h_{i}") for i in range(8)], start=Value(0.0)).named("L")
    assert r" + \text{2 more chains}" in explain(total, x, "latex")
    assert explain(total, x, "latex").splitlines()[-2] == "&= 36"


def test_powers_of_ten_and_the_value_itself():
    x = Value(1.0, name="x")
    y = (x * 1e-9).named("y")
    assert r"&= 1 \cdot 10^{-9}" in explain(y, x, "latex")
    assert explain(y, y, "latex") == r"\frac{\partial y}{\partial y} = 1"


def test_no_step_stays_inside_the_domain():
    x = Value(0.0)
    assert math.isnan(central_difference(x.sqrt(), x))


def test_another_style_is_refused():
    L, w = neuron()
    with pytest.raises(ValueError, match="no style 'TeX'; there are text, latex, markdown"):
        explain(L, w, "TeX")
