"""Value: what it accepts and refuses, and the gradients that other small engines get wrong."""

import math
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from autograd import OPS, DomainError, Value, ops

OPERATORS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, b: a**b,
}
SLOPES = {  # ∂(a ∘ b) at a, b, by hand
    "+": lambda a, b: (1, 1),
    "-": lambda a, b: (1, -1),
    "*": lambda a, b: (b, a),
    "/": lambda a, b: (1 / b, -a / b**2),
    "**": lambda a, b: (b * a ** (b - 1), a**b * math.log(a)),
}
each_operator = pytest.mark.parametrize("sign", OPERATORS)


def grads(output, *leaves):
    output.backward()
    return [leaf.grad for leaf in leaves]


# ---- gradients ----


def test_two_losses_share_a_subgraph():
    x = Value(3.0)
    shared = x * x
    one, two = 2 * shared, shared * x
    one.backward()
    assert (x.grad, shared.grad) == (12.0, 2.0)
    two.backward()
    assert shared.grad == 3.0  # of the last call alone
    assert x.grad == 12.0 + 27.0


def test_backward_twice_accumulates_in_leaves_only():
    # PyTorch: x = tensor(2., requires_grad=True); y = x**2 (y.retain_grad()); z = y * 3; backward(retain_graph=True) twice.
    # x.grad is 12 after the first call and 24 after the second; the gradient that flows through y is 3 in either.
    x = Value(2.0)
    y = x**2
    z = y * 3
    z.backward()
    assert (x.grad, y.grad, z.grad) == (12.0, 3.0, 1.0)
    z.backward()
    assert (x.grad, y.grad, z.grad) == (24.0, 3.0, 1.0)
    z.backward()
    assert x.grad == 36.0
    z.zero_grad()
    assert (x.grad, y.grad, z.grad) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    "make", [lambda x, w: -x - w, lambda x, w: x * w, lambda x, w: ops.clip(x, -9.0, w), lambda x, w: (x * w).sin()], ids=range(4)
)
def test_each_leaf_accumulates_whatever_the_number_of_operands(make):
    x, w = Value(2.0), Value(1.5)
    y = make(x, w)
    once = grads(y, x, w)
    y.backward()
    assert [x.grad, w.grad] == [2 * slope for slope in once]
    assert any(once)


@pytest.mark.parametrize("row", OPS.values(), ids=list(OPS))
def test_gradients_pass_through_every_operand(row):
    """Each operand is the result of an operation that nothing else reads, and has a leaf of its own below."""
    for sign in (1.0, -1.0):
        xs = [0.5 * (low + high) + 0.1 for low, high in row.at]
        if row is ops.where:
            xs[0] = max(sign, 0.0)
        leaves = [Value(x / 2) for x in xs]
        output = row(*[2.0 * leaf for leaf in leaves])
        output.backward()
        expected = [2 * slope for slope in output.partials]
        assert [leaf.grad for leaf in leaves] == expected
        assert any(expected) or row in (ops.floor, ops.ceil, ops.step, ops.sign)


def test_a_leaf_is_its_own_derivative():
    x = Value(2.0)
    x.backward()
    x.backward()
    assert x.grad == 2.0


def test_a_square_has_two_edges():
    a = Value(3.0)
    square = a * a
    assert square.args == (a, a)
    assert square.operands == (a, a)
    assert square.partials == (3.0, 3.0)
    assert grads(square, a) == [6.0]
    assert (2.0 * a).args == (2.0, a)
    assert (2.0 * a).partials == (None, 2.0)


def test_powers_at_zero():
    x = Value(0.0)
    assert (x**0).data == 1.0
    assert grads(x**0, x) == [0.0]
    x = Value(0.0)
    root = x**0.5
    assert root.data == 0.0
    assert grads(root, x) == [math.inf]
    x, n = Value(0.0), Value(2.0)
    assert grads(x**n, x, n) == [0.0, 0.0]
    x = Value(0.0)
    assert grads(x**1, x) == [1.0]


def test_powers_of_negative_numbers():
    x = Value(-2.0)
    cube = x**3
    assert cube.data == -8.0
    assert grads(cube, x) == [12.0]
    with pytest.raises(DomainError, match=re.escape("(-8)**0.5")):
        Value(-8.0) ** 0.5
    base, exponent = Value(-2.0), Value(3.0)
    power = base**exponent
    assert power.data == -8.0
    power.backward()
    assert base.grad == 12.0
    assert math.isnan(exponent.grad)  # there is no derivative: (-2)**(3 + h) is no real number


def test_a_branch_not_taken_passes_nothing():
    x = Value(0.0)
    y = ops.where(x > 0, x.sqrt(), 0)
    assert y.data == 0.0
    assert grads(y, x) == [0.0]
    x = Value(4.0)
    assert grads(ops.where(x > 0, x.sqrt(), 0), x) == [0.25]


# ---- operands ----


@each_operator
@pytest.mark.parametrize("kind", [int, float, bool, Fraction, np.int64, np.int8, np.uint8, np.float16, np.float32, np.float64, np.bool_])
def test_numbers_of_any_kind_on_either_side(sign, kind):
    other = kind(1) if kind in (bool, np.bool_) else kind(3)
    number = float(other)
    f, slope = OPERATORS[sign], SLOPES[sign]
    v = Value(2.0)
    right = f(v, other)
    assert type(right) is Value
    assert right.data == f(2.0, number)
    assert grads(right, v) == pytest.approx([slope(2.0, number)[0]], rel=1e-15)
    v = Value(2.0)
    left = f(other, v)
    assert type(left) is Value
    assert left.data == f(number, 2.0)
    assert grads(left, v) == pytest.approx([slope(number, 2.0)[1]], rel=1e-15)


@each_operator
def test_arrays_on_either_side(sign):
    f, slope, numbers = OPERATORS[sign], SLOPES[sign], np.array([[1.5, 2.0], [0.5, 4.0]])
    for right, place in ((True, 0), (False, 1)):
        v = Value(2.0)
        out = f(v, numbers) if right else f(numbers, v)
        assert out.shape == (2, 2)
        pairs = [(2.0, n) if right else (n, 2.0) for n in numbers.ravel()]
        assert [cell.data for cell in out.ravel()] == [f(*pair) for pair in pairs]
        assert grads(out.sum(), v) == pytest.approx([sum(slope(*pair)[place] for pair in pairs)], rel=1e-15)


@pytest.mark.parametrize(
    ("ufunc", "at", "slope"),
    [
        (np.exp, 0.5, math.exp(0.5)), (np.log, 0.5, 2.0), (np.sqrt, 4.0, 0.25), (np.sin, 0.5, math.cos(0.5)), (np.cos, 0.5, -math.sin(0.5)),
        (np.tan, 0.5, 1 / math.cos(0.5) ** 2), (np.arcsin, 0.5, 1 / math.sqrt(0.75)), (np.arccos, 0.5, -1 / math.sqrt(0.75)),
        (np.arctan, 0.5, 0.8), (np.sinh, 0.5, math.cosh(0.5)), (np.cosh, 0.5, math.sinh(0.5)), (np.tanh, 0.5, 1 / math.cosh(0.5) ** 2),
        (np.expm1, 0.5, math.exp(0.5)), (np.log1p, 0.5, 1 / 1.5), (np.square, 3.0, 6.0),
        (np.reciprocal, 2.0, -0.25), (np.negative, 2.0, -1.0),
        (np.absolute, -2.0, -1.0), (np.positive, 2.0, 1.0),
    ],
)  # fmt: skip
def test_ufuncs_of_numpy(ufunc, at, slope):
    v = Value(at)
    out = ufunc(v)
    assert isinstance(out, Value)
    assert out.data == pytest.approx(float(ufunc(at)), rel=1e-15)
    assert grads(out, v) == pytest.approx([slope], rel=1e-14)
    column = np.array([Value(at), Value(at)])
    out = ufunc(column)
    assert out.shape == (2,)
    assert grads(out.sum(), *column) == pytest.approx([slope, slope], rel=1e-14)


def test_ufuncs_of_two_values():
    for ufunc, row in (
        (np.hypot, ops.hypot),
        (np.arctan2, ops.atan2),
        (np.power, ops.pow_),
        (np.maximum, ops.maximum),
        (np.minimum, ops.minimum),
    ):
        ours, theirs = (Value(3.0), Value(2.0)), (Value(3.0), Value(2.0))
        mine, other = row(*ours), ufunc(*theirs)
        assert other.data == mine.data
        assert grads(other, *theirs) == grads(mine, *ours)


def test_matrix_times_vector_over_values():
    X = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    w = np.array([Value(0.5), Value(-1.0)])
    out = X @ w
    assert [v.data for v in out] == [-1.5, -2.5, -3.5]
    assert grads((out * out).sum(), *w) == [2 * (-1.5 * 1 - 2.5 * 3 - 3.5 * 5), 2 * (-1.5 * 2 - 2.5 * 4 - 3.5 * 6)]
    assert np.dot(w, np.array([1.0, 2.0])).data == -1.5
    assert w.mean().data == -0.25


BAD = {
    "str": ("3", "str '3'"),
    "bytes": (b"3", "bytes b'3'"),
    "None": (None, "None"),
    "complex": (1j, "complex 1j"),
    "numpy complex": (np.complex128(1j), "complex"),
    "list": ([1.0], "list"),
    "tuple": ((1.0,), "tuple"),
    "dict": ({1: 2}, "dict"),
    "Decimal": (Decimal(1), "Decimal"),
    "object": (object(), "object"),
    "datetime64": (np.datetime64("2020-01-01"), "date"),
}


@pytest.mark.parametrize("case", [*BAD, "array", "0-d array", "Value"])
def test_data_that_is_no_number_is_refused_by_name(case):
    odd = {"array": (np.array([1.0]), "ndarray"), "0-d array": (np.array(1.0), "ndarray"), "Value": (Value(1.0), "Value")}
    thing, said = (BAD | odd)[case]
    with pytest.raises(TypeError) as caught:
        Value(thing)
    assert said in str(caught.value)
    assert "real number" in str(caught.value)


@each_operator
@pytest.mark.parametrize("case", BAD)
def test_operands_that_are_no_numbers_are_refused_by_name(sign, case):
    thing, said = BAD[case]
    for attempt in (lambda: OPERATORS[sign](Value(2.0), thing), lambda: OPERATORS[sign](thing, Value(2.0))):
        with pytest.raises(TypeError) as caught:
            attempt()
        assert said in str(caught.value)


@pytest.mark.parametrize("case", BAD)
def test_arguments_of_functions_and_comparisons_are_refused_by_name(case):
    thing, said = BAD[case]
    for attempt in (lambda: ops.maximum(Value(1.0), thing), lambda: ops.hypot(thing, Value(1.0)), lambda: Value(1.0) < thing):
        with pytest.raises(TypeError) as caught:
            attempt()
        assert said in str(caught.value)


@pytest.mark.parametrize("turn", [float, int, complex, math.exp, math.sin, math.floor, lambda v: np.array([v], dtype=float)])
def test_a_value_never_turns_into_a_plain_number(turn):
    with pytest.raises(TypeError) as caught:
        turn(Value(2.0))
    said = f"{caught.value} {caught.value.__cause__}"
    assert "v.data" in said
    assert "autograd" in said


def test_a_value_is_neither_true_nor_false():
    with pytest.raises(TypeError, match=r"compare it, as in v > 0, or choose with where\(step\(v\), a, b\)"):
        bool(Value(0.0))
    with pytest.raises(TypeError, match="truth"):
        _ = Value(1.0) and Value(2.0)


def test_a_number_too_large_for_a_float_says_so():
    with pytest.raises(OverflowError, match="too large"):
        Value(10**400)
    with pytest.raises(OverflowError, match="too large"):
        Value(1.0) * 10**400


def test_a_recorded_node_fits_together():
    x = Value(3.0)
    square = ((x, x), (3.0, 3.0), (3.0, 3.0))
    assert Value.recorded(OPS["mul"], *square, 9.0, 0.0, "y").partials == (3.0, 3.0)
    for op, args, primals, partials in (
        (OPS["mul"], (x,) * 500, (3.0,) * 500, (3.0,) * 500),
        (OPS["mul"], (x,), (3.0,), (3.0,)),
        (OPS["mul"], (x, x), (3.0,), (3.0, 3.0)),
        (None, *square),
    ):
        with pytest.raises(TypeError, match="as many operands, primals and partial derivatives as its operation takes"):
            Value.recorded(op, args, primals, partials, 9.0, 0.0, None)
    with pytest.raises(TypeError, match="a name is a non-empty string, not int 5"):
        Value.recorded(OPS["mul"], *square, 9.0, 0.0, 5)


def test_names_and_spellings():
    v = Value(2.0, name="W_h[0][1]")
    assert repr(v) == "Value(data=2.0, grad=0.0, name='W_h[0][1]')"
    assert f"{Value(2.0):.3f}" == "2.000"
    assert (v + 1).named(name="z").name == "z"
    for name in ("", "  ", None, 3):
        with pytest.raises(TypeError, match="non-empty string"):
            Value(1.0).named(name)
