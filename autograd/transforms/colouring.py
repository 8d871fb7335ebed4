"""Columns of a sparse matrix that have no row in common can be had in one sweep: which ones go together is a colouring.

Two columns with a common row must have different colours; the number of colours is the number of sweeps (Curtis, Powell and
Reid, On the estimation of sparse Jacobian matrices, 1974; Coleman and Moré 1983 for the graph, and for the greedy order).
"""

from __future__ import annotations

from collections.abc import Iterator

Pattern = list[tuple[int, int]]


def colours(pattern: Pattern, n: int) -> list[int]:
    """A colour 0, 1, … for each of n columns, none twice in a row of the pattern; greedy, columns with most entries first.

    >>> colours([(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 3)], 4)
    [1, 0, 1, 0]
    """
    rows_of: list[list[int]] = [[] for _ in range(n)]
    for row, column in pattern:
        rows_of[column].append(row)
    taken: dict[int, int] = {}  # the colours that a row has already, as bits
    colour = [0] * n
    for column in sorted(range(n), key=lambda column: -len(rows_of[column])):
        used = 0
        for row in rows_of[column]:
            used |= taken.get(row, 0)
        colour[column] = (~used & (used + 1)).bit_length() - 1
        for row in rows_of[column]:
            taken[row] = taken.get(row, 0) | 1 << colour[column]
    return colour


def transposed(pattern: Pattern) -> Pattern:
    """The pattern with rows and columns exchanged."""
    return sorted((column, row) for row, column in pattern)


def bits(number: int) -> Iterator[int]:
    """The places of an integer's bits that are 1.

    >>> list(bits(0b1101))
    [0, 2, 3]
    """
    while number:
        yield (number & -number).bit_length() - 1
        number &= number - 1
