"""Statements about a line as a whole: it belongs to another left side, the weights are those after the update, σ is not its derivative."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .case import Case, Cause, kin
from .places import agree, constant, fits
from .scope import Scope
from .terms import Partial, slope
from .truth import Truth
from .ways import right_side, ways_on

MOST_UPDATED = 60  # weights times ways, each worked out at a program that is moved a little
FASTEST = 10.0  # the greatest learning rate that is believed


def whole(case: Case) -> Iterator[Cause]:
    """Every such statement that is true."""
    yield from _derivative_of_itself(case)
    yield from _other_side(case)
    yield from _forward_value(case)


def _noise(column: Any) -> float:
    return 1e-13 * float(np.max(np.abs(column), initial=0.0))


def _derivative_of_itself(case: Case) -> Iterator[Cause]:
    """A chain that equates a function with its derivative: σ = … = d/dx σ."""
    if len(case.line.variables) != 1 or case.line.right is None:
        return
    (variable,) = case.line.variables
    for one, other, said in (
        (case.left, case.claimed, "right side is the derivative of the left"),
        (case.right, case.true, "left side is the derivative of the right"),
    ):
        if fits(case.scope.truth.of(slope(one, variable)), other):
            yield Cause("D105", f"the {said} one: they are not equal", 0.8)


def _other_side(case: Case) -> Iterator[Cause]:
    """The right side is another derivative."""
    left = case.left
    if not isinstance(left, Partial) or case.is_summand:
        return
    own = {(other.left.upper, other.left.lower) for other in case.sheet.lines if isinstance(other.left, Partial) and other.left is not left}
    blocks = [case.scope.gradients(left.upper)] + [case.scope.onward(left.lower)] * bool(case.scope.sheet.tape.places)
    for block in blocks:
        for row in block.find(case.claimed, _noise(case.claimed)):
            meant = block.term(row)
            assert isinstance(meant, Partial)
            if (meant.upper, meant.lower) != (left.upper, left.lower):
                there, twice = (meant.upper, meant.lower) in own, (left.upper, left.lower) in own
                said = f"this is {case.notation.write(meant)}: the left side is another one"
                new = None if there or case.line.chained or case.line.sign != "=" else meant
                near = meant.upper == left.upper and kin(meant.lower, left.lower)
                cost = 2.36 if there else 0.95 if twice else 1.55 if near else 2.1
                yield Cause("D114", said, cost, left=new)
    with np.errstate(all="ignore"):
        back = 1.0 / case.true
    if agree(back, case.claimed, _noise(case.claimed)):
        yield Cause("D114", "the derivative is upside down", 2.4)


def _forward_value(case: Case) -> Iterator[Cause]:
    left = case.left
    if isinstance(left, Partial):
        for name, cost in ((left.lower, 1.8), (left.upper, 1.85)):
            if agree(case.scope.thin(case.scope.truth.quantity(name)), case.claimed, _noise(case.claimed)):
                said = f"this is the forward value {name}, not a gradient"
                yield Cause("D109", said, cost, whole=right_side(case.scope, left, case.true, out=case.writes_out))


# ---- updated weights ----


def updated(case: Case) -> Iterator[Cause]:
    """Weights that were updated before the backward pass was through: w - η ∂L/∂w in the place of w."""
    left, scope = case.left, case.scope
    if not isinstance(left, Partial) or constant(case.claimed) is not None:
        return
    tape, drift, tried = scope.sheet.tape, 0.0, 0
    for upper in [upper for upper, _ in ways_on(scope, left) if upper != left.upper]:
        for weight in scope.local(upper):
            if weight != left.lower and weight in tape.leaves and tried < MOST_UPDATED:
                tried += 1
                change = scope.truth.partial(left.upper, upper) * scope.truth.partial(left.upper, weight)
                drift = drift + change * _second(scope, upper, left.lower, weight)
    if not np.any(drift):
        return
    with np.errstate(all="ignore"):
        rate = scope.thin((case.true - case.claimed) / drift)
    if np.isfinite(rate).all() and np.ptp(rate) <= 1e-6 * np.max(np.abs(rate)) and 0 < float(np.mean(rate)) <= FASTEST:
        yield Cause("D111", f"the weights are those after the update (learning rate {float(np.mean(rate)):.6g})", 1.45)


def _second(scope: Scope, upper: str, lower: str, weight: str) -> Any:
    """How ∂upper/∂lower changes with a weight, by a difference: 1 for z = w·a, 0 for most."""
    moved = Truth(scope.sheet, {**scope.truth.at, weight: scope.truth.at[weight] + 1.0})
    return scope.steps.local(upper, moved._values)[lower] - scope.local(upper)[lower]
