"""Claims for every index at once: ``∂L/∂z_j = p_j - y_j`` stands for as many claims as there are z_1, z_2, …

Two different letters stand for two different numbers, as they do in ``∂p_i/∂z_j = -p_i p_j``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from .indices import SERIES, indexed
from .lexer import Token
from .reading import Statement
from .vocabulary import Vocabulary

LETTERS = "ijklmn"
LARGEST = 12  # the index up to which names are tried
_MOST = 200  # claims that one statement may stand for


def instances(statement: Statement, words: Vocabulary) -> list[Statement]:
    """The statement for each of the indices that make all its names quantities; none where its letters are no indices."""
    found = [token for side in statement.sides for token in side if token.kind == "word"]
    unknown = [token for token in found if not words.quantity(token.text)]
    bound = {letter for side in statement.sides for letter in summed(side)}
    letters = [letter for letter in LETTERS if letter not in bound and any(indexed(token, letter, 1) != token for token in unknown)]
    choices = _choices(unknown, letters, words) if letters else ()
    made = [replace(instance(statement, at), member=i) for i, at in enumerate(choices, 1)]
    return made if len(made) <= _MOST else []


def summed(side: list[Token]) -> Iterator[str]:
    """The letters that sums run over."""
    for i, token in enumerate(side):
        if token.text in SERIES:
            yield from (near.text for near in side[i + 1 : i + 4] if near.text in LETTERS)


def _choices(unknown: list[Token], letters: list[str], words: Vocabulary) -> Iterator[dict[str, int]]:
    for numbers in product(range(LARGEST + 1), repeat=len(letters)) if len(letters) <= 3 else ():
        at = dict(zip(letters, numbers, strict=True))
        if len(set(numbers)) == len(numbers) and all(
            words.quantity(text) is not None for token in unknown if (text := _at(token, at).text) != token.text
        ):
            yield at


def instance(statement: Statement, at: dict[str, int]) -> Statement:
    """The statement with numbers in the place of its letters."""
    return replace(statement, sides=[[_at(token, at) for token in side] for side in statement.sides])


def _at(token: Token, at: dict[str, int]) -> Token:
    for letter, number in at.items():
        if token.text != letter:
            token = indexed(token, letter, number)
    return token
