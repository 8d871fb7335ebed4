"""What a Value of the Python engine consists of, and how the recorders fill it.

A row of one operand or two, as most are, has each of them in a slot of its own, with its number and its partial beside it. So a
node is one object that the garbage collector visits, where a tuple of operands would be a second one, and a backward finds what
it asks for without unpacking. Rows of more operands have all of that in one tuple, ``edges``, and so have leaves, empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .op import Op
    from .value import Value


class Slots:
    """The slots, and from them args, primals and partials."""

    __slots__ = (
        *("a", "b", "number_a", "number_b", "slope_a", "slope_b", "edges"),
        *("compared", "data", "grad", "hooks", "name", "op", "seen"),
    )

    data: float
    grad: float
    op: Op | None
    name: str | None
    hooks: dict[Any, Any] | None
    compared: bool  # by < or > of Python, whose outcome the graph does not hold
    seen: object  # what the last backward that came by marked it with, where an operation made it

    a: Any
    b: Any  # None for a row of one operand
    number_a: float
    number_b: float
    slope_a: float | None  # None, as slope_b, for a constant, and where edges has the operands: then a and b are not there
    slope_b: float | None
    edges: tuple[Any, ...]  # args, primals and partials one behind the other

    def hold(self, args: tuple[Value | float, ...], primals: tuple[float, ...], partials: tuple[float | None, ...]) -> None:
        """Take these operands, their numbers and partials, as a recorder does."""
        if _in_edges(partials):
            self.edges = (*args, *primals, *partials)
            self.slope_a = self.slope_b = None
        elif len(args) == 1:
            (self.a,), (self.number_a,), (self.slope_a,) = args, primals, partials
            self.b = self.slope_b = None
        else:
            (self.a, self.b), (self.number_a, self.number_b), (self.slope_a, self.slope_b) = args, primals, partials

    @property
    def args(self) -> tuple[Value | float, ...]:
        """The operands in order, Values or floats."""
        if self.slope_a is None and self.slope_b is None:
            return self.edges[: len(self.edges) // 3]
        return (self.a,) if self.b is None else (self.a, self.b)

    @property
    def primals(self) -> tuple[float, ...]:
        """The operands' numbers when this value was made."""
        if self.slope_a is None and self.slope_b is None:
            return self.edges[len(self.edges) // 3 : 2 * len(self.edges) // 3]
        return (self.number_a,) if self.b is None else (self.number_a, self.number_b)

    @property
    def partials(self) -> tuple[float | None, ...]:
        """∂self/∂arg at the primals, None for constants."""
        if self.slope_a is None and self.slope_b is None:
            return self.edges[2 * len(self.edges) // 3 :]
        return (self.slope_a,) if self.b is None else (self.slope_a, self.slope_b)


def _in_edges(partials: tuple[Any, ...]) -> bool:
    return len(partials) > 2 or partials.count(None) == len(partials)


def stores(args: list[str], xs: list[str], partials: list[str | None]) -> tuple[str, str]:
    """The code that does what `Slots.hold` does: the statements that compute the partials, and the others."""
    if _in_edges(tuple(partials)):
        return f"node.edges = {', '.join(map(str, [*args, *xs, *partials]))}", "node.slope_a = node.slope_b = None"
    slopes = "; ".join(f"node.slope_{letter} = {partial}" for letter, partial in zip("ab", partials, strict=False))
    operands = "; ".join(f"node.{letter} = {arg}; node.number_{letter} = {x}" for letter, arg, x in zip("ab", args, xs, strict=False))
    return slopes, operands if len(args) == 2 else f"{operands}; node.b = node.slope_b = None"
