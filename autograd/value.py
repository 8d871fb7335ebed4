"""Value: a number that remembers how it was made, and so can tell its derivatives.

Every operation on Values records a new Value with the row of the op table that made it, its arguments in order,
and its local derivatives, already numbers. ``backward()`` walks that record once, from the end to the leaves:
a node's gradient times its local derivative flows on to each argument, and what arrives is added up.

A Value never becomes a plain number by itself: ``float(v)`` raises, since it would cut the graph silently.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, Self

from . import copies, graph, native, sweep
from .guards import compared, equal
from .kernels import exceptional, operator, recorder
from .modes import QUIET, WATCHFUL, mode, modes, nested
from .op import OPS, Op, interpreted
from .operands import is_ours, number, text
from .operators import OPERATORS, give_methods
from .slots import Slots
from .watching import changed, elsewhere, looked_at, made, refuse_cut, turned, watching


class Value(Slots):
    """A scalar in a computation graph.

    ``data`` is the number, ``grad`` the derivative of the last ``backward()``'s root with respect to this value
    (leaves add up over calls until ``zero_grad()``), ``op`` the row that made it (None for a leaf), ``args`` its
    operands in order (Values, or floats for constants), ``primals`` the operands' numbers when it was made, ``partials``
    ∂self/∂arg at those (None for constants), ``name`` the quantity's name or None.

    >>> x, w = Value(2.0, name="x"), Value(-3.0, name="w")
    >>> L = (x * w + 1) ** 2
    >>> L.backward()
    >>> L, w.grad
    (Value(data=25.0, grad=1.0), -20.0)

    Raises TypeError for data that is no real number.
    """

    __slots__ = ()

    def __init__(self, data: float, *, name: str | None = None) -> None:
        self._data = data if data.__class__ is float else number(data, "the data of a Value")
        self._grad = 0.0
        self._row = self._partial_a = self._partial_b = self._name = self._hooks = None
        self._compared = False  # leaves may be of a class whose __getattr__ would be asked for what is not set
        self._edges = ()  # as `_hold` has none, without two calls
        if watching:
            made(self)
        if name is not None:
            self.named(name)

    def named(self, name: str) -> Self:
        """Give this quantity a name, for derivations and pictures; returns the Value itself."""
        self._name = text(name)
        return self

    @classmethod
    def recorded(
        cls,
        op: Op | None,
        args: tuple[Value | float, ...],
        primals: tuple[float, ...],
        partials: tuple[float | None, ...],
        data: float,
        grad: float,
        name: str | None,
    ) -> Self:
        """A node with these attributes, as copies and pickles need it; TypeError where they do not fit together."""
        if not len(args) == len(primals) == len(partials) == (0 if op is None else op.arity):
            raise TypeError("a recorded node has as many operands, primals and partial derivatives as its operation takes")
        data, grad, *primals = [number(x, "a recorded number") for x in (data, grad, *primals)]  # type: ignore[assignment]
        partials = tuple([None if x is None else number(x, "a recorded partial derivative") for x in partials])
        node = cls.__new__(cls)
        node._data, node._grad, node._row, node._seen = data, grad, op, None
        node._hooks, node._compared, node.name = None, False, name
        node._hold(args, tuple(primals), partials)
        return node

    @staticmethod
    def __op__(op: Op, args: tuple[Any, ...]) -> Value:
        """Record one operation: its value and the local derivatives that its Values need."""
        kinds = tuple(map(type, args))
        args = tuple([arg if isinstance(arg, Value) else number(arg, f"an operand of {op.name}") for arg in args])
        found = _recorder(op, tuple([isinstance(arg, Value) for arg in args]))
        if Value in kinds and {Value, float}.issuperset(kinds):
            op.quick[kinds] = found
        return found(*args)

    @property
    def operands(self) -> tuple[Value, ...]:
        """The arguments that are Values, in order, a repeated one repeated."""
        return tuple([arg for arg in self.args if isinstance(arg, Value)])

    # ---- gradients ----

    def backward(self, create_graph: bool = False) -> dict[Value, Value] | None:
        """Put ∂self/∂v into ``v.grad`` of every value that self depends on.

        Leaves add to what earlier calls left; gradients in between are those of this call. A value whose
        gradient is exactly 0 passes nothing on, so a branch that ``where`` did not take cannot make a NaN.

        With ``create_graph`` it also returns the gradients as Values, {value: its gradient}, which can be drawn and
        differentiated again.

        Threads may record and differentiate graphs of their own at the same time, also with leaves in common: what reaches a
        shared leaf adds up, in whatever order. Below the leaves nothing may be shared, and a leaf's ``data`` is changed when no
        other thread uses it.

        Raises StaleGraphError, with every gradient as it was, when a value's data was changed after it was used.
        """
        if create_graph:
            return graph_of_gradients(self)
        order = sweep.operations(self)
        if modes or (sweep.Handle.ever and sweep.is_hooked(self)):
            sweep.sweep(self)
        else:
            sweep.plain(self, order)
        return None

    def register_hook(self, hook: Callable[[float], Any]) -> sweep.Handle:
        """Have ``hook(gradient)`` called whenever a backward has this value's gradient together.

        The gradient that the hook returns takes its place, unless that is None; what it makes lasts for this backward. A
        hook that holds a value made from this one keeps both alive until ``remove()`` of the handle that is returned.
        """
        return sweep.add_hook(self, hook)

    def detach(self) -> Value:
        """A new leaf with this value's number: what is made of it does not reach back here. ValueError while `trace` records."""
        refuse_cut("detach()", cut=[self])
        return _leaf(self._data)

    def refresh(self) -> None:
        """Compute this one value and its partial derivatives again, from the numbers that its operands have now."""
        if self.op is not None:
            args = self.args
            wanted = tuple([isinstance(arg, Value) for arg in args])
            if not modes:
                twin = _recorder(self.op, wanted)(*args)
                self._data, primals, partials = twin._data, twin.primals, twin.partials
            else:  # a twin made in a mode of recording may be a leaf
                primals = tuple([arg._data if isinstance(arg, Value) else arg for arg in args])
                self._data, partials = exceptional(self.op, primals, wanted, args)
            self._hold(args, primals, partials)

    def zero_grad(self) -> None:
        """Set the gradient of this value and of all that it depends on to 0."""
        for node in graph.topological(self):
            node._grad = 0.0

    # ---- operators ----

    def __pos__(self) -> Value:
        return self

    def __init_subclass__(cls) -> None:
        if native.engine is None:  # which knows them itself
            _VALUES.add(cls)

    if TYPE_CHECKING:  # made of the table's rows, see below: exp, relu, …, and the operators

        def __getattr__(self, name: str) -> Callable[..., Value]: ...
        def __add__(self, other: Any) -> Value: ...
        def __radd__(self, other: Any) -> Value: ...
        def __sub__(self, other: Any) -> Value: ...
        def __rsub__(self, other: Any) -> Value: ...
        def __mul__(self, other: Any) -> Value: ...
        def __rmul__(self, other: Any) -> Value: ...
        def __truediv__(self, other: Any) -> Value: ...
        def __rtruediv__(self, other: Any) -> Value: ...
        def __pow__(self, other: Any) -> Value: ...
        def __rpow__(self, other: Any) -> Value: ...
        def __neg__(self) -> Value: ...
        def __abs__(self) -> Value: ...

    # ---- comparison is by data; two Values are equal where they are one and the same ----

    def __eq__(self, other: object) -> Any:
        return equal(self, other, by_number=nested())

    __hash__ = object.__hash__

    def __lt__(self, other: Value | float) -> bool:
        return compared(self, "<", other)

    def __le__(self, other: Value | float) -> bool:
        return compared(self, "<=", other)

    def __gt__(self, other: Value | float) -> bool:
        return compared(self, ">", other)

    def __ge__(self, other: Value | float) -> bool:
        return compared(self, ">=", other)

    # ---- never silently a plain number ----

    def __float__(self) -> NoReturn:
        turned(self)

    __int__ = __complex__ = __float__

    def __bool__(self) -> NoReturn:
        raise TypeError(f"the truth of {self!r} is not defined: compare it, as in v > 0, or choose with where(step(v), a, b)")

    # ---- how it is shown, copied, kept ----

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name else ""
        return f"{type(self).__name__}(data={self._data!r}, grad={getattr(self, '_grad', 0.0)!r}{name})"

    def __format__(self, spec: str) -> str:
        return format(self._data, spec) if spec else repr(self)

    def __copy__(self) -> Self:
        sweep.refuse_forgotten(self)
        twin = copies.remade(*copies.parts(self, self.args))
        copies.give(twin, copies.attributes(self))
        return twin  # type: ignore[return-value]

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        from copy import deepcopy  # which asks for this, and so is there

        for node in graph.topological(self):
            if id(node) not in memo:
                sweep.refuse_forgotten(node)
                args = tuple([memo[id(arg)] if isinstance(arg, Value) else arg for arg in node.args])
                memo[id(node)] = twin = copies.remade(*copies.parts(node, args))
                copies.give(twin, deepcopy(copies.attributes(node), memo))
        return memo[id(self)]  # type: ignore[no-any-return]

    def __reduce__(self) -> tuple[Any, ...]:
        if copies.stands_among_others(self):
            own = copies.attributes(self)
            return copies.remade, copies.parts(self, self.args), own if any(own) else None
        return graph.output, (graph.Graph(self),)


_VALUES: set[type] = {Value}  # it and its subclasses


@cache
def _recorder(op: Op, wanted: tuple[bool, ...]) -> Callable[..., Value]:
    if op.unlisted or len(wanted) != op.arity:
        return lambda *args: record(op, args)
    return recorder(op, wanted, Value=Value, record=record)


def operate(op: Op, a: Any, b: Any) -> Any:
    """An infix row on a Value and something else; NotImplemented where the other's own operator may know better."""
    kind = type(b) if isinstance(a, Value) else type(a)
    return Value.__op__(op, (a, b)) if is_ours(kind) or issubclass(kind, Value) else NotImplemented


def graph_of_gradients(root: Value) -> dict[Value, Value]:
    """``root.backward(create_graph=True)``."""
    from .transforms.graphs import backward

    return backward(root)


def record(op: Op, args: tuple[Any, ...]) -> Value:
    """Record a row in a mode of recording, or where plain floats raise, or one without a kernel; TypeError for operands that do not fit."""
    args = tuple([arg if isinstance(arg, Value) else number(arg, f"an operand of {op.name}") for arg in op.complete(args, {})])
    wanted = tuple([isinstance(arg, Value) for arg in args])
    primals = tuple([arg._data if want else arg for arg, want in zip(args, wanted, strict=True)])
    if mode() & QUIET:
        if watching:
            elsewhere("cut off (no_grad())", *args)
        return _leaf(exceptional(op, primals, wanted, args)[0])
    y, partials = exceptional(op, primals, wanted, args)
    node = Value.recorded(op, args, primals, partials, y, 0.0, None)
    if mode() & WATCHFUL:
        sweep.watch(node)
    return node


def _leaf(data: float) -> Value:
    """A leaf in place of what is not recorded; a constant to the transform that is running, if any."""
    if not nested():
        return Value(data)
    from .transforms.numbers import Fixed

    return Fixed(data)


give_methods(Value)

backend = "python" if native.engine is None else "native"

if native.engine is None:
    for _method, _row in OPERATORS.items():
        if _row.arity == 1:
            setattr(Value, f"__{_method}__", getattr(Value, _row.name))
        else:
            for _name, _place in ((f"__{_method}__", 1), (f"__r{_method}__", 0)):
                _engine = {"Value": Value, "values": _VALUES, "record": record, "operate": operate, "number": number}
                setattr(Value, _name, operator(_row, _name, _place, **_engine))
else:  # the native type takes over, with every method here that it does not have itself
    Value = native.adopted(  # type: ignore[misc]
        Value,
        OPS,
        number=number,
        exceptional=exceptional,
        operate=operate,
        record=record,
        modes=modes,
        sweep=sweep.sweep,
        stale=sweep.refuse_stale,
        text=text,
        call=interpreted,
        graph=graph_of_gradients,
        watching=watching,
        looked_at=looked_at,
        changed=changed,
        made=made,
    )
    Op.__call__ = native.engine.calls(Op)  # type: ignore[method-assign]
