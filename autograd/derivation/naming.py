"""Which statement defines, which claims, and which names there are: quantities are what is defined, and what definitions mention."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ..names import Name, parse
from .differentials import derivative_names
from .lexer import Token
from .reading import Statement
from .vocabulary import Vocabulary

_OF_A_DERIVATIVE = re.compile(r"d\w|grad_")
_GRADIENT = re.compile(r"(?:\\?delta|δ|\\?nabla|∇|g|grad)(?![A-Za-z])")
_POWER_ENDS = (["word", "superscript"], ["word", "power", "number"])


@dataclass
class Naming:
    """The statements of a sheet, sorted by what they are; ``closed`` when the names come from a program and no line adds any."""

    statements: list[Statement]
    words: Vocabulary
    closed: bool
    definitions: list[Statement] = field(default_factory=list)
    functions: list[Statement] = field(default_factory=list)  # f(x) = … of functions that nobody knows
    others: list[Statement] = field(default_factory=list)
    updates: set[str] = field(default_factory=set)  # the names that new weights were given

    def __post_init__(self) -> None:
        maybe: list[Statement] = []
        sides = [side for statement in self.statements for side in statement.sides]
        self.words.called = frozenset(
            a.text for side in sides for a, b in pairwise(side) if a.kind == "word" and b.kind in ("open", "prime")
        )
        for statement in self.statements:
            left = statement.sides[0]
            if self._is_name(left):
                perhaps = not statement.latex and _OF_A_DERIVATIVE.match(left[0].text)
                (maybe if perhaps else self.definitions).append(statement)
            elif _is_function(left) and self._is_own_function(statement):
                self.functions.append(statement)
            else:
                self.others.append(statement)
        self._mentioned = {name for statement in self.definitions for name in _names(statement)}
        if not self.closed:
            self._updates(maybe)
            for statement in self.definitions:
                self.words.learn(spelt(statement))
        for statement in maybe:
            word = statement.sides[0][0].text
            claims = self._names_a_derivative(word) or self._is_mistyped(statement)
            (self.others if claims else self.definitions).append(statement)
            if not claims:
                self._mentioned.update(_names(statement))
            if not claims and not self.closed:
                self.words.learn(word)
        self.definitions.sort(key=lambda s: s.start)
        self.others.sort(key=lambda s: s.start)
        self.claimed = {s.sides[0][0].text for s in self.others if len(s.sides[0]) == 1}

    # ---- what a left side is ----

    def _is_name(self, left: list[Token]) -> bool:
        """A quantity's name and nothing else; σ^2 is one where no σ is spoken of without its power."""
        kinds = [token.kind for token in left]
        if kinds in _POWER_ENDS:
            return not self._is_a_quantity_of_its_own(left)
        return kinds == ["word"] and not self._is_called(left[0])

    def _is_a_quantity_of_its_own(self, left: list[Token]) -> bool:
        """Whether the σ of σ^2 is mentioned bare, and is not itself defined by σ^2."""
        bare = False
        for statement in self.statements:
            first, rest = statement.sides[0], [token for side in statement.sides[1:] for token in side]
            if [token.text for token in first] == [left[0].text] and _spells(left, rest):
                return False
            found = [*first, *rest]
            for token, following in pairwise([*found, found[0]]):
                bare = bare or (token.text == left[0].text and (token is found[-1] or following.kind not in ("power", "superscript")))
        return bare

    def _is_called(self, word: Token) -> bool:
        """Whether a function's name that stands alone on a left side is called in the sheet: then it is no quantity."""
        return self.words.function(word.text) is not None and word.text in self.words.called

    def _is_own_function(self, statement: Statement) -> bool:
        """Whether ``f(x) = …`` says what f is, and is no claim about a function that is known; a single letter is the writer's."""
        word = statement.sides[0][0].text
        known = self.words.function(word)
        return statement.code or known is None or known[1] or (len(word) == 1 and word.isascii())

    # ---- program's names of derivatives ----

    def _names_a_derivative(self, word: str) -> bool:
        def known(text: str) -> bool:
            return self.words.quantity(text) is not None or parse(text) in self._mentioned

        return any(all(map(known, parts)) for parts in derivative_names(word))

    def _is_mistyped(self, statement: Statement) -> bool:
        """``dz4 = da3 * …`` where there is a z3 and no z4: a claim whose name is wrong, no new quantity."""
        rest = parse(statement.sides[0][0].text[1:])
        heads = {name.head for name in self._mentioned if name}
        uses = [token.text for side in statement.sides[1:] for token in side if token.kind == "word"]
        return rest is not None and rest.head in heads and any(re.match("d", use) and self._names_a_derivative(use) for use in uses)

    def gradients(self, statement: Statement) -> set[str]:
        """The words of a definition that are names of derivatives: those that another line claims, and in an update all."""
        words = {token.text for side in statement.sides[1:] for token in side if token.kind == "word"}
        claimed = self.claimed if not statement.latex else ()
        update = spelt(statement) in self.updates
        return {word for word in words if word in claimed or (update and _OF_A_DERIVATIVE.match(word) and self._names_a_derivative(word))}

    # ---- w = w - η ∂L/∂w ----

    def _updates(self, maybe: list[Statement]) -> None:
        """Give what a step of training makes of a weight a name of its own; in code the old name means the new value from there on."""
        renamed: dict[str, str] = {}
        taken = {token.text for statement in self.statements for side in statement.sides for token in side}
        groups = [self.definitions, self.others, maybe]
        found = [(statement, group) for group in groups for statement in group]
        for group in groups:
            group.clear()
        for statement, group in sorted(found, key=lambda pair: pair[0].start):
            left, right, signs = statement.sides[0], statement.sides[1:], statement.signs
            if statement.code:
                right = [[_renamed(token, renamed) for token in side] for side in right]
            if len(left) == 1 and left[0].kind == "word" and self._is_update(statement):
                word, old = left[0].text, _renamed(left[0], renamed)
                new = _fresh(f"{word}_new", taken)
                taken.add(new)
                self.updates.add(new)
                if statement.signs[0].text in ("-=", "+="):
                    right = [_written_out(old, statement.signs[0], right[0])]
                left, signs = [replace(left[0], text=new)], [replace(signs[0], text="="), *signs[1:]]
                if statement.code:
                    renamed[word] = new
            kept = group if left is statement.sides[0] else self.definitions
            kept.append(replace(statement, sides=[left, *right], signs=signs))

    def _is_update(self, statement: Statement) -> bool:
        """Whether a weight is made anew from itself and its gradient."""
        right = [token for side in statement.sides[1:] for token in side]
        sign, word = statement.signs[0].text, statement.sides[0][0].text
        if _OF_A_DERIVATIVE.match(word) and self._names_a_derivative(word):
            return False
        gradient = any(
            token.kind == "partial"
            or _GRADIENT.match(token.text)
            or (token.kind == "word" and _OF_A_DERIVATIVE.match(token.text) and self._names_a_derivative(token.text))
            for token in right
        )
        itself = sign in ("-=", "+=") or any(token.text == word for token in right)
        return itself and (gradient or not sign.endswith("="))


def _names(statement: Statement) -> set[Name | None]:
    return {parse(token.text) for side in statement.sides for token in side if token.kind == "word"} - {None}


def _renamed(token: Token, renamed: dict[str, str]) -> Token:
    return replace(token, text=renamed[token.text]) if token.kind == "word" and token.text in renamed else token


def _written_out(old: Token, sign: Token, right: list[Token]) -> list[Token]:
    """``w -= e`` as w - (e)."""
    start, end = right[0].start, right[-1].end
    minus = Token("minus" if sign.text == "-=" else "symbol", sign.text[0], sign.start, sign.end)
    return [old, minus, Token("open", "(", start, start), *right, Token("close", ")", end, end)]


def _fresh(name: str, taken: Iterable[str]) -> str:
    return name if name not in taken else _fresh(name + "er", taken)


def _spells(left: list[Token], tokens: list[Token]) -> bool:
    texts, whole = [token.text for token in left], [token.text for token in tokens if token.text not in "{}"]
    return any(whole[i : i + len(texts)] == texts for i in range(len(whole)))


def _is_function(side: list[Token]) -> bool:
    kinds = [token.kind for token in side]
    return len(side) >= 4 and kinds[:2] == ["word", "open"] and kinds[-1] == "close" and all(k in ("word", "symbol") for k in kinds[2:-1])


def spelt(statement: Statement) -> str:
    """The left side of a definition, as one name."""
    return "".join(token.text for token in statement.sides[0])
