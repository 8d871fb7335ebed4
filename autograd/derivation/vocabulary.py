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
    _exact: dict[Name | str, str] = field(default_factory=dict)
    _flat: dict[str, set[str]] = field(default_factory=dict)

    def add(self, spelling: str) -> str:
        """Make a quantity known; returns the name it goes by."""
        known = self.quantity(spelling)
        if known is not None:
            return known
        name = parse(spelling)
        self._exact[name or spelling] = spelling
        self._flat.setdefault(name.flat if name else spelling, set()).add(spelling)
        return spelling

    @property
    def quantities(self) -> list[str]:
        """Every quantity, in the order of coming."""
        return list(self._exact.values())

    def quantity(self, spelling: str) -> str | None:
        """The quantity that a spelling denotes, None when it denotes none; exactly, else by letters and digits alone."""
        name = parse(spelling)
        found = self._exact.get(name or spelling)
        if found is None and name is not None:
            candidates = self._flat.get(name.flat, set())
            found = next(iter(candidates)) if len(candidates) == 1 else None
        if found is None:
            alias = self.aliases.get(spelling) or next((to for word, to in self.aliases.items() if name and parse(word) == name), None)
            found = self.quantity(alias) if alias and alias != spelling else None
        return found

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
        ways: list[list[list[str]]] = [[] for _ in range(len(text) + 1)]
        ways[0].append([])
        for end in range(1, len(text) + 1):
            for start in range(end):
                if ways[start] and self.quantity(text[start:end]) and len(ways[end]) < 2:
                    ways[end] += [[*way, text[start:end]] for way in ways[start][: 2 - len(ways[end])]]
        return ways[-1][0] if len(ways[-1]) == 1 and len(ways[-1][0]) > 1 else None

    def meant(self, word: str, others: Iterable[str] = ()) -> str:
        """What the writer may have meant, as the end of an error message."""
        known = [*self.quantities, *others]
        close = difflib.get_close_matches(word, known, n=2, cutoff=0.5)
        close = close or [name for name in known if name.lower() == word.lower()]
        if close:
            return f"; did you mean {' or '.join(close)}?"
        return f"; the program has {', '.join(known[:12])}{', …' if len(known) > 12 else ''}" if known else ""
