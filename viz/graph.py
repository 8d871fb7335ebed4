"""The record of a computation graph that every picture is a rendering of.

One deterministic walk gives nodes (name, operation, value, gradient, kind, group) and edges (the local derivative
as a formula and as a number, and the share of the gradient that flows along). Drawings, pages and text only write it down.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from autograd import Formula, Op, Value, names
from autograd.chain import Readings, between, local_derivative, readings
from autograd.graph import gradients
from autograd.op import CALL, POW
from nn import Module, Neuron, Parameter

from .style import number

UNNAMED = "L"  # what an output without a name is called
LONGEST = 3  # operations; what an unnamed value computes is its heading up to that, a fresh name beyond


@dataclass(frozen=True)
class Node:
    """One value as it is drawn."""

    id: str
    heading: str
    op: str
    data: float
    grad: float
    kind: str  # parameter, input, intermediate or loss
    group: str | None
    lit: bool


@dataclass(frozen=True)
class Edge:
    """One operand of one operation; drawn from the operand to the result."""

    tail: str
    head: str
    formula: str
    partial: float
    share: float  # partial · the head's gradient: what this edge adds to the tail's gradient
    lit: bool

    @property
    def label(self) -> str:
        """The local derivative, formula and number."""
        value = number(self.partial)
        return value if self.formula in ("", value) else f"{self.formula} = {value}"


@dataclass(frozen=True)
class Record:
    """Everything a picture of a graph needs to know."""

    output: Value
    wrt: Value | None
    readings: Readings
    nodes: dict[Value, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)

    @property
    def largest(self) -> float:
        """The largest gradient, against which colours are measured."""
        return max((abs(node.grad) for node in self.nodes.values()), default=0.0)


def record(output: Value, wrt: Value | None = None, parameters: Module | Iterable[Value] = ()) -> Record:
    """Walk the graph once and write down what pictures show.

    ``wrt`` lights the ways from the output down to that value; ValueError when there is none. ``parameters`` says
    which leaves are parameters besides nn's own; given a Module, its neurons become groups.
    """
    if not isinstance(output, Value):
        raise TypeError(f"what is drawn is a Value, not {type(output).__name__}")
    lit = between(output, wrt) if wrt is not None else set()
    if wrt is not None and not lit:
        raise ValueError(f"{called(output)} does not depend on {wrt!r}: there is no path to draw")
    gradient = gradients(output)
    order = list(gradient)
    known = readings(output, longest=LONGEST)
    known[output] = Formula.symbol(output.name or UNNAMED)
    chosen = set(parameters.parameters() if isinstance(parameters, Module) else parameters)
    if wrt is not None and not chosen and not any(isinstance(value, Parameter) for value in order):
        chosen = {wrt}
    groups = neuron_groups(order, parameters) if isinstance(parameters, Module) else {}
    made = Record(output, wrt, known)
    for i, value in enumerate(order):
        if value is output:
            kind = "loss"
        elif value.op is not None:
            kind = "intermediate"
        else:
            kind = "parameter" if isinstance(value, Parameter) or value in chosen else "input"
        made.nodes[value] = Node(
            f"n{i}", known[value].pretty, sign(value), value.data, gradient[value], kind, groups.get(value), value in lit
        )
        for index, (arg, partial) in enumerate(zip(value.args, value.partials, strict=True)):
            if not isinstance(arg, float) and partial is not None:
                made.edges.append(
                    Edge(
                        tail=made.nodes[arg].id,
                        head=made.nodes[value].id,
                        formula=local_derivative(value, index, known).pretty,
                        partial=partial,
                        share=partial * gradient[value],
                        lit=value in lit and arg in lit,
                    )
                )
    return made


def called(output: Value) -> str:
    """What a picture calls an output: its name, L when it has none."""
    return names.pretty(output.name or UNNAMED)


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
        raised = constants[1].translate(str.maketrans("0123456789−.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·"))
        return raised if constants[1].lstrip("−").isdigit() else f"^{constants[1]}"
    written = op.pretty.replace("·", "×").format(*[constants.get(i, "") for i in range(op.arity)])
    return written.replace(" ", "")


def _unusual(op: Op, value: Value, i: int) -> bool:
    return value.args[i] != op.defaults[i - op.arity]


def neuron_groups(order: list[Value], module: Module) -> dict[Value, str]:
    """Which neuron every value belongs to: from the neuron's parameters on, up to its activation."""
    neurons = [part for part in module.modules() if isinstance(part, Neuron)]
    owner = {parameter: neuron for neuron in neurons for parameter in neuron.parameters()}
    outputs = {neuron: neuron.quantities[neuron.activation is not None] for neuron in neurons}
    found: dict[Value, Neuron] = {}
    for value in order:
        if value in owner:
            found[value] = owner[value]
            continue
        inside = [found[arg] for arg in value.operands if arg in found and arg.name != outputs[found[arg]]]
        if inside:
            found[value] = next((found[arg] for arg in value.operands if arg in owner), inside[0])
    return {value: neuron.label for value, neuron in found.items()}
