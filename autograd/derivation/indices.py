"""Indices that run: the range of a sum, and names with a number in the place of their letter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..names import lowered
from .cursor import SUPERSCRIPTS
from .lexer import Token

_MOST = 10_000  # names that one name may stand for
SERIES = ("\\sum", "∑", "Σ", "sum", "Sum", "\\prod", "∏")
_RANGE = re.compile(r"_[{(]?(?P<index>\w)=(?P<first>\d{1,6})[})]?(?:\^[{(]?(?P<last>\d{1,6}|[^\W\d]\w*)[})]?|(?P<above>[⁰¹²³⁴⁵⁶⁷⁸⁹]+))")


@dataclass(frozen=True)
class Range:
    """The index of a sum, its first and last value, and how many tokens say so."""

    index: str
    first: int
    last: int
    length: int


def sum_range(texts: list[str], counts: Mapping[str, int]) -> Range | None:
    """The range behind a sum's sign, ``_{k=1}^{2}``; its end may be a number that has a name, as in ``^{N}``."""
    match = _RANGE.match("".join(texts))
    if match is None:
        return None
    last = match["last"] or match["above"].translate(SUPERSCRIPTS)
    if not last.isdigit() and last not in counts:
        return None
    length, seen = 0, 0
    while seen < match.end():
        seen += len(texts[length])
        length += 1
    return Range(match["index"], int(match["first"]), int(last) if last.isdigit() else counts[last], length)


def ranges(side: list[Token], counts: Mapping[str, int]) -> list[Range]:
    """The ranges of all sums of a side, those of one index once."""
    found = (sum_range([near.text for near in side[i + 1 : i + 12]], counts) for i, token in enumerate(side) if token.text in SERIES)
    return list({(r.index, r.first, r.last): r for r in found if r is not None}.values())


def over_sums(word: str, sums: list[Range]) -> list[str]:
    """A name, or its names for every value of the indices of the sums around it; at most ten thousand."""
    names = [word]
    for found in sums:
        if indexed(Token("word", names[0], 0, 1), found.index, 1).text != names[0]:
            values = range(found.first, min(found.last, found.first + _MOST // len(names)) + 1)
            names = [indexed(Token("word", name, 0, 1), found.index, k).text for name in names for k in values]
    return list(dict.fromkeys(names))


def indexed(token: Token, name: str, k: int) -> Token:
    """A token of a sum's body with the index in the place of its letter."""
    if token.kind == "word":
        text = lowered(token.text)
        if text == name:
            return Token("number", str(k), token.start, token.end)

        def inside(match: re.Match[str]) -> str:
            written = re.sub(
                rf"(?<![A-Za-z\\]){re.escape(name)}(?![A-Za-z])|(?<=[a-z\d]){re.escape(name)}(?=[a-z\d]|\b)|{re.escape(name)}(?=[a-z]\b)",
                str(k),
                match[0],
            )
            return re.sub(r"(\d{1,6})\s*([-+])\s*(\d{1,6})", lambda m: str(int(m[1]) + int(m[2] + m[3])), written)

        return Token("word", re.sub(r"_\{[^{}]*\}|_\w+|\[[^\]]*\]|\^\{\([^)]*\)\}", inside, text), token.start, token.end)
    return token
