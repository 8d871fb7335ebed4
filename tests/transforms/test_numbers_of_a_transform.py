"""The numbers that a function meets inside a transform: what they are compared with, shown as and kept from, and where they branch."""

import math
from fractions import Fraction

import numpy as np
import pytest

from autograd import (
    Value,
    atan2,
    exp,
    grad,
    gradient,
    hessian,
    hypot,
    jacfwd,
    jacrev,
    jvp,
    log,
    ops,
    sqrt,
    step,
    tanh,
    taylor,
    where,
)


def test_a_number_of_a_transform_never_becomes_a_float():
    with pytest.raises(TypeError, match="does not turn into a float: that would lose its derivative"):
        jvp(math.sin, (1.0,), (1.0,))
    with pytest.raises(TypeError, match=r"truth of .* is not defined"):
        jvp(lambda x: 1.0 if x else 0.0, (1.0,), (1.0,))
    with pytest.raises(TypeError, match="unhashable"):
        jvp(lambda x: {x: 1}, (1.0,), (1.0,))


def test_numbers_of_a_transform_are_printed():
    seen = []
    jvp(lambda x: seen.append(f"{x} {x:.2f}") or x, (0.5,), (1.0,))
    assert seen == ["Dual(0.5) 0.50"]
    with pytest.raises(TypeError, match="<lambda> returns None: use jacobian"):
        grad(lambda x: None)(1.0)


def test_a_number_that_was_kept_too_long():
    kept = []
    jvp(lambda x: kept.append(x) or x, (1.0,), (1.0,))

    def inner(x):
        jvp(lambda y: kept.append(y) or y, (1.0,), (1.0,))
        return x * kept[-1]

    with pytest.raises(ValueError, match="a number of a transform that has ended"):
        grad(inner)(Fraction(2))


def test_a_function_branches_by_value():
    def f(x):
        if x > 1 and x != 3 and (x == 3) is False and x >= 1 and x > 2 and x >= 2:
            return x * x
        return -x

    for transform in (grad(f), grad(grad(f)), lambda x: jvp(f, (x,), (1.0,))[1]):
        assert transform(0.5) in (-1.0, 0.0)
    assert jvp(f, (3.0,), (1.0,)) == (-3.0, -1.0)
    assert jvp(f, (4.0,), (1.0,)) == (16.0, 8.0)


def test_the_side_that_is_not_taken_makes_no_nan():
    def f(x):
        return where(step(x), log(x), x * 0.0)

    along = {"forward": lambda x: jvp(f, (x,), (1.0,))[1], "forward over reverse": lambda x: jvp(grad(f), (x,), (1.0,))[1]}
    for g in (grad(f), jacfwd(f), jacrev(f), hessian(f), grad(grad(grad(f))), jacfwd(jacfwd(f)), *along.values()):
        assert g(0.0) == 0.0
    assert taylor(f, 0.0, 3) == [0.0] * 4
    x = Value(0.0)
    slope = gradient(f(x), x)
    assert slope.data == gradient(slope, x).data == 0.0


def test_a_derivative_that_is_0_by_its_formula_stops_an_infinite_one():
    def f(x):
        return sqrt(step(x)) + x

    second = grad(grad(lambda x: x * x / 2 + sqrt(step(x))))
    for g in (grad(f), jacfwd(f), lambda x: jvp(f, (x,), (1.0,))[1], second, lambda x: taylor(f, x, 1)[1]):
        assert g(-1.0) == 1.0


def test_operands_of_numpy_are_plain_numbers():
    value, slope = jvp(lambda x: ops.mul(x * np.float64(2.0) + np.int64(1), np.array(3.0)), (1.5,), (1.0,))
    assert (value, slope) == (12.0, 6.0) and type(value) is type(slope) is float
    assert jvp(lambda x: x / np.float64(0.0), (1.0,), (1.0,)) == (math.inf, math.inf)  # NumPy would warn


def test_a_number_of_a_transform_is_compared_with_each_element_of_an_array():
    seen = []
    jvp(lambda x: seen.append((x < np.array([1.0, 3.0]), np.array([1.0, 3.0]) <= x, x == np.array([2.0, 3.0]))) or x, (2.0,), (1.0,))
    assert [mask.tolist() for mask in seen[0]] == [[False, True], [True, False], [True, False]]


def test_rows_are_methods_of_a_number_of_a_transform():
    assert grad(lambda x: x.exp().tanh())(0.5) == grad(lambda x: tanh(exp(x)))(0.5)
    assert grad(lambda x: +x)(0.5) == 1.0


@pytest.mark.parametrize("row", [hypot, atan2])
def test_at_a_kink_the_slope_inside_another_transform_is_the_convention_s(row):
    slope = grad(row, (0, 1))
    assert slope(0.0, 0.0) == (0.0, 0.0)
    assert jvp(slope, (0.0, 0.0), (1.0, 1.0))[0] == (0.0, 0.0)
