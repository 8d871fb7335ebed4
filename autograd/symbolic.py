"""Rows of the op table over SymPy's expressions, by SymPy's function of the row's name, so that SymPy knows what it has.

SymPy is not needed otherwise and never imported here: who has an expression has imported it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from .op import CALL, Constant, Op

_NAMED: dict[str, Callable[..., Any]] = {  # where SymPy has another name, or none
    "square": lambda S, x: x**2,
    "expm1": lambda S, x: S.exp(x) - 1,
    "log1p": lambda S, x: S.log(1 + x),
    "exp2": lambda S, x: 2**x,
    "log2": lambda S, x: S.log(x) / S.log(2),
    "log10": lambda S, x: S.log(x) / S.log(10),
    "logaddexp": lambda S, a, b: S.log(S.exp(a) + S.exp(b)),
    "hypot": lambda S, a, b: S.sqrt(a**2 + b**2),
    "abs": lambda S, x: S.Abs(x),
    "step": lambda S, x: S.Heaviside(x, 0),
    "where": lambda S, c, a, b: S.Piecewise((a, S.Ne(c, 0)), (b, True)),
    "ceil": lambda S, x: S.ceiling(x),
    "fmod": lambda S, a, b: S.sign(a) * S.Mod(S.Abs(a), S.Abs(b)),
    "minimum": lambda S, a, b: S.Min(a, b),
    "maximum": lambda S, a, b: S.Max(a, b),
    "sigmoid": lambda S, x: 1 / (1 + S.exp(-x)),
    "softplus": lambda S, x: S.log(1 + S.exp(x)),
    "silu": lambda S, x: x / (1 + S.exp(-x)),
    "gelu": lambda S, x: x * (1 + S.erf(x / S.sqrt(2))) / 2,
}


def evaluate(op: Op, args: tuple[Any, ...]) -> Any:
    """The row's value at expressions, an expression."""
    library = sys.modules["sympy"]
    xs = [arg.exactly(library) if isinstance(arg, Constant) else library.sympify(arg, strict=True) for arg in args]
    if op.name in _NAMED:
        return _NAMED[op.name](library, *xs)
    return (op.own if op.prec != CALL else getattr(library, op.name, op.own))(*xs)
