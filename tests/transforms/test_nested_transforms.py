"""Transforms of transforms: the inner derivative and the outer one are never taken for each other."""

import itertools
import math

import numpy as np
import pytest

from autograd import (
    Formula,
    Value,
    cos,
    exp,
    grad,
    gradient,
    hessian,
    hvp,
    jacfwd,
    jacrev,
    jvp,
    linearize,
    maximum,
    no_grad,
    sin,
    taylor,
    trace,
    value_and_grad,
    vjp,
)
from nn import MLP

DERIVATIVES = {  # of a function of one number, each by another way
    "grad": grad,
    "jvp": lambda f: lambda x: jvp(f, (x,), (1.0,))[1],
    "jacfwd": jacfwd,
    "jacrev": jacrev,
    "vjp": lambda f: lambda x: vjp(f, x)[1](1.0)[0],
    "linearize": lambda f: lambda x: linearize(f, x)[1](1.0),
    "taylor": lambda f: lambda x: taylor(f, x, 1)[1],
}
PAIRS = pytest.mark.parametrize(("outer", "inner"), list(itertools.product(DERIVATIVES, repeat=2)))


@PAIRS
def test_perturbation_confusion(outer, inner):
    """The examples of Siskind and Pearlmutter (2005) and of Manzyuk et al. (2019)."""
    D, d = DERIVATIVES[outer], DERIVATIVES[inner]
    assert D(lambda x: x * d(lambda y: x + y)(1.0))(1.0) == 1.0
    assert D(lambda x: x * d(lambda y: x * y)(2.0))(3.0) == 6.0
    assert D(lambda x: d(lambda y: x * y * y)(x))(5.0) == 20.0
    assert D(lambda x: d(lambda y: x)(x))(5.0) == 0.0
    assert D(lambda x: d(d(lambda y: x * y**3))(2.0))(7.0) == 12.0
    assert D(lambda x: d(lambda _: d(lambda y: x * y)(x))(x) + x)(2.0) == 1.0


@PAIRS
def test_a_derivative_operator_that_escapes_its_argument(outer, inner):
    """Manzyuk et al., Perturbation confusion in forward automatic differentiation of higher-order functions, 2019, section 2."""
    D, d = DERIVATIVES[outer], DERIVATIVES[inner]

    def shifted(u):
        return lambda f: lambda x: f(x + u)

    def slope_of_shift(f):
        return lambda x: d(lambda u: shifted(u)(f)(x))(0.0)

    assert slope_of_shift(slope_of_shift(exp))(1.0) == pytest.approx(math.e, rel=1e-15)
    assert D(slope_of_shift(sin))(1.0) == pytest.approx(-math.sin(1.0), rel=1e-15)


@PAIRS
def test_second_derivatives_by_every_pair_of_ways(outer, inner):
    second = DERIVATIVES[outer](DERIVATIVES[inner](lambda x: sin(x) * exp(x) / (1 + x * x)))(0.7)
    assert second == pytest.approx(2 * taylor(lambda x: sin(x) * exp(x) / (1 + x * x), 0.7, 2)[2], rel=1e-13)


@pytest.mark.parametrize("ways", list(itertools.product(("grad", "jvp", "taylor"), repeat=3)))
def test_third_derivatives_by_every_triple_of_ways(ways):
    f = sin
    for way in ways:
        f = DERIVATIVES[way](f)
    assert f(0.7) == pytest.approx(-math.cos(0.7), rel=1e-14)


def test_a_linear_map_made_outside_is_applied_inside():
    _, along = linearize(lambda x: x**3, 2.0)
    _, pull = vjp(lambda x: x**3, 2.0)
    assert grad(lambda v: along(v) ** 2)(1.0) == 2 * 12.0 * 12.0
    assert grad(lambda u: pull(u)[0] ** 2)(1.0) == 2 * 12.0 * 12.0
    assert jvp(lambda v: along(v * v), (3.0,), (1.0,)) == (108.0, 72.0)


def test_a_linear_map_made_inside_is_applied_outside():
    assert grad(lambda x: linearize(lambda y: y**3, x)[1](1.0))(2.0) == 12.0
    assert grad(lambda x: vjp(lambda y: y**3, x)[1](x)[0])(2.0) == 36.0


def test_closed_over_values_stay_in_the_graph():
    w = Value(3.0, name="w")
    slope = grad(lambda x: w * x * x)(2.0)
    assert isinstance(slope, Value)
    assert (slope.data, w.grad) == (12.0, 0.0)
    penalty = slope**2
    penalty.backward()
    assert w.grad == 2 * 12.0 * 4.0
    assert jvp(lambda x: w * x, (2.0,), (1.0,))[1] is w
    assert gradient(jacfwd(lambda x: [w * x, x])(2.0)[0], w).data == 1.0
    assert jacfwd(lambda x: [w * x, x])(2.0)[1] == 1.0


def test_the_values_that_a_function_is_given_stay_in_the_graph():
    w, x = Value(3.0), Value(2.0)
    slope = grad(lambda x: w * x**3)(x)
    slope.backward()
    assert (slope.data, w.grad, x.grad) == (36.0, 12.0, 36.0)
    assert isinstance(grad(lambda x: 3 * x)(x), Value)


def test_a_gradient_penalty_has_second_derivatives():
    def penalty(w):
        return sum(slope**2 for slope in grad(lambda x: sin(w[0] * x[0]) * x[1])([0.3, 0.7]))

    found = grad(penalty)([1.2])[0]
    w, x, y = 1.2, 0.3, 0.7
    expected = 2 * (w * math.cos(w * x) * y) * (math.cos(w * x) - w * x * math.sin(w * x)) * y + 2 * math.sin(w * x) * x * math.cos(w * x)
    assert found == pytest.approx(expected, rel=1e-14)


def test_formulas():
    x = Formula.symbol("x")
    assert str(grad(lambda x: sin(2 * x))(x)) == "2 * cos(2 * x)"
    assert str(jvp(sin, (x,), (Formula.symbol("v"),))[1]) == "cos(x) * v"
    assert str(hessian(lambda x: x**3)(x)) == str(grad(grad(lambda x: x**3))(x)) == "2 * x * 3"
    assert str(taylor(cos, x, 2)[1]) == "-sin(x)"
    assert str(x + grad(lambda y: x * y)(x)) == "x + x"


def test_hvp_is_the_hessian_times_the_vector():
    def f(p):
        return sin(p["a"] * p["b"][0]) + exp(p["b"][1]) * p["a"] ** 2

    p, v = {"a": 0.5, "b": [1.5, -0.3]}, {"a": 1.0, "b": [-2.0, 0.25]}
    rows = hessian(f)(p)
    direction = [1.0, -2.0, 0.25]

    def flat(tree):
        return [tree["a"], *tree["b"]]

    expected = [sum(h * d for h, d in zip(flat(row), direction, strict=True)) for row in flat(rows)]
    assert flat(hvp(f, (p,), (v,))) == pytest.approx(expected, rel=1e-14)
    assert all(
        rows_ij == pytest.approx(rows_ji) for rows_ij, rows_ji in zip(flat(rows["a"]), [flat(r)[0] for r in flat(rows)], strict=True)
    )


def test_eight_gradients_of_gradients():
    """sin(x)·eˣ·tanh(x), whose derivatives SymPy has, too: see test_taylor_series."""
    f = lambda x: sin(x) * exp(x)  # noqa: E731
    for _ in range(8):
        f = grad(f)
    assert f(0.7) == pytest.approx(16 * math.sin(0.7) * math.exp(0.7), rel=1e-13)


def test_no_grad_outside_does_not_concern_a_transform():
    w = Value(3.0)
    with no_grad():
        assert grad(lambda x: x**3)(2.0) == hessian(lambda x: x**3)(2.0) == 12.0
        assert jvp(lambda x: x**3, (2.0,), (1.0,)) == (8.0, 12.0)
        slope = grad(lambda x: w * x)(2.0)
    assert (slope.data, slope.op) == (3.0, None)


@pytest.mark.parametrize("way", DERIVATIVES)
def test_no_grad_inside_makes_constants(way):
    def f(x):
        with no_grad():
            fixed = x * x
        return fixed * x

    @no_grad()
    def square(x):
        return x * x

    for constant in (f, lambda x: (x * x).detach() * x, lambda x: square(x) * x):
        assert DERIVATIVES[way](constant)(3.0) == 9.0
        assert DERIVATIVES[way](lambda y, constant=constant: DERIVATIVES[way](constant)(y) * y)(3.0) == 9.0
        assert hessian(constant)(3.0) == grad(grad(constant))(3.0) == 0.0
        assert value_and_grad(constant)(3.0) == (27.0, 9.0)


def test_rows_called_with_values_first():
    v = Value(2.0)
    assert jvp(lambda x: maximum(v, x), (3.0,), (1.0,))[1].data == 1.0
    assert jvp(lambda x: v.maximum(x), (3.0,), (1.0,))[1].data == 1.0
    assert jvp(lambda x: v**x + v - x, (3.0,), (1.0,))[1].data == pytest.approx(8 * math.log(2) - 1)
    assert str(jvp(lambda x: Formula.symbol("a") + x, (3.0,), (1.0,))[1]) == "1"


def test_a_network_is_differentiated_by_its_input_to_second_order():
    net = MLP(1, [4, 1], seed=0, activation="tanh")
    W, B, V = ([p.data for p in net.parameters() if p.name.startswith(k)] for k in ("W_h", "B_h", "W_o"))

    def by_hand(x):
        a = [math.tanh(w * x + c) for w, c in zip(W, B, strict=True)]
        return sum(v * -2 * t * (1 - t * t) * w * w for v, t, w in zip(V, a, W, strict=True))

    second = grad(grad(lambda x: net([x])))
    assert second(0.3).data == pytest.approx(by_hand(0.3), rel=1e-12)
    program = trace(lambda x: (second(x) + net([x])) ** 2, inputs=0.3, parameters=net)
    xs = np.linspace(-3, 3, 100)
    expected = [(by_hand(x) + net([x]).data) ** 2 for x in xs.tolist()]
    assert program(xs) == pytest.approx(expected, rel=1e-12)
