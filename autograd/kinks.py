"""Where a recorded graph stands at a point without a derivative, and which one was taken there."""

from __future__ import annotations

import math
from typing import NamedTuple

from .chain import readings
from .formula import Formula
from .graph import topological
from .op import Op
from .value import Value

_READABLE = 4  # operations in an operand that has no name


class Kink(NamedTuple):
    """An operation at a point where a partial derivative of its jumps, or is infinite.

    ``node`` is the operation's value, ``text`` how it is written, ``point`` its inputs, ``partials`` what was taken for the
    partial derivatives (None for constants): the convention of the row, see CONVENTIONS.md.
    """

    node: Value
    text: str
    operands: tuple[str, ...]
    point: tuple[float, ...]

    @property
    def row(self) -> Op:
        """The operation."""
        assert self.node.op is not None
        return self.node.op

    @property
    def partials(self) -> tuple[float | None, ...]:
        """The partial derivatives that were taken."""
        return self.node.partials

    def __repr__(self) -> str:
        numbers = dict.fromkeys(f"{name} = {x:g}" for name, x in zip(self.operands, self.point, strict=True) if not _is_number(name))
        taken = [f"{p:g}" for p in self.partials if p is not None]
        at = f" at {', '.join(numbers)}" if numbers else ""
        return f"{self.text} has no derivative{at}; taken: {', '.join(taken)}"


def kinks(output: Value) -> list[Kink]:
    """The operations below ``output`` that stand where they have no derivative, in the order of the program.

    >>> x, b = Value(-2.0, name="x"), Value(2.0, name="b")
    >>> kinks((x + b).named("z").relu() * 3)
    [relu(z) has no derivative at z = 0; taken: 0]
    """
    found = [node for node in topological(output) if node.op is not None and _has_kink(node)]
    known = readings(output, longest=_READABLE) if found else {}
    return [_kink(node, [known[arg] if isinstance(arg, Value) else Formula.constant(arg) for arg in node.args]) for node in found]


def _kink(node: Value, operands: list[Formula]) -> Kink:
    assert node.op is not None
    return Kink(node, Formula.__op__(node.op, tuple(operands)).text, tuple([operand.text for operand in operands]), _point(node))


def _point(node: Value) -> tuple[float, ...]:
    return tuple([arg.data if isinstance(arg, Value) else arg for arg in node.args])


def _has_kink(node: Value) -> bool:
    assert node.op is not None
    point = _point(node)
    if not all(map(math.isfinite, (*point, node.data))):
        return False
    jumps = node.op.kink is not None and node.op.kink(*point) == 0
    return jumps or any(p is not None and math.isinf(p) for p in node.partials)


def _is_number(text: str) -> bool:
    return text.lstrip("-")[:1].isdigit()
