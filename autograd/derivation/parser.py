"""From tokens to terms: one operator-precedence parser for every spelling.

It knows the program's quantities, and decides by them: a run of letters is a product only when its letters are
quantities, ``dz3`` is a derivative only when z3 is one. What it cannot read it refuses, with the place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from .. import ops
from ..op import Op
from .lexer import Token, Unreadable
from .terms import Apply, Number, Partial, Prime, Quantity, Span, Term, slope, substituted
from .vocabulary import Vocabulary

DEEPEST = 80  # parentheses inside each other
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_STARTS = ("word", "number", "open", "function", "command", "partial", "indicator", "bar")


@dataclass
class Parser:
    """Reads one expression. ``variable`` is what a function without an argument is taken at (σ(1-σ)), None for nowhere.

    With ``free``, words that denote nothing become variables, which ``variables`` then lists.
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
    bare: int = 0

    def expression(self) -> Term:
        """The whole of the tokens as one term; Unreadable where they are more, or less."""
        if not self.tokens:
            raise Unreadable("there is nothing here", 0, 1)
        term = self._sum()
        if self.place < len(self.tokens):
            token = self.tokens[self.place]
            raise self._trouble(f"{token.text!r} is not expected here", token)
        return term

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
            elif token.kind in _STARTS and not (token.kind == "bar" and self._closing_bar()):
                op, at = ops.mul, (token.start, token.start)
            else:
                break
            term = self._apply(op, (term, self._factor()), at)
        return term

    def _factor(self) -> Term:
        token = self._peek()
        if token and token.kind == "minus":
            self.place += 1
            return self._apply(ops.neg, (self._factor(),), (token.start, token.end), start=token.start)
        return self._powers(self._primary())

    def _powers(self, base: Term) -> Term:
        while (token := self._peek()) and token.kind in ("power", "superscript"):
            self.place += 1
            if token.kind == "superscript":
                text = token.text.translate(_SUPERSCRIPTS)
                exponent: Term = Number(float(text), text, (token.start, token.end))
            else:
                exponent = self._exponent(token)
            base = self._apply(ops.pow_, (base, exponent), (token.start, token.end))
        return base

    def _exponent(self, power: Token) -> Term:
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
        return self._powers(self._primary()) if token and token.text != "(" else self._primary()

    # ---- the smallest pieces ----

    def _primary(self) -> Term:
        token = self._next("an expression")
        match token.kind:
            case "number":
                text = token.text.replace("_", "")
                return Number(float(text), text, (token.start, token.end))
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
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable(f"more than {DEEPEST} brackets inside each other", opened.start, opened.end)
        term = self._comparison()
        token = self._peek()
        if token is None or token.kind != "close" or token.text[-1] != closing:
            raise Unreadable(f"the {opened.text!r} is not closed", opened.start, opened.end)
        self.place += 1
        self.depth -= 1
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
        name = self.vocabulary.quantity(token.text)
        squared = self._squared_name(token)
        if squared:
            return squared
        if name is not None:
            return Quantity(name, span)
        following = self._peek()
        if token.text in ("e", "\\mathrm{e}", "\\text{e}") and following and following.kind in ("power", "superscript"):
            self.place += 1
            exponent = self._exponent(following) if following.kind == "power" else self._raised(following)
            return Apply(ops.exp, (exponent,), (token.start, self._end), span)
        if self.vocabulary.function(token.text) or token.text in self.vocabulary.macros:
            return self._call(token)
        if token.text in ("π", "\\pi", "pi"):
            return Number(math.pi, token.text, span)
        if token.text in ("e", "\\mathrm{e}"):
            return Number(math.e, token.text, span)
        return self._segments(token) or self._variable(token)

    def _squared_name(self, token: Token) -> Term | None:
        """``σ^2`` where the program has a quantity of that very name."""
        following = self.tokens[self.place : self.place + 2]
        for count in (2, 1):
            if len(following) >= count and following[0].kind in ("power", "superscript"):
                text = token.text + "".join(t.text for t in following[:count])
                name = next((q for q in self.vocabulary.quantities if re.sub(r"\s", "", q) == text.replace("²", "^2")), None)
                if name:
                    self.place += count
                    return Quantity(name, (token.start, self._end))
        return None

    def _raised(self, token: Token) -> Term:
        text = token.text.translate(_SUPERSCRIPTS)
        return Number(float(text), text, (token.start, token.end))

    def _segments(self, token: Token) -> Term | None:
        parts = self.vocabulary.segments(token.text)
        if parts is None:
            return None
        start, terms = token.start, []
        for part in parts:
            terms.append(Quantity(str(self.vocabulary.quantity(part)), (start, start + len(part))))
            start += len(part)
        product: Term = terms[0]
        for term in terms[1:]:
            product = self._apply(ops.mul, (product, term), (term.span[0], term.span[0]))
        return product

    def _variable(self, token: Token) -> Term:
        if self.free and re.fullmatch(r"[A-Za-zα-ω]", token.text):
            self.variables.add(token.text)
            return Quantity(token.text, (token.start, token.end))
        meant = self.vocabulary.meant(token.text)
        raise Unreadable(f"{token.text!r} is no quantity of the program{meant}", token.start, token.end, "D302")

    # ---- functions ----

    def _call(self, token: Token) -> Term:
        macro = self.vocabulary.macros.get(token.text)
        found = self.vocabulary.function(token.text)
        if macro is None and found is None:
            raise Unreadable(f"{token.text!r} is no function that is known here", token.start, token.end, "D302")
        at = token.start, token.end
        primes = 0
        while (mark := self._peek()) and mark.kind == "prime":
            primes += max(mark.text.count("prime"), 1)
            self.place += 1
        if primes > 1:
            raise Unreadable("second derivatives are not checked", token.start, token.end)
        power = self._power_before_argument()
        args = self._arguments(token, found[0] if found else None)
        span = token.start, self._end
        if macro is not None:
            term = self._expanded(token, macro.parameters, macro.body, args, primes=bool(primes))
        else:
            assert found is not None
            op, means_prime = found
            if op in (ops.maximum, ops.minimum) and len(args) > 2:
                term = args[0]
                for arg in args[1:]:
                    term = Apply(op, (term, arg), span, at)
            else:
                defaults = tuple([Number(x, str(x)) for x in op.defaults])
                args = (*args, *defaults[len(defaults) - (op.arity - len(args)) :]) if len(args) < op.arity else args
                if len(args) != op.arity or (len(args) - len(defaults) > 1 and (primes or means_prime)):
                    raise Unreadable(f"{token.text} takes {op.arity - len(defaults)} arguments, not {len(args)}", token.start, self._end)
                term = Prime(op, args, span, at) if primes or means_prime else Apply(op, args, span, at)
        return self._apply(ops.pow_, (term, power), at, start=token.start) if power else term

    def _power_before_argument(self) -> Term | None:
        """The 2 of ``tanh^2(z)``."""
        token = self._peek()
        if token is None or token.kind not in ("power", "superscript"):
            return None
        following = self.tokens[self.place + (1 if token.kind == "superscript" else 2) :]
        braced = self._ahead(1) == "{"
        if not braced and not (following and following[0].kind in ("open", "word", "function")):
            return None
        self.place += 1
        exponent = self._raised(token) if token.kind == "superscript" else self._exponent(token)
        if isinstance(exponent, Apply):
            raise Unreadable("an inverse function or a power? write arcsin(x), or (sin(x))^{-1}", token.start, self._end)
        return exponent

    def _arguments(self, token: Token, op: Op | None) -> tuple[Term, ...]:
        following = self._peek()
        if following and (following.text in ("(", "[") or (self.latex and following.text in ("{", "\\{"))):
            start, bare = self.place, self.bare
            args = self._argument_list()
            if self.bare == bare or op is None:
                return args
            self.place, self.bare = start, bare  # σ(1-σ): a product, since σ stands bare in it
            return (self._at_variable(token),)
        if (
            following
            and following.kind in ("word", "number", "function", "command", "partial")
            and (token.kind == "function" or len(token.text) > 2)
        ):
            return (self._argument_without_brackets(),)
        return (self._at_variable(token),)

    def _argument_list(self) -> tuple[Term, ...]:
        opened = self._next("a bracket")
        self.depth += 1
        if self.depth > DEEPEST:
            raise Unreadable(f"more than {DEEPEST} brackets inside each other", opened.start, opened.end)
        args = [self._comparison()]
        while self._is(","):
            self.place += 1
            args.append(self._comparison())
        token = self._peek()
        if token is None or token.kind != "close":
            raise Unreadable(f"the {opened.text!r} is not closed", opened.start, opened.end)
        self.place += 1
        self.depth -= 1
        return tuple(args)

    def _argument_without_brackets(self) -> Term:
        """The z of ``\\tanh z``: factors side by side, up to the next sign."""
        term = self._factor()
        while (token := self._peek()) and token.kind in ("word", "number"):
            term = self._apply(ops.mul, (term, self._factor()), (token.start, token.start))
        return term

    def _at_variable(self, token: Token) -> Term:
        if self.variable is None:
            raise Unreadable(f"{token.text} needs an argument", token.start, token.end)
        self.bare += 1
        self.variables.add(self.variable)
        return Quantity(self.variable, (token.end, token.end))

    def _expanded(self, token: Token, parameters: tuple[str, ...], body: Term, args: tuple[Term, ...], *, primes: bool) -> Term:
        if len(args) != len(parameters):
            raise Unreadable(f"{token.text} takes {len(parameters)} arguments, not {len(args)}", token.start, self._end)
        term = slope(body, parameters[0]) if primes else body
        for parameter, arg in zip(parameters, args, strict=True):
            term = substituted(term, parameter, arg)
        return replace(term, span=(token.start, self._end))

    # ---- LaTeX's commands ----

    def _command(self, token: Token) -> Term:
        if token.text.endswith("frac"):
            self.place -= 1
            return self._derivative() or self._fraction()
        if token.text in ("\\sqrt", "√"):
            root: Term | None = None
            if self._is("["):
                root = self._group("]")
            arg = self._group("}") if self._is("{") else self._primary()
            span = token.start, self._end
            if root is None:
                return Apply(ops.sqrt, (arg,), span, (token.start, token.end))
            return Apply(ops.pow_, (arg, Apply(ops.div, (Number(1.0, "1"), root), span)), span, (token.start, token.end))
        if token.text in ("\\sum", "∑", "Σ", "sum", "Sum"):
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
        """One half of a \\frac: a braced group, or one digit or letter."""
        token = self._peek()
        if token and token.text == "{":
            return self._group("}")
        if token and token.kind == "number" and len(token.text) > 1 and token.text.isdigit():
            first = Token("number", token.text[0], token.start, token.start + 1)
            self.tokens[self.place : self.place + 1] = [first, Token("number", token.text[1:], token.start + 1, token.end)]
        return self._primary()

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
        """A sum with its range written out: one term for each value of the index."""
        name, first, last = self._range(token)
        start = self.place
        stop = self._end_of_series(start)
        if stop == start:
            raise Unreadable("a sum of nothing", token.start, token.end)
        terms: list[Term] = []
        for k in range(first, last + 1):
            body = [indexed(t, name, k) for t in self.tokens[start:stop]]
            inner = Parser(body, self.vocabulary, self.loss, self.latex, self.free, self.variable, depth=self.depth + 1)
            if inner.depth > DEEPEST:
                raise Unreadable(f"more than {DEEPEST} brackets inside each other", token.start, token.end)
            terms.append(inner._product())
            if inner.place != len(body):
                raise self._trouble(f"{body[inner.place].text!r} is not expected in a sum", body[inner.place])
            self.variables |= inner.variables
        self.place = stop
        total: Term = terms[0]
        for term in terms[1:]:
            total = Apply(ops.add, (total, term), (token.start, self._end), (token.start, token.end))
        return total

    def _range(self, token: Token) -> tuple[str, int, int]:
        help_ = "a sum needs its range, as in \\sum_{k=1}^{2}"
        shape = [t.text for t in self.tokens[self.place : self.place + 10]]
        written = "".join(shape)
        match = re.match(r"_[{(]?(\w)=(\d+)[})]?(?:\^[{(]?(\d+)[})]?|([⁰¹²³⁴⁵⁶⁷⁸⁹]+))", written)
        if match is None:
            raise Unreadable(help_, token.start, token.end)
        length = 0
        while length < match.end():
            length += len(self.tokens[self.place].text)
            self.place += 1
        first, last = int(match[2]), int(match[3] or match[4].translate(_SUPERSCRIPTS))
        if not first <= last <= first + 1000:
            raise Unreadable("a sum's range runs upwards, over at most 1,000 terms", token.start, token.end)
        return match[1], first, last

    def _end_of_series(self, place: int) -> int:
        depth, start = 0, place
        while place < len(self.tokens):
            token = self.tokens[place]
            depth += (token.kind == "open") - (token.kind == "close")
            if depth < 0 or (depth == 0 and place > start and (token.kind == "minus" or token.text in "+,")):
                break
            place += 1
        return place

    # ---- derivatives ----

    def _derivative(self) -> Term | None:
        """∂L/∂z in any spelling; None, with nothing read, where there is none."""
        start = self.place
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
        upper = self._in_braces(self._differential)
        lower = self._in_braces(self._differential)
        return self._partial(upper, lower, command.start)

    def _as_quotient(self) -> Term | None:
        first = self._peek()
        if first is None or first.kind not in ("partial", "word"):
            return None
        upper = self._differential()
        if not self._is("/"):
            raise _NotADerivative
        self.place += 1
        return self._partial(upper, self._differential(required=True), first.start)

    def _as_word(self) -> Term | None:
        """The names of programs: dz3, dL_dz3, grad_z3."""
        token = self._peek()
        if token is None or token.kind != "word" or self.latex or self.vocabulary.quantity(token.text):
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

    def _differential(self, *, required: bool = False) -> tuple[str | None, Span]:
        """A ∂z or dz: the quantity's name, None for a ∂ that stands alone."""
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
        if token.kind == "word" and token.text.startswith("d") and len(token.text) > 1 and not self.vocabulary.quantity(token.text):
            name = self.vocabulary.quantity(token.text[1:])
            if name is None and self.free and self.variables == {token.text[1:]}:
                name = token.text[1:]
            if name is None and required:
                name = self._quantity(Token("word", token.text[1:], token.start + 1, token.end))
            if name is None:
                raise _NotADerivative
            self.place += 1
            return name, (token.start + 1, token.end)
        raise _NotADerivative

    def _quantity(self, word: Token) -> str:
        name = self.vocabulary.quantity(word.text)
        if name is None:
            if self.vocabulary.function(word.text) or word.text in self.vocabulary.macros:
                raise _NotADerivative
            return str(self._variable(word).name)  # type: ignore[union-attr]
        squared = self._squared_name(word)
        return squared.name if isinstance(squared, Quantity) else name

    def _partial(self, upper: tuple[str | None, Span], lower: tuple[str | None, Span], start: int) -> Term:
        if lower[0] is None:
            raise Unreadable("a derivative with respect to nothing", start, self._end)
        if upper[0] is not None:
            return Partial(upper[0], lower[0], (start, self._end))
        body = self._powers(self._primary())
        if isinstance(body, Quantity) and body.name not in self.variables:
            return Partial(body.name, lower[0], (start, self._end))
        return replace(slope(body, lower[0]), span=(start, self._end))

    # ---- the tokens ----

    def _apply(self, op: Op, args: tuple[Term, ...], at: Span, start: int | None = None) -> Term:
        spans = [arg.span for arg in args]
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


class _NotADerivative(Exception):  # noqa: N818 - what was tried did not fit; something else may
    pass


def named_derivative(word: str, vocabulary: Vocabulary, loss: str | None) -> tuple[str, str] | None:
    """∂upper/∂lower for a program's name of it: dz3, d_z3, dL_dz3, grad_z3, z3_grad."""
    match = re.fullmatch(r"d(\w.*?)_?_d(\w.*)", word) or re.fullmatch(r"d(\w.*?)_d(\w.*)", word)
    if match:
        upper, lower = vocabulary.quantity(match[1]), vocabulary.quantity(match[2])
        if upper and lower:
            return upper, lower
    for pattern in (r"d(.+)", r"d_(.+)", r"grad_(.+)", r"(.+?)_grad(\[.*)?"):
        match = re.fullmatch(pattern, word)
        name = vocabulary.quantity("".join(group or "" for group in match.groups())) if match else None
        if name and loss:
            return loss, name
    return None


def indexed(token: Token, name: str, k: int) -> Token:
    """A token of a sum's body with the index in the place of its letter."""
    if token.kind == "word":
        text = token.text
        if text == name:
            return Token("number", str(k), token.start, token.end)

        def inside(match: re.Match[str]) -> str:
            written = re.sub(
                rf"(?<![A-Za-z\\]){re.escape(name)}(?![A-Za-z])|(?<=[a-z\d]){re.escape(name)}(?=[a-z\d]|\b)|{re.escape(name)}(?=[a-z]\b)",
                str(k),
                match[0],
            )
            return re.sub(r"(\d+)\s*([-+])\s*(\d+)", lambda m: str(int(m[1]) + int(m[2] + m[3])), written)

        return Token("word", re.sub(r"_\{[^{}]*\}|_\w+|\[[^\]]*\]|\^\{\([^)]*\)\}", inside, text), token.start, token.end)
    return token
