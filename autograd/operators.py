"""Python's face of a carrier: operators, each the row of the op table that it is written as, and methods, one for each row.

The row finds out whose number the result is, so that a formula plus a dual number over formulas is a dual number.
NumPy arrays are left to NumPy, which goes through them element by element.
"""

from __future__ import annotations

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
    named = [(name, row) for row in OPS.values() for name in (row.name, *row.aliases)]
    made: dict[str, Any] = {"__name__": __name__} | {f"row_{i}": row for i, (_, row) in enumerate(named)}
    exec("".join([_method(i, name, row) for i, (name, row) in enumerate(named)]), made)
    for name, row in named:
        operands = ["self", *row.letters[1:]]
        needs = f"; it needs {row.domain.format(*operands).replace('|', 'or')}" if row.domain else ""
        made[name].__doc__ = f"``{row.text.format(*operands)}``{needs}."
        setattr(kind, name, made[name])


def _method(i: int, name: str, row: Op) -> str:
    """A row as a method, with names for its other operands."""
    others = row.letters[1:]
    least = len(others) - len(row.defaults)
    asked = others[:least] + [f"{letter}={default!r}" for letter, default in zip(others[least:], row.defaults, strict=True)]
    return f"def {name}({', '.join(['self', *asked])}):\n    return row_{i}({', '.join(['self', *others])})\n"
