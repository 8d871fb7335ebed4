"""turunan's own figures over time, kept by pytest-benchmark: ``pytest tests/benchmarks/history.py``.

Compare with an earlier run by ``--benchmark-autosave`` and ``--benchmark-compare``. The name keeps this file out of the
ordinary suite, which has neither the plugin nor the time.
"""

from __future__ import annotations

from typing import Any

import pytest

from .peers import hand, ours
from .workloads import TASKS, WORKLOADS

SIZES = {"network": 1, "speelpenning": 10_000, "gmm": 100, "lstm": 16}


@pytest.mark.parametrize("name", SIZES)
def test_by_hand(benchmark: Any, name: str) -> None:
    benchmark(hand.eager(WORKLOADS[name](SIZES[name])))


@pytest.mark.parametrize("name", SIZES)
def test_eager(benchmark: Any, name: str) -> None:
    benchmark(ours.eager(WORKLOADS[name](SIZES[name])))


@pytest.mark.parametrize("name", SIZES)
def test_program(benchmark: Any, name: str) -> None:
    benchmark(ours.program(WORKLOADS[name](SIZES[name])))


@pytest.mark.parametrize("name", TASKS)
def test_training_step(benchmark: Any, name: str) -> None:
    benchmark(ours.training(TASKS[name](64)))


def test_training_step_eager(benchmark: Any) -> None:
    benchmark(ours.training_eager(TASKS["moons"](10)))


def test_drawing(benchmark: Any) -> None:
    benchmark.pedantic(ours.drawing(WORKLOADS["network"](1)), rounds=3)


def test_checking(benchmark: Any) -> None:
    benchmark.pedantic(ours.checking(WORKLOADS["network"](1)), rounds=3)
