"""Reading derivatives: ∂L/∂z in LaTeX, Unicode and text, and under the names that programs give them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from .. import ops
from .cursor import Cursor
from .lexer import Token, Unreadable
from .terms import Apply, Number, Partial, Quantity, Span, Term, quantities, slope, walk
from .vocabulary import Vocabulary


class Differentials(Cursor):
    """The part of the parser that reads derivatives."""

    def _derivative(self) -> Term | None:
        """∂L/∂z in any spelling; None, with nothing read, where there is none."""
        start = self.place
        self.hint = None
        for read in (self._as_fraction, self._as_quotient, self._as_word):
            try:
                term = read()
            except _NotADerivative:
                term = None
            if term is not None:
                return term
            self.place = start
        return None

    def _as_fraction(self) -> Term | None:
        command = self._peek()
        if command is None or not command.text.endswith("frac"):
            return None
        self.place += 1
        self.hint = self.loss
        upper = self._in_braces(self._differential)
        self.hint = None
        lower = self._in_braces(lambda: self._differential(below=upper[0] is not None))
        return self._partial(upper, lower, command.start)

    def _as_quotient(self) -> Term | None:
        first = self._peek()
        if first is None or first.kind not in ("partial", "word") or (self.code and first.kind == "word"):
            return None
        self.hint = self.loss
        upper = self._differential()
        self.hint = None
        if not self._is("/"):
            raise _NotADerivative
        self.place += 1
        return self._partial(upper, self._differential(below=True), first.start)

    def _as_word(self) -> Term | None:
        """The names of programs: dz3, dL_dz3, grad_z3."""
        token = self._peek()
        if token is None or token.kind != "word" or self.vocabulary.quantity(token.text):
            return None
        if self.latex and (token.text[0] != "d" or self.vocabulary.quantity("d")):
            return None
        partial = named_derivative(token.text, self.vocabulary, self.loss)
        if partial is None:
            return None
        self.place += 1
        return Partial(*partial, (token.start, token.end))

    def _in_braces(self, read: Callable[[], tuple[str | None, Span]]) -> tuple[str | None, Span]:
        if not self._is("{"):
            raise _NotADerivative
        self.place += 1
        found = read()
        if not self._is("}"):
            raise _NotADerivative
        self.place += 1
        return found

    def _differential(self, *, below: bool = False) -> tuple[str | None, Span]:
        """A ∂z or dz: the quantity's name, None for a ∂ that stands alone. ``below`` another, dz is one even where dz has a meaning."""
        token = self._peek()
        if token is None:
            raise _NotADerivative
        if token.kind == "partial" or (token.text == "d" and self.vocabulary.quantity("d") is None):
            self.place += 1
            mark = self._peek()
            if mark and mark.kind in ("power", "superscript"):
                raise Unreadable("second derivatives are not checked", token.start, mark.end)
            braced = mark is not None and mark.kind == "open"
            if braced:
                self.place += 1
            word = self._peek()
            if word is None or word.kind != "word":
                if braced:
                    raise Unreadable("the derivative of an expression: name the quantity", token.start, token.end)
                return None, (token.start, token.end)
            self.place += 1
            if braced:
                self._expect("close", "the closing bracket")
            return self._quantity(word), (word.start, word.end)
        if (
            token.kind == "word"
            and token.text.startswith("d")
            and len(token.text) > 1
            and (below or not self.vocabulary.quantity(token.text))
        ):
            name = self.vocabulary.quantity(token.text[1:])
            if name is None and self.free and len(token.text) == 2:
                name = token.text[1:]
            if name is None and below and named_derivative(token.text, self.vocabulary, self.loss) is None:
                name = self._quantity(Token("word", token.text[1:], token.start + 1, token.end))
            if name is None:
                raise _NotADerivative
            self.place += 1
            squared = self._squared_name(Token("word", token.text[1:], token.start + 1, token.end))
            return squared.name if isinstance(squared, Quantity) else name, (token.start + 1, self._end)
        raise _NotADerivative

    def _quantity(self, word: Token) -> str:
        squared = self._squared_name(word)
        if isinstance(squared, Quantity):
            return squared.name
        name = self.vocabulary.quantity(word.text)
        if name is None:
            if self.vocabulary.function(word.text) or word.text in self.vocabulary.macros:
                raise _NotADerivative
            return str(self._variable(word).name)  # type: ignore[union-attr]
        return name

    def _partial(self, upper: tuple[str | None, Span], lower: tuple[str | None, Span], start: int) -> Term:
        if lower[0] is None:
            raise Unreadable("a derivative with respect to nothing", start, self._end)
        if upper[0] is not None:
            return Partial(upper[0], lower[0], (start, self._end))
        body = self._powers(self._inner())
        if isinstance(body, Quantity) and body.name not in self.variables:
            return Partial(body.name, lower[0], (start, self._end))
        return replace(self._total(body, lower[0]), span=(start, self._end))

    def _total(self, body: Term, lower: str) -> Term:
        """d/dz of an expression, through every quantity in it that may depend on z."""
        if self.vocabulary.quantity(lower) is None:
            return slope(body, lower)
        inner = next((piece for piece in walk(body) if isinstance(piece, Partial)), None)
        if inner is not None:
            raise Unreadable("second derivatives are not checked", *inner.span)
        total: Term | None = None
        for name in sorted(quantities(body)):
            share = slope(body, name) if name == lower else Apply(ops.mul, (slope(body, name), Partial(name, lower)))
            total = share if total is None else Apply(ops.add, (total, share))
        return total or Number(0.0, "0")


class _NotADerivative(Exception):  # noqa: N818 - what was tried did not fit; something else may
    pass


def derivative_names(word: str) -> Iterator[tuple[str, ...]]:
    """The ways to read a program's name as a derivative: (upper, lower) for dL_dz3 and dfdz, (lower,) for dz3 and grad_z3."""
    for match in re.finditer(r"_?d(?=\w)", word[1:]):
        upper, lower = word[1 : 1 + match.start()], word[1 + match.end() :]
        if word[0] == "d" and upper:
            yield upper, lower.lstrip("_") if match[0] == "_d" else lower
    for pattern in (r"d(.+)", r"d_(.+)", r"grad_(.+)", r"(.+?)_grad(\[.*)?"):
        found = re.fullmatch(pattern, word)
        if found:
            yield ("".join(group or "" for group in found.groups()),)


def named_derivative(word: str, vocabulary: Vocabulary, loss: str | None) -> tuple[str, str] | None:
    """∂upper/∂lower for a program's name of it: dz3, d_z3, dL_dz3, dfdz, grad_z3, z3_grad."""
    for parts in derivative_names(word):
        names = [vocabulary.quantity(part) for part in parts]
        upper, lower = names if len(names) == 2 else (loss, names[0])
        if upper and lower:
            return upper, lower
    return None
