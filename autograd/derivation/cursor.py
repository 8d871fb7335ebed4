"""The tokens of one expression and the place in them: what every part of the parser stands on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..op import Op
from .lexer import Token, Unreadable
from .terms import Apply, Span, Term
from .vocabulary import Vocabulary

DEEPEST = 40  # levels of brackets, signs and powers inside each other
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


@dataclass
class Cursor(ABC):
    """Where the parser is, and what it knows.

    ``variable`` is what a function without an argument is taken at (σ(1-σ)), None for nowhere. With ``free``, words that
    denote nothing become variables, which ``variables`` then lists.
    """

    tokens: list[Token]
    vocabulary: Vocabulary
    loss: str | None = None
    latex: bool = False
    free: bool = False
    variable: str | None = None
    place: int = 0
    depth: int = 0
    variables: set[str] = field(default_factory=set)
    parameters: frozenset[str] = frozenset()  # of the function that is being defined
    bare: int = 0
    defining: bool = False  # a definition, in which a run of letters may be a new name
    budget: list[int] = field(default_factory=lambda: [20_000])  # terms that sums may still be written out to
    code: bool = False  # dp / do is a quotient of two names there
    hint: str | None = None  # what a word above the ∂ was probably meant to be
    outer: dict[int, Span] = field(default_factory=dict)  # of terms in brackets, brackets and all
    kept: list[Term] = field(default_factory=list)  # so that no id is given twice

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level further in; Unreadable where there are too many."""
        self.depth += 1
        if self.depth > DEEPEST:
            token = self._peek() or self.tokens[-1]
            raise Unreadable(f"more than {DEEPEST} levels of brackets, signs or powers inside each other", token.start, token.end)
        yield
        self.depth -= 1

    # ---- what the parts of the parser ask of each other ----

    @abstractmethod
    def _sum(self) -> Term:
        """Terms with + and - between them."""

    @abstractmethod
    def _product(self) -> Term:
        """Factors side by side."""

    @abstractmethod
    def _factor(self) -> Term:
        """A piece with its signs and powers."""

    @abstractmethod
    def _powers(self, base: Term) -> Term:
        """The base, raised to what follows it."""

    @abstractmethod
    def _exponent(self, power: Token) -> Term:
        """What follows the ^."""

    @abstractmethod
    def _primary(self) -> Term:
        """The smallest piece: a number, a name, a call, a group."""

    @abstractmethod
    def _group(self, closing: str) -> Term:
        """What stands in brackets, up to the closing one."""

    @abstractmethod
    def _comparison(self) -> Term:
        """A condition, as cases and indicators have them."""

    @abstractmethod
    def _squared_name(self, token: Token) -> Term | None:
        """A quantity that is itself called ``σ^2``, None where it is a power."""

    @abstractmethod
    def _raised(self, token: Token) -> Term:
        """A number written above the line."""

    @abstractmethod
    def _variable(self, token: Token) -> Term:
        """A name as a quantity."""

    @abstractmethod
    def _derivative(self) -> Term | None:
        """A derivative such as dL/dz, None where there is none."""

    def _inner(self) -> Term:
        """A piece that stands inside another without brackets around it."""
        with self.deeper():
            return self._primary()

    # ---- the tokens ----

    def _apply(self, op: Op, args: tuple[Term, ...], at: Span, start: int | None = None) -> Term:
        spans = [self.outer.get(id(arg), arg.span) for arg in args]
        return Apply(op, args, (spans[0][0] if start is None else start, max(spans[-1][1], self._end)), at)

    @property
    def _end(self) -> int:
        return self.tokens[self.place - 1].end

    def _peek(self) -> Token | None:
        return self.tokens[self.place] if self.place < len(self.tokens) else None

    def _ahead(self, count: int) -> str:
        place = self.place + count
        return self.tokens[place].text if place < len(self.tokens) else ""

    def _is(self, text: str) -> bool:
        token = self._peek()
        return token is not None and token.text == text

    def _next(self, what: str) -> Token:
        token = self._peek()
        if token is None:
            last = self.tokens[-1]
            raise Unreadable(f"{what} is missing here", last.end, last.end + 1)
        self.place += 1
        return token

    def _expect(self, kind: str, what: str) -> None:
        token = self._next(what)
        if token.kind != kind:
            raise self._trouble(f"{what} is missing before {token.text!r}", token)

    def _closing_bar(self) -> bool:
        """Whether a | is the end of an absolute value that is being read."""
        before = sum(token.kind == "bar" for token in self.tokens[: self.place])
        return before % 2 == 1

    def _trouble(self, message: str, token: Token) -> Unreadable:
        return Unreadable(message, token.start, token.end)
