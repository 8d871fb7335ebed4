"""Collecting gradients: what several readers contribute to the rows of a block, in as few lines as it takes.

The first contribution to whole rows is assigned and later ones are added; one that stays the same over the rows or the
samples is kept small; the parameters' gradient is one array, into whose views the contributions are written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .blocks import Block
from .columns import Ints
from .reading import MOST_PIECES, Array, Reader, matrix, pattern, runs
from .sorting import different


@dataclass
class Gradient:
    """What has been collected for a block."""

    array: Array
    owned: bool  # an array of its own and of full shape, that may be written into
    written: NDArray[np.bool_] | None = None  # which rows have been; None: it was made whole
    line: int = -1  # the line that allocates it, where it was not made whole
    zeros: bool = False  # some contribution met rows that were written in part


class Collector:
    """The gradients of all blocks, and the lines that compute them. ``each`` keeps the samples apart everywhere."""

    def __init__(self, reader: Reader, *, each: bool) -> None:
        self.reader, self.lifted, self.each = reader, reader.lifted, each
        self.lines: list[str] = []
        self.found: dict[int, Gradient] = {}  # by the block's number

    def name(self, base: str) -> str:
        """A name that is not taken, neither forward nor backward."""
        return self.reader.name(base, counted=False)

    def keep(self, array: Array, base: str = "t") -> Array:
        """Give a piece of code a line and a name of its own."""
        name = self.name(base)
        self.lines.append(f"{name} = {array.code}")
        return Array(name, array.rows, array.wide, fresh=array.fresh)

    def allocate(self, place: int, name: str) -> Gradient:
        """An array for a gradient that comes in parts."""
        block = self.lifted.blocks[place]
        self.lines.append(f"{name} = np.zeros({self.shape(block)})")
        array = Array(name, block.rows, self.width(block))
        made = self.found[place] = Gradient(array, True, np.zeros(block.rows, dtype=bool), len(self.lines) - 1)
        return made

    def finish(self) -> None:
        """Arrays that are written all over need not be zero before."""
        for gradient in self.found.values():
            if gradient.written is not None and gradient.written.all() and not gradient.zeros:
                self.lines[gradient.line] = self.lines[gradient.line].replace("np.zeros", "np.empty")

    def width(self, block: Block) -> bool:
        """Whether the block's gradient has a column a sample."""
        return block.varying or self.each

    def shape(self, block: Block) -> str:
        """The full shape of the block's gradient, as code."""
        return f"({block.rows}, {'n' if self.width(block) else 1})"

    def wanted(self, reads: Ints) -> bool:
        """Whether anything at these addresses needs a gradient."""
        return any(self.lifted.blocks[place].needs for place in different(self.lifted.places(reads)))

    def into(self, place: int, rows: Ints) -> tuple[str, bool] | None:
        """A view of a gradient as a matrix of these rows, and whether they are written for the first time; None where there is none."""
        gradient = self.found.get(place)
        block = self.lifted.blocks[place]
        view = matrix(rows, block.rows)
        if gradient is None or gradient.written is None or view is None:
            return None
        return self.reader.view(gradient.array.code, block.rows, view), self._claim(gradient, rows)

    def give(self, reads: Ints, array: Array, sign: int, *, varying: bool) -> None:
        """Add sign · array to the gradients of the rows at these addresses; ``varying`` tells about the block that reads them."""
        places = self.lifted.places(reads)
        pieces = runs(places)
        if len(pieces) > 1 and not array.code.isidentifier():
            array = self.keep(array)
        parts = [(int(places[i]), reads[i:j], f"{i or ''}:{j}") for i, j in pieces]
        if len(pieces) > MOST_PIECES:
            own = [(place, np.flatnonzero(places == place)) for place in different(places)]
            parts = [(place, reads[at], pattern(at) or self.reader.index(at)) for place, at in own if self.lifted.blocks[place].needs]
        for place, addresses, span in parts:
            block = self.lifted.blocks[place]
            if block.needs:
                part = array
                if len(pieces) > 1:
                    code = array.code if array.rows == 1 else f"{array.code}[{span}]"
                    part = Array(code, min(array.rows, len(addresses)), array.wide)
                self._reduce(place, addresses - block.start, part, sign, varying and not block.varying and not self.each)

    def _reduce(self, place: int, rows: Ints, array: Array, sign: int, samples: bool) -> None:
        """Bring a contribution to its target's shape: one row for each that is read, one column where it does not vary."""
        if len(rows) > 1 and (rows == rows[0]).all():
            code = f"{len(rows)} * {atom(array.code)}" if array.rows == 1 else f"{atom(array.code)}.sum(axis=0, keepdims=True)"
            array, rows = Array(code, 1, array.wide, fresh=True), rows[:1]
        elif np.bincount(rows).max() > 1:
            array, rows = self._repeated(array, rows)
        if samples and not array.wide:
            array, samples = Array(f"n * {atom(array.code)}", array.rows, False, fresh=True), False
        self._store(place, rows, array, "-" if sign < 0 else "", samples)

    def _repeated(self, array: Array, rows: Ints) -> tuple[Array, Ints]:
        """Contributions to the same row are added up: sorted by row, then summed stretch by stretch."""
        order = np.argsort(rows, kind="stable")
        different, starts, counts = np.unique(rows[order], return_index=True, return_counts=True)
        code, many = full(array, len(rows)), int(counts[0])
        if (counts == many).all() and (rows.reshape(many, -1) == different).all():
            return Array(
                f"{atom(code)}.reshape({many}, {len(different)}, -1).sum(axis=0)", len(different), array.wide, fresh=True
            ), different
        if (np.diff(order) != 1).any():
            code = f"{atom(code)}[{self.reader.index(order)}]"
        if (counts == many).all():
            code = f"{atom(code)}.reshape({len(different)}, {many}, -1).sum(axis=1)"
        else:
            code = f"np.add.reduceat({code}, {self.reader.index(starts)})"
        return Array(code, len(different), array.wide, fresh=True), different

    def _store(self, place: int, rows: Ints, array: Array, minus: str, samples: bool) -> None:
        """Keep a contribution as the block's gradient, or write or add it into what is there; ``samples`` are summed."""
        block, gradient = self.lifted.blocks[place], self.found.get(place)
        whole = len(rows) == block.rows and (rows == np.arange(block.rows)).all()
        code = f"{atom(array.code)}.sum(axis=1, keepdims=True)" if samples else array.code
        shape, complete = (array.rows, array.wide and not samples), (block.rows, self.width(block))
        name = f"d_{self.reader.names.get(place, 'product')}"
        if gradient is None and whole:
            if code.isidentifier() and not minus:
                self.found[place] = Gradient(Array(code, *shape), False)
            else:
                fresh = array.fresh or samples or bool(minus)
                made = self.keep(Array(f"-{atom(code)}" if minus else code, *shape), name)
                self.found[place] = Gradient(made, fresh and shape == complete)
            return
        if gradient is None:
            gradient = self.allocate(place, self.name(name))
        elif not gradient.owned and whole:
            old = gradient.array
            both = max(old.rows, array.rows), old.wide or shape[1]
            made = self.keep(Array(f"{old.code} {minus or '+'} {atom(code) if minus else code}", *both), name)
            self.found[place] = Gradient(made, both == complete)
            return
        elif not gradient.owned:
            made = self.keep(Array(f"np.zeros({self.shape(block)}) + {gradient.array.code}", *complete), name)
            gradient = self.found[place] = Gradient(made, True)
        own = gradient.array.code
        span = ":" if whole else pattern(rows)
        target = f"{own}[{span or self.reader.index(rows)}]"
        if not self._claim(gradient, rows):
            self.lines.append(f"{own if whole else target} {minus or '+'}= {code}")
        elif samples and not minus and span and array.rows == len(rows):
            self.lines.append(f"{atom(array.code)}.sum(axis=1, keepdims=True, out={own if whole else target})")
        else:
            self.lines.append(f"{target} = {minus}{atom(code) if minus else code}")

    @staticmethod
    def _claim(gradient: Gradient, rows: Ints) -> bool:
        """Mark rows as written; whether it is the first time for all of them."""
        if gradient.written is None:
            return False
        before = gradient.written[rows]
        gradient.written[rows] = True
        gradient.zeros |= bool(before.any() and not before.all())
        return not before.any()


def atom(code: str) -> str:
    """The code, in parentheses unless it is one thing already.

    >>> atom("a * b"), atom("np.sign(a * b)")
    ('(a * b)', 'np.sign(a * b)')
    """
    depth = 0
    for character in code:
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and character in " -*":
            return f"({code})"
    return code


def full(array: Array, rows: int) -> str:
    """The array with all its rows."""
    return array.code if array.rows == rows else f"np.broadcast_to({array.code}, ({rows}, {'n' if array.wide else 1}))"
