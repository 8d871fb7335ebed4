r"""What stands beside an equation and is no part of it: its number, the range of its index, the full stop behind it.

``dL/dz = 2z    (3)``, ``(2) dL/dz = …``, ``…, \quad k = 1, 2``, ``(i = 1, …, 3)``, ``i \in \{1, 2\}``, ``\forall i``. In doubt it stays
where it is, and is a factor or an error.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from .lexer import DOTS, Token

_WIDE = re.compile(r"\t|\s\s|~\s*~|\\[hq]|(?:\\[,;:> ]\s*){2}|\u2003")
_NUMBERING = re.compile(r"[(\[](?:\d{1,3}(?:\.\d{1,2})*[a-z]?[′'*]*|\*{1,3}|†)[)\]]")
_ITEM = re.compile(r"[(\[](?:\d{1,3}(?:\.\d{1,2})*[a-d]?|[a-h]|[ivx]{2,4}|\*{1,3}|†)[)\]]")
_STOPS = ("newline", "arrow", "gap")
_NO_FACTORS = ("times", "divided", "minus", "power", "superscript", "align")
_INDEX = r"[cdhi-tℓ]"
_LIST = r"(?:[nim],)*(?:d,)?[nim]"
_RANGE = re.compile(
    r"(?:(?:(?<=[,gN])|^)f?(?P<open>\()?|f(?P<opened>\()?|(?<!_)(?P<bracket>\())"
    rf"i(?:,i)*(?:=(?:n(?:,n)+|n(?:,n)*,?d,?[nim])|[e=]\({_LIST}\))"
    r"(?(open)\))(?(opened)\))(?(bracket)\))(?=$|[gN),]|\.(?:$|[gN]))"
    r"|,?ai(?:,i)*(?=$|[gN),.])"
)


def without_asides(found: list[Token], text: str) -> list[Token]:
    """The tokens of a fragment of ``text``, its asides left out; a gap is left in the place of a range."""
    return _without_ranges(_without_numbers(_stopped(found, text), text))


# ---- the full stop ----


def _stopped(found: list[Token], text: str) -> list[Token]:
    """``z^2.`` ends a sentence; a number with a bare point keeps it only where the formula goes on at once."""
    stopped: list[Token] = []
    for i, token in enumerate(found):
        if token.kind == "number" and token.text.endswith(".") and _ends(found, i, text):
            point = token.end - 1
            stopped += [Token("number", token.text[:-1], token.start, point), Token("symbol", ".", point, token.end)]
        else:
            stopped.append(token)
    return stopped


def _ends(found: list[Token], i: int, text: str) -> bool:
    if i + 1 == len(found):
        return True
    follows = found[i + 1]
    apart = follows.start > found[i].end
    begins = follows.kind in ("word", "partial", "command", "number", "function") and apart
    return follows.kind in (*_STOPS, "align") or follows.text.startswith("\\end") or begins


# ---- equation numbers ----


def _without_numbers(found: list[Token], text: str) -> list[Token]:
    kept: list[Token] = []
    place = 0
    while place < len(found):
        length = _numbering(found, place, text)
        if length and _is_number(found, place, length, text):
            place += length
        else:
            kept.append(found[place])
            place += 1
    return kept


def _numbering(found: list[Token], place: int, text: str) -> int:
    """How many tokens a bracket with nothing but a number in it has."""
    if found[place].text not in ("(", "["):
        return 0
    for length in range(3, 7):
        if place + length <= len(found) and found[place + length - 1].kind == "close":
            written = text[found[place].start : found[place + length - 1].end]
            return length if _ITEM.fullmatch(written) or _NUMBERING.fullmatch(written) else 0
    return 0


def _is_number(found: list[Token], place: int, length: int, text: str) -> bool:
    before, after = found[place - 1] if place else None, found[place + length] if place + length < len(found) else None
    written = text[found[place].start : found[place + length - 1].end]
    space = text[before.end : found[place].start] if before else ""
    behind = text[found[place + length - 1].end : after.start] if after else "\n"
    if before is None or before.kind in _STOPS or before.text.startswith("\\begin"):
        letters = re.sub(r"[\W\d]", "", written)  # (a) is no item where there is an a
        spoken = bool(letters) and any(letters[-1] in t.text[:1] for t in found[place + length : place + 60] if t.kind == "word")
        return _ITEM.fullmatch(written) is not None and not spoken and _before_a_left_side(found, place + length, behind)
    last = after is None or after.kind in _STOPS or after.text.startswith("\\end") or "\n" in behind.strip(" \t\r")
    last = last and not (after is not None and after.kind in _NO_FACTORS)
    if not last or _NUMBERING.fullmatch(written) is None or before.kind in ("equals", "times", "divided", "minus", "open"):
        return False
    return before.kind == "align" or _WIDE.search(space) is not None


def _before_a_left_side(found: list[Token], place: int, behind: str) -> bool:
    """Whether a derivative or a plain name begins here, apart from the bracket before it."""
    here = found[place : place + 2]
    if not here or not behind:
        return bool(here) and here[0].kind in _STOPS
    if here[0].kind in _STOPS or here[0].kind == "align":
        return True
    derivative = here[0].kind == "partial" or here[0].text.endswith("frac") or re.match(r"d\w", here[0].text) is not None
    return derivative or (here[0].kind == "word" and len(here) > 1 and here[1].kind in ("equals", "align"))


# ---- ranges of an index ----


def _without_ranges(found: list[Token]) -> list[Token]:
    signs = "".join(_sign(found, i) for i in range(len(found)))
    if not ("i=" in signs or "ie" in signs or "ai" in signs):
        return found
    kept: list[Token] = []
    place = 0
    for match in _RANGE.finditer(signs):
        if _is_decimal(found, *match.span()):
            continue
        kept += found[place : match.start()]
        kept.append(Token("gap", "", found[match.start()].start, found[match.end() - 1].end))
        place = match.end()
    return kept + found[place:]


def _sign(found: list[Token], i: int) -> str:
    """One letter for a token, of which a range is made."""
    token = found[i]
    if token.kind == "word":
        if re.fullmatch(r"(?:\\text\s*\{\s*)?(?:for|für|untuk|all|with|mit|dengan)\s*\}?", token.text):
            return "f"
        return "i" if re.fullmatch(_INDEX, token.text) else "m" if re.fullmatch("[A-Z]", token.text) else "x"
    if token.kind in ("gap", "align", "newline", "arrow"):
        return "g" if token.kind in ("gap", "align") else "N"
    if token.kind in ("open", "close"):
        return "(" if token.kind == "open" else ")"
    if token.kind == "number":
        return "n" if token.text.isdigit() else "x"
    if DOTS.fullmatch(token.text):
        return "d"
    return {"=": "=", ",": ",", ";": ",", ".": ".", "∈": "e", "\\in": "e", "∀": "a", "\\forall": "a"}.get(token.text, "x")


def _is_decimal(found: list[Token], start: int, end: int) -> bool:
    """``x = 0,5`` and nothing more: a comma that may be a point; 1,2 and 0,1 count on and are a list."""
    piece = found[start:end]
    numbers = [t for t in piece if t.kind == "number"]
    at = bisect_left([t.start for t in piece], numbers[0].end) if numbers else 0
    glued = len(numbers) == 2 and at < len(piece) and piece[at].text == "," and piece[at].start == numbers[0].end
    glued = glued and piece[at].end == numbers[1].start
    return glued and int(numbers[1].text) != int(numbers[0].text) + 1
