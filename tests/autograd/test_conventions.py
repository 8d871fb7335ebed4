"""Where a derivative jumps, a value is infinite, or there is none: the conventions that the table states."""

import math

import pytest

from autograd import OPS, DomainError, Value, ops


@pytest.mark.parametrize(
    ("row", "xs", "slopes"),
    [
        ("relu", (0.0,), (0.0,)), ("relu", (-0.0,), (0.0,)), ("abs", (0.0,), (0.0,)), ("sign", (0.0,), (0.0,)), ("step", (0.0,), (0.0,)),
        ("maximum", (2.0, 2.0), (0.5, 0.5)), ("minimum", (2.0, 2.0), (0.5, 0.5)), ("hypot", (0.0, 0.0), (0.0, 0.0)),
        ("atan2", (0.0, 0.0), (0.0, 0.0)), ("leaky_relu", (0.0, 0.01), (0.01, 0.0)), ("elu", (0.0, 1.0), (1.0, 0.0)),
        ("elu", (0.0, 0.7), (0.7, 0.0)), ("log", (0.0,), (math.inf,)), ("sqrt", (0.0,), (math.inf,)), ("pow", (0.0, 0.0), (0.0, 0.0)),
        ("pow", (-3.0, 0.0), (0.0,)), ("pow", (0.0, 0.5), (math.inf, 0.0)), ("asin", (1.0,), (math.inf,)), ("acos", (-1.0,), (-math.inf,)),
        ("exp", (1000.0,), (math.inf,)), ("tanh", (1000.0,), (0.0,)), ("tanh", (-math.inf,), (0.0,)), ("sigmoid", (1000.0,), (0.0,)),
        ("sigmoid", (-1000.0,), (0.0,)), ("softplus", (1000.0,), (1.0,)), ("relu", (math.inf,), (1.0,)), ("sinh", (1000.0,), (math.inf,)),
        ("cbrt", (0.0,), (math.inf,)), ("cbrt", (-0.0,), (math.inf,)), ("pow", (-0.0, -2.0), (math.inf,)),
        ("pow", (-0.0, -1.0), (-math.inf,)),
        ("log", (math.inf,), (0.0,)), ("atan", (math.inf,), (0.0,)), ("erf", (100.0,), (0.0,)), ("gelu", (100.0,), (1.0,)),
    ],
)  # fmt: skip
def test_slopes(row, xs, slopes):
    leaves = [Value(x) for x in xs]
    OPS[row](*leaves).backward()
    assert tuple(leaf.grad for leaf in leaves)[: len(slopes)] == slopes


@pytest.mark.parametrize(
    ("make", "number"),
    [
        (lambda: Value(1.0) / 0, math.inf), (lambda: Value(-1.0) / 0, -math.inf), (lambda: 1 / Value(0.0), math.inf),
        (lambda: 1 / Value(-0.0), -math.inf),
        (lambda: Value(0.0).reciprocal(), math.inf), (lambda: Value(0.0).log(), -math.inf), (lambda: Value(-1.0).log1p(), -math.inf),
        (lambda: Value(1000.0).exp(), math.inf), (lambda: Value(-1000.0).exp(), 0.0), (lambda: Value(10.0) ** 1000, math.inf),
        (lambda: Value(-10.0) ** 1001, -math.inf), (lambda: Value(0.0) ** -1, math.inf), (lambda: Value(1e308) * 10, math.inf),
        (lambda: Value(1e200).square(), math.inf), (lambda: Value(-1000.0).sinh(), -math.inf), (lambda: Value(0.0) ** 0, 1.0),
        (lambda: Value(math.inf).tanh(), 1.0), (lambda: Value(math.inf).sigmoid(), 1.0), (lambda: Value(-math.inf).exp(), 0.0),
        (lambda: Value(math.inf).hypot(1.0), math.inf), (lambda: Value(-1000.0).softplus(), 0.0), (lambda: Value(1000.0).softplus(),
        1000.0),
    ],
)  # fmt: skip
def test_poles_and_overflow_are_infinite(make, number):
    assert make().data == number


@pytest.mark.parametrize("exponent", [-2.0, -1.0, 0.0, 1.0, 2.0])
def test_a_negative_base_has_no_slope_by_its_exponent(exponent):
    for base in (-1.0, -2.0, -0.5):
        b = Value(exponent)
        ops.pow_(base, b).backward()
        assert math.isnan(b.grad)


def test_the_slope_of_a_pole():
    for make, slope in (
        (lambda x: 1 / x, -math.inf),
        (lambda x: x.log(), math.inf),
        (lambda x: x**-2, -math.inf),
        (lambda x: x.sqrt(), math.inf),
    ):
        x = Value(0.0)
        make(x).backward()
        assert x.grad == slope


@pytest.mark.parametrize(
    ("make", "parts"),
    [
        (lambda: Value(0.0, name="p") / Value(0.0, name="q"), ("p / q", "p = 0", "q = 0")),
        (lambda: Value(-1.0, name="x").log(), ("log(x)", "x = -1", "x >= 0")),
        (lambda: Value(-1.0).log(), ("log", "-1")),
        (lambda: Value(2.0, name="u").asin(), ("asin(u)", "u = 2", "abs(x) <= 1")),
        (lambda: Value(-3.0, name="u").acos(), ("acos(u)", "u = -3")),
        (lambda: Value(-1.0, name="r").sqrt(), ("sqrt(r)", "r = -1")),
        (lambda: Value(-4.0).sqrt(), ("sqrt(-4)",)),
        (lambda: Value(math.inf, name="t").sin(), ("sin(t)", "t = inf")),
        (lambda: Value(-math.inf, name="t").tan(), ("tan(t)", "t = -inf")),
        (lambda: Value(-2.0, name="x").log1p(), ("log1p(x)", "x = -2", "x >= -1")),
        (lambda: Value(-8.0, name="b") ** 0.5, ("b**0.5", "b = -8")),
        (lambda: ops.log(-1.0), ("log", "-1")),
    ],
)
def test_what_has_no_value_is_refused_with_names_and_numbers(make, parts):
    with pytest.raises(DomainError) as caught:
        make()
    for part in parts:
        assert part in str(caught.value)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, ArithmeticError)


@pytest.mark.parametrize("x", [-1.0, 0.0, 0.5, 1.0, 2.0])
def test_between_bounds_that_are_crossed_nothing_passes(x):
    leaf = Value(x)
    clipped = ops.clip(leaf, 1.0, 0.0)  # PyTorch's clamp: "if min is greater than max, sets all elements to the value of max"
    clipped.backward()
    assert (clipped.data, leaf.grad) == (0.0, 0.0)


@pytest.mark.parametrize("row", [ops.minimum, ops.maximum])
def test_nan_goes_through_minimum_and_maximum(row):
    for pair in ((math.nan, 1.0), (1.0, math.nan), (math.nan, math.nan)):
        assert math.isnan(row(*pair))
        assert math.isnan(row(Value(pair[0]), Value(pair[1])).data)
    assert math.isnan(Value(math.nan).relu().data)


def test_a_nan_is_no_domain_error_where_it_came_in():
    for row in (ops.log, ops.sqrt, ops.sin, ops.exp, ops.sigmoid, ops.gelu):
        assert math.isnan(row(Value(math.nan)).data)
