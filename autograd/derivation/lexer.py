r"""From characters to tokens, for every spelling at once: LaTeX, Unicode, plain text.

A token knows its place in the file. Names come out as words with their scripts (``W_h[0][0]``, ``\hat{y}_1``,
``out_{o1}``); what a word denotes is the parser's business, which knows the program's names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..names import GREEK, HATS, SUBSCRIPT_LETTERS

_ACCENTS = "|".join(HATS)
_FONTS = "mathrm|mathit|mathbf|boldsymbol|mathsf|mathcal|operatorname|textrm|text|mathbb|vec"
_INDEX = r"(?:\[\s*\w+(?:\s*[-+]\s*\d+)?(?:\s*,\s*\w+)*\s*\])"
_SUB = f"₀-₉{SUBSCRIPT_LETTERS}"
_BELOW = rf"(?:_(?:\{{[^{{}}$]*\}}|\\(?:mathrm|text|textrm)\{{[^{{}}$]*\}}|\\[A-Za-z]+|\d+|[A-Za-z](?=[A-Za-z]+_)|[^\W_\d⁰¹²³⁴-⁹{_SUB}]+\d*(?:_[^\W_{_SUB}]+)*|[{_SUB}]+))"
_ABOVE = r"(?:\^(?:\{(?:[(\[]\w+[)\]]|\+|\*)\}|\([\dlL]\)|\[[\dlL]\]|\+)|[⁽][⁰¹²³⁴⁵⁶⁷⁸⁹]+[⁾]|⁺)"
_LAYER = r"(?<!(?<![A-Za-z_])e)\^(?:\{[(\[]\s*[^\W\d]\w*\s*[-+]\s*\w+\s*[)\]]\}|\([lL]\s*[-+]\s*\d\)|\[[lL]\s*[-+]\s*\d\])"  # e^{(x-1)} is Euler's
_SCRIPTS = rf"(?:{_BELOW}|{_ABOVE}|{_LAYER}|{_INDEX}|[{_SUB}]+)*"
FRACTIONS = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
_GREEK = "|".join(sorted(GREEK, key=len, reverse=True))
_LETTERS = rf"[A-Za-z]+\d*|[^\W\d_a-zA-Z∂∇∑Σ√{FRACTIONS}{_SUB}][\u0300-\u036f]?[{_SUB}\d]*"  # a run of Latin letters, or one other letter
_IDENTIFIER = rf"[^\W\d∂∇∑√{FRACTIONS}](?:_\d+(?=[^\W\d_])|(?:_?[^\W_⁰¹²³⁴-⁹{FRACTIONS}{_SUB}]|[\u0300-\u036f])*)"

DOTS = re.compile(r"\\[lc]?dots[bcimo]?(?![A-Za-z])|\.\.\.|…|⋯")

_PATTERNS = [
    ("space", r"(?:\s|\\[,;:!> ]|\\(?:left|right|[bB]igg?[lrm]?)(?![A-Za-z])\.?|\\displaystyle\b|\\textstyle\b|\\(?:no)?limits\b|~|\\h(?:fill?|space\*?\{[^}]*\})|\\(?:nonumber|notag)(?![A-Za-z])|\\(?:label|tag\*?)\{[^}]*\}|\u2009|\u00a0|\u2061|\u2062)+"),
    ("indicator", r"\\(?:mathbb|mathbf|mathds)\s*\{\s*[1I]\s*\}|𝟙|1(?=\[)"),
    ("symbol", rf"{DOTS.pattern}|∈|\\in(?![A-Za-z])|∀|\\forall(?![A-Za-z])"),
    ("number", rf"[{FRACTIONS}]|\d+\{{,\}}\d+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"),
    ("partial", r"∂|\\partial(?![A-Za-z])|\\part(?![A-Za-z])|\\(?:mathrm|operatorname|text)\s*\{\s*d\s*\}|\\mathrm\s+d|\{\s*\\(?:rm|it)\s+d\s*\}|𝜕"),
    ("command", r"\\(?:d|t|c)?frac(?![A-Za-z])|\\sqrt(?![A-Za-z])|√|\\(?:sum|prod)(?![A-Za-z])|∑|∏|Σ(?=_)|[sS]um(?=_)|\\(?:begin|end)\{[^}]*\}|\\nabla(?![A-Za-z])|∇"),
    ("prime", r"(?:\^\s*\{?\s*(?:\\prime\s*)+\}?|['’′])"),
    ("compare", r">=|<=|≥|≤|\\geq?(?![A-Za-z])|\\leq?(?![A-Za-z])|>|<|\\gt(?![A-Za-z])|\\lt(?![A-Za-z])"),
    ("gap", r"\\q?quad(?![A-Za-z])"),
    ("arrow", r"\\(?:(?:long|Long)?(?:right|leftright)|Right|(?:Long)?[Ll]eftright|Left|Longleft)arrow(?![A-Za-z])|\\(?:to|implies|iff|therefore|because|mapsto)(?![A-Za-z])|[→⇒⟹⟶∴∵⇔↔⟺⇐]|=>|->|-->"),
    ("equals", r"\+=|-=|:=|==|&?=|＝|≔|≡|\\equiv(?![A-Za-z])|≈|\\approx(?![A-Za-z])|≃|\\simeq(?![A-Za-z])|≜|\\triangleq(?![A-Za-z])|\\coloneqq(?![A-Za-z])|\\(?:long)?leftarrow(?![A-Za-z])|\\gets(?![A-Za-z])|←"),
    ("align", r"&"),
    ("newline", r"\\\\(?:\[[^\]]*\])?"),
    ("times", r"\\cdot(?![A-Za-z])|\\times(?![A-Za-z])|\\odot(?![A-Za-z])|\\ast(?![A-Za-z])|[·×∙⋅⊙∗]"),
    ("divided", r"÷|\\div(?![A-Za-z])|∕"),
    ("power", r"\*\*|\^"),
    ("superscript", r"[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+"),
    ("bar", r"\\lvert(?![A-Za-z])|\\rvert(?![A-Za-z])|\\vert(?![A-Za-z])|\\\||\|"),
    ("open", r"\\lbrace(?![A-Za-z])|\\\{|[(\[{]"),
    ("close", r"\\rbrace(?![A-Za-z])|\\\}|[)\]}]"),
    ("word", rf"\\(?:{_ACCENTS})\s*(?:\{{[^{{}}$]*\}}|[^\W\d_]){_SCRIPTS}|\\(?:{_FONTS})\s*\{{[^{{}}$]*\}}{_SCRIPTS}|\\(?:{_GREEK})(?![A-Za-z]){_SCRIPTS}"),
    ("function", r"\\[A-Za-z]+"),
]  # fmt: skip
_REST = [
    ("minus", r"[-−–]"),
    ("symbol", r"[+*/,;:.!?%_]"),
]


def _compiled(*letters: tuple[str, str]) -> re.Pattern[str]:
    patterns = [*_PATTERNS, *letters, *_REST]
    return re.compile("|".join(f"(?P<{name}{i}>{pattern})" for i, (name, pattern) in enumerate(patterns)))


_LATEX = _compiled(("word", rf"(?:{_LETTERS}){_SCRIPTS}"))
_TEXT = _compiled(("word", rf"{_IDENTIFIER}{_SCRIPTS}"))


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a formula: its kind, its text, and where it stands in the file."""

    kind: str
    text: str
    start: int
    end: int


class Unreadable(Exception):  # noqa: N818 - it is a verdict as much as an error
    """Something could not be read; where, and what to do about it."""

    def __init__(self, message: str, start: int, end: int, code: str = "D301") -> None:
        super().__init__(message)
        self.names: tuple[str, ...] = ()  # what would be defined here
        self.start, self.end, self.code = start, max(end, start + 1), code


def tokens(text: str, start: int, end: int, *, latex: bool, offset: int = 0) -> list[Token]:
    """The tokens of ``text[start:end]``, blanks left out; Unreadable at a character that belongs to none.

    The text begins at ``offset`` in the file.
    """
    pattern = _LATEX if latex else _TEXT
    found: list[Token] = []
    place = start
    while place < end:
        match = pattern.match(text, place, end)
        if match is None or match.end() == place:
            raise Unreadable(f"{text[place]!r} is no part of a formula", place + offset, place + offset + 1)
        kind = str(match.lastgroup).rstrip("0123456789")
        if kind != "space":
            found.append(Token(kind, match[0], place + offset, match.end() + offset))
        place = match.end()
    return found
