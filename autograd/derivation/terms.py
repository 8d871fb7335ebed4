"""What a writer wrote, as a tree that remembers where each piece stands in the file.

A term is a number, a quantity, a partial derivative, a function's derivative, or an operation of the op table on terms.
Nothing is simplified: the tree has the writer's own shape, so that one piece of it can be doubted at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ..formula import Formula, bottom_up, derivative
from ..op import Op

Span = tuple[int, int]  # from, to: offsets in the file's text
NOWHERE: Span = (-1, -1)  # of a term that no writer wrote


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A number, with the digits that were written."""

    value: float
    text: str
    span: Span = NOWHERE
    args: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """A quantity of the program, or the variable of a function."""

    name: str
    span: Span = NOWHERE
    args: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """∂upper/∂lower."""

    upper: str
    lower: str
    span: Span = NOWHERE
    args: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Prime:
    """A function's derivative at an argument: σ'(z)."""

    op: Op
    args: tuple[Term, ...]
    span: Span = NOWHERE
    at: Span = NOWHERE  # where the function's name stands


@dataclass(frozen=True, slots=True, eq=False)
class Apply:
    """An operation of the table on terms."""

    op: Op
    args: tuple[Term, ...]
    span: Span = NOWHERE
    at: Span = NOWHERE  # where the operator or the function's name stands; empty for a product without a sign


Term = Number | Quantity | Partial | Prime | Apply


class Meaning(Protocol):
    """What quantities and partial derivatives stand for, over some carrier."""

    def quantity(self, name: str) -> Any:
        """The quantity of that name."""

    def partial(self, upper: str, lower: str) -> Any:
        """∂upper/∂lower."""

    def number(self, number: Number) -> Any:
        """A written number."""


def walk(root: Term) -> Iterator[Term]:
    """Every piece of a term, once, operands before what they are operands of; without recursion."""
    stack: list[tuple[Term, bool]] = [(root, False)]
    seen: set[int] = set()
    while stack:
        term, ready = stack.pop()
        if ready or (not term.args and id(term) not in seen):
            seen.add(id(term))
            yield term
        elif id(term) not in seen:
            seen.add(id(term))
            stack.append((term, True))
            stack += [(arg, False) for arg in reversed(term.args)]


def written_size(root: Term) -> int:
    """How many pieces a term has where each stands that it is made of, as often as it is used."""
    sizes: dict[int, int] = {}
    for term in walk(root):
        sizes[id(term)] = 1 + sum(sizes[id(arg)] for arg in term.args)
    return sizes[id(root)]


def value(root: Term, meaning: Meaning) -> Any:
    """The term's value over the carrier of its meaning."""
    done: dict[int, Any] = {}
    for term in walk(root):
        xs = [done[id(arg)] for arg in term.args]
        match term:
            case Number():
                done[id(term)] = meaning.number(term)
            case Quantity():
                done[id(term)] = meaning.quantity(term.name)
            case Partial():
                done[id(term)] = meaning.partial(term.upper, term.lower)
            case Apply():
                done[id(term)] = term.op(*xs)
            case Prime():
                done[id(term)] = term.op.partials[0](term.op(*xs), *xs)
    return done[id(root)]


class _Symbols:
    """The meaning in which every leaf is a symbol of its own."""

    def __init__(self) -> None:
        self.partials: dict[str, tuple[str, str]] = {}

    def quantity(self, name: str) -> Formula:
        return Formula.symbol(name)

    def number(self, number: Number) -> Formula:
        return Formula.constant(number.value)

    def partial(self, upper: str, lower: str) -> Formula:
        symbol = f"∂{upper}/∂{lower}"
        self.partials[symbol] = upper, lower
        return Formula.symbol(symbol)


def slope(body: Term, variable: str) -> Term:
    """The derivative of what is written, with respect to one of the quantities written in it, as a term of no place."""
    symbols = _Symbols()
    done: dict[int, Term] = {}
    root = derivative(value(body, symbols), variable)
    for node in bottom_up(root):
        if node.op is not None:
            done[id(node)] = Apply(node.op, tuple([done[id(arg)] for arg in node.args]))
        elif node.number is not None:
            done[id(node)] = Number(node.number, str(node.number))
        else:
            done[id(node)] = Partial(*symbols.partials[node.name]) if node.name in symbols.partials else Quantity(node.name)
    return done[id(root)]


def substituted(root: Term, by: Mapping[str, Term]) -> Term:
    """The term with terms in the place of quantities, all of them at once and everywhere."""
    done: dict[int, Term] = {}
    for term in walk(root):
        if isinstance(term, Quantity) and term.name in by:
            done[id(term)] = by[term.name]
        else:
            args = tuple([done[id(arg)] for arg in term.args])
            done[id(term)] = replace(term, args=args) if args else term
    return done[id(root)]


def replaced(root: Term, old: Term, new: Term) -> Term:
    """The term with one of its pieces, given as the object it is, exchanged for another."""
    if root is old:
        return new
    parents: dict[int, Term] = {}
    for term in walk(root):
        for arg in term.args:
            parents[id(arg)] = term
    while old is not root:
        parent = parents[id(old)]
        new = replace(parent, args=tuple([new if arg is old else arg for arg in parent.args]))
        old = parent
    return new


def quantities(root: Term) -> set[str]:
    """The quantities that a term mentions, those of its partial derivatives not among them."""
    return {term.name for term in walk(root) if isinstance(term, Quantity)}


def is_number(root: Term) -> bool:
    """Whether a term is made of numbers only."""
    return all(isinstance(term, Number | Apply) for term in walk(root))
