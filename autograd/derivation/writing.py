"""Terms written back in the writer's own notation: LaTeX for LaTeX, names of programs for programs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..formula import Formula
from ..names import latex as latex_name
from ..op import CALL, MUL, POW, Op
from .terms import Apply, Number, Partial, Prime, Quantity, Term, walk


@dataclass(frozen=True)
class Notation:
    """How one writer writes: ``kind`` is latex, text or code; ``round`` says ∂ (or d) for derivatives."""

    kind: str
    round: bool = True
    times: str = " * "
    loss: str | None = None  # in code, dz is the derivative of this

    @classmethod
    def of(cls, line: str, *, latex: bool, code: bool = False, loss: str | None = None) -> Notation:
        """The notation of a line that somebody wrote."""
        if code:
            return cls("code", round=False, loss=loss)
        if latex:
            times = r" \times " if "\\times" in line else r" \, " if "\\," in line else r" \cdot "
            return cls("latex", "\\partial" in line or "∂" in line or not re.search(r"\\frac\{\s*d|\\mathrm", line), times)
        times = " · " if "·" in line else " × " if "×" in line else " * " if "*" in line else " · " if "∂" in line else " * "
        return cls("text", "∂" in line, times)

    def partial(self, upper: str, lower: str) -> str:
        """A derivative.

        >>> Notation("latex").partial("L", "z_1"), Notation("text", round=False).partial("L", "z1")
        ('\\\\frac{\\\\partial L}{\\\\partial z_1}', 'dL/dz1')
        """
        upper, lower = self.quantity(upper), self.quantity(lower)
        if self.kind == "code":
            return f"d{lower}" if self.loss in (None, upper) else f"d{upper}_d{lower}"
        if self.kind == "latex":
            d = r"\partial " if self.round else "d"
            return rf"\frac{{{d}{upper}}}{{{d}{lower}}}"
        d = "∂" if self.round else "d"
        return f"{d}{upper}/{d}{lower}"

    def formula(self, formula: Formula) -> str:
        """A formula of the engine."""
        return formula.latex if self.kind == "latex" else formula.text.replace("**", "^") if self.kind == "text" else formula.text

    def quantity(self, name: str) -> str:
        """A quantity's name, as LaTeX where it was first spelt in another way."""
        if self.kind == "latex" and re.search(r"[^\x00-\x7f]|^[A-Za-z]{2,}\d*$|_\w\w", name) and "\\" not in name and "[" not in name:
            return latex_name(name)
        return name

    def function(self, op: Op, prime: bool = False) -> str:
        """A function's name, with a prime for its derivative."""
        mark = "'" if prime else ""
        if self.kind == "latex":
            head = {"sigmoid": r"\sigma", "log": r"\ln", "maximum": r"\max", "minimum": r"\min"}.get(op.name)
            known = op.name in ("tanh", "exp", "sin", "cos", "tan", "sinh", "cosh")
            return (head or (f"\\{op.name}" if known else rf"\operatorname{{{op.name}}}")) + mark
        if self.kind == "code":
            return f"{op.name}_prime" if prime else op.name
        return {"sigmoid": "σ" if self.round else "s", "maximum": "max", "minimum": "min"}.get(op.name, op.name) + mark

    def write(self, root: Term) -> str:
        """A whole term."""
        done: dict[int, tuple[str, int]] = {}
        for term in walk(root):
            done[id(term)] = self._one(term, [done[id(arg)] for arg in term.args])
        return done[id(root)][0]

    def _one(self, term: Term, args: list[tuple[str, int]]) -> tuple[str, int]:
        match term:
            case Number():
                return term.text, CALL if term.value >= 0 else MUL
            case Quantity():
                return self.quantity(term.name), CALL
            case Partial():
                return self.partial(term.upper, term.lower), CALL if self.kind == "latex" else POW
            case Prime():
                return f"{self.function(term.op, prime=True)}({args[0][0]})", CALL
            case Apply():
                return self._apply(term.op, args)

    def _apply(self, op: Op, args: list[tuple[str, int]]) -> tuple[str, int]:
        if op.prec == CALL:
            if self.kind == "latex" and op.name in ("exp", "sqrt", "abs"):
                return op.latex.format(*[text for text, _ in args]), CALL
            inside = ", ".join(text for text, _ in args)
            return f"{self.function(op)}({inside})", CALL
        if self.kind == "latex" and op.name in ("div", "pow"):
            base = args[0][0] if op.name == "div" or args[0][1] > POW else f"({args[0][0]})"
            return op.latex.format(base, args[1][0]), CALL if op.name == "div" else POW
        parts = [self._bracketed(op, i, text, prec) for i, (text, prec) in enumerate(args)]
        if op.name == "mul":
            return parts[0] + self.times + parts[1], MUL
        if op.name == "pow" and self.kind == "text":
            return f"{parts[0]}^{parts[1]}", POW
        return op.text.format(*parts), op.prec

    def _bracketed(self, op: Op, i: int, text: str, prec: int) -> str:
        loose = prec < op.prec or (prec == op.prec and i == 1 and not op.associative)
        loose = loose or (text.startswith("-") and (i == 1 or op.arity == 1))
        return f"({text})" if loose else text
