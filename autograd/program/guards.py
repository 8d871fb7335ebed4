"""The guards of a program: comparisons between its roots, made again for every sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..guards import SIGNS, Guard
from ..value import Value
from .columns import Floats


def placed(guards: Sequence[Guard], first: int) -> tuple[list[Guard], list[Value]]:
    """The guards over places among the roots, counted from ``first``, and the Values that stand there."""
    roots: dict[Value, int] = {}

    def place(side: Any) -> Any:
        return roots.setdefault(side, first + len(roots)) if isinstance(side, Value) else side

    return [guard.over(place) for guard in guards], list(roots)


def verify(guards: Sequence[Guard], rows: Floats, first: int) -> None:
    """Raise BranchError for the first sample whose comparisons come out otherwise.

    ``rows`` are the roots', one column a sample, and the samples are counted from ``first``.
    """
    broken: list[tuple[int, Guard]] = []
    for guard in guards:
        left, right = _side(guard.left, rows), _side(guard.right, rows)
        held = np.broadcast_to(SIGNS[guard.sign](left, right) == guard.outcome, rows.shape[1:])
        if not held.all():
            broken.append((int(np.argmin(held)), guard))
    if broken:
        sample, guard = min(broken, key=lambda pair: pair[0])
        a, b = (float(np.broadcast_to(_side(side, rows), rows.shape[1:])[sample]) for side in (guard.left, guard.right))
        raise guard.broken(f"sample {first + sample}", a, b)


def _side(side: int | float, rows: Floats) -> Any:
    return rows[side] if isinstance(side, int) else side
