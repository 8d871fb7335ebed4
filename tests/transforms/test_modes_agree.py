"""Forward, reverse, recorded and nested derivatives of random programs are the same, and have the identities of linear maps."""

import functools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import CONSTANTS, SMOOTH, programs

from autograd import OPS, Value, grad, gradient, hessian, hvp, jacfwd, jacobian, jacrev, jvp, linearize, vjp

RATIONAL = {
    "add",
    "sub",
    "mul",
    "div",
    "neg",
    "square",
    "reciprocal",
    "abs",
    "minimum",
    "maximum",
    "relu",
    "leaky_relu",
    "where",
    "sign",
    "step",
}
WEIGHTS = st.lists(st.sampled_from([-1.0, 0.5, 2.0]), min_size=4, max_size=4)
DIRECTION = st.lists(st.sampled_from([-1.0, -0.5, 0.25, 1.0, 2.0]), min_size=3, max_size=3)


def function(program):
    return lambda xs: program.run(OPS, xs)


def all_steps(program):
    """The last results of a program, as many outputs."""

    def f(xs):
        outputs = [type(program)(program.leaves, program.steps[: i + 1]).run(OPS, xs) for i in range(len(program.steps))]
        return outputs[-4:]

    return f


def close(got, expected, rel=1e-12):
    size = max([abs(number) for number in expected], default=0.0)
    return got == pytest.approx(expected, rel=rel, abs=rel * size)


def inner(u, v):
    return sum(a * b for a, b in zip(u, v, strict=True))


@settings(max_examples=60)
@given(program=programs(set(OPS), CONSTANTS, most=30))
def test_forward_is_reverse(program):
    f, xs = function(program), program.leaves
    native = grad(f)(xs)
    nodes = [float(slope) for slope in jvp(lambda t: grad(f)(xs), (1.0,), (1.0,))[0]]  # inside another transform: the other record
    forward = jacfwd(f)(xs)
    along = [jvp(f, (xs,), ([float(i == k) for i in range(3)],))[1] for k in range(3)]
    assert close(nodes, native)
    assert close(forward, native)
    assert close(along, native)


@settings(max_examples=40)
@given(program=programs(set(OPS), CONSTANTS, most=20), v=DIRECTION, weights=WEIGHTS)
def test_the_transpose_is_the_transpose(program, v, weights):
    """⟨u, Jv⟩ = ⟨Jᵀu, v⟩"""
    f = all_steps(program)
    values, pull = vjp(f, program.leaves)
    u = weights[: len(values)]
    pushed = jvp(f, (program.leaves,), (v,))[1]
    assert linearize(f, program.leaves)[1](v) == pytest.approx(pushed, rel=1e-12, abs=1e-12 * max(map(abs, pushed), default=0))
    size = inner(map(abs, u), map(abs, pushed)) + inner(map(abs, pull(u)[0]), map(abs, v)) + 1e-300
    assert inner(u, pushed) == pytest.approx(inner(pull(u)[0], v), rel=1e-12, abs=1e-11 * size)


@settings(max_examples=30)
@given(program=programs(SMOOTH, CONSTANTS, most=12), v=DIRECTION)
def test_hessians_are_symmetric_and_every_way_gives_them(program, v):
    f, xs = function(program), program.leaves
    rows = hessian(f)(xs)
    size = max(abs(number) for row in rows for number in row)
    near = functools.partial(pytest.approx, rel=1e-9, abs=1e-10 * size)
    assert rows == [near(list(column)) for column in zip(*rows, strict=True)]
    assert rows == [near(row) for row in jacfwd(jacrev(f))(xs)]
    assert rows == [near(row) for row in jacrev(jacfwd(f))(xs)]
    assert rows == [near(row) for row in jacfwd(jacfwd(f))(xs)]
    assert hvp(f, (xs,), (v,)) == near([inner(row, v) for row in rows])
    leaves = [Value(x) for x in xs]
    slopes = gradient(f(leaves), leaves)
    assert rows == [near([slope.data for slope in gradient(slope, leaves)]) for slope in slopes]


@settings(max_examples=40)
@given(program=programs(SMOOTH, CONSTANTS, most=20))
def test_gradients_on_graphs_are_the_engines(program):
    root, leaves = program.recorded()
    found = gradient(root, leaves)
    assert close([slope.data for slope in found], [leaf.grad for leaf in leaves])


@settings(max_examples=40)
@given(program=programs(RATIONAL, [0.5, 1.0, 2.0, -1.0, 3.0], most=14))
def test_rational_programs_over_fractions_are_exact(program):
    exact = [Fraction(x).limit_denominator(64) for x in program.leaves]
    f = function(program)
    try:
        slopes = grad(f)(exact)
        rows = jacobian(grad(f))(exact)
    except ZeroDivisionError:  # rounding the leaves moved a denominator to 0
        return
    assert all(type(slope) is Fraction for slope in slopes)
    assert rows == [list(column) for column in zip(*rows, strict=True)]
    assert slopes == jacfwd(f)(exact) == [jvp(f, (exact,), ([int(i == k) for i in range(3)],))[1] for k in range(3)]
    floats = [float(x) for x in exact]
    assert grad(f)(floats) == pytest.approx(
        [float(slope) for slope in slopes], rel=1e-6, abs=1e-6 * max(1, *[abs(float(s)) for s in slopes])
    )


@pytest.mark.parametrize("at", [(1.0, 1.0), (1.0, 2.0), (3.0, 3.0)])
def test_equality_is_by_number_in_every_transform(at):
    def f(x, y):
        return (x * x if x == y else 5 * x) + (7 * y if y == 1 else -y) + (x * y if 3 in (x, y) else 0)

    slopes = [jvp(f, at, direction)[1] for direction in ((1.0, 0.0), (0.0, 1.0))]
    assert list(grad(f, argnums=(0, 1))(*at)) == slopes
    assert list(jacfwd(f, argnums=(0, 1))(*at)) == slopes
    assert [linearize(f, *at)[1](*direction) for direction in ((1.0, 0.0), (0.0, 1.0))] == slopes
