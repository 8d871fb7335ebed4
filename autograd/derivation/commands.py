"""Reading LaTeX's commands: fractions, roots, sums with their range, cases, indicators."""

from __future__ import annotations

import math
import re
from dataclasses import replace

from .. import ops
from .cursor import Cursor
from .indices import SERIES, Range, indexed, sum_range
from .lexer import Token, Unreadable
from .terms import Apply, Number, Term

_LARGEST = 13  # the index below which names are tried for a sum without a range


class Commands(Cursor):
    """The part of the parser that reads commands."""

    def _command(self, token: Token) -> Term:
        if token.text.endswith("frac"):
            self.place -= 1
            return self._derivative() or self._fraction()
        if token.text in ("\\sqrt", "√"):
            root: Term | None = None
            if self._is("["):
                root = self._group("]")
            arg = self._half()
            span = token.start, self._end
            if root is None:
                return Apply(ops.sqrt, (arg,), span, (token.start, token.end))
            return Apply(ops.pow_, (arg, Apply(ops.div, (Number(1.0, "1"), root), span)), span, (token.start, token.end))
        if token.text in SERIES:
            return self._series(token)
        if token.text == "\\begin{cases}":
            return self._cases(token)
        if token.text in ("\\nabla", "∇"):
            raise Unreadable("a gradient of many: write one derivative a line, as in ∂L/∂w_1", token.start, token.end)
        raise self._trouble(f"{token.text!r} is not read here", token)

    def _fraction(self) -> Term:
        command = self._next("a fraction")
        over, under = self._half(), self._half()
        return Apply(ops.div, (over, under), (command.start, self._end), (command.start, command.end))

    def _half(self) -> Term:
        """What a command is given: a braced group, or one digit or letter."""
        token = self._peek()
        if token and token.text == "{":
            return self._group("}")
        if token and token.kind == "number" and len(token.text) > 1 and token.text.isdigit():
            first = Token("number", token.text[0], token.start, token.start + 1)
            self.tokens[self.place : self.place + 1] = [first, Token("number", token.text[1:], token.start + 1, token.end)]
        elif token and self.latex and re.fullmatch(r"[A-Za-z]{2,}\d*", token.text):
            first = Token("word", token.text[0], token.start, token.start + 1)
            self.tokens[self.place : self.place + 1] = [first, Token("word", token.text[1:], token.start + 1, token.end)]
        return self._inner()

    def _cases(self, token: Token) -> Term:
        rows: list[tuple[Term, Term | None]] = []
        while not self._is("\\end{cases}"):
            result = self._sum()
            while (mark := self._peek()) and (
                mark.kind == "align" or mark.text in (",", "if", "für", "jika", "\\text{if}", "\\text{if }", "\\mathrm{if}")
            ):
                self.place += 1
            condition = None
            if (mark := self._peek()) and re.search(r"otherwise|else|sonst|lainnya|selain", mark.text):
                self.place += 1
            else:
                condition = self._comparison()
            rows.append((result, condition))
            if (mark := self._peek()) and mark.kind == "newline":
                self.place += 1
            elif not self._is("\\end{cases}"):
                raise Unreadable("the cases do not end", token.start, token.end)
        self.place += 1
        span = token.start, self._end
        term, condition = rows[-1]
        if condition is not None:  # where no case holds there is no value
            term = Apply(ops.where, (condition, term, Number(math.nan, "NaN")), span, (token.start, token.end))
        for result, condition in reversed(rows[:-1]):
            if condition is None:
                raise Unreadable("only the last case may have no condition", *span)
            term = Apply(ops.where, (condition, result, term), span, (token.start, token.end))
        return term

    def _indicator(self, token: Token) -> Term:
        if self._is("_"):
            self.place += 1
        opened = self._peek()
        if opened is None or opened.kind != "open":
            raise Unreadable("an indicator needs its condition in brackets, as in 1[z > 0]", token.start, token.end)
        return self._group({"(": ")", "[": "]", "{": "}"}[opened.text[-1]])

    def _series(self, token: Token) -> Term:
        """A sum or a product with its range written out: one term for each value of the index."""
        op = ops.mul if token.text in ("\\prod", "∏") else ops.add
        name, first, last = self._range(token)
        start = self.place
        stop = self._end_of_series(start)
        if stop == start:
            raise Unreadable("a sum of nothing", token.start, token.end)
        terms: list[Term] = []
        self.budget[0] -= last - first + 1
        if self.budget[0] < 0:
            raise Unreadable("sums that write out to more than 20,000 terms", token.start, token.end)
        for k in range(first, last + 1):
            body = [indexed(t, name, k) for t in self.tokens[start:stop]]
            inner = replace(self, tokens=body, place=0, depth=self.depth + 1, variables=set())
            terms.append(inner._product())
            if inner.place != len(body):
                raise self._trouble(f"{body[inner.place].text!r} is not expected in a sum", body[inner.place])
            self.variables |= inner.variables
        self.place = stop
        total: Term = terms[0]
        for term in terms[1:]:
            total = Apply(op, (total, term), (token.start, self._end), (token.start, token.end))
        return total

    def _range(self, token: Token) -> tuple[str, int, int]:
        found = sum_range([near.text for near in self.tokens[self.place : self.place + 11]], self.vocabulary.counts)
        found = found or self._range_of_names()
        if found is None:
            raise Unreadable("a sum needs its range, as in \\sum_{k=1}^{2}", token.start, token.end)
        self.place += found.length
        if not found.first <= found.last <= found.first + 1000:
            raise Unreadable("a sum's range runs upwards, over at most 1,000 terms", token.start, token.end)
        return found.index, found.first, found.last

    def _range_of_names(self) -> Range | None:
        r"""The range of ``\sum_k y_k`` by the names there are: every k for which all of its names are quantities."""
        texts = [token.text for token in self.tokens[self.place : self.place + 4]]
        length = 2 if texts[1:2] and len(texts[1]) == 1 else 4 if texts[1:2] == ["{"] and texts[3:4] == ["}"] else 0
        letter = texts[length // 2] if length else ""
        if texts[:1] != ["_"] or not letter.isalpha():
            return None
        start = self.place + length
        words = [t for t in self.tokens[start : self._end_of_series(start)] if t.kind == "word" and indexed(t, letter, 1) != t]
        known = [k for k in range(_LARGEST) if words and all(self.vocabulary.quantity(indexed(t, letter, k).text) for t in words)]
        whole = len(known) > 1 and known == list(range(known[0], known[-1] + 1))
        return Range(letter, known[0], known[-1], length) if whole else None

    def _end_of_series(self, place: int) -> int:
        depth, start = 0, place
        while place < len(self.tokens):
            token = self.tokens[place]
            depth += (token.kind == "open") - (token.kind == "close")
            if depth < 0 or (depth == 0 and place > start and (token.kind == "minus" or token.text in "+,")):
                break
            place += 1
        return place
