"""The reverse sweep: plain, as the Python engine has it, and where somebody is to be told on the way.

Those are hooks, checkpoints, and anomalies that are watched for: then the sweep is here for the native engine, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

from . import caller, graph
from .modes import WATCHFUL, AnomalyError, mode
from .operands import number
from .watching import refuse_cut

if TYPE_CHECKING:
    from .value import Value

Hook = Callable[[float], Any]

adding_up = RLock()  # held while gradients are added to ``grad``: a thread that adds in between would lose its own


class Handle:
    """Takes a hook off again: ``handle.remove()``."""

    ever = False  # whether there was one: the Python engine asks before it sweeps in its plain way

    def __init__(self, hooks: dict[Handle, Hook]) -> None:
        self._hooks = hooks

    def remove(self) -> None:
        """Take the hook off; a second time is no error."""
        self._hooks.pop(self, None)


def add_hook(value: Value, hook: Hook) -> Handle:
    """Have ``hook(gradient)`` called in every backward that reaches the value; what it returns, unless None, takes its place."""
    if not callable(hook):
        raise TypeError(f"a hook is a function of a gradient, not {hook!r}")
    hooks = _hooks(value)
    handle = Handle(hooks)
    hooks[handle] = hook
    return handle


def forget_inside(value: Value, flows: Callable[[float], Iterable[tuple[Value, float]]]) -> None:
    """Have ``flows(upstream)`` say what gradients the value's arguments get, in place of its local derivatives."""
    _hooks(value)[Handle({})] = _Inside(flows)


def forgets(value: Value) -> bool:
    """Whether a value's inside is not kept, and its local derivatives are not known."""
    return any(isinstance(hook, _Inside) for hook in (getattr(value, "_hooks", None) or {}).values())


def is_hooked(root: Value) -> bool:
    """Whether a value that the root depends on has, or had, a hook."""
    return any(getattr(value, "_hooks", None) is not None for value in graph.topological(root))


def refuse_forgotten(value: Value) -> None:
    """Raise TypeError for a copy of a value whose inside is not kept: the copy would have no derivatives."""
    if forgets(value):
        raise TypeError("what a checkpoint made is not copied: its inside is not kept; copy its arguments, and call checkpoint on them")


def _hooks(value: Value) -> dict[Any, Any]:
    Handle.ever = True
    hooks = getattr(value, "_hooks", None)
    if hooks is None:
        value._hooks = hooks = {}
    return hooks


class _Inside(NamedTuple):
    flows: Callable[[float], Iterable[tuple[Value, float]]]


class StaleGraphError(RuntimeError):
    """A value's data was changed after it was used, so that the recorded derivatives belong to another point."""


def refuse_stale(node: Value) -> None:
    """Raise the StaleGraphError of the first operand of a node that has another number than when the node was made."""
    for name, arg, x in zip(_operands(node), node.args, node.primals, strict=True):
        if not isinstance(arg, float) and arg._data != x and not (math.isnan(x) and math.isnan(arg._data)):
            raise StaleGraphError(
                f"{name} was changed from {x:g} to {arg._data:g} after {_written(node)} had used it, "
                "and the recorded derivatives are those of the old number: run the forward pass again, or Graph(L).refresh()"
            )


def operations(root: Value) -> list[Value]:
    """The values below the root that operations made, in topological order; StaleGraphError as `refuse_stale` has it.

    The walk goes from a node straight to an operand, the first that it has not met. ``way`` has the nodes that it came through:
    at a leaf they are turned round and put into the order. Where a node has another operand to go to, the way so far waits under
    that one on the stack, and goes on there.
    """
    order: list[Value] = []
    if root._row is None:
        return order
    mark = object()  # asked for sooner than a set would be
    stack: list[Any] = []
    way: list[Value] = []
    node: Any = root
    while True:
        node._seen = mark
        way.append(node)
        below = None
        if node._partial_b is not None:
            b = node._arg_b
            if b._data is not node._primal_b:
                refuse_stale(node)
            if b._row is not None and b._seen is not mark:
                below = b
        if node._partial_a is not None:
            a = node._arg_a
            if a._data is not node._primal_a:
                refuse_stale(node)
            if a._row is not None and a._seen is not mark:
                if below is not None:
                    stack.append(way)
                    stack.append(below)
                    way = []
                node = a
                continue
        elif node._partial_b is None:
            operands = _not_met(node, mark)
            if operands:
                for operand in operands[:0:-1]:
                    stack += (way, operand)
                    way = []
                node = operands[0]
                continue
        if below is not None:
            node = below
            continue
        way.reverse()
        order += way
        while stack:
            node = stack.pop()
            way = stack.pop()
            if node._seen is not mark:
                break
            way.reverse()
            order += way
        else:
            return order


def _not_met(node: Value, mark: object) -> list[Value]:
    """The operands of a node of many that operations made and the walk has not come to."""
    found = []
    for arg, x in zip(node.args, node.primals, strict=True):
        if not isinstance(arg, float):
            if arg._data is not x:
                refuse_stale(node)
            if arg._row is not None and arg._seen is not mark:
                found.append(arg)
    return found


def plain(root: Value, order: list[Value]) -> None:
    """``root.backward()`` over the operations below it, with nobody to tell."""
    with adding_up:
        for node in order:
            node._grad = 0.0
        root._grad += 1.0
        for node in reversed(order):
            upstream = node._grad
            if upstream:
                slope_a = node._partial_a
                slope_b = node._partial_b
                if slope_a is not None:
                    node._arg_a._grad += slope_a * upstream
                if slope_b is not None:
                    node._arg_b._grad += slope_b * upstream
                elif slope_a is None:
                    edges = node._edges
                    for arg, slope in zip(edges, edges[2 * len(edges) // 3 :]):  # noqa: B905
                        if slope is not None:
                            arg._grad += slope * upstream


def sweep(root: Value) -> None:
    """``root.backward()``, with hooks and anomalies; every ``grad`` is set at the end, so that an error leaves them as they were."""
    flows = _arrived(root)
    with adding_up:
        for node, flow in flows.items():
            node._grad = flow if node.op is not None else node._grad + flow


def gradients(output: Value) -> dict[Value, float]:
    """∂output/∂v for every value v that the output depends on; every ``grad`` stays as it was, at every moment.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> gradients(x * x)[x], x.grad
    (6.0, 0.0)

    Raises StaleGraphError as ``backward`` does, TypeError for what is no Value, and ValueError in a function that is recorded for
    other points, which would keep the gradients of this one.
    """
    refuse_cut("a gradient as a number")
    for node in graph.topological(output):
        refuse_stale(node)
    return _arrived(output)


def _arrived(root: Value) -> dict[Value, float]:
    """The gradient of every value that the root depends on, in topological order."""
    order = graph.topological(root)
    watchful = bool(mode() & WATCHFUL)
    flows: dict[Value, float] = dict.fromkeys(order, 0.0)
    flows[root] = 1.0
    for node in reversed(order):
        inside = None
        for hook in list((getattr(node, "_hooks", None) or {}).values()):
            if isinstance(hook, _Inside):
                inside = hook
            elif (changed := hook(flows[node])) is not None:
                flows[node] = number(changed, "what a hook returns")
        upstream = flows[node]
        for arg, flow in inside.flows(upstream) if inside else _flows(node, upstream):
            if watchful and not math.isfinite(flow):
                raise AnomalyError(_anomaly(node, arg, flow, upstream))
            flows[arg] += flow
    return flows


def _flows(node: Value, upstream: float) -> Iterator[tuple[Value, float]]:
    """What a value passes on to each of its arguments; nothing where its own gradient is exactly 0."""
    for arg, partial in zip(node.args, node.partials, strict=True):
        if partial is not None and upstream:
            yield arg, partial * upstream  # type: ignore[misc]


def watch(node: Value) -> None:
    """Raise AnomalyError when a value that was just made, or a partial derivative of it, is not finite."""
    if math.isfinite(node._data):
        odd = [i for i, partial in enumerate(node.partials) if partial is not None and not math.isfinite(partial)]
        if not odd:
            return
        what = f"the derivative of {_written(node)} with respect to {_operands(node)[odd[0]]} is {node.partials[odd[0]]}"
    else:
        what = f"{_written(node)} is {node._data}"
    raise AnomalyError(f"{what} at {_at(node)}, made in {caller.user_line()}")


def _anomaly(node: Value, arg: Value, flow: float, upstream: float) -> str:
    i = next(i for i, other in enumerate(node.args) if other is arg)
    return (
        f"the gradient of {_operands(node)[i]} in {node.name or _written(node)} is {flow}: "
        f"the upstream gradient {upstream:g} times the local derivative {node.partials[i]:g}, at {_at(node)}"
    )


def _operands(node: Value) -> list[str]:
    names = node.op.operands if node.op is not None else ()
    return [f"{arg:g}" if isinstance(arg, float) else arg.name or name for name, arg in zip(names, node.args, strict=True)]


def _written(node: Value) -> str:
    return node.op.text.format(*_operands(node)) if node.op is not None else repr(node)


def _at(node: Value) -> str:
    """The operands that are quantities, with their numbers."""
    named = dict(zip(_operands(node), node.args, strict=True))
    return ", ".join(f"{name} = {arg._data:g}" for name, arg in named.items() if not isinstance(arg, float))
