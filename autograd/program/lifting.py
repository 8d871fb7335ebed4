"""Lifting: the flattened graph, level by level, becomes blocks.

Dots of one level that share a window or a filter become one matrix product: one window and many filters are a dense
layer, many windows that share their filters a convolution, several such products of one shape a stack of them; where filters vary
over the batch, every sample has its own product. Alike
operations of one level become one vector operation, its rows in the order of the rows that it reads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from keyword import iskeyword
from typing import Any
from unicodedata import normalize

import numpy as np

from .. import ops
from ..op import CALL, POW, Op
from .blocks import Block, Given, Map, Product, Sum
from .columns import CONSTANT, INPUT, PARAMETER, Ints
from .sorting import different, gathered, ranked
from .terms import Terms


class TooManyBlocksError(Exception):
    """The graph has no structure that would be worth its lines of code."""


class Lifted:
    """The blocks of a graph, in the order in which they are computed, and the address of every node.

    Raises TooManyBlocksError where there would be more than ``most``.
    """

    def __init__(self, graph: Terms, arguments: Sequence[tuple[str, int]], most: int) -> None:
        if graph.levels.max(initial=0) >= most:  # a level is a block, or more
            raise TooManyBlocksError
        self.graph, self._most = graph, most
        self.blocks: list[Block] = []
        self.rows = 0
        self.address = np.full(len(graph.levels), -1, dtype=np.int64)
        self.nodes = self.address.copy()  # by address
        self._place = np.zeros(len(self.address), dtype=np.int64)  # of each address: the number of its block
        self._turn = self._place.copy()  # of each address: 0 if it varies, 2 if not, and 1 more if it is no product
        # of each node: 0 for a constant, 1 for what is the same for all samples, 2 for what varies
        self._variation = np.where(graph.table.codes == CONSTANT, 0, 1 + graph.varying[: len(graph.table)])
        self._bases, self._base = self._named()
        self._sources(arguments)
        ready = np.flatnonzero(graph.levels)
        ready = ready[np.argsort(graph.levels[ready], kind="stable")]
        for level in np.split(ready, np.flatnonzero(np.diff(graph.levels[ready])) + 1):
            nodes = level[level < len(graph.table)]
            self._products(level[level >= len(graph.table)])
            self._maps(nodes[~graph.summing[nodes]])
            self._sums(nodes[graph.summing[nodes]])
        self.roots = self.address[graph.table.roots]

    def block(self, address: int) -> Block:
        """The block that an address belongs to."""
        return self.blocks[int(self._place[address])]

    def places(self, addresses: Ints) -> Ints:
        """The number of each address's block."""
        return self._place[addresses]

    def nodes_of(self, kind: str) -> Ints:
        """The nodes of the source block of that kind."""
        found = [self.nodes[block.addresses] for block in self.blocks if isinstance(block, Given) and block.kind == kind]
        return np.concatenate([self.nodes[:0], *found])

    def _named(self) -> tuple[list[str], Ints]:
        """What names begin with, W of W[0][0] and z of z_12, and for each node its place in that list; the first is for no name."""
        names, bases = self.graph.table.names, defaultdict[str, int](count().__next__)
        base = np.full(len(self.address), bases[""])
        base[list(names)] = [bases[name.partition("[")[0] if "[" in name else name.rstrip("_0123456789")] for name in names.values()]
        return list(bases), base

    def titles(self, addresses: Ints) -> list[str]:
        """What the names of these rows begin with, in the order of the rows; "" for those without a name."""
        bases, first = np.unique(self._base[self.nodes[addresses]], return_index=True)
        return [self._bases[base] for base in bases[np.argsort(first)].tolist()]

    def title(self, addresses: Ints) -> str:
        """What all their names begin with, if it can be a name in code, else ""."""
        first, *others = self.titles(addresses)
        base = normalize("NFKC", first)  # as Python reads it
        return base if not others and base.isidentifier() and not iskeyword(base) and base != "__debug__" else ""

    def _sources(self, arguments: Sequence[tuple[str, int]]) -> None:
        table, first = self.graph.table, 0
        for name, size in arguments:
            self._put(Given, np.arange(first, first + size), (), varying=True, kind="input", name=name)
            first += size
        self._put(Given, np.flatnonzero(table.codes == PARAMETER), (), needs=True, kind="parameters", name="theta")
        self._put(Given, np.flatnonzero(table.codes == CONSTANT), (), kind="constants", name="constants")
        assert first == np.count_nonzero(table.codes == INPUT)

    def _put(self, make: type[Any], nodes: Ints, read_from: Iterable[Ints], **more: Any) -> None:
        """Append a block whose rows are these nodes; its flags follow from what it reads unless given."""
        if not len(nodes):
            return
        if len(self.blocks) == self._most:
            raise TooManyBlocksError
        read = [self.blocks[i] for reads in read_from for i in different(self.places(reads.ravel()))]
        more.setdefault("varying", any(block.varying for block in read))
        more.setdefault("needs", any(block.needs for block in read))
        size = int(self.graph.folded[nodes].sum()) if make is not Given else 0
        block = make(start=self.rows, rows=len(nodes), nodes=size, **more)
        self._place[block.addresses] = len(self.blocks)
        self._turn[block.addresses] = 2 * (not block.varying) + (make is not Product)
        self.address[nodes] = block.addresses
        self.nodes[block.addresses] = nodes
        self.blocks.append(block)
        self.rows += len(nodes)

    # ---- matrix products ----

    def _products(self, dots: Ints) -> None:
        scaled, graph = [dots[:0]], self.graph
        paired = graph.varying[graph.dots.pairs[0, graph.dots.first[dots]]]
        kinds = paired.astype(np.int64) + graph.varying[dots]  # the same for all samples; a weight times what varies; two that vary
        stacks = [(*stack, kind == 2) for kind in range(3) for stack in self._stacks(dots[kinds == kind])]
        for numbers, filters, windows, pairs in sorted(stacks, key=lambda stack: int(stack[0].min())):
            outputs, positions, terms = (*numbers.shape[1:], filters.shape[2])
            if terms == 1 and (outputs == 1 or positions == 1):
                scaled.append(numbers.ravel())
            else:
                self._put(Product, numbers.ravel(), (filters, windows), filters=filters, windows=windows, paired=pairs)
        self._scaled(np.concatenate(scaled))

    def _stacks(self, dots: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
        """Products of one shape: dots (groups, outputs, positions), and the addresses of their filters and windows as in a Product.

        A group is all windows that the same filters are applied to.
        """
        for places, filters, windows in self.graph.dots.alike(dots):
            filter, _ = ranked(filters)
            window, _ = ranked(windows)
            order, readers = np.lexsort((filter, window)), np.bincount(window)
            begin = np.cumsum(readers) - readers
            for outputs in different(readers):
                seen = order[begin[readers == outputs][:, None] + np.arange(outputs)]  # a window a row, its filters in order
                group, _ = ranked(filter[seen])
                first, positions = seen.min(axis=1), np.bincount(group)
                leader = np.full(len(positions), len(places))
                np.minimum.at(leader, group, first)
                address, _ = ranked(self.address[windows[seen[:, 0]]])
                arranged = np.lexsort((address, first, leader[group]))
                for many in different(positions):
                    stack = seen[arranged[positions[group[arranged]] == many]].reshape(-1, many, outputs).swapaxes(1, 2)
                    matrices, columns = self.address[filters[stack[:, :, 0]]], self.address[windows[stack[:, 0]]]
                    yield dots[places[stack]], matrices, columns.swapaxes(1, 2)

    def _scaled(self, dots: Ints) -> None:
        """Dots of one term are plain products."""
        args = self.graph.dots.pairs[:, self.graph.dots.first[dots]].T
        for alike in gathered(self.graph.varying[dots], *self._variation[args].T):
            self._map(ops.mul, dots[alike], args[alike])

    # ---- vector operations ----

    def _maps(self, nodes: Ints) -> None:
        table = self.graph.table
        codes, args = table.codes[nodes], table.args[nodes]
        exacting = np.array([row.prec in (POW, CALL) for row in table.rows])[codes]  # a constant is part of what they do
        sorts = np.where(args >= 0, self._variation[args], 3)  # 3 where a row has fewer operands
        exact = np.where(exacting[:, None] & (sorts == 0), table.numbers[args], 0.0).view(np.int64)  # 0.0 and -0.0 are two
        for alike in gathered(codes, self.graph.varying[nodes], *sorts.T, *exact.T):
            row = table.rows[codes[alike[0]]]
            self._map(row, nodes[alike], args[alike, : row.arity])

    def _map(self, row: Op, members: Ints, args: Ints) -> None:
        reads = self.address[args]
        moving = [i for i in range(row.arity) if self.block(reads[0, i]).varying]
        columns = [*moving, *[i for i in range(row.arity) if i not in moving]]
        which, chosen = ranked(reads[:, columns])
        own = reads[chosen]
        self._put(Map, members[chosen], own.T, op=row, reads=tuple(own.T))
        self.address[members] = self.address[members[chosen]][which]

    # ---- sums ----

    def _sums(self, nodes: Ints) -> None:
        """Sums of as many terms of each sign from the same blocks are one block."""
        sums, before = self.graph.sums, len(self.blocks)
        sign, term = sums.pairs[:, sums.first[nodes]]
        alone = (sums.many[nodes] == 1) & (sign == 1)  # nothing is added: another name of its one term
        self.address[nodes[alone]] = self.address[term[alone]]
        named = alone & (term >= len(self.graph.table))
        self.nodes[self.address[term[named]]] = nodes[named]
        nodes = nodes[~alone]
        found: list[tuple[int, Ints, Ints, Ints]] = []
        for places, signs, terms in sums.alike(nodes):
            addresses = self.address[terms]
            kinds = (2 * self._turn[addresses] + (signs < 0)) * before + self.places(addresses)
            order = np.lexsort((addresses, kinds))
            kinds, addresses = np.take_along_axis(kinds, order, 1), np.take_along_axis(addresses, order, 1)
            found += [(int(places[own[0]]), nodes[places[own]], kinds[own[0]], addresses[own]) for own in gathered(ranked(kinds)[0])]
            if before + len(found) > self._most:
                raise TooManyBlocksError
        for _, members, kind, addresses in sorted(found, key=lambda sum: sum[0]):
            which, chosen = ranked(addresses)
            own = np.sort(chosen)
            own = own[np.argsort(addresses[own, 0], kind="stable")]
            cuts = np.flatnonzero(np.diff(kind)) + 1
            signs = np.where(kind[[0, *cuts]] // before % 2, -1, 1).tolist()
            reads = np.split(addresses[own].T, cuts)
            self._put(Sum, members[own], reads, terms=tuple(zip(signs, reads, strict=True)))
            self.address[members] = self.address[members[chosen]][which]
