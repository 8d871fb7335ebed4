"""Numbers that somebody worked out and wrote down: right to the digits that were written.

Half a unit of the last digit is right, one unit is rounding; a product of written numbers may be off by as much as
its factors are, but never by more than a tenth of itself.
"""

from __future__ import annotations

import math
import re

from .. import ops
from .tape import Tape
from .terms import Apply, Meaning, Number, Term, replaced, value, walk

_EXTREME = 300  # powers of ten beyond that are no digits
_MIXED = 0.01  # the same of a formula with written numbers in it
_MOST = 0.1  # of its value that a product of written numbers may be off by


def as_float(term: Term) -> float:
    """The value of a term that is made of numbers."""
    return float(Tape.of_definitions({"": term}, []).run({})[-1])


def has_decimals(term: Term) -> bool:
    """Whether a number in a term was written with digits behind a point."""
    return any(isinstance(piece, Number) and "." in piece.text.rstrip(".") for piece in walk(term))


def unit(term: Term) -> float:
    """One unit of the last digit that was written."""
    numbers = [piece for piece in walk(term) if isinstance(piece, Number)]
    text = numbers[-1].text.lower()
    mantissa, _, exponent = text.partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(10.0 ** max(-_EXTREME, min(_EXTREME, int(exponent or 0) - decimals)))


def decimals(term: Term) -> int:
    """How many digits stand behind the point of a written number."""
    return max(0, round(-math.log10(unit(term))))


def rounded(x: float, places: int) -> str:
    """A number to so many digits behind the point, and to more where less than three would tell.

    >>> rounded(0.1234567, 4), rounded(0.1234567, 0), rounded(-2.0, 0), rounded(1.5e-9, 2)
    ('0.1235', '0.123457', '-2', '0.0000000015')
    """
    if x and abs(x - round(x, places)) > 1e-12 * abs(x):
        first = -math.floor(math.log10(abs(x)))  # the place of the first digit that is not 0
        places = places if places >= first + 2 and places > 0 else max(places, first + 5)
    text = f"{x:.{places}f}"
    return text.rstrip("0") if places > 6 else text


def _mantissa(term: Term) -> str:
    return next(piece.text for piece in walk(term) if isinstance(piece, Number)).lower().partition("e")[0]


def _is_round(term: Term) -> bool:
    """A single digit without a point, or a whole zero, which is meant exactly."""
    return re.fullmatch(r"\d\.?", _mantissa(term)) is not None


def _is_single(term: Term) -> bool:
    return isinstance(term, Number) or (isinstance(term, Apply) and term.op is ops.neg and isinstance(term.args[0], Number))


def slack(term: Term, exact: frozenset[float] = frozenset(), units: float = 1.0) -> float:
    """How far off an expression of printed numbers may be when each is off by so many units of its last digit; given ones are exact."""
    if _is_single(term):
        return units * unit(term)
    base, total = as_float(term), 0.0
    for piece in walk(term):
        if isinstance(piece, Number) and piece.value not in exact and ("." in piece.text or "e" in piece.text.lower()):
            moved = Number(piece.value + units * unit(piece), piece.text, piece.span)
            total += abs(as_float(replaced(term, piece, moved)) - base)
    return min(total, _MOST * abs(base))


def mixed_slack(term: Term, at: Meaning) -> float:
    """How far off a formula may be at a point when each of its written numbers is off by half a unit of its last digit."""
    base, total = float(value(term, at)), 0.0
    for piece in walk(term):
        if isinstance(piece, Number) and "." in piece.text:
            moved = Number(piece.value + 0.5 * unit(piece), piece.text, piece.span)
            total += abs(float(value(replaced(term, piece, moved), at)) - base)
    return min(total, _MIXED * abs(base))


def printed(term: Term, target: float, before: Term | None = None, exact: frozenset[float] = frozenset()) -> tuple[bool, bool]:
    """Whether a written number is the target to its digits, and whether it is but for rounding.

    ``before`` is the expression of written numbers that the target was worked out from, when it was.
    """
    found = as_float(term)
    if not math.isfinite(found) or not math.isfinite(target):
        return False, False
    off, noise = abs(found - target), 2e-15 * abs(target)  # the program's own rounding shows in a sixteenth digit
    half, whole = (0.0, 0.0) if before is None else (slack(before, exact, 0.5), slack(before, exact))
    if not _is_single(term):
        noise = 1e-12 * abs(target)
        return off <= slack(term, exact, 0.5) + half + noise, off <= slack(term, exact) + whole + noise
    if _is_round(term):
        same = off <= 1e-9 * max(1.0, abs(target)) + half
        return same, same
    last = unit(term)
    ok = off <= 0.5 * last * (1 + 1e-9) + noise + half
    tells = len(re.sub(r"\D", "", _mantissa(term)).lstrip("0")) > 1  # 0.02 for 0.01 is no matter of rounding
    return ok, ok or (tells and off <= 1.05 * last + noise + whole)
