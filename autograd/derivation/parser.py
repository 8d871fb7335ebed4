"""From tokens to terms: one operator-precedence parser for every spelling.

It knows the program's quantities, and decides by them: a run of letters is a product only when its letters are
quantities, ``dz3`` is a derivative only when z3 is one. What it cannot read it refuses, with the place.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from unicodedata import numeric

from .. import ops
from .commands import Commands
from .cursor import SUPERSCRIPTS
from .differentials import Differentials
from .functions import Functions
from .lexer import FRACTIONS, Token, Unreadable
from .terms import Apply, Number, Quantity, Term
from .vocabulary import EULER

_STARTS = ("word", "number", "open", "function", "command", "partial", "indicator", "bar")


class Parser(Differentials, Functions, Commands):
    """Reads one expression."""

    def expression(self) -> Term:
        """The whole of the tokens as one term; Unreadable where they are more, or less."""
        term = self._sum()
        if self.place < len(self.tokens):
            token = self.tokens[self.place]
            if self._is_decimal_comma():
                raise self._trouble("',' inside a number is not read: write 0.5, or 0{,}5 in LaTeX", token)
            raise self._trouble(f"{token.text!r} is not expected here", token)
        return term

    def _is_decimal_comma(self) -> bool:
        around = self.tokens[self.place - 1 : self.place + 2]
        return [t.kind for t in around] == ["number", "symbol", "number"] and around[1].text == "," and around[0].end == around[1].start

    # ---- sums, products, powers ----

    def _sum(self) -> Term:
        first = self._peek()
        if first and first.kind == "minus":
            self.place += 1
            term: Term = self._apply(ops.neg, (self._product(),), (first.start, first.end), start=first.start)
        else:
            if self._is("+"):
                self.place += 1
            term = self._product()
        while (token := self._peek()) and (token.kind == "minus" or token.text == "+"):
            self.place += 1
            op = ops.sub if token.kind == "minus" else ops.add
            term = self._apply(op, (term, self._product()), (token.start, token.end))
        return term

    def _product(self) -> Term:
        term = self._factor()
        while token := self._peek():
            if token.kind == "times" or token.text == "*":
                op, at = ops.mul, (token.start, token.end)
                self.place += 1
            elif token.kind == "divided" or token.text == "/":
                op, at = ops.div, (token.start, token.end)
                self.place += 1
            elif self.tokens[self.place - 1].text == "0" and token.kind == "word" and token.start == self.tokens[self.place - 1].end:
                raise self._trouble("a number that begins with 0x is not read", token)
            elif token.kind == "number" and self.tokens[self.place - 1].kind == "number":
                raise self._trouble("two numbers side by side: is a sign missing between them?", token)
            elif token.kind in _STARTS and not token.text.startswith("\\end") and not (token.kind == "bar" and self._closing_bar()):
                op, at = ops.mul, (token.start, token.start)
            else:
                break
            term = self._apply(op, (term, self._factor()), at)
        return term

    def _factor(self) -> Term:
        with self.deeper():
            return self._signed_factor()

    def _signed_factor(self) -> Term:
        token = self._peek()
        if token and token.kind == "minus":
            self.place += 1
            return self._apply(ops.neg, (self._factor(),), (token.start, token.end), start=token.start)
        return self._powers(self._primary())

    def _powers(self, base: Term) -> Term:
        while (token := self._peek()) and token.kind in ("power", "superscript"):
            self.place += 1
            if token.kind == "superscript":
                text = token.text.translate(SUPERSCRIPTS)
                exponent: Term = Number(float(text), text, (token.start, token.end))
            else:
                exponent = self._exponent(token)
            base = self._apply(ops.pow_, (base, exponent), (token.start, token.end))
        return base

    def _exponent(self, power: Token) -> Term:
        with self.deeper():
            return self._raising(power)

    def _raising(self, power: Token) -> Term:
        token = self._peek()
        if token and token.text in ("T", "\\top", "⊤"):
            raise Unreadable("a transpose: derivations are read element by element, so write the sums out", token.start, token.end)
        if token and token.text == "{":
            return self._group("}")
        if token and token.kind == "minus":
            self.place += 1
            return self._apply(ops.neg, (self._exponent(power),), (token.start, token.end), start=token.start)
        if token and token.kind == "number" and self.latex and power.text == "^" and len(token.text) > 1:
            digit = Token("number", token.text[0], token.start, token.start + 1)  # x^12 is x¹ 2 in LaTeX: too odd to guess
            raise self._trouble("several digits behind ^ need braces", digit)
        if token and self.latex and power.text == "^" and re.fullmatch(r"[A-Za-z]{2,}", token.text):  # e^xy is eˣ y in LaTeX
            raise self._trouble("several letters behind ^ need braces", token)
        return self._powers(self._primary()) if token and token.text != "(" else self._primary()

    # ---- the smallest pieces ----

    def _primary(self) -> Term:
        token = self._next("an expression")
        match token.kind:
            case "number":
                return self._number(token)
            case "open":
                self.place -= 1
                return self._group({"(": ")", "[": "]", "{": "}"}.get(token.text[-1], "}"))
            case "bar":
                inner = self._sum()
                self._expect("bar", "the closing |")
                return Apply(ops.abs_, (inner,), (token.start, self._end), (token.start, token.end))
            case "word" | "partial":
                self.place -= 1
                return self._derivative() or self._word(self._next("a name"))
            case "function":
                return self._call(token)
            case "command":
                return self._command(token)
            case "indicator":
                return self._indicator(token)
        raise self._trouble(f"{token.text!r} is not expected here", token)

    def _group(self, closing: str) -> Term:
        opened = self._next("a bracket")
        term = self._comparison()
        token = self._peek()
        if token is None or token.kind != "close" or token.text[-1] != closing:
            raise Unreadable(f"the {opened.text!r} is not closed", opened.start, opened.end)
        self.place += 1
        self.outer[id(term)] = opened.start, token.end
        self.kept.append(term)
        return term

    def _comparison(self) -> Term:
        """A sum, or a condition, which is 1 where it holds and 0 elsewhere."""
        left = self._sum()
        token = self._peek()
        if token is None or token.kind != "compare":
            return left
        self.place += 1
        right = self._sum()
        less, equal = token.text in ("<", "≤", "<=") or "\\l" in token.text, token.text not in ("<", ">", "\\lt", "\\gt")
        high, low = (right, left) if less else (left, right)
        span, at = (left.span[0], right.span[1]), (token.start, token.end)
        if equal:  # not strictly less
            below = Apply(ops.step, (Apply(ops.sub, (low, high), span, at),), span, at)
            return Apply(ops.sub, (Number(1.0, "1"), below), span, at)
        return Apply(ops.step, (Apply(ops.sub, (high, low), span, at),), span, at)

    def _word(self, token: Token) -> Term:
        if token.kind == "partial":
            raise Unreadable("a ∂ that belongs to no derivative", token.start, token.end)
        span = token.start, token.end
        if token.text in self.parameters:
            return Quantity(token.text, span)
        name = self.vocabulary.quantity(token.text)
        squared = self._squared_name(token)
        if squared:
            return squared
        following = self._peek()
        raised = (
            following is not None and following.kind == "power" and self._ahead(1) in ("{", "(", "-") and self._ahead(3) not in ("}", ")")
        )
        if name is not None and not (token.text == "e" and raised):  # e^{-x} is Euler's, even beside an error e
            return Quantity(name, span)
        if token.text in EULER and following and following.kind in ("power", "superscript"):
            self.place += 1
            exponent = self._exponent(following) if following.kind == "power" else self._raised(following)
            return Apply(ops.exp, (exponent,), (token.start, self._end), span)
        if self.vocabulary.function(token.text) or token.text in self.vocabulary.macros:
            return self._call(token)
        if token.text in ("π", "\\pi", "pi"):
            return Number(math.pi, token.text, span)
        if token.text in EULER:
            return Number(math.e, token.text, span)
        return self._segments(token) or self._variable(token)

    def _squared_name(self, token: Token) -> Term | None:
        """``σ^2`` where the program has a quantity of that very name."""
        following = self.tokens[self.place : self.place + 4]
        if not following or following[0].kind not in ("power", "superscript"):
            return None
        kinds = [t.kind for t in following]
        count = 1 if kinds[0] == "superscript" else 4 if kinds[1:] == ["open", "number", "close"] else 2 if kinds[1:2] == ["number"] else 0
        text = _squeezed(token.text + "".join(t.text for t in following[:count]))
        name = next((q for q in self.vocabulary.quantities if "^" in _squeezed(q) and _squeezed(q) == text), None)
        if count and name:
            self.place += count
            return Quantity(name, (token.start, self._end))
        return None

    def _number(self, token: Token) -> Term:
        span = token.start, token.end
        if token.text in FRACTIONS:
            over, under = (Number(float(x), str(x), span) for x in Fraction(numeric(token.text)).limit_denominator(9).as_integer_ratio())
            return Apply(ops.div, (over, under), span, span)
        power = re.fullmatch(r"[\d._]+([eE]\d*)(-?\d*)", token.text)
        if power and self.vocabulary.own(power[1]):
            raise self._trouble(f"is this a power of ten, or a multiple of {power[1]}? write 10^n, or put a sign between them", token)
        if re.fullmatch(r"[1-9]\d{0,2}\{,\}\d{3}", token.text):
            raise self._trouble("this comma may be a decimal point or part thousands: write 1.000 or 1000", token)
        text = token.text.replace("_", "").replace("{,}", ".")
        return Number(float(text), text, span)

    def _raised(self, token: Token) -> Term:
        text = token.text.translate(SUPERSCRIPTS)
        return Number(float(text), text, (token.start, token.end))

    def _segments(self, token: Token) -> Term | None:
        parts = self.vocabulary.segments(token.text)
        if parts is None:
            return None
        if self.defining and not self.latex and token.text.isascii() and token.text.isalpha():
            raise self._trouble(f"{token.text!r} is no quantity; if a product is meant, write {' * '.join(parts)}", token)
        start = token.start
        terms: list[Term] = []
        for part in parts:
            terms.append(Quantity(str(self.vocabulary.quantity(part)), (start, start + len(part))))
            start += len(part)
        terms[-1] = self._powers(terms[-1])
        product: Term = terms[0]
        for term in terms[1:]:
            product = self._apply(ops.mul, (product, term), (term.span[0], term.span[0]))
        return product

    def _variable(self, token: Token) -> Term:
        if self.free and re.fullmatch(r"[A-Za-zα-ω]", token.text):
            self.variables.add(token.text)
            return Quantity(token.text, (token.start, token.end))
        meant = self.vocabulary.meant(token.text, [f"d{name}" for name in self.vocabulary.quantities] if not self.latex else ())
        if self.hint and "did you mean" not in meant:
            meant = f"; did you mean {self.hint}?"
        raise Unreadable(f"{token.text!r} is no quantity of the program{meant}", token.start, token.end, "D302")


def _squeezed(text: str) -> str:
    return re.sub(r"[\s{}]", "", text).replace("²", "^2")
