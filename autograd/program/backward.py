"""The backward pass, written down: from the loss to the parameters, every block's gradient once.

Blocks that vary come first, then those that do not, each in reverse order. The partial derivatives are the op table's;
a product's gradient is a product with the transposed matrix. In the *each* form nothing is added up over the samples.
"""

from __future__ import annotations

from .. import ops
from ..formula import Formula
from .blocks import Given, Map, Product, Sum
from .collecting import Collector
from .columns import Ints
from .forward import Forward
from .pairing import is_small, matrices, multiplied
from .printing import printed, symbols
from .reading import Array, summed
from .sorting import different


class Backward:
    """Lines that compute the parameters' gradient ``g``, of shape (parameters, 1), or (parameters, n) for each sample."""

    def __init__(self, forward: Forward, *, each: bool) -> None:
        self.forward, self.reader, self.each = forward, forward.reader, each
        self.collector = Collector(forward.reader, each=each)
        self.lines = self.collector.lines
        self.shapes: dict[str, tuple[int, bool]] = {}  # of the names in formulas: rows, and whether there are n columns
        self.gathered: dict[str, tuple[str, Ints]] = {}  # filters that are no view: their gradient, and the rows it belongs to
        blocks = forward.lifted.blocks
        for i, block in enumerate(blocks):
            if isinstance(block, Given) and block.kind == "parameters":
                self.collector.allocate(i, "g")
        self.collector.give(forward.lifted.roots[:1], Array("seed", 1, False), 1, varying=True)
        for i in sorted(range(len(blocks)), key=lambda i: (not blocks[i].varying, -i)):
            block = blocks[i]
            if not block.varying:
                self._settle()
            if i in self.collector.found and not isinstance(block, Given):
                self._block(i, self.collector.found[i].array)
        self._settle()
        self.collector.finish()

    def _block(self, i: int, upstream: Array) -> None:
        """Pass a block's gradient on to what it reads."""
        block = self.forward.lifted.blocks[i]
        if isinstance(block, Map):
            self._map(block, self.reader.names[i], upstream)
        elif isinstance(block, Sum):
            for sign, reads in block.terms:
                self._term(reads, upstream, sign, varying=block.varying)
        elif isinstance(block, Product):
            self._product(block, upstream)

    def _map(self, block: Map, name: str, upstream: Array) -> None:
        """Upstream gradient times partial derivative, for each operand; what these have in common is computed once."""
        d, y, xs = Formula.symbol(upstream.code), Formula.symbol(name), self.forward.operands(block)
        self.shapes |= {name: (block.rows, block.varying), upstream.code: (upstream.rows, upstream.wide)}
        contributions: dict[bytes, tuple[Ints, int, Formula]] = {}
        for i, reads in enumerate(block.reads):
            read = self.reader.read(reads)
            self.shapes[read.code] = read.rows, read.wide
            if not self.collector.wanted(reads):
                continue
            slope = self.reader.spelt(block.op, i, y, xs)
            if slope.number == 0:  # no formula would keep it, but 0 times an infinite gradient is NaN
                slope = Formula.symbol("0.0")
                self.shapes[slope.name] = 1, False
            product, sign = _times(d, slope)
            if reads.tobytes() in contributions:  # a * a
                _, first, other = contributions[reads.tobytes()]
                product, sign = (other + product if sign == first else other - product), first
            contributions[reads.tobytes()] = reads, sign, product
        codes = printed([formula for *_, formula in contributions.values()], self._temporary)
        for code, (reads, sign, formula) in zip(codes, contributions.values(), strict=True):
            fresh = formula.op is not None and code not in self.shapes
            self.collector.give(reads, Array(code, *self._shape(symbols(formula)), fresh=fresh), sign, varying=block.varying)

    def _shape(self, names: set[str]) -> tuple[int, bool]:
        shapes = [self.shapes[name] for name in names] or [(1, False)]
        return max(rows for rows, _ in shapes), any(wide for _, wide in shapes)

    def _temporary(self, code: str, names: set[str]) -> str:
        kept = self.collector.keep(Array(code, *self._shape(names)))
        self.shapes[kept.code] = kept.rows, kept.wide
        return kept.code

    def _term(self, reads: Ints, upstream: Array, sign: int, *, varying: bool) -> None:
        many, rows = reads.shape
        order, sideways = summed(reads)
        if not self.collector.wanted(order):
            return
        if many > 1 and upstream.rows > 1:
            code = f"np.repeat({upstream.code}, {many}, axis=0)" if sideways else f"np.tile({upstream.code}, ({many}, 1))"
            upstream = Array(code, many * rows, upstream.wide, fresh=True)
        self.collector.give(order, upstream, sign, varying=varying)

    # ---- matrix products ----

    def _product(self, block: Product, upstream: Array) -> None:
        """∂/∂filters = d · windowsᵀ and ∂/∂windows = filtersᵀ · d."""
        groups, outputs, _ = block.filters.shape
        filters, windows = block.filters.ravel(), block.windows.ravel()
        if block.paired:
            self._paired(block, upstream)
            return
        wide = self.collector.width(block)
        code, single = upstream.code, block.single
        scalar = upstream.rows == 1 and not upstream.wide  # the seed is a plain float, and so may be what is made of it
        if upstream.rows < block.rows or upstream.wide < wide or scalar:
            code = f"np.broadcast_to({code}, {self.collector.shape(block)})"
        if not single:
            shape = f"{groups}, {outputs}" if groups > 1 else f"{outputs}"
            code = self.collector.keep(Array(f"{code}.reshape({shape}, -1)", outputs, wide), "d_outputs").code
        if self.collector.wanted(filters):
            self._filters(block, code)
        if self.collector.wanted(windows):
            weights = self.reader.matrix(block.filters)
            turned = f"{weights}.T" if groups == 1 else f"{weights}.swapaxes(1, 2)"
            product = f"{turned} {'*' if outputs == 1 else '@'} {code}"
            array = Array(product if single else f"({product}).reshape({windows.size}, -1)", windows.size, wide, fresh=True)
            self.collector.give(windows, array, 1, varying=block.varying)

    def _paired(self, block: Product, upstream: Array) -> None:
        (groups, outputs, _), (_, _, positions), (left, right) = block.filters.shape, block.windows.shape, self.forward.pair(block)
        code = upstream.code
        if upstream.rows < block.rows or not upstream.wide:
            code = f"np.broadcast_to({code}, {self.collector.shape(block)})"
        small = is_small(block)
        d = self.collector.keep(Array(matrices(code, (groups, outputs, positions), small=small), outputs, True), "d_outputs").code
        for what, one, other, reads in (("op,tp->ot", d, right, block.filters.ravel()), ("ot,op->tp", left, d, block.windows.ravel())):
            if self.collector.wanted(reads):
                product = multiplied(what, one, other, groups, reads.size, small=small)
                self.collector.give(reads, Array(product, reads.size, True, fresh=True), 1, varying=True)

    def _filters(self, block: Product, code: str) -> None:
        groups, outputs, terms = block.filters.shape
        windows, reads = self.forward.windows(block), block.filters.ravel()
        if self.each:
            left, right = (
                f"{side}.reshape({groups}, {k}, {block.windows.shape[2]}, -1)" for side, k in ((code, outputs), (windows, terms))
            )
            product = f"np.einsum('gfmn,gkmn->gfkn', {left}, {right}).reshape({reads.size}, -1)"
            self.collector.give(reads, Array(product, reads.size, True, fresh=True), 1, varying=block.varying)
            return
        turned = f"{windows}.T" if groups == 1 else f"{windows}.swapaxes(1, 2)"
        place, *others = different(self.forward.lifted.places(reads))
        target = None
        if groups == 1 and not others:
            target = self.collector.into(place, block.filters[0] - self.forward.lifted.blocks[place].start)
        weights = self.reader.matrix(block.filters)
        if target is not None and target[1]:
            self.lines.append(f"np.matmul({code}, {turned}, out={target[0]})")
        elif target is not None:
            name = self.collector.keep(Array(target[0], outputs, False), f"g_{weights}").code
            self.lines.append(f"{name} += {code} @ {turned}")
        elif weights in self.gathered:
            self.lines.append(f"{self.gathered[weights][0]} += {code} @ {turned}")
        else:
            made = self.collector.keep(Array(f"{code} @ {turned}", outputs, False), f"d_{weights}")
            self.gathered[weights] = made.code, reads

    def _settle(self) -> None:
        """Give what was collected for filters to the rows that they were gathered from."""
        for name, reads in self.gathered.values():
            self.collector.give(reads, Array(f"{name}.reshape({reads.size}, 1)", reads.size, False), 1, varying=False)
        self.gathered = {}


def _times(upstream: Formula, slope: Formula) -> tuple[Formula, int]:
    """upstream · slope without its sign, and the sign; a reciprocal divides."""
    product, sign = upstream * slope, 1
    while product.op is ops.neg:
        product, sign = product.args[0], -sign
    if product.op is ops.mul:
        left, right = product.args
        if right.op is ops.div and right.args[0].number == 1:
            product = left / right.args[1]
    return product, sign
