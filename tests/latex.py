"""A reader of the LaTeX that formulas are written in: a tokeniser and a Pratt parser that compute as they read.

It is as strict as a careful human: what can be read in two ways (a sign behind an operator, a power on a bare
function call, two powers in a row) is an error.
"""

import re

_TOKEN = re.compile(r"\\operatorname\{[^}]*\}|\\text\{otherwise\}|\\begin\{cases\}|\\end\{cases\}|\\\\|\\[a-zA-Z]+|\d+(?:\.\d+)?|\S")
_NAMED = {"sin", "cos", "tan", "sinh", "cosh", "tanh", "sigma", "ln", "arcsin", "arccos", "arctan", "min", "max"}
_ROW = {"sigma": "sigmoid", "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "min": "minimum", "max": "maximum"}
_BINDS = {"+": 1, "-": 1, r"\cdot": 2, "^": 4}


class UnreadableError(ValueError):
    """The text is not in the language, or not in one way only."""


def evaluate(text, names, rows, number=float):
    """The number that a LaTeX formula denotes.

    ``names`` gives the quantities' numbers by their LaTeX spelling, ``rows`` the functions by their row's name.
    """
    reader = _Reader(_tokens(text, names), names, rows, number)
    result, _ = reader.expression(0)
    reader.expect(None)
    return result


def _tokens(text, names):
    spellings = sorted(names, key=len, reverse=True)
    tokens, i = [], 0
    while i < len(text):
        if text[i].isspace():
            i += 1
            continue
        name = next(
            (n for n in spellings if text.startswith(n, i) and not (n[-1].isalpha() and text[i + len(n) : i + len(n) + 1] == "_")), None
        )
        if name is not None and not name.startswith("\\"):
            tokens.append(("name", name))
            i += len(name)
            continue
        match = _TOKEN.match(text, i)
        if name is not None and len(name) >= len(match[0]) and not text.startswith(name + r"\left", i):
            tokens.append(("name", name))
            i += len(name)
            continue
        tokens.append(("number" if match[0][0].isdigit() else "sign", match[0]))
        i = match.end()
    return tokens


class _Reader:
    def __init__(self, tokens, names, rows, number):
        self.tokens, self.names, self.rows, self.number, self.i = tokens, names, rows, number, 0

    def peek(self):
        return self.tokens[self.i] if self.i < len(self.tokens) else ("end", None)

    def take(self):
        token = self.peek()
        self.i += 1
        return token

    def expect(self, *signs):
        for sign in signs:
            kind, text = self.take()
            if text != sign or kind in ("name", "number"):
                raise UnreadableError(f"expected {sign!r}, found {text!r}")

    def apply(self, row, *operands):
        return self.rows[row](*operands)

    def group(self):
        self.expect("{")
        inner, _ = self.expression(0)
        self.expect("}")
        return inner

    def arguments(self):
        self.expect(r"\left", "(")
        found = [self.expression(0)[0]]
        while self.peek() == ("sign", ","):
            self.take()
            found.append(self.expression(0)[0])
        self.expect(r"\right", ")")
        return found

    def expression(self, least):
        """(number, whether a power may stand on it) of what binds at least so tightly."""
        if self.peek() == ("sign", "-"):
            if least > 1:
                raise UnreadableError("a sign behind an operator")
            self.take()
            operand, _ = self.expression(2)
            left, open_to_power = self.apply("neg", operand), False
        else:
            left, open_to_power = self.primary()
        while True:
            kind, sign = self.peek()
            if kind != "sign" or _BINDS.get(sign, -1) < max(least, 1):
                return left, open_to_power
            self.take()
            if sign == "^":
                if not open_to_power:
                    raise UnreadableError("a power on what is not one thing")
                left, open_to_power = self.apply("pow", left, self.group()), False
                continue
            if self.peek() == ("sign", "-"):
                raise UnreadableError("a sign behind an operator")
            right, _ = self.expression(_BINDS[sign] + 1)
            left, open_to_power = self.apply({"+": "add", "-": "sub", r"\cdot": "mul"}[sign], left, right), False

    def primary(self):
        kind, text = self.take()
        if kind == "name":
            return self.names[text], True
        if kind == "number":
            value = self.number(text)
            if self.peek() == ("sign", r"\pi"):  # the one product written by juxtaposition, as in \sqrt{2 \pi}
                return self.apply("mul", value, self.primary()[0]), False
            return value, True
        if text == r"\pi":
            return self.number("3.141592653589793"), True
        if text == r"\infty":
            return self.number("inf"), True
        if text == "e":
            self.expect("^")
            return self.apply("exp", self.group()), False
        if text == r"\log":
            self.expect("_")
            base = self.group()
            return self.apply("log2" if base == 2 else "log10", *self.arguments()), False
        if text == r"\left" and self.peek()[1] in (r"\lfloor", r"\lceil"):
            side = self.take()[1].removeprefix(r"\l")
            inner, _ = self.expression(0)
            self.expect(r"\right", rf"\r{side}")
            return self.apply(side.removesuffix("ing"), inner), False
        if text == r"\sqrt" and self.peek() == ("sign", "["):
            self.take()
            if self.take() != ("number", "3"):
                raise UnreadableError("a root that is no row")
            self.expect("]")
            return self.apply("cbrt", self.group()), False
        if text == r"\frac":
            return self.apply("div", self.group(), self.group()), False
        if text == r"\sqrt":
            return self.apply("sqrt", self.group()), False
        if text == r"\begin{cases}":
            return self.cases(), False
        if text == r"\left" and self.peek() == ("sign", "|"):
            self.take()
            inner, _ = self.expression(0)
            self.expect(r"\right", "|")
            return self.apply("abs", inner), True
        if text == r"\left":
            self.i -= 1
            (inner,) = self.arguments()
            return inner, True
        if text is not None and text[0] == "\\":
            word = text.removeprefix(r"\operatorname{").rstrip("}").replace(r"\_", "_") if "{" in text else text[1:]
            if "{" in text or word in _NAMED:
                return self.apply(_ROW.get(word, word), *self.arguments()), False
        raise UnreadableError(f"unexpected {text!r}")

    def cases(self):
        then, _ = self.expression(0)
        self.expect("&")
        condition, _ = self.expression(0)
        self.expect(r"\neq")
        if self.take()[1] != "0":
            raise UnreadableError("a condition other than ≠ 0")
        self.expect(r"\\")
        otherwise, _ = self.expression(0)
        self.expect("&", r"\text{otherwise}", r"\end{cases}")
        return self.apply("where", condition, then, otherwise)
