"""Where arrays could give another number than the engine and nobody would see it: nodes whose numbers a run looks at.

A NaN is refused by the engine where it is made, and arrays compute it in branches that are not taken. The sign of a zero is lost
where terms are added in another order and where a maximum is NumPy's. Both go unseen in what is made of them, but for some operations,
which are found here by trying each row of the table.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np

from ..op import DomainError, Op
from .columns import CONSTANT, ROWS, Columns, Ints

Constants = tuple[float | None, ...]  # an operation's operands, None for what is no constant, or is 0.0 or -0.0
_TRIED = (0.0, 0.5, -0.5, 1.0, -1.0, 2.0, 3.0, -1e-200, -1e3, math.inf, -math.inf)


def watched(table: Columns) -> Columns:
    """The same graph with these nodes among its roots."""
    signed = telling(table)
    return replace(table, roots=np.concatenate((table.roots, hiding(table), signed)), signed=len(signed))


def hiding(table: Columns) -> Ints:
    """Operands whose NaN an operation may hide, as where does in the branch not taken: the engine refuses what made it."""
    return _operands(table, _hides)


def telling(table: Columns) -> Ints:
    """Operands that may be a negative zero, which an operation takes for another number than 0.0, as 1/x does."""
    known: dict[int, bool] = {}
    found = [node for node in _operands(table, _tells).tolist() if _may_be_negative_zero(table, node, known)]
    return np.array(found, dtype=np.int64)


def _operands(table: Columns, told: Callable[[Op, int, Constants], bool]) -> Ints:
    """Results that are an operand of which its operation, with the constants among the others, is told this."""
    found = [np.empty(0, dtype=np.int64)]
    for code in np.flatnonzero(np.bincount(table.codes[table.codes >= 0])).tolist():
        row, nodes = table.rows[code], np.flatnonzero(table.codes == code)
        args = table.args[nodes, : row.arity]
        constant = table.codes[args] == CONSTANT
        for i in range(row.arity):
            if code < len(ROWS) and not told(row, i, (None,) * row.arity):
                continue
            plain = ~constant.any(axis=1)
            plain[~plain] = [told(row, i, _constants(table, own)) for own in args[~plain].tolist()]
            found.append(args[plain, i])
    nodes = np.unique(np.concatenate(found))
    return nodes[table.codes[nodes] >= 0]


def _constants(table: Columns, args: list[int]) -> Constants:
    return tuple([float(table.numbers[arg]) if table.codes[arg] == CONSTANT and table.numbers[arg] != 0 else None for arg in args])


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


def _may_be_negative_zero(table: Columns, node: int, known: dict[int, bool]) -> bool:
    """Whether a node can be -0.0, as far as its operations tell; if not, arrays cannot make it one either."""
    waiting = [node]
    while waiting:
        top = waiting[-1]
        row, args = (table.rows[code], table.args[top].tolist()) if (code := int(table.codes[top])) >= 0 else (None, [])
        if row is None or row.unlisted:  # no constant but 0.0, which is dropped where it is added
            known[top] = True
        else:
            args = args[: row.arity]
            same = tuple([args.index(arg) for arg in args])
            constants = _constants(table, args)
            least, most = [_can_be(row, same, constants, tuple([known.get(arg, guess) for arg in args])) for guess in (False, True)]
            if least != most:
                waiting.append(next(arg for arg, x in zip(args, constants, strict=True) if x is None and arg not in known))
                continue
            known[top] = most
        waiting.pop()
    return known[node]


@cache
def _can_be(row: Op, same: tuple[int, ...], constants: Constants, negative: tuple[bool, ...]) -> bool:
    """Whether the row can be -0.0 where these operands can; ``same`` has the place of the first that is the same as each."""
    tried = [_TRIED + (-0.0,) * may if x is None else (x,) for x, may in zip(constants, negative, strict=True)]
    each = (_value(row, tuple([xs[k] for k in same])) for xs in product(*tried))
    return any(y == 0 and math.copysign(1, y) < 0 for y in each)
