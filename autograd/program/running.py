"""How the samples of a batch are run: as arrays, a stretch of samples at a time, or one after another by the tape.

Arrays that outgrow the processor's caches take several times as long for each number, so a large batch is cut. Where arrays
give something that is not finite, the tape decides what it is.

The C library of Linux returns the memory of freed arrays to the system at once, which then has to clear all of it again for the next run:
that takes up to ten times as long as the arithmetic. It learns from the largest array that was freed to keep more (mallopt(3),
M_MMAP_THRESHOLD), so one is, which nobody has written to.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from ..guards import Guard
from .columns import Floats
from .guards import verify
from .source import Source
from .tape import Tape

np.empty(33_000_000, dtype=np.uint8)  # a little less than the 32 MiB from which on nothing is learnt
_NOTHING = np.empty((1, 0))  # the inputs of a program without any


class Stretch(NamedTuple):
    """Samples of a batch in a row: the first one's number, how many they are, and every argument with a column for each."""

    first: int
    size: int
    columns: Sequence[Floats]


def stretches(columns: Sequence[Floats], n: int, most: int) -> list[Stretch]:
    """A batch of n samples in as few stretches as can be, of nearly one size.

    >>> [(part.first, part.size) for part in stretches([np.zeros((2, 10))], 10, most=4)]
    [(0, 3), (3, 3), (6, 4)]
    """
    count = -(-n // most)
    if count == 1:
        return [Stretch(0, n, columns)]
    cuts = [n * i // count for i in range(count + 1)]
    return [Stretch(a, b - a, [column[:, a:b] for column in columns]) for a, b in pairwise(cuts)]


@dataclass(frozen=True)
class Runner:
    """Runs stretches, by the code of a source, or by the tape where there is none."""

    tape: Tape
    guards: Sequence[Guard]
    signed: int  # so many roots at the end are exact but where they are zero

    def outputs(self, source: Source | None, part: Stretch, theta: Floats) -> Floats:
        """The roots' numbers, (roots, n)."""
        rows = self._computed(source, part, theta)[0] if source else None
        return self._replayed(part, theta)[0].T if rows is None else rows

    def gradients(self, source: Source | None, part: Stretch, theta: Floats, seed: float, *, each: bool) -> tuple[Any, Floats]:
        """The loss and seed times its gradient: (n,) and (n, parameters) for ``each`` sample, or a float and (parameters,), summed."""
        rows, saved = self._computed(source, part, theta) if source else (None, None)
        if source is not None and rows is not None:
            with np.errstate(all="ignore"):
                gradient = source.backward(np.float64(seed), saved)  # which divides by 0 as arrays do
                settled = np.isfinite(gradient).all() if each else math.isfinite(gradient @ gradient)
            if settled:
                return rows[0] if each else float(rows[0].sum()), gradient
        outputs, slopes = self._replayed(part, theta, True, not each)
        losses = outputs[:, 0]
        if part.size == 1 and not each:
            return losses.item(), slopes
        with np.errstate(all="ignore"):  # infinities of both signs have no sum, and NaN says so
            return losses if each else float(losses.sum()), slopes if seed == 1.0 else seed * slopes

    def _computed(self, source: Source, part: Stretch, theta: Floats) -> tuple[Floats | None, Any]:
        """The roots' numbers (roots, n) by the written code, and what its backward pass needs; None where they are not to be trusted."""
        with np.errstate(all="ignore"):
            rows, saved = source.forward(theta[:, None], *part.columns)
            settled = math.isfinite(rows.sum()) and bool(rows[len(rows) - self.signed :].all())  # no inf and no NaN gets lost in a sum
        if rows.shape[1] < part.size:
            rows = np.broadcast_to(rows, (len(rows), part.size))
        if self.guards:
            verify(self.guards, rows, part.first)
        return (rows, saved) if settled else (None, None)

    def _replayed(self, part: Stretch, theta: Floats, gradients: bool = False, summed: bool = False) -> tuple[Floats, Any]:
        """The roots' numbers (n, roots) by the tape, and the gradients where they are wanted."""
        inputs = np.concatenate(part.columns).T if part.columns else _NOTHING
        outputs, slopes = self.tape.run(inputs, theta, gradients, summed)
        if self.guards:
            verify(self.guards, outputs.T, part.first)
        if math.isnan(outputs.item()) if outputs.size == 1 else np.isnan(outputs).any():
            self.tape.run(inputs, theta, strict=True, first=part.first)  # says what was refused, unless a NaN was given
        return outputs, slopes
