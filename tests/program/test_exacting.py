"""What arrays may get wrong unseen is looked at: no result depends on the size of the batch by the sign of a zero."""

import itertools
import math

import networks
import numpy as np
import pytest
from eager import as_arrays, eager

from autograd import OPS, Value, atan2, ceil, custom, exp, floor, fmod, maximum, minimum, relu, sign, sqrt, step, tanh, trace, where
from autograd.formula import Formula
from autograd.program.elementwise import over_arrays
from autograd.program.exacting import _can_be
from autograd.program.printing import printed

NUMBERS = (0.0, 0.3, -0.3, 1.0, -1.0, 2.0, 1e-200, -1e-200, 1e3, -1e3, math.inf, -math.inf)


@custom(partials=lambda y, x: 0.0)
def signed(x):
    return math.copysign(1.0, x)


@pytest.mark.parametrize("n", [1, 20_000])
@pytest.mark.parametrize(
    "f",
    [
        lambda x, w: w * atan2(relu(x), -1.0),
        lambda x, w: w * atan2(maximum(0.0, x), -1.0),
        lambda x, w: w * atan2(-maximum(x, -x), -1.0),
        lambda x, w: w * atan2(minimum(x, 0.0 * x), -1.0),
        lambda x, w: w * atan2(0.0 + x, -w),
        lambda x, w: w * atan2(0.0 + x + x, -w),
        lambda x, w: w * atan2(x * w + x * w, -w),
        lambda x, w: w * atan2(x**0.5, -w),
        lambda x, w: w * tanh(1 / x**0.5),
        lambda x, w: w * atan2(relu(fmod(x - 2, 0.7)), -w),
        lambda x, w: w * tanh(1 / relu(fmod(x - 2, 0.7))),
        lambda x, w: w * atan2(relu(x * 0.25 * 1e-323), -w),
        lambda x, w: w * atan2(floor(x), -w) + atan2(ceil(x), -w),
        lambda x, w: w * tanh(1 / sum([x])),
        lambda x, w: w * tanh(1 / relu(x)),
        lambda x, w: w * exp(-1 / relu(x)),
        lambda x, w: w * signed(relu(x)),
        lambda x, w: w * tanh(relu(x) ** -1.0),
        lambda x, w: w * atan2(relu(x), 0.0) + atan2(relu(x), -0.0),
        lambda x, w: w * atan2(sign(x) + step(x), where(1.0, -w, x)),
    ],
)
def test_a_zero_has_the_sign_that_the_engine_gives_it(f, n):
    w = Value(1.0)
    program = trace(lambda x: f(x, w), inputs=1.0, parameters=[w])
    as_arrays(program)
    samples = [0.0, -0.0, 1.0, 0.6, 2.0]
    losses, gradients = eager(lambda x: f(x, w), [(x,) for x in samples], [w])
    xs = np.resize(samples, 5 * n)
    np.testing.assert_allclose(program(xs), np.resize(losses, 5 * n), rtol=1e-12)
    found, slopes = program.value_and_grad(xs, reduce=None)
    np.testing.assert_allclose(found, np.resize(losses, 5 * n), rtol=1e-12)
    np.testing.assert_allclose(slopes, np.resize(gradients, (5 * n, 1)), rtol=1e-12)


@pytest.mark.parametrize("row", OPS.values(), ids=lambda row: row.name)
def test_what_cannot_be_a_negative_zero_is_none_in_arrays_either(row):
    places = {tuple(range(row.arity)), (0,) * row.arity}
    for same, may in itertools.product(places, itertools.product((False, True), repeat=row.arity)):
        if not _can_be(row, same, (None,) * row.arity, may):
            tried = [[xs[k] for k in same] for xs in itertools.product(*[NUMBERS + (-0.0,) * m for m in may])]
            with np.errstate(all="ignore"):
                ys = over_arrays(row, (None,) * row.arity)(*np.array(tried).T)
            assert not (np.signbit(ys) & (ys == 0)).any(), (same, may)


@pytest.mark.parametrize(
    ("f", "many"),
    [
        (lambda x, w: x[0] / (exp(w * x[0]) + exp(w * x[1])), 0),
        (lambda x, w: 1 / (1 + exp(-w * x[0])), 0),
        (lambda x, w: x[0] / (w * sqrt(x[0] * x[0] + x[1] ** 2)), 1),  # w may be negative
        (lambda x, w: x[0] / sqrt(x[0] * x[0] + x[1] ** 2), 0),
        (lambda x, w: (x[0] / w + x[1] / 3) / x[1], 0),
        (lambda x, w: w / (x[0] - x[1]), 1),
        (lambda x, w: 1.0 / (x[0] - 1.0), 0),
        (lambda x, w: 1.0 / (1.0 - x[0]), 0),
        (lambda x, w: relu(x[0] - x[1]) * w, 0),
    ],
)
def test_only_what_can_be_a_negative_zero_and_told_from_another_is_looked_at(f, many):
    w = Value(1.0)
    assert trace(lambda x: f(x, w), inputs=[1.0, 2.0], parameters=[w])._table.signed == many


@pytest.mark.parametrize("make", [networks.classifier, networks.lstm, networks.normalised, networks.attention, networks.heads])
def test_networks_are_run_as_arrays_without_a_look_at_zeros(make):
    loss, arguments, parameters = make()
    assert trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters)._table.signed == 0


def test_constants_are_no_truths_and_zeros_of_two_signs_are_two():
    add, both = OPS["add"], (0, 1)
    assert [_can_be(add, both, constants, (True, True)) for constants in ((None, None), (1.0, None), (None, 2.0))] == [True, False, False]
    w = Value(1.0)
    assert trace(lambda x: w * atan2(relu(x), 0.0) + atan2(tanh(relu(x)), -0.0), inputs=1.0, parameters=[w])._table.signed == 2


def test_a_choice_between_two_signs_is_written_as_an_absolute_value_only_where_it_asks_for_the_sign():
    x = Formula.symbol("x")
    codes = [printed([where(condition, -x, x)], lambda code, _: code)[0] for condition in (step(x), x, sign(x), step(-x))]
    assert codes == ["-np.abs(x)", "np.where(x, -x, x)", "np.where(np.sign(x), -x, x)", "np.where(-x <= 0.0, x, -x)"]
