"""Plain float code for every row, made by tracing its rules; written by hand for none.

A rule called with formulas for its inputs is an expression, which is written down as Python code.
So the general rule costs nothing when a program runs: recording ``a * b`` executes ``x0 * x1`` and keeps
``x1, x0``, as if somebody had written a recorder for the product. What a value and its partials have in common is
computed once, and of a ``where`` only the side that is taken.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from functools import cache, partial
from types import BuiltinFunctionType
from typing import Any

from .formula import Formula
from .modes import modes
from .op import OPS, Op, Rule
from .slots import stores
from .source import expressions

_NODE = """
if modes:
    return record(op, ({args},))
{unpack}
try:
    y = {value}
    if y != y:
        raise ValueError
    node = new()
    {partials}
except (ValueError, ArithmeticError):
    return record(op, ({args},))
node._data = y
node._row = op
{operands}
node._seen = None
return node
"""

_RECORDER = """
def record_{name}({args}):
{node}
"""

_OPERATOR = """
def {name}({left}, {right}):
    kind = type({other})
    if kind is Value or kind in values:
{both}
    if kind is int:
        {other} = number({other}, "an operand of {row}")
    if kind is float or kind is int:
{one}
    return operate(op, a0, a1)
"""


def recorder(op: Op, wanted: tuple[bool, ...], **engine: Any) -> Callable[..., Any]:
    """The function that records this operation; ``wanted`` says which operands are Values, the others are floats.

    ``engine`` is what the code takes from the engine: Value, and record(op, args), which records while any thread is in
    a mode of recording, and where plain floats raise.
    """
    source = _RECORDER.format(name=op.name, args=", ".join(f"a{i}" for i in range(op.arity)), node=_node(op, wanted, 4))
    return _made(source, op, engine)[f"record_{op.name}"]  # type: ignore[no-any-return]


def operator(op: Op, name: str, other: int, **engine: Any) -> Callable[..., Any]:
    """The method of an infix operation; ``other`` is the other operand's place: 1 in ``v * x``, 0 in ``x * v``.

    ``engine`` as for `recorder`, with ``values``, the types that are Values, ``number(thing, what)``, and
    ``operate(op, a, b)`` for other operands.
    """
    source = _OPERATOR.format(
        name=name,
        row=op.name,
        left=f"a{1 - other}",
        right=f"a{other}",
        other=f"a{other}",
        both=_node(op, (True, True), 8),
        one=_node(op, (other == 1, other == 0), 8),
    )
    return _made(source, op, engine)[name]  # type: ignore[no-any-return]


def _node(op: Op, wanted: tuple[bool, ...], indent: int) -> str:
    args, xs = [f"a{i}" for i in range(op.arity)], [f"x{i}" for i in range(op.arity)]
    needed = [partial_rule(op, i) for i, want in enumerate(wanted) if want]
    value, *slopes = expressions([_value(op), *needed], ["y"] + [""] * len(needed))
    given = iter(slopes)
    partials, operands = stores(args, xs, [next(given) if want else None for want in wanted])
    code = _NODE.format(
        args=", ".join(args),
        unpack="; ".join(f"{x} = {a}._data" if want else f"{x} = {a}" for x, a, want in zip(xs, args, wanted, strict=True)),
        value=value,
        partials=partials,
        operands=operands,
    )
    return textwrap.indent(code.strip(), " " * indent)


def _made(source: str, op: Op, engine: dict[str, Any]) -> dict[str, Any]:
    return _run(source, op=op, new=partial(object.__new__, engine["Value"]), modes=modes, **engine)


@cache
def on_floats(op: Op) -> Rule:
    """The row's value as a function of floats, which may raise as those of :mod:`math` do."""
    if op.unlisted:
        return op.evaluate
    if value_rule(op) is None:
        return op.fn
    made = _run(f"value = lambda {', '.join(f'x{i}' for i in range(op.arity))}: {expressions([_value(op)], [''])[0]}")
    return made["value"]  # type: ignore[no-any-return]


@cache
def slope_on_floats(op: Op, i: int) -> Rule:
    """The row's partial derivative as a function of the output and the inputs, all floats; it may raise, too."""
    if op.unlisted:
        return partial(op.derivative, i)
    made = _run(f"slope = lambda y, {', '.join(f'x{k}' for k in range(op.arity))}: {expressions([partial_rule(op, i)], [''])[0]}")
    return made["slope"]  # type: ignore[no-any-return]


def _inputs(op: Op) -> list[Formula]:
    return [Formula.symbol(f"x{i}") for i in range(op.arity)]


def _value(op: Op) -> Formula:
    """The row's value in terms of other rows, or of itself where it is a primitive."""
    traced = value_rule(op)
    return Formula._new(op, tuple(_inputs(op)), "", None) if traced is None else traced


def value_rule(op: Op) -> Formula | None:
    """The row's value as a formula of x0, x1, …; None for a row that is its own primitive (exp, maximum, where)."""
    if isinstance(op.fn, BuiltinFunctionType):
        return None
    try:
        traced = op.fn(*_inputs(op))
    except TypeError:
        return None
    return traced if isinstance(traced, Formula) else None


def partial_rule(op: Op, i: int) -> Formula:
    """The row's partial derivative for one number at a time, as a formula of y, x0, x1, …"""
    rule = op.scalar[i](Formula.symbol("y"), *_inputs(op))
    return rule if isinstance(rule, Formula) else Formula.constant(float(rule))


def _run(source: str, **scope: Any) -> dict[str, Any]:
    """Execute generated code in which a row's name is its function of floats; returns what it defined."""
    names = {token for token in re.findall(r"\w+", source) if token in OPS}
    scope |= {name: on_floats(OPS[name]) for name in names - scope.keys()}
    exec(compile(source, "<kernel>", "exec"), scope)
    return scope


def exceptional(op: Op, xs: tuple[float, ...], wanted: tuple[bool, ...], args: tuple[Any, ...]) -> tuple[float, tuple[float | None, ...]]:
    """Value and partials where plain floats raise: infinities as IEEE 754 has them, or a DomainError with names."""
    try:
        y = op.evaluate(*xs)
    except ValueError:
        op.refuse(xs, tuple([arg.name if want else None for arg, want in zip(args, wanted, strict=True)]))
    return y, tuple([op.derivative(i, y, *xs) if want else None for i, want in enumerate(wanted)])
