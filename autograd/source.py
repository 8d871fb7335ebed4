"""Formulas as Python code over floats: a subexpression is computed once, and of a ``where`` only the side that is taken."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from types import BuiltinFunctionType

from . import ops
from .formula import Formula, bottom_up
from .op import CALL, Op

_WHERE, _WHERE_STEP = "({1} if {0} else {2})", "({2} if {0} <= 0.0 else {1})"
_PIECES = {  # the pieces' own rules without a call; {a} and {b} are where Python comes first to {0} and {1}
    ops.where: _WHERE,
    ops.step: "(1.0 if {a} > 0.0 else 0.0 if {0} <= 0.0 else {0})",
    ops.sign: "(1.0 if {a} > 0.0 else -1.0 if {0} < 0.0 else 0.0 if {0} == 0.0 else {0})",
    ops.minimum: "({0} if {a} <= {b} or {0} != {0} else {1})",
    ops.maximum: "({0} if {a} >= {b} or {0} != {0} else {1})",
}


def expressions(formulas: Sequence[Formula], names: Sequence[str]) -> list[str]:
    """An expression for each formula; those after it may use what it computed, and itself by its name.

    >>> from autograd import exp, maximum
    >>> x = Formula.symbol("x")
    >>> expressions([exp(-x) / (1 + exp(-x)), maximum(x, 0)], ["y", ""])
    ['((t0 := exp((-x))) / (1.0 + t0))', '(x if x >= 0.0 or x != x else 0.0)']
    """
    writer = _Writer(formulas)
    known: dict[int, str] = {}
    texts = []
    for root, name in zip(writer.roots, names, strict=True):
        texts.append(writer.text(root, known))
        if name:
            known[root] = name
    return texts


class _Writer:
    """The formulas as one graph in which equal subexpressions are one node, a number."""

    def __init__(self, formulas: Sequence[Formula]) -> None:
        self.parts: list[tuple[str, tuple[int, ...]]] = []  # a template and its operands
        self.fresh = 0
        self._known: dict[tuple[str, tuple[int, ...]], int] = {}
        self.roots = [self._add(formula) for formula in formulas]
        self.uses = Counter(self.roots)
        for template, args in self.parts:
            for letter, k, arg in zip("abc", range(3), args, strict=False):
                self.uses[arg] += template.count(f"{{{k}}}") + template.count(f"{{{letter}}}")

    def _add(self, formula: Formula) -> int:
        number: dict[int, int] = {}
        for node in bottom_up(formula):
            args = node.args
            if node.op is None:
                template = node.name if node.number is None else _number(node.number)
            elif node.op is ops.where and args[0].op is ops.step:  # as a condition NaN counts as true
                template, args = _WHERE_STEP, (args[0].args[0], *args[1:])
            else:
                template = _PIECES.get(node.op) or _call(node.op)
            key = template, tuple([number[id(arg)] for arg in args])
            number[id(node)] = self._known.setdefault(key, len(self.parts))
            if number[id(node)] == len(self.parts):
                self.parts.append(key)
        return number[id(formula)]

    def text(self, node: int, known: dict[int, str]) -> str:
        """The node in the order in which Python computes it; what has a second use gets a name, which ``known`` learns."""
        template, args = self.parts[node]
        if node in known or not args:
            return known.get(node, template)
        first = [self.text(args[0], known)]
        if template in (_WHERE, _WHERE_STEP):
            first += [self.text(arg, dict(known)) for arg in args[1:]]
        else:
            first += [self.text(arg, known) for arg in args[1:]]
        again = [known.get(arg, text) for arg, text in zip(args, first, strict=True)]
        plain = "{a}" not in template
        code = template.format(*(first if plain else again), **dict(zip("ab", first, strict=False)))
        if self.uses[node] < 2:
            return code
        known[node] = f"t{self.fresh}"
        self.fresh += 1
        return f"({known[node]} := {code})"


def _call(op: Op) -> str:
    if op.prec == CALL or isinstance(op.fn, BuiltinFunctionType):
        return f"{op.name}({', '.join(f'{{{i}}}' for i in range(op.arity))})"
    return f"({op.text})"


def _number(number: float) -> str:
    return repr(number) if math.isfinite(number) else f"float('{number}')"
