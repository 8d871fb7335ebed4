r"""From tokens to statements: where one equation ends and the next begins.

Prose is not read; of mathematics nothing is left out: a statement without a verdict does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .fragments import ENVIRONMENTS, Fragment
from .lexer import Token, Unreadable, tokens

_OPERATORS = ("minus", "times", "divided")


@dataclass(frozen=True)
class Statement:
    """One equation or chain of them: its sides, and the signs between them."""

    sides: list[list[Token]]
    signs: list[Token]
    latex: bool
    code: bool = False
    member: int = 0  # which of a family it is, when it was written for every index at once

    @property
    def start(self) -> int:
        """Where it begins in the file."""
        return self.sides[0][0].start if self.sides[0] else self.signs[0].start


def statements(text: str, fragment: Fragment) -> Iterator[Statement | Unreadable]:
    """The equations of a fragment; what looks like part of one and is none is Unreadable, not left out."""
    latex = fragment.kind == "latex"
    try:
        found = tokens(text, fragment.start, fragment.end, latex=latex)
    except Unreadable as trouble:
        yield trouble
        return
    equations = list(_equations(found, latex=latex))
    yield from equations
    if equations or not found:
        return
    if not latex or any(token.kind == "equals" for token in found):
        yield Unreadable("no equation, though there is an equals sign: an inequality, or an arrow?", fragment.start, fragment.end)
    elif not fragment.inline and _begins_with_operator(found):
        yield Unreadable("a formula without an equals sign, which continues nothing", found[0].start, found[-1].end)


def _begins_with_operator(piece: list[Token]) -> bool:
    return bool(piece) and (piece[0].kind in _OPERATORS or piece[0].text in ("+", "*", "/"))


def _equations(found: list[Token], *, latex: bool) -> Iterator[Statement | Unreadable]:
    last: Statement | None = None
    waiting: list[Token] = []  # a left side whose equals sign stands on the next line
    for piece in _pieces(_without_prose(found)):
        sides, signs = _sides(piece)
        if not signs:
            hidden = _hidden_sign(piece)
            if hidden:
                yield Unreadable("this equals sign stands inside a bracket: is one not closed?", hidden.start, hidden.end)
            elif last is not None and _begins_with_operator(piece):
                last.sides[-1].extend(piece)
            elif piece and not _is_label(piece):
                yield from _unread(waiting if last is not None else [])
                waiting = piece
            continue
        if not sides[0] and waiting:
            sides[0], waiting = waiting, []
        elif not sides[0] and last is not None:
            last.sides.extend(sides[1:])
            last.signs.extend(signs)
            continue
        if last is not None:
            yield last
            yield from _unread(waiting)
        waiting = []
        last = Statement(sides, signs, latex)
    if last is not None:
        yield last
        yield from _unread(waiting)


def _unread(piece: list[Token]) -> Iterator[Unreadable]:
    if piece:
        yield Unreadable("a formula without an equals sign", piece[0].start, piece[-1].end)


def _is_label(piece: list[Token]) -> bool:
    """The (2) of an equation."""
    return [token.kind for token in piece] == ["open", "number", "close"]


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
            and not re.match(rf"\\(?:begin|end)\{{{ENVIRONMENTS}\}}", token.text)
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


_TEXT = re.compile(r"\\(?:text|textrm|mathrm)\s*\{(?P<said>[^}]*)\}(?P<more>.*)", re.DOTALL)


def _without_prose(found: list[Token]) -> list[Token]:
    r"""The tokens without words between formulas: ``\text{ by the chain rule}``.

    Words that are a factor or a side of their own stay, and are a name, known or not.
    """
    return [token for i, token in enumerate(found) if not _is_prose(found, i)]


def _is_prose(found: list[Token], i: int) -> bool:
    match = _TEXT.fullmatch(found[i].text) if found[i].kind == "word" else None
    if match is None or re.search(r"\bif\b|otherwise|else", match["said"]):
        return False
    before, after = found[i - 1] if i else None, found[i + 1] if i + 1 < len(found) else None
    if match["more"] or re.fullmatch(r"\s*\w+\s*", match["said"]):
        return before is not None and before.kind == "gap"
    operators = [t for t in (before, after) if t and (t.kind in (*_OPERATORS, "power") or t.text in ("+", "*", "/"))]
    apart = not match["said"][:1].isalnum() or before is None or before.kind in ("gap", "newline", "arrow", "align", "symbol")
    alone = (before is None or before.kind in ("newline", "gap")) and after is not None and after.kind == "equals"
    return apart and not operators and not alone


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
