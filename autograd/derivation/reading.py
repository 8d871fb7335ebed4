r"""Where the mathematics of a file is, and where one statement of it ends and the next begins.

Prose is not read; of mathematics nothing is left out: a statement without a verdict does not exist.
Markdown: ``$…$``, ``$$…$$``, ``\(…\)``, ``\[…\]``, environments, and fences named math, derivation, or python.
Text: every line with an ``=``. Python: assignments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .lexer import Token, Unreadable, tokens

_FENCE = re.compile(r"[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(?P<marks>`{3,}|~{3,})[ \t]*(?P<info>[\w+-]*)[^\n]*\n")
_ENVIRONMENTS = r"(?:align|aligned|equation|gather|gathered|eqnarray|multline|alignat|flalign|displaymath|math|split)\*?"
_MATH = re.compile(
    rf"(?P<skip><!--.*?-->|(?<!`)(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)|\\\$|\\\\(?=[(\[]))"
    rf"|\$\$(?P<display>.+?)\$\$|\\\[(?P<bracket>.+?)\\\]|\\\((?P<paren>.+?)\\\)|(?P<env>\\begin\{{{_ENVIRONMENTS}\}}.+?\\end\{{{_ENVIRONMENTS}\}})"
    rf"|\$(?P<inline>(?:[^$\\\n]|\\.|\n(?!\s*\n))+?)\$|(?P<lone>\$\$?|\\\[|\\\(|\\begin\{{{_ENVIRONMENTS}\}})",
    re.DOTALL,
)
MATH_FENCES, CODE_FENCES = ("math", "derivation", "latex", "tex"), ("python", "py", "numpy", "python3")


@dataclass(frozen=True)
class Fragment:
    """A stretch of a file that is mathematics; ``kind`` is latex, text or code, ``lines`` that each line stands for itself."""

    start: int
    end: int
    kind: str
    lines: bool = False


@dataclass(frozen=True)
class Statement:
    """One equation or chain of them: its sides, and the signs between them."""

    sides: list[list[Token]]
    signs: list[Token]
    latex: bool
    code: bool = False

    @property
    def start(self) -> int:
        """Where it begins in the file."""
        return self.sides[0][0].start if self.sides[0] else self.signs[0].start


def fragments(text: str, suffix: str) -> Iterator[Fragment]:
    """The mathematics of a file, by the ending of its name."""
    if suffix == ".py":
        yield Fragment(0, len(text), "code")
    elif suffix == ".txt":
        yield from _lines_of(text, 0, len(text))
    else:
        yield from _of_markdown(text)


def looks_like_markdown(text: str) -> bool:
    """Whether a text without a file name marks its mathematics."""
    return re.search(r"\$|^\s*(?:```|~~~)|\\\[|\\begin\{", text, re.MULTILINE) is not None


def _lines_of(text: str, start: int, end: int) -> Iterator[Fragment]:
    """Every line with an equals sign, and the lines that continue it: they begin with one, or with a plus."""
    found: Fragment | None = None
    for match in re.finditer(r"[^\n]*(?:\n|$)", text[start:end]):
        line, here = match[0], start + match.start()
        last = here + len(line.rstrip())
        if found is not None and re.match(r"\s*(?:=|\+)", line):
            found = Fragment(found.start, last, "latex" if "\\" in text[found.start : last] else "text", lines=True)
            continue
        if found is not None:
            yield found
        found = None
        if "=" in line and not line.lstrip().startswith(("#", "%", "//")):
            found = Fragment(here, last, "latex" if "\\" in line else "text", lines=True)
    if found is not None:
        yield found


def _of_markdown(text: str) -> Iterator[Fragment]:
    place = 0
    while place <= len(text):
        fence = next((m for m in _FENCE.finditer(text, place) if m.start() == 0 or text[m.start() - 1] == "\n"), None)
        yield from _of_prose(text, place, fence.start() if fence else len(text))
        if fence is None:
            return
        closing = re.compile(rf"^[ \t]*{re.escape(fence['marks'][0])}{{{len(fence['marks'])},}}[ \t]*$", re.MULTILINE).search(
            text, fence.end()
        )
        end = closing.start() if closing else len(text)
        if fence["info"] in MATH_FENCES:
            yield Fragment(
                fence.end(), end, "latex" if "\\" in text[fence.end() : end] else "text", lines="\\\\" not in text[fence.end() : end]
            )
        elif fence["info"] in CODE_FENCES:
            yield Fragment(fence.end(), end, "code")
        place = closing.end() if closing else len(text) + 1


def _of_prose(text: str, start: int, end: int) -> Iterator[Fragment]:
    for match in _MATH.finditer(text, start, end):
        group = next((name for name in ("display", "bracket", "paren", "env", "inline") if match[name]), None)
        if group:
            yield Fragment(match.start(group), match.end(group), "latex")
        elif match["lone"]:
            paragraph = re.split(r"\n\s*\n", text[match.start() : end], maxsplit=1)[0]
            if "=" in paragraph:
                raise Unreadable(f"this {match['lone']} is not closed", match.start(), match.end())


def statements(text: str, fragment: Fragment) -> Iterator[Statement | Unreadable]:
    """The equations of a fragment; a part that has none of the signs of a formula is Unreadable, not left out."""
    for start, end in _logical_lines(text, fragment):
        try:
            found = tokens(text, start, end, latex=fragment.kind == "latex")
        except Unreadable as trouble:
            yield trouble
            continue
        equations = list(_equations(found, latex=fragment.kind == "latex"))
        yield from equations
        if not equations and fragment.lines and found and "=" in text[start:end]:
            yield Unreadable("no equation, though there is an equals sign: an inequality, or an arrow?", start, end)


def _logical_lines(text: str, fragment: Fragment) -> list[tuple[int, int]]:
    r"""The lines of a fragment, a continued one with what it continues; one line where ``\\`` separates them."""
    if not fragment.lines:
        return [(fragment.start, fragment.end)]
    found: list[tuple[int, int]] = []
    for match in re.finditer(r"[^\n]+", text[fragment.start : fragment.end]):
        start, end = fragment.start + match.start(), fragment.start + match.end()
        comment = r"(?<!\\)%.*|(?:^|\s)(?:#|//).*" if fragment.kind == "latex" else r"(?:^|\s)(?:#|//).*"
        line = re.sub(comment, "", match[0])
        if not line.strip():
            continue
        end = start + len(line.rstrip())
        if found and re.match(r"\s*(?:=|\+|\*|·|[-−]\s|&\s*=|\\cdot)", line):
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return found


def _equations(found: list[Token], *, latex: bool) -> Iterator[Statement | Unreadable]:
    last: Statement | None = None
    for piece in _pieces([token for token in found if not _is_prose(token)]):
        sides, signs = _sides(piece)
        if not signs:
            hidden = _hidden_sign(piece)
            if hidden:
                yield Unreadable("this equals sign stands inside a bracket: is one not closed?", hidden.start, hidden.end)
            elif last is not None and any(not token.text.startswith("\\text") for token in sides[0]):
                yield Unreadable("a formula without an equals sign", sides[0][0].start, sides[0][-1].end)
            continue
        if not sides[0] and last is not None:
            last.sides.extend(sides[1:])
            last.signs.extend(signs)
            continue
        if last is not None:
            yield last
        last = Statement(sides, signs, latex)
    if last is not None:
        yield last


def _hidden_sign(piece: list[Token]) -> Token | None:
    """An equals sign inside brackets that are no sum's range."""
    opened: list[bool] = []
    for i, token in enumerate(piece):
        if token.kind == "open":
            opened.append(i > 0 and piece[i - 1].text == "_")
        elif token.kind == "close" and opened:
            opened.pop()
        elif token.kind == "equals" and opened and not any(opened):
            return token
    return None


def _pieces(found: list[Token]) -> Iterator[list[Token]]:
    r"""Split at ``\\``, arrows, wide gaps, and at a comma after which another equation begins."""
    piece: list[Token] = []
    depth, cases = 0, False
    for i, token in enumerate(found):
        cases = token.text == "\\begin{cases}" or (cases and token.text != "\\end{cases}")
        depth += (token.kind == "open") - (token.kind == "close")
        comma = token.text in (",", ";") and depth <= 0 and not cases
        column = token.kind == "align" and any(t.kind == "equals" for t in piece) and _another(found, i)
        if not cases and (token.kind in ("newline", "arrow", "gap") or column or (comma and _another(found, i))):
            yield piece
            piece, depth = [], 0
        elif (
            (token.kind != "align" or cases)
            and not re.match(rf"\\(?:begin|end)\{{{_ENVIRONMENTS}\}}", token.text)
            and not _is_stray(found, i, depth)
        ):
            piece.append(token)
    yield piece


def _another(found: list[Token], i: int) -> bool:
    for token in found[i + 1 :]:
        if token.kind in ("equals",):
            return True
        if token.kind in ("newline", "arrow", "gap"):
            return False
    return False


def _is_stray(found: list[Token], i: int, depth: int) -> bool:
    """Punctuation at the end of a sentence."""
    follows = found[i + 1] if i + 1 < len(found) else None
    return found[i].text in (".", ",", ";", ":") and depth <= 0 and (follows is None or follows.kind in ("newline", "arrow", "gap"))


def _is_prose(token: Token) -> bool:
    """``\\text{chain rule}`` and the like, a label, a number of an equation."""
    if token.kind == "word" and re.match(r"\\(?:text|textrm|mathrm)\s*\{", token.text):
        return re.fullmatch(r"\\\w+\s*\{\s*\w+\s*\}.*", token.text) is None and "if" not in token.text and "otherwise" not in token.text
    return False


def _sides(piece: list[Token]) -> tuple[list[list[Token]], list[Token]]:
    sides: list[list[Token]] = [[]]
    signs: list[Token] = []
    depth = 0
    for token in piece:
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "equals" and depth <= 0:
            signs.append(token)
            sides.append([])
        else:
            sides[-1].append(token)
    return sides, signs


def front_matter(text: str) -> tuple[int, dict[str, str]]:
    """The ``key: value`` lines between two ``---`` at the top of a file, and where they end."""
    match = re.match(r"---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|$)", text, re.DOTALL)
    if match is None:
        return 0, {}
    pairs = [line.partition(":") for line in match[1].splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return match.end(), {key.strip(): value.strip() for key, _, value in pairs}


def mapping(text: str) -> dict[str, str]:
    """``{γ: y, W_0: W_o}`` as a dict."""
    pairs = [pair.partition(":") for pair in text.strip().strip("{}").split(",") if pair.strip()]
    return {key.strip().strip("'\""): value.strip().strip("'\"") for key, _, value in pairs}
