"""Why a line is wrong: hypotheses, each tested at all points, the likeliest first.

A hypothesis is one edit of the writer's own line, or a statement about the whole of it: a constant or a quantity is
missing as a factor, a way from the loss is missing, the ways were multiplied, the left side is another one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, groupby, islice
from typing import Any

import numpy as np

from .. import ops
from ..names import parse
from .checking import Checker
from .lexer import Unreadable
from .repairs import ACTIVATIONS, insertions, repairs
from .steps import local_derivative
from .terms import Apply, Partial, Term, slope, walk
from .verdicts import Judged
from .writing import Notation

MOST_CAUSES = 2
EFFORT = 300_000  # pieces evaluated in search of a cause
_FIT = 1e-8


@dataclass(frozen=True)
class Cause:
    """A hypothesis that the numbers bear out."""

    code: str
    said: str
    suggestion: str | None  # the right side, corrected
    cost: float
    span: tuple[int, int] | None = None
    term: Term | None = None


def diagnose(checker: Checker, judged: Judged) -> list[Cause]:
    """The causes that explain a wrong line, at most two, the likeliest first."""
    line = judged.line
    if line.left is None or line.right is None or judged.true is None or checker.truth is None or judged.code == "D113":
        return []
    if judged.truth is not None:  # a rule about functions has points of its own
        keep, checker.truth = checker.truth, judged.truth
        try:
            return _likeliest(checker, judged)
        finally:
            checker.truth = keep
    if isinstance(line.left, Partial) and not np.any(judged.true) and not shares(checker, line.left):
        return [Cause("D199", f"{line.left.upper} does not depend on {line.left.lower}", "0", 0.0)]
    return _likeliest(checker, judged)


def _likeliest(checker: Checker, judged: Judged) -> list[Cause]:
    notation = notation_of(checker, judged)
    found = sorted([*_edits(checker, judged, notation), *_whole(checker, judged, notation)], key=lambda cause: cause.cost)
    found = found or list(_insertions(checker, judged, notation))
    best: list[Cause] = []
    for cause in found:
        again = any(cause.code == other.code or (cause.suggestion and cause.suggestion == other.suggestion) for other in best)
        if not again and len(best) < MOST_CAUSES:
            best.append(cause)
    return best


def notation_of(checker: Checker, judged: Judged) -> Notation:
    """How the line's writer writes."""
    text = checker.sheet.text[judged.line.span[0] : judged.line.span[1]]
    return Notation.of(text, latex=judged.line.latex, code=judged.line.code, loss=checker.sheet.loss)


def _affordable(right: Term) -> int:
    """How many edits of a line are tried: the longer the line, the fewer."""
    return max(20, EFFORT // sum(1 for _ in walk(right)))


def _insertions(checker: Checker, judged: Judged, notation: Notation) -> Iterator[Cause]:
    line, truth = judged.line, checker.truth
    assert line.right is not None and truth is not None
    for repair in islice(insertions(line.right, checker.sheet, notation), _affordable(line.right)):
        if fits(truth.of(repair.term), judged.true):
            yield Cause(repair.code, repair.cause, notation.write(repair.term), repair.cost, None, repair.term)
            return


def _edits(checker: Checker, judged: Judged, notation: Notation) -> Iterator[Cause]:
    line, truth = judged.line, checker.truth
    assert line.right is not None and line.left is not None and truth is not None
    start, end = line.right_span
    for repair in islice(repairs(line.right, line.left, checker.sheet, notation), _affordable(line.right)):
        try:
            value = truth.of(repair.term)
        except (Unreadable, KeyError, ArithmeticError, ValueError):
            continue
        if fits(value, judged.true):
            place = repair.span[0] - start, repair.span[1] - start
            text = checker.sheet.text[start:end]
            suggestion = (
                text[: place[0]] + repair.text + text[place[1] :] if 0 <= place[0] <= place[1] <= len(text) else notation.write(repair.term)
            )
            yield Cause(repair.code, repair.cause, suggestion, repair.cost, repair.span if repair.span[0] >= 0 else None, repair.term)


def _whole(checker: Checker, judged: Judged, notation: Notation) -> Iterator[Cause]:
    """Hypotheses about the line as a whole."""
    line, truth, true = judged.line, checker.truth, judged.true
    assert line.right is not None and truth is not None
    claimed = np.broadcast_to(np.asarray(truth.of(line.right), dtype=float), np.shape(true))
    text = checker.sheet.text[line.right_span[0] : line.right_span[1]]
    with np.errstate(all="ignore"):
        ratio = true / claimed
    if np.isfinite(ratio).all():
        yield from _factors(checker, ratio, text, line.right, notation)
    yield from _derivative_of_itself(checker, judged, claimed)
    yield from _paths(checker, judged, claimed, notation)
    yield from _other_side(checker, judged, claimed, notation)
    yield from _updated(checker, judged, claimed)


def _derivative_of_itself(checker: Checker, judged: Judged, claimed: Any) -> Iterator[Cause]:
    """A chain that equates a function with its derivative: σ = … = d/dx σ."""
    line, truth = judged.line, checker.truth
    if len(line.variables) != 1 or line.left is None or line.right is None or truth is None:
        return
    (variable,) = line.variables
    for one, other, said in (
        (line.left, claimed, "right side is the derivative of the left"),
        (line.right, judged.true, "left side is the derivative of the right"),
    ):
        if fits(truth.of(slope(one, variable)), other):
            yield Cause("D105", f"the {said} one: they are not equal", None, 0.8)


def _factors(checker: Checker, ratio: Any, text: str, right: Term, notation: Notation) -> Iterator[Cause]:
    inner = f"({text})" if isinstance(right, Apply) and right.op in (ops.add, ops.sub) else text
    times = notation.times
    if np.ptp(ratio) <= _FIT * np.max(np.abs(ratio)):
        constant = float(np.mean(ratio))
        if fits(ratio, np.full_like(ratio, -1.0)):
            yield Cause("D101", "the sign is the wrong one", f"-{inner}" if not text.startswith("-") else text[1:].strip(), 1.2)
            return
        fraction = Fraction(constant).limit_denominator(64)
        if abs(float(fraction) - constant) < 1e-7 * abs(constant):
            many = max(abs(fraction.numerator), fraction.denominator)
            code = "D112" if many > 2 and min(abs(fraction.numerator), fraction.denominator) == 1 and _averages(checker, many) else "D102"
            said = f"the factor {fraction} is missing" if abs(fraction) >= 1 else f"the factor {1 / fraction} is one too many"
            if code == "D112":
                said += ": a mean for a sum, or a sum for a mean"
            yield Cause(code, said, f"{fraction}{times}{inner}", 1.3)
        return
    truth = checker.truth
    assert truth is not None
    candidates: list[tuple[str, Any, float]] = []
    for name in [*checker.sheet.tape.places, *checker.sheet.late]:
        x = truth.quantity(name)
        candidates.append((notation.quantity(name), x, 1.4))
        candidates.append((f"(1 - {notation.quantity(name)})", 1.0 - x, 2.0))
        candidates.append((f"{notation.quantity(name)}{times}(1 - {notation.quantity(name)})", x * (1.0 - x), 2.1))
    for upper, lower in checker.sheet.tape.neighbours():
        candidates.append((notation.partial(upper, lower), truth.partial(upper, lower), 1.7))
    loss = checker.sheet.loss
    if loss is not None:
        for name in checker.sheet.tape.places:
            if name != loss:
                candidates.append((notation.partial(loss, name), truth.partial(loss, name), 1.75))
    for op in ACTIVATIONS[:3]:
        for name in checker.sheet.tape.places:
            x = truth.quantity(name)
            with np.errstate(all="ignore"):
                candidates.append((f"{notation.function(op, prime=True)}({notation.quantity(name)})", op.partials[0](op(x), x), 1.6))
    for written, value, cost in candidates:
        with np.errstate(all="ignore"):
            if fits(value, ratio):
                yield Cause("D103", f"the factor {written} is missing", f"{inner}{times}{written}", cost)
            elif fits(1.0 / np.asarray(value, dtype=float), ratio):
                yield Cause("D103", f"the factor {written} is one too many", None, cost + 0.1)
    yield from _other_activation(checker, ratio, right)


def _other_activation(checker: Checker, ratio: Any, right: Term) -> Iterator[Cause]:
    """Another activation's derivative written out: a (1 - a) where 1 - a² belongs."""
    tape, truth = checker.sheet.tape, checker.truth
    assert truth is not None
    for name, place in tape.places.items():
        op = tape.ops[place]
        if op not in ACTIVATIONS:
            continue
        x, y = truth._values[tape.args[place][0]], truth._values[place]
        forms = {other.name: other.partials[0](other(x), x) for other in ACTIVATIONS if other is not op}
        forms |= {
            "sigmoid, taken at the activation": y * (1 - y),
            "tanh, taken at the activation": 1 - y * y,
            "sigmoid, taken at the sum": x * (1 - x),
        }
        own = op.partials[0](y, x)
        for said, value in forms.items():
            with np.errstate(all="ignore"):
                if fits(own / value, ratio):
                    code = "D104" if "taken" in said and said.split(",")[0] == op.name else "D110"
                    yield Cause(code, f"the derivative of {said} stands where that of {op.name} at {name} belongs", None, 1.9)


def _averages(checker: Checker, many: int) -> bool:
    """Whether the program divides by a number of samples or outputs."""
    return many in [abs(round(x)) for x in checker.sheet.tape.numbers.values()] or any(
        round(1 / x) == many for x in checker.sheet.tape.numbers.values() if 0 < abs(x) < 1
    )


def shares(checker: Checker, left: Partial) -> list[tuple[str, Any]]:
    """The ways on from a quantity: each neighbour above it, and what comes to the derivative through it."""
    truth = checker.truth
    assert truth is not None
    tape = checker.sheet.tape
    above = [upper for upper, lower in checker.sheet.tape.neighbours() if lower == left.lower]
    within = tape.depends(tape.places[left.upper])
    return [
        (upper, truth.partial(left.upper, upper) * _local(checker, upper, left.lower)) for upper in above if tape.places[upper] in within
    ]


def _local(checker: Checker, upper: str, lower: str) -> Any:
    """∂upper/∂lower along the ways on which no other quantity lies."""
    tape, truth = checker.sheet.tape, checker.truth
    assert truth is not None
    named = set(tape.places.values())
    gradients: dict[int, Any] = {tape.places[upper]: 1.0}
    for place in range(tape.places[upper], -1, -1):
        op = tape.ops[place]
        if op is None or place not in gradients or (place in named and place != tape.places[upper]):
            continue
        xs = [truth._values[arg] for arg in tape.args[place]]
        for i, arg in enumerate(tape.args[place]):
            gradients[arg] = gradients.get(arg, 0.0) + gradients[place] * op.partials[i](truth._values[place], *xs)
    return gradients.get(tape.places[lower], 0.0)


def right_side(checker: Checker, left: Partial, notation: Notation) -> str:
    """The right side by the chain rule: the sum, over the ways on, of ∂L/∂next · ∂next/∂quantity."""
    terms = []
    for upper, _ in shares(checker, left):
        if upper == left.upper:
            terms.append(notation.formula(local_derivative(checker.sheet.tape, upper, left.lower)))
        else:
            terms.append(notation.partial(left.upper, upper) + notation.times + notation.partial(upper, left.lower))
    return " + ".join(terms) or "0"


def _paths(checker: Checker, judged: Judged, claimed: Any, notation: Notation) -> Iterator[Cause]:
    left = judged.line.left
    if not isinstance(left, Partial):
        return
    ways = shares(checker, left)
    full = right_side(checker, left, notation)
    yield from _ways_of_one_kind(checker, left, claimed, full)
    if len(ways) < 2:
        return
    for mask in range(1, 2 ** min(len(ways), 10) - 1):
        chosen = [way for i, way in enumerate(ways[:10]) if mask >> i & 1]
        if fits(sum(share for _, share in chosen), claimed):
            missing = [upper for upper, _ in ways if upper not in [u for u, _ in chosen]]
            yield Cause("D107", f"the way through {' and '.join(missing)} is missing", full, 1.1)
    product = np.prod([np.broadcast_to(share, np.shape(claimed)) for _, share in ways], axis=0)
    if fits(product, claimed):
        yield Cause("D108", "the ways were multiplied; they add up", full, 1.0)


def _ways_of_one_kind(checker: Checker, left: Partial, claimed: Any, full: str) -> Iterator[Cause]:
    """Some of the ways through quantities of one kind, as of the p_j of a softmax only the p_i."""
    tape, truth = checker.sheet.tape, checker.truth
    assert truth is not None
    below, above = tape.places[left.lower], tape.depends(tape.places[left.upper])
    through = [
        q for q, place in tape.places.items() if place in above and below in tape.depends(place) and q not in (left.upper, left.lower)
    ]
    for _, kin in groupby(sorted(through, key=head), key=head):
        names = list(kin)[:6]
        terms = [truth.partial(left.upper, q) * truth.partial(q, left.lower) for q in names]
        for size in range(1, len(names)):
            for chosen in combinations(range(len(names)), size):
                if fits(sum(terms[i] for i in chosen), claimed):
                    missing = [q for i, q in enumerate(names) if i not in chosen]
                    yield Cause("D107", f"the way through {' and '.join(missing)} is missing", full, 1.4)


def head(name: str) -> str:
    """What quantities of one kind have in common: the p of p_1 and p_2."""
    parsed = parse(name)
    return f"{parsed.head}_{parsed.sub}" if parsed else name


def _other_side(checker: Checker, judged: Judged, claimed: Any, notation: Notation) -> Iterator[Cause]:
    left, truth = judged.line.left, checker.truth
    assert truth is not None
    if not isinstance(left, Partial):
        return
    for name in checker.sheet.tape.places:
        if name != left.lower and fits(truth.partial(left.upper, name), claimed):
            right = notation.partial(left.upper, name)
            yield Cause("D114", f"this is {right}: the left side is another one", None, 2.3)
    if fits(truth.quantity(left.lower), claimed) or fits(truth.quantity(left.upper), claimed):
        name = left.lower if fits(truth.quantity(left.lower), claimed) else left.upper
        yield Cause("D109", f"this is the forward value {name}, not a gradient", right_side(checker, left, notation), 1.5)
    with np.errstate(all="ignore"):
        back = 1.0 / np.asarray(truth.partial(left.upper, left.lower), dtype=float)
    if fits(back, claimed):
        yield Cause("D114", "the derivative is upside down", None, 2.4)


def _updated(checker: Checker, judged: Judged, claimed: Any) -> Iterator[Cause]:
    """Weights that were updated before the backward pass was through: w - η ∂L/∂w in the place of w."""
    left, truth = judged.line.left, checker.truth
    assert truth is not None
    if not isinstance(left, Partial) or judged.line.right is None:
        return
    tape = checker.sheet.tape
    named = {place: name for name, place in tape.places.items()}
    drift = 0.0
    for upper, _share in shares(checker, left):
        inside = [named[p] for p in tape.depends(tape.places[upper]) if p in named and named[p] in tape.leaves]
        for weight in inside:
            if weight != left.lower:
                change = truth.partial(left.upper, weight)
                drift = drift + truth.partial(left.upper, upper) * change * _second(checker, upper, left.lower, weight)
    if not np.any(drift):
        return
    with np.errstate(all="ignore"):
        rate = (judged.true - claimed) / drift
    if np.isfinite(rate).all() and np.ptp(rate) <= 1e-6 * np.max(np.abs(rate)) and 0 < float(np.mean(rate)) <= 10:
        yield Cause("D111", f"the weights are those after the update (learning rate {float(np.mean(rate)):.6g})", None, 1.0)


def _second(checker: Checker, upper: str, lower: str, weight: str) -> Any:
    """How ∂upper/∂lower changes with a weight, by a difference: 1 for z = w·a, 0 for most."""
    from .truth import Truth

    truth = checker.truth
    assert truth is not None
    at = dict(truth.at)
    low, high = _local(checker, upper, lower), None
    at[weight] = truth.at[weight] + 1.0
    moved = Truth(checker.sheet, at)
    keep, checker.truth = checker.truth, moved
    try:
        high = _local(checker, upper, lower)
    finally:
        checker.truth = keep
    return high - low


def fits(a: Any, b: Any) -> bool:
    """Whether a hypothesis holds at every point."""
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    return bool(np.isfinite(a).all() and np.isfinite(b).all() and np.allclose(a, b, rtol=_FIT, atol=1e-13))
