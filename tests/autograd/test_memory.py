"""Memory: training for long does not take more of it, and graphs of millions of nodes are let go of without a crash."""

import gc
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import autograd
from autograd import Value, zero_grad

ROOT = Path(autograd.__file__).parent.parent
MILLIONS = 10 if autograd.backend == "native" else 1  # the Python engine takes 50 s and 3 GB for ten

FREED = """
import sys
from autograd import Value

x = Value(1.0)
v = x
for _ in range(int(sys.argv[1]) // 2):
    v = (v + v) * 0.5
v.backward()
print(x.grad)
del v
print("freed")
"""


def train(w, b, steps):
    """Gradient descent on y = 2x + 1, a sample a step."""
    for k in range(steps):
        x = (k % 10) / 10
        loss = (w * x + b - (2 * x + 1)) ** 2
        zero_grad((w, b))
        loss.backward()
        w.data -= 0.1 * w.grad
        b.data -= 0.1 * b.grad


def test_a_hundred_thousand_training_steps_leave_nothing_behind():
    w, b = Value(0.1, name="w"), Value(0.0, name="b")
    train(w, b, 100)
    gc.collect()
    before = sys.getallocatedblocks()
    train(w, b, 100_000)
    gc.collect()
    assert sys.getallocatedblocks() - before < 100
    assert (round(w.data, 6), round(b.data, 6)) == (2.0, 1.0)


def test_training_needs_the_memory_of_one_step():
    w, b = Value(0.1), Value(0.0)
    tracemalloc.start()
    try:
        train(w, b, 100)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        train(w, b, 5_000)
        gc.collect()
        after, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 4_096
    assert peak - before < 16_384


def test_a_graph_of_millions_of_nodes_is_freed():
    """In a process of its own, since what would fail here is the process; every node is used twice, by 2ⁿ ways."""
    done = subprocess.run(
        [sys.executable, "-c", FREED, str(MILLIONS * 1_000_000)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.split()) == (0, ["1.0", "freed"]), done.stderr
