"""Formula: the carrier that turns a rule into an expression that people read.

A rule of the op table called with Formulas gives a Formula: a symbol, a number, or an operation on Formulas.
It is written as Python text (which evaluates back to the value), as Unicode, or as LaTeX, with parentheses only
where the operations' own precedence asks for them. What a reader would cross out is dropped on the way:
a neutral operand (1 * x, x + 0), an absorbing one (0 * x), a double minus.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType
from typing import Any, NoReturn

from . import names, ops
from .constant import LN_2, LN_10, SQRT_2, SQRT_2_PI, TWO_OVER_SQRT_PI, Constant
from .op import CALL, MUL, POW, Op, describe
from .operators import Operators

_FAMILIAR = {  # numbers that people know by another spelling
    math.pi: ("pi", "π", r"\pi", CALL),
    float(SQRT_2): ("sqrt(2)", "√2", r"\sqrt{2}", CALL),
    float(SQRT_2_PI): ("sqrt(2 * pi)", "√(2π)", r"\sqrt{2 \pi}", CALL),
    float(LN_2): ("log(2)", "ln 2", r"\ln\left(2\right)", CALL),
    float(LN_10): ("log(10)", "ln 10", r"\ln\left(10\right)", CALL),
    float(TWO_OVER_SQRT_PI): ("2 / sqrt(pi)", "2/√π", r"\frac{2}{\sqrt{\pi}}", MUL),
}
_LONGEST = 1_000_000  # characters; a formula beyond that is no reading matter


class Formula(Operators):
    """An expression over named quantities.

    >>> x, w = Formula.symbol("x_0"), Formula.symbol("W_h[0][0]")
    >>> print(1 - ops.tanh(w * x) ** 2)
    1 - tanh(W_h[0][0] * x_0)**2
    >>> print((1 - ops.sigmoid(w)).latex)
    1 - \\sigma\\left(W_{h,00}\\right)
    """

    __slots__ = ("args", "name", "number", "op")

    op: Op | None
    args: tuple[Formula, ...]
    name: str
    number: float | None

    @classmethod
    def symbol(cls, name: str) -> Formula:
        """A named quantity."""
        return cls._new(None, (), name, None)

    @classmethod
    def constant(cls, number: float) -> Formula:
        """A number."""
        return cls._new(None, (), "", float(number))

    @classmethod
    def _new(cls, op: Op | None, args: tuple[Formula, ...], name: str, number: float | None) -> Formula:
        formula = cls.__new__(cls)
        formula.op, formula.args, formula.name, formula.number = op, args, name, number
        return formula

    @staticmethod
    def __op__(op: Op, args: tuple[Any, ...]) -> Formula:
        return _simplified(op, tuple([_formula(op, arg) for arg in args]))

    # ---- the three ways to write it ----

    @property
    def text(self) -> str:
        """Python text; it evaluates back to the value."""
        return _written(self, "text")

    @property
    def pretty(self) -> str:
        """Unicode, for terminals and pictures."""
        return _written(self, "pretty")

    @property
    def latex(self) -> str:
        """LaTeX, without dollar signs."""
        return _written(self, "latex")

    @property
    def code(self) -> str:
        """Python code that does exactly the formula's operations: every number a float, no grouping left out."""
        return _written(self, "code")

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Formula({self.text})"

    def _repr_latex_(self) -> str:
        return f"${self.latex}$"

    def __bool__(self) -> NoReturn:
        raise TypeError(f"the formula {self.text} is neither true nor false: a rule branches through where or step")


def _formula(op: Op, arg: Any) -> Formula:
    if isinstance(arg, Formula):
        return arg
    if isinstance(arg, int | float | Constant):
        return Formula.constant(float(arg))
    raise TypeError(f"{op.name} of a formula takes formulas and numbers, not {describe(arg)}")


def _simplified(op: Op, args: tuple[Formula, ...]) -> Formula:
    """The operation, without what a reader would cross out."""
    numbers = [arg.number for arg in args]
    if None not in numbers and op.prec != CALL:
        y = op.evaluate(*numbers)  # type: ignore[arg-type]
        if op.prec < MUL or op in (ops.mul, ops.neg) or y.is_integer():
            return Formula.constant(y)
    if op.zero and numbers[0] is not None:  # a condition that is known already
        return Formula.constant(op.evaluate(numbers[0]))
    if op.absorbing is not None and op.absorbing in numbers:
        return Formula.constant(op.absorbing)
    for i, (neutral, number) in enumerate(zip(op.neutral, numbers, strict=True)):
        if neutral is not None and number == neutral:
            return args[1 - i]
    if op.chooses and None not in [number for i, number in enumerate(numbers) if i not in op.chooses]:
        return op.fn(*[arg if i in op.chooses else arg.number for i, arg in enumerate(args)])  # type: ignore[no-any-return]
    return _signs(op, args)


def _signs(op: Op, args: tuple[Formula, ...]) -> Formula:
    """A minus sign stands in front of a product, once, and never behind + or -."""
    if op is ops.neg and args[0].op is ops.neg:
        return args[0].args[0]
    if op is ops.sub and args[0].number == 0:
        return _simplified(ops.neg, args[1:])
    if op in (ops.mul, ops.div):
        bare = tuple([_unsigned(arg) for arg in args])
        flips = sum(new is not old for new, old in zip(bare, args, strict=True))
        if flips and not (flips == 1 and args[0].number is not None and args[0].number != -1):
            product = _simplified(op, bare)
            return _simplified(ops.neg, (product,)) if flips % 2 else product
    if op in (ops.add, ops.sub) and _unsigned(args[1]) is not args[1]:
        return _simplified(ops.sub if op is ops.add else ops.add, (args[0], _unsigned(args[1])))
    return Formula._new(op, args, "", None)


def _unsigned(formula: Formula) -> Formula:
    if formula.op is ops.neg:
        return formula.args[0]
    if formula.number is not None and formula.number < 0:
        return Formula.constant(-formula.number)
    return formula


def _written(root: Formula, style: str) -> str:
    """The formula in one of the three styles; iterative, so that a long sum is no deep recursion."""
    done: dict[int, tuple[str, int]] = {}
    for node in bottom_up(root):
        done[id(node)] = text, _ = _one(node, [done[id(arg)] for arg in node.args], style)
        if len(text) > _LONGEST:
            raise ValueError(f"the formula has more than {_LONGEST:,} characters: name some of its intermediate quantities")
    return done[id(root)][0]


def _one(node: Formula, operands: list[tuple[str, int]], style: str) -> tuple[str, int]:
    if node.op is None:
        if node.number is None:
            return node.name if style in ("text", "code") else names.pretty(node.name) if style == "pretty" else names.latex(
                node.name
            ), CALL
        return _number(node.number, style)
    if style == "code":
        call = isinstance(node.op.fn, BuiltinFunctionType) or node.op.prec == CALL
        texts = [text for text, _ in operands]
        return (f"{node.op.name}({', '.join(texts)})" if call else f"({node.op.text.format(*texts)})"), CALL
    parts = [_operand(node, i, text, prec, style) for i, (text, prec) in enumerate(operands)]
    if node.op.prec == POW and style == "pretty":
        superscript = _superscript(operands[1][0])
        if superscript:
            return parts[0] + superscript, POW
    template: str = getattr(node.op, style)
    return template.format(*parts), node.op.prec


def _operand(node: Formula, i: int, text: str, prec: int, style: str) -> str:
    """An operand, in parentheses where the reading would change without them."""
    op, arg = node.op, node.args[i]
    assert op is not None
    if op.prec == CALL or f"{{{{{{{i}}}}}}}" in getattr(op, style):
        return text
    if op.prec == POW:  # (σ(x))² has them since σ(x)² is read in two ways; x**-1 needs none
        spelt = arg.number in _FAMILIAR and arg.number != math.pi  # √2
        loose = prec <= POW if style == "text" else arg.op is not None or prec < POW or spelt
        loose = loose and not (i == 1 and style == "text" and _plain(text))
    else:
        loose = prec < op.prec or (prec == op.prec and i == 1 and not op.associative)
        loose = loose or (text.startswith(("-", "−")) and (i == 1 or op.arity == 1))
        loose = loose or (style == "pretty" and op is ops.mul and arg.op is ops.div)  # 1/p·q is read in two ways
    if not loose:
        return text
    return rf"\left({text}\right)" if style == "latex" else f"({text})"


def _plain(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()


def _number(number: float, style: str) -> tuple[str, int]:
    if style == "code":
        return repr(number) if math.isfinite(number) else f"float('{number}')", CALL
    if abs(number) in _FAMILIAR:
        *spellings, prec = _FAMILIAR[abs(number)]
        text = str(spellings[("text", "pretty", "latex").index(style)])
        return (text, prec) if number > 0 else (("−" if style == "pretty" else "-") + text, MUL)
    whole = number.is_integer() and abs(number) < 1e16 and (number or math.copysign(1, number) > 0)
    text = str(int(number)) if whole else repr(number)
    prec = MUL if number < 0 else CALL
    if style == "text":
        return (text, prec) if text[-1] not in "fn" else (f"float('{text}')", CALL)
    if "e" in text and style == "latex":
        mantissa, exponent = text.split("e")
        return rf"{mantissa} \cdot 10^{{{int(exponent)}}}", MUL
    if style == "latex":
        return text.replace("inf", r"\infty"), prec
    if len(text) > 9:
        text = f"{number:.6g}"
    return text.replace("-", "−").replace("inf", "∞"), prec


def _superscript(text: str) -> str:
    table = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
    return text.translate(table) if text.lstrip("−").isdigit() else ""


def differentiate(op: Op, i: int, y: Formula, xs: tuple[Formula, ...]) -> Formula:
    """The textbook's ∂y/∂x_i of an operation, over formulas for its output and inputs.

    >>> x = Formula.symbol("z_3")
    >>> print(differentiate(ops.sigmoid, 0, Formula.symbol("a_3"), (x,)))
    a_3 * (1 - a_3)
    """
    return _formula(op, op.shown[i](y, *xs))


def evaluate(formula: Formula, meaning: Callable[[str], Any]) -> Any:
    """A formula's value over whatever carrier ``meaning`` gives its symbols.

    >>> evaluate(2 * Formula.symbol("x") + 1, {"x": 3.0}.__getitem__)
    7.0
    """
    done: dict[int, Any] = {}
    for node in bottom_up(formula):
        if node.op is not None:
            done[id(node)] = node.op(*[done[id(arg)] for arg in node.args])
        else:
            done[id(node)] = meaning(node.name) if node.number is None else node.number
    return done[id(formula)]


def derivative(formula: Formula, name: str) -> Formula:
    """The formula's derivative with respect to one of its symbols, by the rows' own partial derivatives.

    >>> x = Formula.symbol("x")
    >>> print(derivative(x**2 + ops.sin(x), "x"))
    2 * x + cos(x)
    """
    slopes: dict[int, Formula] = {}
    for node in bottom_up(formula):
        slope = Formula.constant(float(node.op is None and node.number is None and node.name == name))
        if node.op is not None:
            for i, arg in enumerate(node.args):
                if slopes[id(arg)].number != 0:
                    slope = slope + differentiate(node.op, i, node, node.args) * slopes[id(arg)]
        slopes[id(node)] = slope
    return slopes[id(formula)]


def bottom_up(root: Formula) -> Iterator[Formula]:
    """Every node once, operands first; without recursion."""
    seen: set[int] = set()
    stack = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [(arg, False) for arg in reversed(node.args)]
