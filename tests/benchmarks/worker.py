"""One contender in a process of its own: it prepares a step, and runs it as often as it is told.

In a shared process every contender would pay for the others: the garbage collector walks the objects of all that
is imported, and the memory of one hides in the peak of the next. So each has its own process, and the parent asks
each in turn (see :mod:`.timing`). Times are CPU seconds of this process and of the programs it started.

    python -m tests.benchmarks.worker ours.eager network 1
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from .peers import hand
from .workloads import TASKS, WORKLOADS

try:
    import resource
except ImportError:  # Windows, where neither started programs nor peaks are told
    resource = None  # type: ignore[assignment]

MESSAGE = 48  # characters of an error that a table has room for


class Worker:
    """A peer's function, the work it is given, and the step it made of it."""

    def __init__(self, peer: str, work: str, size: int) -> None:
        module, function = peer.split(".")
        self.work = (WORKLOADS | TASKS)[work](size)
        self.by_hand = hand.training if work in TASKS else hand.eager
        self.peer = import_module(f".peers.{module}", __package__)
        self.prepare: Callable[[Any], Callable[[], Any]] = getattr(self.peer, function)
        self.step: Callable[[], Any] = lambda: None
        self.before = 0

    def load(self) -> None:
        """Prepare and run once, so that imports and first calls are no part of any time or memory."""
        self.prepare(_SMALLEST[type(self.work).__name__]())()
        self.before = peak_memory()

    def build(self) -> float:
        """The CPU seconds until the first result: preparing the step, and what its first run compiles."""
        start = cpu_seconds()
        self.step = self.prepare(self.work)
        self.step()
        return cpu_seconds() - start

    def disagreement(self) -> float:
        """How far two steps are from those by hand, relative to the largest number: the gradient, or the trained parameters.

        ``build`` has run the first.
        """
        by_hand = self.by_hand(self.work)
        by_hand()
        return compare(self.step(), by_hand())

    def run(self, times: int) -> float:
        """The CPU seconds of one step, the mean of so many in a row."""
        step, start = self.step, cpu_seconds()
        for _ in range(times):
            step()
        return (cpu_seconds() - start) / times

    def grown(self) -> int:
        """By how many bytes the peak memory of this process has risen since ``load``."""
        return peak_memory() - self.before

    def record(self) -> dict[str, int]:
        """The bytes of a recorded graph: what the process holds, before its gradients and after."""
        _, forward = self.peer.record(self.work)
        start = resident_memory()
        root = forward()
        recorded = resident_memory()
        root.backward()
        return {"recorded": recorded - start, "after": resident_memory() - start}


_SMALLEST = {"Workload": lambda: WORKLOADS["speelpenning"](3), "Task": lambda: TASKS["moons"](4)}


def compare(got: Any, expected: Any) -> float:
    """The largest difference between two steps' results, relative to the largest number expected."""
    if isinstance(expected, tuple):  # a value and its gradient
        value, gradient = expected
        return max(abs(got[0] - value) / max(abs(value), 1e-300), compare(list(got[1]), list(gradient)))
    if isinstance(got, list) and isinstance(got[0], list | tuple):
        got = flat(got)
    got = got.tolist() if hasattr(got, "tolist") else got
    worst = max((abs(float(a) - float(b)) for a, b in zip(got, expected, strict=True)), default=0.0)
    return worst / max(max(abs(float(b)) for b in expected), 1e-300)


def flat(layers: Any) -> Any:
    """The weights and biases of layers as the vector of a task's parameters."""
    import numpy as np

    parts = [[part.detach() if hasattr(part, "detach") else part for part in layer] for layer in layers]
    return np.concatenate([np.column_stack([np.asarray(part) for part in layer]).ravel() for layer in parts])


def cpu_seconds() -> float:
    """What this process and the programs that it has waited for have used of a processor."""
    if resource is None:
        return time.process_time()
    started = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + started.ru_utime + started.ru_stime


def peak_memory() -> int:
    """The most that this process has held at any time, in bytes."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:  # Linux counts for ru_maxrss what the process was started from, too
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM:"))
    except (OSError, StopIteration):
        pass
    if resource is None:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def resident_memory() -> int:
    """What this process holds now, in bytes; its peak where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return peak_memory()


def main() -> None:
    """Answer requests, one line of JSON each: a method of Worker and its arguments."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints is no answer
    peer, work, size = sys.argv[1:]
    worker = Worker(peer, work, int(size))
    for line in sys.stdin:
        method, *args = json.loads(line)
        try:
            answer = {"ok": getattr(worker, method)(*args)}
        except BaseException as error:  # a RecursionError or a MemoryError is a result, too
            answer = {"error": f"{type(error).__name__}: {error}"[:MESSAGE].splitlines()[0].rstrip(": ")}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
