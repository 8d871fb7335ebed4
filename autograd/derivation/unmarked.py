"""Equations in Markdown that nothing marks as mathematics: in a plain fence, an indented block, inline code, on a line of their own.

Prose stays prose. A line is read when nothing but a formula is on it and it claims a derivative; where one such line is found,
plain definitions beside it are read, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from ..names import GREEK
from .remarks import is_rule, plain, reads_as_prose
from .vocabulary import FUNCTIONS

PLAIN_FENCES = ("", "text", "txt", "plain", "plaintext")
_NAME = r"(?:\\?[^\W\d∂](?:\w|\u0302|\[[^\]\n]{1,20}\]|_\{[^}\n]{1,20}\}|\^\([^)\n]{1,9}\)|[⁽⁾⁺]){0,40}|\\hat\s*\{?\w\}?)"
_BULLET = r"\s*(?:(?:[-*+•>]|\d+[.)]|[a-z][.)]|\(\w{1,3}\))\s+)?"
_ROUND = r"(?:∂|𝜕|\\partial|d)\s*"
_CLAIM = re.compile(
    rf"{_BULLET}(?:{_ROUND}{_NAME}\s*/\s*\(?{_ROUND}{_NAME}\s*\)?|\(?{_ROUND}{_NAME}\)?\s*/\s*\(?{_ROUND}{_NAME}\)?"
    rf"|\\[dt]?frac\s*\{{\s*{_ROUND}{_NAME}\s*\}}\s*\{{\s*{_ROUND}{_NAME}\s*\}}|{_NAME}'\s*\(\s*\w+\s*\)|d{_NAME}_d{_NAME})\s*(?:$|[+:≈]?=(?!=)|≈)"
)
_GRADIENT = re.compile(rf"{_BULLET}(?:d_?[^\W\d_]{{1,4}}\d{{0,3}}(?:_\w{{1,8}})?(?:\[[^\]]{{1,20}}\])?|grad_\w+)\s*\+?=(?!=)")
_DEFINITION = re.compile(rf"{_BULLET}{_NAME}\s*(?:\([\w\s,;]{{1,40}}\)\s*)?:?=(?!=)")
_GOES_ON = re.compile(r"\s*(?:[=+*·×/≈]|[-−]\s)")
_SIDE_BY_SIDE = re.compile(r"(?<![\\\w])([^\W\d_]{2,})[ \t]+(?=([^\W\d_]{2,})(?!\w))")
_STRONG = re.compile(r"\s*(?:[-*+]\s+)?(?P<marks>\*{1,3}|_{1,3})(?P<inside>[^*_ ].*)(?P=marks)[.,;]?\s*")
_PYTHON = re.compile(r"^(?:import|from|def|print)\b|\bnp\.|\*\*", re.MULTILINE)


@dataclass(frozen=True)
class Candidate:
    """Lines that may be equations; ``claim`` that one claims a derivative, ``set_off`` that they stand in a block of their own."""

    start: int
    end: int
    claim: bool
    set_off: bool = False
    inline: bool = False


def is_claim(line: str) -> bool:
    """Whether a derivative is all that stands before an equals sign, and a formula all that stands behind it."""
    match = _CLAIM.match(line)
    return match is not None and match[0].rstrip().endswith(("=", "≈")) and _is_formula(line[match.end() :])


def is_equation(line: str) -> bool:
    """Whether both sides of a line are formulas, and the left one a claim or a name."""
    if is_claim(line):
        return True
    match = _DEFINITION.match(line)
    behind = line[match.end() :] if match else ""
    return bool(re.search(r"\w", behind)) and _is_formula(behind) and not reads_as_prose(behind)


def _is_formula(text: str) -> bool:
    """Whether no two words stand side by side, as they do in prose."""
    if re.search(r"[?!\"`|]{2}|[?\"`]|\w:\s", text):
        return False
    return all(word in FUNCTIONS or word in GREEK for pair in _SIDE_BY_SIDE.findall(text) for word in pair[:1])


def reads_as_sheet(block: str) -> bool:
    """Whether a plain block is a derivation: it claims a derivative, or every line with an equals sign is an equation."""
    lines = [plain(line) for line in block.split("\n") if line.strip() and not is_rule(line)]
    signed = [line for line in lines if "=" in line]
    if any(is_claim(line) or _is_gradient(line) for line in signed) or _has_head(lines):
        return True
    return bool(signed) and all(is_equation(line) or (i and _GOES_ON.match(line)) for i, line in enumerate(signed))


def _is_gradient(line: str) -> bool:
    """``dw = dz*x``, as programs call derivatives."""
    match = _GRADIENT.match(line)
    return match is not None and bool(re.search(r"[^\W\d]", line[match.end() :])) and _is_formula(line[match.end() :])


def _has_head(lines: list[str]) -> bool:
    """A derivative alone on its line, and the equals sign on the next."""
    return any(_CLAIM.match(line) and after.lstrip()[:1] == "=" for line, after in pairwise(lines))


def is_python(block: str) -> bool:
    """Whether a plain block is a program rather than formulas."""
    return _PYTHON.search(block) is not None


def candidates(text: str, start: int, end: int, taken: list[tuple[int, int]]) -> Iterator[Candidate]:
    """The runs of lines of ``text[start:end]`` that are nothing but equations; lines that a ``taken`` span touches are none."""
    place, k, blank, run = start, 0, True, list[tuple[int, int, str, bool]]()
    inside = False  # an indented block
    for written in text[start:end].split("\n"):
        first, last = place, place + len(written)
        place = last + 1
        while k < len(taken) and taken[k][1] <= first:
            k += 1
        free = not (k < len(taken) and taken[k][0] < last) and written.strip() != ""
        inside = free and (inside or blank) and (written.startswith(("    ", "\t")))
        worth = bool(run) or any(sign in written for sign in "=≈/")
        line = plain(written) if free and worth and len(written) < 20_000 else ""
        head = bool(_CLAIM.match(line)) and "=" not in line
        if (strong := _STRONG.fullmatch(written)) and free and is_claim(strong["inside"]):
            yield Candidate(first + strong.start("inside"), first + strong.end("inside"), claim=True, inline=True)
        elif line and (is_equation(line) or head or (run and _GOES_ON.match(line) and _is_formula(line) and not reads_as_prose(line))):
            run.append((first, last, line, inside))
        else:
            yield from _candidate(run)
            run = []
        blank = written.strip() == "" or inside
    yield from _candidate(run)


def _candidate(run: list[tuple[int, int, str, bool]]) -> Iterator[Candidate]:
    if any("=" in line for _, _, line, _ in run):
        lines = [line for _, _, line, _ in run]
        yield Candidate(run[0][0], run[-1][1], any(map(is_claim, lines)) or _has_head(lines), run[0][3])
