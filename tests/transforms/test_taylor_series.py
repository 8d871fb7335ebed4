"""Taylor coefficients against SymPy's derivatives and mpmath's series."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import oracle
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from autograd import OPS, Formula, cos, exp, grad, jet, jvp, log, sin, tanh, taylor, where

SMOOTH = [row for row in OPS.values() if row.arity == 1 and row.kink is None]
X = sympy.Symbol("x")


def wave(x):
    return sin(x) * exp(x) * tanh(x)


@pytest.mark.parametrize("point", [Fraction(7, 10), Fraction(-3, 2), Fraction(1, 10), Fraction(2)])
def test_eight_derivatives_agree_with_sympy_to_twelve_digits(point):
    exact = sympy.sin(X) * sympy.exp(X) * sympy.tanh(X)
    coefficients = taylor(wave, float(point), 8)
    nested = wave
    for k in range(9):
        expected = sympy.diff(exact, X, k).subs(X, sympy.Rational(point)).evalf(40)
        assert abs(coefficients[k] * math.factorial(k) - expected) <= 1e-12 * abs(expected)
        assert abs(nested(float(point)) - expected) <= 1e-12 * abs(expected)
        nested = grad(nested)


def test_eight_derivatives_to_forty_digits():
    with mp.workdps(50):
        coefficients = taylor(wave, mpf("0.7"), 8)
        for k, coefficient in enumerate(coefficients):
            expected = sympy.diff(sympy.sin(X) * sympy.exp(X) * sympy.tanh(X), X, k).subs(X, sympy.Rational(7, 10)).evalf(60)
            assert oracle.close(coefficient * math.factorial(k), mpf(str(expected)), 1e-40)


@pytest.mark.parametrize("row", SMOOTH, ids=lambda row: row.name)
@settings(max_examples=5)
@given(data=st.data())
def test_every_smooth_row_has_mpmaths_series(row, data):
    x = data.draw(st.floats(*row.at[0]))
    if row.name in ("log", "sqrt", "reciprocal", "log1p", "asin", "acos", "tan"):
        x = round(x, 3)  # not next to a pole
    with mp.workdps(60):
        expected = mpmath.taylor(oracle.VALUE[row.name], mpf(x), 9)
        size = max(map(abs, expected))
        for got, exact in zip(taylor(row, x, 9), expected, strict=True):
            assert oracle.close(got, exact, 1e-9, 1e-11 * size)
    with mp.workdps(30):
        for got, exact in zip(taylor(row, mpf(x), 9), expected, strict=True):
            assert oracle.close(got, exact, 1e-18, 1e-22 * size)


@pytest.mark.parametrize("name", ["mul", "div", "pow", "atan2", "hypot"])
def test_rows_of_two_inputs(name):
    def path(t):
        return OPS[name](1.5 + sin(t), 0.7 + t * t)

    with mp.workdps(50):
        expected = mpmath.taylor(lambda t: oracle.VALUE[name](mpf("1.5") + mpmath.sin(t), mpf(0.7) + t * t), mpf("0.25"), 8)
    assert [float(exact) for exact in expected] == pytest.approx(taylor(path, 0.25, 8), rel=1e-11)


def test_rational_series_are_exact():
    fibonacci = taylor(lambda x: 1 / (1 - x - x * x), Fraction(0), 12)
    assert fibonacci == [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233]
    assert all(isinstance(c, Fraction) for c in fibonacci)
    assert taylor(lambda x: x**3, Fraction(0), 5) == [0, 0, 0, 1, 0, 0]
    assert taylor(lambda x: (1 + x) ** -2, Fraction(0), 4) == [1, -2, 3, -4, 5]


def test_high_orders_take_polynomial_time():
    coefficients = taylor(lambda x: exp(sin(x)) / (1 + x * x), 0.3, 30)
    with mp.workdps(80):
        expected = mpmath.taylor(lambda x: mpmath.exp(mpmath.sin(x)) / (1 + x * x), mpf(0.3), 30)
    assert coefficients == pytest.approx([float(exact) for exact in expected], rel=1e-8)
    assert taylor(tanh, 0.0, 99)[99] == pytest.approx(
        float(2 * (2**100 - 1) * 2**100 * mpmath.bernoulli(100) / mpmath.factorial(100) / 2), rel=1e-9
    )


def test_jet_has_jaxs_convention():
    """Derivatives along a path, not Taylor coefficients: (f∘x)'' = f''·x'² + f'·x''."""
    value, terms = jet(sin, (0.5,), ([2.0, 3.0],))
    assert value == math.sin(0.5)
    assert terms == pytest.approx([math.cos(0.5) * 2, -math.sin(0.5) * 4 + math.cos(0.5) * 3])
    value, terms = jet(lambda x, y: x * y, (2.0, 3.0), ([1.0, 0.0, 0.0], [1.0, 0.0, 0.0]))
    assert (value, terms) == (6.0, [5.0, 2.0, 0.0])
    value, terms = jet(lambda v: {"a": v[0] * v[1], "b": v}, (np.array([2.0, 3.0]),), ([np.array([1.0, 0.0])],))
    assert (value["a"], terms["a"]) == (6.0, [3.0])
    assert terms["b"][0].tolist() == [1.0, 0.0]
    assert jet(lambda x: 7.0, (2.0,), ([1.0, 0.0],)) == (7.0, [0.0, 0.0])


def test_series_within_transforms_and_transforms_within_series():
    assert grad(lambda x: taylor(sin, x, 3)[3])(0.4) == pytest.approx(math.sin(0.4) / 6, rel=1e-14)
    assert jvp(lambda x: taylor(exp, x, 2), (0.4,), (1.0,))[1] == pytest.approx([math.exp(0.4), math.exp(0.4), math.exp(0.4) / 2])
    assert taylor(grad(sin), 0.4, 2) == pytest.approx([math.cos(0.4), -math.sin(0.4), -math.cos(0.4) / 2])
    assert taylor(lambda x: taylor(lambda y: x * y * y, x, 1)[1], 3.0, 2) == [18.0, 12.0, 2.0]
    assert [str(c) for c in taylor(lambda x: x * x, Formula.symbol("a"), 2)][:2] == ["a * a", "a + a"]


def test_branches():
    assert taylor(lambda x: where(x > 1, x * x, x), 0.5, 2) == [0.5, 1.0, 0.0]
    assert taylor(lambda x: where(x, cos(x), log(x)), 2.0, 1) == [math.cos(2.0), -math.sin(2.0)]


def test_wrong_orders():
    with pytest.raises(ValueError, match="the order of a Taylor expansion must be at least 0, not -1"):
        taylor(sin, 0.0, -1)
    assert taylor(sin, 0.0, 0) == [0.0]
    with pytest.raises(ValueError, match="a series for each primal: 1 primals, 2 series"):
        jet(sin, (0.0,), ([1.0], [1.0]))
    with pytest.raises(ValueError, match="of one length, not of 1 and 2"):
        jet(lambda x, y: x, (0.0, 0.0), ([1.0], [1.0, 0.0]))
    with pytest.raises(TypeError, match="a term of the series must be built like"):
        jet(sin, (0.0,), ([[1.0]],))
