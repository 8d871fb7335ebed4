"""The traversal of a computation graph, and the graph as a thing that can be kept and sent.

What walks a graph walks it here, but for `backward`, which keeps to the operations (`sweep.operations`): without recursion, so that a
chain of a million values is no deep matter, and always in the same order, so that the same program gives the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from . import native
from .copies import Members
from .guards import Guard, check, refuse_unknown, refuse_unseen
from .op import DomainError
from .operands import number
from .watching import watched

if TYPE_CHECKING:
    from .value import Value


def topological(*roots: Value) -> list[Value]:
    """Every value that the roots depend on, each after its arguments, the roots last."""
    for root in roots:
        refuse_stranger(root)
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Any] = list(reversed(roots))
    while stack:
        node = stack.pop()
        if node is None:  # all arguments of the next one stand in the order
            order.append(stack.pop())
        elif node not in seen:
            seen.add(node)
            if node.op is None:
                order.append(node)
            else:
                stack += (node, None)
                for arg in reversed(node.args):
                    if type(arg) is not float and arg not in seen:
                        stack.append(arg)
    return order


def refuse_stranger(thing: Any) -> None:
    """TypeError for what is no Value."""
    if not hasattr(type(thing), "partials"):
        raise TypeError(f"a graph is made of Values, not of {type(thing).__name__}")


def zero_grad(values: Iterable[Value]) -> None:
    """Set the gradients of these values to 0; TypeError, with nothing set, where one is no Value."""
    if not hasattr(values, "__iter__"):
        raise TypeError(f"zero_grad takes an iterable of Values, not {type(values).__name__}: [v] for one")
    values = list(values)
    for kind in dict.fromkeys(map(type, values)):  # once for thousands of parameters
        if not hasattr(kind, "partials"):
            raise TypeError(f"zero_grad takes Values, not a {kind.__name__}")
    for value in values:
        value._grad = 0.0


if native.engine is not None:
    topological, zero_grad = native.engine.topological, native.engine.zero_grad


ADVICE = "Graph.of(f, …) records what f compares on its way"


class Graph:
    """The graph below one or more outputs, in topological order.

    It pickles at any depth, and what it shares with other things of the same pickle, as parameters with their model, it shares with
    them still.

    >>> import pickle
    >>> from autograd import Value
    >>> L = Value(3.0, name="x") ** 2
    >>> twin = pickle.loads(pickle.dumps(Graph(L)))
    >>> twin.outputs[0].data, twin["x"].data, len(twin)
    (9.0, 3.0, 2)
    """

    __slots__ = ("guards", "outputs", "values")

    values: tuple[Value, ...]
    outputs: tuple[Value, ...]
    guards: tuple[Guard, ...] | None  # comparisons that Python made while the graph was recorded; None: nobody watched

    def __init__(self, *outputs: Value) -> None:
        for thing in outputs:
            if not hasattr(type(thing), "partials"):
                raise TypeError(f"a graph's outputs are Values, not {type(thing).__name__}")
        self.outputs = outputs
        self.values = tuple(topological(*outputs))
        self.guards = None

    @classmethod
    def of(cls, f: Callable[..., Any], *args: Value) -> Graph:
        """The graph of ``f(*args)``, a Value or a list of them, with the comparisons of Values that f made on the way.

        >>> from autograd import Value
        >>> x = Value(2.0, name="x")
        >>> graph = Graph.of(lambda x: x * x if x > 0 else -x, x)
        >>> x.data = 3.0
        >>> graph.refresh()
        >>> graph.outputs[0].data
        9.0
        """
        with watched(args) as watch:
            made = f(*args)
        graph = cls(*(made if isinstance(made, list | tuple) else [made]))
        graph.guards = tuple(watch.guards)
        compared = [side for guard in graph.guards for side in (guard.left, guard.right) if not isinstance(side, float)]
        graph.values = tuple(topological(*compared, *graph.outputs))
        refuse_unseen(graph.values, args, watch)
        return graph

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Value]:
        return iter(self.values)

    def __repr__(self) -> str:
        return f"Graph({len(self)} values, {len(self.leaves)} leaves, {len(self.outputs)} output{'s' * (len(self.outputs) != 1)})"

    @property
    def leaves(self) -> tuple[Value, ...]:
        """The values that no operation made."""
        return tuple(value for value in self.values if value.op is None)

    @property
    def named(self) -> dict[str, Value]:
        """The named quantities; ValueError when two different values bear one name."""
        found: dict[str, Value] = {}
        for value in self.values:
            if value.name is not None and found.setdefault(value.name, value) is not value:
                raise ValueError(f"two quantities of this graph are named {value.name!r}")
        return found

    def __getitem__(self, name: str) -> Value:
        """The quantity of that name; KeyError that lists the names there are."""
        named = self.named
        if name not in named:
            raise KeyError(f"no quantity {name!r} in this graph; it has {', '.join(named) or 'no names'}")
        return named[name]

    # ---- evaluation ----

    def evaluate(self, at: Mapping[Value, float]) -> tuple[float, ...]:
        """The outputs' numbers if the given values had those numbers; nothing is changed.

        A value in between may be given, too: then what made it is set aside. Raises TypeError for what is no Value or no number, and
        BranchError as `refresh` does.
        """
        for value in at:
            refuse_stranger(value)
        if self.guards is None and at:
            refuse_unknown(self.values, ADVICE)
        numbers = self._numbers(at)
        check(self.guards or (), numbers)
        return tuple([numbers[output] for output in self.outputs])

    def _numbers(self, at: Mapping[Value, float]) -> dict[Value, float]:
        numbers: dict[Value, float] = {}
        for value in self.values:
            if value in at:
                numbers[value] = number(at[value], "the number of a Value")
            elif value.op is None:
                numbers[value] = value.data
            else:
                xs = [arg if isinstance(arg, float) else numbers[arg] for arg in value.args]
                try:
                    numbers[value] = value.op.evaluate(*xs)
                except DomainError:
                    check(self.guards or (), numbers)  # the function may not come by here at such a point
                    raise
        return numbers

    def refresh(self) -> None:
        """Compute every value again, in place, from the numbers that the leaves have now.

        Raises BranchError when a comparison that Python made while the graph was recorded comes out otherwise now: the
        function would have gone another way. Only a graph that `Graph.of` recorded knows them; any other is left as it is,
        with the same error, when one of its operands was ever compared.

        Raises DomainError where an operation has no value there; what came before it is refreshed, what comes after it
        stays stale, so that ``backward`` refuses it.
        """
        if self.guards is None:
            refuse_unknown(self.values, ADVICE)
        for i, value in enumerate(self.values):
            if value.op is not None:
                try:
                    value.refresh()
                except DomainError:
                    check(self.guards or (), {made: made._data for made in self.values[:i]})  # as in `_numbers`
                    raise
        check(self.guards or ())

    # ---- pickling ----

    def __getstate__(self) -> dict[str, Any]:
        return {"values": Members(self.values), "outputs": self.outputs, "guards": self.guards}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.values, self.outputs, self.guards = state["values"], state["outputs"], state["guards"]


def output(graph: Graph) -> Value:
    """The graph's one output; how a Value unpickles that an operation made."""
    (value,) = graph.outputs
    return value


def central_difference(output: Value, value: Value, h: float | None = None) -> float:
    """∂output/∂value without any derivative rule: the recorded graph evaluated beside the point.

    (4 D(h/2) - D(h)) / 3 with D(h) = (f(x + h) - f(x - h)) / 2h, whose error is of the order of h⁴ (Richardson).
    ``value`` may be a leaf or a quantity in between. ``h`` is 0.001 · max(1, |x|) unless given, and smaller where that
    leaves a domain; NaN where no step stays inside. ValueError for a step that is not positive.
    """
    refuse_stranger(value)
    if h is not None and not number(h, "the step h") > 0:
        raise ValueError(f"the step h must be positive, not {h!r}")
    graph, x = Graph(output), value.data
    if {value}.isdisjoint(graph.values):
        return 0.0
    step = h or 1e-3 * max(1.0, abs(x))

    def slope(h: float) -> float:
        ahead, behind = x + h, x - h
        return (graph._numbers({value: ahead})[output] - graph._numbers({value: behind})[output]) / (ahead - behind)

    for _ in range(6):
        try:
            return (4 * slope(step / 2) - slope(step)) / 3
        except DomainError:  # a step out of the domain of log, say
            step /= 16
    return math.nan
