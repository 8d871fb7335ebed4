"""The benchmarks time the same mathematics: turunan's gradients are those by hand, on small graphs of every workload."""

from importlib import import_module

import pytest
from benchmarks.figures import FIGURES
from benchmarks.peers import hand, ours
from benchmarks.table import markdown
from benchmarks.timing import Contender, Result, measure
from benchmarks.worker import compare
from benchmarks.workloads import TASKS, WORKLOADS

SMALL = {"network": 2, "speelpenning": 30, "gmm": 5, "lstm": 4}
STEPS = [ours.eager, ours.program]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
@pytest.mark.parametrize("name", WORKLOADS)
def test_a_workload_has_the_gradient_by_hand(name: str, step) -> None:
    workload = WORKLOADS[name](SMALL[name])
    timed = step(workload)
    for _ in range(2):
        assert compare(timed(), hand.eager(workload)()) < 1e-12


@pytest.mark.parametrize(("name", "batch"), [("moons", 6), ("digits", 2)])
def test_training_by_hand_is_training(name: str, batch: int) -> None:
    task = TASKS[name](batch)
    by_hand, eager = hand.training(task), ours.training_eager(task)
    for _ in range(3):
        assert compare(eager(), by_hand()) < 1e-12
    assert compare(by_hand(), task.parameters) > 1e-4


@pytest.mark.parametrize(("name", "batch"), [("moons", 6), ("digits", 2)])
def test_a_program_trains_as_by_hand(name: str, batch: int) -> None:
    task = TASKS[name](batch)
    by_hand, program = hand.training(task), ours.training(task)
    for _ in range(3):
        assert compare(program(), by_hand()) < 1e-12


@pytest.mark.parametrize("module", ["xad", "casadi", "jax", "torch"])
@pytest.mark.parametrize(("name", "batch"), [("moons", 6), ("digits", 2)])
def test_a_peer_trains_as_by_hand(name: str, batch: int, module: str) -> None:
    pytest.importorskip(module)
    task = TASKS[name](batch)
    peers = import_module(f"benchmarks.peers.{module}")
    for train in [peers.training, *([peers.training_a_vector] if module == "jax" else [])]:
        by_hand, peer = hand.training(task), train(task)
        for _ in range(3):
            assert compare(peer(), by_hand()) < 1e-12


def test_contenders_are_timed_in_processes_of_their_own() -> None:
    absent = Contender("nobody", "ours.eager", needs="no_such_package")
    wrong = Contender("no function", "ours.nothing")
    results = measure(
        "product", [absent, Contender("by hand", "hand.eager"), Contender("turunan", "ours.eager"), wrong], "speelpenning", 20, rounds=3
    )
    assert [result.note == "" for result in results] == [False, True, True, False]
    assert results[0].note == "not installed"
    assert results[1].ratio == 1
    ratios = sorted(mine / base for mine, base in zip(results[2].rounds, results[1].rounds, strict=True))
    assert len(ratios) == 3
    assert results[2].ratio == ratios[1]
    assert "| 1 | by hand |" in markdown("Speelpenning's product", results)


def test_the_memory_of_a_contender_is_its_own() -> None:
    held = bytearray(300_000_000)  # which a started process would be taken to hold
    held[::4096] = bytes([1]) * len(held[::4096])
    (result,) = measure("product", [Contender("turunan", "ours.eager")], "speelpenning", 50_000, rounds=1)
    assert result.memory is not None
    assert 50_000 * 80 < result.memory < 50_000 * 1000


def test_a_wrong_gradient_is_no_agreement() -> None:
    assert compare((1.0, [1.0, 2.0]), (1.0, [1.0, 2.0])) == 0
    assert compare((1.0, [1.0, 2.1]), (1.0, [1.0, 2.0])) == pytest.approx(0.05)
    assert Result("a figure", "somebody").per_node is None
    assert {"network", "product", "memory", "growth", "moons", "import"} <= set(FIGURES)
