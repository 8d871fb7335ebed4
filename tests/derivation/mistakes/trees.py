"""A formula as a tree, and what it is worth: kept apart from the checker's own, so that a misreading of the checker shows."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mpmath import mp, mpf


@dataclass(frozen=True)
class Node:
    """``kind`` is num, var, partial, call, prime, indicator, neg or one of + - * / ^; ``text`` a name or a number."""

    kind: str
    args: tuple[Node, ...] = ()
    text: str = ""
    lower: str = ""

    def pieces(self, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Node]]:
        yield path, self
        for i, arg in enumerate(self.args):
            yield from arg.pieces((*path, i))

    def at(self, path: tuple[int, ...], new: Node) -> Node:
        """The tree with one piece exchanged."""
        if not path:
            return new
        args = list(self.args)
        args[path[0]] = args[path[0]].at(path[1:], new)
        return replace(self, args=tuple(args))


def num(text: str) -> Node:
    return Node("num", text=text)


def var(name: str) -> Node:
    return Node("var", text=name)


def partial(upper: str, lower: str) -> Node:
    return Node("partial", text=upper, lower=lower)


_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}


def tree(source: str) -> Node:
    """A tree from Python's syntax: ``D(L, a) * prime(sigmoid, z) * W_h[0][1]``."""
    return _tree(ast.parse(source.strip(), mode="eval").body)


def _tree(node: ast.expr) -> Node:
    match node:
        case ast.BinOp():
            return Node(_OPERATORS[type(node.op)], (_tree(node.left), _tree(node.right)))
        case ast.UnaryOp(op=ast.USub()):
            return Node("neg", (_tree(node.operand),))
        case ast.Constant():
            return num(str(node.value))
        case ast.Name() | ast.Subscript():
            return var(ast.unparse(node))
        case ast.Call(func=ast.Name(id="D"), args=[upper, lower]):
            return partial(ast.unparse(upper), ast.unparse(lower))
        case ast.Call(func=ast.Name(id="prime"), args=[ast.Name(id=name), arg]):
            return Node("prime", (_tree(arg),), name)
        case ast.Call(func=ast.Name(id="positive"), args=[arg]):
            return Node("indicator", (_tree(arg),))
        case ast.Call(func=ast.Name(id=name)):
            return Node("call", tuple(_tree(arg) for arg in node.args), name)
    raise ValueError(ast.dump(node))


def _logistic(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


FUNCTIONS = {
    "sigmoid": _logistic,
    "tanh": mp.tanh,
    "relu": lambda x: x if x > 0 else mpf(0),
    "exp": mp.exp,
    "log": mp.log,
    "sin": mp.sin,
    "cos": mp.cos,
    "abs": abs,
    "sqrt": mp.sqrt,
    "max": lambda a, b: max(a, b),
    "square": lambda x: x * x,
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "step": lambda x: mpf(x > 0),
    "sign": lambda x: mpf((x > 0) - (x < 0)),
}
PRIMES = {
    "sigmoid": lambda x: _logistic(x) * (1 - _logistic(x)),
    "tanh": lambda x: 1 - mp.tanh(x) ** 2,
    "relu": lambda x: mpf(x > 0),
    "exp": mp.exp,
    "log": lambda x: 1 / x,
    "sin": mp.cos,
    "cos": lambda x: -mp.sin(x),
    "abs": lambda x: mpf((x > 0) - (x < 0)),
    "sqrt": lambda x: 1 / (2 * mp.sqrt(x)),
    "square": lambda x: 2 * x,
    "softplus": _logistic,
    "step": lambda x: mpf(0),
    "sign": lambda x: mpf(0),
}


class Point:
    """The program at one random point: its quantities, and any derivative between them, by differences of 60 digits."""

    H = mpf(10) ** -20

    def __init__(self, definitions: Mapping[str, Node], leaves: Mapping[str, Any]) -> None:
        self.definitions, self.leaves = definitions, dict(leaves)
        self.values = self._run({})
        self._partials: dict[tuple[str, str], Any] = {}

    def _run(self, forced: Mapping[str, Any]) -> dict[str, Any]:
        values = {**self.leaves, **forced}
        for name, node in self.definitions.items():
            if name not in forced:
                values[name] = evaluate(node, values, self)
        return values

    def partial(self, upper: str, lower: str) -> Any:
        """d upper / d lower, where lower may be moved by itself though it is defined."""
        if upper == lower:
            return mpf(1)
        if (upper, lower) not in self._partials:
            x = self.values[lower]
            high, low = self._run({lower: x + self.H})[upper], self._run({lower: x - self.H})[upper]
            self._partials[upper, lower] = (high - low) / (2 * self.H)
        return self._partials[upper, lower]


def evaluate(node: Node, values: Mapping[str, Any], point: Point | None = None) -> Any:
    """A tree's value; its derivatives are the true ones."""
    if node.kind == "partial":
        assert point is not None
        return point.partial(node.text, node.lower)
    if node.kind == "num":
        return mpf(node.text)
    if node.kind == "var":
        return values[node.text]
    xs = [evaluate(arg, values, point) for arg in node.args]
    match node.kind:
        case "call":
            return FUNCTIONS[node.text](*xs)
        case "prime":
            return PRIMES[node.text](*xs)
        case "indicator":
            return mpf(xs[0] > 0)
        case "neg":
            return -xs[0]
        case "+":
            return xs[0] + xs[1]
        case "-":
            return xs[0] - xs[1]
        case "*":
            return xs[0] * xs[1]
        case "/":
            return xs[0] / xs[1]
        case "^":
            return xs[0] ** xs[1]
    raise ValueError(node.kind)
