"""Blocks: what the scalar graph becomes, arrays of rows with one operation each.

A block is a matrix of shape (rows, n): one row a scalar node, one column a sample. What does not vary over the
samples has one column. Every row of every block has an *address*, a number of its own; an operand is an array of
addresses, and what it looks like in NumPy (a whole block, a slice, a gather) is decided when it is written down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..op import Op
from .columns import Ints


@dataclass(frozen=True, eq=False)
class Block:
    """Rows of one kind. ``needs`` says that the block depends on parameters, so that a gradient flows through it."""

    start: int  # the address of its first row
    rows: int
    varying: bool
    needs: bool
    nodes: int  # how many scalar nodes it stands for

    @property
    def addresses(self) -> Ints:
        """The addresses of its rows."""
        return np.arange(self.start, self.start + self.rows)

    @property
    def operands(self) -> Iterator[Ints]:
        """The addresses it reads."""
        return iter(())


@dataclass(frozen=True, eq=False)
class Given(Block):
    """An argument of the program, the parameters, or the constants."""

    kind: str  # "input", "parameters" or "constants"
    name: str


@dataclass(frozen=True, eq=False)
class Map(Block):
    """One row of the op table, element by element."""

    op: Op
    reads: tuple[Ints, ...]  # (rows,) each

    @property
    def operands(self) -> Iterator[Ints]:
        """The addresses it reads."""
        return iter(self.reads)


@dataclass(frozen=True, eq=False)
class Sum(Block):
    """Terms added and subtracted: Σ sign · (the sum of ``reads`` over its first axis)."""

    terms: tuple[tuple[int, Ints], ...]  # (sign, (how many, rows))

    @property
    def operands(self) -> Iterator[Ints]:
        """The addresses it reads."""
        return (reads.ravel() for _, reads in self.terms)


@dataclass(frozen=True, eq=False)
class Product(Block):
    """Matrix products: filters (groups, outputs, terms) times windows (groups, terms, positions); ``paired``: one for every sample."""

    filters: Ints
    windows: Ints
    paired: bool = False

    @property
    def single(self) -> bool:
        """One matrix times one window: no stack, no positions."""
        return (self.filters.shape[0], self.windows.shape[2]) == (1, 1)

    @property
    def operands(self) -> Iterator[Ints]:
        """The addresses it reads."""
        return iter((self.filters.ravel(), self.windows.ravel()))
