"""Everything that may stand in a line of a sheet, with what it is worth at the points: quantities, derivatives, pieces of other lines.

A hypothesis asks the other way round: what here is worth *this*? Every kind of thing is one block of columns, sorted when
it is first asked, so that an answer costs a search and not a try of every thing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from .. import ops
from ..names import parse
from ..op import Op
from .places import agree
from .sheet import Sheet
from .steps import Steps
from .terms import Apply, Number, Partial, Prime, Quantity, Term, walk
from .truth import Truth

POINTS = 64  # so many points are searched at; what is found is tried at all of them
MOST_DERIVED = 3000  # quantities of which 1 - a, σ'(a) and the like are made
MOST_PIECES, LARGEST_PIECE = 2000, 12


@dataclass
class Block:
    """Things of one kind. ``cost`` says how unlikely a thing of this kind is to have been forgotten."""

    kind: str
    cost: float
    columns: Any  # a row a thing
    term: Callable[[int], Term]
    _orders: dict[int, Any] = field(default_factory=dict)

    def find(self, wanted: Any, noise: Any = 0.0) -> list[int]:
        """The things that are worth this at every point; NaN wants nothing."""
        return [row for _, row in self.find_all(np.asarray(wanted)[None], np.broadcast_to(noise, np.shape(wanted))[None])]

    def find_all(self, wanted: Any, noise: Any) -> list[tuple[int, int]]:
        """The same for a stack of columns at once: pairs of a column's number and the thing that is worth it."""
        told = ~np.isnan(wanted)
        usable = told.any(axis=1) & (np.isfinite(wanted) | ~told).all(axis=1)
        first = np.argmax(told, axis=1)
        found: list[tuple[int, int]] = []
        for key in np.unique(first[usable]) if len(self.columns) else ():
            asked = np.flatnonzero(usable & (first == key))
            order, ranked = self._ranked(int(key))
            margin = 1e-7 * np.abs(wanted[asked, key]) + noise[asked, key]
            low = np.searchsorted(ranked, wanted[asked, key] - margin, side="left")
            high = np.searchsorted(ranked, wanted[asked, key] + margin, side="right")
            for i in np.flatnonzero(high > low):
                rows = np.sort(order[low[i] : high[i]])
                alike = agree(self.columns[rows], wanted[asked[i]], noise[asked[i]])
                found += [(int(asked[i]), int(row)) for row in rows[alike]]
        return found

    def _ranked(self, key: int) -> tuple[Any, Any]:
        """The things in the order of what they are worth at one of the points."""
        if key not in self._orders:
            order = np.argsort(self.columns[:, key])
            self._orders[key] = order, self.columns[order, key]
        return self._orders[key]  # type: ignore[no-any-return]


class Scope:
    """The things of one sheet at one set of points."""

    def __init__(self, sheet: Sheet, truth: Truth) -> None:
        self.sheet, self.whole = sheet, truth
        size = len(next(iter(truth.at.values()))) if truth.at else 1
        self.chosen = np.unique(np.linspace(0, size - 1, min(size, POINTS)).astype(int))
        few = {name: np.asarray(column)[self.chosen] for name, column in truth.at.items()}
        self.truth = truth if len(self.chosen) == size else Truth(sheet, few)
        self.steps = Steps(sheet.tape)
        self._locals: dict[str, dict[str, Any]] = {}
        self._blocks: dict[tuple[str, object], Block] = {}

    def thin(self, column: Any) -> Any:
        """A column over all points at those that are searched at."""
        column = np.asarray(column, dtype=float)
        return column[self.chosen] if column.ndim and len(column) > len(self.chosen) else np.broadcast_to(column, len(self.chosen))

    def local(self, upper: str) -> dict[str, Any]:
        """∂upper/∂quantity by upper's own definition, for every quantity in it."""
        if upper not in self._locals:
            with np.errstate(all="ignore"):
                self._locals[upper] = self.steps.local(upper, self.truth._values)
        return self._locals[upper]

    # ---- blocks ----

    @cached_property
    def names(self) -> list[str]:
        """Every quantity, and the variables of a rule about functions."""
        return list(dict.fromkeys([*self.sheet.tape.places, *self.sheet.late, *self.truth.at]))

    @cached_property
    def quantities(self) -> Block:
        """The quantities themselves."""
        return self._block("quantity", 1.4, [self.truth.quantity(name) for name in self.names], lambda i: Quantity(self.names[i]))

    @property
    def _derived(self) -> tuple[list[str], Any]:
        names = self.names[:MOST_DERIVED]
        return names, self.quantities.columns[: len(names)]

    def gradients(self, upper: str) -> Block:
        """∂upper/∂quantity, of every quantity."""

        def make() -> Block:
            lowers = [name for name in self.sheet.tape.places if name != upper]
            return self._block("gradient", 1.75, [self.truth.partial(upper, name) for name in lowers], lambda i: Partial(upper, lowers[i]))

        return self._cached("gradient", upper, make)

    def onward(self, lower: str) -> Block:
        """∂quantity/∂lower, of every quantity that depends on it."""

        def make() -> Block:
            found = {name: column for name, column in self._tangents(lower).items() if name != lower}
            return self._block("link", 1.72, list(found.values()), lambda i: Partial(list(found)[i], lower))

        return self._cached("onward", lower, make)

    @cached_property
    def links(self) -> Block:
        """∂z/∂w, of every quantity and those that its own definition mentions, and what derivatives the sheet itself speaks of."""
        pairs = {(upper, lower): column for upper in self.sheet.tape.places for lower, column in self.local(upper).items()}
        for upper, lower in sorted(self.spoken - pairs.keys())[:MOST_PIECES]:
            pairs[upper, lower] = self.truth.partial(upper, lower)
        keys = list(pairs)
        return self._block("link", 1.7, list(pairs.values()), lambda i: Partial(*keys[i]))

    @cached_property
    def spoken(self) -> set[tuple[str, str]]:
        """The derivatives that the sheet speaks of."""
        sides = [side for line in self.sheet.lines for side in (line.left, line.right) if side is not None]
        return {(piece.upper, piece.lower) for side in sides for piece in walk(side) if isinstance(piece, Partial)}

    def primes(self, op: Op) -> Block:
        """The function's derivative at every quantity."""

        def make() -> Block:
            names, columns = self._derived
            with np.errstate(all="ignore"):
                worth = op.partials[0](op(columns), columns)
            return self._block("prime", 1.6, worth, lambda i: Prime(op, (Quantity(names[i]),)))

        return self._cached("prime", op.name, make)

    def calls(self, op: Op) -> Block:
        """The function at every quantity."""

        def make() -> Block:
            names, columns = self._derived
            with np.errstate(all="ignore"):
                return self._block("call", 2.0, op(columns), lambda i: Apply(op, (Quantity(names[i]),)))

        return self._cached("call", op.name, make)

    @cached_property
    def shapes(self) -> list[Block]:
        """1 - a, a(1 - a), 1 - a², a², of every quantity."""
        names, a = self._derived
        one, two = Number(1.0, "1"), Number(2.0, "2")

        def less(i: int) -> Term:
            return Apply(ops.sub, (one, Quantity(names[i])))

        def squared(i: int) -> Term:
            return Apply(ops.pow_, (Quantity(names[i]), two))

        return [
            self._block("shape", 2.0, 1 - a, less),
            self._block("shape", 2.1, a * (1 - a), lambda i: Apply(ops.mul, (Quantity(names[i]), less(i)))),
            self._block("shape", 2.05, 1 - a * a, lambda i: Apply(ops.sub, (one, squared(i)))),
            self._block("shape", 2.2, a * a, squared),
        ]

    @cached_property
    def functions(self) -> list[Op]:
        """The activations of the program and of the sheet's lines."""
        found = {op for op in self.sheet.tape.ops if op is not None and op.activation}
        for line in self.sheet.lines:
            for piece in walk(line.right) if line.right is not None else ():
                if isinstance(piece, Apply | Prime) and piece.op.activation:
                    found.add(piece.op)
        return sorted(found, key=lambda op: op.name)

    @cached_property
    def pieces(self) -> Block:
        """What stands in other lines of the sheet: sums, products and functions that the writer wrote elsewhere."""
        lines = [line.right for line in self.sheet.lines if line.right is not None and line.kind in ("definition", "claim")]
        found = [piece for right in lines for piece in small_pieces(right)][:MOST_PIECES]
        return self.terms("piece", 2.3, found)

    @cached_property
    def sums(self) -> Block:
        """The sum of all quantities of one kind, as of the targets of a softmax."""
        kinds: dict[str, list[str]] = {}
        for name in self.names[:MOST_DERIVED]:
            kinds.setdefault(kind_of(name), []).append(name)
        found: list[Term] = []
        for names in kinds.values():
            if 1 < len(names) <= LARGEST_PIECE:
                total: Term = Quantity(names[0])
                for name in names[1:]:
                    total = Apply(ops.add, (total, Quantity(name)))
                found.append(total)
        return self.terms("sum", 2.2, found)

    def terms(self, kind: str, cost: float, terms: list[Term]) -> Block:
        """Any terms as a block, of those that are worth the same the first."""
        worth = [np.broadcast_to(np.asarray(self.truth.of(term), dtype=float), len(self.chosen)) for term in terms]
        first = list({column.tobytes(): i for i, column in reversed(list(enumerate(worth)))}.values())
        return self._block(kind, cost, [worth[i] for i in first], lambda i: terms[first[i]])

    def factors(self, upper: str | None, lower: str | None) -> Iterator[Block]:
        """Every block that a line about ∂upper/∂lower may need a thing from, the likeliest kinds first."""
        yield self.quantities
        for op in self.functions:
            yield self.primes(op)
        yield self.links
        if lower is not None and lower in self.sheet.tape.places:
            yield self.onward(lower)
        for loss in dict.fromkeys([upper, self.sheet.loss]):
            if loss is not None and loss in self.sheet.tape.places:
                yield self.gradients(loss)
        yield from self.shapes
        for op in self.functions:
            yield self.calls(op)
        yield self.sums
        yield self.pieces

    def _cached(self, kind: str, key: object, make: Callable[[], Block]) -> Block:
        if (kind, key) not in self._blocks:
            self._blocks[kind, key] = make()
        return self._blocks[kind, key]

    def _block(self, kind: str, cost: float, columns: Any, term: Callable[[int], Term]) -> Block:
        size = len(self.chosen)
        rows = [np.broadcast_to(np.asarray(column, dtype=float), size) for column in columns]
        return Block(kind, cost, np.stack(rows) if rows else np.zeros((0, size)), term)

    def _tangents(self, lower: str) -> dict[str, Any]:
        """∂quantity/∂lower for every quantity, in one pass upwards."""
        tape, values = self.sheet.tape, self.truth._values
        start = tape.places[lower]
        found: dict[int, Any] = {start: 1.0}
        with np.errstate(all="ignore"):
            for place in range(start + 1, len(tape.ops)):
                op, args = tape.ops[place], tape.args[place]
                moving = [i for i, arg in enumerate(args) if arg in found]
                if op is not None and moving:
                    xs = [values[arg] for arg in args]
                    found[place] = sum(found[args[i]] * op.partials[i](values[place], *xs) for i in moving)
        return {name: found[place] for name, place in tape.places.items() if place in found}


def small_pieces(root: Term) -> Iterator[Term]:
    """The operations in a term, but for those on too much."""
    sizes: dict[int, int] = {}
    for piece in walk(root):
        sizes[id(piece)] = 1 + sum(sizes[id(arg)] for arg in piece.args)
        if 1 < sizes[id(piece)] <= LARGEST_PIECE:
            yield piece


def kind_of(name: str) -> str:
    """What quantities of one kind have in common: the p of p_1 and p_2."""
    parsed = parse(name)
    return f"{parsed.head}_{parsed.sub}" if parsed else name
