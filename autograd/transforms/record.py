"""A function, run once and recorded: its result, and its derivative as a linear map.

Where plain floats go in and no other transform is running, the record is one of Values, and the sweep over it is the engine's
own. Everywhere else (nested transforms, fractions, symbols, digits) it is one of Nodes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..graph import topological as topological_values
from ..modes import QUIET, mode, nested
from ..operands import function
from ..sweep import Handle, forgets, refuse_stale
from ..value import Value
from .calls import Argnums, Function, called, check_results, positions, split
from .levels import new_level
from .linear import LinearMap
from .node import Node, topological
from .numbers import Fixed, alike, differentiable
from .slopes import edge, vanishes
from .trees import flatten


class Record:
    """``f`` at ``args``, differentiable with respect to the numbers of the arguments at ``argnums``.

    ``inputs`` are these numbers, ``values`` those of the result, ``result`` is their structure; ``aux`` is what else f returned.
    """

    def __init__(self, f: Function, args: tuple[Any, ...], kwargs: dict[str, Any], argnums: Argnums, has_aux: bool = False) -> None:
        function(f, "what is differentiated")
        self.single = isinstance(argnums, int)
        places = positions(f, argnums, len(args))
        trees = [flatten(args[place]) for place in places]
        self.arguments = [structure for _, structure in trees]
        self.inputs = [
            differentiable(number, f"argument {place} of {called(f)}")
            for place, (found, _) in zip(places, trees, strict=True)
            for number in found
        ]
        on_values = not (nested() or mode() & QUIET) and all(type(number) is float for number in self.inputs)

        def recorded(on: type[OfValues] | type[OfNodes]) -> tuple[OfValues | OfNodes, Any]:
            with new_level() as level:
                tape = on(self.inputs, level)
                given, start = list(args), 0
                for place, structure in zip(places, self.arguments, strict=True):
                    given[place] = structure.unflatten(tape.sources[start : start + structure.size])
                    start += structure.size
                found = f(*given, **kwargs)
            found, aux = split(f, found) if has_aux else (found, None)
            outputs, self.result = flatten(found)
            check_results(f, outputs, level)
            tape.finish(outputs)
            return tape, aux

        self._tape, aux = recorded(OfValues if on_values else OfNodes)
        self._anew: Callable[[], OfNodes | OfValues] = lambda: recorded(OfNodes)[0]
        self.values = [self._tape.number(output) for output in self._tape.outputs]
        others, structure = flatten(aux)
        self.aux = structure.unflatten([self._tape.number(other) for other in others])

    @property
    def linear(self) -> LinearMap:
        """The derivative at the point, in the order of ``inputs`` and ``values``; what a checkpoint forgot is recorded anew for it."""
        if self._tape.forgot:
            self._tape = self._anew()
        return self._tape.linear()

    def pull(self, cotangents: Sequence[Any]) -> list[Any]:
        """Jᵀu for numbers u, one for each of ``values``: numbers of the inputs' kinds."""
        swept = self._tape.sweep(cotangents)
        return _alike(self.linear.pull(cotangents) if swept is None else swept, self.inputs)

    def push(self, tangents: Sequence[Any]) -> list[Any]:
        """Jv for numbers v, one for each of ``inputs``: numbers of the values' kinds."""
        return _alike(self.linear.push(tangents), self.values)

    def rows(self) -> list[list[Any]]:
        """The Jacobian, a row for each of ``values``; backward or forward, whichever needs fewer sweeps."""
        return self.rows_backward() if len(self.values) <= len(self.inputs) else self.rows_forward()

    def rows_backward(self) -> list[list[Any]]:
        """The Jacobian, a sweep backward for each row."""
        return [self.pull(unit(len(self.values), k)) for k in range(len(self.values))]

    def rows_forward(self) -> list[list[Any]]:
        """The Jacobian, a sweep forward for each column."""
        columns = [self.push(unit(len(self.inputs), k)) for k in range(len(self.inputs))]
        return [[column[i] for column in columns] for i in range(len(self.values))]

    def like_arguments(self, numbers: Sequence[Any]) -> Any:
        """Numbers, one for each input, built like the arguments: one tree for an integer ``argnums``, else a tuple of them."""
        trees, start = [], 0
        for structure in self.arguments:
            trees.append(structure.unflatten(numbers[start : start + structure.size]))
            start += structure.size
        return trees[0] if self.single else tuple(trees)


class OfNodes:
    """A record over any numbers."""

    forgot = False

    def __init__(self, numbers: Sequence[Any], level: int) -> None:
        self.level = level
        self.sources = [Node(level, number) for number in numbers]

    def finish(self, outputs: list[Any]) -> None:
        """Take the function's outputs."""
        self.outputs = outputs
        self._linear: LinearMap | None = None

    def _own(self, output: Any) -> bool:
        return isinstance(output, Node) and output.level == self.level

    def number(self, output: Any) -> Any:
        """An output's number, which is of the inputs' kind, or whatever the function took from elsewhere."""
        return output.primal if self._own(output) else output

    def linear(self) -> LinearMap:
        """The derivative, its local derivatives computed the first time."""
        if self._linear is None:
            order = topological([output for output in self.outputs if self._own(output)])
            self._linear = LinearMap(order, self.sources, self.outputs, Node.edges)
        return self._linear

    def sweep(self, cotangents: Sequence[Any]) -> None:
        """Nothing faster than the linear map."""


class OfValues:
    """A record over floats. Values that the function took from elsewhere stay in the results, which then are Values, too."""

    def __init__(self, numbers: Sequence[float], level: int) -> None:
        self.sources = [Value(number) for number in numbers]

    def finish(self, outputs: list[Any]) -> None:
        """Take the function's outputs."""
        self.outputs = outputs
        self._linear: LinearMap | None = None
        self._closed = self._ours(outputs)
        self.forgot = Handle.ever and any(map(forgets, self._order(outputs)))  # so that only a sweep has the derivatives

    def _order(self, outputs: list[Any]) -> list[Value]:
        return topological_values(*[output for output in outputs if isinstance(output, Value)])

    def _ours(self, outputs: list[Any]) -> bool:
        sources = set(self.sources)
        return all(value in sources or isinstance(value, Fixed) for value in self._order(outputs) if value.op is None)

    def number(self, output: Any) -> Any:
        """An output's float, or the Value itself where others than the inputs had a part in it."""
        return output._data if isinstance(output, Value) and (self._closed or self._ours([output])) else output

    def linear(self) -> LinearMap:
        """The derivative: over the local derivatives that the Values keep, or over Values that can be differentiated again."""
        if self._linear is None:
            self._linear = LinearMap(self._order(self.outputs), self.sources, self.outputs, kept if self._closed else again)
        return self._linear

    def sweep(self, cotangents: Sequence[Any]) -> list[float] | None:
        """The engine's own sweep, where everything is a float; it takes 0·∞ for NaN even where the 0 is one by its formula."""
        if not self._closed or any(type(cotangent) not in (float, int) for cotangent in cotangents):
            return None
        for source in self.sources:
            source._grad = 0.0
        weighted = [(output, u) for output, u in zip(self.outputs, cotangents, strict=True) if isinstance(output, Value) and u]
        if weighted:
            root, u = weighted[0]
            root = root * u if u != 1 or len(weighted) > 1 else root
            for output, u in weighted[1:]:
                root = root + output * u
            root.backward()
        found = [source._grad for source in self.sources]
        return None if any(map(math.isnan, found)) else found


def kept(value: Value, live: dict[int, int]) -> Iterator[tuple[int, Any]]:
    """The edges of a Value, the numbers that it keeps on them; none to the side that a ``where`` did not take."""
    assert value.op is not None
    for i, (arg, partial) in enumerate(zip(value.args, value.partials, strict=True)):
        if partial is not None and id(arg) in live and not vanishes(value.op, i) and (partial or not value.op.chooses):
            yield live[id(arg)], partial


def again(value: Value, live: dict[int, int]) -> Iterator[tuple[int, Any]]:
    """The edges of a Value, with Values on them that can be differentiated again.

    Raises StaleGraphError where the data of an argument was changed after it was used.
    """
    assert value.op is not None
    if any(type(arg) is not float and arg._data != x for arg, x in zip(value.args, value.primals, strict=True)):  # type: ignore[union-attr]
        refuse_stale(value)
    for i, arg in enumerate(value.args):
        if id(arg) in live:
            partial = edge(value.op, i, value, value.args)
            if partial is not None:
                yield live[id(arg)], partial


def unit(n: int, k: int) -> list[int]:
    """The k-th of n unit vectors."""
    return [int(i == k) for i in range(n)]


def _alike(found: Sequence[Any], patterns: Sequence[Any]) -> list[Any]:
    return [alike(0.0 if number is None else number, pattern) for number, pattern in zip(found, patterns, strict=True)]
