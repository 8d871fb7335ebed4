"""Threads with graphs of their own over shared parameters: no graph disturbs another, and no gradient is lost."""

import sys
import threading
import time

import numpy as np
import pytest

import autograd
from autograd import Value, checkpoint, detect_anomaly, gradients, no_grad, trace

THREADS, GRAPHS = 8, 10_000


@pytest.fixture
def hurried():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def together(work, threads=THREADS):
    """Run work(0), work(1), … at the same time; raises the first error of any."""
    gate, errors = threading.Barrier(threads), []

    def run(i):
        try:
            gate.wait()
            work(i)
        except BaseException as error:
            errors.append(error)

    started = [threading.Thread(target=run, args=(i,)) for i in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    if errors:
        raise errors[0]


def parameters():
    return [Value(float(i + 1), name=f"w_{i}") for i in range(4)]


def expression(w, k):
    """A graph over shared parameters, all of whose numbers are whole: sums of its gradients are exact in any order."""
    h = (w[0] * float(k % 7) + w[1]).relu()
    return h * w[2] * h + w[3] * w[0] - h


def slopes(k):
    """The gradient at the parameters 1, 2, 3, 4, by hand."""
    x = k % 7
    h = x + 2
    return [x * (6 * h - 1) + 4, 6 * h - 1, h * h, 1]


TOTAL = [float(sum(column)) for column in zip(*map(slopes, range(GRAPHS)), strict=True)]


def test_ten_thousand_graphs_of_eight_threads_over_the_same_parameters(hurried):
    w = parameters()

    def work(i):
        for k in range(i, GRAPHS, THREADS):
            L = expression(w, k)
            h = (k % 7) + 2
            assert L.data == 3 * h * h + 4 - h
            L.backward()
            assert L.grad == 1.0

    together(work)
    assert [p.grad for p in w] == TOTAL


def test_looking_at_gradients_disturbs_no_other_thread(hurried):
    w = parameters()

    def work(i):
        for k in range(i, GRAPHS, THREADS):
            L = expression(w, k)
            if i % 2:
                L.backward()
            else:
                found = gradients(L)
                assert [found[p] for p in w] == slopes(k)

    together(work)
    done = [k for k in range(GRAPHS) if k % THREADS % 2]
    assert [p.grad for p in w] == [sum(column) for column in zip(*map(slopes, done), strict=True)]


def test_hooks_checkpoints_and_modes_of_other_threads_change_nothing(hurried):
    w = parameters()
    graphs = 400

    def work(i):
        for k in range(i, graphs, THREADS):
            if i % 4 == 0:
                checkpoint(lambda *w, k=k: expression(w, k), *w).backward()
            elif i % 4 == 1:
                L = expression(w, k)
                L.register_hook(lambda gradient: gradient)
                L.backward()
            elif i % 4 == 2:
                with detect_anomaly():
                    expression(w, k).backward()
            else:
                with no_grad():
                    assert expression(w, k).args == ()
                expression(w, k).backward()

    together(work)
    assert [p.grad for p in w] == [sum(column) for column in zip(*map(slopes, range(graphs)), strict=True)]


class Slow(Value):
    """A leaf whose gradient takes a while to be read, so that another thread is sure to come in between."""

    kept = 0.0

    @property
    def _grad(self):
        now = self.kept
        time.sleep(0.001)
        return now

    @_grad.setter
    def _grad(self, gradient):
        self.kept = gradient

    grad = _grad


@pytest.mark.parametrize("way", ["plain", "hooked", "program"])
def test_no_gradient_is_lost_between_reading_and_writing(way):
    if way in ("plain", "program") and autograd.backend == "native":
        pytest.skip("native code is never interrupted")
    w = Slow.recorded(None, (), (), (), 1.0, 0.0, "w")
    w.kept = 0.0
    program = trace(lambda x: w * x, inputs=1.0, parameters=[w])

    def work(_):
        for _ in range(5):
            L = w * 3.0
            if way == "hooked":
                L.register_hook(lambda gradient: None)
            if way == "program":
                program.backward(np.array([3.0]))
            else:
                L.backward()

    together(work)
    assert w.kept == THREADS * 5 * 3.0
