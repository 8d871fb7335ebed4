"""Large batches run in stretches: the same results, and errors that count samples in the whole batch."""

import math

import networks
import numpy as np
import pytest
from eager import as_arrays, eager

from autograd import BranchError, DomainError, Value, log, sqrt, tanh, trace


def cut(program, most):
    """The program with stretches of so many samples, and arrays for any batch."""
    vars(program.plan).update(stretch=most)
    return as_arrays(program)


@pytest.mark.parametrize("most", [1, 3, 7, 20, 100])
@pytest.mark.parametrize("make", [networks.mlp, networks.lstm, networks.attention])
def test_stretches_give_what_the_whole_batch_gives(make, most):
    loss, arguments, parameters = make()
    program = cut(trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters), most)
    batches = [np.concatenate([a * k for k in (1.0, 0.5, -0.3, 0.2)])[:20] for a in arguments]
    losses, gradients = eager(loss, list(zip(*batches, strict=True)), parameters)
    np.testing.assert_allclose(program(*batches), losses, rtol=1e-12)
    each, slopes = program.value_and_grad(*batches, reduce=None)
    np.testing.assert_allclose(each, losses, rtol=1e-12)
    np.testing.assert_allclose(slopes, gradients, rtol=1e-12, atol=1e-12)
    mean, slope = program.value_and_grad(*batches)
    assert mean == pytest.approx(losses.mean(), rel=1e-12)
    np.testing.assert_allclose(slope, gradients.mean(axis=0), rtol=1e-12, atol=1e-12)
    total, slope = program.value_and_grad(*batches, reduce="sum")
    assert total == pytest.approx(losses.sum(), rel=1e-12)
    np.testing.assert_allclose(slope, gradients.sum(axis=0), rtol=1e-12, atol=1e-12)
    assert program.value_and_grad(*batches)[1].tobytes() == program.value_and_grad(*batches)[1].tobytes()


def test_samples_are_counted_over_all_stretches():
    w = Value(1.0, name="w")
    branching = cut(trace(lambda x: w * x if x > 0 else x, inputs=1.0, parameters=[w]), 3)
    outside = cut(trace(lambda x: tanh(log((w * x).named("z"))), inputs=1.0, parameters=[w]), 3)
    xs = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, -8.0, 9.0, -1.0])
    for run in (branching, branching.value_and_grad):
        with pytest.raises(BranchError, match=r"^sample 7 takes another branch"):
            run(xs)
    for run in (outside, outside.value_and_grad):
        with pytest.raises(DomainError, match=r"^sample 7: log\(z\) is not a number at z = -8"):
            run(xs)


def test_a_stretch_that_is_not_finite_leaves_the_others_alone():
    w = Value(1.0)
    program = cut(trace(lambda x: sqrt(w * x) + x, inputs=1.0, parameters=[w]), 2)
    xs = np.array([4.0, 9.0, 0.0, 1.0, 16.0, 25.0, math.nan])
    losses, slopes = program.value_and_grad(xs, reduce=None)
    assert losses[:6].tolist() == [6.0, 12.0, 0.0, 2.0, 20.0, 30.0]
    assert math.isnan(losses[6])
    expected = eager(lambda x: sqrt(w * x) + x, [(x,) for x in xs], [w])[1]
    np.testing.assert_array_equal(slopes, expected)


def test_a_stretch_is_as_large_as_the_caches_and_the_calls_allow():
    loss, arguments, parameters = networks.mlp((64, 200, 10, 1))
    wide = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters).plan
    numbers = sum(block.rows for block in wide.lifted.blocks if block.varying)
    assert wide.stretch == 500_000 // numbers
    narrow = trace(lambda x: tanh(tanh(x)), inputs=1.0).plan
    assert narrow.stretch == 500_000 // 3
    assert f"Over {wide.stretch:,} samples" in str(wide)
