"""Derivations that are right as they are, kept as trees."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random

from mpmath import mp, mpf

from .trees import Node, Point, tree


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
