"""From a file to a sheet: names are learnt first, then the forward program is read, then every claim."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from .. import ops
from ..graph import Graph
from .code import code_statements
from .fragments import Fragments, looks_like_markdown
from .generic import instances
from .leaves import learn_leaves, single_letters
from .lexer import Token, Unreadable
from .loss import which_loss
from .naming import Naming, spelt
from .parser import Parser
from .reading import Statement, front_matter, mapping, statements
from .sheet import Line, Sheet
from .tape import Tape, has_derivatives
from .terms import Apply, Number, Partial, Quantity, Term, is_number, quantities, walk
from .vocabulary import EULER, Macro

_ARITHMETIC = (ops.add, ops.sub, ops.neg, ops.mul, ops.div, ops.pow_)


def read(
    text: str, file: str = "", *, suffix: str | None = None, forward: Graph | None = None, aliases: Mapping[str, str] | None = None
) -> Sheet:
    """Read a derivation. What cannot be read becomes a line of kind unreadable; nothing is left out."""
    return _Reader(text, file, suffix, forward, aliases or {}).sheet


class _Reader:
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

    # ---- the forward program ----

    def _read_definitions(self) -> None:
        definitions: dict[str, Term] = {}
        places: dict[str, Line] = {}
        numbers: dict[str, Line] = {}
        by_formula = {self.words.own(spelt(s)) for s in self.definitions if self._speaks_of_quantities(s.sides[1])}
        singles = single_letters([*self.definitions, *self.others])
        waiting: dict[str, Statement] = {}  # definitions by names of derivatives, which wait for the loss to be known
        for statement in self.definitions:
            name = str(self.words.own(spelt(statement)))
            gradients = self.naming.gradients(statement)
            learn_leaves(statement, singles, gradients, self.words)
            if gradients:
                waiting[name] = statement
                continue
            line = self._definition(name, statement)
            if line is None or line.right is None:
                continue
            if is_number(line.right) and name in by_formula:
                line.kind = "claim"
            elif is_number(line.right):
                numbers.setdefault(name, line)
                line.kind = "point" if numbers[name] is line else "claim"
            elif name in definitions and statement.code and places[name].code:
                self._assigned_twice(name, line)
            elif name in definitions:
                line.kind = "claim"
            else:
                definitions[name], places[name] = line.right, line
        self._build(definitions, places, numbers, waiting)

    def _read_own_names(self) -> None:
        """Beside a program that stands elsewhere: names of the writer's own are defined, the program's are claimed."""
        claims = []
        for statement in self.definitions:
            if self.words.quantity(spelt(statement)) is not None:
                claims.append(statement)
                continue
            name = self.words.add(spelt(statement))
            line = self._definition(name, statement)
            if line is not None and line.right is not None:
                self.sheet.late[name] = line.right
        self.others = sorted([*self.others, *claims], key=lambda s: s.start)

    def _speaks_of_quantities(self, side: list[Token]) -> bool:
        words = [token.text for token in side if token.kind == "word" and token.text not in EULER]
        return any(self.words.function(word) is None or self.words.own(word) for word in words)

    def _definition(self, name: str, statement: Statement) -> Line | None:
        """The line of a definition, and those of its chain; None where it cannot be read."""
        try:
            right = self._parse(statement.sides[1], statement, defining=True)
        except Unreadable as trouble:
            self.sheet.broken[name] = self._unreadable(statement, trouble)
            return None
        line = self._line(statement, 1, "definition", Quantity(name, _span(statement.sides[0])), right)
        self.sheet.lines.append(line)
        self._chain(statement, 2, line.left)
        return line

    def _assigned_twice(self, name: str, line: Line) -> None:
        said = f"{name} is assigned twice: a derivation has one forward pass, so give the new value another name"
        line.kind, line.trouble = "unreadable", Unreadable(said, *line.span)
        self.sheet.broken[name] = line

    def _build(
        self, definitions: dict[str, Term], places: dict[str, Line], numbers: dict[str, Line], waiting: dict[str, Statement]
    ) -> None:
        late: dict[str, Term] = {}
        circular = _circular(definitions)
        for name in circular:
            places[name].kind = "unreadable"
            said = f"{name} is defined by itself; for a new value of it, write another name on the left"
            places[name].trouble = Unreadable(said, *places[name].span)
            self.sheet.broken[name] = places[name]
            del definitions[name]
        changed = True
        while changed:
            changed = False
            for name, term in list(definitions.items()):
                if has_derivatives(term, {*late, *waiting}):
                    late[name] = definitions.pop(name)
                    changed = True
        leaves = [name for name in self.words.quantities if name not in definitions and name not in late and name not in waiting]
        self.sheet.tape, self.sheet.late = Tape.of_definitions(definitions, leaves), late
        for name, line in numbers.items():
            if name in leaves and line.right is not None:
                try:
                    self.sheet.point[name] = Tape.of_definitions({"": line.right}, []).run({})[-1]
                except (ArithmeticError, ValueError) as trouble:
                    line.kind, line.trouble = "unreadable", Unreadable(f"this has no value: {trouble}", *line.span, "D303")
        self.sheet.loss = which_loss(self.sheet, definitions)
        for name, statement in waiting.items():
            read = self._definition(name, statement)
            if read is not None and read.right is not None:
                late[name] = read.right

    # ---- claims ----

    def _function(self, statement: Statement) -> None:
        """``f(x) = …`` for a function that is not known: from here on it is."""
        left = statement.sides[0]
        parameters = tuple(token.text for token in left[2:-1] if token.kind == "word")
        try:
            body = self._parse(statement.sides[1], statement, free=True, parameters=frozenset(parameters))
        except Unreadable as trouble:
            self._unreadable(statement, trouble)
            return
        self.words.macros[left[0].text] = Macro(parameters, body)
        self.sheet.lines.append(self._line(statement, 1, "definition", None, body))

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

    def _chain(self, statement: Statement, first: int, left: Term | None, variables: frozenset[str] = frozenset()) -> None:
        for i in range(first, len(statement.sides)):
            if i > first and not statement.sides[i] and not statement.sides[i - 1]:
                continue  # the same gap, which is told once
            try:
                if not statement.sides[i]:
                    raise Unreadable("nothing stands after the equals sign", statement.signs[i - 1].start, statement.signs[i - 1].end)
                free = bool(variables) or (left is not None and not _speaks_of_program(left))
                parser = self._parser(statement.sides[i], statement, free=free)
                right = parser.expression()
                seen = variables | parser.variables
            except Unreadable as trouble:
                self._unreadable(statement, trouble, i)
                continue
            kind = "identity" if seen or free else "assumption" if self._is_assumption(left, right) else "claim"
            line = self._line(statement, i, kind, left, right)
            line.variables = frozenset(seen)
            line.chained = i > 1
            self.sheet.lines.append(line)

    def _is_assumption(self, left: Term | None, right: Term) -> bool:
        """Whether an equation ties leaves to each other, each of them once and by arithmetic: y_1 + y_2 + y_3 = 1."""
        if left is None or isinstance(left, Partial | Quantity):
            return False
        pieces = [*walk(left), *walk(right)]
        mentioned = [piece.name for piece in pieces if isinstance(piece, Quantity)]
        plain = all(isinstance(piece, Number | Quantity) or (isinstance(piece, Apply) and piece.op in _ARITHMETIC) for piece in pieces)
        return plain and 0 < len(mentioned) == len(set(mentioned)) and set(mentioned) <= set(self.sheet.tape.leaves)

    # ---- help ----

    def _parser(self, side: list[Token], statement: Statement, *, free: bool = False) -> Parser:
        variable = "x" if free else None
        return Parser(list(side), self.words, self.sheet.loss, statement.latex, free, variable=variable, code=statement.code)

    def _parse(
        self,
        side: list[Token],
        statement: Statement,
        *,
        free: bool = False,
        defining: bool = False,
        parameters: frozenset[str] = frozenset(),
    ) -> Term:
        if not side:
            raise Unreadable("nothing stands here", statement.start, statement.start + 1)
        parser = self._parser(side, statement, free=free)
        parser.defining, parser.parameters = defining, parameters
        return parser.expression()

    def _line(self, statement: Statement, i: int, kind: str, left: Term | None, right: Term) -> Line:
        start = statement.start if i == 1 else statement.signs[i - 1].start
        sign = statement.signs[i - 1].text
        return Line(
            (start, statement.sides[i][-1].end),
            kind,
            left,
            right,
            sign,
            latex=statement.latex,
            code=statement.code,
            statement=(statement.start, statement.member),
            right_span=_span(statement.sides[i]),
            sign_end=statement.signs[i - 1].end,
        )

    def _unreadable(self, statement: Statement, trouble: Unreadable, i: int = 1) -> Line:
        start = statement.start if i <= 1 else statement.signs[i - 1].start
        last = next((side[-1] for side in reversed(statement.sides) if side), statement.signs[-1])
        end = max(last.end, statement.signs[-1].end)
        line = Line((start, end), "unreadable", trouble=trouble, statement=(statement.start, statement.member))
        self.sheet.lines.append(line)
        return line


def _speaks_of_program(term: Term) -> bool:
    return any(isinstance(piece, Partial | Quantity) for piece in walk(term)) or isinstance(term, Number)


def _same(one: Term | None, other: Partial) -> bool:
    return isinstance(one, Partial) and (one.upper, one.lower) == (other.upper, other.lower)


def _span(side: list[Token]) -> tuple[int, int]:
    return side[0].start, side[-1].end


def _circular(definitions: dict[str, Term]) -> list[str]:
    """The names that are defined by themselves, straight or through others."""
    needs = {name: quantities(term) & definitions.keys() for name, term in definitions.items()}
    while True:
        free = [name for name, others in needs.items() if not others & needs.keys()]
        if not free:
            return list(needs)
        for name in free:
            del needs[name]
