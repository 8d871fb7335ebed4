r"""Derivations that are right as they are, kept as trees, and written out in four notations.

Trees, evaluator and writers here share nothing with the checker's own: what a tree is worth is decided with mpmath,
what a line means by whoever wrote the tree, so that a misreading of the checker shows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from mpmath import mp, mpf

# ---- trees ----


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


# ---- what a tree is worth ----


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


# ---- sheets ----


@dataclass(frozen=True)
class Claim:
    """``∂upper/∂lower = right = right = …``; ``sign`` is = or +=."""

    upper: str
    lower: str
    rights: tuple[Node, ...]
    sign: str = "="


@dataclass(frozen=True)
class Sheet:
    """A derivation that is right: the program, then the claims."""

    name: str
    definitions: tuple[tuple[str, Node], ...]
    claims: tuple[Claim, ...]
    positive: frozenset[str] = field(default_factory=frozenset)

    @property
    def quantities(self) -> list[str]:
        """Every name, leaves first."""
        defined = [name for name, _ in self.definitions]
        return [*self.leaves, *defined]

    @property
    def leaves(self) -> list[str]:
        """What is used and not defined."""
        defined = {name for name, _ in self.definitions}
        used = [piece.text for _, node in self.definitions for _, piece in node.pieces() if piece.kind == "var"]
        return [name for name in dict.fromkeys(used) if name not in defined]

    def points(self, count: int = 4, seed: int = 20240229) -> list[Point]:
        """Random points of our own, on both sides of kinks where that can be had."""
        mp.dps = 60
        rng = Random(f"{self.name} {seed}")
        found: list[Point] = []
        while len(found) < count:
            leaves = {name: mpf(rng.uniform(0.2 if name in self.positive else -1.5, 1.5)) for name in self.leaves}
            found.append(Point(dict(self.definitions), leaves))
        return found


def sheet(name: str, program: str, claims: str, positive: str = "") -> Sheet:
    """A sheet from lines such as ``z = w*x`` and ``L / w = D(L, z) * x``."""
    definitions = []
    for line in program.strip().splitlines():
        left, _, right = line.partition("=")
        definitions.append((left.strip(), tree(right)))
    found = []
    for line in claims.strip().splitlines():
        sign = "+=" if "+=" in line else "="
        left, *rights = re.split(r"\s\+?=\s", line)
        upper, _, lower = left.partition("/")
        found.append(Claim(upper.strip(), lower.strip(), tuple(tree(right) for right in rights), sign))
    return Sheet(name, tuple(definitions), tuple(found), frozenset(positive.split()))


SHEETS = (
    sheet(
        "2-2-1 sigmoid network",
        """
        z1 = x0*W_h[0][0] + x1*W_h[1][0] + b1
        z2 = x0*W_h[0][1] + x1*W_h[1][1] + b2
        a1 = sigmoid(z1)
        a2 = sigmoid(z2)
        z3 = a1*W_o[0] + a2*W_o[1] + b3
        a3 = sigmoid(z3)
        L = (y - a3)**2
        """,
        """
        L / a3 = -2*(y - a3)
        L / z3 = D(L, a3)*prime(sigmoid, z3) = -2*(y - a3)*a3*(1 - a3)
        L / W_o[0] = D(L, z3)*a1
        L / W_o[1] = D(L, z3)*a2
        L / b3 = D(L, z3)
        L / a1 = D(L, z3)*W_o[0]
        L / a2 = D(L, z3)*D(z3, a2)
        L / z1 = D(L, a1)*a1*(1 - a1)
        L / z2 = D(L, a2)*prime(sigmoid, z2)
        L / W_h[0][0] = D(L, z1)*x0
        L / W_h[0][1] = D(L, z2)*x0
        L / W_h[1][0] = D(L, z1)*x1
        L / W_h[1][1] = D(L, z2)*x1
        L / b1 = D(L, z1)
        L / x0 = D(L, z1)*W_h[0][0] + D(L, z2)*W_h[0][1]
        """,
    ),
    sheet(
        "2-3-2 tanh network",
        """
        z1 = x1*W[1][1] + x2*W[2][1] + b1
        z2 = x1*W[1][2] + x2*W[2][2] + b2
        z3 = x1*W[1][3] + x2*W[2][3] + b3
        h1 = tanh(z1)
        h2 = tanh(z2)
        h3 = tanh(z3)
        o1 = h1*V[1][1] + h2*V[2][1] + h3*V[3][1] + c1
        o2 = h1*V[1][2] + h2*V[2][2] + h3*V[3][2] + c2
        L = 0.5*(o1 - t1)**2 + 0.5*(o2 - t2)**2
        """,
        """
        L / o1 = o1 - t1
        L / o2 = o2 - t2
        L / V[1][1] = D(L, o1)*h1
        L / V[2][1] = D(L, o1)*h2
        L / V[3][2] = D(L, o2)*h3
        L / c1 = D(L, o1)
        L / h1 = D(L, o1)*V[1][1] + D(L, o2)*V[1][2]
        L / h2 = D(L, o1)*D(o1, h2) + D(L, o2)*D(o2, h2)
        L / h3 = D(L, o1)*V[3][1] + D(L, o2)*V[3][2]
        L / z1 = D(L, h1)*(1 - h1**2)
        L / z2 = D(L, h2)*prime(tanh, z2)
        L / z3 = D(L, h3)*(1 - h3*h3)
        L / W[1][1] = D(L, z1)*x1
        L / W[2][3] = D(L, z3)*x2
        L / x1 = D(L, z1)*W[1][1] + D(L, z2)*W[1][2] + D(L, z3)*W[1][3]
        """,
    ),
    sheet(
        "softmax with cross-entropy",
        """
        o1 = w1*x + b1
        o2 = w2*x + b2
        o3 = w3*x + b3
        S = exp(o1) + exp(o2) + exp(o3)
        p1 = exp(o1)/S
        p2 = exp(o2)/S
        p3 = exp(o3)/S
        L = -(y1*log(p1) + y2*log(p2) + y3*log(p3))
        """,
        """
        L / p1 = -y1/p1
        L / p2 = -y2/p2
        L / p3 = -y3/p3
        p1 / o1 = p1*(1 - p1)
        p2 / o1 = -p1*p2
        p3 / o1 = -p3*p1
        L / o1 = D(L, p1)*D(p1, o1) + D(L, p2)*D(p2, o1) + D(L, p3)*D(p3, o1) = p1*(y1 + y2 + y3) - y1
        L / o2 = p2*(y1 + y2 + y3) - y2
        L / o3 = p3*(y1 + y2 + y3) - y3
        L / w1 = D(L, o1)*x
        L / w2 = D(L, o2)*x
        L / b3 = D(L, o3)
        L / x = D(L, o1)*w1 + D(L, o2)*w2 + D(L, o3)*w3
        """,
    ),
    sheet(
        "recurrent network through two steps",
        """
        z1 = w*x1 + u*h0 + b
        h1 = tanh(z1)
        z2 = w*x2 + u*h1 + b
        h2 = tanh(z2)
        q = v*h2
        L = (q - y)**2
        """,
        """
        L / q = 2*(q - y)
        L / v = D(L, q)*h2
        L / h2 = D(L, q)*v
        L / z2 = D(L, h2)*(1 - h2**2)
        L / h1 = D(L, z2)*u
        L / z1 = D(L, h1)*prime(tanh, z1)
        L / w = D(L, z1)*x1 + D(L, z2)*x2
        L / u = D(L, z2)*h1 + D(L, z1)*h0
        L / b = D(L, z1) + D(L, z2)
        L / h0 = D(L, z1)*u
        """,
    ),
    sheet(
        "recurrent network, contributions added up",
        """
        z1 = w*x1 + u*h0
        h1 = tanh(z1)
        z2 = w*x2 + u*h1
        h2 = tanh(z2)
        L = (h2 - y)**2
        """,
        """
        L / h2 = 2*(h2 - y)
        L / z2 = D(L, h2)*(1 - h2**2)
        L / w = D(L, z2)*x2
        L / u = D(L, z2)*h1
        L / h1 = D(L, z2)*u
        L / z1 = D(L, h1)*(1 - h1**2)
        L / w += D(L, z1)*x1
        L / u += D(L, z1)*h0
        """,
    ),
    sheet(
        "logistic regression, mean over three samples",
        """
        z1 = w*x1 + b
        z2 = w*x2 + b
        z3 = w*x3 + b
        p1 = sigmoid(z1)
        p2 = sigmoid(z2)
        p3 = sigmoid(z3)
        l1 = -(t1*log(p1) + (1 - t1)*log(1 - p1))
        l2 = -(t2*log(p2) + (1 - t2)*log(1 - p2))
        l3 = -(t3*log(p3) + (1 - t3)*log(1 - p3))
        J = (l1 + l2 + l3)/3
        """,
        """
        l1 / p1 = (p1 - t1)/(p1*(1 - p1))
        l2 / p2 = -t2/p2 + (1 - t2)/(1 - p2)
        l1 / z1 = p1 - t1
        l2 / z2 = p2 - t2
        l3 / z3 = p3 - t3
        J / l1 = 1/3
        J / z1 = D(J, l1)*D(l1, z1) = (p1 - t1)/3
        J / z2 = (p2 - t2)/3
        J / z3 = (p3 - t3)/3
        J / w = ((p1 - t1)*x1 + (p2 - t2)*x2 + (p3 - t3)*x3)/3
        J / b = D(J, z1) + D(J, z2) + D(J, z3)
        """,
    ),
    sheet(
        "rectifier with hinge loss",
        """
        z1 = w1*x + b1
        z2 = w2*x + b2
        h1 = relu(z1)
        h2 = relu(z2)
        f = v1*h1 + v2*h2 + c
        L = max(0, 1 - t*f) + lam*(v1**2 + v2**2)
        """,
        """
        L / f = -t*positive(1 - t*f)
        L / v1 = D(L, f)*h1 + 2*lam*v1
        L / v2 = D(L, f)*h2 + 2*lam*v2
        L / c = D(L, f)
        L / h1 = D(L, f)*v1
        L / h2 = D(L, f)*v2
        L / z1 = D(L, h1)*prime(relu, z1)
        L / z2 = D(L, h2)*positive(z2)
        L / w1 = D(L, z1)*x
        L / b2 = D(L, z2)
        L / x = D(L, z1)*w1 + D(L, z2)*w2
        """,
    ),
    sheet(
        "chain with shared variables",
        """
        u = x*y
        v = u + x
        r = u*v
        q = sin(r)
        G = q**2 + exp(u)/v
        """,
        """
        G / q = 2*q
        G / r = D(G, q)*cos(r)
        G / v = D(G, r)*u - exp(u)/v**2
        r / u = v + u
        G / u = D(G, q)*cos(r)*v + exp(u)/v + D(G, v)
        G / x = D(G, u)*y + D(G, v)
        G / y = D(G, u)*x
        """,
        positive="x y",
    ),
    sheet(
        "one neuron, factors side by side",
        """
        z = w*x + b
        a = sigmoid(z)
        E = 0.5*(a - y)**2
        """,
        """
        E / a = a - y
        E / z = (a - y)*a*(1 - a) = (a - y)*sigmoid(z)*(1 - sigmoid(z))
        E / w = (a - y)*prime(sigmoid, z)*x
        E / b = D(E, a)*prime(sigmoid, z)
        E / x = w*D(E, z)
        """,
    ),
)

# ---- writing ----

NOTATIONS = ("latex", "unicode", "text", "numpy")
SUFFIX = {"latex": ".md", "unicode": ".txt", "text": ".txt", "numpy": ".py"}
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_LOOSE, _FACTOR, _SIGNED, _TIGHT = 0, 1, 2, 3


class Writer:
    """One notation."""

    def __init__(self, notation: str, loss: str) -> None:
        self.notation, self.loss = notation, loss

    def name(self, name: str) -> str:
        match = re.fullmatch(r"([a-zA-Z]+)(\d*)((?:\[\d\])*)", name.replace("_", "", 0))
        if self.notation == "numpy":
            return name.replace("][", ", ")
        if match is None or match[3] or not match[2]:
            return (
                r"\lambda" if name == "lam" and self.notation == "latex" else "λ" if name == "lam" and self.notation == "unicode" else name
            )
        if self.notation == "latex":
            return f"{match[1]}_{match[2]}"
        return match[1] + match[2].translate(_SUBSCRIPTS) if self.notation == "unicode" else name

    def partial(self, upper: str, lower: str) -> str:
        up, low = self.name(upper), self.name(lower)
        match self.notation:
            case "latex":
                return rf"\frac{{\partial {up}}}{{\partial {low}}}"
            case "unicode":
                return f"∂{up}/∂{low}"
            case "text":
                return f"d{up}/d{low}"
        return f"d{low}" if upper == self.loss else f"d{up}_d{low}"

    def function(self, name: str, prime: bool) -> str:
        match self.notation:
            case "latex":
                known = {"sigmoid": r"\sigma", "relu": r"\operatorname{relu}", "log": r"\ln"}
                return known.get(name, rf"\{name}" if name in ("tanh", "exp", "sin", "cos", "max") else rf"\operatorname{{{name}}}") + (
                    "'" if prime else ""
                )
            case "unicode":
                return {"sigmoid": "σ", "log": "ln"}.get(name, name) + ("′" if prime else "")
            case "text":
                return {"sigmoid": "s"}.get(name, name) + ("'" if prime else "")
        if prime:
            return f"{name}_prime"
        return {"exp": "np.exp", "log": "np.log", "tanh": "np.tanh", "sin": "np.sin", "cos": "np.cos", "max": "np.maximum"}.get(name, name)

    def write(self, node: Node) -> str:
        return self._one(node)[0]

    def _one(self, node: Node) -> tuple[str, int]:
        match node.kind:
            case "num":
                return node.text, _TIGHT
            case "var":
                return self.name(node.text), _TIGHT
            case "partial":
                return self.partial(node.text, node.lower), _TIGHT if self.notation in ("latex", "numpy") else _SIGNED
            case "call" | "prime":
                inside = ", ".join(self.write(arg) for arg in node.args)
                return f"{self.function(node.text, node.kind == 'prime')}({inside})", _TIGHT
            case "indicator":
                inside = self.write(node.args[0])
                one = {"latex": r"\mathbb{1}[%s > 0]", "numpy": "(%s > 0)"}.get(self.notation, "1[%s > 0]")
                return one % inside, _TIGHT
            case "neg":
                return f"-{self._inside(node.args[0], _FACTOR)}", _LOOSE
            case "+" | "-":
                right = self._inside(node.args[1], _LOOSE if node.kind == "+" and node.args[1].kind != "neg" else _FACTOR)
                return f"{self._inside(node.args[0], _LOOSE)} {node.kind} {right}", _LOOSE
            case "*":
                times = {"latex": r" \cdot ", "unicode": " · ", "text": " * ", "numpy": " * "}[self.notation]
                return self._inside(node.args[0], _FACTOR) + times + self._inside(node.args[1], _SIGNED), _FACTOR
            case "/":
                if self.notation == "latex":
                    return rf"\frac{{{self.write(node.args[0])}}}{{{self.write(node.args[1])}}}", _TIGHT
                return f"{self._inside(node.args[0], _FACTOR)} / {self._inside(node.args[1], _TIGHT)}", _FACTOR
            case "^":
                base, exponent = self._inside(node.args[0], _TIGHT), self._inside(node.args[1], _TIGHT)
                if self.notation == "latex":
                    return f"{base}^{{{self.write(node.args[1])}}}", _SIGNED
                if self.notation == "unicode" and exponent in "234":
                    return base + "²³⁴"["234".index(exponent)], _SIGNED
                return f"{base}{'**' if self.notation == 'numpy' else '^'}{exponent}", _SIGNED
        raise ValueError(node.kind)

    def _inside(self, node: Node, least: int) -> str:
        text, tightness = self._one(node)
        if tightness >= least:
            return text
        return rf"\left({text}\right)" if self.notation == "latex" else f"({text})"


@dataclass(frozen=True)
class Written:
    """A sheet as text. ``rows[i]`` are the lines, from 1, on which the right sides of claim i stand."""

    text: str
    rows: tuple[tuple[int, ...], ...]

    def line(self, row: int) -> str:
        return self.text.split("\n")[row - 1]


def written(sheet: Sheet, notation: str) -> Written:
    """A sheet in one of the notations, one statement a line."""
    uppers = [claim.upper for claim in sheet.claims]
    writer = Writer(notation, max(uppers, key=uppers.count))
    around = "${}$" if notation == "latex" else "{}"
    lines = [around.format(f"{writer.name(name)} = {writer.write(node)}") for name, node in sheet.definitions]
    rows = []
    for claim in sheet.claims:
        left = writer.partial(claim.upper, claim.lower)
        rights = [writer.write(right) for right in claim.rights]
        if notation == "numpy":
            rows.append(tuple(range(len(lines) + 1, len(lines) + 1 + len(rights))))
            lines += [f"{left} {claim.sign} {right}" for right in rights]
        else:
            lines.append(around.format(f"{left} {claim.sign} " + " = ".join(rights)))
            rows.append((len(lines),) * len(rights))
    return Written("\n".join(lines) + "\n", tuple(rows))
