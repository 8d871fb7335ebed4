"""``custom``: a function of floats, with its derivatives, becomes a row beside those of the op table.

It is a primitive as they are: drawn, explained and differentiated under its own name. Its derivatives are what its author says,
once they were compared with differences.
"""

from __future__ import annotations

import importlib
import math
import re
import sys
from collections.abc import Callable, Sequence
from string import ascii_lowercase
from typing import Any, NoReturn

from .formula import Formula
from .op import OPS, DomainError, Interval, Op, Rule, describe, op
from .watching import unwatched

_POINTS = 5  # where the derivatives of a row are compared with differences
_GOLDEN = (math.sqrt(5) - 1) / 2
_STYLES = ("text", "pretty", "latex")
_TAKES_FLOATS = (TypeError, AttributeError)  # what a rule for floats says of anything else


class Custom(Op):
    """A row that somebody made of a function; see `custom`. It pickles by the name of the module's attribute that it is."""

    def __reduce__(self) -> tuple[Callable[..., Op], tuple[str, ...]]:
        place = self.__module__, vars(self)["__qualname__"]
        try:
            found = _found(*place)
        except (ImportError, AttributeError):
            found = None
        if found is not self:
            import pickle

            raise pickle.PicklingError(
                f"the custom operation {self.name} is not {place[0]}.{place[1]}, by which a pickle would find it again: "
                "define it at the top of a module, under the function's own name"
            )
        return _found, place

    def __copy__(self) -> Custom:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Custom:
        return self

    def evaluate(self, *xs: float) -> float:
        """The value at floats; DomainError where the function raises ValueError or ArithmeticError, or gives NaN."""
        try:
            y = self.fn(*xs)
        except (ValueError, ArithmeticError) as trouble:
            raise DomainError(f"{self._outside(xs, ())}: {trouble}") from trouble
        number = _real(y, self.name)
        if math.isnan(number) and not any(map(math.isnan, xs)):
            raise DomainError(self._outside(xs, ()))
        return number

    def derivative(self, i: int, y: float, *xs: float) -> float:
        """The partial derivative ∂y/∂x_i at floats; DomainError where its rule raises ValueError or ArithmeticError."""
        what = f"the derivative of {self.name} with respect to input {i}"
        try:
            return _real(self.partials[i](y, *xs), what)
        except (ValueError, ArithmeticError) as trouble:
            raise DomainError(f"{what} has no value at {', '.join(f'{x:g}' for x in xs)}: {trouble}") from trouble

    def refuse(self, xs: tuple[float, ...], names: tuple[str | None, ...]) -> NoReturn:
        """Raise the DomainError of these inputs, with their names, and with what the function itself said."""
        trouble = sys.exception()
        said = trouble.__cause__ if trouble is not None else None
        raise DomainError(self._outside(xs, names) + (f": {said}" if said else "")) from said

    def _foreign(self, args: tuple[Any, ...]) -> Any:
        """The function over fractions, digits and symbols, if it keeps them; over arrays one element after the other."""
        roots = {type(arg).__module__.partition(".")[0] for arg in args}
        if "numpy" in roots:
            return self._on_arrays(args)
        if not roots & {"fractions", "mpmath", "sympy"}:
            return super()._foreign(args)
        try:
            y = self.fn(*args)
        except _TAKES_FLOATS as trouble:
            raise TypeError(f"{self.name} is a function of floats, not of {describe(args[0])}: {trouble}") from trouble
        if isinstance(y, float):
            raise TypeError(
                f"{self.name} is a function of floats: of {describe(args[0])} it gives {describe(y)}, whose digits are a float's"
            )
        return y

    def _on_arrays(self, args: tuple[Any, ...]) -> Any:
        np = sys.modules["numpy"]
        column = np.frompyfunc(self, self.arity, 1)(*[np.asarray(arg).astype(object) for arg in args])
        elements = column.ravel().tolist() if isinstance(column, np.ndarray) else [column]
        return np.asarray(column, dtype=float)[()] if all(isinstance(y, float) for y in elements) else column


def custom(
    *,
    partials: Rule | Sequence[Rule],
    name: str = "",
    text: str = "",
    pretty: str = "",
    latex: str = "",
    kink: Rule | None = None,
    at: Interval | Sequence[Interval] = (),
) -> Callable[[Rule], Custom]:
    r"""Make a row of a function of floats: ``@custom(partials=lambda y, x: …)``, for several inputs a partial derivative for each.

    A partial is a function ``(y, *xs)`` of the output and the inputs. Written with functions of autograd, and with ``where`` and
    ``step`` for ``if``, it can be read and differentiated again; one that takes floats only gives first derivatives. Both are compared
    with differences at points of ``at``, an interval for each input (-3 to 3 unless given). ``text``, ``pretty`` and ``latex`` are
    templates with ``{0}``, ``{1}`` for the operands (and other braces doubled), ``kink`` is zero where a derivative jumps.

    >>> from autograd import Value, exp
    >>> @custom(partials=lambda y, x: -2 * x * y, latex=r"\phi\left({0}\right)")
    ... def bell(x):
    ...     return math.exp(-x * x)
    >>> x = Value(0.5, name="x")
    >>> bell(x).backward()
    >>> x.grad == -bell(0.5), bell(x).op
    (True, <op bell>)

    Raises ValueError for a name that the table has, and templates or intervals that do not fit; GradientError where a derivative
    differs from the measured one.
    """
    rules = (partials,) if callable(partials) else tuple(partials)
    intervals = (at,) if at and isinstance(at[0], int | float) else tuple(at)

    def made(f: Rule) -> Custom:
        called = name or getattr(f, "__name__", "")
        _check_name(called)
        defaults = _defaults(f, called, len(rules))
        if intervals and len(intervals) != len(rules):
            raise ValueError(f"at= has {len(intervals)} intervals for the {len(rules)} inputs of {called}: one (low, high) for each")
        plain = op(called, f, *rules, text=text, pretty=pretty, latex=latex, kink=kink, at=intervals, defaults=defaults, listed=False)
        for style in _STYLES:
            _check_template(called, style, getattr(plain, style), len(rules))
        carried = tuple([_over_carriers(plain, i) for i in range(len(rules))])
        row = Custom(**vars(plain) | {"partials": carried, "shown": carried, "scalar": carried})
        for word in ("__name__", "__qualname__", "__module__", "__doc__"):
            object.__setattr__(row, word, getattr(f, word, None) or called)
        object.__setattr__(row, "__wrapped__", f)
        with unwatched():
            _check_partials(row)
        return row

    return made


def _over_carriers(plain: Op, i: int) -> Rule:
    """A partial derivative that says what is wrong where it takes floats only; among formulas it then stands for itself."""
    rule, inputs = plain.partials[i], plain.arity
    mark = str(i + 1).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))
    operands = ", ".join(f"{{{k}}}" for k in range(inputs))
    head = plain.name.replace("_", r"\_")
    advice = "write it with functions of autograd (from autograd import exp), and with where and step for if"

    def unknown(*_: Any) -> Any:
        raise TypeError(f"the derivative of {plain.name} with respect to input {i} is not differentiable again: {advice}")

    slope = op(
        f"{plain.name}_slope" + f"_{i}" * (inputs > 1),
        lambda *xs: rule(plain.fn(*xs), *xs),
        *[unknown] * inputs,
        pretty=f"{plain.name}′({operands})" if inputs == 1 else f"∂{mark}{plain.name}({operands})",
        latex=(rf"\operatorname{{{{{head}}}}}'" if inputs == 1 else rf"\partial_{{{{{i + 1}}}}} \operatorname{{{{{head}}}}}")
        + rf"\left({operands}\right)",
        listed=False,
    )

    def partial(y: Any, *xs: Any) -> Any:
        if all(type(number) is float for number in (y, *xs)):
            return rule(y, *xs)
        try:
            return rule(y, *xs)
        except _TAKES_FLOATS as trouble:
            if any(isinstance(number, Formula) for number in (y, *xs)):
                return Formula.__op__(slope, xs)
            raise TypeError(
                f"the derivative of {plain.name} with respect to input {i} takes floats only, and cannot be differentiated again "
                f"({trouble}): {advice}"
            ) from trouble

    return partial


# ---- what is looked at when a row is defined ----


def _check_name(name: str) -> None:
    if not name.isidentifier():
        raise ValueError(f"a custom operation has a function's name, not {name!r}: def it, or give name=")
    for row in OPS.values():
        if name in (row.name, *row.aliases, *row.words):
            raise ValueError(f"the op table has {name!r} already (its row {row.name}): call the custom operation something else")


def _defaults(f: Rule, name: str, partials: int) -> tuple[float, ...]:
    """The defaults of trailing inputs; ValueError where the function does not take as many inputs as there are partials."""
    if not 1 <= partials <= len(ascii_lowercase):
        raise ValueError(f"{name} has {partials} partial derivatives: one for each input, at most {len(ascii_lowercase)}")
    import inspect  # which takes long to load

    try:
        own = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):  # functions in C need not tell
        return ()
    if any(p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in own) or len(own) != partials:
        raise ValueError(
            f"{name}{inspect.signature(f)} has {partials} partial derivative{'s' * (partials != 1)}: "
            "a custom operation takes its inputs one by one, and has a partial (y, *inputs) for each"
        )
    return tuple([_real(p.default, f"the default of {name}'s {p.name}") for p in own if p.default is not p.empty])


def _check_template(name: str, style: str, template: str, inputs: int) -> None:
    """ValueError for a template without its operands, or with one that no brackets keep apart from what stands around."""
    marks = [chr(0xE000 + i) for i in range(inputs)]
    try:
        written = template.format(*marks)
    except (LookupError, ValueError) as trouble:
        raise ValueError(f"{style}={template!r} of {name} is no template ({trouble!r}): braces that are meant are doubled") from None
    missing = [f"{{{i}}}" for i, mark in enumerate(marks) if mark not in written]
    if missing:
        raise ValueError(f"{style}={template!r} of {name} lacks its operand {', '.join(missing)}")
    bare, before = written, ""
    while bare != before:
        before, bare = bare, re.sub(r"\([^(){}\[\]]*\)|\{[^(){}\[\]]*\}|\[[^(){}\[\]]*\]|\|[^(){}\[\]|]*\|", "", bare)
    if any(mark in bare for mark in marks):
        raise ValueError(f"{style}={template!r} of {name} leaves an operand without brackets, as in {name}({{0}})")


def _check_partials(row: Custom) -> None:
    """GradientError where a partial derivative is not what differences say, at points all over the intervals."""
    from .checks import KINK, GradientError, check_grads

    points = [
        tuple([low + (high - low) * math.modf((k + 1) * _GOLDEN + i * math.sqrt(2))[0] for i, (low, high) in enumerate(row.at)])
        for k in range(_POINTS)
    ]
    settled = 0
    for point in points:
        at = ", ".join(f"{x:.6g}" for x in point)
        try:
            order = 2 if _differentiable_again(row, point) else 1
            report = check_grads(row, *point, order=order, raises=False)
        except (DomainError, TypeError) as trouble:
            if isinstance(trouble, TypeError) and "complex" not in str(trouble):
                raise
            raise ValueError(f"{row.name} cannot be checked at {at}: {trouble}; say with at=(low, high) where it can") from trouble
        if not report.ok:
            raise GradientError(f"the partial derivatives of {row.name} are not those of its values, at {at}:\n{report!r}", report)
        settled += any(line.verdict != KINK for line in report)
    if not settled:
        raise ValueError(f"{row.name} has kinks wherever it was to be checked: say with at=(low, high) where it has none")


def _differentiable_again(row: Custom, point: tuple[float, ...]) -> bool:
    """Whether every partial derivative has a derivative itself."""
    from .transforms.forward import jvp

    try:
        for rule in row.partials:
            jvp(lambda *xs, rule=rule: rule(row(*xs), *xs), point, (1.0,) * row.arity)
    except TypeError:
        return False
    return True


def _real(thing: Any, what: str) -> float:
    if isinstance(thing, float | int):
        return float(thing)
    try:
        return float(thing)
    except TypeError as trouble:
        raise TypeError(f"{what} must be a real number, not {describe(thing)}: {trouble}") from None


def _found(module: str, name: str) -> Any:
    """The custom operation of a module; how it unpickles."""
    thing: Any = importlib.import_module(module)
    for part in name.split("."):
        thing = getattr(thing, part)
    return thing
