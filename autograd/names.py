"""The one name grammar: how a quantity's name is understood, and how it is spelt on screen and in LaTeX.

A name is a head, a subscript word, indices, and a mark above: ``W_h[0][1]`` is W, h, (0, 1). The same name may be written
``W_{h,01}``, ``W_h[0, 1]`` or with Unicode digits ``W_h₀₁``; ``z_3``, ``z3`` and ``z₃`` are one name, too, and so are
``\\hat{y}``, ``ŷ`` and ``yhat``, ``\\mathrm{net}_{o1}`` and ``net_o1``, ``W^{(1)}_{00}`` and ``W⁽¹⁾₀₀``.
What does not fit the grammar is still a name and is spelt as it stands.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

_SUBSCRIPTS = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉,")
_SUPERSCRIPTS = str.maketrans("0123456789()+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾⁺⁻")
_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
SUBSCRIPT_LETTERS = "ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"
_PLAIN_LETTERS = str.maketrans(SUBSCRIPT_LETTERS, "aehijklmnoprstuvx")
_LOWERED = f"_?[₀-₉]*[{SUBSCRIPT_LETTERS}][₀-₉{SUBSCRIPT_LETTERS}]*"  # these are compiled when a name is read
GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ",
    "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ", "varsigma": "ς", "vartheta": "ϑ", "varrho": "ϱ", "varpi": "ϖ",
}  # fmt: skip
HATS = {"hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303"}
_LETTERS = {letter: word for word, letter in reversed(GREEK.items())}  # epsilon rather than varepsilon
_FONTS = r"\\(?:mathrm|mathit|mathbf|boldsymbol|mathsf|text|textrm|operatorname|mathcal|mathbb|vec)\s*\{([^{}]*)\}"
_SHAPES = r"\s*\\(mathbf|boldsymbol|mathcal|mathbb|vec)\s*\{"
_LAYER = r"[(\[](?:\w+|\s*[^\W\d]\w*\s*[-+]\s*\w+\s*)[)\]]"
_ABOVE = rf"\^\{{({_LAYER}|\+|\*)\}}|\^({_LAYER}|\+|\*)|([⁽][⁰¹²³⁴⁵⁶⁷⁸⁹]+[⁾])|(⁺)"
_INDICES = r"\[\s*(\w+(?:\s*,\s*\w+)*)\s*\]"
_GRAMMAR = (
    r"(?P<head>[^\W\d_]+[\u0300-\u036f]?)"
    r"(?P<first>(?:\d+(?:,\d+)*)?)"
    r"(?:_?\{?(?P<sub>[^\W\d_]*)[,_]*(?P<digits>\d*(?:,\d+)*)\}?)"
    r"(?P<rest>(?:_[^\W_]+)*)"
)


class Name(NamedTuple):
    """A name taken apart: ``Name("W", "h", (0, 1))`` for ``W_h[0][1]``."""

    head: str
    sub: str = ""
    indices: tuple[int | str, ...] = ()
    sup: str = ""
    hat: str = ""
    shape: str = ""  # mathbf, mathcal, mathbb or vec: a bold w is not the w

    @property
    def pretty(self) -> str:
        """Unicode: ``W_h₀₁``."""
        head = normalize("NFC", self.head + HATS[self.hat]) if self.hat else self.head
        sup = self.sup.translate(_SUPERSCRIPTS)
        return head + sup + (f"_{self.sub}" if self.sub else "") + (self._run if "[" in self._run else self._run.translate(_SUBSCRIPTS))

    @property
    def latex(self) -> str:
        r"""LaTeX: ``W_{h,01}``."""
        head = self.head
        if head in _LETTERS:
            head = "\\" + _LETTERS[head]
        elif len(head) > 1:
            head = rf"\mathrm{{{head}}}"
        if self.shape:
            head = rf"\{self.shape}{{{head}}}"
        if self.hat:
            head = rf"\{self.hat}{{{head}}}"
        sub = self.sub if len(self.sub) < 2 else rf"\mathrm{{{self.sub}}}".replace("_", r"\_")
        below = ",".join(part for part in (sub, self._run) if part)
        return head + (f"^{{{self.sup}}}" if self.sup else "") + (f"_{{{below}}}" if below else "")

    @property
    def flat(self) -> str:
        """The name with nothing but its letters and digits: what loose spellings have in common."""
        return self.head + self.hat + self.sup.strip("()[]") + self.sub + "".join(map(str, self.indices))

    def like(self, other: Name) -> bool:
        """Whether one of the two may be a loose spelling of the other: their letters and digits are the same.

        ``a1`` may be meant for ``a^{(1)}``; ``W_{1,11}`` and ``W_{11,1}`` both say too clearly what they are.
        """
        return self.flat == other.flat and not (self._is_clear and other._is_clear)

    @property
    def _is_clear(self) -> bool:
        return bool(self.sup) or len(self.indices) > 1

    @property
    def _run(self) -> str:
        wide = any(not isinstance(i, int) or i > 9 for i in self.indices)
        if wide and self.sub and len(self.indices) == 1:
            return f"[{self.indices[0]}]"  # h₁₀ would be h, 1, 0
        return ("," if wide else "").join(map(str, self.indices))


@lru_cache(maxsize=4096)
def parse(text: str) -> Name | None:
    r"""The name that a spelling denotes, None where it fits no grammar.

    >>> parse("W_h[0][1]") == parse("W_{h,01}") == parse("W_h[0, 1]") == parse("W_h₀₁")
    True
    >>> parse("z_3") == parse("z3") == parse("z₃"), parse(r"\hat{y}") == parse("ŷ") == parse("yhat") == parse("y_hat")
    (True, True)
    >>> parse(r"W^{(1)}_{00}") == parse("W⁽¹⁾₀₀") == parse("W_{00}^{(1)}"), parse(r"\mathrm{net}_{o1}") == parse("net_o1")
    (True, True)
    """
    shaped = re.match(_SHAPES, text)
    shape = {"boldsymbol": "mathbf"}.get(shaped[1], shaped[1]) if shaped else ""
    plain = _unwrapped(text)
    sup, plain = _superscript(plain)
    hat, plain = _hat(plain)
    brackets = tuple(_index(i) for group in re.findall(_INDICES, plain) for i in re.split(r"\s*,\s*", group))
    match = re.fullmatch(_GRAMMAR, re.sub(_INDICES, "", plain).replace("{}", ""))
    if match is None or (match["first"] and (match["sub"] or match["digits"])):
        return None
    head, sub, hat = _word_hat(GREEK.get(match["head"], match["head"]), match["sub"], hat)
    if match["rest"]:
        sub = "_".join([part for part in (sub + match["digits"], *match["rest"].strip("_").split("_")) if part])
        return Name(head, sub, brackets, sup, hat, shape)
    digits = match["first"] or match["digits"].strip(",")
    if "," in digits:
        before = tuple(int(i) for i in digits.split(","))
    elif match["sub"] or "_{" in plain or sup or digits.startswith("0"):
        before = tuple(int(i) for i in digits)
    else:
        before = (int(digits),) if digits else ()
    return Name(head, sub, before + brackets, sup, hat, shape)


def _unwrapped(text: str) -> str:
    """The name without fonts and blanks, Greek words and Unicode digits in one spelling."""
    text = lowered(text)
    plain = re.sub(_FONTS, r"\1", normalize("NFD", text).translate(_PLAIN))
    plain = re.sub(r"\\([A-Za-z]+)", lambda m: GREEK.get(m[1], m[0]), plain)
    plain = re.sub(r"\\_", "_", re.sub(r"\\[ ,;!]|(?<=[{,\[])\s+|\s+(?=[},\]])", "", plain.strip()))
    plain = re.sub(r"^([^\W\d_]+)", lambda m: GREEK.get(m[1], m[1]), plain)
    return re.sub(r"_\{([^{}]*)\}", lambda m: "_{" + m[1].replace("_", "") + "}", plain)


def lowered(text: str) -> str:
    """Subscripts that are letters in braces, as LaTeX has them: ``wⱼ₂`` as ``w_{j₂}``."""
    return re.sub(_LOWERED, lambda m: "_{" + m[0].lstrip("_").translate(_PLAIN_LETTERS) + "}", text)


def _superscript(plain: str) -> tuple[str, str]:
    """A layer's number or another mark above: ``^{(1)}``, ``^(1)``, ``^{[l-1]}``, ``⁽¹⁾``, ``^+``, ``^*``."""
    match = re.search(_ABOVE, plain)
    if not match:
        return "", plain
    sup = "".join(next(group for group in match.groups() if group).split())
    return sup.translate(str.maketrans("⁽⁾⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "()+0123456789")), plain[: match.start()] + plain[match.end() :]


def _hat(plain: str) -> tuple[str, str]:
    match = re.match(r"\\(hat|widehat|bar|overline|tilde)\s*(?:\{([^{}]*)\}|([^\W\d_]))", plain)
    if match:
        return {"widehat": "hat", "overline": "bar"}.get(match[1], match[1]), (match[2] or match[3]) + plain[match.end() :]
    for word, mark in HATS.items():
        if plain[1:2] == mark:
            return word, plain[0] + plain[2:]
    return "", plain


def _word_hat(head: str, sub: str, hat: str) -> tuple[str, str, str]:
    """``yhat`` and ``y_hat`` for ŷ."""
    if not hat and sub in ("hat", "bar", "tilde") and len(head) == 1:
        return head, "", sub
    for word in ("hat", "bar", "tilde"):
        if not hat and len(head) == len(word) + 1 and head.endswith(word):
            return head[0], sub, word
    return head, sub, hat


def _index(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def pretty(text: str) -> str:
    """A name as a picture or a terminal shows it.

    >>> pretty("W_h[0][1]"), pretty("z_3"), pretty("B_o"), pretty("yhat"), pretty("no name, this")
    ('W_h₀₁', 'z₃', 'B_o', 'ŷ', 'no name, this')
    """
    name = parse(text)
    shown = name.pretty if name else " ".join(text.split())
    return "".join(c if c.isprintable() else "�" for c in shown)


def latex(text: str) -> str:
    r"""A name as LaTeX has it; a text that is no name is set as text.

    >>> print(latex("W_h[0][1]"), latex("z_3"), latex("eta"), latex("yhat"), latex("50%"))
    W_{h,01} z_{3} \eta \hat{y} \text{50\%}
    """
    name = parse(text)
    return name.latex if name else r"\text{" + re.sub(r"([\\{}$&#%_^~])", _escape, text) + "}"


def _escape(match: re.Match[str]) -> str:
    return {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"}.get(match[1], "\\" + match[1])
