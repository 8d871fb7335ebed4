"""Reading functions: σ(z), σ'(z), tanh^2 z, max(0, z), and those that the writer defined."""

from __future__ import annotations

from dataclasses import replace

from .. import ops
from ..op import Op
from .cursor import Cursor
from .lexer import Token, Unreadable
from .terms import Apply, Number, Prime, Quantity, Term, quantities, slope, substituted, written_size

_LARGEST = 20_000  # pieces of a function of the writer, written out


class Functions(Cursor):
    """The part of the parser that reads functions."""

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
            if op.associative and len(args) > 2:
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
            and (token.kind == "function" or len(token.text) > 1)
        ):
            return (self._argument_without_brackets(),)
        return (self._at_variable(token),)

    def _argument_list(self) -> tuple[Term, ...]:
        opened = self._next("a bracket")
        args = [self._comparison()]
        while self._is(","):
            self.place += 1
            args.append(self._comparison())
        token = self._peek()
        if token is None or token.kind != "close":
            raise Unreadable(f"the {opened.text!r} is not closed", opened.start, opened.end)
        self.place += 1
        return tuple(args)

    def _argument_without_brackets(self) -> Term:
        """The z of ``\\tanh z``: factors side by side, up to the next sign."""
        term = self._factor()
        while (token := self._peek()) and token.kind in ("word", "number"):
            if self.vocabulary.quantity(token.text) is None and self.vocabulary.function(token.text):
                break  # sin y cos y
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
        unknown = sorted(name for name in quantities(body) - set(parameters) if self.vocabulary.own(name) is None)
        if unknown:
            raise Unreadable(f"{token.text} is made of {unknown[0]!r}, which is no quantity of the program", token.start, self._end, "D302")
        term = substituted(term, dict(zip(parameters, args, strict=True)))
        if written_size(term) > _LARGEST:
            raise Unreadable(f"{token.text} writes out to more than {_LARGEST:,} terms", token.start, self._end)
        return replace(term, span=(token.start, self._end))
