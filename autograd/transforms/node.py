"""Node: a number that remembers how it was made, over any inner numbers; what `Value` is over floats.

A node keeps the row and its arguments; the local derivatives are computed when somebody asks for them, over the inner numbers,
which may themselves be differentiated.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..op import Op
from .carrier import Carrier
from .slopes import edge


class Node(Carrier):
    """A recorded operation: ``op`` is its row (None for an input), ``args`` are nodes of this level or constants."""

    __slots__ = ("args", "op")

    def __init__(self, level: int, primal: Any, op: Op | None = None, args: tuple[Any, ...] = ()) -> None:
        self.level, self.primal, self.op, self.args = level, primal, op, args

    def constant(self, number: Any) -> Node:
        """A number that does not depend on the inputs."""
        return Node(self.level, number)

    def apply(self, op: Op, args: tuple[Any, ...]) -> Node:
        """The row's value, recorded."""
        return Node(self.level, op(*self._inner(args)), op, args)

    def _inner(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple([arg.primal if self.own(arg) else arg for arg in args])

    @property
    def operands(self) -> list[Node]:
        """The arguments that are nodes of this level."""
        return [arg for arg in self.args if self.own(arg)]

    def edges(self, live: dict[int, int]) -> Iterator[tuple[int, Any]]:
        """Where the live arguments stand, and the derivatives with respect to them, unless they are 0 everywhere."""
        xs = self._inner(self.args)
        for i, arg in enumerate(self.args):
            if self.own(arg) and id(arg) in live:
                assert self.op is not None
                partial = edge(self.op, i, self.primal, xs)
                if partial is not None:
                    yield live[id(arg)], partial


def topological(roots: list[Node]) -> list[Node]:
    """Every node that the roots depend on, each after its arguments; without recursion."""
    order: list[Node] = []
    seen: set[int] = set()
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [(arg, False) for arg in reversed(node.operands) if id(arg) not in seen]
    return order
