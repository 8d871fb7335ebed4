"""The chain rule as people write it: from one named quantity to the next, down to the one that is asked for.

∂L/∂w is the sum, over all chains of named quantities from L down to w, of the product of the derivatives along
the chain. The engine computes that sum without listing chains; a reader wants to see them, as formulas over
the quantities' names and as numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from .formula import Formula, differentiate
from .graph import refuse_stranger, topological

if TYPE_CHECKING:
    from .value import Value

Readings = dict["Value", Formula]


def readings(*outputs: Value, longest: float = math.inf) -> Readings:
    """What every value of a graph is called in a formula.

    A named value by its name, any other by its expression over these. An unnamed leaf gets a fresh name
    (v1, v2, …), and so does an expression of more than ``longest`` operations.

    >>> from autograd import Value
    >>> x, w = Value(0.5, name="x_0"), Value(2.0, name="W_h[0][0]")
    >>> z = (w * x + 1).named("z_1")
    >>> L = z * z
    >>> print(readings(L)[z], readings(L)[L], readings(L, longest=0)[L], sep="   ")
    z_1   z_1 * z_1   v2
    """
    order = topological(*outputs)
    taken = {value.name for value in order}
    fresh = (name for i in range(1, len(order) + len(taken) + 1) if (name := f"v{i}") not in taken)
    known: Readings = {}
    sizes: dict[Value, int] = {}
    for value in order:
        sizes[value] = 0
        if value.name:
            known[value] = Formula.symbol(value.name)
        else:
            sizes[value] = 1 + sum(sizes[arg] for arg in value.operands)
            if value.op is None or sizes[value] > longest:
                sizes[value], known[value] = 0, Formula.symbol(next(fresh))
            else:
                known[value] = definition(value, known)
    return known


def definition(value: Value, known: Readings | None = None) -> Formula:
    """What a value is made of: its operation over what its operands are called, or a leaf's number.

    >>> from autograd import Value
    >>> print(definition((Value(2.0, name="w") * Value(1.0, name="x") + 1).named("z")))
    w * x + 1
    """
    refuse_stranger(value)
    known = readings(*value.operands) if known is None else known
    if value.op is None:
        return Formula.constant(value._data)
    formula: Formula = value.op(*_operands(value, known))
    return formula


def local_derivative(value: Value, i: int, known: Readings | None = None) -> Formula:
    """∂value/∂value.args[i] in the textbook's form, over what the value and its operands are called.

    >>> from autograd import Value
    >>> a = Value(0.3, name="z").sigmoid().named("a")
    >>> print(local_derivative(a, 0))
    a * (1 - a)
    """
    known = readings(value) if known is None else known
    if value.op is None:
        raise ValueError(f"{value!r} is a leaf: no operation made it, so it has no local derivative")
    if not -len(value.args) <= i < len(value.args):
        raise IndexError(f"{value.op.name} has {len(value.args)} operands, counted from 0, and none at {i}")
    return differentiate(value.op, i, known[value], _operands(value, known))


def _operands(value: Value, known: Readings) -> tuple[Formula, ...]:
    return tuple([Formula.constant(arg) if isinstance(arg, float) else known[arg] for arg in value.args])


def between(output: Value, value: Value) -> set[Value]:
    """The values on some way from the output down to the value, both included; empty where there is none."""
    refuse_stranger(value)
    order = topological(output)
    reach = {value}.intersection(order)
    for node in order:
        if any(arg in reach for arg in node.operands):
            reach.add(node)
    return reach


class Link(NamedTuple):
    """∂upper/∂lower between two neighbouring named quantities, along everything unnamed between them."""

    upper: Value
    lower: Value
    formula: Formula
    number: float


Chain = tuple[Link, ...]


def links(upper: Value, within: set[Value], known: Readings, end: Value) -> list[Link]:
    """The links from a quantity down to its neighbours among ``within``: named values, leaves, and the one at the end."""
    inner = _unnamed_below(upper, within - {end})
    formulas: dict[Value, Formula] = {upper: Formula.constant(1)}
    numbers: dict[Value, float] = {upper: 1.0}
    for node in reversed(inner):
        for i, (arg, partial) in enumerate(zip(node.args, node.partials, strict=True)):
            if isinstance(arg, float) or partial is None or arg not in within:
                continue
            term = formulas[node] * local_derivative(node, i, known)
            formulas[arg] = formulas[arg] + term if arg in formulas else term
            numbers[arg] = numbers.get(arg, 0.0) + (numbers[node] * partial if numbers[node] else 0.0)
    ends = formulas.keys() - set(inner)
    return [Link(upper, end, formulas[end], numbers[end]) for end in formulas if end in ends]


def _unnamed_below(upper: Value, within: set[Value]) -> list[Value]:
    """The upper value and the unnamed ones that lie between it and its neighbours, in topological order."""
    inner: list[Value] = []
    seen: set[Value] = set()
    stack: list[tuple[Value, bool]] = [(upper, False)]
    while stack:
        node, finished = stack.pop()
        if finished:
            inner.append(node)
        elif node not in seen and (node is upper or not (node.name or node.op is None)):
            seen.add(node)
            stack.append((node, True))
            stack += [(arg, False) for arg in reversed(node.operands) if arg in within]
    return inner


class Chains:
    """All chains of named quantities from an output down to a value; their products add up to the derivative.

    >>> from autograd import Value
    >>> x = Value(3.0, name="x")
    >>> a, b = (x * x).named("a"), (2 * x).named("b")
    >>> chains = Chains((a + b).named("L"), x)
    >>> chains.count, [product(chain) for chain in chains], chains.total
    (2, [6.0, 2.0], 8.0)
    """

    def __init__(self, output: Value, value: Value, known: Readings | None = None) -> None:
        self.output, self.value = output, value
        within = between(output, value)
        known = readings(output) if known is None else known
        self._links: dict[Value, list[Link]] = {}
        stack = [output] if within else []
        while stack:
            node = stack.pop()
            if node not in self._links:
                self._links[node] = [] if node is value else links(node, within, known, value)
                stack += [link.lower for link in self._links[node]]

    @property
    def count(self) -> int:
        """How many chains there are: known without listing them, which may be too many."""
        return int(self._sum_over_chains(lambda _: 1))

    @property
    def total(self) -> float:
        """The sum of the chains' products, which is ∂output/∂value; 0 where there is no chain."""
        return self._sum_over_chains(lambda link: link.number)

    def _sum_over_chains(self, weight: Callable[[Link], float]) -> float:
        upstream: dict[Value, float] = {self.output: 1}
        for node in reversed(topological(self.output)) if self._links else ():
            if upstream.get(node):
                for link in self._links.get(node, ()):
                    upstream[link.lower] = upstream.get(link.lower, 0) + upstream[node] * weight(link)
        return upstream.get(self.value, 0) if self._links else 0

    def __iter__(self) -> Iterator[Chain]:
        stack: list[tuple[Value, Chain]] = [(self.output, ())] if self._links else []
        while stack:
            node, chain = stack.pop()
            if node is self.value:
                yield chain
            stack += [(link.lower, (*chain, link)) for link in reversed(self._links[node])]


def product(chain: Chain) -> float:
    """The product of a chain's numbers, its contribution to the derivative; 0 from the first 0 on, as in ``backward()``."""
    found = 1.0
    for link in chain:
        found = found * link.number if found else 0.0
    return found
