"""A derivation as a whole: its forward program, and its claims in order.

A line whose left side is a plain quantity defines it; one whose left side is a derivative claims something, and so do
a number for a quantity that is defined elsewhere, a rule for a function, and a chain's further sides.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from .lexer import Unreadable
from .tape import Tape
from .terms import Term
from .vocabulary import Vocabulary


@dataclass
class Line:
    """One thing that a sheet says: ``left = right``, where it stands, and what kind of saying it is.

    ``kind`` is definition, point (a leaf's number), claim, identity (between functions), assumption, or unreadable.
    """

    span: tuple[int, int]
    kind: str
    left: Term | None = None
    right: Term | None = None
    sign: str = "="
    trouble: Unreadable | None = None
    statement: tuple[int, int] = (0, 0)  # where its statement begins, and which of the claims for every index it is
    chained: bool = False  # a further side of the chain that the line before belongs to
    variables: frozenset[str] = frozenset()
    latex: bool = False
    code: bool = False
    right_span: tuple[int, int] = (0, 0)  # of the whole right side, brackets and all
    sign_end: int = 0


@dataclass
class Sheet:
    """A file that was read."""

    text: str
    file: str
    lines: list[Line] = field(default_factory=list)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    tape: Tape = field(default_factory=Tape)
    late: dict[str, Term] = field(default_factory=dict)  # definitions that speak of derivatives: δ_3 = ∂L/∂z_3
    point: dict[str, float] = field(default_factory=dict)
    loss: str | None = None
    broken: dict[str, Line] = field(default_factory=dict)  # quantities whose definition could not be read
    options: dict[str, str] = field(default_factory=dict)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1."""
        row = bisect_right(self._starts, offset)
        return row, offset - self._starts[row - 1] + 1

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]
