"""Memory for time: parts of a graph that are not kept, but recorded again when backward needs them.

``checkpoint`` forgets the inside of one function. ``checkpoint_chain`` runs a long chain of steps and keeps only a few of its
states, by the schedule that repeats the fewest steps (Griewank and Walther, Algorithm 799: revolve, 2000).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from math import comb, isqrt, nan
from typing import Any

from .graph import topological
from .op import Op, describe, op
from .operands import function, whole
from .sweep import forget_inside
from .value import Value

State = Sequence[Value]
Numbers = list[float]


def checkpoint(f: Callable[..., Any], *args: Value) -> Any:
    """``f(*args)``, of which only the results are kept; backward runs f again to get its derivatives.

    ``f`` takes Values and returns a Value or a list of them. It must do the same whenever it runs, or backward raises
    RuntimeError, and it must get every Value that it uses as an argument, or ValueError names the one that it did not. What
    transforms pass through it, nested or forward, keeps its inside: f is only called.

    >>> import math
    >>> x = Value(0.5)
    >>> L = checkpoint(lambda x: (x * x).tanh() * x, x) * 2
    >>> L.backward()
    >>> x.grad == 2 * (0.25 * 2 * (1 / math.cosh(0.25) ** 2) + math.tanh(0.25))
    True
    """
    function(f, "what checkpoint runs")
    if _transformed(args):
        result = f(*args)
        return list(result) if isinstance(result, list | tuple) else result
    _values(args, "checkpoint")
    listed: list[bool] = []

    def run(state: State) -> list[Value]:
        result = f(*state)
        listed.append(isinstance(result, list | tuple))
        return list(result) if listed[-1] else [result]

    ends = _numbers(_recorded(run, args)[1])
    outputs = _outputs(args, ends, lambda upstream: _reverse(run, args, ends, upstream))
    return outputs if listed[0] else outputs[0]


def checkpoint_chain(
    step: Callable[[int, list[Value], list[Value]], State],
    state: State,
    n: int,
    *,
    parameters: Iterable[Value] = (),
    snapshots: int | None = None,
) -> list[Value]:
    """The state after n steps, ``state = step(i, state, parameters)``, with room for ``snapshots`` states and one step's graph.

    A chain of C(s + r, s) steps with s snapshots runs each step at most r + 1 times forward. ``snapshots`` is √n unless
    given. Every Value that a step uses is in the state or among the parameters; raises as `checkpoint` does, and
    ValueError for fewer than one step or snapshot.
    """
    function(step, "the step of a chain")
    for things, what in ((state, "the state"), (parameters, "parameters")):
        if not hasattr(things, "__iter__"):
            raise TypeError(f"{what} of a chain must be a list of Values, not {describe(things)}")
    start, weights = list(state), list(parameters)
    whole(n, "the number of steps of a chain", 1)
    room = isqrt(n) + 1 if snapshots is None else whole(snapshots, "the number of snapshots of a chain", 1)
    if _transformed([*start, *weights]):
        for i in range(n):
            start = list(step(i, start, weights))
        return start
    _values([*start, *weights], "checkpoint_chain")

    def run(i: int) -> Callable[[State], list[Value]]:
        return lambda given: list(step(i, list(given[: len(start)]), list(given[len(start) :])))

    def advance(numbers: Numbers, i: int) -> Numbers:
        made = _recorded(run(i), [Value(x) for x in numbers] + weights)[1]
        if len(made) != len(start):
            raise ValueError(f"step {i} made {len(made)} values from a state of {len(start)}")
        return _numbers(made)

    def reverse(upstream: Numbers) -> Numbers:
        sums = [0.0] * len(weights)
        kept = [(0, _numbers(start))]
        for end in range(n, 0, -1):
            at, numbers = kept[-1]
            while end - at > 1:
                free = room - len(kept)
                ahead = split(end - at, free + 1)
                for i in range(at, at + ahead):
                    numbers = advance(numbers, i)
                at += ahead
                if free:
                    kept.append((at, numbers))
            flow = _reverse(run(at), [Value(x) for x in numbers] + weights, None, upstream)
            upstream, slopes = flow[: len(start)], flow[len(start) :]
            sums = [total + slope for total, slope in zip(sums, slopes, strict=True)]
            if kept[-1][0] == end - 1:
                kept.pop()
        return upstream + sums

    numbers = _numbers(start)
    for i in range(n):
        numbers = advance(numbers, i)
    return _outputs([*start, *weights], numbers, reverse)


def split(steps: int, snapshots: int) -> int:
    """How many steps to go before the next state is kept, so that the fewest steps are repeated; ``snapshots`` counts the first."""
    if snapshots == 1:
        return steps - 1
    r = next(r for r in range(1, steps + 1) if comb(snapshots + r, snapshots) >= steps)
    most = comb(snapshots + r - 1, snapshots)  # steps of a first part that is repeated at most r - 1 times
    rest = comb(snapshots + r - 2, snapshots - 1)
    return max(1, min(most, steps - rest)) if steps - rest >= 1 else 1


def _recorded(run: Callable[[State], list[Value]], args: State) -> tuple[list[Value], list[Value]]:
    """Fresh leaves with the arguments' numbers, and what a run on them makes of them."""
    fresh = [Value(arg._data) if arg.name is None else Value(arg._data, name=arg.name) for arg in args]
    made = run(fresh)
    _values(made, "a function under checkpoint", "returns")
    known = set(fresh)
    for value in topological(*made):
        if value.op is None and value not in known:
            raise ValueError(
                f"the function under checkpoint uses {value!r}, which it did not get as an argument: its gradient would be lost"
            )
    return fresh, made


def _reverse(run: Callable[[State], list[Value]], args: State, ends: Numbers | None, upstream: Numbers) -> Numbers:
    """The gradients that reach the arguments when these ones reach the results."""
    fresh, made = _recorded(run, args)
    if ends is not None and _numbers(made) != ends:
        raise RuntimeError(f"the function under checkpoint gave {_numbers(made)} when it ran again, and {ends} the first time")
    total: Value = sum((g * value for g, value in zip(upstream, made, strict=True)), start=Value(0.0))
    total.backward()
    return [leaf._grad for leaf in fresh]


def _outputs(args: State, numbers: Numbers, reverse: Callable[[Numbers], Numbers]) -> list[Value]:
    """Values with these numbers, whose gradients are collected until all are there, and then reach the arguments at once."""
    upstream = [0.0] * len(numbers)

    def give(flow: float) -> list[tuple[Value, float]]:
        flows = reverse(list(upstream))
        upstream[:] = [0.0] * len(upstream)
        return list(zip(args, flows, strict=True))

    def take(i: int) -> Callable[[float], list[tuple[Value, float]]]:
        def collect(flow: float) -> list[tuple[Value, float]]:
            upstream[i] = flow
            return []

        return collect

    together = _node(args, 0.0, give)
    return [_node([together], number, take(i)) for i, number in enumerate(numbers)]


def _node(args: State, number: float, flows: Callable[[float], list[tuple[Value, float]]]) -> Value:
    node = Value.recorded(_row(len(args)), tuple(args), tuple(_numbers(args)), (nan,) * len(args), number, 0.0, None)
    forget_inside(node, flows)
    return node


@cache
def _row(arity: int) -> Op:
    """The row of a node whose inside is not there; its derivatives are NaN for whoever does not ask backward."""
    return op("checkpoint", _forgotten, *[_forgotten] * arity, listed=False)


def _forgotten(*_: Any) -> float:
    raise RuntimeError("the inside of a checkpoint is not kept: only backward has its derivatives, and nothing computes its value again")


def _transformed(args: Sequence[Any]) -> bool:
    """Whether a transform's numbers, or formulas, are among the arguments: they hold what they need themselves."""
    return any(hasattr(type(arg), "__op__") and not isinstance(arg, Value) for arg in args)


def _numbers(values: State) -> Numbers:
    return [value._data for value in values]


def _values(things: Iterable[Any], who: str, does: str = "takes") -> None:
    for thing in things:
        if not isinstance(thing, Value):
            raise TypeError(f"{who} {does} Values, not {describe(thing)}")
