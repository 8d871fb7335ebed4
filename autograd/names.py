"""The one name grammar: how a quantity's name is understood and how it is spelt on screen, in LaTeX and in MathML.

A name is a head, a subscript word and indices: ``W_h[0][1]`` is W, h, (0, 1). The same name may be written
``W_{h,01}``, ``W_h[0, 1]`` or with Unicode digits ``W_h₀₁``; ``z_3``, ``z3`` and ``z₃`` are one name, too.
What does not fit the grammar is still a name and is spelt as it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

_SUBSCRIPTS = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉,")
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ",
    "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
}  # fmt: skip
_HATS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
_INDICES = re.compile(r"\[\s*(\d+(?:\s*,\s*\d+)*)\s*\]")
_GRAMMAR = re.compile(r"(?P<head>[^\W\d_]+)(?:_?\{?(?P<sub>[^\W\d_]*),?(?P<digits>[\d,]*)\}?)")


@dataclass(frozen=True)
class Name:
    """A name taken apart: ``Name("W", "h", (0, 1))`` for ``W_h[0][1]``."""

    head: str
    sub: str = ""
    indices: tuple[int, ...] = ()

    @property
    def pretty(self) -> str:
        """Unicode: ``W_h₀₁``."""
        return self._spell(_GREEK.get(self.head, self.head)) + (f"_{self.sub}" if self.sub else "") + self._run.translate(_SUBSCRIPTS)

    @property
    def latex(self) -> str:
        r"""LaTeX: ``W_{h,01}``."""
        head = self.head
        if head in _GREEK:
            head = "\\" + head
        elif head in _GREEK.values():
            head = "\\" + next(word for word, letter in _GREEK.items() if letter == head)
        elif len(head) > 1:
            head = rf"\mathrm{{{head}}}"
        sub = self.sub if len(self.sub) < 2 else rf"\mathrm{{{self.sub}}}"
        below = ",".join(part for part in (sub, self._run) if part)
        return f"{head}_{{{below}}}" if below else head

    @property
    def _run(self) -> str:
        return ("," if any(i > 9 for i in self.indices) else "").join(map(str, self.indices))

    @staticmethod
    def _spell(head: str) -> str:
        for word, mark in _HATS.items():
            if len(head) == len(word) + 1 and head.endswith(word):
                return normalize("NFC", head[0] + mark)
        return head


@lru_cache(maxsize=4096)
def parse(text: str) -> Name | None:
    """The name that a spelling denotes, None where it fits no grammar.

    >>> parse("W_h[0][1]") == parse("W_{h,01}") == parse("W_h[0, 1]") == parse("W_h₀₁")
    True
    >>> parse("z_3") == parse("z3") == parse("z₃")
    True
    """
    plain = text.translate(_DIGITS)
    brackets = tuple(int(i) for group in _INDICES.findall(plain) for i in group.split(","))
    match = _GRAMMAR.fullmatch(_INDICES.sub("", plain).replace("{}", ""))
    if match is None:
        return None
    digits = match["digits"].strip(",")
    if "," in digits:
        before = tuple(int(i) for i in digits.split(",") if i)
    elif match["sub"] or "_{" in plain:
        before = tuple(int(i) for i in digits)
    else:
        before = (int(digits),) if digits else ()
    return Name(match["head"], match["sub"], before + brackets)


def pretty(text: str) -> str:
    """A name as a picture or a terminal shows it.

    >>> pretty("W_h[0][1]"), pretty("z_3"), pretty("B_o"), pretty("yhat"), pretty("no name, this")
    ('W_h₀₁', 'z₃', 'B_o', 'ŷ', 'no name, this')
    """
    name = parse(text)
    return name.pretty if name else " ".join(text.split())


def latex(text: str) -> str:
    r"""A name as LaTeX has it; a text that is no name is set as text.

    >>> print(latex("W_h[0][1]"), latex("z_3"), latex("eta"), latex("50%"))
    W_{h,01} z_{3} \eta \text{50\%}
    """
    name = parse(text)
    return name.latex if name else r"\text{" + re.sub(r"([\\{}$&#%_^~])", _escape, text) + "}"


def _escape(match: re.Match[str]) -> str:
    return {"\\": r"\backslash ", "^": r"\^{}", "~": r"\~{}"}.get(match[1], "\\" + match[1])
