"""Functions over arrays that the code calls by a name: the engine's numbers, in any shape, and code that stays short."""

import math

import numpy as np
import pytest

from autograd import OPS, Value, gelu, logaddexp, native, silu, trace
from autograd.formula import Formula
from autograd.program.elementwise import FUNCTIONS, LONG, LONGER, _steps, elementwise, formula

ROWS = [(row, i) for row in OPS.values() for i in (None, *range(row.arity))]


def steps(row, i):
    return _steps(formula(row, i, Formula.symbol("y"), [Formula.symbol(f"x{k}") for k in range(row.arity)]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_that_numpy_lacks_are_those_of_the_library_for_arrays(name):
    xs = np.array([[-0.0, 0.5, -3.0], [math.inf, -math.inf, 28.0]])
    expected = [[getattr(math, name)(x) for x in row] for row in xs.tolist()]
    assert FUNCTIONS[name](xs).tolist() == expected
    assert FUNCTIONS[name](xs.T).tolist() == np.transpose(expected).tolist()
    assert np.isnan(FUNCTIONS[name](np.array([math.nan]))).all()
    assert FUNCTIONS[name](xs[:0]).shape == (0, 3)


@pytest.mark.parametrize(("row", "i"), ROWS, ids=[f"{row.name}-{i}" for row, i in ROWS])
def test_a_function_over_arrays_has_the_engine_s_numbers(row, i):
    rng = np.random.default_rng(1)
    xs = [rng.uniform(low, high, size=(5, 7)) for low, high in row.at]
    nodes = [row(*map(Value, point)) for point in zip(*[x.ravel().tolist() for x in xs], strict=True)]
    y = np.array([node.data for node in nodes]).reshape(5, 7)
    expected = y if i is None else np.array([node.partials[i] for node in nodes]).reshape(5, 7)
    given = xs if i is None else [y, *xs]
    found = np.broadcast_to(elementwise(row, i)(*given), y.shape)
    if native.engine is not None and steps(row, i) > LONGER:
        assert found.tolist() == expected.tolist()
    assert found == pytest.approx(expected, rel=1e-13, abs=1e-15)
    assert np.broadcast_to(elementwise(row, i)(*[x.T for x in given]), (7, 5)).tolist() == found.T.tolist()


def test_operands_of_several_shapes_are_stretched():
    a, b = np.array([[0.5], [2.0]]), np.array([[1.0, -3.0, 0.25]])
    y = np.logaddexp(a, b)
    whole = elementwise(OPS["logaddexp"], 1)(y, *np.broadcast_arrays(a, b))
    assert elementwise(OPS["logaddexp"], 1)(y, a, b).tolist() == whole.tolist()
    power = elementwise(OPS["pow"], 0)(2.0**b, 2.0, b)
    assert power.tolist() == elementwise(OPS["pow"], 0)(2.0**b, np.full((1, 3), 2.0), b).tolist()


@pytest.mark.skipif(native.engine is None, reason="the Python engine has no kernels")
def test_kernels_refuse_what_does_not_fit():
    run, three = native.engine.elementwise, np.ones(3)
    for given in [
        (),
        (0,),
        (-1, -1, three, three),
        (len(OPS), -1, three, three),
        (0, 2, three, three, three, three),
        (0, -1, three, three),
    ]:
        with pytest.raises(TypeError, match="elementwise takes a row's place"):
            run(*given)
    with pytest.raises(ValueError, match="an operand: 24 bytes expected, got 16"):
        run(0, -1, three, three, np.ones(2))
    with pytest.raises((TypeError, BufferError, ValueError)):
        run(0, -1, bytes(24), three, three)


def test_long_formulas_are_functions_in_the_code():
    assert steps(gelu, None) > LONGER > LONG
    w = Value(0.5, name="w")
    program = trace(lambda x: gelu(w * x) + silu(w * x) + logaddexp(w * x, 1.0), inputs=0.3, parameters=[w])
    assert "gelu1 = gelu(mul1)\n" in program.source
    assert "gelu_slope(gelu1, mul1)" in program.source
    assert "# gelu: the operation gelu, element by element\n" in program.source
    assert "# silu_slope: the derivative of silu by x, from the result and the operands\n" in program.source
    assert "logaddexp_slope_0" in program.source
    assert max(map(len, program.source.splitlines())) < 200


def test_an_input_may_have_the_name_of_a_function():
    w = Value(0.5, name="w")
    program = trace(lambda gelu: OPS["gelu"](w * gelu), inputs=0.3, parameters=[w])
    xs = np.linspace(-2.0, 2.0, 2000)
    value, gradient = program.value_and_grad(xs, reduce="mean")
    eager = [gelu(w * x) for x in xs.tolist()]
    for node in eager:
        node.backward()
    assert value == pytest.approx(sum(node.data for node in eager) / len(xs), rel=1e-12)
    assert gradient == pytest.approx([w.grad / len(xs)], rel=1e-12)
