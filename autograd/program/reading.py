"""How code refers to rows: a whole block, a slice, a view of the parameters as a matrix, a gather, a concatenation."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from unicodedata import normalize

import numpy as np

from ..formula import Formula
from ..op import Op, op
from .blocks import Given
from .columns import Floats, Ints
from .elementwise import formula, is_long
from .lifting import Lifted
from .printing import MISSING, number

MOST_PIECES = 8  # that are read or given one by one


@dataclass(frozen=True)
class Array:
    """A piece of code and what it is worth: ``rows`` is 1 where one row stands for many, ``wide`` says that it has n columns."""

    code: str
    rows: int
    wide: bool
    number: float | None = None
    fresh: bool = False  # a new array, that may be written into


def pattern(rows: Ints) -> str | None:
    """Rows as a slice; None where they are not evenly spaced upwards.

    >>> pattern(np.array([2, 5, 8])), pattern(np.array([4])), pattern(np.array([1, 0]))
    ('2:9:3', '4:5', None)
    """
    first, last = int(rows[0]), int(rows[-1])
    step = int(rows[1]) - first if len(rows) > 1 else 1
    if step < 1 or (np.diff(rows) != step).any():
        return None
    return f"{first or ''}:{last + 1}{f':{step}' if step > 1 else ''}"


def matrix(rows: Ints, total: int) -> tuple[int, int, int, int, str] | None:
    """Rows of shape (a, b) as a view of a block that has ``total`` rows: first, last, height, width, and what is taken of it."""
    a, b = rows.shape
    down, across = (int(rows[1, 0] - rows[0, 0]) if a > 1 else b), (int(rows[0, 1] - rows[0, 0]) if b > 1 else 1)
    first = int(rows[0, 0])
    if (rows != first + down * np.arange(a)[:, None] + across * np.arange(b)).any():
        return None
    if across == 1 and down >= b:
        height, width, kept, turned = a, down, b, ""
    elif down == 1 and across >= a:
        height, width, kept, turned = b, across, a, ".T"
    else:
        return None
    for offset in range(width - kept + 1):
        start = first - offset
        if start >= 0 and start + height * width <= total:
            columns = "" if kept == width else f"[:, {offset or ''}:{offset + kept if offset + kept < width else ''}]"
            return start, start + height * width, height, width, columns + turned
    return None


def summed(reads: Ints) -> tuple[Ints, bool]:
    """The rows that are summed in threes, say, in the order they are read; true where each three stand together."""
    sideways = reads.shape[0] > 1 < reads.shape[1] and pattern(reads.T.ravel()) is not None
    return (reads.T if sideways else reads).ravel(), sideways


def runs(places: Ints) -> list[tuple[int, int]]:
    """The stretches of equal numbers, as (begin, end)."""
    cuts = [0, *(np.flatnonzero(np.diff(places)) + 1).tolist(), len(places)]
    return list(pairwise(cuts))


class Reader:
    """Turns operands into code; what is more than a slice gets a line and a name of its own, once."""

    def __init__(self, lifted: Lifted, constants: Floats) -> None:
        self.lifted, self.constants = lifted, constants
        self.lines: list[str] = []
        self.names: dict[int, str] = {}  # of blocks, by their number
        self.taken: set[str] = {"np", "n", "g", "seed", "saved", "forward", "backward", *MISSING}
        self.scope: dict[str, Ints | Floats] = {}  # arrays that the code refers to
        self.functions: dict[str, tuple[Op, int | None]] = {}  # and rows, or partial derivatives of them, that are no formula in it
        self._own: dict[tuple[Op, int | None], Op] = {}
        self.known: dict[bytes, Array] = {}
        self.shared: dict[bytes, str] = {}

    def name(self, base: str, *, counted: bool = True) -> str:
        """A name that is not taken, as Python reads it: the base itself, or with the next number."""
        base = re.sub(r"\W", "_", normalize("NFKC", base))  # a mark over a letter may stand in a name, and is no letter to `re`
        name, count = base if not counted else f"{base}1", 1
        while name in self.taken:
            count += 1
            name = f"{base}{count}" if counted else f"{base}_{count}"
        self.taken.add(name)
        return name

    def spelt(self, row: Op, i: int | None, y: Formula, xs: Sequence[Formula]) -> Formula:
        """The row's value, or its partial derivative by operand i, as the code has it: in full, or as a function of its own."""
        if not row.unlisted:
            found = formula(row, i, y, xs)
            if not is_long(found):
                return found
        if (row, i) not in self._own:
            rule, inputs = (row.evaluate, row.arity) if i is None else (partial(row.derivative, i), row.arity + 1)
            name = self.name(row.name if i is None else f"{row.name}_slope" + f"_{i}" * (row.arity > 1), counted=False)
            self.functions[name] = row, i
            self._own[row, i] = op(name, rule, *[rule] * inputs, listed=False)
        return self._own[row, i](*[y] * (i is not None), *xs)  # type: ignore[no-any-return]

    def index(self, rows: Ints) -> str:
        """The name of an array of row numbers."""
        key = rows.tobytes() + str(rows.shape).encode()
        if key not in self.shared:
            self.shared[key] = self.name("rows")
            self.scope[self.shared[key]] = rows
        return self.shared[key]

    def read(self, addresses: Ints) -> Array:
        """The rows at these addresses, as one row where they are all the same."""
        places = self.lifted.places(addresses)
        block = self.lifted.blocks[places[0]]
        if (addresses == addresses[0]).all():
            addresses, places = addresses[:1], places[:1]
        rows = addresses - block.start
        if isinstance(block, Given) and block.kind == "constants" and (places == places[0]).all():
            value = self._number(rows)
            if value is not None:
                return Array(number(value), 1, False, value)
        key = addresses.tobytes()
        if key not in self.known:
            self.known[key] = self._read(addresses, places)
        return self.known[key]

    def _read(self, addresses: Ints, places: Ints) -> Array:
        pieces = runs(places)
        if len(pieces) == 1:
            block = self.lifted.blocks[places[0]]
            rows = addresses - block.start
            code, simple = self._piece(int(places[0]), rows)
            array = Array(code, len(rows), block.varying)
            named = isinstance(block, Given) and block.kind == "parameters"
            if simple and not (named and code != self.names[int(places[0])] and self.lifted.title(addresses)):
                return array
            return self.keep(array, (self.lifted.title(addresses) if named else "") or f"{self.names[int(places[0])]}_at")
        if len(pieces) <= MOST_PIECES:
            parts = [(int(places[i]), addresses[i:j]) for i, j in pieces]
            order = None
        else:
            used, inverse = np.unique(addresses, return_inverse=True)
            places = self.lifted.places(used)
            parts = [(int(places[i]), used[i:j]) for i, j in runs(places)]
            order = inverse.reshape(-1)
        wide = any(self.lifted.blocks[place].varying for place, _ in parts)
        texts = [self._wide(place, own) if wide else self._piece(place, own - self.lifted.blocks[place].start)[0] for place, own in parts]
        code = f"np.concatenate(({', '.join(texts)}))" + (f"[{self.index(order)}]" if order is not None else "")
        return self.keep(Array(code, len(addresses), wide), "joined")

    def _number(self, rows: Ints) -> float | None:
        """The number that all these constants are."""
        values = self.constants[rows]
        bits = values.view(np.int64)  # 0.0 and -0.0 are two numbers
        return float(values[0]) if (bits == bits[0]).all() or np.isnan(values).all() else None

    def _wide(self, place: int, addresses: Ints) -> str:
        """Rows of a block with a column a sample."""
        block = self.lifted.blocks[place]
        rows = addresses - block.start
        value = self._number(rows) if isinstance(block, Given) and block.kind == "constants" else None
        if value is not None:
            shape = f"({len(rows)}, n)"
            return f"np.zeros({shape})" if value == 0 < math.copysign(1, value) else f"np.full({shape}, {number(value)})"
        code, _ = self._piece(place, rows)
        return code if block.varying else f"np.broadcast_to({code}, ({len(rows)}, n))"

    def _piece(self, place: int, rows: Ints) -> tuple[str, bool]:
        block, name = self.lifted.blocks[place], self.names[place]
        if len(rows) == block.rows and (rows == np.arange(len(rows))).all():
            return name, True
        span, times = pattern(rows), int((rows == rows[0]).argmin())
        if span is None and isinstance(block, Given) and block.kind == "constants":  # in an order of their own, once and for all
            name = self.name(name)
            self.scope[name] = self.constants[rows][:, None]
            return name, True
        if span is None and times > 1 and len(rows) % times == 0 and (rows.reshape(-1, times) == rows[::times, None]).all():
            return f"np.repeat({self._piece(place, rows[::times])[0]}, {times}, axis=0)", False  # a bias of every place of a convolution
        return f"{name}[{span or self.index(rows)}]", span is not None

    def keep(self, array: Array, base: str) -> Array:
        """Give a piece of code a line and a name of its own."""
        name = self.name(base, counted=base in ("t", "joined", "windows", "weights", "left", "right") or base.endswith("_at"))
        self.lines.append(f"{name} = {array.code}")
        return Array(name, array.rows, array.wide)

    def matrix(self, addresses: Ints) -> str:
        """Filters (groups, outputs, terms) as a matrix, or as a stack of them."""
        key = b"matrix" + addresses.tobytes() + str(addresses.shape).encode()
        if key in self.known:
            return self.known[key].code
        groups, outputs, terms = addresses.shape
        places = self.lifted.places(addresses.ravel())
        block = self.lifted.blocks[places[0]]
        shape = f"{outputs}, {terms}" if groups == 1 else f"{groups}, {outputs}, {terms}"
        code = ""
        if (places == places[0]).all():
            name = self.names[int(places[0])]
            found = matrix(addresses[0] - block.start, block.rows) if groups == 1 else None
            if found:
                code = self.view(name, block.rows, found)
            elif not isinstance(block, Given) or block.kind == "parameters":
                code = f"{name}[{self.index((addresses - block.start)[0] if groups == 1 else addresses - block.start)}, 0]"
        if not code:
            flat = self.read(addresses.ravel())
            code = f"{flat.code}.reshape({shape})" if flat.rows > 1 else f"np.full(({shape}), {flat.code})"
        self.known[key] = self.keep(Array(code, outputs, False), self.lifted.title(addresses.ravel()) or "weights")
        return self.known[key].code

    @staticmethod
    def view(name: str, total: int, found: tuple[int, int, int, int, str]) -> str:
        """A matrix view of a block's rows."""
        start, end, height, width, rest = found
        part = "" if (start, end) == (0, total) else f"[{start or ''}:{end}]"
        return f"{name}{part}.reshape({height}, {width}){rest}"
