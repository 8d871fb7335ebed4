"""A sheet written out in four notations."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .sheets import Sheet
from .trees import Node

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
