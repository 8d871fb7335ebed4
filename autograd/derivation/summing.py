"""Derivatives that are added up with +=, one way from the loss at a time; only the last line claims the total."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from .lexer import Unreadable
from .sheet import Line
from .terms import Number, Partial
from .verdicts import RTOL, Judged

if TYPE_CHECKING:
    from .checking import Checker

_SIGNS = ("+=", "-=")


class Sums:
    """The sums of one sheet while its lines are judged in order."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self.groups: dict[tuple[str, str], list[Judged]] = {}
        self._followed: set[int] = set()  # lines to which the next line of the same derivative adds
        self.begun: set[int] = set()  # lines of code that set a derivative to 0 before it is worked out
        lines: dict[tuple[str, str], list[Line]] = defaultdict(list)
        for line in checker.sheet.lines:
            if isinstance(line.left, Partial):
                lines[line.left.upper, line.left.lower].append(line)
        for same in lines.values():
            self.begun.update(id(line) for line in same[:-1] if line.code and isinstance(line.right, Number) and not line.right.value)
            self._followed.update(id(line) for line, following in pairwise(same) if following.sign in _SIGNS)

    def goes_on(self, line: Line) -> bool:
        """Whether later lines add to this claim."""
        return id(line) in self._followed

    def is_open(self, partial: Partial) -> bool:
        """Whether more is still to be added to a derivative."""
        group = self.groups.get((partial.upper, partial.lower))
        return bool(group) and id(group[-1].line) in self._followed  # type: ignore[index]

    def summand(self, line: Line) -> Judged:
        """One contribution to a derivative; the last one settles the total, and is settled with it."""
        checker = self.checker
        assert line.right is not None and checker.writer is not None and checker.truth is not None
        if not isinstance(line.left, Partial):
            raise Unreadable("only a derivative is added up with +=", *line.span)
        key = line.left.upper, line.left.lower
        if line.sign not in ("+=", "-="):
            self.groups[key] = []
        group = self.groups.setdefault(key, [])
        sign = -1.0 if line.sign == "-=" else 1.0
        by_value, by_step = sign * checker.column(checker.writer.of(line.right)), sign * checker.column(checker.truth.of(line.right))
        judged = Judged(line, "right", True, True, by_value, by_step)
        judged.also = [by_step]
        group.append(judged)
        total_value, total_step = sum(j.claimed for j in group), sum(j.also[0] for j in group)
        checker.writer.claim(line.left, total_value)
        if self.goes_on(line):
            return judged
        true = checker.column(checker.truth.of(line.left))
        value_ok, step_ok = checker.same(total_value, true, line.right, None), checker.same(total_step, true, line.right, None)
        if not (value_ok and step_ok):
            self._find_summand(group, true, value_ok=value_ok, step_ok=step_ok)
        for j in group:
            j.also = []
            if j.verdict in ("wrong", "follow-on"):
                checker.blame[key] = j.carries or j
        return judged

    def _find_summand(self, group: list[Judged], true: Any, *, value_ok: bool, step_ok: bool) -> None:
        """Which of the contributions to a wrong total is the wrong one: it is none of the true ways' shares."""
        if step_ok:
            for j in group:
                if not np.allclose(j.claimed, j.also[0], rtol=RTOL, atol=0):
                    j.verdict, j.value_ok, j.carries = "follow-on", False, self.checker.carried(j.line)
            return
        left = group[-1].line.left
        assert isinstance(left, Partial)
        shares = self._shares(left)
        shares.append(np.zeros_like(shares[0]) if shares else np.zeros_like(true))  # dw = 0, before the adding up begins
        strangers = [j for j in group if not any(np.allclose(j.also[0], share, rtol=1e-7, atol=1e-12) for share in shares)]
        guilty = strangers or [group[-1]]
        others = sum(j.also[0] for j in group if j not in guilty)
        for j in guilty:
            j.verdict, j.value_ok, j.step_ok = "wrong", value_ok, False
            j.true = true - others if len(guilty) == 1 else true
            j.claimed = j.also[0]

    def _shares(self, left: Partial) -> list[Any]:
        """The contributions of the ways that lead on from a quantity, every sum of some of them."""
        truth = self.checker.truth
        assert truth is not None
        tape, values = self.checker.sheet.tape, truth._values
        gradients = tape.sweep(values, tape.places[left.upper])
        place = tape.places[left.lower]
        single = []
        for node, (op, args) in enumerate(zip(tape.ops, tape.args, strict=True)):
            if op is not None and node in gradients:
                for i, arg in enumerate(args):
                    if arg == place:
                        single.append(self.checker.column(gradients[node] * op.partials[i](values[node], *[values[a] for a in args])))
        sums = [np.zeros(0)]
        for share in single[:10]:
            sums += [share if not len(s) else s + share for s in sums]
        return [s for s in sums if len(s)]
