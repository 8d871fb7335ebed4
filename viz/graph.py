"""The record of a computation graph that every picture is a rendering of.

One deterministic walk gives nodes (name, operation, value, gradient, kind, group) and edges (the local derivative
as a formula and as a number, and the share of the gradient that flows along). Drawings, pages and text only write it down.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograd import Formula, Op, Value
from autograd.chain import Readings, between, local_derivative, readings
from autograd.explanation import called, derivative, number
from autograd.names import pretty
from autograd.op import CALL, POW
from autograd.sweep import gradients
from nn import Layer, Module, Neuron, Parameter

LONGEST = 3  # operations; what an unnamed value computes is its heading up to that, a fresh name beyond


@dataclass(frozen=True)
class Node:
    """One value as it is drawn, or several that are folded into one card."""

    id: str
    heading: str
    op: str
    data: float
    grad: float
    kind: str  # parameter, input, intermediate, loss or folded
    partial: str  # ∂L/∂z₁; "" for a card that several values leave
    named: bool
    group: str | None = None
    lit: bool = False
    focus: bool = False  # what the chain rule is written out for


@dataclass(frozen=True)
class Edge:
    """One operand of one operation; drawn from the operand to the result."""

    tail: str
    head: str
    formula: str
    partial: float
    share: float  # partial · the head's gradient: what this edge adds to the tail's gradient
    lit: bool
    folded: bool = False  # stands for several edges between folded cards; has no local derivative of its own

    @property
    def label(self) -> str:
        """The local derivative, formula and number."""
        value = number(self.partial)
        return value if self.formula in ("", value) else f"{self.formula} = {value}"


@dataclass(frozen=True)
class Record:
    """Everything a picture of a graph needs to know; nodes stand after their operands."""

    nodes: list[Node]
    edges: list[Edge]
    readings: Readings

    @property
    def largest(self) -> float:
        """The largest gradient, against which colours are measured."""
        return max((abs(node.grad) for node in self.nodes if math.isfinite(node.grad)), default=0.0)

    @property
    def focused(self) -> bool:
        """Whether one value's chain rule is lit."""
        return any(node.focus for node in self.nodes)


def record(
    output: Value,
    wrt: Value | None = None,
    parameters: Module | Iterable[Value] = (),
    *,
    unit: str = "neuron",
) -> Record:
    """Walk the graph once and write down what pictures show.

    ``wrt`` lights the ways from the output down to that value; ValueError when there is none. ``parameters`` says
    which leaves are parameters besides nn's own; given a Module, its neurons (or layers: ``unit``) become groups.
    """
    if not isinstance(output, Value):
        raise TypeError(f"what is drawn is a Value, not {type(output).__name__}")
    lit = between(output, wrt) if wrt is not None else set()
    if wrt is not None and not lit:
        raise ValueError(f"{pretty(called(output))} does not depend on {wrt!r}: there is no path to draw")
    gradient = gradients(output)
    order = list(gradient)
    known = readings(output, longest=LONGEST)
    known[output] = Formula.symbol(called(output))
    chosen = set(parameters.parameters() if isinstance(parameters, Module) else parameters)
    groups = module_groups(order, parameters, unit) if isinstance(parameters, Module) else {}
    ids = {value: f"n{i}" for i, value in enumerate(order)}

    def node(value: Value) -> Node:
        leaf = "parameter" if isinstance(value, Parameter) or value in chosen else "input"
        return Node(
            id=ids[value],
            heading=known[value].pretty,
            op=sign(value),
            data=value.data,
            grad=gradient[value],
            kind="loss" if value is output else "intermediate" if value.op is not None else leaf,
            partial=derivative(known[output].pretty, known[value].pretty),
            named=bool(value.name) or value.op is None or value is output,
            group=groups.get(value),
            lit=value in lit,
            focus=value is wrt,
        )

    def edges(value: Value) -> Iterator[Edge]:
        for i, (arg, partial) in enumerate(zip(value.args, value.partials, strict=True)):
            if not isinstance(arg, float) and partial is not None:
                local = local_derivative(value, i, known)
                formula = local.pretty if local.number is None else ""
                share = partial * gradient[value] if gradient[value] else 0.0
                yield Edge(ids[arg], ids[value], formula, partial, share, value in lit and arg in lit)

    return Record([node(value) for value in order], [edge for value in order for edge in edges(value)], known)


def sign(value: Value) -> str:
    """The operation as a node's heading shows it: +, ×, tanh, and with a constant operand ·2, ², 1−."""
    op = value.op
    if op is None:
        return ""
    constants = {i: number(arg) for i, arg in enumerate(value.args) if isinstance(arg, float)}
    if op.prec == CALL:
        given = [text for i, text in constants.items() if i < op.arity - len(op.defaults) or _unusual(op, value, i)]
        return " ".join([op.name, *given])
    if op.prec == POW and 1 in constants:
        return f"^{constants[1]}"
    written = op.pretty.replace("·", "×").format(*[constants.get(i, "") for i in range(op.arity)])
    return written.replace(" ", "")


def _unusual(op: Op, value: Value, i: int) -> bool:
    return value.args[i] != op.defaults[i - op.arity]


def module_groups(order: list[Value], module: Module, unit: str) -> dict[Value, str]:
    """Which neuron or layer every value belongs to: from its parameters on, up to its neurons' outputs."""
    parts = [part for part in module.modules() if isinstance(part, {"neuron": Neuron, "layer": Layer}[unit])]
    owner: dict[Value, Module] = {parameter: part for part in parts for parameter in part.parameters()}
    ends = _outputs(order, module)
    found: dict[Value, Module] = {}
    for value in order:
        if value in owner:
            found[value] = owner[value]
            continue
        inside = [found[arg] for arg in value.operands if arg in found and arg not in ends]
        if inside:
            found[value] = next((found[arg] for arg in value.operands if arg in owner), inside[0])
    labels = _labels(parts)
    return {value: labels[part] for value, part in found.items()}


def _outputs(order: list[Value], module: Module) -> set[Value]:
    """The outputs of a module's neurons: what adds the bias, or the activation of that."""
    neurons: dict[Value, Neuron] = {neuron.bias: neuron for neuron in module.modules() if isinstance(neuron, Neuron)}
    own_functions = {neuron.output for neuron in neurons.values() if not isinstance(neuron.activation, Op | None)}
    sums: dict[Value, Neuron] = {}
    ends: set[Value] = set()
    for value in order:
        for arg in value.operands:
            if arg in neurons:
                sums[value] = neurons[arg]
                if neurons[arg].activation is None:
                    ends.add(value)
            elif arg in sums and value.op is sums[arg].activation:
                ends.add(value)
        if value.name in own_functions:
            ends.add(value)
    return ends


def _labels(parts: list[Module]) -> dict[Module, str]:
    """A label for each part; parts of one label are numbered."""
    texts = [str(getattr(part, "label", "part")) for part in parts]
    seen = [texts[: i + 1].count(text) for i, text in enumerate(texts)]
    return {part: f"{text} {n}" if texts.count(text) > 1 else text for part, text, n in zip(parts, texts, seen, strict=True)}
