"""Programs of custom operations: what the engine gives, as arrays and by the tape, under names that are free."""

import math
import pickle

import numpy as np
import pytest
from eager import as_arrays, eager

from autograd import DomainError, Value, checkpoint, custom, exp, trace, where


@custom(partials=lambda y, x: -2 * x * y)
def bell(x):
    return math.exp(-x * x)


@custom(partials=(lambda y, x, k: (2 * math.floor(x) + 1) * k, lambda y, x, k: y / k), at=((0.1, 0.9), (1.0, 2.0)))
def squares(x, k):
    """A table of squares with straight lines between, k times."""
    if not 0 <= x < 10:
        raise ValueError("the table ends at 10")
    i = math.floor(x)
    return (i * i + (2 * i + 1) * (x - i)) * k


def f(x):
    return bell(w * x[0] + b) * squares(x[1] * w, w) + bell(x[1]) * b + bell(b) - w * bell(x[0] - 1)


w, b = Value(0.5, name="w"), Value(0.3, name="b")
SAMPLES = np.random.default_rng(5).uniform(0.1, 5, (100, 2))


@pytest.mark.parametrize("n", [1, 2, 100])
def test_the_engine_s_numbers(n):
    program = trace(f, inputs=[0.3, 1.2], parameters=[w, b])
    losses, gradients = eager(f, [(sample,) for sample in SAMPLES[:n]], [w, b])
    np.testing.assert_allclose(program(SAMPLES[:n]), losses, rtol=1e-14)
    found, slopes = program.value_and_grad(SAMPLES[:n], reduce=None)
    np.testing.assert_allclose(found, losses, rtol=1e-14)
    np.testing.assert_allclose(slopes, gradients, rtol=1e-13, atol=1e-15)
    mean, gradient = program.value_and_grad(SAMPLES[:n])
    assert mean == pytest.approx(losses.mean(), rel=1e-13)
    np.testing.assert_allclose(gradient, gradients.mean(axis=0), rtol=1e-12)
    again = pickle.loads(pickle.dumps(program))
    assert again(SAMPLES[:n]).tolist() == program(SAMPLES[:n]).tolist()


def test_the_tape_and_the_arrays_agree():
    program = trace(f, inputs=[0.3, 1.2], parameters=[w, b])
    outputs, slopes = program._tape.run(SAMPLES, program.parameters, gradients=True)
    assert program.plan.writes(100)
    np.testing.assert_allclose(program.value_and_grad(SAMPLES, reduce=None)[0], outputs[:, 0], rtol=1e-14)
    np.testing.assert_allclose(program.value_and_grad(SAMPLES, reduce=None)[1], slopes, rtol=1e-13)


@pytest.mark.parametrize("n", [1, 200])
def test_what_it_refuses_is_told_with_the_sample(n):
    program = trace(f, inputs=[0.3, 1.2], parameters=[w, b])
    inputs = np.tile([0.3, 1.2], (n, 1))
    inputs[-1, 1] = 22.0
    with pytest.raises(DomainError, match=rf"sample {n - 1}: squares\(11, w\) is not a number at w = 0.5: the table ends at 10"):
        program(inputs)


def test_what_a_branch_hides_is_refused_as_the_engine_does():
    hidden = trace(lambda x: where(w * 0, squares(x, w), w), inputs=1.0, parameters=[w])
    assert hidden([2.0, 3.0]).tolist() == [0.5, 0.5]
    with pytest.raises(DomainError, match=r"sample 1: .*the table ends at 10"):
        hidden([2.0, 30.0])


@pytest.mark.parametrize("name", ["theta", "n", "g", "x", "seed", "saved", "interp", "forward", "_", "bell1"])
def test_any_name_may_be_its_own(name):
    row = custom(partials=lambda y, x: -2 * x * y, name=name)(lambda x: math.exp(-x * x))
    other = custom(partials=lambda y, x: exp(x), name=name)(math.exp)
    program = trace(lambda x: row(x * w) + other(x * w) + bell(x), inputs=0.1, parameters=[w])
    inputs = np.linspace(-1, 1, 100)
    expected = np.exp(-((0.5 * inputs) ** 2)) + np.exp(0.5 * inputs) + np.exp(-(inputs**2))
    np.testing.assert_allclose(program(inputs), expected, rtol=1e-14)
    slope = (-(inputs**2) * np.exp(-((0.5 * inputs) ** 2)) + inputs * np.exp(0.5 * inputs)).mean()
    assert program.value_and_grad(inputs)[1][0] == pytest.approx(slope, rel=1e-12)


def test_the_code_says_what_it_calls():
    program = trace(lambda x: squares(x, w), inputs=0.5, parameters=[w])
    assert "squares1 = squares(x, theta)" in program.source
    assert "# squares: the custom operation squares, element by element" in program.source
    assert "# squares_slope_1: the derivative of squares by k, from the result and the operands" in program.source
    assert "squares of x and w" in str(program.plan)


def test_what_no_program_can_run_is_refused():
    four = custom(partials=[lambda y, *xs: 1.0] * 4, name="four")(lambda a, b, c, d: a + b + c + d)
    with pytest.raises(ValueError, match="the recorded graph has four, which has 4 operands, and a program runs operations of at most 3"):
        trace(lambda x: four(x, x, x, w), inputs=1.0)
    with pytest.raises(ValueError, match="the recorded graph has checkpoint, which no program can run"):
        trace(lambda x: checkpoint(lambda x: x * x, x), inputs=1.0)
    with pytest.raises(ValueError, match="JAX cannot run bell, a custom operation"):
        trace(bell, inputs=1.0).to_jax()


def test_a_rule_need_not_take_what_is_no_number():
    @custom(partials=lambda y, x: (2 * math.floor(abs(x)) + 1) * 1.0 if not math.isnan(x) else complex(x), at=(0.1, 0.9))
    def steep(x):
        return x * 1.0

    w = Value(1.0)
    program = trace(lambda x: steep(w * x) + w, inputs=0.5, parameters=[w])
    gradient = program.value_and_grad([0.5, math.nan], reduce=None)[1]
    assert gradient[0].tolist() == [1.5]
    assert math.isnan(gradient[1, 0])


def test_a_rule_that_has_no_derivative_where_there_is_a_value_is_told():
    @custom(partials=lambda y, x: math.sqrt(x - 1.0), at=(1.1, 2.0))
    def late(x):
        return 2 / 3 * abs(x - 1.0) ** 1.5

    w = Value(1.0)
    program = trace(lambda x: late(w * x), inputs=1.5, parameters=[w])
    for run in (lambda: late(Value(0.5)), lambda: program.value_and_grad([1.5, 0.5])):
        with pytest.raises(ValueError, match="math domain error"):
            run()


def test_a_derivative_and_a_gradient_do_not_share_a_name():
    @custom(partials=(lambda y, a, b: b, lambda y, a, b: a), at=[(0.5, 1.5)] * 2)
    def d(a, b):
        return a * b

    v = Value(2.0, name="v")

    def g(x):
        s = [(x * w).named("slope_[0]"), (x * v).named("slope_[1]")]
        return d(s[0].tanh(), d(s[1], x))

    program = trace(g, inputs=1.0, parameters=[w, v])
    samples = np.linspace(0.5, 1.5, 20)
    as_arrays(program)
    losses, gradients = eager(g, [(sample,) for sample in samples.tolist()], [w, v])
    found, slopes = program.value_and_grad(samples, reduce=None)
    np.testing.assert_allclose(found, losses, rtol=1e-14)
    np.testing.assert_allclose(slopes, gradients, rtol=1e-14)
