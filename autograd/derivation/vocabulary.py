"""What words denote: the program's quantities under any of their spellings, and functions under their usual names.

Quantities come from the program alone; a word that denotes nothing is an error with a suggestion, never a new quantity.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..names import GREEK, Name, parse
from ..op import CALL, OPS, Op
from .terms import Term

_PRIMES = re.compile(r"(?:d_?(?P<a>\w+)|(?P<b>\w+?)_(?:prime|deriv|derivative|grad|der|d)|(?P<c>\w+)(?:Prime|Derivative))")


EULER = ("e", "\\mathrm{e}", "\\text{e}", "\\mathit{e}", "\\operatorname{e}", "ℯ")
_LONGER = 8  # letters that a loose spelling may have more than the name: theta for θ


def _functions() -> dict[str, Op]:
    found: dict[str, Op] = {}
    for row in OPS.values():
        if row.prec == CALL:
            for word in (row.name, *row.aliases, *row.words):
                found[word] = row
    return found


FUNCTIONS = _functions()


@dataclass
class Macro:
    """A function that the writer defined: its parameters and what it is."""

    parameters: tuple[str, ...]
    body: Term


@dataclass
class Vocabulary:
    """The words of one derivation. A quantity goes by the spelling it was first given."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    macros: dict[str, Macro] = field(default_factory=dict)
    called: frozenset[str] = frozenset()  # words that are followed by a bracket or a prime somewhere
    counts: dict[str, int] = field(default_factory=dict)  # whole numbers that have a name, for the ranges of sums
    _exact: dict[Name | str, str] = field(default_factory=dict)
    _flat: dict[str, list[Name]] = field(default_factory=dict)
    _longest: int = 0

    def add(self, spelling: str) -> str:
        """Make a quantity known; returns the name it goes by."""
        name = parse(spelling)
        if (name or spelling) not in self._exact:
            self._exact[name or spelling] = spelling
            self._flat.setdefault(name.flat if name else spelling, []).extend([name] if name else [])
            self._longest = max(self._longest, len(spelling))
        return self._exact[name or spelling]

    def learn(self, spelling: str) -> str:
        """Make a word of the forward program known; another name is another quantity there, however alike they look."""
        return self.own(spelling) or self.add(self._unaliased(spelling) or spelling)

    @property
    def quantities(self) -> list[str]:
        """Every quantity, in the order of coming."""
        return list(self._exact.values())

    def own(self, spelling: str) -> str | None:
        """The quantity of just this name or alias; w_11 and w_{11} are one, as long as they are not written apart (w[11], w_{1,1})."""
        found = self._named(spelling)
        alias = self._unaliased(spelling) if found is None and self.aliases else None
        return self._named(alias) or self._loosely(alias) if alias else found

    def quantity(self, spelling: str) -> str | None:
        """The quantity that a spelling denotes, None when it denotes none: by its name, else by its letters and digits alone."""
        return self.own(spelling) or self._loosely(spelling)

    def _named(self, spelling: str) -> str | None:
        name = parse(spelling)
        found = self._exact.get(name or spelling)
        if found is None and name is not None:
            same = [other for other in self._flat.get(name.flat, ()) if _run_together(name, spelling, other, self._exact[other])]
            found = self._exact[same[0]] if len(same) == 1 else None
        return found

    def _loosely(self, spelling: str) -> str | None:
        name = parse(spelling)
        alike = [other for other in self._flat.get(name.flat, ()) if name.like(other)] if name is not None else []
        return self._exact[alike[0]] if len(alike) == 1 else None

    def _unaliased(self, spelling: str) -> str | None:
        """What an alias stands for."""
        name = parse(spelling)
        return self.aliases.get(spelling) or next((to for word, to in self.aliases.items() if name and parse(word) == name), None)

    def function(self, word: str) -> tuple[Op, bool] | None:
        """The row that a word names, and whether the word means its derivative (``sigmoid_prime``)."""
        bare = re.sub(r"^\\?(?:operatorname|mathrm|text|mathit)?\{?|\}$|^\\", "", word).strip()
        for spelling in (bare, bare.lower() if len(bare) > 2 else bare, GREEK.get(bare, bare)):
            if spelling in FUNCTIONS:
                return FUNCTIONS[spelling], False
        match = _PRIMES.fullmatch(bare)
        if match:
            inner = self.function(next(group for group in match.groups() if group))
            if inner and not inner[1] and inner[0].arity - len(inner[0].defaults) == 1:
                return inner[0], True
        return None

    def segments(self, text: str) -> list[str] | None:
        """A run of letters as known quantities side by side (``wx`` for w·x); None where it is none, or in several ways."""
        longest = self._longest + _LONGER
        ways, last = [1] + [0] * len(text), [0] * (len(text) + 1)  # in how many ways a beginning is one, and its last part's start
        for end in range(1, len(text) + 1):
            for start in range(max(0, end - longest), end):
                if ways[start] and self.quantity(text[start:end]):
                    ways[end], last[end] = min(ways[end] + ways[start], 2), start
        parts, end = [], len(text)
        while ways[-1] == 1 and end:
            parts.append(text[last[end] : end])
            end = last[end]
        return parts[::-1] if len(parts) > 1 else None

    def meant(self, word: str, others: Iterable[str] = ()) -> str:
        """What the writer may have meant, as the end of an error message."""
        known = [*self.quantities, *others]
        close = difflib.get_close_matches(word, known, n=2, cutoff=0.5)
        close = close or [name for name in known if name.lower() == word.lower()]
        if close:
            return f"; did you mean {' or '.join(close)}?"
        return f"; the program has {', '.join(known[:12])}{', …' if len(known) > 12 else ''}" if known else ""


def is_letter(word: str) -> bool:
    """Whether a word is one letter, perhaps one with a name: s, σ, \\sigma."""
    return len(GREEK.get(word.lstrip("\\"), word)) == 1


def _run_together(one: Name, spelling: str, other: Name, spelt: str) -> bool:
    """Whether two names differ in nothing but that the indices of one are written as a single number."""
    if one._replace(indices=()) != other._replace(indices=()) or one.flat != other.flat:
        return False
    return any(len(name.indices) == 1 and "[" not in text for name, text in ((one, spelling), (other, spelt)))
