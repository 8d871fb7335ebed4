"""Numbers at the edges: what the engine refuses is refused, and infinities and zeros are the engine's own."""

import itertools
import math

import networks
import numpy as np
import pytest
from eager import as_arrays, eager

from autograd import (
    OPS,
    DomainError,
    Value,
    atan2,
    backend,
    ceil,
    exp,
    floor,
    leaky_relu,
    log,
    relu,
    sign,
    sin,
    sqrt,
    step,
    tanh,
    trace,
    where,
)
from autograd.program.tape import Tape


def same(f, xs, weight=1.0, reduce=None):
    """Each sample's loss and gradient, equal to the engine's bit for bit where they are not finite."""
    w = Value(weight, name="w")
    losses, gradients = eager(lambda x: f(x, w), [(x,) for x in xs], [w])
    program = trace(lambda x: f(x, w), inputs=1.0, parameters=[w])
    value, gradient = program.value_and_grad(xs, reduce=reduce)
    np.testing.assert_allclose(value, losses, rtol=1e-12)
    np.testing.assert_allclose(gradient, gradients, rtol=1e-12)
    np.testing.assert_allclose(program(xs), losses, rtol=1e-12)


def test_a_pole_is_infinite():
    same(lambda x, w: w / x, [2.0, 0.0, -0.0])
    same(lambda x, w: log(w * x), [2.0, 0.0])


def test_overflow_is_infinite():
    same(lambda x, w: exp(w * x), [1.0, 1000.0])
    same(lambda x, w: 1 / (1 + exp(w * x)), [1.0, 1000.0])


def test_a_gradient_of_zero_passes_nothing_on():
    same(lambda x, w: where(x, sqrt(w * x), x), [4.0, 0.0])
    same(lambda x, w: relu(0 * sqrt(w * x)), [4.0, 0.0])


def test_nan_comes_from_nan_alone():
    same(lambda x, w: w * x + 1, [1.0, math.nan])


@pytest.mark.parametrize("row", [step, sign, floor, ceil])
def test_a_derivative_that_is_zero_everywhere_times_an_infinite_gradient_is_nan(row):
    same(lambda x, w: sqrt(row(w * x)) + w, [4.0, -0.0, 0.0])
    same(lambda x, w: (row(w * x) + 1.0) * w * x, [4.0, 0.3, 0.0])


def test_where_a_value_is_nan_the_other_gradients_are_numbers():
    w = [Value(1.0), Value(2.0), Value(3.0)]
    program = trace(lambda x: w[0] * x + sin(w[1]) + sqrt(w[2] * x), inputs=1.0, parameters=w)
    for xs in ([math.nan, 1.0], [math.nan]):
        gradient = program.value_and_grad(xs, reduce=None)[1]
        losses, gradients = eager(lambda x: w[0] * x + sin(w[1]) + sqrt(w[2] * x), [(x,) for x in xs], w)
        np.testing.assert_allclose(gradient, gradients, rtol=1e-12)
        assert math.isnan(losses[0]) and np.isnan(gradient[0]).tolist() == [True, False, True]


def test_means_of_infinite_losses():
    w = Value(1.0)
    program = trace(lambda x: w / x, inputs=1.0, parameters=[w])
    loss, gradient = program.value_and_grad([1.0, 0.0])
    assert (loss, gradient.tolist()) == (math.inf, [math.inf])


@pytest.mark.parametrize(
    ("f", "bad", "message"),
    [
        (lambda z: log(z), -1.0, r"sample 1: log\(z\) is not a number at z = -1"),
        (lambda z: sqrt(z), -4.0, r"sample 1: sqrt\(z\) is not a number at z = -4"),
        (lambda z: z**0.5, -4.0, r"sample 1: z\*\*0.5 is not a number"),
        (lambda z: where(0.0 * z, log(z), z), -1.0, r"sample 1: log\(z\) is not a number"),
        (lambda z: (log(z) + 2) ** 0.0, -1.0, r"sample 1: log\(z\) is not a number"),
        (lambda z: sin(1 / z), 0.0, r"sample 1: sin\(inf\) is not a number"),
    ],
)
def test_what_the_engine_refuses_is_refused_by_name(f, bad, message):
    w = Value(1.0)
    program = trace(lambda x: f((w * x).named("z")), inputs=1.0, parameters=[w])
    for run in (program, program.value_and_grad):
        with pytest.raises(DomainError, match=message):
            run([1.0, bad])


def test_signs_of_zero_survive_where_they_matter():
    same(lambda x, w: atan2(x, -w), [1.0, -1.0])


def test_the_tape_gives_what_the_engine_gives_bit_for_bit():
    w = Value(0.7)

    def f(x):
        return sin(w * x) / (1 + exp(-x)) - w**3 * x

    xs = [0.3, -1.2, 4.0]
    losses, gradients = eager(f, [(x,) for x in xs], [w])
    tape = Tape(trace(f, inputs=1.0, parameters=[w])._table)
    outputs, slopes = tape.run(np.array(xs)[:, None], np.array([0.7]), gradients=True)
    assert outputs[:, 0].tobytes() == losses.tobytes()
    assert slopes.tobytes() == gradients.tobytes()


ENDS = (0.0, 1.0, -2.0, math.inf, -math.inf, -1.0, 0.5, 3.0, 1e-320, 1e300, -1e300)


@pytest.mark.parametrize("row", OPS.values(), ids=list(OPS))
def test_at_the_ends_of_the_floats_every_row_has_the_engine_s_numbers(row):
    """Up to the 4 ulp by which NumPy's functions differ from those of the C library on processors with AVX-512."""
    program = trace(lambda *xs: row(*xs), inputs=tuple([sum(interval) / 2 + 0.1 for interval in row.at]), parameters=[])
    points, values = [], []
    for xs in itertools.product(ENDS if row.arity < 3 else ENDS[:5], repeat=row.arity):
        columns = [np.array([x]) for x in xs]
        try:
            y = row(*map(Value, xs)).data
        except DomainError:
            with pytest.raises(DomainError):
                program(*columns)
            continue
        np.testing.assert_array_max_ulp(program(*columns), np.array([y]), maxulp=4)
        points.append(xs)
        values.append(y)
    np.testing.assert_array_max_ulp(program(*np.array(points).T), np.array(values), maxulp=4)


def test_narrow_deep_graphs_are_replayed_by_the_tape():
    w = Value(0.999)

    def f(x):
        for _ in range(6000):
            x = sin(x * w)
        return x

    program = trace(f, inputs=1.0, parameters=[w])
    assert "too many to write down as arrays" in str(program.plan)
    assert program.plan.crossover is None
    assert program.source == "# too many blocks to write down as arrays: replayed by the tape\n"
    with pytest.raises(ValueError, match="so many blocks is not written down as arrays, and so not for JAX"):
        program.to_jax()
    losses, gradients = eager(f, [(1.0,), (2.0,)], [w])
    value, gradient = program.value_and_grad([1.0, 2.0], reduce=None)
    assert (value == losses).all()
    assert (gradient == gradients).all()


def test_small_batches_may_take_the_tape_and_large_ones_arrays():
    loss, arguments, parameters = networks.mlp()
    program = trace(loss, inputs=tuple([argument[0] for argument in arguments]), parameters=parameters)
    n = next(n for n in range(1, 10_000) if program.plan.writes(n))
    assert (n > 1) == (backend == "native")  # in Python the tape is slow
    for count in {n - 1, n} - {0}:
        batch = [np.resize(argument, (count, *np.shape(argument)[1:])) for argument in arguments]
        value, gradient = program.value_and_grad(*batch)
        losses, gradients = eager(loss, list(zip(*[np.asarray(argument).tolist() for argument in batch], strict=True)), parameters)
        assert value == pytest.approx(losses.mean(), rel=1e-12)
        assert gradient == pytest.approx(gradients.mean(axis=0), rel=1e-10, abs=1e-14)


def test_zero_times_what_is_no_number_is_none():
    w = Value(2.0)
    program = trace(lambda x: w * (0.0 * x[0] + x[1]), inputs=[1.0, 1.0], parameters=[w])
    x = np.ones((50_000, 2))
    x[7, 0] = np.nan
    assert np.isnan(program(x)[7])
    loss, gradient = program.value_and_grad(x)
    assert np.isnan([loss, *gradient]).all()
    refused = trace(lambda x: w * (0.0 * log(w * x[0]) + x[1]), inputs=[1.0, 1.0], parameters=[w])
    x[7, 0] = -1.0
    with pytest.raises(DomainError, match=r"sample 7: log\(-2\)"):
        refused(x)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("n", [2, 50_000])
def test_infinite_losses_of_both_signs_have_no_sum_and_no_warning(n):
    w = Value(2.0)
    x = np.ones(n)
    x[:2] = np.inf, -np.inf
    assert np.isnan(trace(lambda x: w * x, inputs=1.0, parameters=[w]).value_and_grad(x)[0])


def test_a_constant_operation_of_any_number_is_written_down():
    same(lambda x, w: w * x + tanh(leaky_relu(math.inf, w)), [1.0, 2.0])
    program = trace(lambda x: [leaky_relu(math.inf, x), -leaky_relu(math.inf, x)], inputs=1.0)
    as_arrays(program)
    assert program([0.5, 2.0]).tolist() == [[math.inf, -math.inf]] * 2


def test_a_constant_zero_inside_a_row_times_infinity_is_no_number():
    same(lambda x, w: w * leaky_relu(x, 0.0) ** 0.5, [4.0, -3.0, math.inf])
    program = trace(lambda x: leaky_relu(-x, 0.0), inputs=1.0)
    as_arrays(program)
    assert program([2.0, -3.0]).tolist() == [0.0, 3.0]
    assert math.isnan(program([math.inf]).item())


@pytest.mark.parametrize("n", [1, 3000])
def test_a_gradient_without_samples_in_it_is_divided_by_zero_as_the_engine_does(n):
    w = Value(1.0)

    def f(x):
        return sum((tanh(w * t) for t in x), start=sign(w / 0.0))

    program = trace(f, inputs=[0.1] * 3, parameters=[w])
    losses, gradients = eager(f, [([0.2] * 3,)], [w])
    found, slopes = program.value_and_grad(np.full((n, 3), 0.2))
    assert (found, slopes[0]) == pytest.approx((losses[0], gradients[0][0]), nan_ok=True, rel=1e-12)
