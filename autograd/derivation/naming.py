"""Which statement defines, which claims, and which names there are: quantities are what is defined, and what definitions mention."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ..names import Name, parse
from .differentials import derivative_names
from .families import is_delta, spread
from .lexer import Token
from .reading import Statement
from .vocabulary import Vocabulary

_OF_A_DERIVATIVE = re.compile(r"d\w|grad_")
_GRADIENT = re.compile(r"(?:\\?delta|δ|\\?nabla|∇|g|grad)(?![A-Za-z])")
LOSSES = ("L", "loss", "Loss", "E", "J", "C", "cost", "E_total", "ℓ", "mse", "MSE", "bce", "BCE", "nll", "NLL", "ce", "objective")
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
        self.words.counts = {s.sides[0][0].text: int(s.sides[1][0].text) for s in self.statements if _is_count(s)}
        self.statements = spread([self._plain(statement) for statement in self.statements], self.words.counts)
        for statement in self.statements:
            left = statement.sides[0]
            if self._is_name(left):
                perhaps = _OF_A_DERIVATIVE.match(left[0].text)
                (maybe if perhaps else self.definitions).append(statement)
            elif _is_function(left) and self._is_own_function(statement):
                self.functions.append(statement)
            else:
                self.others.append(statement)
        self._mentioned = {name for statement in self.definitions for name in _names(statement)}
        self._updates(maybe)
        for statement in self.definitions if not self.closed else ():
            self.words.learn(spelt(statement))
        for statement in maybe:
            word = statement.sides[0][0].text
            claims = self._names_a_derivative(word) or self._is_mistyped(statement) or self._claims_nothing_known(statement)
            (self.others if claims else self.definitions).append(_adding(statement) if claims else statement)
            if not claims:
                self._mentioned.update(_names(statement))
            if not claims and not self.closed:
                self.words.learn(word)
        self.definitions.sort(key=lambda s: s.start)
        self.others.sort(key=lambda s: s.start)
        words = (s.sides[0][0].text for s in self.others if len(s.sides[0]) == 1)
        self.claimed = {word for word in words if self._names_a_derivative(word)}

    # ---- what a left side is ----

    def _plain(self, statement: Statement) -> Statement:
        r"""``J(w) = …`` as J = … where J is differentiated as a quantity, and ``\Delta w = …`` as one name."""
        left = statement.sides[0]
        if is_delta(left):
            one = replace(left[1], text="Δ" + left[1].text, start=left[0].start)
            return replace(statement, sides=[[one], *statement.sides[1:]])
        if (
            _is_function(left)
            and not statement.code
            and self.words.function(left[0].text) is None
            and self._is_differentiated(left[0].text)
        ):
            return replace(statement, sides=[left[:1], *statement.sides[1:]])
        return statement

    def _is_differentiated(self, word: str) -> bool:
        """Whether a word stands behind a ∂ or a d, or is a usual name of a loss, and is not called on a right side."""
        name = parse(word)
        differentiated, called = name is not None and name.head in LOSSES, False
        for statement in self.statements:
            for place, side in enumerate(statement.sides):
                for before, token in pairwise([Token("", "", 0, 0), *side]):
                    differentiated |= token.text == f"d{word}" or (token.text == word and (before.kind == "partial" or before.text == "d"))
                    called |= place > 0 and before.text == word and token.text == "("
        return differentiated and not called

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

    def _claims_nothing_known(self, statement: Statement) -> bool:
        """``dz = da * …`` where there is no z, and nothing is made of dz: the writer means a claim, which the reader will refuse."""
        word = statement.sides[0][0].text
        used = any(token.text == word for s in self.statements for side in s.sides[1:] for token in side)
        return not used and not word.startswith("delta") and any(self._names_a_derivative(token.text) for token in statement.sides[1])

    def gradients(self, statement: Statement) -> set[str]:
        """The words of a definition that are names of derivatives: those that another line claims, and in an update all."""
        words = {token.text for side in statement.sides[1:] for token in side if token.kind == "word"}
        update = spelt(statement) in self.updates
        return {
            word for word in words if word in self.claimed or (update and _OF_A_DERIVATIVE.match(word) and self._names_a_derivative(word))
        }

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


def _is_count(statement: Statement) -> bool:
    """``N = 3``."""
    kinds = [[token.kind for token in side] for side in statement.sides]
    return kinds == [["word"], ["number"]] and statement.sides[1][0].text.isdigit() and len(statement.sides[1][0].text) < 6


def _adding(statement: Statement) -> Statement:
    """``dh = dh + …`` of code as ``dh += …``."""
    word, right = statement.sides[0][0].text, statement.sides[1]
    if not (statement.code and statement.signs[0].text == "=" and len(right) > 2 and right[0].text == word):
        return statement
    if right[1].text not in ("+", "-") or any(token.text == word for token in right[2:]):
        return statement
    return replace(statement, sides=[statement.sides[0], right[2:]], signs=[replace(statement.signs[0], text=f"{right[1].text}=")])


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
