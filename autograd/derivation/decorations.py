r"""LaTeX that decorates a formula and says nothing: ``\boxed``, ``\textcolor``, ``\overset{!}{=}``, ``\underbrace``.

It becomes blanks, so that every place stays the place in the file. What a brace says of its formula is no decoration:
``\underbrace{2z}_{dL/dz}`` is an equation of its own. What may mean something, as ``\cancel``, stays, and is refused later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from ..names import GREEK

_COMMANDS = re.compile(
    r"\\(?:(?P<frame>boxed|fbox|framebox|underline|smash|mathstrut|ensuremath|mathclap|displaylines)"
    r"|(?P<coloured>textcolor|colorbox)|(?P<colour>color)"
    r"|(?P<brace>underbrace|overbrace|underbracket|overbracket)|(?P<set>stackrel|overset|underset)"
    r"|(?P<phantom>[hv]?phantom)|(?P<between>(?:short)?intertext))(?![A-Za-z])\s*"
)
_RELATION = re.compile(r"\s*(?:=|:=|\\equiv|\\approx|\\triangleq|\\Rightarrow|\\implies|\\to|\\Longrightarrow|\\iff)\s*")
_BEFORE = re.compile(r"(?:^|\\\\|&|\\q?quad|[$,;:]|\\\[|\})\s*$")
_AFTER = re.compile(r"\s*(?:$|\\\\|&|\\q?quad|[$,;.=]|\\end|\\tag|\\label|\\\])")
_NAME = re.compile(
    rf"\s*((?:\\(?:{'|'.join(GREEK)})(?![A-Za-z])|\\(?:hat|bar|tilde)\s*(?:[A-Za-z]|\{{[A-Za-z]\}})|[A-Za-z])(?:[_^](?:\w|\{{[^{{}}]*\}}))*)\s*"
)
_TEXT = re.compile(r"\s*=?\s*\\(?:text|textrm|mathrm|mbox|textbf|textit)\s*\{[^{}]*\}\s*")
_DERIVATIVE = re.compile(r"\\partial|∂|\\d?frac\s*\{\s*d|\bd\w+\s*/\s*d|'|\\prime")


@dataclass
class Label:
    """What a brace says: where it begins, its formula, what is written below or above it, and where these two are."""

    start: int
    at: int
    formula: str
    place: int
    said: str

    def shifted(self, by: int) -> Label:
        """The same label in a text that begins earlier."""
        return replace(self, start=self.start + by, at=self.at + by, place=self.place + by)


@dataclass
class Decorated:
    """A stretch of LaTeX without its decorations, and what its braces say."""

    text: str
    labels: list[Label] = field(default_factory=list)

    def __post_init__(self) -> None:
        if "\\" not in self.text:
            return
        self._chars = list(self.text)
        self._pairs = _pairs(self.text)
        for match in _COMMANDS.finditer(self.text):
            getattr(self, f"_{match.lastgroup}")(match)
        self.text = "".join(self._chars)

    def _blank(self, start: int, end: int) -> None:
        for i in range(start, end):
            if self._chars[i] != "\n":
                self._chars[i] = " "

    def _group(self, place: int) -> int:
        """Where the group that begins here ends, -1 where none does."""
        return self._pairs.get(place, -1)

    def _unboxed(self, start: int, opened: int, closed: int) -> None:
        """Braces stay around a formula; around an equation they go, when it stands alone."""
        if "=" in self.text[opened:closed]:
            if not (_BEFORE.search(self.text[max(0, start - 40) : start]) and _AFTER.match(self.text, closed)):
                return
            self._blank(opened, opened + 1)
            self._blank(closed - 1, closed)
        self._blank(start, opened)

    # ---- the kinds ----

    def _frame(self, match: re.Match[str]) -> None:
        if match["frame"] in ("mathstrut", "displaylines"):
            self._blank(*match.span())
        elif (closed := self._group(match.end())) >= 0:
            self._unboxed(match.start(), match.end(), closed)

    def _coloured(self, match: re.Match[str]) -> None:
        named = self._group(match.end())
        opened = _past_blanks(self.text, named)
        if named >= 0 and (closed := self._group(opened)) >= 0:
            self._unboxed(match.start(), opened, closed)

    def _colour(self, match: re.Match[str]) -> None:
        if (named := self._group(match.end())) >= 0:
            self._blank(match.start(), named)

    def _phantom(self, match: re.Match[str]) -> None:
        if (closed := self._group(match.end())) >= 0:
            self._blank(match.start(), closed)

    def _between(self, match: re.Match[str]) -> None:
        closed = self._group(match.end())
        if closed >= 0 and "=" not in self.text[match.end() : closed]:
            self._blank(match.start(), closed)
            self._chars[match.start() : match.start() + 2] = "\\\\"

    def _set(self, match: re.Match[str]) -> None:
        above = self._group(match.end())
        opened = _past_blanks(self.text, above)
        closed = self._group(opened) if above >= 0 else -1
        if closed < 0 or "=" in self.text[match.end() : above] or not _RELATION.fullmatch(self.text, opened + 1, closed - 1):
            return
        self._blank(match.start(), opened + 1)
        self._blank(closed - 1, closed)

    def _brace(self, match: re.Match[str]) -> None:
        closed = self._group(match.end())
        if closed < 0:
            return
        script = _past_blanks(self.text, closed)
        opened = _past_blanks(self.text, script + 1)
        if self.text[script : script + 1] not in ("_", "^"):
            self._unboxed(match.start(), match.end(), closed)
        elif (end := self._group(opened)) >= 0:
            formula, said = (match.end() + 1, closed - 1), (opened + 1, end - 1)
            name = _NAME.fullmatch(self.text, *said)
            if "=" in self.text[slice(*formula)] or (name and len(name[1]) > formula[1] - formula[0]):
                return
            self._say(match.start(), formula, said)
            self._blank(match.start(), match.end())
            self._blank(closed, end)
            if name:  # the name stands for its formula from here on
                self._chars[slice(*formula)] = name[1].ljust(formula[1] - formula[0])
        elif re.match(r"[A-Za-z\d](?![A-Za-z\d\\])", self.text[opened : opened + 2]):
            self._blank(match.start(), match.end())
            self._blank(closed, opened + 1)

    def _say(self, start: int, formula: tuple[int, int], said: tuple[int, int]) -> None:
        text = self.text[slice(*said)]
        bare = text.strip()
        word = re.fullmatch(r"[A-Za-z]{2,}|[(\[]?[\dA-Za-z]{1,3}[)\]]", bare)
        number = re.fullmatch(r"\d+", bare) and not _DERIVATIVE.search(self.text[slice(*formula)])
        if bare and not word and not number and not _TEXT.fullmatch(text):
            self.labels.append(Label(start, formula[0], self.text[slice(*formula)], said[0], text))


def _pairs(text: str) -> dict[int, int]:
    """Where every group in braces that begins at a place ends."""
    found, opened = dict[int, int](), list[int]()
    for match in re.finditer(r"\\.|[{}]", text, re.DOTALL):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            found[opened.pop()] = match.end()
    return found


def _past_blanks(text: str, place: int) -> int:
    while 0 <= place < len(text) and text[place] in " \t\n":
        place += 1
    return place
