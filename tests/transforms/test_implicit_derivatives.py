"""Derivatives of roots against those of the roots' formulas, and against SymPy's implicit ones."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy
from mpmath import mp, mpf

from autograd import Value, cos, custom_root, exp, grad, gradient, hessian, jacobian, jvp, log, sin, sqrt, taylor
from autograd.transforms.implicit import solve_linear


def bisection(f, low, high):
    while True:
        middle = (low + high) / 2
        if middle in (low, high):
            return middle
        low, high = (middle, high) if f(low) * f(middle) > 0 else (low, middle)


square_root = custom_root(lambda x, a: x * x - a, lambda a: bisection(lambda x: x * x - a, 0.0, 10.0))
kepler = custom_root(lambda E, M, e: E - e * sin(E) - M, lambda M, e: bisection(lambda E: E - e * math.sin(E) - M, -10.0, 10.0))


def test_every_transform_to_every_order():
    f = g = None
    for k in range(5):
        f, g = (square_root, sqrt) if k == 0 else (grad(f), grad(g))
        assert f(2.0) == pytest.approx(g(2.0), rel=1e-13)
    assert jvp(square_root, (2.0,), (3.0,)) == pytest.approx(jvp(sqrt, (2.0,), (3.0,)), rel=1e-15)
    assert taylor(square_root, 2.0, 9) == pytest.approx(taylor(sqrt, 2.0, 9), rel=1e-12)
    assert taylor(grad(square_root), 2.0, 3) == pytest.approx(taylor(grad(sqrt), 2.0, 3), rel=1e-12)


def test_keplers_equation():
    """dE/dM = 1/(1 - e·cos E), d²E/dM² = -e·sin E/(1 - e·cos E)³, dE/de = sin E/(1 - e·cos E)"""
    M, e = 1.2, 0.4
    E = kepler(M, e)
    assert E - e * math.sin(E) == pytest.approx(M, rel=1e-15)
    slope = 1 / (1 - e * math.cos(E))
    assert grad(kepler, (0, 1))(M, e) == pytest.approx((slope, math.sin(E) * slope), rel=1e-14)
    (second, mixed), (mixed_too, _) = hessian(kepler, (0, 1))(M, e)
    assert second == pytest.approx(-e * math.sin(E) * slope**3, rel=1e-13)
    assert mixed == pytest.approx(mixed_too, rel=1e-13)


def test_recorded_values_have_the_derivatives_that_are_asked_for():
    a = Value(2.0)
    for order in (1, 2, 3, 6):
        found, expected = custom_root(lambda x, a: x * x - a, lambda a: a**0.5, order)(a), sqrt(a)
        for _ in range(order):
            found, expected = gradient(found, a), gradient(expected, a)
            assert found.data == pytest.approx(expected.data, rel=1e-12)


def test_several_unknowns():
    def by_formula(p):
        y = sqrt(p["r"] / (1 + p["k"] ** 2))
        return {"x": p["k"] * y, "y": [y]}

    def plain(p):
        y = math.sqrt(p["r"] / (1 + p["k"] ** 2))
        return {"x": p["k"] * y * (1 + 1e-7), "y": [y]}  # a solver that stopped early

    def f(u, p):
        return [u["x"] ** 2 + u["y"][0] ** 2 - p["r"], u["x"] - p["k"] * u["y"][0]]

    p = {"r": 2.0, "k": 0.7}
    root = custom_root(f, plain)
    found, expected = jacobian(root)(p), jacobian(by_formula)(p)
    assert found["x"] == pytest.approx(expected["x"], rel=1e-14)
    assert found["y"][0] == pytest.approx(expected["y"][0], rel=1e-14)
    found, expected = jacobian(jacobian(root))(p), jacobian(jacobian(by_formula))(p)
    assert found["x"]["r"] == pytest.approx(expected["x"]["r"], rel=1e-12)
    assert root(p)["x"] == pytest.approx(by_formula(p)["x"], rel=1e-15)


def test_linear_systems_in_arrays():
    A, b = np.array([[4.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 2.0]]), np.array([1.0, 2.0, 3.0])
    solution = custom_root(lambda x, b: A @ x - b, lambda b: np.linalg.solve(A, b))
    assert jacobian(solution)(b) == pytest.approx(np.linalg.inv(A), rel=1e-13, abs=1e-14)


def test_digits_and_fractions():
    with mp.workdps(50):
        slope = grad(custom_root(lambda x, a: cos(x) - a * x, lambda a: mpmath.findroot(lambda x: mpmath.cos(x) - a * x, 0.7)))(mpf(1))
        x = mpmath.findroot(lambda x: mpmath.cos(x) - x, 0.7)
        assert abs(slope + x / (mpmath.sin(x) + 1)) < mpf(10) ** -48
        float_start = custom_root(lambda x, a: x * x - a, lambda a: float(a) ** 0.5)
        assert abs(grad(float_start)(mpf(2)) - 1 / (2 * mpmath.sqrt(2))) < mpf(10) ** -48
    a = Fraction(9, 4)
    assert grad(custom_root(lambda x, a: x * x - a, lambda a: Fraction(3, 2)))(a) == Fraction(1, 3)


def test_symbols():
    a = sympy.Symbol("a", positive=True)
    root = custom_root(lambda x, a: x**3 - a, lambda a: a ** sympy.Rational(1, 3))
    assert sympy.simplify(grad(root)(a) - sympy.diff(sympy.cbrt(a), a)) == 0


def test_a_fixed_point_and_an_optimum():
    """The minimum of exp(x) - a·x is log(a): the root of its derivative."""
    optimum = custom_root(lambda x, a: grad(lambda x: exp(x) - a * x)(x), lambda a: math.log(a))
    assert grad(optimum)(3.0) == pytest.approx(1 / 3, rel=1e-14)
    assert grad(grad(optimum))(3.0) == pytest.approx(-1 / 9, rel=1e-13)
    assert grad(lambda a: optimum(a) * a)(3.0) == pytest.approx(grad(lambda a: log(a) * a)(3.0), rel=1e-14)


def test_what_is_no_root():
    with pytest.raises(ValueError, match=r"\[17.0\] is no root of <lambda>: Newton's method moves it by"):
        custom_root(lambda x, a: x * x - a, lambda a: 17.0)(2.0)
    with pytest.raises(ValueError, match="is singular at"):
        custom_root(lambda x, a: x * x - a, lambda a: 0.0)(0.0)
    with pytest.raises(TypeError, match="as many numbers as there are unknowns: 2, not 1"):
        custom_root(lambda x, a: x[0] + x[1] - a, lambda a: [a / 2, a / 2])(2.0)


def test_linear_equations():
    rows = [[Fraction(0), Fraction(2), Fraction(1)], [Fraction(1), Fraction(1), Fraction(1)], [Fraction(2), Fraction(0), Fraction(5)]]
    x = [Fraction(3), Fraction(-1, 2), Fraction(7, 3)]
    right = [sum(a * b for a, b in zip(row, x, strict=True)) for row in rows]
    assert solve_linear(rows, right) == x
    with pytest.raises(ZeroDivisionError):
        solve_linear([[1.0, 2.0], [2.0, 4.0]], [1.0, 2.0])
    assert solve_linear([], []) == []
