"""``check_grads``: the derivatives of a function against differences, to any order, forward and backward."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .differences import Slope, central, one_sided
from .graph import topological
from .kinks import kinks
from .op import Op, describe
from .transforms.calls import called
from .transforms.forward import jvp
from .transforms.numbers import ground
from .transforms.reverse import vjp
from .transforms.trees import Structure, flatten
from .value import Value

AGREES, DIFFERS, KINK, UNSETTLED = "agrees", "differs", "not differentiable here", "the differences do not settle"
MODES = ("forward", "reverse")
_SHOWN = 20  # lines of a report

Flat = Callable[..., list[Any]]  # of numbers


class GradientError(AssertionError):
    """A derivative is not what differences say; ``report`` has every number."""

    def __init__(self, said: str, report: Report) -> None:
        super().__init__(said)
        self.report = report


@dataclass(frozen=True)
class Compared:
    """One derivative: what it is with respect to which input, the engine's number, and the one that was measured."""

    what: str
    input: str
    mode: str
    claimed: float
    measured: float
    error: float  # how far off the measured one may be
    verdict: str

    @property
    def digits(self) -> int:
        """The digits in which the two numbers agree, 16 at most."""
        size, apart = max(abs(self.claimed), abs(self.measured)), abs(self.claimed - self.measured)
        if not math.isfinite(apart):
            return 0
        return 16 if not apart else max(0, min(16, int(-math.log10(apart / size))))


class Report(Sequence[Compared]):
    """All derivatives that were compared; prints as a table, what is wrong first."""

    def __init__(self, name: str, lines: Sequence[Compared]) -> None:
        self.name, self._lines = name, tuple(lines)

    def __getitem__(self, i: int) -> Compared:  # type: ignore[override]
        return self._lines[i]

    def __len__(self) -> int:
        return len(self._lines)

    @property
    def ok(self) -> bool:
        """Whether every derivative agrees, or is at a point where there is none."""
        return not self.wrong

    @property
    def wrong(self) -> list[Compared]:
        """The derivatives that differ, and those that could not be measured."""
        return [line for line in self if line.verdict in (DIFFERS, UNSETTLED)]

    def __repr__(self) -> str:
        first = sorted(self, key=lambda line: (DIFFERS, UNSETTLED, KINK, AGREES).index(line.verdict))
        rows = [("derivative", "mode", "engine", "measured", "±", "digits", "")]
        rows += [
            (line.what, line.mode, f"{line.claimed:.10g}", f"{line.measured:.10g}", f"{line.error:.0e}", f"{line.digits}", line.verdict)
            for line in first[:_SHOWN]
        ]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        left = len(self) - _SHOWN
        return "\n".join(table + [f"… and {left} more"] * (left > 0))


def check_grads(
    f: Callable[..., Any],
    *args: Any,
    order: int = 2,
    modes: Sequence[str] = MODES,
    digits: int = 6,
    raises: bool = True,
) -> Report:
    """Compare the derivatives of ``f`` at ``args`` with differences: every output's with respect to every input.

    The arguments and the result are numbers, lists, tuples, dicts, arrays, nested. ``order`` 2 compares the derivatives of the
    derivatives, too, each of the ``modes`` on each. They are to agree in so many ``digits``, or within the error of the
    differences, which is estimated. At a kink there is no derivative, and nothing to agree.

    >>> from autograd import sin
    >>> check_grads(lambda x, y: sin(x) * y, 0.5, 2.0).ok
    True

    Raises GradientError, an AssertionError, with the report where a derivative differs or the differences do not settle, unless
    ``raises`` is False; ValueError for another order or mode; TypeError for what is no number.
    """
    if not isinstance(order, int) or order < 1:
        raise ValueError(f"order is 1 for derivatives, 2 for second ones and so on, not {describe(order)}")
    odd = [mode for mode in modes if mode not in MODES]
    if odd or isinstance(modes, str) or not modes:
        raise ValueError(f"modes are some of {MODES}, not {modes!r}")
    name = f.name if isinstance(f, Op) else called(f)
    trees, structure = flatten(args)
    numbers = [_float(number, f"an input of {name}") for number in trees]
    shapes: list[Structure] = []

    def flat(*xs: Any) -> list[Any]:
        outputs, shape = flatten(f(*structure.unflatten([Value(x) if type(x) is float else x for x in xs])))
        shapes[:] = [shape]
        return outputs

    flat(*numbers)
    inputs = [path for own, part in zip(_names(f, len(args)), structure.parts, strict=True) for path in _paths(part, own)]
    outputs = _paths(shapes[0], name if name.isidentifier() else "f")
    if not inputs or not outputs:
        raise ValueError(f"{name} was given {len(inputs)} numbers and returns {len(outputs)}: there is nothing to check")
    report = Report(name, _compare(flat, numbers, inputs, outputs, order, tuple(modes), digits))
    if raises and not report.ok:
        raise GradientError(f"{len(report.wrong)} of {len(report)} derivatives of {report.name} are not confirmed\n{report!r}", report)
    return report


def _compare(
    f: Flat,
    xs: list[float],
    inputs: list[str],
    outputs: list[str],
    order: int,
    modes: tuple[str, ...],
    digits: int,
    lost: frozenset[int] = frozenset(),
) -> list[Compared]:
    """The lines for one function of numbers, and for its derivatives where there are orders left; ``lost`` are outputs at a kink."""
    doubtful = _doubtful(f, xs)
    measured = [[_along(f, xs, i, k) for i in range(len(xs))] for k in range(len(outputs))]
    sizes = [abs(_float(y, "an output")) for y in f(*xs)]
    whats = [[_partial(output, name) for name in inputs] for output in outputs]
    lines: list[Compared] = []
    for mode in modes:
        slopes = _derivative(f, mode)
        claimed = [_float(number, "a derivative") for number in slopes(*xs)]
        for k, row in enumerate(measured):
            for i, slope in enumerate(row):
                number = claimed[k * len(xs) + i]
                verdict = _verdict(number, slope, sizes[k], digits)
                if k in lost:
                    verdict = KINK
                elif verdict != AGREES or (k, i) in doubtful:
                    verdict = _at_a_kink(f, xs, i, k, verdict, (k, i) in doubtful)
                lines.append(Compared(whats[k][i], inputs[i], mode, number, slope.number, slope.error, verdict))
    if order > 1:
        below = [what for row in whats for what in row]
        gone = frozenset([i % len(below) for i, line in enumerate(lines) if line.verdict == KINK])
        for mode in modes:
            lines += _compare(_derivative(f, mode), xs, inputs, below, order - 1, modes, digits, gone)
    return lines


def _derivative(f: Flat, mode: str) -> Flat:
    """The function whose outputs are the derivatives of each of f's outputs, with respect to each input."""

    def forward(*xs: Any) -> list[Any]:
        columns = [jvp(f, xs, tuple([float(i == k) for i in range(len(xs))]))[1] for k in range(len(xs))]
        return [column[k] for k in range(len(columns[0])) for column in columns]

    def reverse(*xs: Any) -> list[Any]:
        outputs, pull = vjp(f, *xs)
        return [slope for k in range(len(outputs)) for slope in pull([float(i == k) for i in range(len(outputs))])]

    return forward if mode == "forward" else reverse


def _line(f: Flat, xs: list[float], i: int, k: int) -> Callable[[float], float]:
    """Output k as a function of input i alone."""
    return lambda x: _float(f(*xs[:i], x, *xs[i + 1 :])[k], "an output")


def _along(f: Flat, xs: list[float], i: int, k: int) -> Slope:
    return central(_line(f, xs, i, k), xs[i])


def _verdict(claimed: float, slope: Slope, size: float, digits: int) -> str:
    largest = max(abs(claimed), abs(slope.number))
    if not math.isfinite(slope.error):
        return UNSETTLED
    if not math.isfinite(claimed) or abs(claimed - slope.number) > 10.0**-digits * largest + 5 * slope.error:
        return DIFFERS
    return AGREES if slope.error <= 10.0 ** (2 - digits) * largest + 1e-5 * (1 + size) else UNSETTLED


def _at_a_kink(f: Flat, xs: list[float], i: int, k: int, verdict: str, doubtful: bool) -> str:
    """KINK where the slopes of the two sides differ, or an operation without a derivative leaves none; else the verdict as it was."""
    line = _line(f, xs, i, k)
    before, beyond = one_sided(line, xs[i], -1), one_sided(line, xs[i], 1)
    settled = all(side.error <= 1e-4 * (1 + abs(side.number)) for side in (before, beyond))
    return KINK if (settled and before.differs(beyond)) or (doubtful and not settled) else verdict


def _doubtful(f: Flat, xs: list[float]) -> set[tuple[int, int]]:
    """The outputs and inputs with an operation between them that has no derivative at the point."""
    sources = [Value(x) for x in xs]
    found = set()
    for k, output in enumerate(f(*sources)):
        if isinstance(output, Value):
            for kink in kinks(output):
                below = set(topological(kink.node))
                found |= {(k, i) for i, source in enumerate(sources) if source in below}
    return found


def _float(number: Any, what: str) -> float:
    number = ground(number)
    try:
        if not isinstance(number, str | bytes):  # float would read them
            return float(number)
        raise TypeError
    except (TypeError, ValueError):
        raise TypeError(f"{what} that is checked must be a real number, not {describe(number)}") from None


def _names(f: Callable[..., Any], count: int) -> list[str]:
    """What a function calls its arguments, as far as that can be had."""
    try:
        own = [p.name for p in inspect.signature(f).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        own = []
    return [own[i] if i < len(own) else f"x_{i}" if count > 1 else "x" for i in range(count)]


def _paths(structure: Structure, name: str) -> list[str]:
    """The name of every number of a tree: w["a"][0][1], say."""
    if structure.kind is None:
        places = [""]
        for width in structure.shape or ():
            places = [f"{place}[{i}]" for place in places for i in range(width)]
        return [name + place for place in places]
    keys: Sequence[Any] = structure.keys or range(len(structure.parts))
    return [path for key, part in zip(keys, structure.parts, strict=True) for path in _paths(part, f"{name}[{key!r}]")]


def _partial(output: str, name: str) -> str:
    """∂f/∂x of f, and ∂²f/∂x∂y of ∂f/∂x with respect to y."""
    if not output.startswith("∂"):
        return f"∂{output}/∂{name}"
    upper, lower = output.split("/∂", 1)
    order = upper[1 : 1 + next(i for i, sign in enumerate(upper[1:]) if sign not in _POWERS)]
    power = int(order.translate(_DIGITS) or 1) + 1
    return f"∂{str(power).translate(_RAISED)}{upper[1 + len(order) :]}/∂{lower}∂{name}"


_POWERS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_DIGITS = str.maketrans(_POWERS, "0123456789")
_RAISED = str.maketrans("0123456789", _POWERS)
