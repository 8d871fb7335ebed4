"""Checkpoints: the same gradients with less kept, and the schedule that repeats the fewest steps."""

import copy
import pickle
from functools import cache
from math import comb

import pytest

from autograd import Graph, Value, checkpoint, checkpoint_chain, grad, gradient, hessian, hvp, jacfwd, jvp, topological
from autograd.checkpoint import split


def block(x, w):
    for _ in range(5):
        x = (x * w).tanh() + w
    return x


def test_one_result():
    def gradients(run):
        x, w = Value(0.3), Value(0.7)
        L = run(x, w) ** 2 + x
        L.backward()
        return L.data, x.grad, w.grad, len(topological(L))

    *whole, nodes = gradients(block)
    *kept, fewer = gradients(lambda x, w: checkpoint(block, x, w))
    assert kept == whole and fewer < nodes


def test_several_results_run_again_once():
    runs = []

    def f(x, w):
        runs.append(1)
        return [x * w, (x + w).tanh(), x]

    def gradients(run):
        x, w = Value(0.3, name="x"), Value(0.7, name="w")
        a, b, _ = run(x, w)
        L = a * b + a
        L.backward()
        L.backward()
        return x.grad, w.grad

    expected = gradients(f)
    del runs[:]
    assert gradients(lambda *args: checkpoint(f, *args)) == expected
    assert len(runs) == 3  # forward, and once in each backward


def test_checkpoints_nest():
    def gradients(inner, outer):
        x, w = Value(0.3), Value(0.7)
        L = outer(lambda x, w: inner(block, x, w) * inner(block, w, x), x, w)
        L.backward()
        return x.grad, w.grad

    plain = lambda f, *args: f(*args)  # noqa: E731
    assert gradients(checkpoint, checkpoint) == pytest.approx(gradients(plain, plain), rel=1e-14)


@pytest.mark.parametrize("checked", [grad, jacfwd, hessian, lambda f: grad(jacfwd(grad(f))), lambda f: lambda x: jvp(f, (x,), (2.0,))])
def test_transforms_pass_through(checked):
    def f(run, chain):
        def g(x):
            a, b = run(lambda x: (x.sin() * x, x * x), x)
            (c,) = chain(lambda i, state, weights: [(state[0] * weights[0] + i).tanh()], [a], 3, parameters=[b])
            return c * b

        return g

    def plain(step, state, n, parameters):
        for i in range(n):
            state = step(i, state, parameters)
        return state

    assert checked(f(checkpoint, checkpoint_chain))(0.3) == pytest.approx(checked(f(lambda f, *args: f(*args), plain))(0.3), rel=1e-14)
    assert hvp(f(checkpoint, checkpoint_chain), (0.3,), (1.0,)) == pytest.approx(
        hessian(f(lambda f, *args: f(*args), plain))(0.3), rel=1e-14
    )


def test_what_would_be_lost_is_refused():
    w, x = Value(2.0, name="w"), Value(1.0)
    with pytest.raises(ValueError, match=r"uses Value\(data=2.0, grad=0.0, name='w'\), which it did not get as an argument"):
        checkpoint(lambda x: x * w, x)
    with pytest.raises(TypeError, match="checkpoint takes Values, not float"):
        checkpoint(lambda x: x, 1.0)
    with pytest.raises(TypeError, match="returns Values, not float"):
        checkpoint(lambda x: 1.0, x)


def test_a_function_that_changes_its_mind_is_refused():
    factors = iter([1.0, 2.0])
    y = checkpoint(lambda x: x * next(factors), Value(1.0))
    with pytest.raises(RuntimeError, match=r"gave \[2\.0\] when it ran again, and \[1\.0\] the first time"):
        y.backward()


@pytest.mark.parametrize("snapshots", [1, 2, 3, 7, 40, None])
def test_a_chain(snapshots):
    def step(i, state, parameters):
        a, b = state
        (w,) = parameters
        return [(a * w + b).tanh(), b * 0.9 + a * i]

    def gradients(run):
        a, b, w = Value(0.1), Value(-0.2), Value(0.8)
        one, two = run([a, b], w)
        L = one * two
        L.backward()
        return L.data, a.grad, b.grad, w.grad

    def plain(state, w):
        for i in range(30):
            state = step(i, state, [w])
        return state

    chained = gradients(lambda state, w: checkpoint_chain(step, state, 30, parameters=[w], snapshots=snapshots))
    assert chained == pytest.approx(gradients(plain), rel=1e-12)


@cache
def fewest(steps, snapshots):
    """The fewest repeated steps, by trying every split."""
    if steps == 1:
        return 0
    if snapshots == 1:
        return steps * (steps - 1) // 2
    return min(k + fewest(steps - k, snapshots - 1) + fewest(k, snapshots) for k in range(1, steps))


def repeated(steps, snapshots):
    if steps == 1:
        return 0
    if snapshots == 1:
        return steps * (steps - 1) // 2
    k = split(steps, snapshots)
    return k + repeated(steps - k, snapshots - 1) + repeated(k, snapshots)


def test_the_schedule_is_the_best_there_is():
    for snapshots in range(1, 7):
        for steps in range(2, 60):
            assert repeated(steps, snapshots) == fewest(steps, snapshots), (steps, snapshots)


def test_a_chain_runs_as_often_as_the_schedule_says():
    runs = []

    def step(i, state, parameters):
        runs.append(i)
        return [state[0].tanh()]

    x = Value(0.5)
    (y,) = checkpoint_chain(step, [x], 20, snapshots=3)
    forward = len(runs)
    y.backward()
    assert len(runs) - forward == fewest(20, 3) + 20
    assert max(runs.count(i) for i in range(20)) - 1 <= next(r for r in range(20) if comb(3 + r, 3) >= 20) + 1


def test_bad_chains_are_refused():
    x = Value(1.0)
    with pytest.raises(ValueError, match="the number of steps of a chain must be at least 1, not 0"):
        checkpoint_chain(lambda i, s, p: s, [x], 0)
    with pytest.raises(ValueError, match="step 0 made 2 values from a state of 1"):
        checkpoint_chain(lambda i, s, p: [s[0], s[0]], [x], 3)


@pytest.mark.parametrize(
    ("action", "error", "said"),
    [
        (copy.deepcopy, TypeError, "what a checkpoint made is not copied"),
        (lambda L: copy.copy(L.args[0]), TypeError, "what a checkpoint made is not copied"),
        (pickle.dumps, pickle.PicklingError, "checkpoint is no row of the op table"),
        (lambda L: pickle.dumps(Graph(L)), pickle.PicklingError, "checkpoint is no row of the op table"),
        (lambda L: Graph(L).refresh(), RuntimeError, "the inside of a checkpoint is not kept"),
        (lambda L: Graph(L).evaluate({L.args[0].args[0]: 0.7}), RuntimeError, "the inside of a checkpoint is not kept"),
        (lambda L: gradient(L, topological(L)[0]), RuntimeError, "the inside of a checkpoint is not kept"),
    ],
)
def test_what_needs_the_inside_is_refused_and_leaves_the_graph_as_it_was(action, error, said):
    x = Value(0.5, name="x")
    L = checkpoint(lambda x: x.tanh() * x, x) * 3
    number = L.data
    with pytest.raises(error, match=said):
        action(L)
    assert L.data == number
    L.backward()
    y = Value(0.5)
    (y.tanh() * y * 3).backward()
    assert x.grad == y.grad


def test_a_checkpoint_takes_more_arguments_than_fit_into_two_bytes():
    values = [Value(1.0) for _ in range(70_000)]
    checkpoint(lambda *xs: 2 * xs[0] + xs[-1], *values).backward()
    assert [values[i].grad for i in (0, 1, -1)] == [2.0, 0.0, 1.0]
