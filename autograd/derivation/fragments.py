r"""Where the mathematics of a file is.

Markdown: ``$…$``, ``$$…$$``, ``\(…\)``, ``\[…\]``, environments, and fences named math, derivation, or python.
Text: every line with an ``=``, and what continues it. Python: the whole file. Comments are blanked out, so that every
place in what is left is the place in the file. Prose is not read, but nothing that looks like a formula is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from ..names import GREEK
from .decorations import Decorated, Label
from .lexer import Unreadable
from .remarks import is_rule, plain
from .unmarked import PLAIN_FENCES, Candidate, candidates, is_claim, is_equation, is_python, reads_as_sheet
from .vocabulary import FUNCTIONS

_FENCE = re.compile(r"^[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(?P<marks>`{3,}|~{3,})[ \t]*\{?[ \t]*\.?(?P<info>[\w+-]*)[^\n`]*\n", re.MULTILINE)
ENVIRONMENTS = (
    r"(?:align|aligned|equation|gather|gathered|eqnarray|multline|alignat|flalign|displaymath|math|split|dmath|xalignat|subequations)\*?"
)
_OPENING = re.compile(r"<!--|(?<!`)`+|\\\$|\\\\|\$\$|\\\[|\\\(|\\begin\s*\{(?P<env>\w+\*?)\}|\$")
_PAGES = re.compile(
    r"document|itemize|enumerate|description|center|quote|figure|table|tabular|proof|theorem|lemma|abstract|tikzpicture|minipage"
)
_INLINE = re.compile(r"\$((?:[^$\\\n]|\\.|\n(?!\s*\n))+?)\$(?!\d)", re.DOTALL)
_ACROSS = re.compile(r"\s*[=≈]\s*(?:\$|\d|-)")
_CLOSING = {"<!--": "-->", "$$": "$$", "\\[": "\\]", "\\(": "\\)"}
_BLANK_LINE = re.compile(r"\n\s*\n|\Z")
_COMMENT = re.compile(r"(?:^|(?<=\s))(?:#.*|//(?P<slashed>.*))")
_LATEX_COMMENT = re.compile(r"(?<!\\)%.*")
_BULLET = re.compile(r"[ \t]*(?:[-*•◦‣▪▸►–][ \t]+|(?:\d+|[a-z])[.)][ \t]+(?=[^\W\d]|[\\∂]))")
_GOES_ON = re.compile(r"\s*(?:=|\+|·|×|&\s*=|\\cdot|\\times)")
_SIGNED = re.compile(r"\s*[-−–*/]\s*(?P<rest>[^=]*)$")
_OPEN_END = re.compile(r"(?:[-+*/·×=(,−]|\\cdot|\\times)$")
_EQUALS = re.compile("[=≈≡≔＝≃←]")
_MEANT = re.compile(r"\s*(?:∂|d)\w+\s*/\s*(?:∂|d)\w+\s*(?::|→|->|(?!\(\w{1,3}\)\s*$)(?P<rest>[-−–+*/·×(\d].*))")
MATH_FENCES, CODE_FENCES = (
    ("math", "derivation", "latex", "tex", "katex", "asciimath"),
    ("python", "py", "numpy", "python3", "py3", "ipython", "pycon"),
)


@dataclass(frozen=True)
class Fragment:
    """A stretch of a file that is mathematics; ``kind`` is latex, text or code, ``inline`` that it may stand in a sentence."""

    start: int
    end: int
    kind: str
    inline: bool = False
    labels: tuple[Label, ...] = ()  # what braces say of its parts


@dataclass
class Fragments:
    """The mathematics of a file in its order, and what of it has no clear beginning or end; ``text`` is without comments."""

    text: str
    suffix: str
    found: list[Fragment] = field(default_factory=list)
    troubles: list[Unreadable] = field(default_factory=list)
    _paragraph: int = 0  # where the paragraph ends that is looked at
    _edits: list[tuple[int, str]] = field(default_factory=list)  # what the text becomes, and where: blanks for comments and words

    def __post_init__(self) -> None:
        self._find()
        self.found.sort(key=lambda fragment: fragment.start)
        self._edit()
        self.found = [self._undecorated(fragment) if fragment.kind == "latex" else fragment for fragment in self.found]
        self._edit()

    def _edit(self) -> None:
        pieces, place = [], 0
        for start, edit in sorted(self._edits):
            pieces += [self.text[place:start], edit]
            place = start + len(edit)
        self.text = "".join(pieces) + self.text[place:]
        self._edits.clear()

    def _undecorated(self, fragment: Fragment) -> Fragment:
        written = self.text[fragment.start : fragment.end]
        decorated = Decorated(written)
        if decorated.text == written:
            return fragment
        self._edits.append((fragment.start, decorated.text))
        return replace(fragment, labels=tuple(label.shifted(fragment.start) for label in decorated.labels))

    def _find(self) -> None:
        self._maybe: list[Candidate] = []
        if self.suffix == ".py":
            self.found.append(Fragment(0, len(self.text), "code"))
        elif self.suffix == ".txt":
            self._lines(0, len(self.text), fenced=False)
        else:
            self._markdown()
            claimed = any(candidate.claim for candidate in self._maybe)
            for candidate in self._maybe:
                if candidate.inline and claimed:
                    latex = "\\" in self.text[candidate.start : candidate.end]
                    self.found.append(Fragment(candidate.start, candidate.end, "latex" if latex else "text", inline=True))
                elif claimed or candidate.set_off:
                    self._lines(candidate.start, candidate.end, fenced=False)

    # ---- lines that stand for themselves ----

    def _lines(self, start: int, end: int, *, fenced: bool) -> None:
        """Every line with an equals sign, and the lines that continue it."""
        region = self.text[start:end]
        lines = [_uncommented(line, latex="\\" in (region if fenced else line)) for line in region.split("\n")]
        place, first, indent = start, -1, 0  # where the equation begins that may go on
        for i, line in enumerate(lines):
            blanks = len(line) - len(line.lstrip())
            if is_rule(line):
                lines[i], first = " " * len(line), -1
            elif first >= 0 and _continues(line, lines[i - 1], deeper=blanks > indent):
                lines[i] = plain(line)
                self.found[-1] = self._fragment(first, place + len(line.rstrip()), lines, i)
            elif _EQUALS.search(line) or (_is_head(line, lines[i + 1 : i + 2]) and not (first >= 0 and blanks > indent)):
                bullet = _BULLET.match(line)
                first, indent = place, bullet.end() if bullet else blanks
                lines[i] = plain(" " * indent + line[indent:])
                self.found.append(Fragment(place, place + len(line.rstrip()), "latex" if "\\" in line else "text"))
            elif (meant := _MEANT.match(line)) and reads_as_formula(meant["rest"] or "0"):
                self.troubles.append(Unreadable("a derivative without an equals sign", place + blanks, place + len(line.rstrip())))
                first = -1
            elif line.strip():
                loose = fenced or (first >= 0 and (blanks > indent or line.lstrip()[0] in "(["))
                if loose and reads_as_formula(line):
                    said = "a formula without an equals sign: to go on with the line before, begin with an operator"
                    self.troubles.append(Unreadable(said, place + blanks, place + len(line.rstrip())))
                first = -1
            else:
                first = -1
            place += len(line) + 1
        self._edits.append((start, "\n".join(lines)))

    def _fragment(self, first: int, last: int, lines: list[str], i: int) -> Fragment:
        return Fragment(first, last, "latex" if self.found[-1].kind == "latex" or "\\" in lines[i] else "text")

    # ---- Markdown ----

    def _markdown(self) -> None:
        place = 0
        while place <= len(self.text):
            fence = _FENCE.search(self.text, place)
            self._prose(place, fence.start() if fence else len(self.text))
            if fence is None:
                return
            mark, info = fence["marks"], fence["info"].lower()
            closing = re.compile(rf"^[ \t]*{re.escape(mark[0])}{{{len(mark)},}}[ \t]*$", re.MULTILINE).search(self.text, fence.end())
            end = closing.start() if closing else len(self.text)
            if closing is None:
                self.troubles.append(Unreadable("this fence is not closed", fence.start("marks"), fence.end("marks")))
            if info in MATH_FENCES and "\\\\" in self.text[fence.end() : end]:
                self._display(fence.end(), end)
            elif info in MATH_FENCES:
                self._lines(fence.end(), end, fenced=True)
            elif info in CODE_FENCES:
                self.found.append(Fragment(fence.end(), end, "code"))
            elif info in PLAIN_FENCES and reads_as_sheet(self.text[fence.end() : end]):
                self._plain_fence(fence.end(), end)
            place = closing.end() if closing else len(self.text) + 1

    def _plain_fence(self, start: int, end: int) -> None:
        block = self.text[start:end]
        if is_python(block):
            self.found.append(Fragment(start, end, "code"))
        elif "\\\\" in block:
            self._display(start, end)
        else:
            self._lines(start, end, fenced=True)

    def _prose(self, start: int, end: int) -> None:
        taken = list(self._marked(start, end))
        self._maybe += candidates(self.text, start, end, taken)

    def _marked(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Read what is marked as mathematics; the places that are marked, and those of code and comments."""
        place, missing, seen, paragraph = start, set[str](), set[str](), start
        while match := _OPENING.search(self.text, place, end):
            mark, place = match[0], match.end()
            if mark in ("\\$", "\\\\"):
                continue
            if mark == "$":
                inline = _INLINE.match(self.text, match.start(), end)
                if inline and _is_price(inline[1]):
                    continue
                if inline:
                    if _ACROSS.match(self.text, inline.end(), end):
                        said = "an equation across dollar signs: put both sides between one pair"
                        self.troubles.append(Unreadable(said, *inline.span()))
                    self.found.append(Fragment(*inline.span(1), "latex", inline=True))
                    place = inline.end()
                    yield inline.span()
                    continue
            environment = match["env"]
            if environment and _PAGES.match(environment):
                continue
            closing = f"\\end{{{environment}}}" if environment else _CLOSING.get(mark, mark)
            stop = self._closing(closing, place, end, environment) if closing not in missing and mark != "$" else -1
            if stop < 0:
                missing.add(closing)
                if paragraph <= match.start():
                    paragraph, seen = _BLANK_LINE.search(self.text, match.start()).end(), set()  # type: ignore[union-attr]
                if mark not in seen and mark[0] not in "<`" and self.text.find("=", place, min(paragraph, end)) >= 0:
                    self.troubles.append(Unreadable(f"this {mark} is not closed", *match.span()))
                seen.add(mark)
                yield match.span()
                continue
            if environment and re.fullmatch(ENVIRONMENTS, environment) is None and "=" in self.text[place:stop]:
                self.troubles.append(Unreadable(f"the environment {environment} is not read: use align", *match.span()))
            elif mark[0] == "`" and is_equation(plain(self.text[place:stop])):
                self._maybe.append(Candidate(place, stop, is_claim(plain(self.text[place:stop])), inline=True))
            elif mark[0] not in "<`":
                self._display(match.start() if match["env"] else place, stop + len(closing) * bool(match["env"]), inline=mark == "\\(")
            place = stop + len(closing)
            yield match.start(), place

    def _closing(self, closing: str, place: int, end: int, environment: str | None) -> int:
        """Where a mark is closed; an environment behind others of its name, backticks within their paragraph."""
        if closing[0] == "`":
            if place >= self._paragraph:
                self._paragraph = _BLANK_LINE.search(self.text, place).end()  # type: ignore[union-attr]
            runs = re.compile("`+").finditer(self.text, place, min(self._paragraph, end))
            return next((run.start() for run in runs if run.end() - run.start() == len(closing)), -1)
        if environment is None:
            return self.text.find(closing, place, end)
        depth = 1
        for match in re.compile(rf"\\(begin|end)\s*\{{{re.escape(environment)}\}}").finditer(self.text, place, end):
            depth += 1 if match[1] == "begin" else -1
            if not depth:
                return match.start()
        return -1

    def _display(self, start: int, end: int, *, inline: bool = False) -> None:
        inside = self.text[start:end]
        if "%" in inside:
            self._edits.append((start, _LATEX_COMMENT.sub(lambda comment: " " * len(comment[0]), inside)))
        self.found.append(Fragment(start, end, "latex", inline=inline))


def _is_price(inside: str) -> bool:
    """Whether what stands between two dollar signs is prose: ``$5 or so, $``."""
    lopsided = inside[:1].isspace() != inside[-1:].isspace()
    return "=" not in inside and "\\" not in inside and (lopsided or not reads_as_formula(inside))


def looks_like_markdown(text: str) -> bool:
    """Whether a text without a file name marks its mathematics."""
    return re.search(r"\$|^\s*(?:```|~~~)|\\\[|\\begin\{", text, re.MULTILINE) is not None


def _uncommented(line: str, *, latex: bool) -> str:
    """A line with blanks in the place of a comment; ``// 2`` is none, since it may be a division."""

    def blank(comment: re.Match[str]) -> str:
        slashed = comment.groupdict().get("slashed")
        whole = not line[: comment.start()].strip()
        return comment[0] if slashed is not None and not whole and reads_as_formula(slashed) else " " * len(comment[0])

    line = _COMMENT.sub(blank, line)
    return _LATEX_COMMENT.sub(blank, line) if latex or line.lstrip().startswith("%") else line


def _continues(line: str, before: str, *, deeper: bool) -> bool:
    """Whether a line goes on with the equation of the line before it."""
    signed = _SIGNED.match(line)
    end = _OPEN_END.search(before[-80:].rstrip())
    opened = end is not None and bool(line.strip()) and ("=" not in line or deeper or "=" not in end[0])
    return _GOES_ON.match(line) is not None or (signed is not None and reads_as_formula(signed["rest"])) or opened


def _is_head(line: str, following: list[str]) -> bool:
    """``dL/dw`` alone on its line, whose equals sign begins the next."""
    return bool(following) and following[0].lstrip()[:1] == "=" and not is_rule(following[0]) and reads_as_formula(plain(line))


def reads_as_formula(text: str) -> bool:
    """Whether a stretch without an equals sign looks like a formula: no words but names of functions and of Greek letters."""
    bare = re.sub(r"\\(?:text|mathrm|operatorname)\s*\{[^}]*\}", "x", text)
    words: Iterator[str] = (match[0] for match in re.finditer(r"(?<![\\\w])[^\W\d_]{3,}(?!\w)", bare))
    return re.search(r"\w", bare) is not None and all(word in FUNCTIONS or word in GREEK for word in words)
