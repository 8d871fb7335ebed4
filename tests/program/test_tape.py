"""The tape: the bits of recording again, at any batch size, whatever is written as one instruction."""

import math
import random

import numpy as np
import pytest

from autograd import DomainError, Value, log, trace, where
from autograd.op import OPS
from autograd.program.tape import Tape


def random_program(seed, steps=60):
    """Sums, products and functions of three parameters and two inputs, with things used often, once and never."""
    rng = random.Random(seed)
    plan = [(rng.choice("+*+*-t"), rng.random(), rng.random()) for _ in range(steps)]
    weights = [Value(rng.uniform(-1, 1)) for _ in range(3)]

    def run(x):
        values = [*x, *weights]
        for sign, a, b in plan:
            left, right = values[int(a * len(values))], values[int(b * len(values))]
            values.append(
                left + right if sign == "+" else left * right if sign == "*" else left - 0.5 * right if sign == "-" else (left * 0.5).tanh()
            )
        return values[-1] + values[-2] * values[0] + weights[0] * values[1]

    return run, weights


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("n", [1, 3, 8, 21])
def test_the_tape_gives_the_engine_s_bits(seed, n):
    run, weights = random_program(seed)
    program = trace(run, inputs=[0.1, 0.2], parameters=weights)
    points = np.random.default_rng(seed).uniform(-1, 1, (n, 2))
    tape = Tape(program._table)  # with what repeats: without it, gradients are added up in another order
    outputs, slopes = tape.run(points, program.parameters, gradients=True)
    summed = tape.run(points, program.parameters, gradients=True, summed=True)[1]
    for point, output, slope in zip(points.tolist(), outputs, slopes, strict=True):
        for weight in weights:
            weight.grad = 0.0
        L = run([Value(x) for x in point])
        L.backward()
        assert output[0] == L.data
        assert slope.tolist() == [weight.grad for weight in weights]
    assert summed == pytest.approx(slopes.sum(axis=0), rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("seed", range(40))
def test_what_repeats_is_replayed_once(seed):
    run, weights = random_program(seed)
    program = trace(lambda x: run(x) + run(x) * weights[0], inputs=[0.1, 0.2], parameters=weights)
    assert 2 * len(program._tape.table) <= len(program._table) + 10
    points = np.random.default_rng(seed).uniform(-1, 1, (3, 2))
    (outputs, slopes), (expected, gradients) = [
        tape.run(points, program.parameters, gradients=True) for tape in (program._tape, Tape(program._table))
    ]
    assert outputs.tolist() == expected.tolist()
    assert slopes == pytest.approx(gradients, rel=1e-12, abs=1e-14)


def test_parameters_that_nothing_reaches_have_gradient_0():
    a, b, c = Value(2.0), Value(3.0), Value(4.0)
    program = trace(a * b + 0 * c, inputs=(), parameters=[a, b, c])
    assert program.value_and_grad()[1].tolist() == [3.0, 2.0, 0.0]


def test_a_gradient_of_zero_passes_nothing_on_in_a_batch_either():
    w = Value(1.0)
    program = trace(lambda x: (w * x).relu() * (1 / x), inputs=1.0, parameters=[w])
    points = np.array([[1.0], [-0.0], [2.0], [0.0], [-1.0], [3.0], [0.5], [0.25], [-2.0]])
    slopes = program._tape.run(points, np.ones(1), gradients=True)[1][:, 0]
    for point, slope in zip(points[:, 0].tolist(), slopes.tolist(), strict=True):
        if point:
            w.grad = 0.0
            x = Value(point)
            ((w * x).relu() * (1 / x)).backward()
            assert slope == w.grad


def test_a_sum_that_is_read_elsewhere_keeps_its_product():
    a, b, c = Value(2.0), Value(3.0), Value(5.0)
    product = a * b
    total = c + product
    program = trace([total * product, product, product + c], inputs=(), parameters=[a, b, c])
    assert program().tolist() == [66.0, 6.0, 11.0]


def replayed(program):
    """One point by the tape, with either engine: a program may find arrays quicker."""
    outputs, slopes = program._tape.run(np.empty((1, 0)), program.parameters, gradients=True, summed=True)
    return outputs[0, 0], slopes


@pytest.mark.parametrize("row", ["abs", "relu", "floor", "where"])
def test_a_program_without_inputs_has_the_engine_s_bits(row):
    a, b = Value(0.7, name="a"), Value(-1.3, name="b")

    def run():
        made = OPS[row](a * b, a / b, a - b) if row == "where" else OPS[row](a * b)
        return made * b + a / 3

    value, gradient = replayed(trace(run(), parameters=[a, b]))
    L = run()
    L.backward()
    assert value == L.data
    assert gradient.tolist() == [a.grad, b.grad]


def test_a_program_without_inputs_refuses_what_a_branch_hides():
    a = Value(0.5, name="a")
    program = trace(where(0.0 * a, log(a), a), parameters=[a])
    with pytest.raises(DomainError, match=r"log\(a\) is not a number at a = -2"):
        program.value_and_grad(parameters=np.array([-2.0]))


def test_long_sums_and_products_carry_on_with_the_engine_s_bits():
    rng = random.Random(3)
    leaves = [Value(rng.uniform(-2, 2)) for _ in range(30)]

    def run():
        total = leaves[0]
        for i, leaf in enumerate(leaves[1:]):
            total = total + leaf * leaves[i] if i % 10 < 5 else total * leaf if i % 10 < 8 else total + leaf
        return total * leaves[3] + total

    for hidden in (None, 7):  # a factor of zero: nothing is passed on from there
        if hidden is not None:
            leaves[hidden].data = 0.0
        for leaf in leaves:
            leaf.grad = 0.0
        value, gradient = replayed(trace(run(), parameters=leaves))
        L = run()
        L.backward()
        assert value == L.data
        assert gradient.tolist() == [leaf.grad for leaf in leaves]


@pytest.mark.parametrize("row", [op for op in OPS.values() if op.arity > 1], ids=lambda op: op.name)
def test_every_operand_carries_on_with_the_engine_s_bits(row):
    w = Value(0.8)

    def run(x, k):
        result = x * w
        for _ in range(3):
            operands = [1.1 + 0.1 * x, w + 0.3, 0.4 + x]
            operands[k] = result
            result = row(*operands[: row.arity])
            if row.domain:  # another row in between, which keeps it inside
                result = 0.5 + abs(result)
        return result

    points = np.linspace(0.2, 1.7, 9)[:, None]
    for k in range(row.arity):
        program = trace(lambda x, k=k: run(x, k), inputs=0.7, parameters=[w])
        for some in (points[:1], points):  # one at a time, and eight at once
            outputs, slopes = program._tape.run(some, program.parameters, gradients=True)
            for point, output, slope in zip(some[:, 0].tolist(), outputs[:, 0].tolist(), slopes[:, 0].tolist(), strict=True):
                w.grad = 0.0
                L = run(Value(point), k)
                L.backward()
                assert (output, slope) == (L.data, w.grad)


def test_the_parameters_of_one_point_may_be_any_vector_of_numbers():
    a, b = Value(2.0, name="a"), Value(3.0, name="b")
    program = trace(a * a * b, inputs=(), parameters=[a, b])
    strided = np.array([2.0, 9.0, 3.0, 9.0])[::2]
    for theta in (None, [2, 3], (2.0, 3.0), np.array([2, 3]), np.array([2.0, 3.0], dtype=np.float32), strided, np.array([2.0, 3.0])):
        value, gradient = program.value_and_grad(parameters=theta)
        assert (value, gradient.tolist()) == (12.0, [12.0, 4.0])
    for theta in ([2.0], np.ones((1, 2)), np.ones((2, 1)), np.ones(3), 2.0):
        with pytest.raises(ValueError, match="parameters is a vector of 2 numbers, not an array of shape"):
            program.value_and_grad(parameters=theta)
    with pytest.raises(TypeError, match="parameters takes an array of real numbers"):
        program.value_and_grad(parameters=["2", "3"])
    with pytest.raises(ValueError, match="reduce is 'mean', 'sum' or None"):
        program.value_and_grad(reduce="all")
    assert math.isnan(program.value_and_grad(parameters=[math.nan, 1.0])[0])


def test_what_a_point_hands_out_is_safe_to_keep():
    a = Value(2.0)
    program = trace(a * a, inputs=(), parameters=[a])
    _, first = program.value_and_grad(parameters=[1.0])
    _, second = program.value_and_grad(parameters=[5.0])
    assert (first.tolist(), second.tolist()) == ([2.0], [10.0])
