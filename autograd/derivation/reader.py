"""From a file to a sheet: names are learnt first, then the forward program is read, then every claim."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from ..graph import Graph
from .code import code_statements
from .defining import Defining
from .fragments import Fragments, looks_like_markdown
from .generic import instances
from .lexer import Unreadable
from .naming import Naming
from .reading import Statement, front_matter, mapping, statements
from .sheet import Line, Sheet
from .tape import Tape
from .terms import Partial, Quantity, Term, walk


def read(
    text: str, file: str = "", *, suffix: str | None = None, forward: Graph | None = None, aliases: Mapping[str, str] | None = None
) -> Sheet:
    """Read a derivation. What cannot be read becomes a line of kind unreadable; nothing is left out."""
    return _Reader(text, file, suffix, forward, aliases or {}).sheet


class _Reader(Defining):
    def __init__(self, text: str, file: str, suffix: str | None, forward: Graph | None, aliases: Mapping[str, str]) -> None:
        front, self.options = front_matter(text)
        self.sheet = Sheet(text, file, options=self.options)
        self.words = self.sheet.vocabulary
        self.words.aliases = {**mapping(self.options.get("alias", "")), **aliases}
        self.forward = forward
        found = self._statements(text, front, suffix if suffix is not None else (".md" if looks_like_markdown(text) else ".txt"))
        for name in forward.named if forward is not None else ():
            if (known := self.words.add(name)) != name:
                raise ValueError(f"the forward program has {known} and {name}, which read as one name: give one of them another")
        naming = Naming(found, self.words, closed=forward is not None)
        self.naming, self.definitions, self.others = naming, naming.definitions, naming.others
        for statement in naming.functions:
            self._function(statement)
        if forward is not None:
            self.sheet.tape = Tape.of_graph(forward)
            self.sheet.loss = self.options.get("loss") or next((v.name for v in forward.outputs if v.name), None)
            self.sheet.point = {leaf: forward[leaf].data for leaf in self.sheet.tape.leaves}
            self._read_own_names()
        else:
            self._read_definitions()
        self._read_claims()
        self.sheet.lines.sort(key=lambda line: line.statement)
        for before, line in pairwise(self.sheet.lines):  # code breaks a chain up: dz = …, and again dz = …
            line.chained |= line.code and isinstance(line.left, Partial) and line.sign == "=" and _same(before.left, line.left)

    def _statements(self, text: str, front: int, suffix: str) -> list[Statement]:
        """Every statement, in order; troubles become lines at once."""
        quotes = re.compile(r"^[ \t]*(?:>[ \t]?)+|\ufeff", re.MULTILINE)
        fragments = Fragments(" " * front + quotes.sub(lambda quote: " " * len(quote[0]), text[front:]), suffix)
        found: list[Statement | Unreadable] = [*fragments.troubles]
        for fragment in fragments.found:
            read = code_statements if fragment.kind == "code" else statements
            found += read(fragments.text, fragment)
        for trouble in found:
            if isinstance(trouble, Unreadable):
                line = Line((trouble.start, trouble.end), "unreadable", trouble=trouble, statement=(trouble.start, 0))
                self.sheet.lines.append(line)
                self.sheet.broken |= {self.words.add(name): line for name in trouble.names}
        return sorted([s for s in found if isinstance(s, Statement)], key=lambda s: s.start)

    # ---- claims ----

    def _read_claims(self) -> None:
        waiting = list(reversed(self.others))
        while waiting:
            statement = waiting.pop()
            try:
                left, variables = self._left(statement)
            except Unreadable as trouble:
                every = instances(statement, self.words) if trouble.code == "D302" and not statement.member else []
                waiting += reversed(every)
                if not every:
                    self._unreadable(statement, trouble)
            else:
                self._chain(statement, 1, left, variables)

    def _left(self, statement: Statement) -> tuple[Term, frozenset[str]]:
        if not statement.sides[0]:
            raise Unreadable("nothing stands before the equals sign", statement.signs[0].start, statement.signs[0].end)
        try:
            return self._parse(statement.sides[0], statement), frozenset()
        except Unreadable as trouble:
            if trouble.code != "D302" and "argument" not in str(trouble):
                raise
            parser = self._parser(statement.sides[0], statement, free=True)
            try:
                left = parser.expression()
            except Unreadable:
                raise trouble from None
            if any(isinstance(piece, Partial) for piece in walk(left)) or isinstance(left, Quantity):
                raise
            return left, frozenset(parser.variables)


def _same(one: Term | None, other: Partial) -> bool:
    return isinstance(one, Partial) and (one.upper, one.lower) == (other.upper, other.lower)
