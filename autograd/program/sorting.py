"""What is equal, and in which order: rows and columns of integers, and operations, sorted once and not compared one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..op import Op
from .columns import CONSTANT, Columns, Ints, Truths


def ranked(rows: Ints) -> tuple[Ints, Ints]:
    """The place of each row among the different ones, which are sorted, and where each of these stands first.

    >>> which, first = ranked(np.array([[2, 1], [1, 9], [2, 1]]))
    >>> which.tolist(), first.tolist()
    ([1, 0, 1], [1, 0])
    """
    order, new = _sorted(*rows.T) if len(rows) > 1 else (np.arange(len(rows)), np.ones(len(rows), dtype=bool))
    which = np.empty(len(rows), dtype=np.int64)
    which[order] = np.cumsum(new) - 1
    return which, order[new]


def different(numbers: Ints) -> list[int]:
    """The different ones among numbers from 0 on that are small: quicker than np.unique by an order of magnitude.

    >>> different(np.array([3, 0, 3]))
    [0, 3]
    """
    return np.flatnonzero(np.bincount(numbers)).tolist()


def gathered(*columns: NDArray[Any]) -> list[Ints]:
    """The places where all columns are equal, together; those that stand first come first.

    >>> [alike.tolist() for alike in gathered(np.array([7, 3, 7, 3]), np.array([1, 1, 1, 0]))]
    [[0, 2], [1], [3]]
    """
    order, new = _sorted(*columns)
    return sorted(np.split(order, np.flatnonzero(new)[1:]), key=lambda alike: int(alike[0])) if len(order) else []


Constants = tuple[float | None, ...]  # an operation's operands, None for what is no constant, or is 0.0 or -0.0


def kinds(table: Columns, nodes: Ints, *columns: NDArray[Any]) -> Iterator[tuple[Op, Constants, Ints]]:
    """Operations in groups: those of one row and the same constants that are equal in each of the columns, too."""
    for alike in gathered(table.codes[nodes]):
        row, members = table.rows[table.codes[nodes[alike[0]]]], nodes[alike]
        args = table.args[members, : row.arity]
        numbers = np.where((table.codes[args] == CONSTANT) & (table.numbers[args] != 0), table.numbers[args], np.nan)
        for same in gathered(*numbers.T.copy().view(np.int64), *[column[alike] for column in columns]):
            yield row, tuple([None if np.isnan(x) else x for x in numbers[same[0]].tolist()]), members[same]


def _sorted(*columns: NDArray[Any]) -> tuple[Ints, Truths]:
    """The order that sorts by the first column, then by the next; and where something new begins in it."""
    order = np.lexsort(columns[::-1])
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for column in columns:
        ordered = column[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    return order, new
