"""Every row of the op table against mpmath: its value, its partials, and every form in which it can be had."""

import builtins
import itertools
import math
import struct
from enum import IntEnum

import latex
import mpmath
import numpy as np
import oracle
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf

from autograd import OPS, DomainError, Formula, Value, backend, kernels, ops
from autograd.foreign import columnwise
from autograd.formula import differentiate
from autograd.op import op

ROWS = pytest.mark.parametrize("row", OPS.values(), ids=list(OPS))
SYMBOLS = "abc"
MP_NAMES = {**oracle.VALUE, "sqrt": mpmath.sqrt}
TINY = 1e-15  # an absolute floor, for results that are a difference of numbers of size 1


def inputs(row):
    return st.tuples(*[st.floats(low, high) for low, high in row.at])


def smooth(row, xs):
    if row is ops.where:
        return xs[0] == 0 or abs(xs[0]) > 1e-3
    if row is ops.hypot:
        return max(map(abs, xs)) > 1e-3  # its kink is a point
    return row.kink is None or abs(row.kink(*xs)) > 1e-3


def bits(x):
    return struct.pack("<d", x)


def symbols(row):
    return [Formula.symbol(letter) for letter in SYMBOLS[: row.arity]]


def test_every_row_has_an_oracle_and_every_oracle_a_row():
    assert set(oracle.VALUE) == set(OPS)


@ROWS
@settings(max_examples=40)
@given(data=st.data())
def test_row(row, data):
    xs = data.draw(inputs(row))
    on = dict(zip(SYMBOLS, xs, strict=False))
    y = row(*xs)
    assert type(y) is float

    with mp.workdps(30):
        exact = oracle.VALUE[row.name](*map(mpf, xs))
        assert oracle.close(y, exact, 1e-14, 1e-300), "value"
        formula = row(*symbols(row))
        assert oracle.close(eval(formula.text, {**OPS, **on}), exact, 1e-14, 1e-300), formula.text
        letters = {Formula.symbol(letter).latex: mpf(x) for letter, x in on.items()}
        assert oracle.close(latex.evaluate(formula.latex, letters, oracle.VALUE, mpf), exact, 1e-28), formula.latex

    assert bits(kernels.on_floats(row)(*xs)) == bits(float(row.fn(*xs))), "generated code"
    node = row(*[Value(x) for x in xs])
    last_place = backend == "native" and row in (ops.hypot, ops.atan2)  # math's and the C library's may differ in it
    assert bits(node.data) == bits(y) or (last_place and node.data == pytest.approx(y, rel=2.3e-16)), "recorded value"

    columns = [np.array([x, x]) for x in xs]
    column = row(*columns)
    assert isinstance(column, np.ndarray)
    assert column.dtype == np.float64
    assert column == pytest.approx([y, y], rel=4e-15, abs=1e-300), "array form"
    assert float(row(*map(np.float64, xs))) == pytest.approx(y, rel=4e-15, abs=1e-300), "NumPy scalars"

    assume(smooth(row, xs))
    for i in range(row.arity):
        exact = oracle.slope(row.name, i, xs)
        assert oracle.close(row.derivative(i, y, *xs), exact, 1e-13, TINY), f"partial {i}"
        assert oracle.close(node.partials[i], exact, 1e-13, TINY), f"recorded partial {i}"
        shown = differentiate(row, i, Formula.symbol("y"), tuple(symbols(row)))
        with mp.workdps(30):
            high = {name: mpf(x) for name, x in on.items()} | {"y": oracle.VALUE[row.name](*map(mpf, xs)), "pi": mp.pi}
            assert oracle.close(eval(shown.text, {**MP_NAMES, **high}), exact, 1e-14, TINY), shown.text
            spelt = {Formula.symbol(name).latex: x for name, x in high.items() if name != "pi"}
            assert oracle.close(latex.evaluate(shown.latex, spelt, oracle.VALUE, mpf), exact, 1e-14, TINY), shown.latex
        textbook = eval(shown.text, {**OPS, **on, "y": y, "pi": math.pi})
        assert textbook == pytest.approx(row.derivative(i, y, *xs), rel=1e-11, abs=1e-13), "the textbook's form on floats"


@ROWS
@settings(max_examples=10)
@given(data=st.data())
def test_row_over_mpmath_has_as_many_digits_as_asked(row, data):
    xs = data.draw(inputs(row))
    with mp.workdps(30):
        high = [mpf(x) for x in xs]
        got = row(*high)
        assert isinstance(got, mpf)
        assert oracle.close(got, oracle.VALUE[row.name](*high), 1e-25, mpf("1e-300"))


@ROWS
@settings(max_examples=10)
@given(data=st.data())
def test_partials_run_over_arrays(row, data):
    xs = data.draw(inputs(row))
    y = row(*xs)
    columns = [np.array([x, x]) for x in xs]
    for i in range(row.arity):
        with np.errstate(all="ignore"):  # of both branches of a where, only one is taken
            got = row.partials[i](row(*columns), *columns)
        assert np.broadcast_to(got, 2) == pytest.approx([row.derivative(i, y, *xs)] * 2, rel=1e-14, abs=1e-15)


@pytest.mark.parametrize("row", [ops.hypot, ops.atan2])
def test_the_slopes_at_the_origin_are_0_in_any_precision(row):
    assert [rule(mpf(0), mpf(0), mpf(0)) for rule in row.partials] == [0, 0]


SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.0, 1e-320, 1e300, -1e300, math.inf, -math.inf, math.nan)


@ROWS
def test_floats_and_arrays_agree_on_the_special_numbers(row):
    grids = np.meshgrid(*[SPECIAL] * row.arity)
    columns = [grid.ravel() for grid in grids]
    with np.errstate(all="ignore"):
        array = row(*columns)
    wrong = []
    for k, y in enumerate(array):
        xs = [float(column[k]) for column in columns]
        try:
            x = row(*xs)
        except DomainError:
            x = math.nan
        if not (math.isnan(x) and math.isnan(y)) and x != pytest.approx(float(y), rel=4e-15, abs=0):
            wrong.append((xs, "float", x, "array", float(y)))
    assert wrong == []


@pytest.mark.parametrize("row", [row for row in OPS.values() if row.associative or row.commutative], ids=lambda row: row.name)
@given(xs=st.tuples(*[st.floats(-1e3, 1e3)] * 3))
def test_what_a_row_says_of_its_operands(row, xs):
    a, b, c = xs
    if row.commutative:
        assert bits(row(a, b)) == bits(row(b, a))
    if row.associative:
        f = oracle.VALUE[row.name]
        with mp.workdps(600):
            a, b, c = map(mpf, xs)
            assert oracle.close(f(a, f(b, c)), f(f(a, b), c), 1e-100, mpf(10) ** -100)


@pytest.mark.parametrize("row", [ops.minimum, ops.maximum])
def test_what_is_written_holds_at_a_tie(row):
    y, a, b = (Formula.symbol(name) for name in "yab")
    for i in (0, 1):
        assert eval(differentiate(row, i, y, (a, b)).text, {**OPS, "a": 2.0, "b": 2.0}) == row.derivative(i, 2.0, 2.0, 2.0) == 0.5


def test_of_zeros_the_sign_is_that_of_numpy_and_python():
    numbers = [x for x in SPECIAL if not math.isnan(x)]
    assert [bits(ops.sign(x)) for x in numbers] == [bits(float(np.sign(x))) for x in numbers]
    for a, b in itertools.product(numbers, repeat=2):  # of two that are equal the first
        assert (bits(ops.maximum(a, b)), bits(ops.minimum(a, b))) == (bits(max(a, b)), bits(min(a, b)))
        assert (bits(ops.maximum(Value(a), b).data), bits(ops.minimum(Value(a), b).data)) == (bits(max(a, b)), bits(min(a, b)))


@pytest.mark.parametrize(
    "size", [0.5, 2.0**50 + 0.75, 2.0**51 - 0.25, 2.0**51 + 0.5, 2.0**52 - 0.5, 2.0**52 + 1, 2.0**53 - 1, 1e300, math.inf]
)
def test_whole_numbers_are_told_to_the_ends_of_the_floats(size):
    for x in (size, -size):
        assert (ops.floor(x), ops.ceil(x)) == (np.floor(x), np.ceil(x))
        assert (Value(x).floor().data, Value(x).ceil().data) == (np.floor(x), np.ceil(x))


@ROWS
def test_partials_over_values_are_those_over_floats_at_the_special_numbers_too(row):
    finite = [x for x in SPECIAL if math.isfinite(x)]
    for xs in itertools.product(finite if row.arity < 3 else finite[:6], repeat=row.arity):
        try:
            y = row(*xs)
        except DomainError:
            continue
        for i in range(row.arity):
            with np.errstate(all="ignore"):
                partial = row.scalar[i](Value(y), *map(Value, xs))
            assert getattr(partial, "data", partial) == pytest.approx(row.derivative(i, y, *xs), rel=0, abs=0, nan_ok=True), (i, xs)


@ROWS
def test_nothing_but_nan_comes_out_where_an_input_that_counts_is_nan(row):
    for i in range(row.arity):
        if row is ops.where:
            continue
        xs = [0.5] * row.arity
        xs[i] = math.nan
        if row in (ops.leaky_relu, ops.elu) and i == 1:
            xs[0] = -0.5  # the slope counts on this side only
        assert math.isnan(row(*xs)), xs


@pytest.mark.parametrize(
    ("row", "i", "xs"),
    [
        ("tanh", 0, (8.0,)), ("tanh", 0, (-18.5,)), ("tanh", 0, (300.0,)), ("sigmoid", 0, (40.0,)), ("sigmoid", 0, (-700.0,)),
        ("softplus", 0, (-40.0,)), ("silu", 0, (-40.0,)), ("gelu", 0, (-8.0,)), ("erfc", 0, (5.0,)), ("asin", 0, (1 - 1e-12,)),
        ("acos", 0, (-1 + 1e-12,)), ("atan2", 0, (1e200, 1e200)), ("atan2", 1, (-2.0, -3.0)), ("atan2", 0, (2.0, -3.0)),
        ("hypot", 0, (1e200, -1e200)), ("expm1", 0, (1e-9,)), ("log1p", 0, (-1 + 1e-9,)), ("pow", 0, (-2.0, 3.0)), ("elu", 0, (-40.0, 1.0)),
    ],
)  # fmt: skip
def test_partials_keep_their_digits_far_out(row, i, xs):
    got = OPS[row].derivative(i, OPS[row](*xs), *xs)
    with mp.workdps(400):
        expected = oracle.slope(row, i, xs, digits=400)
    assert oracle.close(got, expected, 1e-12)


@pytest.mark.parametrize(
    ("row", "xs"),
    [
        ("sigmoid", (-745.0,)), ("sigmoid", (-1000.0,)), ("softplus", (-40.0,)), ("softplus", (800.0,)),
        ("gelu", (-10.0,)), ("silu", (-700.0,)),
        ("log1p", (1e-20,)), ("expm1", (1e-20,)), ("elu", (-1e-20, 1.0)), ("hypot", (3e200, 4e200)), ("hypot", (3e-200, 4e-200)),
        ("erfc", (20.0,)),
    ],
)  # fmt: skip
def test_values_keep_their_digits_far_out(row, xs):
    with mp.workdps(700):
        expected = oracle.VALUE[row](*map(mpf, xs))
    assert oracle.close(OPS[row](*xs), expected, 1e-12, 1e-323)


def test_a_condition_may_be_a_comparison_of_plain_numbers():
    x = 2.0
    assert ops.where(x > 1, 1.0, 2.0) == 1.0


@pytest.mark.parametrize(
    ("call", "part"),
    [
        (lambda: ops.exp(), "exp takes 1 argument, got 0"),
        (lambda: ops.maximum(1.0), "maximum takes 2 arguments, got 1"),
        (lambda: ops.elu(1.0, 2.0, 3.0), "elu takes 1 to 2 arguments, got 3"),
        (lambda: ops.exp("1"), "str '1'"),
        (lambda: ops.exp(None), "None"),
        (lambda: ops.exp(np.array([1j])), "complex128"),
    ],
)
def test_wrong_arguments_are_refused_by_name(call, part):
    with pytest.raises(TypeError) as caught:
        call()
    assert part in str(caught.value)


def test_aliases_are_methods_and_defaults_are_filled_in():
    assert Value(0.0).arctan2(1.0).op is ops.atan2
    assert Value(0.5).arcsin().data == math.asin(0.5)
    assert ops.leaky_relu(-1.0) == -0.01
    assert ops.elu(-1.0) == math.expm1(-1.0)
    assert Value(-1.0).leaky_relu(0.5).data == -0.5
    assert [math.isclose(v, 0.5 * x) for v, x in zip(ops.leaky_relu(np.array([-1.0, -2.0]), 0.5), (-1, -2), strict=True)] == [True, True]


def test_numbers_of_other_types_are_the_floats_they_turn_into():
    class Metres(float):
        pass

    class Level(IntEnum):
        HIGH = 3

    assert ops.exp(Metres(1.0)) == math.e and type(ops.exp(Metres(1.0))) is float
    assert ops.add(Level.HIGH, 1.5) == 4.5 and type(ops.neg(Level.HIGH)) is float


def test_a_row_that_numpy_lacks_goes_through_columns_itself():
    points = np.array([-0.5, 0.0, 2.0])
    assert columnwise(ops.erf) is ops.erf and columnwise(ops.erf)(points).tolist() == [math.erf(x) for x in points]
    assert columnwise(ops.sin) is np.sin and columnwise(ops.sigmoid) is ops.sigmoid.fn


def test_a_row_of_more_operands_than_the_engines_have_room_for_is_refused():
    before = dict(OPS)
    slope = lambda y, a, b, c, d: 1.0  # noqa: E731
    with pytest.raises(ValueError, match="total has 4 operands, and a row of the table at most 3"):
        op("total", lambda a, b, c, d: a + b + c + d, slope, slope, slope, slope)
    assert before == OPS
    assert op("total", lambda a, b, c, d: a + b + c + d, slope, slope, slope, slope, listed=False).arity == 4


def test_two_rows_have_no_name_in_common():
    before = dict(OPS)
    with pytest.raises(ValueError, match="the table has a row 'exp' already"):
        op("exp", math.exp, lambda y, x: y)
    assert before == OPS


def test_a_star_imports_what_there_is_and_no_modules():
    scope = {}
    exec("from autograd import *", scope)
    assert {"Value", "Graph", "grad", "trace", "check", "check_grads", "tanh", "where", "custom", "no_grad"} < scope.keys()
    assert not [name for name, thing in scope.items() if isinstance(thing, type(math)) or hasattr(builtins, name)]


@pytest.mark.parametrize("x", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(("low", "high"), [(0.8, 0.3), (0.3, 0.8)])
def test_clip_where_its_bounds_have_crossed_is_its_upper_bound(x, low, high):
    leaves = [Value(x), Value(low), Value(high)]
    y = ops.clip(*leaves)
    y.backward()
    assert y.data == min(max(x, low), high)
    chosen = "high" if max(x, low) > high else "low" if low > x else "x"
    assert [leaf.grad for leaf in leaves] == [float(chosen == name) for name in ("x", "low", "high")]


def test_a_column_that_no_row_has_is_refused():
    with pytest.raises(TypeError, match="a row has no column 'colour'"):
        op("tint", math.sin, lambda y, x: 1.0, colour="red", listed=False)
    plain = op("plain", math.sin, lambda y, x: 1.0, text="", absorbing=0, listed=False)
    assert (plain.text, plain.absorbing, plain.neutral, plain.prec) == ("plain({0})", 0, (None,), OPS["sin"].prec)
