"""Rows as functions of arrays: what NumPy has no name for, and what nobody would write out.

In code a row is an operator, NumPy's function of the name, or what it is made of. Called by a name of its own are what NumPy lacks and is
made of nothing else (erf), what would take many steps, each over whole arrays (gelu to the last digit), and what somebody wrote.
So are partial derivatives.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from .. import native
from ..formula import Formula, bottom_up
from ..op import ADD, OPS, Op, op
from .columns import CODES
from .printing import MISSING, expanded, printed

Function = Callable[..., Any]
LONG, LONGER = 16, 32  # steps: more are not written out, and more are quicker one number at a time, by the native engine


def formula(row: Op, i: int | None, y: Formula, xs: Sequence[Formula]) -> Formula:
    """The row's value, or its partial derivative by operand i, over what arrays have.

    A derivative that is 0 or 1 is a comparison, which arrays make much quicker than a step: it is to be a factor of floats, and
    at numbers, since NaN is no longer NaN in it.
    """
    found = row(*xs) if i is None else row.partials[i](y, *xs)
    if not isinstance(found, Formula):
        return Formula.constant(float(found))
    if i is not None and found.op is not None and found.op.one:
        return _compared(found.op)(*map(expanded, found.args))  # type: ignore[no-any-return]
    return expanded(found)


@cache
def _compared(row: Op) -> Op:
    return op(f"{row.name}_is_one", row.fn, *row.partials, text=row.one, prec=ADD - 1, listed=False)


def is_long(written: Formula) -> bool:
    """Whether an expression takes so many steps that it has a name instead."""
    return _steps(written) > LONG


def has_kernel(written: Formula) -> bool:
    """Whether the native engine is to compute it."""
    return native.engine is not None and _steps(written) > LONGER


def _steps(written: Formula) -> int:
    return len({node.code for node in bottom_up(written) if node.op is not None})


def elementwise(row: Op, i: int | None = None, **library: Any) -> Function:
    """The row as a function of arrays x0, x1, …; or, as one of y, x0, x1, …, its partial derivative by operand i. NaN where there is none.

    Another ``library`` than NumPy is to have what `compiled` asks for.
    """
    if row.unlisted:
        return columnwise(row.evaluate, row.arity) if i is None else columnwise(partial(row.derivative, i), row.arity + 1)
    if i is None and row.name in MISSING and not library:
        return columnwise(row.fn, row.arity) if native.engine is None else _by_kernel(row, i)
    names = ["y"] * (i is not None) + [f"x{k}" for k in range(row.arity)]
    written = formula(row, i, Formula.symbol("y"), [Formula.symbol(f"x{k}") for k in range(row.arity)])
    if has_kernel(written) and not library:
        return _by_kernel(row, i)
    return compiled(written, names, **(library or {"np": np, **FUNCTIONS}))


def columnwise(rule: Callable[..., float], inputs: int) -> Function:
    """A function of floats as one of arrays, element by element; NaN where it raises ValueError or ArithmeticError."""

    def number(*xs: float) -> float:
        try:
            return rule(*xs)
        except (ValueError, ArithmeticError):
            return math.nan

    function = np.frompyfunc(number, inputs, 1)
    return lambda *xs: np.asarray(function(*xs), dtype=np.float64)


def _by_kernel(row: Op, i: int | None) -> Function:
    assert native.engine is not None
    run, code, which = native.engine.elementwise, CODES[row], -1 if i is None else i

    def function(*xs: Any) -> Any:
        arrays = [np.ascontiguousarray(x, dtype=np.float64) for x in np.broadcast_arrays(*xs)]
        y = np.empty(np.broadcast_shapes(*[np.shape(x) for x in xs]))
        run(code, which, y, *arrays)
        return y

    return function


def compiled(written: Formula, names: Sequence[str], **library: Any) -> Function:
    """A formula as a function; ``library`` has ``np``, or what stands in for it, and the functions that it lacks."""
    lines: list[str] = []

    def named(code: str, _: set[str]) -> str:
        lines.append(f"t{len(lines)} = {code}")
        return f"t{len(lines) - 1}"

    result = printed([written], named)[0]
    exec("\n    ".join([f"def function({', '.join(names)}):", *lines, f"return {result}"]), library)
    return library["function"]  # type: ignore[no-any-return]


def over_arrays(row: Op, constants: Sequence[float | None]) -> Function:
    """The row as programs compute it, of as many arrays as it has operands; those that are ``constants`` are written as such."""
    xs = [Formula.symbol(f"x{i}") if x is None else Formula.constant(x) for i, x in enumerate(constants)]
    written = formula(row, None, Formula.symbol("y"), xs)
    if is_long(written):
        return elementwise(row)
    return compiled(written, [f"x{i}" for i in range(row.arity)], np=np, **FUNCTIONS)


FUNCTIONS = {name: elementwise(OPS[name]) for name in MISSING}
