"""Terms written back in the writer's own notation: LaTeX for LaTeX, names of programs for programs."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import numpy as np

from .. import ops
from ..names import latex as latex_name
from ..op import CALL, MUL, POW, Op
from .terms import Apply, Number, Partial, Prime, Quantity, Term, walk

_PRIME = "(?:_prime|_deriv|_derivative)"


@dataclass(frozen=True)
class Notation:
    """How one writer writes: ``kind`` is latex, text or code; ``round`` says ∂ (or d) for derivatives."""

    kind: str
    round: bool = True
    times: str = " * "
    loss: str | None = None  # in code, dz is the derivative of this
    graded: bool = False  # in code, z.grad is
    sheet: str = field(default="", repr=False)  # where the writer's own names of functions are looked up

    @classmethod
    def of(cls, line: str, *, latex: bool, code: bool = False, loss: str | None = None, sheet: str = "") -> Notation:
        """The notation of a line that somebody wrote, in a sheet."""
        if code:
            return cls("code", round=False, loss=loss, graded=".grad" in line, sheet=sheet)
        if latex:
            times = r" \times " if "\\times" in line else r" \, " if "\\," in line else r" \cdot "
            return cls("latex", "\\partial" in line or "∂" in line or not re.search(r"\\frac\{\s*d|\\mathrm", line), times, sheet=sheet)
        curly = "∂" in line or ("∂" in sheet and not re.search(r"\bd\w+\s*/\s*d", line))
        sign = next((sign for sign in "·×*" if sign in line), "·" if curly else "*")
        times = sign if sign in line and f" {sign}" not in line else f" {sign} "
        return cls("text", curly, times, sheet=sheet)

    def partial(self, upper: str, lower: str) -> str:
        """A derivative.

        >>> Notation("latex").partial("L", "z_1"), Notation("text", round=False).partial("L", "z1")
        ('\\\\frac{\\\\partial L}{\\\\partial z_1}', 'dL/dz1')
        >>> Notation("code", loss="L").partial("L", "z1"), Notation("code", loss="L").partial("z2", "a1")
        ('dz1', 'dz2_da1')
        """
        upper, lower = self.quantity(upper), self.quantity(lower)
        if self.kind == "code":
            if upper not in (self.loss, self.loss and self.quantity(self.loss)):
                return f"d{upper}_d{lower}"
            return f"{lower}.grad" if self.graded else f"d{lower}"
        if self.kind == "latex":
            d = r"\partial " if self.round else "d"
            return rf"\frac{{{d}{upper}}}{{{d}{lower}}}"
        d = "∂" if self.round else "d"
        return f"{d}{upper}/{d}{lower}"

    def quantity(self, name: str) -> str:
        """A quantity's name, as LaTeX where it was first spelt in another way."""
        if self.kind == "latex" and re.search(r"[^\x00-\x7f]|^[A-Za-z]{2,}\d*$|_\w\w", name) and "\\" not in name and "[" not in name:
            return latex_name(name)
        return name

    def function(self, op: Op, prime: bool = False) -> str:
        """A function's name as the sheet has it, else by its row, with a prime for its derivative."""
        names = (op.name, *op.words, *op.aliases)
        if self.kind == "code":
            return self._in_code(op, prime)
        mark = "'" if prime else ""
        if self.kind == "latex":
            return (op.called("latex") or (f"\\{op.name}" if self._is_command(op) else rf"\operatorname{{{op.name}}}")) + mark
        pretty = op.called("pretty")
        spelt = [name for name in dict.fromkeys([pretty, *names]) if name]
        found = re.search(rf"(?<![\w\\])(?:{'|'.join(map(re.escape, spelt))})(?=['’′]?\s*\()", self.sheet)
        usual = pretty if pretty.isalpha() and (self.round or pretty.isascii()) else min(filter(str.isascii, spelt), key=len)
        return (found[0] if found else usual) + mark

    def has_prime(self, op: Op) -> bool:
        """Whether a program has a function for the derivative of a function."""
        return self._spelt(op, _PRIME) is not None

    def _in_code(self, op: Op, prime: bool) -> str:
        found = self._spelt(op, _PRIME if prime else "")
        module = re.search(r"\b(?:np|numpy|math)\.", self.sheet)
        if found or prime or module is None:
            return found or f"{op.name}{'_prime' * prime}"
        there = math if module[0] == "math." else np
        return next((f"{module[0]}{name}" for name in (op.name, *op.aliases) if hasattr(there, name)), op.name)

    def _spelt(self, op: Op, ending: str) -> str | None:
        """How a program calls a function, with its module."""
        names = "|".join([op.name, *op.words, *op.aliases])
        found = re.search(rf"(?<![\w.])(?:\w+\.)?(?:{names}){ending}(?=\s*\()", self.sheet)
        return found[0] if found else None

    def _is_command(self, op: Op) -> bool:
        """Whether the sheet has the function as a LaTeX command with an argument in brackets, as ``\\exp(z)`` for e^z."""
        return re.search(rf"\\{op.name}(?=['’′]?\s*(?:\\left)?\s*\()", self.sheet) is not None

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
            if self.kind == "latex" and not op.called("latex") and not self._is_command(op):
                return op.latex.format(*[text for text, _ in args]), POW if "^{{" in op.latex else CALL
            inside = ", ".join(text for text, _ in args)
            return f"{self.function(op)}({inside})", CALL
        template = op.latex if self.kind == "latex" else op.pretty if self.kind == "text" and op.prec == POW else op.text
        grouped = [f"{{{{{{{i}}}}}}}" in template for i in range(op.arity)]
        parts = [
            text if own else self._bracketed(op, i, text, prec) for i, ((text, prec), own) in enumerate(zip(args, grouped, strict=True))
        ]
        if op is ops.mul:
            return parts[0] + self.times + parts[1], MUL
        return template.format(*parts), CALL if all(grouped) else op.prec

    def _bracketed(self, op: Op, i: int, text: str, prec: int) -> str:
        loose = prec < op.prec or (prec == op.prec and not op.associative and (i == 1 or op.prec == POW))
        loose = loose or (text.startswith("-") and (i == 1 or op.arity == 1))
        return f"({text})" if loose else text
