"""A recorded graph as flat NumPy columns: what planning reads, and what a tape replays.

A node is a number: first the inputs, then the parameters, then constants and operations, operands before results.
Everything after this file works on these columns and never sees a Value again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import native, ops
from ..custom import Custom
from ..op import MOST, OPS, Op
from ..value import Value

INPUT, PARAMETER, CONSTANT = -1, -2, -3  # codes of what no operation made
ROWS: tuple[Op, ...] = tuple(OPS.values())  # codes of operations are places in this tuple
CODES = {row: code for code, row in enumerate(ROWS)}
_TABLE = [row.name for row in ROWS]  # what the codes in a pickle mean
_COMMUTATIVE = {code for code, row in enumerate(ROWS) if row.commutative}
ADD, SUB, NEG, MUL = (CODES[row] for row in (ops.add, ops.sub, ops.neg, ops.mul))  # what sums of products are made of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Columns:
    """The graph below ``roots``; ``args`` has -1 where a row has fewer operands than the widest."""

    inputs: int
    parameters: int
    codes: Ints
    args: Ints  # (nodes, MOST)
    numbers: Floats  # each node's number when it was recorded
    roots: Ints  # outputs, what guards compare, and what `exacting` looks at
    names: dict[int, str]
    signed: int = 0  # so many roots at the end are not to be a zero in arrays, whose sign may be wrong there
    own: tuple[Op, ...] = ()  # rows that the op table does not have; their codes follow those of the rows it has

    @property
    def rows(self) -> tuple[Op, ...]:
        """The row of every code."""
        return ROWS + self.own

    def __len__(self) -> int:
        return len(self.codes)

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "table": _TABLE}

    def __setstate__(self, state: dict[str, Any]) -> None:
        if state.pop("table") != _TABLE:
            raise ValueError("this program was pickled where the table of operations was another, by another version: trace it again")
        vars(self).update(state)


def columns(
    order: Sequence[Value], roots: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value], constants: Sequence[Value] = ()
) -> Columns:
    """The columns of a graph in its topological order; ValueError for a leaf that is neither input, parameter, nor one of ``constants``."""
    leaves = [*inputs, *parameters]
    quick = native.engine.columns(order, list(inputs), list(parameters), list(constants)) if native.engine else None
    made, args, numbers, found, stray, own = (*quick, ()) if quick else _listed(order, inputs, parameters, constants)
    if stray is not None:
        raise ValueError(_stray(stray))
    codes = np.frombuffer(made, dtype=np.int64).copy()
    codes[codes < 0] = CONSTANT
    codes[: len(inputs)], codes[len(inputs) : len(leaves)] = INPUT, PARAMETER
    places, everywhere = np.frombuffer(found, dtype=np.int64), range(len(order))
    place = {order[i]: places[i] for i in compress(everywhere, map(set(roots).__contains__, order))}
    names = {i: leaf.name for i, leaf in enumerate(leaves) if leaf.name}  # the graph need not depend on all of them
    titles = list(map(attrgetter("name"), order))
    names |= {int(places[i]): titles[i] for i in compress(everywhere, titles)}
    table = Columns(
        len(inputs),
        len(parameters),
        codes,
        np.frombuffer(args, dtype=np.int64).reshape(-1, MOST),
        np.frombuffer(numbers, dtype=np.float64),
        np.array([place[root] for root in roots], dtype=np.int64),
        names,
        own=own,
    )
    return _folded(table) if constants else table


def _folded(table: Columns) -> Columns:
    """The same graph with constants in the place of what is made of nothing but constants, each number once."""
    fixed = heaviest((table.codes == INPUT) | (table.codes == PARAMETER), table.args) == 0
    found, first = np.flatnonzero(fixed), np.arange(len(table))
    _, alike, which = np.unique(table.numbers[found].view(np.int64), return_index=True, return_inverse=True)
    first[found] = found[alike[which]]
    codes, args = np.where(fixed, CONSTANT, table.codes), np.where(fixed[:, None], -1, table.args)
    names = {place: name for place, name in table.names.items() if not fixed[place]}
    return _merged(replace(table, codes=codes, args=args, names=names), first)


def _listed(
    order: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value], fixed: Sequence[Value]
) -> tuple[Any, Any, Any, Any, Value | None, tuple[Op, ...]]:
    """What the native engine's ``columns`` gives: codes, args, numbers, the place of each value of the order, and a stray leaf.

    And rows of somebody's own, which the native engine leaves to this.
    """
    leaves, made = [*inputs, *parameters], [value for value in order if value.op is not None]
    given = {*leaves, *fixed}
    for value in order:
        if value.op is None and value not in given:
            return b"", b"", b"", b"", value, ()
    own = tuple(dict.fromkeys([value.op for value in made if value.op is not None and value.op.unlisted]))
    coded = CODES | {row: len(ROWS) + i for i, row in enumerate(own)}
    for row in own:
        if not isinstance(row, Custom) or row.arity > MOST:
            why = f"has {row.arity} operands, and a program runs operations of at most {MOST}" if row.arity > MOST else "no program can run"
            raise ValueError(f"the recorded graph has {row.name}, which {why}: record without trace")
    constants: dict[float | str, int] = {}
    known = [value._data for value in fixed]
    known += [number for value in made for number in value.args if number.__class__ is float]
    keys = [number if number and number < math.inf else str(number) for number in known]  # 0.0 and -0.0 are two, and any two NaN are one
    for key in keys:
        constants.setdefault(key, len(leaves) + len(constants))
    first = len(leaves) + len(constants)
    place = dict(zip((*leaves, *made), (*range(len(leaves)), *range(first, first + len(made))), strict=True))
    numbered = iter(keys)
    place |= {value: constants[next(numbered)] for value in fixed}
    reads = [constants[next(numbered)] if arg.__class__ is float else place[arg] for value in made for arg in value.args]  # type: ignore[index]
    codes = np.array([coded[value.op] for value in made], dtype=np.int64)  # type: ignore[index]
    args = np.full((first + len(made), MOST), -1, dtype=np.int64)
    args[first:][np.arange(MOST) < np.array([row.arity for row in ROWS + own])[codes][:, None]] = reads
    numbers = np.array([*[leaf._data for leaf in leaves], *map(float, constants), *[value._data for value in made]], dtype=np.float64)
    codes = np.concatenate((np.full(first, -1), codes))
    return codes, args, numbers, np.array([place[value] for value in order], dtype=np.int64), None, own


def distinct(table: Columns, apart: Truths | None = None) -> Columns:
    """The same graph with every subexpression once, but for those nodes that are to stay ``apart``."""
    first = _alike(table if apart is None else replace(table, codes=np.where(apart, CONSTANT, table.codes)))
    return table if (first == np.arange(len(table))).all() else _merged(table, first)


def _merged(table: Columns, first: Ints) -> Columns:
    """The graph with each node the ``first`` one that is like it, leaves before operations."""
    kept = np.flatnonzero(first == np.arange(len(table)))
    kept = kept[np.argsort(table.codes[kept] >= 0, kind="stable")]
    index = np.full(len(table) + 1, -1)  # the last is the padding's
    index[kept] = np.arange(len(kept))
    index[:-1] = index[first]
    names = {int(index[i]): name for i, name in reversed(table.names.items())}
    codes, args, numbers, roots = table.codes[kept], index[table.args[kept]], table.numbers[kept], index[table.roots]
    return replace(table, codes=codes, args=args, numbers=numbers, roots=roots, names=names)


def _alike(table: Columns) -> Ints:
    """For each node the first that is written alike; leaves are like themselves alone."""
    if native.engine is not None:
        commutative = bytes(code in _COMMUTATIVE for code in range(len(ROWS)))
        return np.frombuffer(native.engine.alike(table.codes, np.ascontiguousarray(table.args), commutative), dtype=np.int64)
    first = [*range(len(table)), -1]  # the last is the padding's
    found: dict[tuple[int, int, int, int], int] = {}
    operations = np.flatnonzero(table.codes >= 0)
    for i, code, a, b, c in zip(operations.tolist(), table.codes[operations].tolist(), *table.args[operations].T.tolist(), strict=True):
        x, y, z = first[a], first[b], first[c]
        first[i] = found.setdefault((code, y, x, z) if x > y and code in _COMMUTATIVE else (code, x, y, z), i)
    return np.array(first[:-1], dtype=np.int64)


def heaviest(weights: Ints | Truths, args: Ints) -> Ints:
    """For each node the weight of the heaviest way that ends there, its own included; ``args`` (nodes, …) come before it, -1 is none."""
    if native.engine is not None:
        made = native.engine.heaviest(np.ascontiguousarray(weights, dtype=np.int64), np.ascontiguousarray(args))
        return np.frombuffer(made, dtype=np.int64)
    way = [*weights.tolist(), 0]  # the last is the padding's
    reading = np.flatnonzero((args >= 0).any(axis=1))
    for node, row in zip(reading.tolist(), args[reading].tolist(), strict=True):
        way[node] += max(map(way.__getitem__, row))
    return np.array(way[:-1], dtype=np.int64)


def inherited(parent: Ints, turned: Truths) -> tuple[Ints, Truths]:
    """For each node of a forest its root, and whether it is turned, itself or by those above it, an odd number of times.

    Parents come after their children, as operations after their operands; -1 is none.

    >>> root, minus = inherited(np.array([2, 2, 3, -1]), np.array([True, False, True, False]))
    >>> root.tolist(), minus.tolist()
    ([3, 3, 3, 3], [False, True, True, False])
    """
    n, above = len(parent), parent >= 0
    upwards = np.where(above, n - 1 - parent, -1)[::-1, None]  # numbered backwards, where a parent is an operand
    root = heaviest(np.where(above, 0, np.arange(n))[::-1], upwards)[::-1]  # roots alone weigh, by their number
    return root, heaviest(turned[::-1], upwards)[::-1] % 2 == 1


def padded(table: Columns) -> Truths:
    """For each node whether it is a parameter times a constant, or a sum of such: what padding adds at the border of a convolution.

    Where these stay apart for every sum that they are part of, it has as many terms as a sum in the middle.
    """
    codes, (a, b) = table.codes, table.args[:, :2].T
    left, right = codes[a], codes[b]
    product = (codes == MUL) & (((left == PARAMETER) & (right == CONSTANT)) | ((left == CONSTANT) & (right == PARAMETER)))
    other = ~product & (codes != ADD) & (codes != CONSTANT)
    found: Truths = (codes >= 0) & (heaviest(other, np.where(product[:, None], -1, table.args)) == 0)
    return found


def depth(table: Columns) -> int:
    """The most operations on a way through the graph, sums and signs not counted."""
    return int(heaviest((table.codes >= 0) & ~np.isin(table.codes, [ADD, SUB, NEG]), table.args).max(initial=0))


def varies(table: Columns) -> Truths:
    """For each node whether it depends on the inputs."""
    return heaviest(table.codes == INPUT, table.args) > 0


def _stray(value: Value) -> str:
    name = repr(value.name) if value.name else f"a Value of {value._data!r} without a name"
    return (
        f"the recorded graph reads {name}, which is neither an input nor a parameter: list it among parameters= or inputs=, "
        "or use a plain number where it is a constant"
    )
