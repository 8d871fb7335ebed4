"""What one row of the op table is, and how a row runs on any kind of number.

A row's rules are ordinary Python functions. Called with floats they give a number, with `Value`s a new
differentiable node, with `Formula`s an expression, with arrays a column, with mpmath numbers as many
digits as asked. A class becomes such a *carrier* by one static method, ``__op__(op, args)``; where two kinds of carriers
meet, the one of the higher ``__rank__`` (0 unless it says so) takes the other for its numbers. The numbers of other libraries
are served in `foreign`.
"""

from __future__ import annotations

import builtins
import math
import re
from collections.abc import Callable
from functools import cached_property
from string import ascii_lowercase
from types import BuiltinFunctionType
from typing import Any, NoReturn

from . import foreign

ADD, MUL, POW, CALL = 1, 2, 3, 4  # how tightly an operation binds when it is written down

Rule = Callable[..., Any]
Interval = tuple[float, float]

OPS: dict[str, Op] = {}
MOST = 3  # operands that a row of the table may have: the engines and programs keep room for so many


class DomainError(ValueError, ArithmeticError):
    """An operation was asked for a value it does not have, such as log(-1)."""


class _Signature:
    """What a row is called with, for `inspect` and editors; it is made when somebody asks, since `inspect` takes long to load."""

    def __get__(self, row: Op | None, kind: type) -> Any:
        if row is None:
            return None
        from inspect import Parameter, Signature

        defaults = (Parameter.empty,) * (row.arity - len(row.defaults)) + row.defaults
        both = zip(row.operands, defaults, strict=True)
        return Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default) for name, default in both])


class Op:
    """One operation: its value, its partial derivatives, and how it is written.

    Rules (``fn``, ``partials``, ``shown``, ``kink``, ``inverse``) work over any carrier; ``fn`` may instead be a function
    of :mod:`math`. Templates (``text``, ``pretty``, ``latex``, ``mathml``, ``domain``, ``zero``, ``one``, ``sympy``) hold ``{0}``,
    ``{1}`` for the operands.
    A row is made by `op`, and never changed once the table is there. It is no dataclass: these load `inspect`, which takes long.
    """

    name: str  # key in OPS, node label, method of Value
    fn: Rule  # (*xs) -> y
    partials: tuple[Rule, ...]  # one an input: (y, *xs) -> dy/dx_i, in the form that keeps its digits
    shown: tuple[Rule, ...]  # the same partials in the textbook's form, for people
    scalar: tuple[Rule, ...]  # the same partials for one number at a time, where a branch may spare a function
    text: str  # Python: evaluates back to the value
    pretty: str  # Unicode, for pictures and terminals
    latex: str
    mathml: str = ""  # "" for a function with its operands in brackets
    prec: int = CALL  # ADD, MUL, POW or CALL
    associative: bool = False  # a ∘ (b ∘ c) may be written a ∘ b ∘ c
    commutative: bool = False  # b ∘ a is a ∘ b, bit for bit
    neutral: tuple[float | None, ...]  # the constant operand that may be dropped, by position
    absorbing: float | None = None  # the constant operand that makes the result itself
    settles: tuple[float | None, ...]  # the operand, by position, at which the value is the same whatever the other is
    chooses: tuple[int, ...] = ()  # operands of which the value is one, as the others say: what depends on them moves with them
    zero: str = ""  # for a row of one operand that is 0 or 1: a comparison that is true just where it is 0; "" for none
    one: str = ""  # and one that is true just where it is 1
    domain: str = ""  # where the value is a number; "" for everywhere
    kink: Rule | None = None  # (*xs) -> zero where a partial derivative jumps
    at: tuple[Interval, ...]  # where to sample each input when the row is tested
    defaults: tuple[float, ...] = ()  # values of trailing inputs that may be left out
    aliases: tuple[str, ...] = ()  # other names in programs, NumPy's among them
    words: tuple[str, ...] = ()  # other names in mathematics
    inverse: tuple[Rule, ...] = ()  # one an input: (y, *xs) -> the x_i at which the value is y, the others being kept
    beyond: Rule | None = None  # the value over mpmath's numbers, fractions and symbols, where their library has no function of the name
    exact: Rule | None = None  # the value over fractions where the rule would be none or a float, None of it where it is not rational
    operator: str = ""  # what Python calls the method of the operator that it is written with, add for __add__; "" for none
    sympy: str = ""  # a template of SymPy's functions, where that one has another name or is none
    cost: float = 1  # the time that its function takes in the C library, in exponentials
    numpy_cost: float = 1  # and in NumPy, in NumPy's: much where that computes one number at a time
    squares: tuple[float, ...] = ()  # of a power, the exponents for which arrays multiply squares, which takes NumPy a fiftieth
    activation: bool = False  # put between layers, or taken for such a function: people mistake one's derivative for another's
    __signature__ = _Signature()
    quick: dict[tuple[type, ...], Rule]  # what the engine has learnt to do at once with operands of these types; no column

    def __init__(self, **columns: Any) -> None:
        vars(self).update(columns, quick={})

    def __setattr__(self, column: str, thing: Any) -> NoReturn:
        raise AttributeError(f"{column} of {self.name} cannot be set: a row is never changed")

    @property
    def arity(self) -> int:
        """The number of inputs."""
        return len(self.partials)

    @property
    def unlisted(self) -> bool:
        """Whether the table does not have this row: somebody's own, whose rules need not be formulas."""
        return OPS.get(self.name) is not self

    def __repr__(self) -> str:
        return f"<op {self.name}>"

    def __reduce__(self) -> tuple[Callable[..., Op], tuple[str, ...]]:
        if self.unlisted:
            from pickle import PicklingError

            raise PicklingError(f"{self.name} is no row of the op table, so that nobody could make it again")
        return row, (self.name,)

    def __call__(self, *args: Any, **named: Any) -> Any:
        """The row's value over the carrier of its arguments; those may be given by their names, `operands`, too."""
        quick = self.quick.get(tuple(map(type, args)))
        if quick is not None and not named:
            return quick(*args)
        args = self.complete(args, named)
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

    def complete(self, args: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments in the order of the operands, defaults filled in; TypeError where they do not fit."""
        if len(args) == self.arity and not named:
            return args
        given = dict(zip(self.operands, args, strict=False))
        for name in named:
            if name in given or name not in self.operands:
                trouble = " twice" if name in given else f", and its operands are {', '.join(self.operands)}"
                raise TypeError(f"{self.name} got {name}{trouble}")
        least = self.arity - len(self.defaults)
        given = dict(zip(self.operands[least:], self.defaults, strict=True)) | given | named
        if len(args) > self.arity or len(given) < self.arity:
            needs = f"{least}" if least == self.arity else f"{least} to {self.arity}"
            raise TypeError(f"{self.name} takes {needs} argument{'s' * (self.arity > 1)}, got {len(args) + len(named)}")
        return tuple([given[name] for name in self.operands])

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
        rule = self.scalar[i]
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
        needs = self.domain.format(*self.operands).replace("|", "or")
        needs = f" ({self.text.format(*self.operands)} needs {needs})" if needs else ""
        return f"{self.text.format(*named)} is not a number{' at ' + where if where else ''}{needs}"

    @cached_property
    def operands(self) -> tuple[str, ...]:
        """What the operands are called, as the row's rules call them; letters where these do not say.

        >>> row("clip").operands, row("atan2").operands
        (('x', 'low', 'high'), ('a', 'b'))
        """
        rule, before = (self.partials[0], 1) if isinstance(self.fn, BuiltinFunctionType) else (self.fn, 0)
        code = getattr(rule, "__code__", None)
        names: tuple[str, ...] = code.co_varnames[before : code.co_argcount] if code else ()
        if len(names) == self.arity:
            return names
        letters = ascii_lowercase[: self.arity] if self.arity <= len(ascii_lowercase) else [f"x{i}" for i in range(self.arity)]
        return ("x",) if self.arity == 1 else tuple(letters)

    def spelt(self, template: str, functions: dict[str, Any]) -> Rule:
        """The rule that a template spells in Python, with these functions."""
        names = [f"x{i}" for i in range(self.arity)]
        return eval(f"lambda {', '.join(names)}: {template.format(*names)}", functions)  # type: ignore[no-any-return]

    def _foreign(self, args: tuple[Any, ...]) -> Any:
        """The value over numbers that another library made."""
        return foreign.evaluate(self, args)

    @cached_property
    def own(self) -> Rule:
        """The row's rule for any carrier: its function, or for a function of floats the operator that it is written as."""
        return self.spelt(self.text, {}) if self.fn.__module__ == "math" and self.prec != CALL else self.fn


interpreted = Op.__call__  # what the native engine falls back on, which takes its place


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


def op(name: str, fn: Rule, *partials: Rule, listed: bool = True, **columns: Any) -> Op:
    """Write a row into the table, or make one that is not ``listed`` there; a column that is left out, or empty, has its usual value.

    Raises TypeError for a column that `Op` does not have, ValueError for a name that the table has.
    """
    unknown = columns.keys() - Op.__annotations__.keys()
    if unknown:
        raise TypeError(f"a row has no column {', '.join(map(repr, sorted(unknown)))}")
    arity = len(partials)
    if listed and arity > MOST:
        raise ValueError(f"{name} has {arity} operands, and a row of the table at most {MOST}: make it of several, or a @custom operation")
    if listed and name in OPS:
        raise ValueError(f"the table has a row {name!r} already")
    operands = ", ".join(f"{{{i}}}" for i in range(arity))
    text = columns.get("text") or f"{name}({operands})"
    usual = {
        "shown": partials,
        "scalar": partials,
        "text": text,
        "pretty": re.sub(r"\*\*|\*", lambda sign: {"*": "·", "**": "^"}[sign[0]], text),
        "latex": rf"\operatorname{{{{{name.replace('_', chr(92) + '_')}}}}}\left({operands}\right)",
        "neutral": (None,) * arity,
        "settles": (None,) * arity,
        "at": ((-3.0, 3.0),) * arity,
    }
    given = {column: thing for column, thing in columns.items() if thing not in ("", (), None)}
    made = Op(name=name, fn=fn, partials=partials, **usual | given)
    if listed:
        OPS[name] = made
    return made
