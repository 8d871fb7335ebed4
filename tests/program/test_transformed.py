"""Functions that take derivatives themselves, recorded for other points: what they compare is checked, and what they cut off refused."""

import copy
import math
import pickle
import re

import numpy as np
import pytest
from eager import as_arrays, by_tape

from autograd import (
    BranchError,
    Graph,
    Value,
    cos,
    custom,
    custom_root,
    grad,
    hessian,
    hvp,
    jacfwd,
    jvp,
    linearize,
    logaddexp,
    ops,
    stop_gradient,
    taylor,
    trace,
    value_and_grad,
    vjp,
)


def cube(t):
    return t**3 if t > 0 else t


TRANSFORMS = {
    "grad": lambda x: grad(cube)(x),
    "value_and_grad": lambda x: value_and_grad(cube)(x)[0],
    "grad of grad": lambda x: grad(grad(cube))(x),
    "jvp": lambda x: jvp(cube, (x,), (1.0,))[1],
    "vjp": lambda x: vjp(cube, x)[1](1.0)[0],
    "jacfwd": lambda x: jacfwd(cube)(x),
    "hessian": lambda x: hessian(cube)(x),
    "hvp": lambda x: hvp(cube, (x,), (1.0,)),
    "linearize": lambda x: linearize(cube, x)[1](1.0),
    "taylor": lambda x: taylor(cube, x, 2)[1],
    "max": lambda x: grad(lambda t: max(t**3, t))(x),
    "sorted": lambda x: grad(lambda t: sorted([t**3, t])[0])(x),
    "NumPy's maximum": lambda x: grad(lambda t: np.maximum(t**3, t))(x),
    "equal to a number": lambda x: grad(lambda t: t if t == 1.5 else t * t)(x),
    "a number first": lambda x: grad(lambda t: t**3 if t > 0 else t)(x),
    "of two": lambda x: grad(lambda v: v["a"] ** 2 if v["a"] > v["b"] else v["b"])({"a": x, "b": x * x - 1})["a"],
}


@pytest.mark.parametrize("made", TRANSFORMS.values(), ids=TRANSFORMS)
def test_a_comparison_inside_a_transform_is_a_guard(made):
    w = Value(2.0, name="w")
    program = trace(lambda x: made(x) * w, inputs=1.5, parameters=[w])
    assert program([1.5]) == pytest.approx([made(Value(1.5)).data * 2.0])
    with pytest.raises(BranchError, match="sample 1 takes another branch"):
        program([1.5, -5.0])


def test_a_comparison_inside_a_transform_is_known_where_nobody_watched():
    x = Value(1.0, name="x")
    slope = grad(cube)(x) * 1.0
    for use in (lambda: trace(slope, inputs=x), lambda: Graph(slope).evaluate({x: -5.0})):
        with pytest.raises(BranchError, match="was compared in Python"):
            use()
    t = Value(1.0, name="t")
    with pytest.raises(BranchError, match="takes another branch"):
        Graph.of(lambda t: grad(cube)(t) * 1.0, t).evaluate({t: -5.0})


CUTS = {
    "detach in a transform": lambda x, w: grad(lambda t: t * t.detach())(x) * w,
    "stop_gradient in a transform": lambda x, w: grad(lambda t: t * stop_gradient(t))(x) * w,
    "a copy": lambda x, w: copy.copy(x) * w,
    "a copy of the whole": lambda x, w: copy.deepcopy(x * 2) * w,
    "a copy by pickle": lambda x, w: pickle.loads(pickle.dumps(x)) * w,
    "custom_root": lambda x, w: custom_root(lambda r, a: r * r - a, lambda a: math.sqrt(a))(x) * w,
}


@pytest.mark.parametrize("name", CUTS)
@pytest.mark.parametrize("given", [None, "w"])
def test_what_would_keep_the_number_of_the_example_is_refused(name, given):
    w = Value(2.0, name="w")
    called = re.match("a copy|[a-z_]+", name).group()
    with pytest.raises(ValueError, match=f"^{called}.* in a function that is recorded for other points would keep the number of this one"):
        trace(lambda x: CUTS[name](x, w), inputs=1.5, parameters=None if given is None else [w])


def test_an_operation_may_be_defined_while_a_function_is_recorded():
    w = Value(2.0, name="w")

    def f(x):
        @custom(partials=lambda y, x: 2 * x)
        def own_square(x):
            return x * x

        return own_square(x) * w

    assert trace(f, inputs=1.5, parameters=[w])([1.0, 3.0]).tolist() == [2.0, 18.0]


@pytest.mark.parametrize("x", [0.0, 1e-9, 0.5])
def test_derivatives_that_are_recorded_hold_at_other_points(x):
    w = Value(1.0, name="w")
    for f in (lambda t: cos(logaddexp(t, t)) ** t, ops.tanh, ops.log1p, ops.silu, ops.gelu):
        for slope in (grad(f), grad(grad(f))):
            program = trace(lambda x, slope=slope: slope(x) * w, inputs=0.3, parameters=[w])
            assert program([0.3, x])[1] == pytest.approx((slope(Value(x)) * w).data, rel=1e-12)


def nested(f, order):
    for _ in range(order):
        f = grad(f)
    return f


SATURATED = {
    "log of tanh'": (lambda x: ops.log(grad(ops.tanh)(x)), 20.0),
    "log of the logistic's": (lambda x: ops.log(grad(ops.sigmoid)(x)), 38.0),
    "a power of tanh'": (lambda x: grad(ops.tanh)(x) ** -0.5, 12.0),
    "tanh'": (lambda x: grad(ops.tanh)(x), -12.0),
    "tanh''": (lambda x: grad(grad(ops.tanh))(x), 8.0),
    "the logistic's": (lambda x: grad(ops.sigmoid)(x), 20.0),
    "softplus''": (lambda x: grad(grad(ops.softplus))(x), 20.0),
    "asin'": (lambda x: grad(ops.asin)(x), 1 - 1e-9),
    "gelu'": (lambda x: grad(ops.gelu)(x), -8.0),
    "logaddexp'": (lambda x: grad(lambda a: ops.logaddexp(a, x))(x), 1e15 + 0.5),
    "silu'": (lambda x: grad(ops.silu)(x), 1e17),
    "silu''": (lambda x: grad(grad(ops.silu))(x), 40.0),
} | {
    f"{row.name}{order * chr(39)} at {x}": (lambda x, row=row, order=order: nested(row, order)(x), x)
    for row in (ops.tanh, ops.sigmoid, ops.asin, ops.acos, ops.atanh)
    for order in (1, 2, 3)
    for x in (1e-17, 1e-9, 1e-5, 0.5, 0.500001, 0.75)
}


@pytest.mark.parametrize("name", SATURATED)
def test_a_recorded_derivative_keeps_its_digits_far_from_where_it_was_recorded(name):
    f, x = SATURATED[name]
    w = Value(1.0, name="w")
    assert trace(lambda x: f(x) * w, inputs=0.3, parameters=[w])([x]) == pytest.approx([f(Value(x)).data], rel=1e-12, abs=0)


SINGULAR = {
    "x sqrt(x)": (lambda x: x * ops.sqrt(x), 1.0, 0.0),
    "a root where there is one": (lambda x: ops.where(ops.step(x), ops.sqrt(x), 0), 1.0, 0.0),
    "a power less than 1": (lambda x: x * x**0.3, 1.0, 0.0),
    "a cube root": (lambda x: x * ops.cbrt(x), 1.0, 0.0),
    "an angle": (lambda x: (1 - x) * ops.asin(x), 0.5, 1.0),
    "a root that is even": (lambda x: ops.where(ops.step(x), ops.sqrt(abs(x)), 0), 1.0, 0.0),
    "a unit that is no exponential there": (ops.elu, 0.3, 800.0),
    "a root of two variables": (lambda x: ops.where(ops.step(x), ops.sqrt(x * x + x), 1 + x), 1.0, 0.0),
}


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("name", SINGULAR)
@pytest.mark.parametrize("way", [as_arrays, by_tape])
def test_a_derivative_of_zero_times_an_infinite_one_is_zero_wherever_it_was_recorded(name, order, way):
    f, regular, singular = SINGULAR[name]
    w = Value(1.0, name="w")
    slope = nested(f, order)
    program = way(trace(lambda x: slope(x) * w, inputs=regular, parameters=[w]))
    expected = [slope(Value(x)).data for x in (regular, singular)]
    assert program([regular, singular]) == pytest.approx(expected, rel=1e-12, nan_ok=True)


TURNING = {
    "a logarithm's square": (lambda x: ops.log(x) ** 2, 1.0),
    "an exponential's distance": (lambda x: (ops.exp(x) - 1) ** 2, 0.0),
    "a quotient's": (lambda x: (1 / x - 1) ** 2, 1.0),
    "a root's": (lambda x: (ops.sqrt(x) - 1) ** 2, 1.0),
    "a power's": (lambda x: (x**-1.5 - 1) ** 2, 1.0),
    "a sine's": (lambda x: (ops.sinh(x) + 1) ** 2 * ops.cosh(x), ops.asinh(-1.0)),
}


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("name", TURNING)
@pytest.mark.parametrize("way", [as_arrays, by_tape])
def test_where_a_derivative_is_zero_by_chance_the_next_ones_are_right(name, order, way):
    f, x = TURNING[name]
    w = Value(1.0, name="w")
    slope = nested(f, order)
    program = way(trace(lambda x: slope(x) * w, inputs=x + 0.7, parameters=[w]))
    assert program([x, x + 0.7]) == pytest.approx([slope(x), slope(x + 0.7)], rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("way", [as_arrays, by_tape])
def test_so_they_are_of_a_function_that_was_recorded_where_a_derivative_is_infinite(way):
    w, slope = Value(1.0, name="w"), nested(lambda x: ops.atan2(ops.log2(x) ** 2, 0.75), 2)
    program = way(trace(lambda x: slope(x) * w, inputs=0.0, parameters=[w]))
    assert program([1.0, 0.5]) == pytest.approx([slope(1.0), slope(0.5)], rel=1e-12)


@pytest.mark.parametrize("recorded", [-1.0, 1.0])
@pytest.mark.parametrize("way", [as_arrays, by_tape])
def test_so_they_are_where_it_is_not_a_number(way, recorded):
    w, slope = Value(1.0, name="w"), nested(lambda x: (x - 1.3) * x**x, 3)
    program = way(trace(lambda x: slope(x) * w, inputs=recorded, parameters=[w]))
    assert program([1.3, 0.7]) == pytest.approx([slope(1.3), slope(0.7)], rel=1e-12)


ORIGIN = {
    "the length of nothing": (lambda x: ops.hypot(x, 2 * x), 2),
    "its angle": (lambda x: ops.atan2(x, 2 * x) * (1 + x), 2),
    "no information": (lambda x: ops.xlogy(x, x) + ops.xlogy(x, 1 - x), 2),
    "0 to a power": (lambda x: x ** (x + 2), 1),
    "a root that varies": (lambda x: x * x ** ((1 + x) / 2), 1),
}


@pytest.mark.parametrize(("name", "order"), [(name, order) for name, (_, most) in ORIGIN.items() for order in range(1, most + 1)])
@pytest.mark.parametrize("way", [as_arrays, by_tape])
def test_a_derivative_that_the_table_has_of_its_own_is_recorded(name, order, way):
    w = Value(1.0, name="w")
    slope = nested(ORIGIN[name][0], order)
    points = [0.3, 0.0, 0.7]
    program = way(trace(lambda x: slope(x) * w, inputs=0.3, parameters=[w]))
    assert program(points) == pytest.approx([slope(Value(x)).data for x in points], rel=1e-12, nan_ok=True)


def test_a_value_and_what_a_transform_carries_are_compared_from_either_side():
    w = Value(2.0, name="w")
    assert grad(lambda a: a * a if w < a else a)(Value(3.0)).data == 6.0
    assert jvp(lambda a: a * a if w < a else a, (3.0,), (1.0,)) == (9.0, 6.0)
    assert grad(lambda a: max(w, a * a))(3.0) == 6.0
    program = trace(lambda x: grad(lambda a: a * a if w <= a else a)(x) * w, inputs=3.0, parameters=[w])
    assert program([4.0]).tolist() == [16.0]
    with pytest.raises(BranchError):
        program([1.0])


def test_a_branch_is_told_before_what_it_guards():
    x = Value(2.0, name="x")
    graph = Graph.of(lambda x: ops.log(x) * 1 if x > 0 else -x, x)
    with pytest.raises(BranchError, match="x > 0 was True"):
        graph.evaluate({x: -1.0})
    x.data = -1.0
    with pytest.raises(BranchError, match="x > 0 was True"):
        graph.refresh()
