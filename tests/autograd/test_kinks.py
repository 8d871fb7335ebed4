"""Where a graph has no derivative, and what was taken for it."""

import math

import pytest

from autograd import OPS, Kink, Value, abs_, clip, kinks, maximum, ops


def told(L):
    return [repr(kink) for kink in kinks(L)]


def test_each_kink_is_told_with_its_row_its_point_and_what_was_taken():
    x, b = Value(-2.0, name="x"), Value(2.0, name="b")
    z = (x + b).named("z")
    found = kinks(z.relu() + maximum(x, -2) + abs_(x + b) * x.tanh())
    assert [(kink.row, kink.point, kink.partials) for kink in found] == [
        (ops.relu, (0.0,), (0.0,)),
        (ops.maximum, (-2.0, -2.0), (0.5, None)),
        (ops.abs_, (0.0,), (0.0,)),
    ]
    assert all(isinstance(kink, Kink) and kink.node.op is kink.row for kink in found)
    assert [repr(kink) for kink in found] == [
        "relu(z) has no derivative at z = 0; taken: 0",
        "maximum(x, -2) has no derivative at x = -2; taken: 0.5",
        "abs(x + b) has no derivative at x + b = 0; taken: 0",
    ]


def test_an_infinite_slope_at_a_finite_value_is_one():
    x = Value(0.0, name="x")
    assert told(x.sqrt()) == ["sqrt(x) has no derivative at x = 0; taken: inf"]
    assert told(x**0.5) == ["x**0.5 has no derivative at x = 0; taken: inf"]
    assert told((x + 1).asin()) == ["asin(x + 1) has no derivative at x + 1 = 1; taken: inf"]


def test_a_point_beside_a_kink_an_overflow_and_a_smooth_function_are_none():
    x = Value(1e-300, name="x")
    assert kinks(x.relu() + abs_(x) + x.sqrt() + x**2 + x.hypot(0.0)) == []
    assert kinks((x + 1000).exp()) == []
    assert kinks(x) == []


@pytest.mark.parametrize("row", [row for row in OPS.values() if row.kink], ids=lambda row: row.name)
def test_every_row_with_a_kink_can_be_told(row):
    xs = {"clip": (1.0, 0.0, 1.0), "fmod": (6.0, 3.0)}.get(row.name, (0.0, 0.0)[: row.arity])
    (kink,) = kinks(row(*[Value(x, name=f"x_{i}") for i, x in enumerate(xs)]))
    assert kink.row is row
    assert kink.point == tuple(map(float, xs))
    assert not any(math.isnan(p) for p in kink.partials)
    assert repr(kink)


@pytest.mark.parametrize(
    ("x", "low", "high", "there"),
    [
        (1.0, 1.0, 2.0, True),
        (2.0, 1.0, 2.0, True),
        (0.0, 1.0, 1.0, True),
        (1.5, 1.0, 2.0, False),
        (1.0, 1.0, 0.5, False),
        (3.0, 1.0, 1.0, False),
    ],
)
def test_clip_jumps_at_the_bound_that_counts_and_where_bounds_meet_above_it(x, low, high, there):
    leaves = [Value(number, name=name) for number, name in ((x, "x"), (low, "low"), (high, "high"))]
    assert bool(kinks(clip(*leaves))) is there


def test_a_long_graph_is_no_deep_recursion():
    total = Value(0.0, name="x")
    for _ in range(20_000):
        total = total.relu()
    assert len(kinks(total)) == 20_000
