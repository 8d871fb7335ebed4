"""Rules of the op table as NumPy code; written by hand for none.

A rule called with formulas is an expression. Here expressions become code over whole blocks: other rows than NumPy's
functions are replaced by what they are made of, and what occurs twice gets a name and is computed once.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from types import BuiltinFunctionType
from typing import Any

import numpy as np

from .. import native, ops
from ..formula import Formula, bottom_up
from ..op import ADD, CALL, MOST, MUL, OPS, POW, Op


def _only_of_floats(row: Op) -> bool:
    return isinstance(row.fn, BuiltinFunctionType) and row.prec == CALL and not hasattr(np, row.name)


def columnwise(rule: Callable[..., float], inputs: int) -> Callable[..., Any]:
    """A function of floats as one of arrays, element by element; NaN where it raises ValueError or ArithmeticError."""

    def number(*xs: float) -> float:
        try:
            return rule(*xs)
        except (ValueError, ArithmeticError):
            return math.nan

    function = np.frompyfunc(number, inputs, 1)
    return lambda *xs: np.asarray(function(*xs), dtype=np.float64)


def _elementwise(row: Op) -> Callable[..., Any]:
    """A row of the table as a function of arrays: by a tape that is nothing else, where the native engine is there."""
    if native.engine is None:
        return columnwise(row.fn, row.arity)
    code, operands, none = list(OPS).index(row.name), np.full((1, MOST), -1, dtype=np.int32), np.empty(0)
    operands[0, : row.arity] = range(row.arity)
    tape = native.engine.Tape(
        row.arity, 0, 0, none, 1, np.array([code], dtype=np.int32), operands, 1, np.array([row.arity], dtype=np.int32)
    )

    def function(*xs: Any) -> Any:
        inputs = np.stack(np.broadcast_arrays(*xs), axis=-1)
        y = np.empty(inputs.shape[:-1])
        tape.run(y.size, np.ascontiguousarray(inputs, dtype=np.float64), none, y, None, False)
        return y

    return function


ELEMENTWISE = {name: _elementwise(row) for name, row in OPS.items() if _only_of_floats(row)}  # erf, erfc: NumPy lacks them


def expanded(formula: Formula) -> Formula:
    """The formula over operators and functions that arrays have.

    >>> from autograd import relu
    >>> print(expanded(relu(Formula.symbol("z"))))
    maximum(z, 0)
    """
    done: dict[int, Formula] = {}
    for node in bottom_up(formula):
        if node.op is None:
            done[id(node)] = node
            continue
        args = [done[id(arg)] for arg in node.args]
        if (told := _told(node)) is not None:
            args[0] = told(done[id(node.args[0].args[0])])
        known = node.op.unlisted or node.op.prec != CALL or hasattr(np, node.op.name) or node.op.name in ELEMENTWISE
        done[id(node)] = node.op(*args) if known else expanded(node.op.fn(*args))
    return done[id(formula)]


def printed(formulas: Sequence[Formula], fresh: Callable[[str, set[str]], str]) -> list[str]:
    """The formulas as NumPy expressions.

    ``fresh(code, symbols)`` is asked for the name of a subexpression that occurs more than once, and is to write
    the line that computes it.

    >>> from autograd import tanh
    >>> x = Formula.symbol("x")
    >>> printed([tanh(x) * (1 - tanh(x))], lambda code, symbols: print("t =", code) or "t")
    t = np.tanh(x)
    ['t * (1.0 - t)']
    """
    numbered: dict[Any, int] = {}
    number: dict[int, int] = {}
    order: list[Formula] = []
    uses: Counter[int] = Counter()
    for formula in formulas:
        for node in bottom_up(formula):
            if id(node) in number:
                continue
            key = (node.op, _told(node), *[number[id(arg)] for arg in _operands(node)]) if node.op else (node.name, repr(node.number))
            number[id(node)] = numbered.setdefault(key, len(numbered))
            if number[id(node)] == len(order):
                order.append(node)
                uses.update([number[id(arg)] for arg in _operands(node)])
        uses[number[id(formula)]] += 1
    texts: list[tuple[str, int]] = []
    symbols: list[set[str]] = []
    for i, node in enumerate(order):
        args = [number[id(arg)] for arg in _operands(node)]
        symbols.append(set().union(*[symbols[arg] for arg in args]) if args else {node.name} - {""})
        texts.append(_one(node, [texts[arg] for arg in args]))
        if node.op is not None and uses[i] > 1:
            texts[i] = fresh(texts[i][0], symbols[i]), CALL
    return [texts[number[id(formula)]][0] for formula in formulas]


def _operands(node: Formula) -> tuple[Formula, ...]:
    """What a node's code holds: where(step(e), a, b) compares e itself."""
    return node.args if _told(node) is None else (*node.args[0].args, *node.args[1:])


def _told(node: Formula) -> Op | None:
    """Of a choice the row that makes its condition, where that says by a comparison when it is 0."""
    condition = node.args[0].op if node.op is ops.where else None
    return condition if condition is not None and condition.zero else None


def symbols(formula: Formula) -> set[str]:
    """The names in a formula."""
    return {node.name for node in bottom_up(formula) if node.op is None and node.number is None}


def number(x: float) -> str:
    """A number in code."""
    return repr(x) if math.isfinite(x) else "-np.inf" if x < 0 else f"np.{x}"


def _one(node: Formula, operands: list[tuple[str, int]]) -> tuple[str, int]:
    if node.op is None:
        if node.number is None:
            return node.name, CALL
        return number(node.number), CALL if math.copysign(1, node.number) > 0 else MUL
    op = node.op
    if (told := _told(node)) is not None:
        (e, _), (then, _), (otherwise, _) = operands
        if node.args[2].op is None and node.args[1].op is ops.neg and then == f"-{e}" and otherwise == e:
            return f"-np.abs({e})", MUL
        return f"np.where({told.zero.format(e)}, {otherwise}, {then})", CALL
    if op.prec == CALL:
        library = "np." if hasattr(np, op.name) and not op.unlisted else ""
        return f"{library}{op.name}({', '.join(text for text, _ in operands)})", CALL
    texts = [f"({text})" if _loose(op, i, prec) else text for i, (text, prec) in enumerate(operands)]
    return op.text.format(*texts), op.prec


def _loose(op: Op, i: int, prec: int) -> bool:
    if op.prec == POW:
        return prec <= POW
    return prec < op.prec or (prec == op.prec and (i == 1 or op.arity == 1)) or (prec == ADD == op.prec and i == 1)
