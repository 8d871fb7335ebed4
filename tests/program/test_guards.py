"""Comparisons made while recording are checked for every sample; the error names the line."""

import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from autograd import BranchError, Graph, Value, gradients, log, sigmoid, step, trace, where


def absolute(x):
    if x < 0:  # the line
        return -x
    return x


def test_the_branch_that_was_recorded_is_run():
    program = trace(absolute, inputs=-2.0)
    assert program([-1.0, -3.0]).tolist() == [1.0, 3.0]


@pytest.mark.parametrize("run", ["call", "value_and_grad", "backward"])
def test_a_sample_that_would_branch_otherwise_raises(run):
    program = trace(absolute, inputs=-2.0)
    with pytest.raises(BranchError) as caught:
        getattr(program, "__call__" if run == "call" else run)([-1.0, -3.0, 2.0, 5.0])
    text = str(caught.value)
    assert "sample 2" in text
    assert "if x < 0:  # the line" in text
    assert "test_guards.py:13" in text
    assert "(2 and 0)" in text
    assert isinstance(caught.value, ValueError)


def test_every_sign_both_sides_and_names():
    a, b = Value(1.0, name="a"), Value(2.0, name="b")

    def f(x):
        return x if all((x < a, x <= 1, b > x, b >= x)) else -x

    program = trace(f, inputs=0.0, parameters=[a, b])
    assert program([0.5]).tolist() == [0.5]
    with pytest.raises(BranchError, match=r"x < a was True, and is False there \(1 and 1\)"):
        program([1.0])


def test_equality_with_a_number_is_a_comparison():
    w = Value(0.5, name="w")

    def loss(x, y):
        p = sigmoid(w * x)
        return -log(p) if y == 1 else -log(1 - p)

    program = trace(loss, inputs=(0.0, 1.0), parameters=[w])
    assert program([1.0, -1.0], [1.0, 1.0]).tolist() == pytest.approx([-math.log(1 / (1 + math.exp(-z))) for z in (0.5, -0.5)])
    with pytest.raises(BranchError, match=r"sample 1 .* y == 1 was True"):
        program([1.0, 2.0], [1.0, 0.0])
    with pytest.raises(BranchError, match=r"x == 1 was False"):
        trace(lambda x: x if x != 1 else 5 * x, inputs=0.0)([1.0])
    counting = trace(lambda x: w * sum(x == 0), inputs=np.array([1.0, 0.0]), parameters=[w])
    with pytest.raises(BranchError, match="sample 1"):
        counting([[3.0, 0.0], [0.0, 0.0]])


def test_whether_two_values_are_the_same_is_not_asked_by_equality():
    with pytest.raises(ValueError, match=r"x == y at .*test_guards.py.*write that with is, and where their numbers are meant a - b == 0"):
        trace(lambda x, y: x if x == y else 5 * y, inputs=(1.0, 2.0))
    program = trace(lambda x, y: x if x - y == 0 else 5 * y, inputs=(1.0, 2.0))
    assert program([3.0], [4.0]).tolist() == [20.0]


CHOICES = [
    (lambda x: 2 * x if x > 1 else -x, r"where(step(x - 1), a, b)", lambda x: where(step(x - 1), 2 * x, -x)),
    (lambda x: 2 * x if x < -1 else -x, r"where(step(-1 - x), a, b)", lambda x: where(step(-1 - x), 2 * x, -x)),
    (lambda x: 2 * x if x >= 0 else -x, r"where(step(-x), b, a)", lambda x: where(step(-x), -x, 2 * x)),
    (lambda x: 2 * x if x <= -1 else -x, r"where(step(x + 1), b, a)", lambda x: where(step(x + 1), -x, 2 * x)),
    (lambda x: 2 * x if x == 0 else -x, r"where(x, b, a)", lambda x: where(x, -x, 2 * x)),
    (lambda x: 2 * x if x - 1 > 0 else -x, r"where(step(v), a, b)", lambda x: where(step(x - 1), 2 * x, -x)),
]


@pytest.mark.parametrize(("branching", "advice", "chosen"), CHOICES, ids=[advice for _, advice, _ in CHOICES])
def test_the_advice_of_the_error_is_the_choice_without_a_branch(branching, advice, chosen):
    points = [-3.0, -1.0, 0.0, 1.0, 3.0]
    program = trace(branching, inputs=0.5)
    with pytest.raises(BranchError) as caught:
        program(points)
    assert advice in str(caught.value)
    assert str(caught.value).endswith(", or autograd's maximum or relu") == (" == " not in str(caught.value).partition(" was ")[0])
    assert trace(chosen, inputs=0.5)(points).tolist() == [branching(x) for x in points]


def test_the_line_is_the_users_and_not_numpys():
    with pytest.raises(BranchError, match=r"at \S*test_guards.py:\d+: "):
        trace(lambda x: x[np.argmax(x)], inputs=np.array([1.0, 2.0]))([[2.0, 1.0]])


def test_a_number_while_recording_is_not_advised_to_be_read():
    with pytest.raises(TypeError, match=r"use functions of autograd \(from autograd import exp\) instead of math's(\n|$)"):
        trace(lambda x: x * math.exp(x), inputs=1.0)


def test_python_max_compares():
    program = trace(lambda x: max(x), inputs=[1.0, 2.0, 0.0])
    assert program([[3.0, 4.0, 1.0]]).tolist() == [4.0]
    with pytest.raises(BranchError, match="max"):
        program([[3.0, 1.0, 1.0]])


def test_a_guard_comes_before_the_numbers_that_it_guards():
    def f(x):
        return log(x) if x > 0 else x

    with pytest.raises(BranchError, match="sample 1"):
        trace(f, inputs=1.0)([2.0, -1.0])


def test_a_guard_may_depend_on_parameters():
    w = Value(1.0)
    program = trace(lambda x: w * x if w * x > 0 else 0 * x, inputs=1.0, parameters=[w])
    assert program([1.0, 2.0]).tolist() == [1.0, 2.0]
    with pytest.raises(BranchError):
        program([1.0, 2.0], parameters=[-1.0])


def test_what_was_recorded_already_does_not_hide_a_comparison():
    x = Value(1.0, name="x")
    with pytest.raises(BranchError, match=r"^x was compared in Python, .*: trace the function"):
        trace(absolute(x) * 2, inputs=x)


def test_a_comparison_of_the_result_decides_nothing_in_it():
    x = Value(1.0)
    L = x * 2
    assert L > 0
    assert trace(L, inputs=x)([-1.0]).tolist() == [-2.0]


def test_the_plan_lists_guards():
    assert "x < 0 was True" in str(trace(absolute, inputs=-2.0).plan)


def test_guards_hold_for_arrays_of_any_size():
    program = trace(absolute, inputs=-2.0)
    assert (program(-np.arange(1.0, 1000.0)) == np.arange(1.0, 1000.0)).all()


@pytest.mark.parametrize("made", [lambda x: x, lambda x: 2 * x])
def test_what_another_thread_compares_is_refused(made):
    w = Value(2.0)

    def f(x):
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda v: v * w if v > 0 else -3 * w, [made(v) for v in x]))

    with pytest.raises(BranchError, match="was compared in another thread"):
        trace(f, inputs=[1.0, -1.0], parameters=[w])


LOOKS = {
    "its number":              (lambda x, w: w * x if x.data > 0 else -x, r"x\.data in a function that is recorded .* v > 0"),
    "its gradient":            (lambda x, w: w * x * w.grad, r"w\.grad in a function"),
    "a gradient as a number":  (lambda x, w: w * sum(gradients(x * x).values()), "a gradient as a number in a function"),
    "the number of a product": (lambda x, w: w * (x * x).data, r"a Value\.data in a function"),
    "a number that is set":    (lambda x, w: setattr(w, "data", 5.0) or w * x, r"w\.data is set at .*: set it outside"),
    "a gradient that is set":  (lambda x, w: setattr(w, "grad", 5.0) or w * x, r"w\.grad is set at .*: set it outside"),
}  # fmt: skip


@pytest.mark.parametrize("what", LOOKS)
def test_a_plain_number_of_the_example_is_refused(what):
    f, says = LOOKS[what]
    w = Value(2.0, name="w")
    with pytest.raises(ValueError, match=says):
        trace(lambda x: f(x, w), inputs=1.0, parameters=[w])
    with pytest.raises(ValueError, match=says):
        Graph.of(lambda x: f(x, w), Value(1.0, name="x"))
    assert (w.data, w.grad) == (2.0, 0.0)


def test_showing_a_number_is_no_use_of_it():
    said = []
    program = trace(lambda x: said.append(f"{x:.1f} {x}") or 2 * x, inputs=1.0)
    assert said == ["1.0 Value(data=1.0, grad=0.0, name='x')"]
    assert program([3.0]).tolist() == [6.0]


def test_another_thread_reads_while_this_one_records():
    w = Value(2.0)

    def f(x):
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: w.data).result() == 2.0
        return w * x

    assert trace(f, inputs=1.0, parameters=[w])([3.0]).tolist() == [6.0]


def test_what_was_compared_before_is_no_choice_of_the_function():
    w = [Value(1.0), Value(2.0)]
    penalty = w[0] * w[1]
    assert max(w) is w[1]
    assert penalty > 1
    assert trace(lambda x: w[0] * x + penalty, inputs=1.0, parameters=w)([1.0, 2.0]).tolist() == [3.0, 4.0]
