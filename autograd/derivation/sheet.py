"""A derivation as a whole: its forward program, and its claims in order.

A line whose left side is a plain quantity defines it; one whose left side is a derivative claims something, and so do
a number for a quantity that is defined elsewhere, a rule for a function, and a chain's further sides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from ..graph import Graph
from ..names import Name, parse
from .differentials import derivative_names
from .leaves import learn_leaves
from .lexer import Token, Unreadable
from .parser import Parser
from .reading import Statement, fragments, front_matter, looks_like_markdown, mapping, statements
from .tape import Tape, has_derivatives
from .terms import Number, Partial, Quantity, Term, is_number, quantities, walk
from .vocabulary import Macro, Vocabulary

LOSSES = ("L", "loss", "Loss", "E", "J", "C", "cost", "E_total", "ℓ")
CONSTANTS = re.compile(r"\\?(?:N|n|m|η|eta|lr|ε|eps|epsilon|varepsilon|λ|lambda|lam)")


@dataclass
class Line:
    """One thing that a sheet says: ``left = right``, where it stands, and what kind of saying it is.

    ``kind`` is definition, point (a leaf's number), claim, identity (between functions), assumption, or unreadable.
    """

    span: tuple[int, int]
    kind: str
    left: Term | None = None
    right: Term | None = None
    sign: str = "="
    trouble: Unreadable | None = None
    chained: bool = False  # a further side of the chain that the line before belongs to
    variables: frozenset[str] = frozenset()
    latex: bool = False
    code: bool = False
    right_span: tuple[int, int] = (0, 0)  # of the whole right side, brackets and all
    sign_end: int = 0


@dataclass
class Sheet:
    """A file that was read."""

    text: str
    file: str
    lines: list[Line] = field(default_factory=list)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    tape: Tape = field(default_factory=Tape)
    late: dict[str, Term] = field(default_factory=dict)  # definitions that speak of derivatives: δ_3 = ∂L/∂z_3
    point: dict[str, float] = field(default_factory=dict)
    loss: str | None = None
    options: dict[str, str] = field(default_factory=dict)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1."""
        before = self.text[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


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
        self.code = suffix == ".py"
        suffix = suffix if suffix is not None else (".md" if looks_like_markdown(text) else ".txt")
        masked = " " * front + re.sub(r"(?m)^[ \t]*(?:>[ \t]?)+|\ufeff", lambda quote: " " * len(quote[0]), text[front:])
        found: list[Statement | Unreadable] = []
        try:
            for fragment in fragments(masked, suffix):
                if fragment.kind == "code":
                    from .code import code_statements

                    found += code_statements(masked, fragment)
                else:
                    found += statements(masked, fragment)
        except Unreadable as trouble:
            found.append(trouble)
        self.found = sorted(found, key=lambda s: s.start)
        self._learn_names()
        self._read_definitions()
        self._read_claims()
        self.sheet.lines.sort(key=lambda line: line.span[0])

    # ---- names ----

    def _learn_names(self) -> None:
        """Quantities are what is defined, what is differentiated by, and what definitions mention."""
        if self.forward is not None:
            for name in self.forward.named:
                if (known := self.words.add(name)) != name:
                    raise ValueError(f"the forward program has {known} and {name}, which read as one name: give one of them another")
        self.definitions: list[Statement] = []
        self.others: list[Statement] = []
        self.functions: list[Statement] = []
        maybe: list[Statement] = []
        for statement in self.found:
            if isinstance(statement, Unreadable):
                self.sheet.lines.append(Line((statement.start, statement.end), "unreadable", trouble=statement))
                continue
            left = statement.sides[0]
            if _is_plain(left) and not self._is_called(left):
                word = left[0].text
                (maybe if not statement.latex and re.match(r"d\w|grad_", word) else self.definitions).append(statement)
            elif _is_function(left) and (statement.code or (self.words.function(left[0].text) or (None, True))[1]):
                self.functions.append(statement)  # not known, or by its name a derivative that the writer defines
            else:
                self.others.append(statement)
        if self.forward is None:
            for statement in self.definitions:
                self.words.learn("".join(token.text for token in statement.sides[0]))
        for statement in maybe:
            word = statement.sides[0][0].text
            claims = self._names_a_derivative(word) or self._is_mistyped(statement)
            (self.others if claims else self.definitions).append(statement)
            if not claims and self.forward is None:
                self.words.learn(word)
        self.definitions.sort(key=lambda s: s.start)
        self.others.sort(key=lambda s: s.start)

    def _is_called(self, left: list[Token]) -> bool:
        """Whether a function's name that stands alone on a left side is called in the sheet: then it is no quantity."""
        if len(left) != 1 or self.words.function(left[0].text) is None:
            return False
        sides = [side for s in self.found if isinstance(s, Statement) for side in s.sides]
        return any(
            token.text == left[0].text and following.kind in ("open", "prime") for side in sides for token, following in pairwise(side)
        )

    def _mentioned(self) -> dict[Name, str]:
        """The names that definitions mention."""
        words = {token.text for s in self.definitions for side in s.sides for token in side if token.kind == "word"}
        return {name: text for text in words if (name := parse(text)) is not None}

    def _names_a_derivative(self, word: str) -> bool:
        names = self._mentioned()

        def known(text: str) -> bool:
            return self.words.quantity(text) is not None or parse(text) in names

        return any(all(map(known, parts)) for parts in derivative_names(word))

    def _is_mistyped(self, statement: Statement) -> bool:
        """``dz4 = da3 * …`` where there is a z3 and no z4: a claim whose name is wrong, no new quantity."""
        rest = parse(statement.sides[0][0].text[1:])
        heads = {name.head for name in self._mentioned()}
        uses = [token.text for side in statement.sides[1:] for token in side if token.kind == "word"]
        return rest is not None and rest.head in heads and any(re.match("d", use) and self._names_a_derivative(use) for use in uses)

    # ---- the forward program ----

    def _read_definitions(self) -> None:
        for statement in self.functions:
            self._function(statement)
        if self.forward is not None:
            self.sheet.tape = Tape.of_graph(self.forward)
            self.sheet.loss = self.options.get("loss") or next((v.name for v in self.forward.outputs if v.name), None)
            self.others = sorted([*self.others, *self.definitions], key=lambda s: s.start)
            return
        own = {self.words.quantity(_spelt(statement)) for statement in self.definitions}
        definitions: dict[str, Term] = {}
        places: dict[str, Line] = {}
        numbers: dict[str, Line] = {}
        for statement in self.definitions:
            name = str(self.words.quantity(_spelt(statement)))
            learn_leaves(statement, (*self.definitions, *self.others), self.words)
            try:
                right = self._parse(statement.sides[1], latex=statement.latex, defining=True)
            except Unreadable as trouble:
                self._unreadable(statement, trouble)
                continue
            line = self._line(statement, 1, "definition", Quantity(name, _span(statement.sides[0])), right)
            if is_number(right) and self._defined_by_formula(name, statement):
                line.kind = "claim"
            elif is_number(right):
                numbers.setdefault(name, line)
                line.kind = "point" if numbers[name] is line else "claim"
            elif name in definitions:
                line.kind = "claim"
            else:
                definitions[name], places[name] = right, line
            self.sheet.lines.append(line)
            self._chain(statement, 2, line.left)
        self._build(definitions, places, numbers, own)

    def _defined_by_formula(self, name: str, statement: Statement) -> bool:
        """Whether another line, or an earlier side, says what the quantity is, so that a number for it is a claim."""
        for other in self.definitions:
            if self.words.quantity(_spelt(other)) == name and any(
                token.kind in ("word", "function", "command") for token in other.sides[1]
            ):
                return True
        return False

    def _build(self, definitions: dict[str, Term], places: dict[str, Line], numbers: dict[str, Line], own: set[str | None]) -> None:
        late: dict[str, Term] = {}
        circular = _circular(definitions)
        for name in circular:
            places[name].kind = "unreadable"
            places[name].trouble = Unreadable(f"{name} is defined by itself", *places[name].span)
            del definitions[name]
        changed = True
        while changed:
            changed = False
            for name, term in list(definitions.items()):
                if has_derivatives(term, set(late)):
                    late[name] = definitions.pop(name)
                    changed = True
        leaves = [name for name in self.words.quantities if name not in definitions and name not in late]
        self.sheet.tape, self.sheet.late = Tape.of_definitions(definitions, leaves), late
        for name, line in numbers.items():
            if name in leaves and line.right is not None:
                try:
                    self.sheet.point[name] = self.sheet.tape.__class__.of_definitions({"": line.right}, []).run({})[-1]
                except (ArithmeticError, ValueError) as trouble:
                    line.kind, line.trouble = "unreadable", Unreadable(f"this has no value: {trouble}", *line.span, "D303")
        self.sheet.loss = self._which_loss(definitions)

    def _which_loss(self, definitions: dict[str, Term]) -> str | None:
        if "loss" in self.options:
            return self.words.quantity(self.options["loss"])
        used = {name for term in definitions.values() for name in quantities(term)}
        ends = [name for name in definitions if name not in used]
        uses = {name: len(re.findall(rf"(?:∂|\\partial\s*\{{?|\bd)\s*{re.escape(name)}(?!\w)", self.sheet.text)) for name in ends}
        named = next((name for name in ends if name in LOSSES), ends[-1] if ends else None)
        return max(ends, key=lambda name: (uses[name], name == named), default=None)

    # ---- claims ----

    def _function(self, statement: Statement) -> None:
        """``f(x) = …`` for a function that is not known: from here on it is."""
        left = statement.sides[0]
        parameters = tuple(token.text for token in left[2:-1] if token.kind == "word")
        try:
            body = self._parse(statement.sides[1], latex=statement.latex, free=True)
        except Unreadable as trouble:
            self._unreadable(statement, trouble)
            return
        self.words.macros[left[0].text] = Macro(parameters, body)
        self.sheet.lines.append(self._line(statement, 1, "definition", None, body))

    def _read_claims(self) -> None:
        for statement in self.others:
            try:
                left, variables = self._left(statement)
            except Unreadable as trouble:
                self._unreadable(statement, trouble)
                continue
            self._chain(statement, 1, left, variables)

    def _left(self, statement: Statement) -> tuple[Term, frozenset[str]]:
        if not statement.sides[0]:
            raise Unreadable("nothing stands before the equals sign", statement.signs[0].start, statement.signs[0].end)
        try:
            return self._parse(statement.sides[0], latex=statement.latex), frozenset()
        except Unreadable as trouble:
            if trouble.code != "D302" and "argument" not in str(trouble):
                raise
            parser = self._parser(statement.sides[0], latex=statement.latex, free=True)
            try:
                left = parser.expression()
            except Unreadable:
                raise trouble from None
            if any(isinstance(piece, Partial) for piece in walk(left)) or isinstance(left, Quantity):
                raise
            return left, frozenset(parser.variables)

    def _chain(self, statement: Statement, first: int, left: Term | None, variables: frozenset[str] = frozenset()) -> None:
        for i in range(first, len(statement.sides)):
            try:
                if not statement.sides[i]:
                    raise Unreadable("nothing stands after the equals sign", statement.signs[i - 1].start, statement.signs[i - 1].end)
                free = bool(variables) or (left is not None and not _speaks_of_program(left))
                parser = self._parser(statement.sides[i], latex=statement.latex, free=free)
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
        """Whether an equation ties leaves to each other: y_1 + y_2 + y_3 = 1."""
        if left is None or isinstance(left, Partial | Quantity):
            return False
        pieces = [*walk(left), *walk(right)]
        mentioned = {piece.name for piece in pieces if isinstance(piece, Quantity)}
        return bool(mentioned) and mentioned <= set(self.sheet.tape.leaves) and not any(isinstance(piece, Partial) for piece in pieces)

    # ---- help ----

    def _parser(self, side: list[Token], *, latex: bool, free: bool = False) -> Parser:
        return Parser(list(side), self.words, self.sheet.loss, latex, free, variable="x" if free else None, code=self.code)

    def _parse(self, side: list[Token], *, latex: bool, free: bool = False, defining: bool = False) -> Term:
        if not side:
            raise Unreadable("nothing stands here", 0, 1)
        parser = self._parser(side, latex=latex, free=free)
        parser.defining = defining
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
            right_span=_span(statement.sides[i]),
            sign_end=statement.signs[i - 1].end,
        )

    def _unreadable(self, statement: Statement, trouble: Unreadable, i: int = 1) -> None:
        start = statement.start if i <= 1 else statement.signs[i - 1].start
        sides = [token for side in statement.sides for token in side]
        self.sheet.lines.append(Line((start, sides[-1].end if sides else statement.signs[-1].end), "unreadable", trouble=trouble))


def _speaks_of_program(term: Term) -> bool:
    return any(isinstance(piece, Partial | Quantity) for piece in walk(term)) or isinstance(term, Number)


def _is_plain(side: list[Token]) -> bool:
    """A quantity's name and nothing else; σ^2 may be one."""
    kinds = [token.kind for token in side]
    return kinds == ["word"] or kinds in (["word", "superscript"], ["word", "power", "number"])


def _is_function(side: list[Token]) -> bool:
    kinds = [token.kind for token in side]
    return len(side) >= 4 and kinds[:2] == ["word", "open"] and kinds[-1] == "close" and all(k in ("word", "symbol") for k in kinds[2:-1])


def _spelt(statement: Statement) -> str:
    return "".join(token.text for token in statement.sides[0])


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
