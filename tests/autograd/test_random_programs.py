"""Gradients of random programs with shared parts, against mpmath's numerical differentiation of the same program."""

from functools import partial

import mpmath
import oracle
import pytest
from hypothesis import given, settings
from mpmath import mp, mpf
from programs import CONSTANTS, SMOOTH, magnitude, programs

from autograd import OPS, Value, central_difference


def slopes(program):
    """The value, and its derivative with respect to every leaf."""
    with mp.workdps(40):
        high = [mpf(number) for number in program.leaves]

        return program.run(oracle.VALUE, high, mpf), [mpmath.diff(partial(_moved, program, high, k), high[k]) for k in range(len(high))]


@settings(max_examples=60)
@given(program=programs(SMOOTH, CONSTANTS, most=60))
def test_gradients_of_smooth_programs(program):
    root, leaves = program.recorded()
    exact, expected = slopes(program)
    assert oracle.close(root.data, exact, 1e-10)
    for leaf, slope, size in zip(leaves, expected, magnitude(root, leaves), strict=True):
        assert oracle.close(leaf.grad, slope, 1e-11, 1e-11 * size)


@settings(max_examples=60)
@given(program=programs(set(OPS), CONSTANTS, most=15))
def test_gradients_of_programs_over_every_row(program):
    root, leaves = program.recorded()
    _, expected = slopes(program)
    for leaf, slope, size in zip(leaves, expected, magnitude(root, leaves), strict=True):
        assert oracle.close(leaf.grad, slope, 1e-11, 1e-11 * size)


@settings(max_examples=40)
@given(program=programs(SMOOTH, CONSTANTS, most=8))
def test_central_difference_agrees_with_mpmath(program):
    """Its error is of the order of h⁴ times the fifth derivative, and of the rounding error over h."""
    root, leaves = program.recorded()
    _, expected = slopes(program)
    h = 1e-3
    for k, (leaf, slope) in enumerate(zip(leaves, expected, strict=True)):
        with mp.workdps(40):
            high = [mpf(number) for number in program.leaves]
            bends = [mpmath.diff(partial(_moved, program, high, k), high[k] + shift, 5) for shift in (-h, 0, h)]
        if any(abs(bend) > 1e3 or isinstance(bend, mpmath.mpc) for bend in bends):
            continue  # too crooked for the formula's error term
        got = central_difference(root, leaf, h=h)
        assert abs(got - float(slope)) <= float(h**4 * max(map(abs, bends))) + 1e-9 * (1 + abs(root.data))


def _moved(program, high, k, t):
    return program.run(oracle.VALUE, [*high[:k], t, *high[k + 1 :]], mpf)


@settings(max_examples=30)
@given(program=programs(SMOOTH, CONSTANTS, most=30))
def test_a_program_run_twice_gives_the_same_bits(program):
    runs = []
    for _ in range(2):
        root, leaves = program.recorded()
        runs.append([root.data.hex(), *[leaf.grad.hex() for leaf in leaves]])
    assert runs[0] == runs[1]


def test_the_generator_makes_programs_worth_running():
    lengths, rows = [], set()

    @settings(max_examples=40, database=None)
    @given(program=programs(SMOOTH, CONSTANTS, most=60))
    def look(program):
        lengths.append(len(program.steps))
        rows.update(row for row, _ in program.steps)

    look()
    assert max(lengths) >= 20
    assert rows == SMOOTH


def test_a_small_program_against_sympy():
    import sympy

    x, y = sympy.symbols("x y")
    expression = sympy.exp(sympy.sin(x * y)) / (1 + x**2) - sympy.tanh(y / x) * sympy.log(x + 2)
    a, b = Value(0.7), Value(-1.3)
    root = (a * b).sin().exp() / (1 + a**2) - (b / a).tanh() * (a + 2).log()
    root.backward()
    at = {x: sympy.Float("0.7", 30), y: sympy.Float("-1.3", 30)}
    assert root.data == pytest.approx(float(expression.evalf(30, subs=at)), rel=1e-14)
    assert a.grad == pytest.approx(float(expression.diff(x).evalf(30, subs=at)), rel=1e-13)
    assert b.grad == pytest.approx(float(expression.diff(y).evalf(30, subs=at)), rel=1e-13)
