"""Definitions for every index at once: ``z_i = w_i x`` where z_1 and z_2 are spoken of stands for two definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product

from ..names import Name, parse
from .generic import LARGEST, LETTERS, instance, summed
from .indices import indexed, over_sums, ranges
from .lexer import Token
from .reading import Statement


def spread(statements: list[Statement], counts: Mapping[str, int]) -> list[Statement]:
    """The statements, each definition of a family as one definition for every member that is spoken of."""
    found = list(statements)
    while True:
        spoken = _spoken_of(found, counts)
        defined = {parse(s.sides[0][0].text) for s in found if len(s.sides[0]) == 1}
        spreadable = {id(s): made for s in found if (made := list(_members(s, spoken, defined)))}
        if not spreadable:
            return found
        found = [one for s in found for one in spreadable.get(id(s), [s])]


def _spoken_of(statements: list[Statement], counts: Mapping[str, int]) -> set[Name]:
    """Every name of the sheet, those that sums write out among them."""
    words: set[str] = set()
    for side in (side for statement in statements for side in statement.sides):
        sums = ranges(side, counts)
        for word in {token.text for token in side if token.kind == "word"}:
            words.update(over_sums(word, sums))
    words |= {word[1:] for word in words if word.startswith("d") and len(word) > 1}
    return {name for word in words if (name := parse(word)) is not None}


def _members(statement: Statement, spoken: set[Name], defined: set[Name | None]) -> Iterator[Statement]:
    left = statement.sides[0]
    if [token.kind for token in left] != ["word"] or statement.code:
        return
    bound = {letter for side in statement.sides for letter in summed(side)}
    free = [letter for letter in LETTERS if letter not in bound and letter != left[0].text]
    letters = [letter for letter in free if indexed(left[0], letter, 1) != left[0]]
    for numbers in product(range(LARGEST + 1), repeat=len(letters)) if 0 < len(letters) <= 2 else ():
        made = instance(statement, dict(zip(letters, numbers, strict=True)))
        name = parse(made.sides[0][0].text)
        if name in spoken and not (name in defined and not _names(made) <= spoken):  # a^{(0)} = x ends the family
            yield replace(made, member=numbers[0] + (LARGEST + 1) * (numbers[1] if len(numbers) > 1 else 0) + 1)


def _names(statement: Statement) -> set[Name]:
    return {name for side in statement.sides for token in side if token.kind == "word" and (name := parse(token.text)) is not None}


def is_delta(left: list[Token]) -> bool:
    r"""``\Delta w``, the name of a change."""
    return [token.kind for token in left] == ["word", "word"] and left[0].text in ("\\Delta", "Δ")
