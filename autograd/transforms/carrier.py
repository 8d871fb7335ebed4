"""What the carriers of derivatives have in common: a level, an inner number, and Python's face of a number.

An operation belongs to the highest level among its operands; what is of a lower level is a constant for it. The inner numbers
are anything that the op table computes with: floats, fractions, mpmath's, SymPy's, formulas, Values, carriers of a lower level.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, NoReturn, Self

from ..constant import Constant
from ..modes import modes
from ..op import Op
from ..operators import Operators, give_methods
from ..value import Value
from .levels import silenced
from .numbers import cut, ground, inmost


class Carrier(Operators):
    """A number of one transform: ``primal`` is its value, a number of a lower level.

    Comparisons are by value, and those of Values are known to whoever records these. It does not turn into a float, which would
    lose the derivative, and is not hashable.
    """

    __slots__ = ("level", "primal")
    __rank__ = 1  # above Values and formulas

    level: int
    primal: Any

    @staticmethod
    def __op__(op: Op, args: tuple[Any, ...]) -> Any:
        top = max([arg for arg in args if isinstance(arg, Carrier)], key=lambda carrier: carrier.level)
        if modes and silenced():
            return top.constant(op(*map(ground, args)))
        return top.apply(op, tuple([_plain(arg, top) for arg in args]))

    @abstractmethod
    def apply(self, op: Op, args: tuple[Any, ...]) -> Carrier:
        """The row's value as a carrier of this one's level, which is the highest among the arguments."""

    @abstractmethod
    def constant(self, number: Any) -> Carrier:
        """A number of lower level as one of this level whose derivative is 0."""

    def own(self, arg: Any) -> bool:
        """Whether an argument is of this level."""
        return isinstance(arg, Carrier) and arg.level == self.level

    def __lt__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a < b)

    def __le__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a <= b)

    def __gt__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a > b)

    def __ge__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a >= b)

    def __eq__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a == b)

    def __ne__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a != b)

    __hash__ = None  # type: ignore[assignment]

    def detach(self) -> Any:
        """The number as a constant, as `stop_gradient` gives it."""
        return cut([self], "detach()")[0]

    def named(self, name: str) -> Self:
        """Give the Value that is carried in the end, if there is one, this name, as networks do; returns the carrier."""
        carried = inmost(self)
        if isinstance(carried, Value):
            carried.named(name)
        return self

    def _compared(self, other: Any, relation: Callable[[Any, Any], Any]) -> Any:
        if hasattr(other, "__array_finalize__"):
            return NotImplemented
        return relation(inmost(self), inmost(other))

    def __float__(self) -> NoReturn:
        raise TypeError(
            f"{self!r} does not turn into a float: that would lose its derivative; use functions of autograd "
            "(from autograd import exp) instead of math's, and stop_gradient(x) where the number alone is meant"
        )

    __int__ = __complex__ = __index__ = __float__

    def __bool__(self) -> NoReturn:
        raise TypeError(f"the truth of {self!r} is not defined: compare it, as in x != 0")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.primal!r})"

    def __format__(self, spec: str) -> str:
        return format(ground(self), spec) if spec else repr(self)


def _plain(arg: Any, beside: Carrier) -> Any:
    """An operand without NumPy's types, whose arithmetic warns where the table's has an error."""
    if isinstance(arg, Constant):
        return arg.beside(beside)
    if type(arg).__module__ == "numpy" and getattr(arg, "shape", None) == ():
        return arg.item()
    return arg


give_methods(Carrier)
