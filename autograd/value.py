"""Value: a number that remembers how it was made, and so can tell its derivatives.

Every operation on Values records a new Value with the row of the op table that made it, its arguments in order,
and its local derivatives, already numbers. ``backward()`` walks that record once, from the end to the leaves:
a node's gradient times its local derivative flows on to each argument, and what arrives is added up.

A Value never becomes a plain number by itself: ``float(v)`` raises, since it would cut the graph silently.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from numbers import Real
from typing import TYPE_CHECKING, Any, NoReturn, Self

from . import graph, native, ops
from .kernels import exceptional, recorder
from .op import OPS, Op, describe

_OURS = (Real, str, bytes, complex, type(None), list, tuple, dict, set)  # operands whose own operators cannot know better


class Value:
    """A scalar in a computation graph.

    ``data`` is the number, ``grad`` the derivative of the last ``backward()``'s root with respect to this value
    (leaves add up over calls until ``zero_grad()``), ``op`` the row that made it (None for a leaf), ``args`` its
    operands in order (Values, or floats for constants), ``partials`` ∂self/∂arg for each (None for constants),
    ``name`` the quantity's name or None.

    >>> x, w = Value(2.0, name="x"), Value(-3.0, name="w")
    >>> L = (x * w + 1) ** 2
    >>> L.backward()
    >>> L, w.grad
    (Value(data=25.0, grad=1.0), -20.0)

    Raises TypeError for data that is no real number.
    """

    __slots__ = ("args", "data", "grad", "name", "op", "partials")

    data: float
    grad: float
    op: Op | None
    args: tuple[Value | float, ...]
    partials: tuple[float | None, ...]
    name: str | None

    def __init__(self, data: float, *, name: str | None = None) -> None:
        self.data = number(data, "the data of a Value")
        self.grad = 0.0
        self.op = None
        self.args = ()
        self.partials = ()
        self.name = None
        if name is not None:
            self.named(name)

    def named(self, name: str) -> Self:
        """Give this quantity a name, for derivations and pictures; returns the Value itself."""
        if not isinstance(name, str) or not name.strip():
            raise TypeError(f"a name is a non-empty string, not {describe(name)}")
        self.name = name
        return self

    @classmethod
    def recorded(
        cls,
        op: Op | None,
        args: tuple[Value | float, ...],
        partials: tuple[float | None, ...],
        data: float,
        grad: float,
        name: str | None,
    ) -> Self:
        """A node with these attributes, as copies and pickles need it."""
        node = cls.__new__(cls)
        node.op, node.args, node.partials, node.data, node.grad, node.name = op, args, partials, data, grad, name
        return node

    @staticmethod
    def __op__(op: Op, args: tuple[Any, ...]) -> Value:
        """Record one operation: its value and the local derivatives that its Values need."""
        args = tuple([arg if isinstance(arg, Value) else number(arg, f"an operand of {op.name}") for arg in args])
        return _recorder(op, tuple([isinstance(arg, Value) for arg in args]))(*args)

    @property
    def operands(self) -> tuple[Value, ...]:
        """The arguments that are Values, in order, a repeated one repeated."""
        return tuple([arg for arg in self.args if isinstance(arg, Value)])

    # ---- gradients ----

    def backward(self) -> None:
        """Put ∂self/∂v into ``v.grad`` of every value that self depends on.

        Leaves add to what earlier calls left; gradients in between are those of this call. A value whose
        gradient is exactly 0 passes nothing on, so a branch that ``where`` did not take cannot make a NaN.
        """
        order = graph.topological(self)
        for node in order:
            if node.args:
                node.grad = 0.0
        self.grad += 1.0
        for node in reversed(order):
            upstream = node.grad
            if upstream and len(node.args) == 2:  # most nodes are; a loop would cost a quarter of the sweep
                (a, b), (slope_a, slope_b) = node.args, node.partials
                if slope_a is not None:
                    a.grad += slope_a * upstream  # type: ignore[union-attr]
                if slope_b is not None:
                    b.grad += slope_b * upstream  # type: ignore[union-attr]
            elif upstream:
                for arg, partial in zip(node.args, node.partials, strict=True):
                    if partial is not None:
                        arg.grad += partial * upstream  # type: ignore[union-attr]

    def zero_grad(self) -> None:
        """Set the gradient of this value and of all that it depends on to 0."""
        for node in graph.topological(self):
            node.grad = 0.0

    # ---- operators ----

    def __add__(self, other: Any) -> Value:
        return _ADD[type(other)](self, other)  # type: ignore[no-any-return]

    def __radd__(self, other: Any) -> Value:
        return _RADD[type(other)](other, self)  # type: ignore[no-any-return]

    def __sub__(self, other: Any) -> Value:
        return _SUB[type(other)](self, other)  # type: ignore[no-any-return]

    def __rsub__(self, other: Any) -> Value:
        return _RSUB[type(other)](other, self)  # type: ignore[no-any-return]

    def __mul__(self, other: Any) -> Value:
        return _MUL[type(other)](self, other)  # type: ignore[no-any-return]

    def __rmul__(self, other: Any) -> Value:
        return _RMUL[type(other)](other, self)  # type: ignore[no-any-return]

    def __truediv__(self, other: Any) -> Value:
        return _TRUEDIV[type(other)](self, other)  # type: ignore[no-any-return]

    def __rtruediv__(self, other: Any) -> Value:
        return _RTRUEDIV[type(other)](other, self)  # type: ignore[no-any-return]

    def __pow__(self, other: Any) -> Value:
        return _POW[type(other)](self, other)  # type: ignore[no-any-return]

    def __rpow__(self, other: Any) -> Value:
        return _RPOW[type(other)](other, self)  # type: ignore[no-any-return]

    def __neg__(self) -> Value:
        return self.__op__(ops.neg, (self,))

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return self.__op__(ops.abs_, (self,))

    if TYPE_CHECKING:  # exp, relu, … : every row of the table is a method, see below

        def __getattr__(self, name: str) -> Callable[..., Value]: ...

    # ---- comparison is by data, equality and hash are identity ----

    def __lt__(self, other: Value | float) -> bool:
        return self.data < _data(other)

    def __le__(self, other: Value | float) -> bool:
        return self.data <= _data(other)

    def __gt__(self, other: Value | float) -> bool:
        return self.data > _data(other)

    def __ge__(self, other: Value | float) -> bool:
        return self.data >= _data(other)

    # ---- never silently a plain number ----

    def __float__(self) -> NoReturn:
        raise TypeError(
            f"{self!r} does not turn into a float: that would cut the graph; "
            "use v.data for its number, and functions of autograd (from autograd import exp) instead of math's"
        )

    __int__ = __complex__ = __float__

    def __bool__(self) -> NoReturn:
        raise TypeError(f"the truth of {self!r} is not defined: compare its number, as in v.data != 0")

    # ---- how it is shown, copied, kept ----

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name else ""
        return f"{type(self).__name__}(data={self.data!r}, grad={self.grad!r}{name})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __copy__(self) -> Self:
        return self.recorded(self.op, self.args, self.partials, self.data, self.grad, self.name)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        for node in graph.topological(self):
            if id(node) not in memo:
                args = tuple([memo[id(arg)] if isinstance(arg, Value) else arg for arg in node.args])
                memo[id(node)] = node.recorded(node.op, args, node.partials, node.data, node.grad, node.name)
        return memo[id(self)]  # type: ignore[no-any-return]

    def __reduce__(self) -> tuple[Any, ...]:
        if self.op is None:
            return type(self).recorded, (None, (), (), self.data, self.grad, self.name)
        return graph.output, (graph.Graph(self),)


@cache
def _recorder(op: Op, wanted: tuple[bool, ...]) -> Callable[..., Value]:
    return recorder(op, wanted, Value)


class _Operator(dict[type, Callable[..., Any]]):
    """What an operator does for each type of its other operand, decided when the type is first met.

    ``other`` is that operand's place: 1 in ``v * x``, 0 in ``x * v``.
    """

    def __init__(self, op: Op, other: int) -> None:
        super().__init__()
        self.op, self.other = op, other

    def __missing__(self, kind: type) -> Callable[..., Any]:
        op, place = self.op, self.other
        if issubclass(kind, Value):
            self[kind] = _recorder(op, (True, True))
        elif kind is float:
            self[kind] = _recorder(op, (place == 1, place == 0))
        else:
            self[kind] = lambda *args: operate(op, *args)
        return self[kind]


def operate(op: Op, a: Any, b: Any) -> Any:
    """An infix row on a Value and something else; NotImplemented where the other's own operator may know better."""
    kind = type(b) if isinstance(a, Value) else type(a)
    ours = issubclass(kind, _OURS) or (kind.__module__ == "numpy" and not hasattr(kind, "__array_finalize__"))
    return Value.__op__(op, (a, b)) if ours else NotImplemented


_ADD, _RADD = _Operator(ops.add, 1), _Operator(ops.add, 0)
_SUB, _RSUB = _Operator(ops.sub, 1), _Operator(ops.sub, 0)
_MUL, _RMUL = _Operator(ops.mul, 1), _Operator(ops.mul, 0)
_TRUEDIV, _RTRUEDIV = _Operator(ops.div, 1), _Operator(ops.div, 0)
_POW, _RPOW = _Operator(ops.pow_, 1), _Operator(ops.pow_, 0)


def record(op: Op, args: tuple[Any, ...]) -> Value:
    """Record a row for which the native engine has no kernel."""
    args = tuple([arg if isinstance(arg, Value) else number(arg, f"an operand of {op.name}") for arg in args])
    wanted = tuple([isinstance(arg, Value) for arg in args])
    y, partials = exceptional(op, tuple([arg.data if want else arg for arg, want in zip(args, wanted, strict=True)]), wanted, args)
    return Value.recorded(op, args, partials, y, 0.0, None)


def number(thing: Any, what: str) -> float:
    """A real number as a float; TypeError that says what was wrong with it."""
    if type(thing) is float:
        return thing
    if isinstance(thing, Real) or (type(thing).__module__ == "numpy" and _is_numpy_number(thing)):
        try:
            return float(thing)
        except OverflowError:
            raise OverflowError(f"{what} is too large for a float (at most 1.8e308): {describe(thing)}") from None
    advice = ""
    if isinstance(thing, str | bytes):
        advice = "; float(text) reads a number from text"
    elif isinstance(thing, complex):
        advice = "; take its real and imaginary parts as two Values"
    elif isinstance(thing, Value):
        advice = "; it is a Value already"
    elif hasattr(thing, "__len__") or hasattr(thing, "shape"):
        advice = "; make one Value an element, as in [Value(x) for x in data]"
    raise TypeError(f"{what} must be a real number, not {describe(thing)}{advice}")


def _is_numpy_number(thing: Any) -> bool:
    return not hasattr(thing, "__array_finalize__") and thing.dtype.kind in "biuf"


def _data(other: Any) -> float:
    return other.data if isinstance(other, Value) else number(other, "what a Value is compared with")


def _method(row: Op) -> Callable[..., Value]:
    def method(self: Value, *others: Any) -> Value:
        return row(self, *others)  # type: ignore[no-any-return]

    method.__name__ = method.__qualname__ = row.name
    method.__doc__ = f"``{row.text}`` with this value as its first operand."
    return method


for _row in OPS.values():
    for _name in (_row.name, *_row.aliases):
        setattr(Value, _name, _method(_row))


backend = "python" if native.engine is None else "native"

if native.engine is not None:  # the native type takes over, with every method here that it does not have itself
    Value = native.adopted(Value, OPS, number, exceptional, operate, record)  # type: ignore[misc]
