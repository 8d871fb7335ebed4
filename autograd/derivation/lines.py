"""From a statement to lines: one for every side of its chain that says something, and one for what cannot be read."""

from __future__ import annotations

from ..op import CALL
from .lexer import Token, Unreadable
from .parser import Parser
from .reading import Statement
from .sheet import Line, Sheet
from .terms import Apply, Number, Partial, Quantity, Term, walk
from .vocabulary import Vocabulary


class Lines:
    """The part of the reader that makes lines."""

    sheet: Sheet
    words: Vocabulary

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
        plain = all(isinstance(piece, Number | Quantity) or (isinstance(piece, Apply) and piece.op.prec < CALL) for piece in pieces)
        return plain and 0 < len(mentioned) == len(set(mentioned)) and set(mentioned) <= set(self.sheet.tape.leaves)

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
            right_span=span_of(statement.sides[i]),
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


def span_of(side: list[Token]) -> tuple[int, int]:
    """From where to where tokens stand in the file."""
    return side[0].start, side[-1].end
