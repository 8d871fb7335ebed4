"""The plan: what was found in the graph, what it costs, and which way a batch is run; it prints as an explanation.

Arrays cost by the call and by the number, a tape by the scalar node and sample. For a batch of n samples

    arrays ≈ calls · 1 µs + n · (numbers · 1.5 ns + multiplications · 0.2 ns)
    tape   ≈ n · nodes · 0.6 µs

and the smaller is taken. A graph of more than 5,000 levels is not written down as arrays at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from .blocks import Block, Map, Product, Sum
from .blocks import Source as Given
from .columns import PARAMETER, Columns, Ints, distinct
from .guards import Guard
from .lifting import Lifted
from .source import Source
from .terms import flatten

CALL, NUMBER, MULTIPLICATION, NODE = 1e-6, 1.5e-9, 0.2e-9, 0.6e-6  # seconds
_CALLS = {Product: 3, Sum: 3, Map: 5, Given: 0}  # of NumPy, forward and backward together
DEEPEST = 5_000


@dataclass(frozen=True)
class Cost:
    """Estimated seconds: ``fixed`` a call, and ``sample`` for every sample."""

    fixed: float
    sample: float

    def of(self, n: int) -> float:
        """For a batch of n samples."""
        return self.fixed + n * self.sample


class Plan:
    """How a recorded graph is run. ``lifted`` is None for a graph that is too deep for arrays."""

    def __init__(self, table: Columns, arguments: Sequence[tuple[str, int]], guards: Sequence[Guard], title: str) -> None:
        self.table, self.guards, self.title = table, guards, title
        once = distinct(table)
        self.repeated = len(table) - len(once)
        terms = flatten(once)
        self.levels = len(terms.levels)
        self.lifted = Lifted(terms, arguments) if self.levels <= DEEPEST else None
        self.tape = Cost(0.0, NODE * len(table))

    @cached_property
    def arrays(self) -> Cost:
        """The cost of running blocks."""
        assert self.lifted is not None
        blocks = self.lifted.blocks
        calls = sum(_CALLS[type(block)] for block in blocks)
        once = sum(block.rows * _CALLS[type(block)] for block in blocks if not block.varying)
        numbers = sum(block.rows * _CALLS[type(block)] for block in blocks if block.varying)
        products = sum(3 * block.filters.size * block.windows.shape[2] for block in blocks if isinstance(block, Product))
        return Cost(CALL * calls + NUMBER * once, NUMBER * numbers + MULTIPLICATION * products)

    def writes(self, n: int) -> bool:
        """Whether a batch of n samples is run as arrays, and not replayed node by node."""
        return self.crossover is not None and n >= self.crossover

    def written(self, *, each: bool) -> Source:
        """The code of both passes."""
        assert self.lifted is not None
        return Source(self.lifted, each=each)

    @cached_property
    def crossover(self) -> int | None:
        """The smallest batch that is run as arrays; None where no batch is."""
        if self.lifted is None or self.arrays.sample >= self.tape.sample:
            return None
        return max(1, -int(-self.arrays.fixed // (self.tape.sample - self.arrays.sample)))

    def __str__(self) -> str:
        return "\n".join(self._lines())

    __repr__ = __str__

    def _lines(self) -> Iterator[str]:
        yield self.title
        yield f"  {_count(self.repeated, 'of them repeats', 'of them repeat')} another and {'is' if self.repeated == 1 else 'are'} left out" * bool(
            self.repeated
        ) or "  none of them repeats another"
        yield ""
        if self.lifted is None:
            yield f"The graph has {self.levels:,} levels, one after another: it is replayed by the tape, about {_time(self.tape.sample)} a sample."
        else:
            varying = [block for block in self.lifted.blocks if block.varying and not isinstance(block, Given)]
            constant = [block for block in self.lifted.blocks if not block.varying and not isinstance(block, Given)]
            yield from self._section("Matrix products", [b for b in varying if isinstance(b, Product)])
            yield from self._section("Vector operations", [b for b in varying if not isinstance(b, Product)])
            yield from self._section("Once a batch, since it does not vary", constant)
            yield from self._choice()
        if self.guards:
            yield ""
            yield "Comparisons that every sample must decide alike"
            yield from (f"  {guard}" for guard in self.guards)

    def _section(self, title: str, blocks: Sequence[Block]) -> Iterator[str]:
        if blocks:
            yield f"{title}: {len(blocks)}, from {_count(sum(block.nodes for block in blocks), 'scalar node')}"
            told = [self._told(block) for block in blocks]
            for line in dict.fromkeys(told):
                times = f"   {told.count(line)} times" if told.count(line) > 1 else ""
                yield f"  {line}{times}"
            yield ""

    def _told(self, block: Block) -> str:
        assert self.lifted is not None
        if isinstance(block, Product):
            groups, outputs, terms = block.filters.shape
            positions = block.windows.shape[2]
            stack = f"{groups} of " if groups > 1 else ""
            at = f" at {positions} positions" if positions > 1 else ""
            weights, windows = self._origin(block.filters.ravel()), self._origin(block.windows.ravel())
            return f"{stack}{outputs} × {terms}{at}: {weights} with {windows}"
        rows = _count(block.rows, "row")
        if isinstance(block, Map):
            return f"{block.op.name} of {rows}: {self._origin(block.reads[-1] if block.op.arity == 1 else block.reads[0])}"
        assert isinstance(block, Sum)
        many = sum(reads.shape[0] for _, reads in block.terms)
        return f"sum of {_count(many, 'term')}, {rows}"

    def _origin(self, addresses: Ints) -> str:
        """What these rows are called, or what they are."""
        assert self.lifted is not None
        title = self.lifted.title(addresses)
        blocks = [self.lifted.blocks[place] for place in dict.fromkeys(self.lifted.places(addresses).tolist())]
        if title:
            return title
        kinds = [
            b.op.name if isinstance(b, Map) else "sum" if isinstance(b, Sum) else b.name if isinstance(b, Given) else "product" for b in blocks
        ]
        return ", ".join("the parameters" if kind == "theta" else kind for kind in dict.fromkeys(kinds))

    def _choice(self) -> Iterator[str]:
        fixed, sample = _time(self.arrays.fixed), _time(self.arrays.sample)
        yield f"As arrays a value and its gradient take about {fixed} and {sample} a sample, by the tape {_time(self.tape.sample)} a sample:"
        if self.crossover is None:
            yield "every batch is replayed by the tape."
        elif self.crossover == 1:
            yield "every batch is run as arrays."
        else:
            yield f"batches of {self.crossover:,} samples or more are run as arrays, smaller ones by the tape."


def header(table: Columns, arguments: Sequence[tuple[str, int]]) -> str:
    """The first line of a plan."""
    inputs = ", ".join(f"{name} ({size})" for name, size in arguments) or "no inputs"
    parameters = int((table.codes == PARAMETER).sum())
    return f"{_count(int((table.codes >= 0).sum()), 'operation')} recorded for one sample of {inputs}, with {_count(parameters, 'parameter')};"


def _count(n: int, thing: str, several: str = "") -> str:
    return f"{n:,} {thing if n == 1 else several or thing + 's'}"


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"
