"""What is found of one line: the verdicts there are, and everything that led to one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .sheet import Line
from .truth import Truth

RTOL = 1e-9
VERDICTS = ("right", "wrong", "follow-on", "cancels", "rounding", "unreadable", "undecided", "definition")


@dataclass
class Judged:
    """One line and what was found of it."""

    line: Line
    verdict: str
    value_ok: bool | None = None
    step_ok: bool | None = None
    claimed: Any = None  # at the points
    true: Any = None
    carries: Judged | None = None
    code: str | None = None
    cause: str = ""
    suggestion: str | None = None
    also: list[Any] = field(default_factory=list)
    truth: Truth | None = None  # of a rule about functions, which has points of its own


def alike(a: Any, b: Any) -> bool:
    """Whether two lines claim the same, at every point."""
    return a is not None and b is not None and len(a) == len(b) and bool(np.allclose(a, b, rtol=RTOL, atol=0))
