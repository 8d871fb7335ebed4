"""Formulas as Python code over floats: a subexpression is computed once, and of a ``where`` only the side that is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from types import BuiltinFunctionType

from . import ops
from .branches import Branches, branches, chosen
from .formula import Formula, bottom_up
from .op import CALL, Op

_IF = "({1} if {0} else {2})"
_WHERE = _IF, "({2} if {zero} else {1})"


def expressions(formulas: Sequence[Formula], names: Sequence[str]) -> list[str]:
    """An expression for each formula; those after it may use what it computed, and itself by its name.

    >>> from autograd import exp, maximum
    >>> x = Formula.symbol("x")
    >>> expressions([exp(-x) / (1 + exp(-x)), maximum(x, 0)], ["y", ""])
    ['((t0 := exp((-x))) / (1.0 + t0))', '(x if x >= 0.0 else (x if x != x else 0.0))']
    """
    writer = _Writer(formulas)
    known: dict[int, str] = {}
    texts = []
    for root, name in zip(writer.roots, names, strict=True):
        texts.append(writer.text(root, known))
        if name:
            known[root] = name
    return texts


class Shared:
    """Formulas as one graph in which equal subexpressions are one node, a number.

    ``spell`` gives an operation's template, ``number`` a number's text, ``where`` the template of a where, and of one whose
    condition is a row that says by a comparison where it is ``zero``, as step does. ``parts`` are the nodes' templates and operands,
    ``nodes`` what they stand for, operands first, ``uses`` how often each is written.
    """

    def __init__(
        self, formulas: Sequence[Formula], spell: Callable[[Op], str], number: Callable[[float], str], where: tuple[str, str]
    ) -> None:
        self.parts: list[tuple[str, tuple[int, ...]]] = []
        self.nodes: list[Formula] = []
        self.where, self.choices = where, {where[0]}
        self.fresh = 0
        self._known: dict[tuple[str, tuple[int, ...]], int] = {}
        self.roots = [self._add(formula, spell, number) for formula in formulas]
        self.uses = Counter(self.roots)
        for template, args in self.parts:
            for letter, k, arg in zip("abc", range(3), args, strict=False):
                self.uses[arg] += template.count(f"{{{k}}}") + template.count(f"{{{letter}}}")

    def _add(self, formula: Formula, spell: Callable[[Op], str], number: Callable[[float], str]) -> int:
        place: dict[int, int] = {}
        for node in bottom_up(formula):
            args = node.args
            if node.op is None:
                template = node.name if node.number is None else number(node.number)
            elif node.op is not ops.where:
                template = spell(node.op)
            elif (condition := args[0]).op is not None and condition.op.zero:
                template, args = self.where[1].replace("{zero}", condition.op.zero), (*condition.args, *args[1:])
                self.choices.add(template)
            else:
                template = self.where[0]
            key = template, tuple([place[id(arg)] for arg in args])
            place[id(node)] = self._known.setdefault(key, len(self.parts))
            if place[id(node)] == len(self.parts):
                self.parts.append(key)
                self.nodes.append(node)
        return place[id(formula)]

    def name(self) -> str:
        """A name that no other node has."""
        self.fresh += 1
        return f"t{self.fresh - 1}"


class _Writer(Shared):
    def __init__(self, formulas: Sequence[Formula]) -> None:
        super().__init__(formulas, _template, lambda x: Formula.constant(x).code, _WHERE)

    def text(self, node: int, known: dict[int, str]) -> str:
        """The node in the order in which Python computes it; what has a second use gets a name, which ``known`` learns."""
        template, args = self.parts[node]
        if node in known or not args:
            return known.get(node, template)
        first = [self.text(args[0], known)]
        if template in self.choices:
            first += [self.text(arg, dict(known)) for arg in args[1:]]
        else:
            first += [self.text(arg, known) for arg in args[1:]]
        again = [known.get(arg, text) for arg, text in zip(args, first, strict=True)]
        plain = "{a}" not in template
        code = template.format(*(first if plain else again), **dict(zip("ab", first, strict=False)))
        if self.uses[node] < 2:
            return code
        known[node] = self.name()
        return f"({known[node]} := {code})"


@cache
def _template(op: Op) -> str:
    """A call, an infix operation, or what a row that only compares gives; {a} and {b} are where Python comes first to {0} and {1}."""
    if op.prec != CALL and not isinstance(op.fn, BuiltinFunctionType):
        return f"({op.text})"
    operands = [f"{{{i}}}" for i in range(op.arity)]
    found = _branches(op, operands)
    if isinstance(found, str) or not all(operand in found[0] for operand in operands):
        return f"{op.name}({', '.join(operands)})"
    first = found[0].replace("{0}", "{a}").replace("{1}", "{b}")
    return _IF.format(first, chosen(found[1], _IF), chosen(found[2], _IF))


def _branches(op: Op, operands: list[str]) -> Branches:
    try:
        return branches(op.fn, operands)
    except TypeError:  # it computes
        return ""
