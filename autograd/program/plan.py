"""The plan: what was found in the graph, what it costs, and which way a batch is run; it prints as an explanation.

The cheaper of arrays and tape is taken, as `costs` has them. A large batch runs as arrays in stretches of samples whose numbers stay in
the processor's caches. The graph is searched for structure only when that can pay: there are at least as many calls as operations on its
longest way. What would be more than 5,000 blocks is not written down as arrays at all.
"""

from __future__ import annotations

import math
import re
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from textwrap import wrap

import numpy as np

from ..guards import Guard
from ..op import CALL, Op
from . import costs
from .blocks import Block, Given, Map, Product, Sum
from .columns import Columns, Ints, depth, distinct, padded
from .lifting import Lifted, TooManyBlocksError
from .source import Source
from .terms import Terms, flatten

MOST_BLOCKS = 5_000
STRETCH = 4_000_000 // 8  # numbers of a stretch of samples: more take several times as long each
MOST_TOLD = 4  # inputs, each by its name
WIDTH = 80
_PLAIN = re.compile(r"\w+|[\d.e+]+")  # a name or a number, which an operator may stand beside
FEWEST = 128  # samples of a stretch, which matrix products are quick with


class Plan:
    """How a recorded graph is run: its operations without the ``repeated`` ones, which do what another has done, as arrays or by a tape.

    ``lifted`` is None for a graph without enough structure for arrays; ``loss`` tells an output that is one number, and has a gradient.
    """

    def __init__(self, table: Columns, arguments: Sequence[tuple[str, int]], guards: Sequence[Guard], loss: bool) -> None:
        self.table, self.arguments, self.guards, self.parameters = table, tuple(arguments), guards, table.parameters
        self.loss = loss
        self.distinct = distinct(table)
        self.operations, computed = int((table.codes >= 0).sum()), int((self.distinct.codes >= 0).sum())
        self.repeated = self.operations - computed
        self.tape_cost = costs.tape(self.distinct, point=loss and not arguments and not guards)
        self._lock = threading.RLock()

    # ---- what is found ----

    @cached_property
    def _terms(self) -> Terms:
        apart = padded(self.table)
        return flatten(distinct(self.table, apart) if apart.any() else self.distinct)

    @cached_property
    def lifted(self) -> Lifted | None:
        """The blocks of the graph; None for a graph without enough structure for arrays."""
        with self._lock:
            try:
                return Lifted(self._terms, self.arguments, MOST_BLOCKS)
            except TooManyBlocksError:
                return None

    def code(self, *, each: bool) -> Source:
        """The code of both passes; where the outputs have no gradient, of the one that there is."""
        assert self.lifted is not None
        return Source(self.lifted, each=each, backward=self.loss)

    # ---- what it costs ----

    @cached_property
    def _few(self) -> int:
        """So many samples are replayed in less time than the longest way through the graph takes as arrays, whatever else is there."""
        least = costs.CALL_OF_ARRAYS + costs.NUMPY * depth(self.distinct)
        return math.floor((least - self.tape_cost.fixed) / self.tape_cost.sample) if self.operations else 0

    @cached_property
    def arrays_cost(self) -> costs.Cost:
        """The cost of running blocks."""
        return costs.arrays(self.lifted) if self.lifted else costs.Cost(0.0, 0.0)

    @cached_property
    def crossover(self) -> int | None:
        """The smallest batch that is run as arrays; None where no batch is."""
        gain = self.tape_cost.sample - self.arrays_cost.sample
        if self.lifted is None or gain <= 0:
            return None
        return max(1, math.ceil((self.arrays_cost.fixed - self.tape_cost.fixed) / gain))

    @cached_property
    def stretch(self) -> int:
        """So many samples at most are run as arrays at a time: as many as stay in the caches, or make up for the calls."""
        numbers = sum(block.rows for block in self.lifted.blocks if block.varying) if self.lifted else 0
        cost = self.arrays_cost
        return max(FEWEST, STRETCH // max(1, numbers), math.ceil(4 * cost.fixed / cost.sample) if cost.sample else sys.maxsize)

    def writes(self, n: int) -> bool:
        """Whether a batch of n samples is run as arrays, and not replayed node by node."""
        return n > self._few and self.crossover is not None and n >= self.crossover

    # ---- what it says ----

    def __str__(self) -> str:
        sample = f" for one sample of {self._inputs()}" if self.arguments else ""
        recorded, given = f"{_count(self.operations, 'operation')} recorded{sample},", f"with {_count(self.parameters, 'parameter')}."
        lines = [f"{recorded} {given}"] if len(recorded + given) < WIDTH else _fitted(recorded, given)
        if self.repeated:
            one = self.repeated == 1
            lines.append(f"{self.repeated:,} of them repeat{'s' * one} another and {'is' if one else 'are'} not run.")
        if self.lifted is not None:
            made = [block for block in self.lifted.blocks if not isinstance(block, Given)]
            lines += self._section("Matrix products", [b for b in made if b.varying and isinstance(b, Product)])
            lines += self._section("Vector operations", [b for b in made if b.varying and not isinstance(b, Product)])
            lines += self._section("The same for all samples, computed once", [b for b in made if not b.varying])
        lines += ["", *_fitted(*self._choice())]
        if self.guards:
            lines += ["", "Comparisons that every sample must decide as the recorded one did:", *[f"  {guard}" for guard in self.guards]]
        return "\n".join(lines)

    __repr__ = __str__

    def _inputs(self) -> str:
        if len(self.arguments) <= MOST_TOLD:
            return " and ".join(f"{name} ({_count(size, 'number')})" for name, size in self.arguments)
        numbers = sum(size for _, size in self.arguments)
        return f"{len(self.arguments):,} inputs, {self.arguments[0][0]} to {self.arguments[-1][0]} ({_count(numbers, 'number')})"

    def _section(self, title: str, blocks: Sequence[Block]) -> Iterator[str]:
        if not blocks:
            return
        yield ""
        yield f"{title}: {len(blocks)}, which were {_count(sum(block.nodes for block in blocks), 'operation')}"
        told = Counter([self._told(block) for block in blocks])
        lines = [(shape, what, nodes + f"   {times} times" * (times > 1)) for (shape, what, nodes), times in told.items()]
        shapes, _, counts = [max(map(len, column)) for column in zip(*lines, strict=True)]
        lines = [(shape, _clipped(what, WIDTH - 6 - shapes - counts), nodes) for shape, what, nodes in lines]
        whats = max(len(what) for _, what, _ in lines)
        for shape, what, nodes in lines:
            yield f"  {shape:>{shapes}}  {what:{whats}}  {nodes}"

    def _told(self, block: Block) -> tuple[str, str, str]:
        """A block's shape, what it is, and how many operations it was."""
        nodes = _count(block.nodes, "operation")
        if isinstance(block, Product):
            groups, outputs, terms = block.filters.shape
            positions = block.windows.shape[2]
            times = f"{groups} · " * (groups > 1) + f"{outputs} × {terms}"
            at = f" at {positions} places" if positions > 1 else ""
            return times, f"{self._origin(block.filters.ravel())} times {self._origin(block.windows.ravel())}{at}", nodes
        title = self._titled(block)
        what = self._applied(block.op, block.reads) if isinstance(block, Map) else self._summed(block, block.addresses)
        return f"{block.rows} row{'s' * (block.rows > 1)}", f"{title} = {what}" if title else what, nodes

    def _applied(self, row: Op, reads: Sequence[Ints]) -> str:
        """A row of what these addresses are, as an operator where it is one."""
        origins = [self._origin(addresses) for addresses in reads]
        if row.prec == CALL:
            return f"{row.name} of {' and '.join(origins)}"
        return row.pretty.format(*[origin if _PLAIN.fullmatch(origin) else f"({origin})" for origin in origins])

    def _summed(self, block: Block, addresses: Ints) -> str:
        """What is added and subtracted in these of its rows, what is added first."""
        assert isinstance(block, Sum)
        said, rows = "", np.flatnonzero(np.isin(block.addresses, addresses))
        for sign, reads in sorted(block.terms, key=lambda term: -term[0]):
            origin, many = self._origin(reads[:, rows].ravel()), len(reads)
            term = origin if many == 1 else f"sum of {origin}, {many} terms"
            signed = origin[0] == "−" or (sign < 0 and " " in origin)
            term = f"({term})" if (many > 1 and len(block.terms) > 1) or (many == 1 and signed) else term
            said += f" {'+' if sign > 0 else '−'} {term}" if said else term if sign > 0 else f"−{term}"
        return said

    def _titled(self, block: Block) -> str:
        assert self.lifted is not None
        return self.lifted.title(block.addresses)

    def _origin(self, addresses: Ints) -> str:
        """What these rows are called, or what they are."""
        assert self.lifted is not None
        titles = self.lifted.titles(addresses)
        if "" not in titles and len(titles) <= 3:
            return " and ".join(titles)
        kinds = [self._kind(self.lifted.blocks[place], addresses) for place in dict.fromkeys(self.lifted.places(addresses).tolist())]
        return " and ".join(dict.fromkeys(kinds))

    def _kind(self, block: Block, addresses: Ints) -> str:
        if isinstance(block, Map):
            return block.op.name
        if isinstance(block, Given) and block.kind == "constants":
            assert self.lifted is not None
            own = addresses[(addresses >= block.start) & (addresses < block.start + block.rows)]
            numbers = self.lifted.graph.table.numbers[self.lifted.nodes[own]]
            return f"{numbers[0]:g}".replace("-", "−") if (numbers == numbers[0]).all() else "constants"
        if isinstance(block, Given):
            return block.kind if block.kind != "input" else block.name
        if isinstance(block, Product):
            return self._titled(block) or self._product(block)
        assert isinstance(block, Sum)
        signed = len(block.terms) == 1 == len(block.terms[0][1])  # −x, say
        return self._titled(block) or (self._summed(block, addresses) if signed else "a sum")

    def _product(self, block: Product) -> str:
        factors = [self._origin(addresses.ravel()) for addresses in (block.filters, block.windows)]
        return "·".join(factors) if all(map(_PLAIN.fullmatch, factors)) else "a product"

    def _choice(self) -> Iterator[str]:
        tape, what = _time(self.tape_cost.sample), "A loss with its gradient costs" if self.loss else "The outputs cost at most"
        if self.lifted is None:
            many = f"{1 + self._terms.levels.max():,} blocks or more"
            yield f"{many}, too many to write down as arrays: the tape replays them, about {tape} a sample."
            return
        if not self.arguments:
            runs = "as arrays" if self.writes(1) else "by the tape"
            what = "A value with its gradient costs" if self.loss else what
            yield f"{what} about {_time(self.arrays_cost.fixed + self.arrays_cost.sample)} as arrays,"
            yield f"and {_time(self.tape_cost.fixed + self.tape_cost.sample)} replayed by the tape: it runs {runs}."
            return
        yield f"{what} about {_time(self.arrays_cost.fixed)} + {_time(self.arrays_cost.sample)} a sample as arrays,"
        yield f"and {tape} a sample replayed by the tape: " + (
            "every batch is replayed."
            if self.crossover is None
            else "every batch runs as arrays."
            if self.crossover == 1
            else f"batches of {self.crossover:,} or more run as arrays."
        )
        if self.crossover is not None and self.arrays_cost.sample:
            yield f"Over {self.stretch:,} samples run in stretches that fit into the processor's caches."


def _clipped(text: str, most: int) -> str:
    """The text, or as much of it as there is room for."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _fitted(*lines: str) -> list[str]:
    """The lines, broken elsewhere where one is too long."""
    return list(lines) if max(map(len, lines)) <= WIDTH else wrap(" ".join(lines), WIDTH)


def _count(n: int, thing: str) -> str:
    return f"{n:,} {thing}{'s' * (n != 1)}"


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
