"""What one row of the op table is, and how a row runs on any kind of number.

A row's rules are ordinary Python functions. Called with floats they give a number, with `Value`s a new
differentiable node, with `Formula`s an expression, with arrays a column, with mpmath numbers as many
digits as asked. A class becomes such a *carrier* by one static method, ``__op__(op, args)``; where two kinds of carriers
meet, the one of the higher ``__rank__`` (0 unless it says so) takes the other for its numbers. The numbers of NumPy, mpmath
and SymPy are served by their own library's function of the row's name, fractions exactly.
"""

from __future__ import annotations

import builtins
import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from string import ascii_lowercase
from typing import Any, NoReturn

ADD, MUL, POW, CALL = 1, 2, 3, 4  # how tightly an operation binds when it is written down

Rule = Callable[..., Any]
Interval = tuple[float, float]

OPS: dict[str, Op] = {}


class DomainError(ValueError, ArithmeticError):
    """An operation was asked for a value it does not have, such as log(-1)."""


@dataclass(frozen=True, slots=False, eq=False)
class Op:
    """One operation: its value, its partial derivatives, and how it is written.

    Rules (``fn``, ``partials``, ``shown``, ``kink``, ``inverse``) work over any carrier; ``fn`` may instead be a function
    of :mod:`math`. Templates (``text``, ``pretty``, ``latex``, ``domain``) hold ``{0}``, ``{1}`` for the operands.
    """

    name: str  # key in OPS, node label, method of Value
    fn: Rule  # (*xs) -> y
    partials: tuple[Rule, ...]  # one an input: (y, *xs) -> dy/dx_i, in the form that keeps its digits
    shown: tuple[Rule, ...]  # the same partials in the textbook's form, for people
    text: str  # Python: evaluates back to the value
    pretty: str  # Unicode, for pictures and terminals
    latex: str
    prec: int  # ADD, MUL, POW or CALL
    associative: bool  # a ∘ (b ∘ c) may be written a ∘ b ∘ c
    neutral: tuple[float | None, ...]  # the constant operand that may be dropped, by position
    absorbing: float | None  # the constant operand that makes the result itself
    domain: str  # where the value is a number; "" for everywhere
    kink: Rule | None  # (*xs) -> zero where a partial derivative jumps
    at: tuple[Interval, ...]  # where to sample each input when the row is tested
    defaults: tuple[float, ...]  # values of trailing inputs that may be left out
    aliases: tuple[str, ...]  # other names in programs, NumPy's among them
    words: tuple[str, ...]  # other names in mathematics
    inverse: tuple[Rule, ...]  # one an input: (y, *xs) -> the x_i at which the value is y, the others being kept; () where none is told
    beyond: Rule | None  # the value over numbers of more digits than floats, where mpmath has no such function of the name
    activation: bool  # put between layers, or taken for such a function: people mistake one's derivative for another's

    @property
    def arity(self) -> int:
        """The number of inputs."""
        return len(self.partials)

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def __reduce__(self) -> tuple[Callable[..., Op], tuple[str, ...]]:
        if OPS.get(self.name) is not self:
            from pickle import PicklingError

            raise PicklingError(f"{self.name} is no row of the op table, so that nobody could make it again")
        return row, (self.name,)

    def __call__(self, *args: Any) -> Any:
        """The row's value over the carrier of its arguments."""
        args = self.complete(args)
        plain, carrier = True, None
        for arg in args:
            kind = type(arg)
            if kind is float or kind is int or kind is bool:
                continue
            if not hasattr(kind, "__op__"):
                plain = False
            elif carrier is None or getattr(kind, "__rank__", 0) > getattr(carrier, "__rank__", 0):
                carrier = kind
        if carrier is not None:
            return carrier.__op__(self, args)
        return self.evaluate(*map(float, args)) if plain else self._foreign(args)

    def called(self, style: str) -> str:
        r"""What stands before the argument: ``σ`` in the pretty style, ``\sigma`` in LaTeX; the name where the row is written otherwise.

        >>> row("sigmoid").called("pretty"), row("maximum").called("latex"), row("exp").called("latex")
        ('σ', '\\max', '')
        """
        head, bracket, _ = str(getattr(self, style)).partition(r"\left(" if style == "latex" else "(")
        return head.format() if bracket and "{0}" not in head else ""

    def complete(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments with defaults filled in; TypeError when their number is wrong."""
        missing = self.arity - len(args)
        if not missing:
            return args
        if not 0 < missing <= len(self.defaults):
            least = self.arity - len(self.defaults)
            needs = f"{least}" if least == self.arity else f"{least} to {self.arity}"
            raise TypeError(f"{self.name} takes {needs} argument{'s' * (self.arity > 1)}, got {len(args)}")
        return (*args, *self.defaults[-missing:])

    def evaluate(self, *xs: float) -> float:
        """The value at floats, infinities as IEEE 754 has them; DomainError where there is no value."""
        try:
            return float(self.fn(*xs))
        except (ValueError, ArithmeticError):
            y = ieee(self, xs)
        if math.isnan(y) and not any(map(math.isnan, xs)):
            raise DomainError(self._outside(xs, ()))
        return y

    def derivative(self, i: int, y: float, *xs: float) -> float:
        """The partial derivative ∂y/∂x_i at floats, infinities as IEEE 754 has them."""
        rule = self.partials[i]
        try:
            return float(rule(y, *xs))
        except (ValueError, ArithmeticError):
            return ieee(rule, (y, *xs))

    def refuse(self, xs: tuple[float, ...], names: tuple[str | None, ...]) -> NoReturn:
        """Raise the DomainError of these inputs, with the names they have in the program."""
        raise DomainError(self._outside(xs, names)) from None

    def _outside(self, xs: tuple[float, ...], names: tuple[str | None, ...]) -> str:
        signed = [f"({x:g})" if x < 0 and self.prec != CALL else f"{x:g}" for x in xs]
        named = [name or number for name, number in zip(names or (None,) * len(xs), signed, strict=True)]
        where = ", ".join(f"{n} = {x:g}" for n, x, number in zip(named, xs, signed, strict=True) if n != number)
        letters = ascii_lowercase if self.arity > 1 else "x"
        needs = self.domain.format(*letters).replace("|", "or")
        needs = f" ({self.text.format(*letters)} needs {needs})" if needs else ""
        return f"{self.text.format(*named)} is not a number{' at ' + where if where else ''}{needs}"

    @cached_property
    def _written(self) -> Rule:
        """The rule that an infix row's own text spells."""
        letters = [f"x{i}" for i in range(self.arity)]
        return eval(f"lambda {', '.join(letters)}: {self.text.format(*letters)}")  # type: ignore[no-any-return]

    def _foreign(self, args: tuple[Any, ...]) -> Any:
        """The value over numbers that another library made: by its function, else by the row's own rule."""
        roots = [type(arg).__module__.partition(".")[0] for arg in args]
        if "numpy" in roots:
            return self._on_arrays(args, sys.modules["numpy"])
        if "mpmath" in roots:
            library = sys.modules["mpmath"]
            args = tuple([library.mpmathify(arg) for arg in args])
            rule: Rule = self.beyond if self.beyond is not None else getattr(library, self.name, self.own)
            y = rule(*args)
            if isinstance(y, library.mpc) and not any(isinstance(arg, library.mpc) for arg in args):
                self.refuse(tuple(map(float, args)), ())
            return y
        if "sympy" in roots or "fractions" in roots:
            from . import rational, symbolic

            return (symbolic if "sympy" in roots else rational).evaluate(self, args)
        odd = [arg for arg in args if not isinstance(arg, Real)]
        if odd:
            advice = f"; [{self.name}(x) for x in …] for each of its elements" if isinstance(odd[0], list | tuple) else ""
            raise TypeError(f"{self.name} takes numbers, Values, formulas or arrays, not {describe(odd[0])}{advice}")
        return self.evaluate(*map(float, args))

    def _on_arrays(self, args: tuple[Any, ...], np: Any) -> Any:
        args = tuple([_floating(self, arg, np) for arg in args])
        if any(arg.dtype == object for arg in args):
            return np.frompyfunc(self, self.arity, 1)(*args)
        function = self._of_numpy
        if function is None and self.own is self.fn and self.fn.__module__ == "math":
            column = np.frompyfunc(self.fn, self.arity, 1)(*args)
            return np.asarray(column, dtype=float)[()]
        return (function or self.own)(*args)

    @cached_property
    def columnwise(self) -> Rule:
        """The row's function of columns of floats, for callers who have nothing else: its arguments are not looked at."""
        if self._of_numpy is None and self.fn.__module__ == "math":
            return self
        return self._of_numpy or self.own

    @cached_property
    def _of_numpy(self) -> Any:
        """NumPy's function of the row's name, None where it has none; NumPy is slow to say so."""
        return getattr(sys.modules["numpy"], self.name, None)

    @property
    def own(self) -> Rule:
        """The row's rule for any carrier: its function, or for a function of floats the operator that it is written as."""
        return self._written if self.fn.__module__ == "math" and self.prec != CALL else self.fn


class Constant:
    """A real number that every carrier takes in its own precision, such as √2.

    ``exactly`` computes it with the functions of a library: :mod:`math`, mpmath for as many digits as are asked, or SymPy.
    """

    __array_ufunc__ = None  # arrays leave the arithmetic to this class

    def __init__(self, exactly: Callable[[Any], Any]) -> None:
        self.exactly = exactly

    def __float__(self) -> float:
        return float(self.exactly(math))

    def beside(self, other: Any) -> Any:
        """The number in the precision of another one, or of what that other one carries."""
        while hasattr(other, "primal"):
            other = other.primal
        root = type(other).__module__.partition(".")[0]
        return self.exactly(sys.modules[root]) if root in ("mpmath", "sympy") else float(self)

    def _sympy_(self) -> Any:
        return self.exactly(sys.modules["sympy"])

    def __mul__(self, other: Any) -> Any:
        return self.beside(other) * other

    def __rmul__(self, other: Any) -> Any:
        return other * self.beside(other)

    def __truediv__(self, other: Any) -> Any:
        return self.beside(other) / other

    def __rtruediv__(self, other: Any) -> Any:
        return other / self.beside(other)

    def __neg__(self) -> Constant:
        return Constant(lambda library: -self.exactly(library))


def row(name: str) -> Op:
    """The row of that name; how rows unpickle."""
    return OPS[name]


def ieee(rule: Rule, xs: tuple[float, ...]) -> float:
    """A rule at floats in IEEE arithmetic, where 1/0 is infinite instead of an error."""
    import numpy as np

    with np.errstate(all="ignore"):
        return float(rule(*map(np.float64, xs)))


def describe(thing: object) -> str:
    """A thing in an error message: its type, and itself when that is short.

    >>> describe("3"), describe(None)
    ("str '3'", 'None')
    """
    if thing is None:
        return "None"
    text = builtins.repr(thing) if isinstance(thing, str | bytes | complex | int | float) else ""
    return f"{type(thing).__name__} {text}".strip() if len(text) <= 40 else type(thing).__name__


def _floating(op: Op, arg: Any, np: Any) -> Any:
    array = np.asarray(arg)
    if array.dtype.kind in "fO":
        return array
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    raise TypeError(f"{op.name} takes real numbers, not an array of {array.dtype}")


def op(
    name: str,
    fn: Rule,
    *partials: Rule,
    shown: tuple[Rule, ...] = (),
    text: str = "",
    pretty: str = "",
    latex: str = "",
    prec: int = CALL,
    associative: bool = False,
    neutral: tuple[float | None, ...] = (),
    absorbing: float | None = None,
    domain: str = "",
    kink: Rule | None = None,
    at: tuple[Interval, ...] = (),
    defaults: tuple[float, ...] = (),
    aliases: tuple[str, ...] = (),
    words: tuple[str, ...] = (),
    inverse: tuple[Rule, ...] = (),
    beyond: Rule | None = None,
    activation: bool = False,
    listed: bool = True,
) -> Op:
    """Write a row into the table, or make one that is not ``listed`` there; what is left out takes its usual value."""
    arity = len(partials)
    operands = ", ".join(f"{{{i}}}" for i in range(arity))
    text = text or f"{name}({operands})"
    made = Op(
        name, fn, partials,
        shown=shown or partials,
        text=text,
        pretty=pretty or re.sub(r"\*\*|\*", lambda sign: {"*": "·", "**": "^"}[sign[0]], text),
        latex=latex or rf"\operatorname{{{{{name.replace('_', chr(92) + '_')}}}}}\left({operands}\right)",
        prec=prec,
        associative=associative,
        neutral=neutral or (None,) * arity,
        absorbing=absorbing,
        domain=domain,
        kink=kink,
        at=at or ((-3.0, 3.0),) * arity,
        defaults=defaults,
        aliases=aliases,
        words=words,
        inverse=inverse,
        beyond=beyond,
        activation=activation,
    )  # fmt: skip
    if listed and name in OPS:
        raise ValueError(f"the table has a row {name!r} already")
    if listed:
        OPS[name] = made
    return made
