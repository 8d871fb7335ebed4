"""The forward pass, written down: one line of NumPy a block, or a few."""

from __future__ import annotations

from functools import cache

from ..formula import Formula
from ..kernels import value_rule
from ..op import Op
from .blocks import Given, Map, Product, Sum
from .columns import Ints
from .lifting import Lifted
from .pairing import is_small, matrices, multiplied
from .printing import number, printed, symbols
from .reading import Array, Reader, summed
from .sorting import different


class Forward:
    """Lines that compute every block, and how the backward pass refers to them."""

    def __init__(self, lifted: Lifted) -> None:
        table = lifted.graph.table
        self.lifted = lifted
        self.reader = Reader(lifted, table.numbers[lifted.nodes_of("constants")])
        self.lines = self.reader.lines
        self.waiting: dict[int, str] = {}  # products that are written where they are added
        self.theta = self.reader.name("theta", counted=False)
        self.inputs: list[str] = []
        added = self._added()
        for i, block in enumerate(lifted.blocks):
            if isinstance(block, Given):
                own = self.theta if block.kind == "parameters" else self.reader.name(block.name, counted=False)
                self.reader.names[i] = own
                if block.kind == "input":
                    self.inputs.append(own)
                elif block.kind == "constants":
                    self.reader.scope[self.reader.names[i]] = self.reader.constants[:, None]
                continue
            if isinstance(block, Product):
                code = self._product(block)
                if i in added:
                    self.waiting[i] = code
                    continue
            elif isinstance(block, Sum):
                code = self._sum(i, block)
            else:
                assert isinstance(block, Map)
                code = self._map(block)
            name = self.reader.names.get(i) or self._name(i)
            self.reader.names[i] = name
            if code:
                self.lines.append(f"{name} = {code}")
        self.n = f"n = {self.inputs[0]}.shape[1]" if self.inputs else "n = 1"
        self.roots = self._outputs()

    def _outputs(self) -> str:
        """The roots' rows, every one of them."""
        many = len(self.lifted.roots)
        array = self.reader.read(self.lifted.roots)
        if array.rows == many and array.number is None:
            return array.code
        return f"np.broadcast_to({array.code}, ({many}, {'n' if array.wide else 1}))"

    def _added(self) -> set[int]:
        """Products that one sum reads whole, as its first term, and nothing else does, nor is it an output."""
        readers: dict[int, int] = {}
        for block in self.lifted.blocks:
            for reads in block.operands:
                for place in different(self.lifted.places(reads)):
                    readers[place] = readers.get(place, 0) + 1
        for place in different(self.lifted.places(self.lifted.roots)):
            readers[place] = readers.get(place, 0) + 1
        return {
            place
            for block in self.lifted.blocks
            if isinstance(block, Sum) and block.terms[0][0] == 1
            for place in [self._whole(block.terms[0][1])]
            if place is not None and readers[place] == 1 and block.varying == self.lifted.blocks[place].varying
        }

    def _whole(self, reads: Ints) -> int | None:
        """The number of the product that is read whole, None where it is anything else."""
        place = int(self.lifted.places(reads[0, :1])[0])
        block = self.lifted.blocks[place]
        if isinstance(block, Product) and reads.shape == (1, block.rows) and (reads[0] == block.addresses).all():
            return place
        return None

    def _name(self, i: int) -> str:
        block = self.lifted.blocks[i]
        title = self.lifted.title(block.addresses)
        return self.reader.name(title or (block.op.name if isinstance(block, Map) else "total" if isinstance(block, Sum) else "product"))

    # ---- one block ----

    def _product(self, block: Product) -> str:
        groups, outputs, _ = block.filters.shape
        if block.paired:
            left, right = self.pair(block)
            return multiplied("ot,tp->op", left, right, groups, block.rows, small=is_small(block))
        weights, columns = self.reader.matrix(block.filters), self.windows(block)
        terms, positions = block.windows.shape[1:]
        code = f"{weights} @ {columns}" if terms > 1 else f"{weights} * {columns}"
        if block.single:
            return code
        return f"({code}).reshape({groups * outputs * positions}, -1)"

    def windows(self, block: Product) -> str:
        """What the filters are multiplied by: (terms, samples), or (terms, positions · samples), or a stack of these."""
        groups, terms, _ = block.windows.shape
        flat = self.reader.read(block.windows.ravel())
        code = flat.code
        if flat.rows < block.windows.size:
            samples = "n" if flat.wide else "1"
            code = f"np.broadcast_to({code}, ({block.windows.size}, {samples}))"
        if block.single:
            return code
        key = b"windows" + block.windows.tobytes() + str(block.windows.shape).encode()
        if key not in self.reader.known:
            shape = f"{groups}, {terms}" if groups > 1 else f"{terms}"
            self.reader.known[key] = self.reader.keep(Array(f"{code}.reshape({shape}, -1)", terms, flat.wide), "windows")
        return self.reader.known[key].code

    def pair(self, block: Product) -> tuple[str, str]:
        """The names of the matrices of every sample that are multiplied."""
        small = is_small(block)
        return self._matrices(block.filters, "left", small), self._matrices(block.windows, "right", small)

    def _matrices(self, reads: Ints, name: str, small: bool) -> str:
        key = b"matrices" + reads.tobytes() + f"{reads.shape} {small}".encode()
        if key not in self.reader.known:
            flat = self.reader.read(reads.ravel())
            code = flat.code if flat.rows == reads.size else f"np.broadcast_to({flat.code}, ({reads.size}, n))"
            self.reader.known[key] = self.reader.keep(Array(matrices(code, reads.shape, small=small), reads.size, True), name)
        return self.reader.known[key].code

    def _sum(self, i: int, block: Sum) -> str:
        terms = list(block.terms)
        place = self._whole(terms[0][1])
        start = ""
        if place in self.waiting:
            assert place is not None
            name = self._name(i)
            self.reader.names[i] = self.reader.names[place] = name
            self.lines.append(f"{name} = {self.waiting.pop(place)}")
            del terms[0]
            for sign, reads in terms:
                self.lines.append(f"{name} {'+' if sign > 0 else '-'}= {self._term(reads)}")
            return ""
        for sign, reads in sorted(terms, key=lambda term: -term[0]):
            text = self._term(reads)
            start = f"{start} {'+' if sign > 0 else '-'} {text}" if start else text if sign > 0 else f"-{text}"
        return start

    def _term(self, reads: Ints) -> str:
        many, rows = reads.shape
        if many == 1:
            return self.reader.read(reads[0]).code
        order, sideways = summed(reads)
        flat = self.reader.read(order)
        if flat.rows == 1:
            return f"{many} * {flat.code}"
        if rows == 1:
            return f"{flat.code}.sum(axis=0, keepdims=True)"
        if sideways:
            return f"{flat.code}.reshape({rows}, {many}, -1).sum(axis=1)"
        return f"{flat.code}.reshape({many}, {rows}, -1).sum(axis=0)"

    def _map(self, block: Map) -> str:
        formula = self.reader.spelt(block.op, None, Formula.symbol("y"), self.operands(block))
        if formula.number is not None:
            return f"np.full(({block.rows}, {'n' if block.varying else 1}), {number(formula.number)})"
        code = printed([formula], lambda code, _: self.reader.keep(Array(code, 0, True), "t").code)[0]
        names = symbols(formula)
        left = [array for array in map(self.reader.read, block.reads) if array.code in names]
        narrow = block.varying and not any(array.wide for array in left)
        if narrow or block.rows > max(array.rows for array in left):
            return f"np.broadcast_to({code}, ({block.rows}, {'n' if block.varying else 1}))"  # what had its shape fell out of the formula
        return code

    def operands(self, block: Map) -> list[Formula]:
        """A block's operands in a formula; a 0 that could absorb others is no number there, since 0 times infinity is none."""
        arrays, kept = [self.reader.read(reads) for reads in block.reads], _calculates(block.op)
        return [
            Formula.symbol(array.code) if array.number is None or (kept and array.number == 0) else Formula.constant(array.number)
            for array in arrays
        ]


@cache
def _calculates(row: Op) -> bool:
    """Whether the row's rule is a formula, and not a function of its own or a choice."""
    return not row.unlisted and value_rule(row) is not None
