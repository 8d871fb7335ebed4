"""The derivative of a recorded program at its point: a linear map, kept as its edges, that can be applied either way.

Backward it takes what the outputs' derivatives are weighted with to the inputs (Jᵀu), forward a direction of the inputs to the
outputs (Jv). Both are one walk over the record, whatever the numbers are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from .. import ops
from .numbers import finite, ground
from .slopes import Choice, Steep, plus, regular, times

Edges = Callable[[Any, dict[int, int]], Iterator[tuple[int, Any]]]


class LinearMap:
    """J of the outputs with respect to the inputs, both nodes of ``order``, which is topological.

    ``edges(node, live)`` gives the places of the node's live operands with the local derivatives; live is what depends on an
    input. An output that is no node does not depend on the inputs.
    """

    def __init__(self, order: Sequence[Any], inputs: Sequence[Any], outputs: Sequence[Any], edges: Edges) -> None:
        self.live: dict[int, int] = {}
        self.steps: list[tuple[int, list[tuple[int, Any]]]] = []
        sources = {id(node) for node in inputs}
        for place, node in enumerate(order):
            if id(node) in sources or any(id(operand) in self.live for operand in node.operands):
                found = list(edges(node, self.live)) if node.op is not None else []
                if found or id(node) in sources:
                    self.live[id(node)] = place
                    self.steps.append((place, found))
        self.inputs = [self.live.get(id(node)) for node in inputs]
        self.outputs = [self.live.get(id(node)) for node in outputs]

    def pull(self, cotangents: Iterable[Any]) -> list[Any]:
        """Jᵀu: a derivative for each input, None where it is 0 for want of a way."""
        found = self.upstream(cotangents)
        return [None if place is None else found.get(place) for place in self.inputs]

    def upstream(self, cotangents: Iterable[Any]) -> dict[int, Any]:
        """What arrives at each place of the order. A plain 0 passes nothing on."""
        arrived: dict[int, Any] = {}
        for place, cotangent in zip(self.outputs, cotangents, strict=True):
            if place is not None:
                arrived[place] = plus(arrived.get(place), cotangent)
        for place, edges in reversed(self.steps):
            weight = arrived.get(place)
            if weight is None or _is_zero(weight):
                continue
            for below, partial in edges:
                arrived[below] = plus(arrived.get(below), _passed(partial, weight))
        return arrived

    def push(self, tangents: Iterable[Any]) -> list[Any]:
        """Jv: a derivative for each output, None where it is 0 for want of a way."""
        moved = {place: tangent for place, tangent in zip(self.inputs, tangents, strict=True) if not _is_zero(tangent)}
        for place, edges in self.steps:
            for below, partial in edges:
                if below in moved:
                    moved[place] = plus(moved.get(place), times(partial, moved[below]))
        return [None if place is None else moved.get(place) for place in self.outputs]

    def reach(self) -> list[int]:
        """For each output the inputs that it depends on, as the bits of an integer."""
        found: dict[int | None, int] = {}
        for i, place in enumerate(self.inputs):
            if place is not None:
                found[place] = found.get(place, 0) | 1 << i
        for place, edges in self.steps:
            for below, _ in edges:
                found[place] = found.get(place, 0) | found[below]
        return [found.get(place, 0) for place in self.outputs]


def _passed(partial: Any, weight: Any) -> Any:
    """The product; 0 where a derivative of 0 meets an infinite one, as on the side that a ``where`` did not take."""
    if type(partial) in (Choice, Steep):
        return partial.of(weight)
    product = times(partial, weight)
    if not finite(partial) and ground(weight) == 0:
        return ops.where(regular(weight, partial), product, 0)
    return product


def _is_zero(number: Any) -> bool:
    return number is None or (not hasattr(type(number), "__op__") and bool(number == 0))
