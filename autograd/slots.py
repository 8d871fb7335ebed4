"""What a Value of the Python engine consists of, and how the recorders fill it.

A row of one operand or two, as most are, has each of them in a slot of its own, with its number and its partial beside it. So a
node is one object that the garbage collector visits, where a tuple of operands would be a second one, and a backward finds what
it asks for without unpacking. Rows of more operands have all of that in one tuple, ``_edges``, and so have leaves, empty.

A slot is the engine's own, and its name begins with an underscore; what a user reads and sets is a property that looks at what it gets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .operands import number, text
from .watching import changed, looked_at, watching

if TYPE_CHECKING:
    from .op import Op
    from .value import Value


class Slots:
    """The slots, and from them what a Value shows."""

    __slots__ = (
        *("_arg_a", "_arg_b", "_primal_a", "_primal_b", "_partial_a", "_partial_b", "_edges"),
        *("_compared", "_data", "_grad", "_hooks", "_name", "_row", "_seen"),
    )

    _data: float
    _grad: float  # not there before a backward comes by, where an operation made it
    _row: Op | None
    _name: str | None  # not there where it was never named
    _hooks: dict[Any, Any] | None
    _compared: bool  # by Python, whose outcome the graph does not hold
    _seen: object  # what the last backward that came by marked it with, where an operation made it

    _arg_a: Any
    _arg_b: Any  # None for a row of one operand
    _primal_a: float
    _primal_b: float
    _partial_a: float | None  # None, as _partial_b, for a constant, and where _edges has the operands: then _arg_a and _arg_b are not there
    _partial_b: float | None
    _edges: tuple[Any, ...]  # args, primals and partials one behind the other

    def _hold(self, args: tuple[Value | float, ...], primals: tuple[float, ...], partials: tuple[float | None, ...]) -> None:
        """Take these operands, their numbers and partials, as a recorder does."""
        if _in_edges(partials):
            self._edges = (*args, *primals, *partials)
            self._partial_a = self._partial_b = None
        elif len(args) == 1:
            (self._arg_a,), (self._primal_a,), (self._partial_a,) = args, primals, partials
            self._arg_b = self._partial_b = None
        else:
            (self._arg_a, self._arg_b), (self._primal_a, self._primal_b), (self._partial_a, self._partial_b) = args, primals, partials

    @property
    def data(self) -> float:
        """The number. Setting it converts a real number to a float; TypeError for anything else.

        ValueError for both while a function is recorded for other points, where a plain number would stay that of this one.
        """
        if watching:
            looked_at(self, "data")
        return self._data

    @data.setter
    def data(self, thing: float) -> None:
        if watching:
            changed(self, "data")
        self._data = number(thing, "the data of a Value")

    @property
    def grad(self) -> float:
        """The derivative of the last ``backward()``'s root with respect to this value; read and set as ``data`` is."""
        if watching:
            looked_at(self, "grad")
        try:
            return self._grad
        except AttributeError:
            return 0.0

    @grad.setter
    def grad(self, thing: float) -> None:
        if watching:
            changed(self, "grad")
        self._grad = number(thing, "the gradient of a Value")

    @property
    def name(self) -> str | None:
        """The quantity's name, or None. TypeError for what is no text or blank."""
        return getattr(self, "_name", None)

    @name.setter
    def name(self, name: str | None) -> None:
        self._name = None if name is None else text(name)

    @property
    def op(self) -> Op | None:
        """The row of the op table that made it, None for a leaf."""
        return self._row

    @property
    def args(self) -> tuple[Value | float, ...]:
        """The operands in order, Values or floats."""
        if self._partial_a is None and self._partial_b is None:
            return self._edges[: len(self._edges) // 3]
        return (self._arg_a,) if self._arg_b is None else (self._arg_a, self._arg_b)

    @property
    def primals(self) -> tuple[float, ...]:
        """The operands' numbers when this value was made."""
        if self._partial_a is None and self._partial_b is None:
            return self._edges[len(self._edges) // 3 : 2 * len(self._edges) // 3]
        return (self._primal_a,) if self._arg_b is None else (self._primal_a, self._primal_b)

    @property
    def partials(self) -> tuple[float | None, ...]:
        """∂self/∂arg at the primals, None for constants."""
        if self._partial_a is None and self._partial_b is None:
            return self._edges[2 * len(self._edges) // 3 :]
        return (self._partial_a,) if self._arg_b is None else (self._partial_a, self._partial_b)


def _in_edges(partials: tuple[Any, ...]) -> bool:
    return len(partials) > 2 or partials.count(None) == len(partials)


def stores(args: list[str], xs: list[str], partials: list[str | None]) -> tuple[str, str]:
    """The code that does what `Slots._hold` does: the statements that compute the partials, and the others."""
    if _in_edges(tuple(partials)):
        return f"node._edges = {', '.join(map(str, [*args, *xs, *partials]))}", "node._partial_a = node._partial_b = None"
    slopes = "; ".join(f"node._partial_{letter} = {partial}" for letter, partial in zip("ab", partials, strict=False))
    operands = "; ".join(f"node._arg_{letter} = {arg}; node._primal_{letter} = {x}" for letter, arg, x in zip("ab", args, xs, strict=False))
    return slopes, operands if len(args) == 2 else f"{operands}; node._arg_b = node._partial_b = None"
