"""Rules that compare their inputs, written as conditions: every comparison is answered both ways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .op import Op, Rule

Branches = str | tuple[str, "Branches", "Branches"]  # what is given, or a condition, what it gives then, and otherwise


def branches(rule: Rule, names: Sequence[str]) -> Branches:
    """What the rule gives for inputs of these names; TypeError for a rule that computes.

    >>> branches(lambda a, b: a if a < b else 0, ["x", "y"])
    ('x < y', 'x', '0.0')
    """
    return _asked(rule, names, {})


def chosen(found: Branches, choice: str) -> str:
    """Branches as one expression; ``choice`` is the template of a condition, what it gives then, and otherwise."""
    return found if isinstance(found, str) else choice.format(found[0], *[chosen(side, choice) for side in found[1:]])


def number(x: float) -> str:
    """A number in C; in Python, too, where it is finite.

    >>> number(2), number(float("-inf"))
    ('2.0', '(-INFINITY)')
    """
    return {"inf": "INFINITY", "-inf": "(-INFINITY)", "nan": "NAN"}.get(repr(float(x)), repr(float(x)))


class _UnansweredError(Exception):
    """A rule wants to know whether a condition holds."""

    def __init__(self, condition: str) -> None:
        self.condition = condition


class _Probe:
    """An input that answers comparisons as it was told to."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, text: str, answers: Mapping[str, bool]) -> None:
        self.text, self.answers = text, answers

    @staticmethod
    def __op__(op: Op, args: tuple[Any, ...]) -> Any:
        return op.fn(*args)

    def _answer(self, sign: str, other: Any) -> bool:
        condition = f"{self.text} {sign} {other.text if isinstance(other, _Probe) else number(other)}"
        if condition not in self.answers:
            raise _UnansweredError(condition)
        return self.answers[condition]

    def __lt__(self, other: Any) -> bool:
        return self._answer("<", other)

    def __le__(self, other: Any) -> bool:
        return self._answer("<=", other)

    def __gt__(self, other: Any) -> bool:
        return self._answer(">", other)

    def __ge__(self, other: Any) -> bool:
        return self._answer(">=", other)

    def __eq__(self, other: object) -> bool:
        return self._answer("==", other)

    def __ne__(self, other: object) -> bool:
        return self._answer("!=", other)

    def __bool__(self) -> bool:
        return self._answer("!=", 0.0)


def _asked(rule: Rule, names: Sequence[str], answers: dict[str, bool]) -> Branches:
    try:
        result = rule(*[_Probe(name, answers) for name in names])
    except _UnansweredError as asked:
        yes, no = [_asked(rule, names, {**answers, asked.condition: answer}) for answer in (True, False)]
        return yes if yes == no else (asked.condition, yes, no)
    return result.text if isinstance(result, _Probe) else number(result)
