"""The forward program of a sheet: its definitions, the numbers it gives, and what of them speaks of derivatives."""

from __future__ import annotations

from .leaves import learn_leaves, single_letters
from .lexer import Token, Unreadable
from .lines import Lines, span_of
from .loss import which_loss
from .naming import Naming, spelt
from .reading import Statement
from .sheet import Line
from .tape import Tape, has_derivatives
from .terms import Quantity, Term, is_number, quantities
from .vocabulary import EULER, Macro


class Defining(Lines):
    """The part of the reader that reads definitions."""

    naming: Naming
    definitions: list[Statement]
    others: list[Statement]

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
        line = self._line(statement, 1, "definition", Quantity(name, span_of(statement.sides[0])), right)
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


def _circular(definitions: dict[str, Term]) -> list[str]:
    """The names that are defined by themselves, straight or through others."""
    needs = {name: quantities(term) & definitions.keys() for name, term in definitions.items()}
    while True:
        free = [name for name, others in needs.items() if not others & needs.keys()]
        if not free:
            return list(needs)
        for name in free:
            del needs[name]
