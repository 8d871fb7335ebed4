"""Python's face of a carrier: operators, each the row of the op table that it is written as, and methods, one for each row.

The row finds out whose number the result is, so that a formula plus a dual number over formulas is a dual number.
NumPy arrays are left to NumPy, which goes through them element by element.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import ops
from .op import OPS, Op


class Operators:
    """The operators + - * / ** and abs as rows of the table."""

    __slots__ = ()
    _op_priority = 1000.0  # SymPy leaves the arithmetic to this class

    def __add__(self, other: Any) -> Any:
        return _infix(ops.add, self, other)

    def __radd__(self, other: Any) -> Any:
        return _infix(ops.add, other, self)

    def __sub__(self, other: Any) -> Any:
        return _infix(ops.sub, self, other)

    def __rsub__(self, other: Any) -> Any:
        return _infix(ops.sub, other, self)

    def __mul__(self, other: Any) -> Any:
        return _infix(ops.mul, self, other)

    def __rmul__(self, other: Any) -> Any:
        return _infix(ops.mul, other, self)

    def __truediv__(self, other: Any) -> Any:
        return _infix(ops.div, self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _infix(ops.div, other, self)

    def __pow__(self, other: Any) -> Any:
        return _infix(ops.pow_, self, other)

    def __rpow__(self, other: Any) -> Any:
        return _infix(ops.pow_, other, self)

    def __neg__(self) -> Any:
        return ops.neg(self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return ops.abs_(self)


def _infix(op: Op, a: Any, b: Any) -> Any:
    return NotImplemented if hasattr(a, "__array_finalize__") or hasattr(b, "__array_finalize__") else op(a, b)


def give_methods(kind: type) -> None:
    """Give a class every row of the table as a method, under the row's name and its aliases."""
    for row in OPS.values():
        for name in (row.name, *row.aliases):
            setattr(kind, name, _method(row))


def _method(row: Op) -> Callable[..., Any]:
    def method(self: Any, *others: Any) -> Any:
        return row(self, *others)

    method.__name__ = method.__qualname__ = row.name
    method.__doc__ = f"``{row.text}`` with this number as its first operand."
    return method
