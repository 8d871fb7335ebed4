"""How times are taken: on one core, all contenders in turn, round after round, medians of the rounds.

A machine drifts: its clock, its neighbours, its caches. So no contender is timed before another, but every round times
each of them once, each round starting with the next one, and a ratio is the median of the rounds' own ratios. Before
that, each contender's result is compared with the one by hand; who is wrong is reported, not timed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[2]
ROUNDS = 7
SLICE = 0.2  # seconds that a contender runs in a round, at least: long enough for its share of full garbage collections
LIMIT = 60.0  # seconds of one step beyond which nobody waits for seven
TOLERANCE = 1e-9  # how far from the gradient by hand a contender may be, relative to its largest number
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}


@dataclass(frozen=True)
class Contender:
    """Who is timed: ``peer`` is its function in :mod:`.peers`, ``needs`` the import that it stands or falls with."""

    label: str
    peer: str
    needs: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    checked: bool = True  # against the result by hand
    size: int | None = None  # of its workload, where that is not the figure's

    @property
    def missing(self) -> str:
        """Why it cannot run here, or nothing."""
        return "" if not self.needs or find_spec(self.needs) else "not installed"


@dataclass
class Result:
    """What was measured of one contender in one figure. Seconds are CPU seconds, memory is in bytes."""

    figure: str
    contender: str
    note: str = ""
    ratio: float | None = None  # to the figure's base, in the same rounds
    seconds: float | None = None
    spread: float | None = None  # half the distance of the quartiles, relative to the median
    build: float | None = None
    memory: float | None = None
    nodes: int | None = None
    rounds: list[float] = field(default_factory=list)
    builds: list[float] = field(default_factory=list)

    @property
    def per_node(self) -> float | None:
        """Seconds an operation of the graph."""
        return self.seconds / self.nodes if self.seconds is not None and self.nodes else None


class Running:
    """A contender's process."""

    def __init__(self, contender: Contender, work: str, size: int) -> None:
        self.contender = contender
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.worker", contender.peer, work, str(size)],
            cwd=ROOT,
            env=os.environ | ONE_THREAD | contender.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ask(self, method: str, *args: Any) -> Any:
        """What the worker's method answers; RuntimeError with its error, or that it died."""
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps([method, *args]) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise RuntimeError(f"the process died with status {self.process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["ok"]

    def stop(self) -> None:
        """End the process by ending its input."""
        self.process.communicate()


def one_core() -> int | None:
    """Keep this process and all that it starts on one core; which one, or None where the system does not offer it."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def measure(
    figure: str,
    contenders: Sequence[Contender],
    work: str,
    size: int,
    *,
    nodes: int | None = None,
    builds: bool = False,
    rounds: int = ROUNDS,
) -> list[Result]:
    """Every contender's result; ratios are to the first of them that can be timed.

    ``builds`` times the way to the first result in every round as well: recording, differentiating, compiling, one run, each time in a
    process in which nothing was built before.
    """
    results = {contender.label: Result(figure, contender.label, contender.missing, nodes=nodes) for contender in contenders}
    ready: list[tuple[Running, Result, int]] = []
    started: list[Running] = []
    try:
        for contender in contenders:
            result = results[contender.label]
            if not result.note:
                started.append(Running(contender, work, contender.size or size))
                times = _prepare(started[-1], result)
                if times:
                    ready.append((started[-1], result, times))
        for turn in range(rounds):
            for k in range(len(ready)):
                running, result, times = ready[(turn + k) % len(ready)]
                if builds:
                    result.builds.append(built(running.contender, work, size))
                result.rounds.append(running.ask("run", times))
        for running, result, _ in ready:
            result.memory = running.ask("grown")
    finally:
        for running in started:
            running.stop()
    timed = [result for _, result, _ in ready]
    for result in timed:
        result.seconds, result.spread = median(result.rounds), spread(result.rounds)
        result.ratio = median(mine / base for mine, base in zip(result.rounds, timed[0].rounds, strict=True))
        result.build = median(result.builds) if builds else None
    return list(results.values())


def _prepare(running: Running, result: Result) -> int:
    """How many steps fill a slice; 0, and a note, when this contender is not to be timed."""
    try:
        running.ask("load")
        running.ask("build")
        if running.contender.checked:
            off = running.ask("disagreement")
            if not off <= TOLERANCE:
                result.note = f"wrong: off by {off:.1g}"
                return 0
        seconds = running.ask("run", 1)
        if seconds > LIMIT:
            result.note = f"a step takes {seconds:.0f} s"
            return 0
        return max(1, min(100_000, round(SLICE / max(seconds, 1e-7))))
    except RuntimeError as error:
        result.note = str(error)
        return 0


def built(contender: Contender, work: str, size: int) -> float:
    """The seconds until the first result in a process of its own, once everything is imported."""
    running = Running(contender, work, contender.size or size)
    try:
        running.ask("load")
        seconds: float = running.ask("build")
        return seconds
    finally:
        running.stop()


def spread(rounds: Sequence[float]) -> float:
    ordered = sorted(rounds)
    quarter = len(ordered) // 4
    return (ordered[-1 - quarter] - ordered[quarter]) / 2 / median(ordered)
