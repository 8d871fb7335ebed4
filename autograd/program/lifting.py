"""Lifting: the flattened graph, level by level, becomes blocks.

Dots of one level that share a window or a filter become one matrix product: one window and many filters are a dense
layer, many windows that share their filters a convolution, several such products of one shape a stack of them. Alike
operations of one level become one vector operation, its rows in the order of the rows that it reads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from keyword import iskeyword
from typing import Any

import numpy as np

from .. import ops
from ..op import CALL, POW, Op
from .blocks import Block, Map, Product, Source, Sum
from .columns import CONSTANT, INPUT, PARAMETER, Ints
from .terms import Terms

Kind = tuple[int, ...]  # of a term: 0 if it varies, 0 if it is a product, -sign, the number of its block


class Lifted:
    """The blocks of a graph, in the order in which they are computed, and the address of every node."""

    def __init__(self, graph: Terms, arguments: Sequence[tuple[str, int]]) -> None:
        self.graph = graph
        self.blocks: list[Block] = []
        self.rows = 0
        self.address = np.full(len(graph.table) + len(graph.dots), -1, dtype=np.int64)
        self._place = np.zeros(len(self.address), dtype=np.int64)  # of each address: the number of its block
        self.nodes: list[int] = []  # by address
        self._sources(arguments)
        for level in graph.levels:
            self._products(level.dots)
            self._maps(level.maps)
            self._sums(level.sums)
        self.roots = self.address[graph.table.roots]

    def block(self, address: int) -> Block:
        """The block that an address belongs to."""
        return self.blocks[int(self._place[address])]

    def places(self, addresses: Ints) -> Ints:
        """The number of each address's block."""
        return self._place[addresses]

    def nodes_of(self, kind: str) -> list[int]:
        """The nodes of the source block of that kind."""
        return [node for b in self.blocks if isinstance(b, Source) and b.kind == kind for node in self.nodes[b.start : b.start + b.rows]]

    def titles(self, addresses: Ints) -> list[str]:
        """What the names of these rows begin with, such as W_h for W_h[0][0] and W_h[1][0]; "" for those without a name."""
        names = self.graph.table.names
        return list(dict.fromkeys([_base(names.get(self.nodes[address], "")) for address in addresses.tolist()]))

    def title(self, addresses: Ints) -> str:
        """What all their names begin with, if it can be a name in code, else ""."""
        base, *others = self.titles(addresses)
        return base if not others and base.isidentifier() and not iskeyword(base) else ""

    def _sources(self, arguments: Sequence[tuple[str, int]]) -> None:
        table, first = self.graph.table, 0
        for name, size in arguments:
            self._put(Source, range(first, first + size), (), varying=True, kind="input", name=name)
            first += size
        self._put(Source, np.flatnonzero(table.codes == PARAMETER), (), needs=True, kind="parameters", name="theta")
        self._put(Source, np.flatnonzero(table.codes == CONSTANT), (), kind="constants", name="constants")
        assert first == np.count_nonzero(table.codes == INPUT)

    def _put(self, make: type[Any], nodes: Iterable[int], read_from: Iterable[Ints], **more: Any) -> None:
        """Append a block whose rows are these nodes; its flags follow from what it reads unless given."""
        members = np.fromiter(nodes, dtype=np.int64)
        if not len(members):
            return
        read = [self.blocks[i] for i in np.unique(np.concatenate([self.places(r.ravel()) for r in read_from] or [members[:0]]))]
        more.setdefault("varying", any(block.varying for block in read))
        more.setdefault("needs", any(block.needs for block in read))
        folded = self.graph.folded
        size = sum(folded.get(node, 1) for node in members.tolist()) if make is not Source else 0
        self.blocks.append(make(start=self.rows, rows=len(members), nodes=size, **more))
        self._place[self.rows : self.rows + len(members)] = len(self.blocks) - 1
        self.address[members] = np.arange(self.rows, self.rows + len(members))
        self.nodes += members.tolist()
        self.rows += len(members)

    # ---- matrix products ----

    def _products(self, numbers: Sequence[int]) -> None:
        dots = self.graph.dots
        spelt = sorted({dots[number].filter for number in numbers})
        filters = {filter: i for i, filter in enumerate(spelt)}
        seen_by: dict[tuple[int, ...], dict[int, int]] = defaultdict(dict)  # window: {filter: dot}; equal products are one node, in no dot
        for number in numbers:
            seen_by[dots[number].window][filters[dots[number].filter]] = number
        groups: dict[tuple[int, ...], list[tuple[int, ...]]] = defaultdict(list)  # filters: windows
        for window, readers in seen_by.items():
            groups[tuple(sorted(readers))].append(window)
        stacks: dict[tuple[int, int, int], list[tuple[tuple[int, ...], list[tuple[int, ...]]]]] = defaultdict(list)
        for shared, columns in groups.items():
            stacks[len(shared), len(columns[0]), len(columns)].append((shared, columns))
        scaled: list[int] = []
        for (outputs, terms, positions), members in stacks.items():
            for _, columns in members:
                columns.sort(key=lambda window: self.address[list(window)].tolist())
            nodes = [seen_by[window][which] for shared, columns in members for which in shared for window in columns]
            if terms == 1 and (outputs == 1 or positions == 1):
                scaled += nodes
                continue
            matrices = self.address[np.array([[spelt[which] for which in shared] for shared, _ in members])]
            windows = self.address[np.array([columns for _, columns in members])].swapaxes(1, 2)
            self._put(Product, nodes, (matrices, windows), filters=matrices, windows=windows)
        self._scaled(scaled)

    def _scaled(self, numbers: Sequence[int]) -> None:
        """Dots of one term are plain products."""
        by_kind: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for number in numbers:
            dot = self.graph.dots[number]
            by_kind[int(self.graph.varying[number]), *self._kinds((*dot.filter, *dot.window))].append(number)
        for members in by_kind.values():
            dots = [self.graph.dots[number] for number in members]
            self._map(ops.mul, members, np.array([(*dot.filter, *dot.window) for dot in dots]))

    # ---- vector operations ----

    def _maps(self, nodes: Sequence[int]) -> None:
        table = self.graph.table
        alike: dict[Hashable, list[int]] = defaultdict(list)
        for node, padded in zip(nodes, table.args[nodes].tolist() if nodes else (), strict=True):
            row = table.rows[table.codes[node]]
            args = padded[: row.arity]
            exact = [table.numbers[arg] for arg in args if table.codes[arg] == CONSTANT and row.prec in (POW, CALL)]
            alike[row, self.graph.varying[node], self._kinds(args), tuple(exact)].append(node)
        for members in alike.values():
            row = table.rows[table.codes[members[0]]]
            self._map(row, members, table.args[members][:, : row.arity])

    def _map(self, row: Op, members: Sequence[int], args: Ints) -> None:
        reads = self.address[args]
        moving = [i for i in range(row.arity) if self.block(reads[0, i]).varying]
        columns = [*moving, *[i for i in range(row.arity) if i not in moving]]
        _, chosen, which = np.unique(reads[:, columns], axis=0, return_index=True, return_inverse=True)
        own = reads[chosen]
        self._put(Map, np.array(members)[chosen], own.T, op=row, reads=tuple(own.T))
        self.address[members] = self.address[np.array(members)[chosen]][which.ravel()]

    def _kinds(self, args: Sequence[int]) -> tuple[int, ...]:
        """For each operand: 0 for a constant, 1 for what is the same for all samples, 2 for what varies."""
        codes, varying = self.graph.table.codes, self.graph.varying
        return tuple([0 if codes[arg] == CONSTANT else 1 + varying[arg] for arg in args])

    # ---- sums ----

    def _sums(self, nodes: Sequence[int]) -> None:
        alike: dict[tuple[Kind, ...], list[tuple[int, list[Ints]]]] = defaultdict(list)
        for node in nodes:
            signs, terms = zip(*self.graph.sums[node], strict=True)
            addresses = self.address[list(terms)]
            if signs == (1,):  # nothing is added: another name of its one term
                self.address[node] = addresses[0]
                if terms[0] in self.graph.dots:
                    self.nodes[addresses[0]] = node
                continue
            entries: dict[Kind, list[int]] = defaultdict(list)
            for sign, place, address in zip(signs, self.places(addresses).tolist(), addresses.tolist(), strict=True):
                block = self.blocks[place]
                entries[not block.varying, not isinstance(block, Product), -sign, place].append(address)
            kinds = sorted(entries)
            signature = tuple([(*kind, len(entries[kind])) for kind in kinds])
            alike[signature].append((node, [np.array(sorted(entries[kind])) for kind in kinds]))
        for signature, members in alike.items():
            first: dict[tuple[bytes, ...], int] = {}  # of the sums of the same terms
            same: dict[int, int] = {}
            for node, entry in members:
                same[node] = first.setdefault(tuple([reads.tobytes() for reads in entry]), node)
            own = sorted([member for member in members if same[member[0]] == member[0]], key=lambda member: int(member[1][0][0]))
            terms_of = tuple([(-kind[2], np.stack([reads[i] for _, reads in own], axis=1)) for i, kind in enumerate(signature)])
            self._put(Sum, [node for node, _ in own], [reads for _, reads in terms_of], terms=terms_of)
            for node, _ in members:
                self.address[node] = self.address[same[node]]


def _base(name: str) -> str:
    """W_h1 of W_h1[0][0], z of z_12."""
    base, bracket, _ = name.partition("[")
    return base if bracket else base.rstrip("_0123456789")
