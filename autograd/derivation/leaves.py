"""Finding a program's leaves: the words of its definitions that nothing defines."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from .indices import SERIES, over_sums, ranges
from .lexer import Token
from .reading import Statement
from .vocabulary import EULER, Vocabulary, is_letter


def learn_leaves(statement: Statement, singles: frozenset[str], claimed: Container[str], words: Vocabulary) -> None:
    """Make every word of a definition that denotes nothing yet a quantity; not what is ``claimed``.

    ``singles`` are the letters that stand alone in the sheet.
    """
    side = statement.sides[1] if len(statement.sides) > 1 else []
    sums = ranges(side, words.counts)
    running = {near.text for i, token in enumerate(side) if token.text in SERIES for near in side[i : i + 5]}
    for i, token in enumerate(side):
        if (
            token.kind != "word"
            or words.own(token.text)
            or token.text in words.macros
            or token.text in claimed
            or words.segments(token.text)
        ):
            continue
        if _is_unclear(side, i, latex=statement.latex):
            continue  # the parser will refuse it by name
        if _is_differential(side, i) or _is_function(side, i, words, latex=statement.latex) or token.text in running:
            continue
        if statement.latex and _is_product(token.text, singles):
            for letter in token.text:
                words.learn(letter)
        else:
            for name in over_sums(token.text, sums):
                words.learn(name)


def _is_unclear(side: list[Token], i: int, *, latex: bool) -> bool:
    """``sigmod(z)``, which looks like a function that nobody knows, and in LaTeX ``w_ix_i``, which has no braces."""
    token, following = side[i], side[i + 1] if i + 1 < len(side) else None
    called = following is not None and following.text == "(" and following.start == token.end
    bare = re.sub(r"^\\\w+\{|\}$", "", token.text)
    if called and re.fullmatch(r"[A-Za-z]{3,}\d*|\w+_\w{3,}", bare):
        return True
    return latex and re.search(r"_[A-Za-z]{2,}", token.text) is not None


def _is_function(side: list[Token], i: int, words: Vocabulary, *, latex: bool) -> bool:
    """A function's name, Euler's e, or π."""
    token, following = side[i], side[i + 1] if i + 1 < len(side) else None
    if token.text in ("π", "\\pi", "pi") or (token.text in EULER and following is not None and following.kind in ("power", "superscript")):
        return True
    if not words.function(token.text):
        return False
    if latex and token.text in words.called:
        return True
    called = following is not None and following.kind in ("open", "prime")
    return called or not is_letter(token.text)  # a lone s or σ may be a quantity, ln and tanh are not


def _is_differential(side: list[Token], i: int) -> bool:
    r"""The dL or the dz of dL/dz and of \frac{dL}{dz}, or what stands behind a ∂."""
    if i and side[i - 1].kind == "partial":
        return True
    texts = [token.text for token in side]
    for start in (i - 2, i - 5):
        if start >= 0 and texts[start].endswith("frac") and texts[start + 1 : start + 7 : 3] == ["{", "{"]:
            return texts[start + 3 : start + 7 : 3] == ["}", "}"] and texts[start + 2][:1] == texts[start + 5][:1] == "d"
    halves = [(i, i + 2)] if texts[i + 1 : i + 2] == ["/"] else [(i - 2, i)] if i >= 2 and texts[i - 1] == "/" else []
    return any(texts[a][:1] == "d" and texts[b][:1] == "d" and len(texts[b]) > 1 for a, b in halves if b < len(texts))


def _is_product(run: str, singles: frozenset[str]) -> bool:
    """Whether a run of letters in LaTeX is a product: all of them, or one of two, stand alone somewhere."""
    alone = sum(letter in singles for letter in run)
    return re.fullmatch(r"[A-Za-z]{2,}", run) is not None and (alone == len(run) or (len(run) == 2 and alone == 1))


def single_letters(statements: Sequence[Statement]) -> frozenset[str]:
    """The letters that stand alone somewhere, or behind a d, so that a run of them is their product."""
    words = {token.text for s in statements for side in s.sides for token in side if token.kind == "word"}
    return frozenset({word for word in words if len(word) == 1} | {word[1] for word in words if len(word) == 2 and word[0] == "d"})
