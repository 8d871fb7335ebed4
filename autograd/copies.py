"""What copies and pickles of Values are made of: all that a node holds, a subclass's own attributes with it.

A pickle saves what an object is made of before the object itself, one inside the other, which for a chain of a million values is far
too deep. So what an operation made is pickled as the output of its graph, and a graph's values stand in `Members`, operands first: each
of them then finds its operands in the pickle already, and so do other things of the same pickle that share them.
"""

from __future__ import annotations

from threading import local
from typing import TYPE_CHECKING, Any
from weakref import ref

from .op import Op
from .slots import Slots
from .watching import refuse_cut

if TYPE_CHECKING:
    from .value import Value


class Members:
    """A graph's values, for a pickle to take one by one."""

    def __init__(self, values: tuple[Value, ...]) -> None:
        self.values, self.inside = values, set(values)
        saving = _saving()
        saving.append(ref(self, saving.remove))

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (list(self.values),)

    def __deepcopy__(self, memo: dict[int, Any]) -> tuple[Value, ...]:
        from copy import deepcopy

        return tuple([deepcopy(value, memo) for value in reversed(self.values)][::-1])  # an output's copy has all that is below it


_THREAD = local()


def _saving() -> list[ref[Members]]:
    """Whose values this thread is pickling: a pickle keeps what it has saved until it is done, and then nobody does."""
    return _THREAD.__dict__.setdefault("members", [])  # type: ignore[no-any-return]


def stands_among_others(value: Value) -> bool:
    """Whether a value is being pickled in its turn, its operands before it."""
    if value.op is None:
        return True
    for reference in reversed(_saving()):
        members = reference()
        if members is not None and value in members.inside:
            return True
    return False


def parts(value: Value, args: tuple[Any, ...]) -> tuple[Any, ...]:
    """What `remade` takes to make a twin of a value with these operands. ValueError while `trace` records: it would keep its number."""
    refuse_cut("a copy", cut=[value])
    compared = getattr(value, "_compared", False)
    node = type(value), value.op, value._data, getattr(value, "_grad", 0.0), value.name, compared
    return node + args + value.primals + value.partials


def remade(kind: type[Value], op: Op | None, data: float, grad: float, name: str | None, compared: bool, *edges: Any) -> Value:
    """The value of these `parts`."""
    many = len(edges) // 3
    value = kind.recorded(op, edges[:many], edges[many : 2 * many], edges[2 * many :], data, grad, name)
    if compared:
        value._compared = True
    return value


def attributes(value: Value) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What a subclass's object has beside what a Value has: in its ``__dict__``, and in slots."""
    state = object.__getstate__(value) if value.op is None else None  # what an operation makes is a Value itself
    held, slots = state if isinstance(state, tuple) else (state, {})
    return held or None, {name: thing for name, thing in slots.items() if name not in Slots.__slots__}


def give(value: Value, own: tuple[dict[str, Any] | None, dict[str, Any]]) -> None:
    """Set a subclass's attributes."""
    held, slots = own
    if held:
        vars(value).update(held)
    for name, thing in slots.items():
        setattr(value, name, thing)
