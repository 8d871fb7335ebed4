"""Sparsity patterns hold every entry that is not 0; compressed derivatives are the dense ones."""

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import programs

from autograd import (
    OPS,
    Value,
    exp,
    gradient,
    hessian,
    hessian_sparsity,
    jacobian,
    jacobian_sparsity,
    leaky_relu,
    maximum,
    ops,
    relu,
    sin,
    sparse_hessian,
    sparse_jacobian,
    which_depends,
)
from autograd.transforms.colouring import colours

CONSTANTS = [0.0, 0.5, 1.0, 2.0, -1.0]


def values(n):
    return [Value(0.3 + 0.1 * i) for i in range(n)]


def test_jacobian_patterns():
    x = values(4)
    outputs = [x[0] * x[1], ops.sign(x[2]) * x[3], x[2] * 0.0 + 1, exp(x[1]) ** 0, ops.where(x[0], x[1], x[2])]
    assert jacobian_sparsity(outputs, x) == [(0, 0), (0, 1), (1, 3), (4, 1), (4, 2)]
    assert jacobian_sparsity(x[0], [x[0], x[0]]) == [(0, 0), (0, 1)]


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x, y: x + 2 * y - x / 3, []),
        (lambda x, y: x * y, [(0, 1), (1, 0)]),
        (lambda x, y: x / y, [(0, 1), (1, 0), (1, 1)]),
        (lambda x, y: x**1 * 2 + y**2, [(1, 1)]),
        (lambda x, y: x**0 + y**1, []),
        (lambda x, y: relu(x) + leaky_relu(y, 0.5) + maximum(x, y) + abs(x), []),
        (lambda x, y: ops.step(x) * y, []),
        (lambda x, y: sin(x) + y, [(0, 0)]),
        (lambda x, y: sin(x + y), [(0, 0), (0, 1), (1, 0), (1, 1)]),
        (lambda x, y: ops.step(sin(x)) + y, []),
        (lambda x, y: leaky_relu(x, y), [(0, 1), (1, 0)]),
    ],
)
def test_hessian_patterns(f, expected):
    x = values(2)
    assert hessian_sparsity(f(*x), x) == expected


def test_which_depends():
    x, y, z = values(3)
    outputs = [x * x + y, y * 2]
    assert which_depends(outputs, [x, y, z]) == [True, True, False]
    assert which_depends(outputs, [x, y, z], order=2) == [True, False, False]
    with pytest.raises(ValueError, match="order of which_depends is 1"):
        which_depends(outputs, [x], order=3)
    with pytest.raises(TypeError, match="must be a Value"):
        which_depends(2.0, [x])


@settings(max_examples=50)
@given(program=programs(set(OPS), CONSTANTS, most=12))
def test_patterns_hold_every_entry_of_random_programs(program):
    leaves = [Value(x) for x in program.leaves]
    root = program.run(OPS, leaves)
    slopes = gradient(root, leaves)
    pattern, bends = jacobian_sparsity(root, leaves), hessian_sparsity(root, leaves)
    assert all((0, j) in pattern for j, slope in enumerate(slopes) if slope.data)
    assert all((i, j) in bends for i, slope in enumerate(slopes) for j, bend in enumerate(gradient(slope, leaves)) if bend.data)
    assert bends == sorted((j, i) for i, j in bends)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), m=st.integers(1, 9), n=st.integers(1, 9))
def test_compressed_jacobians_are_the_dense_ones(seed, m, n):
    draw = random.Random(seed)
    used = [sorted(draw.sample(range(n), draw.randint(0, min(n, 3)))) for _ in range(m)]

    def f(x):
        return [sum((sin(x[j]) * (i + 1) * x[j] for j in columns), 0.0) for i, columns in enumerate(used)]

    at = [0.1 * (j + 1) for j in range(n)]
    found = sparse_jacobian(f)(at)
    dense = jacobian(f)(at)
    assert found.dense() == [pytest.approx(row, rel=1e-14) for row in dense]
    assert list(zip(found.rows, found.columns, strict=True)) == [(i, j) for i, columns in enumerate(used) for j in columns]
    assert found.sweeps <= min(m, n)
    assert found.shape == (m, n)


def test_the_number_of_sweeps():
    n = 40
    at = [0.5 + 0.01 * i for i in range(n)]
    tridiagonal = sparse_jacobian(lambda x: [x[i - 1] * x[i] * x[(i + 1) % n] for i in range(1, n - 1)])
    assert tridiagonal(at).sweeps == 3
    arrow = sparse_jacobian(lambda x: [x[0] * x[0], *[sum(x)]])(at)  # two full rows: backward
    assert arrow.sweeps == 2
    column = sparse_jacobian(lambda x: [x[0] * i for i in range(1, n)])(at)  # one full column: forward
    assert column.sweeps == 1
    wood = sparse_hessian(lambda x: sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(n - 1)))
    found = wood(at)
    assert found.sweeps == 3
    assert len(found.values) == 3 * n - 2


def test_compressed_hessians_are_the_dense_ones():
    def f(x):
        return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(5))

    at = [-1.2, 1.0, 0.5, 2.0, -0.3, 0.7]
    assert sparse_hessian(f)(at).dense() == [pytest.approx(row, rel=1e-13, abs=1e-12) for row in hessian(f)(at)]
    exact = [Fraction(x).limit_denominator(10) for x in at]
    assert sparse_hessian(f)(exact).dense() == hessian(f)(exact)
    assert sparse_hessian(f)(np.array(at)).dense() == sparse_hessian(f)(at).dense()


def test_colours():
    assert colours([], 3) == [0, 0, 0]
    assert len(set(colours([(0, j) for j in range(5)], 5))) == 5
    pattern = [(i, j) for i in range(30) for j in range(30) if abs(i - j) <= 2]
    found = colours(pattern, 30)
    assert len(set(found)) <= 6
    assert all(found[j] != found[k] for i, j in pattern for h, k in pattern if h == i and j != k)
