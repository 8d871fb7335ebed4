"""Plain float code for every row, made by tracing its rules; written by hand for none.

A rule called with formulas for its inputs is an expression, and an expression writes itself as Python code.
So the general rule costs nothing when a program runs: recording ``a * b`` executes ``x0 * x1`` and keeps
``(x1, x0)``, as if somebody had written a recorder for the product.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from types import BuiltinFunctionType
from typing import Any

from .formula import Formula
from .op import OPS, Op, Rule

_RECORDER = """
def record_{name}({args}):
    {unpack}
    try:
        y = {value}
        partials = ({partials},)
    except (ValueError, ArithmeticError):
        y, partials = exceptional(op, ({xs},), {wanted}, ({args},))
    node = new(Value)
    node.data = y
    node.grad = 0.0
    node.op = op
    node.args = ({args},)
    node.partials = partials
    node.name = None
    return node
"""


def recorder(op: Op, wanted: tuple[bool, ...], value_type: type) -> Callable[..., Any]:
    """The function that records this operation; ``wanted`` says which operands are Values, the others are floats."""
    args, xs = [f"a{i}" for i in range(op.arity)], [f"x{i}" for i in range(op.arity)]
    source = _RECORDER.format(
        name=op.name,
        args=", ".join(args),
        xs=", ".join(xs),
        unpack="; ".join(f"{x} = {a}.data" if want else f"{x} = {a}" for x, a, want in zip(xs, args, wanted, strict=True)),
        value=value_code(op),
        partials=", ".join(partial_code(op, i) if want else "None" for i, want in enumerate(wanted)),
        wanted=wanted,
    )
    made = _run(source, op=op, Value=value_type, new=value_type.__new__, exceptional=_exceptional)
    return made[f"record_{op.name}"]  # type: ignore[no-any-return]


def value_code(op: Op) -> str:
    """The row's value as code over x0, x1, …

    >>> from autograd import ops
    >>> value_code(ops.mul), value_code(ops.tanh), value_code(ops.softplus)
    ('(x0 * x1)', 'tanh(x0)', '(maximum(x0, 0.0) + log1p(exp((-abs(x0)))))')
    """
    traced = _traced(op)
    return traced.code if traced is not None else f"{op.name}({', '.join(f'x{i}' for i in range(op.arity))})"


def partial_code(op: Op, i: int) -> str:
    """The row's partial derivative as code over y, x0, x1, …

    >>> from autograd import ops
    >>> partial_code(ops.mul, 0), partial_code(ops.sigmoid, 0)
    ('x1', '(y * sigmoid((-x0)))')
    """
    rule = op.partials[i](Formula.symbol("y"), *_inputs(op))
    return rule.code if isinstance(rule, Formula) else repr(float(rule))


@cache
def on_floats(op: Op) -> Rule:
    """The row's value as a function of floats, which may raise as those of :mod:`math` do."""
    if _traced(op) is None:
        return op.fn
    made = _run(f"value = lambda {', '.join(f'x{i}' for i in range(op.arity))}: {value_code(op)}")
    return made["value"]  # type: ignore[no-any-return]


@cache
def slope_on_floats(op: Op, i: int) -> Rule:
    """The row's partial derivative as a function of the output and the inputs, all floats; it may raise, too."""
    made = _run(f"slope = lambda y, {', '.join(f'x{k}' for k in range(op.arity))}: {partial_code(op, i)}")
    return made["slope"]  # type: ignore[no-any-return]


def _inputs(op: Op) -> list[Formula]:
    return [Formula.symbol(f"x{i}") for i in range(op.arity)]


def _traced(op: Op) -> Formula | None:
    """The value's rule as a formula; None for a row that is its own primitive (exp, maximum, where)."""
    if isinstance(op.fn, BuiltinFunctionType):
        return None
    try:
        traced = op.fn(*_inputs(op))
    except TypeError:
        return None
    return traced if isinstance(traced, Formula) else None


def _run(source: str, **scope: Any) -> dict[str, Any]:
    """Execute generated code in which a row's name is its function of floats; returns what it defined."""
    names = {token for token in re.findall(r"\w+", source) if token in OPS}
    scope |= {name: on_floats(OPS[name]) for name in names - scope.keys()}
    exec(compile(source, "<kernel>", "exec"), scope)
    return scope


def _exceptional(op: Op, xs: tuple[float, ...], wanted: tuple[bool, ...], args: tuple[Any, ...]) -> tuple[float, tuple[float | None, ...]]:
    """Value and partials where plain floats raise: infinities as IEEE 754 has them, or a DomainError with names."""
    try:
        y = op.evaluate(*xs)
    except ValueError:
        op.refuse(xs, tuple([arg.name if want else None for arg, want in zip(args, wanted, strict=True)]))
    return y, tuple([op.derivative(i, y, *xs) if want else None for i, want in enumerate(wanted)])
