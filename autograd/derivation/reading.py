r"""From tokens to statements: where one equation ends and the next begins.

Prose is not read; of mathematics nothing is left out: a statement without a verdict does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .asides import without_asides
from .decorations import Label
from .fragments import ENVIRONMENTS, Fragment
from .lexer import Token, Unreadable, tokens

_RELATIONS = ("\\propto", "\\sim", "\\cong", "\\doteq", ":")
_OPERATORS = ("minus", "times", "divided")
_BREAKS = ("newline", "arrow", "gap")


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
    for label in fragment.labels:
        yield _said(label)
    written, found = found, without_asides(_without_prose(found), text)
    if written and all(token.kind == "gap" for token in found):
        return  # nothing but a range: i = 1, 2
    equations = list(_equations(found, latex=latex))
    yield from equations
    if equations or not found:
        return
    if not latex or any(token.kind == "equals" for token in found):
        yield Unreadable("no equation, though there is an equals sign: an inequality, or an arrow?", fragment.start, fragment.end)
    elif (not fragment.inline or (len(found) > 1 and found[0].kind in ("times", "divided"))) and _begins_with_operator(found):
        yield Unreadable("a formula without an equals sign, which continues nothing", found[0].start, found[-1].end)
    elif not fragment.inline and (_claims_otherwise(found) or _claims_nothing(found)):
        yield Unreadable("a derivative without an equals sign", found[0].start, found[-1].end)


def _claims_otherwise(found: list[Token]) -> bool:
    r"""A derivative, and behind it ``\propto``, ``\to`` or a colon, where an equals sign may be meant."""
    first = next((i for i, token in enumerate(found) if token.kind == "arrow" or token.text in _RELATIONS), None)
    return first is not None and any(token.kind == "partial" or token.text.endswith("frac") for token in found[:first])


def _claims_nothing(found: list[Token]) -> bool:
    """A derivative and right behind it a number, or minus a number."""
    kinds = " ".join([token.kind for token in found])
    return (
        found[0].text.endswith("frac")
        and re.match(r"\w+ open partial( \w+)*? close open partial( \w+)*? close (minus )?number", kinds) is not None
    )


def _said(label: Label) -> Statement | Unreadable:
    r"""``\underbrace{2z}_{dL/dz}`` says dL/dz = 2z, and ``\underbrace{2z}_{= 6}`` 2z = 6."""
    try:
        formula = tokens(label.formula, 0, len(label.formula), latex=True, offset=label.at)
        sides, signs = _sides(tokens(label.said, 0, len(label.said), latex=True, offset=label.place))
    except Unreadable as trouble:
        return trouble
    if signs and not sides[0] and formula:
        return Statement([formula, *sides[1:]], signs, latex=True)
    if signs or not formula or not sides[0]:
        return Unreadable("what this brace says is not read", label.place, label.place + len(label.said))
    before = [replace(token, start=label.start, end=label.start + 1) for token in sides[0]]
    return Statement([before, formula], [Token("equals", "=", label.start, label.start + 1)], latex=True)


def _begins_with_operator(piece: list[Token]) -> bool:
    return bool(piece) and (piece[0].kind in _OPERATORS or piece[0].text in ("+", "*", "/"))


def _equations(found: list[Token], *, latex: bool) -> Iterator[Statement | Unreadable]:
    last: Statement | None = None
    waiting: list[Token] = []  # a left side whose equals sign stands on the next line
    for piece in _pieces(found):
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
        elif len(waiting) > 1 and any(token.kind in ("number", *_OPERATORS) for token in waiting) and not _is_label(waiting):
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
    r"""Split at ``\\``, arrows, wide gaps, and at a comma or a full stop after which another equation begins."""
    piece: list[Token] = []
    depth, cases, signed = 0, False, False
    another = _another(found)
    for i, token in enumerate(found):
        cases = token.text == "\\begin{cases}" or (cases and token.text != "\\end{cases}")
        depth += (token.kind == "open") - (token.kind == "close")
        comma = token.text in (",", ";", ".") and depth <= 0 and not cases and not _is_in_a_number(found, i)
        column = token.kind == "align" and signed and another[i]
        if not cases and (token.kind in _BREAKS or column or (comma and another[i])):
            yield piece
            piece, depth, signed = [], 0, False
        elif (
            (token.kind != "align" or cases)
            and not re.match(rf"\\(?:begin|end)\{{{ENVIRONMENTS}\}}", token.text)
            and not _is_stray(found, i, depth)
        ):
            piece.append(token)
            signed = signed or token.kind == "equals"
    yield piece


def _another(found: list[Token]) -> list[bool]:
    """For every token whether an equals sign follows before the next break."""
    another, follows = [False] * len(found), False
    for i in range(len(found) - 1, -1, -1):
        another[i] = follows
        follows = found[i].kind == "equals" or (follows and found[i].kind not in _BREAKS)
    return another


def _is_in_a_number(found: list[Token], i: int) -> bool:
    """The comma of 0,5, which is no end of anything."""
    around = found[max(i - 1, 0) : i + 2]
    return (
        [t.kind for t in around] == ["number", "symbol", "number"] and around[0].end == around[1].start and around[1].end == around[2].start
    )


def _is_stray(found: list[Token], i: int, depth: int) -> bool:
    """Punctuation at the end of a sentence."""
    follows = found[i + 1] if i + 1 < len(found) else None
    return (
        found[i].text in (".", ",", ";", ":")
        and depth <= 0
        and (follows is None or follows.kind in _BREAKS or follows.text.startswith("\\end"))
    )


_TEXT = re.compile(r"\\(?:text|textrm|mathrm|mbox|textit|intertext|shortintertext)\s*\{(?P<said>[^}]*)\}(?P<more>.*)", re.DOTALL)
_CONDITIONS = re.compile(r"\W*(?:if|for|when|where|with|falls|wenn|für|fur|jika|bila|kalau|untuk|ketika)\W*")
_ELSE = re.compile(r"\bif\b|otherwise|else|sonst|lainnya|selain")
_SAID_WORDS = (
    "since because so thus hence then therefore where with and or as by using note also now next finally given"
    " da weil denn also dann daher somit mit und wobei wegen nach karena maka jadi sehingga dengan dan dari menurut"
)
_WORDS = _SAID_WORDS.split()


def _without_prose(found: list[Token]) -> list[Token]:
    r"""The tokens with a gap in the place of words between formulas: ``\text{ by the chain rule}``.

    Words that are a factor or a side of their own stay, and are a name, known or not.
    """
    if not any(token.text.startswith("\\") and _TEXT.match(token.text) for token in found):
        return found
    kept: list[Token] = []
    cases, conditions = False, _conditions(found)
    for i, token in enumerate(found):
        cases = token.text == "\\begin{cases}" or (cases and token.text != "\\end{cases}")
        if (conditions[i] and not cases) or not _is_prose(found, i, cases=cases):
            kept.append(token)
        elif not cases:
            kept.append(Token("gap", token.text, token.start, token.end))
    return kept


def _is_prose(found: list[Token], i: int, *, cases: bool) -> bool:
    match = _TEXT.fullmatch(found[i].text) if found[i].kind == "word" else None
    if match is None or "=" in match["said"]:
        return False
    if cases or _ELSE.search(match["said"]):
        return cases and _CONDITIONS.fullmatch(match["said"]) is not None
    before, after = found[i - 1] if i else None, found[i + 1] if i + 1 < len(found) else None
    said = match["said"].strip(" ,.;:~").lower()
    if not match["more"] and (said in _WORDS or not said):
        return True
    if match["more"] or re.fullmatch(r"\s*\w+\s*", match["said"]):
        return before is not None and before.kind == "gap"
    operators = [t for t in (before, after) if t and (t.kind in (*_OPERATORS, "power") or t.text in ("+", "*", "/"))]
    apart = not match["said"][:1].isalnum() or before is None or before.kind in (*_BREAKS, "align", "symbol")
    alone = (before is None or before.kind in ("newline", "gap")) and after is not None and after.kind == "equals"
    return apart and not operators and not alone


def _conditions(found: list[Token]) -> list[bool]:
    """For every token whether an inequality follows, under which alone the equation is said to hold."""
    conditions, follows = [False] * len(found), False
    for i in range(len(found) - 1, -1, -1):
        conditions[i] = follows
        follows = found[i].kind == "compare" or (follows and found[i].kind not in (*_BREAKS, "equals"))
    return conditions


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
    """The ``key: value`` lines between two ``---`` at the top of a file, and where they end; two mere rules are none."""
    match = re.match(r"---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|$)", text, re.DOTALL)
    lines = [line for line in match[1].splitlines() if line.strip() and not line.lstrip().startswith("#")] if match else []
    if match is None or not all(re.match(r"\s*[\w-]+\s*:|\s+\S|\s*- ", line) for line in lines):
        return 0, {}
    pairs = [line.partition(":") for line in lines]
    return match.end(), {key.strip(): value.strip() for key, _, value in pairs}


def mapping(text: str) -> dict[str, str]:
    """``{γ: y, W_0: W_o}`` as a dict."""
    pairs = [pair.partition(":") for pair in text.strip().strip("{}").split(",") if pair.strip()]
    return {key.strip().strip("'\""): value.strip().strip("'\"") for key, _, value in pairs}
