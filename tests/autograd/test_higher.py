"""A row's rules, called with Values, are differentiated again: three derivatives of every row against mpmath, at 0 too."""

import math

import mpmath
import oracle
import pytest
from mpmath import mp, mpf
from test_conventions_table import derivative

from autograd import OPS, DomainError, Value, grad

ONE = [row for row in OPS.values() if row.arity == 1]


def three(function, point):
    """The function's first three derivatives."""
    x = Value(point)
    y = function(x)
    found = []
    for _ in range(3):
        y = derivative(y, x)
        found.append(y.data)
    return found


@pytest.mark.parametrize("row", ONE, ids=lambda row: row.name)
def test_three_derivatives(row):
    low, high = row.at[0]
    for point in (0.0, 1.0, -1.0, low + 0.37 * (high - low), low + 0.81 * (high - low)):
        try:
            y = row(point)
        except DomainError:
            continue
        if not math.isfinite(y) or (row.kink is not None and row.kink(point) == 0) or (point == 0 and row.name in ("sqrt", "cbrt")):
            continue
        if abs(point) == 1 and row.name in ("asin", "acos", "acosh"):
            continue  # the slope is infinite there
        with mp.workdps(60):
            expected = [mpmath.diff(oracle.VALUE[row.name], mpf(point), k) for k in (1, 2, 3)]
        assert three(row, point) == pytest.approx(list(map(float, expected)), rel=1e-11, abs=1e-14), point


@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0, 3.0, -1.0, -2.0, 0.5, 2.5, 10.0, -0.3])
@pytest.mark.parametrize("point", [0.0, 0.7, -1.3])
def test_three_derivatives_of_powers(exponent, point):
    if (point <= 0 and not exponent.is_integer()) or (point == 0 and exponent < 0):
        return
    expected = [math.prod([exponent - j for j in range(k)]) for k in (1, 2, 3)]
    expected = [c * point ** (exponent - k) if c else 0.0 for k, c in enumerate(expected, 1)]
    assert three(lambda x: x**exponent, point) == pytest.approx(expected, rel=1e-13, abs=0)


@pytest.mark.parametrize("exponent", [-2.0, -0.5, 0.0, 0.5, 2.0, 3.0])
@pytest.mark.parametrize("base", [1.0, 0.3, 2.5])
def test_the_mixed_derivatives_of_a_power(base, exponent):
    a, b = Value(base), Value(exponent)
    y = a**b
    expected = base ** (exponent - 1) * (1 + exponent * math.log(base))
    assert derivative(derivative(y, b), a).data == pytest.approx(expected, rel=1e-13)
    assert derivative(derivative(y, a), b).data == pytest.approx(expected, rel=1e-13)
    assert derivative(derivative(y, b), b).data == pytest.approx(base**exponent * math.log(base) ** 2, rel=1e-13)


@pytest.mark.parametrize("x", [-40.0, 2.0, 15.0, 40.0])
def test_the_curvature_of_silu_keeps_its_digits(x):
    with mp.workdps(60):
        expected = float(mpmath.diff(oracle.VALUE["silu"], mpf(x), 2))
    assert grad(grad(OPS["silu"]))(x) == pytest.approx(expected, rel=1e-14, abs=0)
