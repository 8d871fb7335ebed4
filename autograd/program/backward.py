"""The backward pass, written down: from the loss to the parameters, every block's gradient once.

Blocks that vary come first, then those that do not, each in reverse order. The partial derivatives are the op table's;
a product's gradient is a product with the transposed matrix. In the *each* form nothing is added up over the samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..formula import Formula
from .blocks import Block, Map, Product, Source, Sum
from .columns import Ints
from .forward import Forward
from .printing import expanded, printed, symbols
from .reading import Array, Reader, matrix, pattern, runs, summed


@dataclass
class Gradient:
    """What has been collected for a block: a name, its shape so far, and which rows have been written."""

    array: Array
    owned: bool  # an array of its own and of full shape, that may be written into
    written: NDArray[np.bool_] | None = None  # None: all of it
    allocation: int = -1  # the line that makes it, where it was made before its rows were known


class Backward:
    """Lines that compute the parameters' gradient ``g``, of shape (parameters, 1), or (parameters, n) for each sample."""

    def __init__(self, forward: Forward, *, each: bool) -> None:
        self.forward, self.each, self.lifted = forward, each, forward.lifted
        self.reader: Reader = forward.reader
        self.taken = set(self.reader.taken)
        self.lines: list[str] = []
        self.shapes: dict[str, tuple[int, bool]] = {}
        self.gradients: dict[int, Gradient] = {}
        for i, block in enumerate(self.lifted.blocks):
            if isinstance(block, Source) and block.kind == "parameters":
                self._allocate(i, block, "g")
        self.give(self.lifted.roots[:1], Array("seed", 1, False), 1, varying=True)
        self.shared: dict[str, tuple[str, Ints]] = {}  # of filters that are gathered: collected first, given to their rows once
        order = sorted(range(len(self.lifted.blocks)), key=lambda i: (not self.lifted.blocks[i].varying, -i))
        for i in order:
            block = self.lifted.blocks[i]
            if not block.varying:
                self._settle()
            if isinstance(block, Source) or i not in self.gradients:
                continue
            array = self._finished(i)
            if isinstance(block, Map):
                self._map(i, block, array)
            elif isinstance(block, Sum):
                for sign, reads in block.terms:
                    self._term(reads, array, sign, block)
            elif isinstance(block, Product):
                self._product(block, array)
        self._settle()
        for gradient in self.gradients.values():
            if gradient.allocation >= 0 and gradient.written is not None and gradient.written.all():
                self.lines[gradient.allocation] = self.lines[gradient.allocation].replace("np.zeros", "np.empty")

    # ---- where a contribution goes ----

    def wanted(self, reads: Ints) -> bool:
        """Whether anything at these addresses needs a gradient."""
        return any(self.lifted.blocks[place].needs for place in np.unique(self.lifted.places(reads)).tolist())

    def give(self, reads: Ints, array: Array, sign: int, *, varying: bool) -> None:
        """Add sign · array to the gradients of the rows at these addresses; ``varying`` tells about the block that reads them."""
        places = self.lifted.places(reads)
        pieces = [piece for piece in runs(places)]
        for begin, end in pieces:
            place = int(places[begin])
            block = self.lifted.blocks[place]
            if not block.needs:
                continue
            part = array
            if array.rows > 1 and end - begin < len(reads):
                part = Array(f"{self._atom(array.code)}[{begin or ''}:{end}]", end - begin, array.wide)
            self._give(place, block, reads[begin:end] - block.start, part, sign, varying and not block.varying)

    def _give(self, place: int, block: Block, rows: Ints, array: Array, sign: int, reduced: bool) -> None:
        """Reduce a contribution to the shape of its target, and store it."""
        if (rows == rows[0]).all() and len(rows) > 1:
            array = self._over_rows(array, len(rows))
            rows = rows[:1]
        elif len(np.unique(rows)) < len(rows):
            array, rows = self._repeated(array, rows)
        over_samples = reduced and not self.each
        if over_samples and not array.wide:
            array, over_samples = Array(f"n * {self._atom(array.code)}", array.rows, False, fresh=True), False
        self._store(place, block, rows, array, sign, over_samples)

    def _over_rows(self, array: Array, count: int) -> Array:
        if array.rows == 1:
            return Array(f"{count} * {self._atom(array.code)}", 1, array.wide, fresh=True)
        return Array(f"{self._atom(array.code)}.sum(axis=0, keepdims=True)", 1, array.wide, fresh=True)

    def _repeated(self, array: Array, rows: Ints) -> tuple[Array, Ints]:
        """Contributions to the same row are added up: sorted by row, then summed stretch by stretch."""
        order = np.argsort(rows, kind="stable")
        different, starts, counts = np.unique(rows[order], return_index=True, return_counts=True)
        code, many = self._full(array, len(rows)), int(counts[0])
        if (counts != many).any() or not len(rows):
            if (np.diff(order) != 1).any():
                code = f"{self._atom(code)}[{self.reader.index(order)}]"
            code = f"np.add.reduceat({code}, {self.reader.index(starts)})"
        elif (rows.reshape(many, -1) == different).all():
            code = f"{self._atom(code)}.reshape({many}, {len(different)}, -1).sum(axis=0)"
        else:
            if (np.diff(order) != 1).any():
                code = f"{self._atom(code)}[{self.reader.index(order)}]"
            code = f"{self._atom(code)}.reshape({len(different)}, {many}, -1).sum(axis=1)"
        return Array(code, len(different), array.wide, fresh=True), different

    def _store(self, place: int, block: Block, rows: Ints, array: Array, sign: int, over_samples: bool) -> None:
        whole = len(rows) == block.rows and (rows == np.arange(block.rows)).all()
        wide = array.wide and not over_samples
        code = f"{self._atom(array.code)}.sum(axis=1, keepdims=True)" if over_samples else array.code
        found = self.gradients.get(place)
        minus = "-" if sign < 0 else ""
        if found is None:
            if whole:
                fresh = array.fresh or over_samples or bool(minus)
                if code.isidentifier() and not minus:
                    self.gradients[place] = Gradient(Array(code, array.rows, wide), False)
                    return
                name = self._named(f"d_{self.reader.names.get(place, 'product')}")
                self.lines.append(f"{name} = {minus}{self._atom(code) if minus else code}")
                self.shapes[name] = array.rows, wide
                owned = fresh and (array.rows, wide) == (block.rows, self._width(block))
                self.gradients[place] = Gradient(Array(name, array.rows, wide), owned)
                return
            found = self._allocate(place, block, self._named(f"d_{self.reader.names.get(place, 'product')}"))
        elif found.written is None and whole and not found.owned:
            name = self._named(f"d_{self.reader.names.get(place, 'product')}")
            self.lines.append(f"{name} = {found.array.code} {'-' if minus else '+'} {self._atom(code) if minus else code}")
            shape = max(found.array.rows, array.rows), found.array.wide or wide
            self.gradients[place] = Gradient(Array(name, *shape), shape == (block.rows, self._width(block)))
            return
        elif not found.owned:
            name = self._named(f"d_{self.reader.names.get(place, 'product')}")
            self.lines.append(f"{name} = np.zeros({self._shape(block)}) + {found.array.code}")
            found = self.gradients[place] = Gradient(Array(name, block.rows, self._width(block)), True)
        self._write(found, block, rows, array, code, minus, over_samples)

    def _write(self, found: Gradient, block: Block, rows: Ints, array: Array, code: str, minus: str, over_samples: bool) -> None:
        """Into rows of an array that is there: assigned the first time, added from then on."""
        whole = len(rows) == block.rows and (rows == np.arange(block.rows)).all()
        first = found.written is not None and not found.written[rows].any()
        if found.written is not None and (first or found.written[rows].all()):
            found.written[rows] = True
        elif found.written is not None:
            found.written[rows] = True
            found.allocation = -1  # it stays zeros
        target = f"{found.array.code}[{':' if whole else pattern(rows) or self.reader.index(rows)}]"
        if not first:
            self.lines.append(f"{found.array.code if whole else target} {minus or '+'}= {self._atom(code) if minus else code}")
        elif over_samples and not minus and (whole or pattern(rows)) and array.rows == len(rows):
            out = found.array.code if whole else target
            self.lines.append(f"{self._atom(array.code)}.sum(axis=1, keepdims=True, out={out})")
        else:
            self.lines.append(f"{target} = {minus}{self._atom(code) if minus else code}")

    def _allocate(self, place: int, block: Block, name: str) -> Gradient:
        self.lines.append(f"{name} = np.zeros({self._shape(block)})")
        made = Gradient(Array(name, block.rows, self._width(block)), True, np.zeros(block.rows, dtype=bool), len(self.lines) - 1)
        self.gradients[place] = made
        self.shapes[name] = block.rows, self._width(block)
        return made

    def _width(self, block: Block) -> bool:
        return block.varying or self.each

    def _shape(self, block: Block) -> str:
        return f"({block.rows}, {'n' if self._width(block) else 1})"

    def _finished(self, place: int) -> Array:
        return self.gradients[place].array

    def _named(self, base: str) -> str:
        name, count = base, 1
        while name in self.taken:
            count += 1
            name = f"{base}_{count}"
        self.taken.add(name)
        return name

    @staticmethod
    def _atom(code: str) -> str:
        """The code in parentheses unless it is one thing already."""
        depth = 0
        for character in code:
            depth += (character in "([{") - (character in ")]}")
            if depth == 0 and character in " -*":
                return f"({code})"
        return code

    @staticmethod
    def _full(array: Array, rows: int) -> str:
        """The array with all its rows."""
        return array.code if array.rows == rows else f"np.broadcast_to({array.code}, ({rows}, {'n' if array.wide else 1}))"

    # ---- one block ----

    def _map(self, i: int, block: Map, array: Array) -> None:
        output = Formula.symbol(self.reader.names[i])
        self.shapes.setdefault(output.name, (block.rows, block.varying))
        self.shapes[array.code] = array.rows, array.wide
        upstream = Formula.symbol(array.code)
        inputs = []
        for reads in block.reads:
            inputs.append(self.forward.symbol(reads))
            read = self.reader.read(reads)
            self.shapes[read.code] = read.rows, read.wide
        targets: dict[bytes, tuple[Ints, int, Formula]] = {}
        for partial, reads in zip(block.op.partials, block.reads, strict=True):
            if not self.wanted(reads):
                continue
            slope = partial(output, *inputs)
            slope = expanded(slope) if isinstance(slope, Formula) else Formula.constant(float(slope))
            if slope.number == 0:
                continue
            contribution, sign = _times(upstream, slope)
            key = reads.tobytes()
            if key in targets:  # a * a
                _, other, earlier = targets[key]
                contribution, sign = (earlier + contribution if sign == other else earlier - contribution), other
            targets[key] = reads, sign, contribution
        codes = printed([formula for _, _, formula in targets.values()], self._temporary)
        for code, (reads, sign, formula) in zip(codes, targets.values(), strict=True):
            shapes = [self.shapes[name] for name in symbols(formula)]
            shape = max(rows for rows, _ in shapes), any(wide for _, wide in shapes)
            self.give(reads, self._held(Array(code, *shape, fresh=formula.op is not None and code not in self.shapes), reads), sign, varying=block.varying)

    def _held(self, array: Array, reads: Ints) -> Array:
        """Under a name of its own where several blocks take parts of it."""
        if len(runs(self.lifted.places(reads))) == 1 or array.code.isidentifier():
            return array
        name = self._named("t")
        self.lines.append(f"{name} = {array.code}")
        return Array(name, array.rows, array.wide)

    def _temporary(self, code: str, names: set[str]) -> str:
        name = self._named("t")
        self.lines.append(f"{name} = {code}")
        self.shapes[name] = max([self.shapes[n][0] for n in names] or [1]), any(self.shapes[n][1] for n in names)
        return name

    def _term(self, reads: Ints, array: Array, sign: int, block: Sum) -> None:
        many, rows = reads.shape
        reads, sideways = summed(reads)
        if not self.wanted(reads):
            return
        if many > 1 and array.rows > 1:
            code = f"np.repeat({array.code}, {many}, axis=0)" if sideways else f"np.tile({array.code}, ({many}, 1))"
            array = self._held(Array(code, many * rows, array.wide, fresh=True), reads)
        self.give(reads, array, sign, varying=block.varying)

    def _product(self, block: Product, array: Array) -> None:
        groups, outputs, terms = block.filters.shape
        positions = block.windows.shape[2]
        wide = block.varying or self.each
        flat = groups == positions == 1
        code = array.code
        if array.rows < block.rows or array.wide < wide:
            code = f"np.broadcast_to({code}, ({block.rows}, {'n' if wide else 1}))"
        if not flat and (self.wanted(block.filters.ravel()) or self.wanted(block.windows.ravel())):
            name = self._named("d_outputs")
            shape = f"{groups}, {outputs}" if groups > 1 else f"{outputs}"
            self.lines.append(f"{name} = {code}.reshape({shape}, -1)")
            code = name
        if self.wanted(block.filters.ravel()):
            self._filters(block, code)
        if self.wanted(block.windows.ravel()):
            weights = self.reader.matrix(block.filters)
            turned = f"{weights}.T" if groups == 1 else f"{weights}.swapaxes(1, 2)"
            product = f"{turned} {'*' if outputs == 1 else '@'} {code}"
            if not flat:
                product = f"({product}).reshape({block.windows.size}, -1)"
            reads = block.windows.ravel()
            self.give(reads, self._held(Array(product, block.windows.size, wide, fresh=True), reads), 1, varying=block.varying)

    def _filters(self, block: Product, code: str) -> None:
        groups, outputs, terms = block.filters.shape
        positions = block.windows.shape[2]
        windows = self.forward.windows(block)
        reads = block.filters.ravel()
        if self.each:
            shape = f"{groups}, {{}}, {positions}, -1"
            left = f"{code}.reshape({shape.format(outputs)})"
            right = f"{windows}.reshape({shape.format(terms)})"
            summed = Array(f"np.einsum('gfmn,gkmn->gfkn', {left}, {right}).reshape({reads.size}, -1)", reads.size, True, fresh=True)
            self.give(reads, self._held(summed, reads), 1, varying=block.varying)
            return
        turned = f"{windows}.T" if groups == 1 else f"{windows}.swapaxes(1, 2)"
        if self._straight(block, code, turned):
            return
        weights = self.reader.matrix(block.filters)
        if weights in self.shared:
            self.lines.append(f"{self.shared[weights][0]} += {code} @ {turned}")
            return
        self.shared[weights] = self._named(f"d_{weights}"), reads
        self.lines.append(f"{self.shared[weights][0]} = {code} @ {turned}")

    def _settle(self) -> None:
        """Give what was collected for filters to the rows that they were gathered from."""
        for name, reads in self.shared.values():
            flat = Array(f"{name}.reshape({reads.size}, 1)", reads.size, False)
            self.give(reads, self._held(flat, reads), 1, varying=False)
        self.shared = {}

    def _straight(self, block: Product, code: str, turned: str) -> bool:
        """Write a filter matrix's gradient straight into the gradient of the block that the filters are a view of."""
        places = self.lifted.places(block.filters.ravel())
        place = int(places[0])
        target = self.lifted.blocks[place]
        if len(block.filters) > 1 or (places != place).any() or place not in self.gradients:
            return False
        found, rows = self.gradients[place], block.filters[0] - target.start
        view = matrix(rows, target.rows)
        if view is None or found.written is None:
            return False
        first = not found.written[rows].any()
        if not first and not found.written[rows].all():
            found.allocation = -1
        found.written[rows] = True
        part = self.reader.view(found.array.code, target.rows, view)
        if first:
            self.lines.append(f"np.matmul({code}, {turned}, out={part})")
        else:
            name = self._named(f"g_{self.reader.matrix(block.filters)}")
            self.lines += [f"{name} = {part}", f"{name} += {code} @ {turned}"]
        return True


def _times(upstream: Formula, slope: Formula) -> tuple[Formula, int]:
    """upstream · slope without its sign, and the sign; a reciprocal divides."""
    product, sign = upstream * slope, 1
    while product.op is not None and product.op.name == "neg":
        product, sign = product.args[0], -sign
    if product.op is not None and product.op.name == "mul":
        left, right = product.args
        if right.op is not None and right.op.name == "div" and right.args[0].number == 1:
            product = left / right.args[1]
    return product, sign
