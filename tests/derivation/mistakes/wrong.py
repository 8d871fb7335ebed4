"""Which changed claims are wrong: in mpmath, at random points."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from typing import Any

from mpmath import mp, mpf

from .mutators import MUTATORS, family
from .sheets import Claim, Sheet
from .trees import evaluate


@dataclass(frozen=True)
class Mistake:
    """One claim of one sheet changed in one place."""

    sheet: Sheet
    number: int  # which claim
    side: int  # which right side
    mutator: str
    claim: Claim

    @property
    def mutated(self) -> Sheet:
        claims = list(self.sheet.claims)
        claims[self.number] = self.claim
        return replace(self.sheet, claims=tuple(claims))


@lru_cache(maxsize=64)
def _points(sheet: Sheet, count: int) -> Any:
    return sheet.points(count)


def is_right(sheet: Sheet, number: int, claim: Claim, side: int, count: int = 4) -> bool:
    """Whether a claim is true, with true derivatives in it; where a sum is built up with +=, whether the total is."""
    group = [c for c in sheet.claims if (c.upper, c.lower) == (claim.upper, claim.lower) and c is not sheet.claims[number]]
    summed = claim.sign == "+=" or any(c.sign == "+=" for c in group)
    for point in _points(sheet, count):
        mp.dps = 60
        try:
            mine = evaluate(claim.rights[side], point.values, point)
            if summed:
                mine += sum((evaluate(c.rights[0], point.values, point) for c in group), mpf(0))
        except (ZeroDivisionError, ValueError):
            return False
        true = point.partial(claim.upper, claim.lower)
        if mp.im(true):
            continue  # the program has no value here: a root of a negative number
        if mp.im(mine) or abs(mine - true) > mpf(10) ** -14 * max(abs(mine), abs(true), mpf(10) ** -6):
            return False
    return True


def mistakes(sheet: Sheet) -> Iterator[Mistake]:
    """Every mistake that a sheet can be given, each once."""
    for number, claim in enumerate(sheet.claims):
        seen: set[Any] = {claim.rights}
        for name, (edits, _) in MUTATORS.items():
            for side, right in enumerate(claim.rights):
                for new in edits(sheet, claim, right):
                    rights = (*claim.rights[:side], new, *claim.rights[side + 1 :])
                    changed = replace(claim, rights=rights)
                    if rights not in seen and not is_right(sheet, number, changed, side):
                        seen.add(rights)
                        yield Mistake(sheet, number, side, name, changed)
        if claim.sign == "=" and not any(c.sign == "+=" and c.lower == claim.lower for c in sheet.claims):
            others = [name for name in sheet.quantities if name not in (claim.lower, claim.upper)]
            kin = [name for name in others if family(name) == family(claim.lower)]
            for lower in Random(repr(claim)).sample(kin or others, min(2, len(kin or others))):
                changed = replace(claim, lower=lower)
                if not any(is_right(sheet, number, changed, side) for side in range(len(claim.rights))):
                    yield Mistake(sheet, number, 0, "wrong left side", changed)
