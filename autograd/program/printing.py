"""Rules of the op table as NumPy code; written by hand for none.

A rule called with formulas is an expression. Here expressions become code over whole blocks: other rows than NumPy's
functions are replaced by what they are made of, and what occurs twice gets a name and is computed once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from types import BuiltinFunctionType

import numpy as np

from .. import ops
from ..formula import Formula, bottom_up
from ..op import ADD, CALL, MUL, OPS, POW, Op
from ..source import Shared

_WHERE = "np.where({0}, {1}, {2})", "np.where({zero}, {2}, {1})"  # NaN counts as true

MISSING = tuple(  # erf, erfc: what NumPy lacks, and is made of nothing else
    [row.name for row in OPS.values() if isinstance(row.fn, BuiltinFunctionType) and row.prec == CALL and not hasattr(np, row.name)]
)


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
        condition = node.args[0]
        if node.op is ops.where and condition.op is not None and condition.op.zero:  # it is written as a comparison
            args[0] = condition.op(*[done[id(arg)] for arg in condition.args])
        if node.op.squares and args[1].number in node.op.squares:
            square = node.op(args[0], 2.0)
            done[id(node)] = square * (args[0] if args[1].number == 3 else square)
            continue
        known = node.op.unlisted or node.op.prec != CALL or hasattr(np, node.op.name) or node.op.name in MISSING
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
    shared = Shared(formulas, _template, number, _WHERE)
    texts: list[tuple[str, int]] = []
    symbols: list[set[str]] = []
    for i, (node, (template, args)) in enumerate(zip(shared.nodes, shared.parts, strict=True)):
        symbols.append(set().union(*[symbols[arg] for arg in args]) if args else {node.name} - {""})
        texts.append(_one(node, template, [texts[arg] for arg in args]))
        if node.op is not None and shared.uses[i] > 1:
            texts[i] = fresh(texts[i][0], symbols[i]), CALL
    return [texts[root][0] for root in shared.roots]


def symbols(formula: Formula) -> set[str]:
    """The names in a formula."""
    return {node.name for node in bottom_up(formula) if node.op is None and node.number is None}


def number(x: float) -> str:
    """A number in code."""
    return repr(x) if math.isfinite(x) else "-np.inf" if x < 0 else f"np.{x}"


def _template(op: Op) -> str:
    library = "np." if hasattr(np, op.name) and not op.unlisted else ""
    return f"{library}{op.name}({', '.join([f'{{{i}}}' for i in range(op.arity)])})" if op.prec == CALL else op.text


def _one(node: Formula, template: str, operands: list[tuple[str, int]]) -> tuple[str, int]:
    """A node's code and how tightly it binds."""
    if node.op is None:
        return template, MUL if node.number is not None and math.copysign(1, node.number) < 0 else CALL
    texts = [f"({text})" if node.op.prec != CALL and _loose(node.op, i, prec) else text for i, (text, prec) in enumerate(operands)]
    halves = node.op is ops.where and node.args[0].op is ops.step and node.args[2].op is None  # as stable.mirrored takes one of two
    mirrored = halves and texts == [node.args[2].name, f"-{texts[0]}", texts[0]]
    return (f"-np.abs({texts[0]})", MUL) if mirrored else (template.format(*texts), node.op.prec)


def _loose(op: Op, i: int, prec: int) -> bool:
    if op.prec == POW:
        return prec <= POW
    return prec < op.prec or (prec == op.prec and (i == 1 or op.arity == 1)) or (prec == ADD == op.prec and i == 1)
