"""A program does what recording the function for every sample does: random programs, and networks of every kind."""

from itertools import pairwise

import numpy as np
import pytest
from eager import as_arrays, as_planned, by_tape, eager, sizes
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import CONSTANTS, SMOOTH, programs

from autograd import OPS, Value, tanh, trace


def agrees(f, arguments, parameters, example=None):
    """Outputs and gradients of a program, in every form, against the engine's."""
    samples = list(zip(*[np.asarray(a).tolist() for a in arguments], strict=True))
    losses, gradients = eager(f, samples, parameters)
    scale = sizes(f, samples, parameters)
    program = trace(f, inputs=example or tuple(samples[0]), parameters=parameters)
    for run in (as_arrays, by_tape):
        run(program)
        assert np.allclose(program(*arguments), losses, rtol=1e-12, atol=1e-12)
        for reduce in ("sum", "mean", None):
            value, gradient = program.value_and_grad(*arguments, reduce=reduce)
            total = {"sum": np.sum, "mean": np.mean, None: np.array}[reduce]
            axis = {} if reduce is None else {"axis": 0}
            assert np.allclose(value, total(losses), rtol=1e-12, atol=1e-12)
            assert (np.abs(gradient - total(gradients, **axis)) <= 1e-12 * (1 + total(scale, **axis))).all()
    return as_planned(program)


@st.composite
def cases(draw, rows, most):
    """A random program whose leaves are some inputs and some parameters, and samples close to where it is safe."""
    program = draw(programs(rows, [*CONSTANTS, 0.0], most, leaves=5))
    varying = draw(st.integers(1, 4))
    shifts = draw(st.lists(st.floats(-1e-3, 1e-3), min_size=3, max_size=3))
    return program, varying, shifts


def check_case(case):
    program, varying, shifts = case
    parameters = [Value(number) for number in program.leaves[varying:]]
    X = np.array([[number * (1 + shift) for number in program.leaves[:varying]] for shift in (0.0, *shifts)])

    def f(x):
        root = program.run(OPS, [*x, *parameters])
        return root if isinstance(root, Value) else Value(root)

    agrees(f, [X], parameters, example=list(program.leaves[:varying]))


@settings(max_examples=150)
@given(case=cases(SMOOTH, 60))
def test_random_smooth_programs(case):
    check_case(case)


@settings(max_examples=150)
@given(case=cases(sorted(OPS), 25))
def test_random_programs_over_every_row(case):
    check_case(case)


@settings(max_examples=100)
@given(case=cases(["add", "sub", "mul", "neg", "mul", "add"], 60))
def test_random_sums_of_products(case):
    check_case(case)


@settings(max_examples=100)
@given(
    widths=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    picked=st.lists(st.integers(0, 30), min_size=1, max_size=4),
    seed=st.integers(0, 100),
)
def test_any_quantities_of_a_network_may_be_outputs(widths, picked, seed):
    rng = np.random.default_rng(seed)
    weights = [[[Value(v) for v in row] for row in rng.normal(size=(many, terms))] for terms, many in pairwise(widths)]
    biases = [[Value(v) for v in rng.normal(size=many)] for many in widths[1:]]
    X = rng.normal(size=(5, widths[0]))

    def f(x):
        quantities = [list(x)]
        for w, b in zip(weights, biases, strict=True):
            products = [sum(a * c for a, c in zip(row, quantities[-1], strict=True)) for row in w]
            sums = [product + bias for product, bias in zip(products, b, strict=True)]
            quantities += [products, sums, [2 * (v - bias) for v, bias in zip(sums, b, strict=True)], [tanh(v) for v in sums]]
        return [v for i in picked for v in quantities[i % len(quantities)]]

    expected = [[v.data for v in f([Value(number) for number in row])] for row in X.tolist()]
    program = trace(f, inputs=X[0].tolist(), parameters=[weights, biases])
    for run in (as_arrays, by_tape):
        assert np.allclose(run(program)(X), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("heads", [1, 2])
def test_weights_that_are_made_of_parameters_beside_a_layer_of_the_same_shape(heads):
    """A product that is the same for all samples, and one that is not, are two blocks, though they are alike."""
    rng, k = np.random.default_rng(0), 4

    def matrix():
        return [[Value(x) for x in row] for row in rng.uniform(-1, 1, (heads * k, k))]

    A, U, v = matrix(), matrix(), [Value(x) for x in rng.uniform(-1, 1, k)]
    parameters = [u for rows in (A, U, [v]) for row in rows for u in row]

    def f(x):
        h = [tanh(sum(a * tanh(q) for a, q in zip(row, x, strict=True))) for row in A]
        w = [tanh(sum(a * tanh(q) for a, q in zip(row, v, strict=True))) for row in U]
        product = 1.0
        for i in range(heads):
            product = product * tanh(sum(a * b for a, b in zip(w[i * k : i * k + k], h[i * k : i * k + k], strict=True)))
        return product

    program = trace(f, inputs=[0.1 * i for i in range(k)], parameters=parameters)
    as_arrays(program)
    samples = rng.uniform(-1, 1, (7, k))
    losses, gradients = eager(f, [(x,) for x in samples.tolist()], parameters)
    np.testing.assert_allclose(program(samples), losses, rtol=1e-12)
    for reduce, expected in ((None, gradients), ("sum", np.sum(gradients, axis=0))):
        np.testing.assert_allclose(program.value_and_grad(samples, reduce=reduce)[1], expected, rtol=1e-11, atol=1e-15)
