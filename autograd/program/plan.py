"""The plan: what was found in the graph, what it costs, and which way a batch is run; it prints as an explanation.

Arrays cost by the call and by the number, a tape by the scalar node and sample. For a batch of n samples

    arrays ≈ calls · 1 µs + n · (numbers · 1.5 ns + multiplications · 0.2 ns)
    tape   ≈ n · nodes · 0.6 µs

and the smaller is taken. What would be more than 5,000 blocks is not written down as arrays at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from .blocks import Block, Map, Product, Sum
from .blocks import Source as Given
from .columns import Columns, Ints, distinct
from .guards import Guard
from .lifting import Lifted
from .source import Source
from .terms import flatten

CALL, NUMBER, MULTIPLICATION, NODE = 1e-6, 1.5e-9, 0.2e-9, 0.6e-6  # seconds
_CALLS = {Product: 3, Sum: 3, Map: 5, Given: 0}  # of NumPy, forward and backward together
MOST = 5_000  # blocks


@dataclass(frozen=True)
class Cost:
    """Estimated seconds: ``fixed`` a call, and ``sample`` for every sample."""

    fixed: float
    sample: float


class Plan:
    """How a recorded graph is run. ``lifted`` is None for a graph without enough structure for arrays."""

    def __init__(self, table: Columns, arguments: Sequence[tuple[str, int]], guards: Sequence[Guard]) -> None:
        once = distinct(table)
        terms = flatten(once)
        self.arguments, self.guards, self.parameters = tuple(arguments), tuple(guards), table.parameters
        self.operations, self.repeated = int((table.codes >= 0).sum()), int((table.codes >= 0).sum() - (once.codes >= 0).sum())
        lifted = Lifted(terms, arguments) if len(terms.levels) <= MOST else None  # every level has a block, or more
        self.blocks = len(lifted.blocks) if lifted else len(terms.levels)
        self.lifted = lifted if self.blocks <= MOST else None
        self.tape = Cost(0.0, NODE * self.operations)

    def written(self, *, each: bool) -> Source:
        """The code of both passes."""
        assert self.lifted is not None
        return Source(self.lifted, each=each)

    # ---- what it costs ----

    @cached_property
    def arrays(self) -> Cost:
        """The cost of running blocks."""
        blocks = self.lifted.blocks if self.lifted else []
        calls = sum(_CALLS[type(block)] for block in blocks)
        once = sum(block.rows * _CALLS[type(block)] for block in blocks if not block.varying)
        numbers = sum(block.rows * _CALLS[type(block)] for block in blocks if block.varying)
        products = sum(3 * block.filters.size * block.windows.shape[2] for block in blocks if isinstance(block, Product))
        return Cost(CALL * calls + NUMBER * once, NUMBER * numbers + MULTIPLICATION * products)

    @cached_property
    def crossover(self) -> int | None:
        """The smallest batch that is run as arrays; None where no batch is."""
        gain = self.tape.sample - self.arrays.sample
        if self.lifted is None or gain <= 0:
            return None
        return max(1, -int(-self.arrays.fixed // gain))

    def writes(self, n: int) -> bool:
        """Whether a batch of n samples is run as arrays, and not replayed node by node."""
        return self.crossover is not None and n >= self.crossover

    # ---- what it says ----

    def __str__(self) -> str:
        inputs = " and ".join(f"{name} ({_count(size, 'number')})" for name, size in self.arguments)
        sample = f" for one sample of {inputs}" if inputs else ""
        repeated = f", {self.repeated:,} of which repeat{'s' * (self.repeated == 1)} another" if self.repeated else ""
        lines = [f"{_count(self.operations, 'operation')} recorded{sample}, with {_count(self.parameters, 'parameter')}{repeated}."]
        if self.lifted is not None:
            made = [block for block in self.lifted.blocks if not isinstance(block, Given)]
            lines += self._section("Matrix products", [b for b in made if b.varying and isinstance(b, Product)])
            lines += self._section("Vector operations", [b for b in made if b.varying and not isinstance(b, Product)])
            lines += self._section("The same for all samples, computed once", [b for b in made if not b.varying])
        lines += ["", *self._choice()]
        if self.guards:
            lines += ["", "Comparisons that every sample must decide as the recorded one did:", *[f"  {guard}" for guard in self.guards]]
        return "\n".join(lines)

    __repr__ = __str__

    def _section(self, title: str, blocks: Sequence[Block]) -> Iterator[str]:
        if not blocks:
            return
        yield ""
        yield f"{title}: {len(blocks)}, which were {_count(sum(block.nodes for block in blocks), 'operation')}"
        told = Counter([self._told(block) for block in blocks])
        widths = [max(len(line[i]) for line in told) for i in (0, 1)]
        for (shape, what, nodes), times in told.items():
            often = f"   {times} times" if times > 1 else ""
            yield f"  {shape:>{widths[0]}}  {what:{widths[1]}}  {nodes}{often}".rstrip()

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
        if isinstance(block, Map):
            what = f"{block.op.name} of {' and '.join(dict.fromkeys([self._origin(reads) for reads in block.reads]))}"
        else:
            assert isinstance(block, Sum)
            many = sum(len(reads) for _, reads in block.terms)
            what = f"sum of {' and '.join(dict.fromkeys([self._origin(reads.ravel()) for _, reads in block.terms]))}"
            what += f", {many} terms" if many > 2 else ""
        return f"{block.rows} row{'s' * (block.rows > 1)}", f"{title} = {what}" if title else what, nodes

    def _titled(self, block: Block) -> str:
        assert self.lifted is not None
        return self.lifted.title(block.addresses)

    def _origin(self, addresses: Ints) -> str:
        """What these rows are called, or what they are."""
        assert self.lifted is not None
        titles = self.lifted.titles(addresses)
        if "" not in titles and len(titles) <= 3:
            return "/".join(titles)
        kinds = [self._kind(self.lifted.blocks[place], addresses) for place in dict.fromkeys(self.lifted.places(addresses).tolist())]
        return "/".join(dict.fromkeys(kinds))

    def _kind(self, block: Block, addresses: Ints) -> str:
        if isinstance(block, Map):
            return block.op.name
        if isinstance(block, Given) and block.kind == "constants":
            assert self.lifted is not None
            numbers = self.lifted.graph.table.numbers[[self.lifted.nodes[a] for a in addresses.tolist() if a in block.addresses]]
            return f"{numbers[0]:g}" if (numbers == numbers[0]).all() else "constants"
        if isinstance(block, Given):
            return block.kind if block.kind != "input" else block.name
        return self._titled(block) or ("a product" if isinstance(block, Product) else "a sum")

    def _choice(self) -> Iterator[str]:
        tape = _time(self.tape.sample)
        if self.lifted is None:
            yield f"{self.blocks:,} blocks or more, too many to write down as arrays: the tape replays them, about {tape} a sample."
            return
        yield f"A loss with its gradient costs about {_time(self.arrays.fixed)} + {_time(self.arrays.sample)} a sample as arrays,"
        yield f"and {tape} a sample replayed by the tape: " + (
            "every batch is replayed."
            if self.crossover is None
            else "every batch runs as arrays."
            if self.crossover == 1
            else f"batches of {self.crossover:,} or more run as arrays."
        )


def _count(n: int, thing: str) -> str:
    return f"{n:,} {thing}{'s' * (n != 1)}"


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
