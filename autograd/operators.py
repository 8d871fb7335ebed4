"""Python's face of a carrier: operators, each a row of the op table, and methods, one for each row.

The row finds out whose number the result is, so that a formula plus a dual number over formulas is a dual number.
NumPy arrays are left to NumPy, which goes through them element by element.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import ops
from .op import Op

_ROWS = [row for row in vars(ops).values() if isinstance(row, Op)]
OPERATORS = {row.operator: row for row in _ROWS if row.operator}


class Operators:
    """The operators + - * / ** and abs as rows of the table."""

    __slots__ = ()
    _op_priority = 1000.0  # SymPy leaves the arithmetic to this class

    def __pos__(self) -> Any:
        return self

    if TYPE_CHECKING:  # made of the table's rows, see below

        def __add__(self, other: Any) -> Any: ...
        def __radd__(self, other: Any) -> Any: ...
        def __sub__(self, other: Any) -> Any: ...
        def __rsub__(self, other: Any) -> Any: ...
        def __mul__(self, other: Any) -> Any: ...
        def __rmul__(self, other: Any) -> Any: ...
        def __truediv__(self, other: Any) -> Any: ...
        def __rtruediv__(self, other: Any) -> Any: ...
        def __pow__(self, other: Any) -> Any: ...
        def __rpow__(self, other: Any) -> Any: ...
        def __neg__(self) -> Any: ...
        def __abs__(self) -> Any: ...


def _give_operator(kind: type, name: str, row: Op) -> None:
    """Give a class the operator of a row, also for where an object of it stands on the right."""

    def prefix(self: Any) -> Any:
        return row(self)

    def infix(self: Any, other: Any) -> Any:
        return NotImplemented if hasattr(other, "__array_finalize__") else row(self, other)

    def reflected(self: Any, other: Any) -> Any:
        return NotImplemented if hasattr(other, "__array_finalize__") else row(other, self)

    for prefixed, method in ((f"__{name}__", prefix if row.arity == 1 else infix), (f"__r{name}__", reflected))[: row.arity]:
        method.__name__ = prefixed
        setattr(kind, prefixed, method)


def give_methods(kind: type) -> None:
    """Give a class every row of the table as a method, under the row's name and its aliases."""
    named = [(name, row) for row in _ROWS for name in (row.name, *row.aliases)]
    made: dict[str, Any] = {"__name__": __name__} | {f"row_{i}": row for i, (_, row) in enumerate(named)}
    exec(compile("".join([_method(i, name, row) for i, (name, row) in enumerate(named)]), "<kernel>", "exec"), made)
    for name, row in named:
        made[name].__doc__ = _said(row, "self")
        setattr(kind, name, made[name])


def _said(row: Op, first: str) -> str:
    """What a row is, with a name for its first operand."""
    operands = [first, *row.operands[1:]]
    needs = f"; it needs {row.domain.format(*operands).replace('|', 'or')}" if row.domain else ""
    return f"``{row.text.format(*operands)}``{needs}."


def _method(i: int, name: str, row: Op) -> str:
    """A row as a method, with names for its other operands."""
    others = list(row.operands[1:])
    least = len(others) - len(row.defaults)
    asked = others[:least] + [f"{name}={default!r}" for name, default in zip(others[least:], row.defaults, strict=True)]
    return f"def {name}({', '.join(['self', *asked])}):\n    return row_{i}({', '.join(['self', *others])})\n"


for _row in _ROWS:  # which are functions to whoever calls them
    vars(_row).update(__name__=_row.name, __doc__=_said(_row, _row.operands[0]))
for _name, _row in OPERATORS.items():
    _give_operator(Operators, _name, _row)
