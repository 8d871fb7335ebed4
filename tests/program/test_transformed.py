"""Functions that take derivatives themselves, recorded for other points: what they compare is checked, and what they cut off refused."""

import copy
import math
import pickle
import re
from threading import Thread

import numpy as np
import pytest

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


@pytest.mark.parametrize("given", [None, "w"])
def test_leaves_that_a_function_makes_are_constants(given):
    w = Value(2.0, name="w")

    class Own(Value):
        pass

    def f(x):
        start, scale = Value(0.5, name="start"), Own(3.0)
        return sum((w * a for a in x), start) * scale + grad(lambda t: t)(x[0]) * w

    program = trace(f, inputs=[1.0, 2.0], parameters=None if given is None else [w])
    assert program.names == ["w"]
    xs = np.array([[1.0, 2.0], [0.25, -3.0]])
    assert program(xs).tolist() == [f(list(map(Value, x))).data for x in xs.tolist()]
    assert program.value_and_grad(xs, reduce=None)[1].tolist() == [[10.0], [3 * -2.75 + 1]]
    assert pickle.loads(pickle.dumps(program))(xs).tolist() == program(xs).tolist()


def test_a_leaf_that_is_made_may_be_a_parameter_or_the_result():
    class Lazy:
        weights = ()

        def parameters(self):
            return list(self.weights)

    lazy = Lazy()

    def f(x):
        lazy.weights = lazy.weights or (Value(2.0, name="w"),)
        return lazy.weights[0] * x

    assert trace(f, inputs=1.0, parameters=lazy).names == ["w"]
    assert trace(lambda x: Value(7.0), inputs=1.0)([1.0, 2.0]).tolist() == [7.0, 7.0]
    assert trace(lambda x: [Value(7.0), x], inputs=1.0)([1.0, 2.0]).tolist() == [[7.0, 1.0], [7.0, 2.0]]


def test_leaves_of_another_thread_are_no_constants():
    made = []

    def f(x):
        thread = Thread(target=lambda: made.append(Value(3.0, name="v")))
        thread.start()
        thread.join()
        return made[0] * x

    assert trace(f, inputs=1.0).names == ["v"]
