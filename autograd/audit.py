"""What is wrong with a gradient that is not wrong: rectifiers that are dead, sigmoids that are flat, paths that explode or vanish."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from .sweep import gradients

if TYPE_CHECKING:
    from .value import Value

FLAT = 1e-3  # a local derivative of an activation below this lets next to nothing through
FAR = 1e6  # a gradient this many times larger or smaller than the output's own has exploded or vanished


class Remark(NamedTuple):
    """One thing that a look at the gradients brought up."""

    kind: str  # dead, saturated, zero, exploding, vanishing
    value: Value
    said: str

    def __str__(self) -> str:
        return self.said


class Audit(Sequence[Remark]):
    """The remarks on a graph, in topological order; prints as a list."""

    def __init__(self, remarks: Sequence[Remark]) -> None:
        self._remarks = tuple(remarks)

    def __getitem__(self, i: int) -> Remark:  # type: ignore[override]
        return self._remarks[i]

    def __len__(self) -> int:
        return len(self._remarks)

    def __repr__(self) -> str:
        return "\n".join(map(str, self._remarks)) or "nothing to remark"


def audit(L: Value) -> Audit:
    """Look at the derivative of L with respect to every value below it; no ``grad`` is touched.

    ``dead``: an activation whose local derivative is exactly 0 (a rectifier below its kink); ``saturated``: one whose
    local derivative is below 1e-3; ``zero``: a leaf whose derivative is 0, and why; ``exploding`` and ``vanishing``: a
    quantity whose derivative is more than a million times larger or smaller than 1.

    >>> from autograd import Value, relu
    >>> w = Value(-2.0, name="w")
    >>> audit(relu(3 * w).named("a") + w * 0)
    w has the derivative 0: every path from it passes a local derivative of 0
    a = relu(x) is dead at -6: its local derivative is 0, and nothing passes through
    """
    slopes = gradients(L)
    remarks = []
    for value, slope in slopes.items():
        name = value.name or ("a leaf" if value.op is None else f"a result of {value.op.name}")
        if value.op is None:
            if slope == 0:
                remarks.append(Remark("zero", value, f"{name} has the derivative 0: {_reason(value, slopes)}"))
        else:
            remarks += _activations(value, name)
        if slope and not 1 / FAR <= abs(slope) <= FAR:
            kind = "exploding" if abs(slope) > FAR else "vanishing"
            remarks.append(Remark(kind, value, f"the derivative with respect to {name} is {kind}: {slope:.3g}"))
    return Audit(remarks)


def _activations(value: Value, name: str) -> list[Remark]:
    op, partial = value.op, value.partials[0]
    if op is None or not (op.activation or op.kink) or op.arity - len(op.defaults) > 1 or partial is None:
        return []
    what = f"{name} = {op.text.format(*[getattr(arg, 'name', None) or letter for arg, letter in zip(value.args, 'xbc', strict=False)])}"
    if partial == 0:
        return [Remark("dead", value, f"{what} is dead at {value.primals[0]:g}: its local derivative is 0, and nothing passes through")]
    if abs(partial) < FLAT and math.isfinite(value.primals[0]):
        return [Remark("saturated", value, f"{what} is saturated at {value.primals[0]:g}: its local derivative is {partial:.3g}")]
    return []


def _reason(leaf: Value, slopes: dict[Value, float]) -> str:
    uses = [
        (user, partial)
        for user in slopes
        for arg, partial in zip(user.args, user.partials, strict=True)
        if arg is leaf and partial is not None
    ]
    if all(partial == 0 or slopes[user] == 0 for user, partial in uses):
        return "every path from it passes a local derivative of 0"
    return "its paths cancel each other out"
