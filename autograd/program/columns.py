"""A recorded graph as flat NumPy columns: what planning reads, and what a tape replays.

A node is a number: first the inputs, then the parameters, then constants and operations, operands before results.
Everything after this file works on these columns and never sees a Value again.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from .. import ops
from ..graph import topological
from ..op import OPS, Op
from ..value import Value

INPUT, PARAMETER, CONSTANT = -1, -2, -3  # codes of what no operation made
ROWS: tuple[Op, ...] = tuple(OPS.values())  # codes of operations are places in this tuple
CODES = {row: code for code, row in enumerate(ROWS)}
MOST = max(row.arity for row in ROWS)  # operands
COMMUTATIVE = frozenset({CODES[ops.add], CODES[ops.mul]})  # bit for bit

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Columns:
    """The graph below ``roots``; ``args`` has -1 where a row has fewer operands than the widest."""

    inputs: int
    parameters: int
    codes: Ints
    args: Ints  # (nodes, MOST)
    numbers: Floats  # each node's number when it was recorded
    roots: Ints
    names: dict[int, str]

    def __len__(self) -> int:
        return len(self.codes)


def columns(roots: Sequence[Value], inputs: Sequence[Value], parameters: Sequence[Value]) -> Columns:
    """The columns of a graph; ValueError for a leaf that is neither input nor parameter."""
    place: dict[Value, int] = {value: i for i, value in enumerate((*inputs, *parameters))}
    codes = [INPUT] * len(inputs) + [PARAMETER] * len(parameters)
    args = array("q", [-1] * MOST * len(codes))
    numbers = [value.data for value in place]
    names = {i: value.name for value, i in place.items() if value.name is not None}
    constants: dict[float | str, int] = {}
    padding = [[-1] * (MOST - arity) for arity in range(MOST + 1)]

    def constant(number: float) -> int:
        key = number or str(number)  # 0.0 and -0.0 are two constants
        if key not in constants:
            constants[key] = len(codes)
            codes.append(CONSTANT)
            args.extend([-1] * MOST)
            numbers.append(number)
        return constants[key]

    for value in topological(*roots):
        op = value.op
        if op is None:
            if value not in place:
                raise ValueError(_stray(value))
            continue
        operands = [place[arg] if arg.__class__ is not float else constant(arg) for arg in value.args]  # type: ignore[index, arg-type]
        place[value] = len(codes)
        if value.name is not None:
            names[len(codes)] = value.name
        codes.append(CODES[op])
        args.extend(operands + padding[len(operands)])
        numbers.append(value.data)
    return Columns(
        len(inputs),
        len(parameters),
        np.array(codes, dtype=np.int64),
        np.array(args).reshape(-1, MOST),
        np.array(numbers, dtype=np.float64),
        np.array([place[root] for root in roots], dtype=np.int64),
        names,
    )


def hiding(table: Columns) -> Ints:
    """Operands whose NaN an operation may hide, as where does in the branch not taken: the engine refuses what made it."""
    hidden: set[int] = set()
    for node in np.flatnonzero(np.isin(table.codes, list(_HIDING))).tolist():
        row = ROWS[table.codes[node]]
        args = table.args[node, : row.arity].tolist()
        constants = tuple([float(table.numbers[arg]) if table.codes[arg] == CONSTANT else None for arg in args])
        hidden.update([arg for i, arg in enumerate(args) if table.codes[arg] >= 0 and _hides(row, i, constants)])
    return np.array(sorted(hidden), dtype=np.int64)


@cache
def _hides(row: Op, i: int, constants: tuple[float | None, ...]) -> bool:
    """Whether the row can be a number while its operand i is none; found by trying."""
    for others in product(*[(math.nan,) if k == i else _TRIED if x is None else (x,) for k, x in enumerate(constants)]):
        try:
            if not math.isnan(row.fn(*others)):
                return True
        except (ValueError, ArithmeticError):
            continue
    return False


_TRIED = (0.0, 1.0, -1.0, 2.0, math.inf)
_HIDING = {code for code, row in enumerate(ROWS) if any(_hides(row, i, (None,) * row.arity) for i in range(row.arity))}


def distinct(table: Columns) -> tuple[Columns, list[bool]]:
    """The same graph with every subexpression once, and which of its nodes vary with the inputs."""
    renamed: list[int] = []
    kept: list[int] = []
    varying: list[bool] = []
    found: dict[int, int] = {}
    base = len(table) + 1
    for i, (code, a, b, c) in enumerate(zip(table.codes.tolist(), *table.args.T.tolist(), strict=True)):
        if code < 0:
            renamed.append(len(kept))
            kept.append(i)
            varying.append(code == INPUT)
            continue
        a, b, c = renamed[a], renamed[b] if b >= 0 else -1, renamed[c] if c >= 0 else -1
        first, second = (b, a) if a > b and code in COMMUTATIVE else (a, b)
        new = found.setdefault(((code * base + first) * base + second + 1) * base + c + 1, len(kept))
        renamed.append(new)
        if new == len(kept):
            kept.append(i)
            varying.append(varying[a] or (b >= 0 and varying[b]) or (c >= 0 and varying[c]))
    index, place = np.array(renamed + [-1]), np.array(kept)  # the last one renames the padding
    names = {renamed[i]: name for i, name in reversed(table.names.items())}
    once = Columns(
        table.inputs, table.parameters, table.codes[place], index[table.args[place]], table.numbers[place], index[table.roots], names
    )
    return once, varying


def _stray(value: Value) -> str:
    name = repr(value.name) if value.name else f"a Value of {value.data!r} without a name"
    return (
        f"the recorded graph reads {name}, which is neither an input nor a parameter: list it among parameters= or inputs=, "
        "or use a plain number where it is a constant"
    )
