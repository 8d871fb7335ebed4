"""Generated code is the rule: the same bits, the same exceptions' meaning, no code of its own."""

import math
import struct
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograd import OPS, DomainError, Value, backend, kernels

EVERYWHERE = st.floats(allow_nan=True, allow_infinity=True)


def bits(x):
    return "nan" if math.isnan(x) else struct.pack("<d", x).hex()


POLES = (bits(math.inf), bits(-math.inf))


def outcome(f):
    try:
        return bits(f())
    except (ValueError, ArithmeticError):
        return "refused"


@pytest.mark.parametrize("row", OPS.values(), ids=list(OPS))
@example(xs=(0.0, 0.0, 0.0))
@example(xs=(-0.0, 0.0, -0.0))
@example(xs=(1000.0, 1000.0, 1000.0))
@example(xs=(-1000.0, 1000.0, 1000.0))
@given(xs=st.tuples(EVERYWHERE, EVERYWHERE, EVERYWHERE))
def test_generated_code_is_the_rule_on_every_float(row, xs):
    """Where the code raises and the rule does not, the rule came to a pole: recording takes the rule's value then."""
    xs = xs[: row.arity]
    told, expected = outcome(lambda: kernels.on_floats(row)(*xs)), outcome(lambda: float(row.fn(*xs)))
    assert told == expected or (told == "refused" and expected in POLES)


@pytest.mark.parametrize("row", OPS.values(), ids=list(OPS))
@given(xs=st.tuples(*[st.floats(-1e3, 1e3)] * 3))
def test_recording_is_evaluation(row, xs):
    xs = xs[: row.arity]
    values = [Value(x) for x in xs]
    try:
        y = row.evaluate(*xs)
    except DomainError:
        with pytest.raises(DomainError):
            row(*values)
        return
    node = row(*values)
    assert node.args == tuple(values)
    told = [node.data, *node.partials]
    expected = [y, *[row.derivative(i, y, *xs) for i in range(row.arity)]]
    if backend == "native" and row.name in ("hypot", "atan2"):  # math.hypot and the C library's differ in the last place
        assert told == pytest.approx(expected, rel=4 * sys.float_info.epsilon, abs=0)
    else:
        assert [bits(p) for p in told] == [bits(p) for p in expected]


@pytest.mark.parametrize("row", [row for row in OPS.values() if row.arity > 1], ids=lambda row: row.name)
def test_constants_are_recorded_as_floats_without_partials(row):
    for i in range(row.arity):
        args = [0.5] * row.arity
        args[i] = v = Value(0.75)
        node = row(*args)
        assert [type(arg) for arg in node.args] == [Value if k == i else float for k in range(row.arity)]
        assert [partial is None for partial in node.partials] == [k != i for k in range(row.arity)]
        assert node.operands == (v,)


def test_a_row_that_is_made_of_others_is_a_formula_of_them_and_a_primitive_is_none():
    assert str(kernels.value_rule(OPS["square"])) == "x0 * x0"
    assert str(kernels.value_rule(OPS["relu"])) == "maximum(x0, 0)"
    assert [kernels.value_rule(OPS[name]) for name in ("exp", "maximum", "where")] == [None] * 3
