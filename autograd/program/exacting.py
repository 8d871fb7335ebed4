"""Where arrays could give another number than the engine and nobody would see it: nodes whose numbers a run looks at.

A NaN is refused by the engine where it is made, and arrays compute it in branches that are not taken. The sign of a zero is lost
where terms are added in another order, and where a maximum or x ** 0.5 is NumPy's. Both go unseen in what is made of them, but for some
operations, which are found here by trying each row of the table.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ..op import DomainError, Op
from .columns import Columns, Ints
from .elementwise import over_arrays
from .sorting import Constants, kinds

_TRIED = (0.0, 0.5, -0.5, 1.0, -1.0, 2.0, 3.0, -1e-200, -5e-324, -1e3, math.inf, -math.inf)


def rooted(table: Columns) -> Columns:
    """The same graph with these nodes among its roots."""
    signed = telling(table)
    return replace(table, roots=np.concatenate((table.roots, hiding(table), signed)), signed=len(signed))


def hiding(table: Columns) -> Ints:
    """Operands whose NaN an operation may hide, as where does in the branch not taken: the engine refuses what made it."""
    return _operands(table, _hides)


def telling(table: Columns) -> Ints:
    """Operands that may be a negative zero, which an operation takes for another number than 0.0, as 1/x does."""
    found = _operands(table, _tells)
    chosen: Ints = found[_negative_zeros(table, found)[found] == _MAY]
    return chosen


def _operands(table: Columns, told: Callable[[Op, int, Constants], bool]) -> Ints:
    """Results that are an operand of which its operation, with the constants among the others, is told this."""
    found = [np.empty(0, dtype=np.int64)]
    used = np.flatnonzero(np.bincount(table.codes[table.codes >= 0])).tolist()
    ever = [code for code in used for row in [table.rows[code]] if any(told(row, i, (None,) * row.arity) for i in range(row.arity))]
    for row, constants, members in kinds(table, np.flatnonzero(np.isin(table.codes, ever))):
        found += [table.args[members, i] for i in range(row.arity) if constants[i] is None and told(row, i, constants)]
    nodes: Ints = np.unique(np.concatenate(found))
    return nodes[table.codes[nodes] >= 0]


@cache
def _hides(row: Op, i: int, constants: Constants) -> bool:
    """Whether the row can be a number while its operand i is none."""
    return row.unlisted or any(not math.isnan(_value(row, xs)) for xs in _tries(i, (math.nan,), constants))


@cache
def _tells(row: Op, i: int, constants: Constants) -> bool:
    """Whether the row's value at 0.0 is another number than at -0.0."""
    if row.unlisted:
        return True
    found = [[_value(row, xs) for xs in _tries(i, (zero,), constants)] for zero in (0.0, -0.0)]
    return any(a != b and not (math.isnan(a) and math.isnan(b)) for a, b in zip(*found, strict=True))


def _tries(i: int, own: tuple[float, ...], constants: Constants) -> product[tuple[float, ...]]:
    return product(*[own if k == i else _TRIED if x is None else (x,) for k, x in enumerate(constants)])


def _value(row: Op, xs: tuple[float, ...]) -> float:
    try:
        return row.evaluate(*xs)
    except DomainError:
        return math.nan


_UNKNOWN, _MAY, _CANNOT = 0, 1, 2


def _negative_zeros(table: Columns, nodes: Ints) -> NDArray[np.int8]:
    """Whether nodes can be -0.0, as far as their operations tell; where they cannot, arrays do not make them so either."""
    known = np.where(table.codes < 0, _MAY, _UNKNOWN).astype(np.int8)  # no constant is asked but 0.0, which is dropped where it is added
    asked = np.zeros(len(table), dtype=bool)
    later: dict[int, tuple[Op, tuple[int, ...], Constants]] = {}
    while len(nodes):
        asked[nodes] = True
        below, args = [nodes[:0]], table.args[nodes]
        equal = [args[:, 0] == args[:, 1], args[:, 0] == args[:, 2], args[:, 1] == args[:, 2]]
        for row, constants, members in kinds(table, nodes, *equal):
            operands = table.args[members, : row.arity]
            first = operands[0].tolist()
            same = tuple(map(first.index, first))
            least, most = [row.unlisted or _can_be(row, same, constants, (may,) * row.arity) for may in (False, True)]
            if least == most:
                known[members] = _MAY if most else _CANNOT
            else:
                later |= dict.fromkeys(members.tolist(), (row, same, constants))
                below += [operands[:, i] for i, x in enumerate(constants) if x is None]
        nodes = np.unique(np.concatenate(below))
        nodes = nodes[(known[nodes] == _UNKNOWN) & ~asked[nodes]]
    for node in sorted(later):
        row, same, constants = later[node]
        may = tuple((known[table.args[node, : row.arity]] == _MAY).tolist())
        known[node] = _MAY if _can_be(row, same, constants, may) else _CANNOT
    return known


@cache
def _can_be(row: Op, same: tuple[int, ...], constants: Constants, negative: tuple[bool, ...]) -> bool:
    """Whether the row can be -0.0, in the engine or in arrays, where these operands can; ``same`` says which one each is the same as."""
    multiples = tuple([-k * x for x in constants if x is not None for k in (1, 2)])  # where a remainder is 0
    tried = [_TRIED + multiples + (-0.0,) * may if x is None else (x,) for x, may in zip(constants, negative, strict=True)]
    points = [tuple([xs[k] for k in same]) for xs in product(*tried)]
    if any(y == 0 and math.copysign(1, y) < 0 for y in (_value(row, xs) for xs in points)):
        return True
    with np.errstate(all="ignore"):
        ys = over_arrays(row, constants)(*np.array(points).T)
    return bool((np.signbit(ys) & (ys == 0)).any())
