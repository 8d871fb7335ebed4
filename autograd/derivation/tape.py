"""The forward program as a straight line of operations, run over any carrier: columns of points, or 50 digits.

A tape has no numbers of its own. Running it forward gives every quantity at the points, and a sweep back gives every
∂output/∂quantity, by the rows' own partial derivatives.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import ops
from ..graph import Graph
from ..op import Op
from ..value import Value
from .terms import Apply, Number, Partial, Prime, Quantity, Term, walk


@dataclass
class Tape:
    """Operations in order; ``places`` says which of them each named quantity is."""

    ops: list[Op | None] = field(default_factory=list)
    args: list[tuple[int, ...]] = field(default_factory=list)
    numbers: dict[int, float] = field(default_factory=dict)  # constants
    places: dict[str, int] = field(default_factory=dict)
    leaves: list[str] = field(default_factory=list)

    @classmethod
    def of_definitions(cls, definitions: Mapping[str, Term], leaves: list[str]) -> Tape:
        """The tape of a sheet's definitions; every name they mention is defined or a leaf, and none depends on itself."""
        tape = cls()
        for leaf in leaves:
            tape._leaf(leaf)
        waiting = list(reversed(list(definitions)))
        while waiting:
            name = waiting[-1]
            needs = [q for q in _mentioned(definitions[name]) if q not in tape.places] if name not in tape.places else []
            if name in tape.places:
                waiting.pop()
            elif needs:
                waiting += needs
            else:
                tape.places[name] = tape._record(definitions[waiting.pop()])
        return tape

    @classmethod
    def of_graph(cls, graph: Graph) -> Tape:
        """The tape of a recorded program; its named values are the quantities, its other leaves are constants."""
        tape = cls()
        place: dict[Value, int] = {}
        for value in graph:
            if value.op is not None:
                args = [place[arg] if not isinstance(arg, float) else tape._constant(arg) for arg in value.args]
                place[value] = tape._operation(value.op, tuple(args))
            elif value.name is not None:
                place[value] = tape._leaf(value.name)
            else:
                place[value] = tape._constant(value.data)
        tape.places |= {name: place[value] for name, value in graph.named.items()}
        return tape

    def _leaf(self, name: str) -> int:
        self.leaves.append(name)
        self.places[name] = place = self._operation(None, ())
        return place

    def _constant(self, number: float) -> int:
        place = self._operation(None, ())
        self.numbers[place] = number
        return place

    def _operation(self, op: Op | None, args: tuple[int, ...]) -> int:
        self.ops.append(op)
        self.args.append(args)
        return len(self.ops) - 1

    def _record(self, root: Term) -> int:
        done: dict[int, int] = {}
        for term in walk(root):
            match term:
                case Number():
                    done[id(term)] = self._constant(term.value)
                case Quantity():
                    done[id(term)] = self.places[term.name]
                case _:
                    assert isinstance(term, Apply)  # a definition with derivatives is no part of the program
                    done[id(term)] = self._operation(term.op, tuple([done[id(arg)] for arg in term.args]))
        return done[id(root)]

    def run(self, at: Mapping[str, Any], number: Callable[[float], Any] = float) -> list[Any]:
        """Every place's value, where the leaves have the given ones."""
        leaves = {self.places[name]: value for name, value in at.items()}
        values: list[Any] = []
        for place, (op, args) in enumerate(zip(self.ops, self.args, strict=True)):
            if op is None:
                values.append(leaves[place] if place in leaves else number(self.numbers[place]))
            else:
                values.append(op(*[values[arg] for arg in args]))
        return values

    def sweep(self, values: list[Any], output: int) -> dict[int, Any]:
        """∂output/∂place for every place that the output depends on."""
        gradients: dict[int, Any] = {output: 1.0}
        for place in range(output, -1, -1):
            op, upstream = self.ops[place], gradients.get(place)
            if op is None or upstream is None:
                continue
            xs = [values[arg] for arg in self.args[place]]
            for i, arg in enumerate(self.args[place]):
                if arg not in self.numbers:
                    share = upstream * op.partials[i](values[place], *xs)
                    gradients[arg] = gradients[arg] + share if arg in gradients else share
        return gradients

    def gaps(self) -> set[int]:
        """The places that have no value at some points and need none: NaN, and cases of which another case is the rest."""
        nan = {place for place, number in self.numbers.items() if math.isnan(number)}
        found = {place for place, op in enumerate(self.ops) if op is ops.where and self.args[place][2] in nan}
        rest = {self.args[place][2] for place, op in enumerate(self.ops) if op is ops.where}
        while more := {place for place, op in enumerate(self.ops) if op is ops.where and self.args[place][2] in found & rest} - found:
            found |= more
        return nan | (found & rest)

    def depends(self, output: int) -> set[int]:
        """The places that a place depends on, itself among them."""
        needed = {output}
        for place in range(output, -1, -1):
            if place in needed:
                needed.update(self.args[place])
        return needed


def _mentioned(term: Term) -> list[str]:
    return list(dict.fromkeys(piece.name for piece in walk(term) if isinstance(piece, Quantity)))


def has_derivatives(term: Term, late: set[str]) -> bool:
    """Whether a definition speaks of derivatives, itself or through a name that does; then it is no part of the program."""
    return any(isinstance(piece, Partial | Prime) or (isinstance(piece, Quantity) and piece.name in late) for piece in walk(term))
