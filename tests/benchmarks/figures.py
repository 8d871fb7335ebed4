"""Every figure there is: which contenders, on which workload, of which size.

The first contender of a figure that can run is what its ratios are to: the gradient by hand where Values are
recorded, CasADi's virtual machine where a program is replayed, NumPy by hand where a network is trained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import log
from statistics import linear_regression, median

from .imports import imports
from .machine import backend
from .timing import Contender, Result, Running, built, measure, spread
from .workloads import WORKLOADS


def ours(label: str, peer: str, **options: object) -> list[Contender]:
    """A contender of turunan's; where Values are native, a second time with those written in Python."""
    first = Contender(f"{label} ({backend()})", peer, **options)  # type: ignore[arg-type]
    if backend() != "native":
        return [first]
    return [first, replace(first, label=f"{label} (python)", environment={"TURUNAN_PURE": "1"})]


HAND = Contender("by hand, Python floats", "hand.eager")
CASADI = Contender("CasADi's VM", "casadi.program", "casadi")
JIT = Contender("JAX, compiled", "jax.program", "jax")
EAGER = [
    HAND,
    *ours("turunan", "ours.eager"),
    Contender("micrograd", "micrograd.eager", "micrograd"),
    Contender("micrograd, collector off", "micrograd.uncollected", "micrograd"),
    Contender("XAD", "xad.eager", "xad"),
    Contender("torch, scalars", "torch.eager", "torch"),
    Contender("JAX, uncompiled", "jax.eager", "jax"),
]
ONCE = Contender("the function, Python floats", "hand.value", checked=False)
REPLAY = [CASADI, Contender("turunan, program", "ours.program"), *ours("turunan, eager", "ours.eager"), HAND]
ADBENCH = [*REPLAY, *EAGER[-3:-1], ONCE]
PROGRAM = Contender("turunan, program", "ours.training")
TRAINING = [
    Contender("NumPy by hand", "hand.training"),
    PROGRAM,
    Contender("torch, tensors", "torch.training", "torch"),
    Contender("JAX, compiled", "jax.training", "jax"),
    Contender("JAX, compiled, of one vector", "jax.training_a_vector", "jax"),
]
SCALARS = [
    Contender("CasADi's VM, mapped", "casadi.training", "casadi"),
    Contender("XAD", "xad.training", "xad"),
    *ours("turunan, eager", "ours.training_eager"),
]
MOONS = [*TRAINING, *SCALARS, Contender("micrograd", "micrograd.training", "micrograd")]
MNIST = [*TRAINING, *SCALARS[:3]]  # 20,000,000 operations a step as scalars, which take micrograd 17 GB
RECORDED = [
    *ours("turunan", "ours.eager"),
    Contender("XAD", "xad.eager", "xad"),
    Contender("micrograd", "micrograd.eager", "micrograd"),
    Contender("torch, scalars", "torch.eager", "torch"),
]
GROWING = [
    *[(contender, 7) for contender in (HAND, *ours("turunan", "ours.eager"))],
    (Contender("XAD", "xad.eager", "xad"), 6),
    (Contender("micrograd", "micrograd.eager", "micrograd"), 5),
    (Contender("torch, scalars", "torch.eager", "torch"), 5),
]  # and the power of ten up to which nobody waits for minutes, or runs out of memory
REPLAYED = Contender("turunan", "ours.program")
COMPILED = [
    (replace(REPLAYED, label="turunan, network"), "network", 643, 6),
    (replace(REPLAYED, label="turunan, product"), "speelpenning", 1, 6),
    (replace(REPLAYED, label="turunan, Gaussian mixture"), "gmm", 75, 6),
    (replace(CASADI, label="CasADi's VM, network"), "network", 643, 5),
]  # workloads, how many nodes one of their sizes has, and the power of ten up to which nobody waits for minutes


@dataclass(frozen=True)
class Figure:
    """A title, and what measures it; told whether to be quick, and how many rounds to take."""

    title: str
    run: Callable[[bool, int], list[Result]]


def timed(
    title: str, contenders: list[Contender], work: str, size: int, quick: int | None = None, *, builds: bool = False, counted: bool = True
) -> Callable[[bool, int], list[Result]]:
    """Time the contenders on one workload, of the ``quick`` size when that is asked for."""

    def run(in_haste: bool, rounds: int) -> list[Result]:
        actual = quick if in_haste and quick is not None else size
        return measure(title, contenders, work, actual, nodes=operations(work, actual) if counted else None, builds=builds, rounds=rounds)

    return run


def operations(work: str, size: int) -> int | None:
    """How many operations a workload records; None for a training task."""
    if work not in WORKLOADS:
        return None
    import autograd

    workload = WORKLOADS[work](size)
    leaves = [autograd.Value(x) for x in workload.point]
    graph = autograd.Graph(workload.function(workload.arrange(leaves), autograd))
    return len(graph) - len(graph.leaves)


def memory(in_haste: bool, rounds: int) -> list[Result]:
    """Bytes a node of a recorded graph, and at the most once its gradients are there; medians of fresh processes."""
    samples = 30 if in_haste else 300
    nodes = operations("network", samples)
    assert nodes is not None
    results = []
    for contender in RECORDED:
        result = Result("memory", contender.label, contender.missing, nodes=nodes)
        results.append(result)
        found = [] if result.note else list(_recorded(contender, samples, rounds))
        if found:
            recorded, after = (sorted(answer[key] for answer in found)[len(found) // 2] for key in ("recorded", "after"))
            result.memory = after
            result.note = f"{recorded / nodes:.0f} bytes a node recorded, {after / nodes:.0f} after backward"
    base = next((result.memory for result in results if result.memory), None)
    for result in results:
        result.ratio = result.memory / base if base and result.memory else None
    return results


def _recorded(contender: Contender, samples: int, rounds: int) -> Iterator[dict[str, int]]:
    for _ in range(rounds):
        running = Running(contender, "network", samples)
        try:
            running.ask("load")
            yield running.ask("record")
        finally:
            running.stop()


def growth(in_haste: bool, rounds: int) -> list[Result]:
    """Cost a node from 10³ to 10⁷ nodes, all sizes in turn, and the exponent of the growth: the slope of log time against log nodes."""
    results = []
    for contender, most in GROWING:
        sizes = {power: max(1, round(10**power / 643)) for power in range(3, 1 + min(most, 6 if in_haste else 7))}
        each = [replace(contender, label=f"{contender.label}, 10^{power} nodes", size=samples) for power, samples in sizes.items()]
        measured = measure("growth", each, "network", sizes[3], rounds=rounds)
        for result, samples in zip(measured, sizes.values(), strict=True):
            result.nodes = 643 * samples - 1
        results += measured + _exponent(contender, measured)
        base = next((result.nodes for result in measured if result.ratio), None)
        for result in measured:
            result.ratio = result.ratio * base / result.nodes if result.ratio and base and result.nodes else None
    return results


def compiling(in_haste: bool, rounds: int) -> list[Result]:
    """Seconds from a function to its first value and gradient, each time in a fresh process, as its graph grows; ratios are a node's."""
    results = []
    for contender, work, nodes, most in COMPILED:
        sizes = {power: max(1, round(10**power / nodes)) for power in range(4, 1 + min(most, 5 if in_haste else 6))}
        each = {power: Result("compiling", f"{contender.label}, 10^{power} nodes", contender.missing) for power in sizes}
        results += each.values()
        if contender.missing:
            continue
        for _ in range(rounds):
            for power, size in sizes.items():
                each[power].rounds.append(built(contender, work, size))
        for power, result in each.items():
            result.nodes, result.seconds, result.spread = operations(work, sizes[power]), median(result.rounds), spread(result.rounds)
            pairs = zip(result.rounds, each[4].rounds, strict=True)
            result.ratio = median(mine / first for mine, first in pairs) * each[4].nodes / result.nodes  # type: ignore[operator]
        results += _exponent(contender, [*each.values()])
    return results


def _exponent(contender: Contender, measured: list[Result]) -> list[Result]:
    """The slope of log time against log nodes, as a row of its own."""
    points = [(log(result.nodes), log(result.seconds)) for result in measured if result.nodes and result.seconds]
    if len(points) < 2:
        return []
    slope = linear_regression(*zip(*points, strict=True)).slope
    return [Result(measured[0].figure, f"{contender.label}, exponent", f"time grows as nodes to the power {slope:.3f}")]


FIGURES = {
    "network": Figure("A 2-16-16-1 tanh network, one sample: record, backward, read 337 gradients", timed("network", EAGER, "network", 1)),
    "product": Figure(
        "Speelpenning's product: record, backward, read every gradient", timed("product", EAGER, "speelpenning", 10_000, 1_000)
    ),
    "memory": Figure("Memory of a recorded graph", memory),
    "growth": Figure("Cost a node as the graph grows", growth),
    "compiling": Figure("From a function to its first value and gradient, as its graph grows", compiling),
    "replay network": Figure(
        "Replay: the 2-16-16-1 network, value and gradient", timed("replay network", [*REPLAY, JIT], "network", 1, builds=True)
    ),
    "replay product": Figure("Replay: Speelpenning's product", timed("replay product", REPLAY, "speelpenning", 10_000, 1_000, builds=True)),
    "replay gmm": Figure("Replay: ADBench's Gaussian mixture, d = 2, K = 5", timed("replay gmm", ADBENCH, "gmm", 1_000, 100, builds=True)),
    "replay lstm": Figure("Replay: ADBench's LSTM, 2 layers of 14", timed("replay lstm", ADBENCH, "lstm", 1024, 16, builds=True)),
    "moons": Figure("A training step: moons, 2-16-16-1, batch 100", timed("moons", MOONS, "moons", 100, builds=True)),
    "digits": Figure("A training step: digits, 64-32-10, batch 100", timed("digits", [*TRAINING, *SCALARS], "digits", 100, builds=True)),
    "mnist": Figure("A training step: 784-128-10, batch 64", timed("mnist", MNIST, "mnist", 64, builds=True)),
    "recording": Figure(
        "Recording one sample of 784-128-10: 306,000 nodes",
        timed("recording", [replace(each, checked=False) for each in ours("turunan", "ours.recording")], "mnist", 1),
    ),
    "import": Figure("Importing", lambda _, rounds: imports(rounds)),
    "drawing": Figure(
        "Drawing a network's graph of 1,027 values, its neurons folded",
        timed("drawing", [Contender("turunan", "ours.drawing", checked=False)], "speelpenning", 2, counted=False),
    ),
    "checking": Figure(
        "Checking the handwritten notes' sheet",
        timed("checking", [Contender("turunan", "ours.checking", checked=False)], "speelpenning", 2, counted=False),
    ),
}
