"""The report of a check: a plain object, the same in text and in JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..graph import Graph
from ..op import describe
from ..value import Value
from .case import line_end
from .checking import Checker
from .codes import CODES
from .diagnosis import Doctor
from .digits import decimals, rounded
from .reader import read
from .sheet import Sheet
from .terms import Partial
from .verdicts import VERDICTS, Judged
from .ways import because
from .writing import Notation

Forward = Value | Graph | Callable[[], Value] | str | None


@dataclass
class Finding:
    """One line's verdict, with everything needed to show it."""

    line: int
    column: int
    text: str
    understood: str
    kind: str
    verdict: str
    value_ok: bool | None = None
    step_ok: bool | None = None
    code: str | None = None
    cause: str | None = None
    carries: int | None = None
    suggestion: str | None = None
    claimed: list[float] | None = None
    true: list[float] | None = None
    because: str | None = None
    also: list[str] = field(default_factory=list)
    mark: tuple[int, int] | None = None  # from and to, within the text, of the piece that is doubted


@dataclass
class Report:
    """What a check found: ``lines`` in order, ``summary`` by verdict, ``first_wrong`` the file's line or None."""

    file: str
    seed: int
    points: int
    lines: list[Finding]
    leaves: list[str]
    sheet: Sheet = field(repr=False, compare=False)

    version = 1

    @property
    def summary(self) -> dict[str, int]:
        """How many lines have each verdict."""
        return {verdict: sum(line.verdict == verdict for line in self.lines) for verdict in VERDICTS}

    @property
    def first_wrong(self) -> int | None:
        """The file's line with the first own mistake; None when there is none."""
        return next((line.line for line in self.lines if line.verdict in ("wrong", "cancels")), None)

    @property
    def status(self) -> int:
        """The exit status: 0 all right, 1 a wrong or cancelling line, 2 unreadable or nothing claimed, 3 undecided."""
        found = self.summary
        if found["unreadable"] or not any(found[v] for v in VERDICTS if v != "definition"):
            return 2
        return 1 if found["wrong"] or found["cancels"] or found["follow-on"] else 3 if found["undecided"] else 0

    def to_json(self) -> str:
        """The report as JSON, version 1; null stands for what is no finite number."""
        plain = {
            "version": self.version,
            "file": self.file,
            "seed": self.seed,
            "points": self.points,
            "lines": [{key: _finite(value) for key, value in asdict(line).items() if key not in ("also", "mark")} for line in self.lines],
            "summary": self.summary,
            "first_wrong": self.first_wrong,
        }
        return json.dumps(plain, ensure_ascii=False, indent=1, allow_nan=False)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": str(self), "text/markdown": f"```text\n{self}\n```"}

    def __str__(self) -> str:
        from .text import text

        return text(self)


def check(
    source: str | Path,
    forward: Forward = None,
    *,
    points: int = 5,
    seed: int = 7,
    aliases: Mapping[str, str] | None = None,
    suffix: str | None = None,
) -> Report:
    """Check a derivation line by line: a file, or the text itself.

    ``forward`` is the program when the text does not define it: a Value (the loss, its parts named), a function that
    returns one, or ``"model.py:build"``. ``points`` is the number of random points, ``aliases`` other names for quantities.

    >>> report = check('''
    ... z = w*x + b
    ... a = s(z)
    ... L = (y - a)^2
    ... dL/da = -2(y - a)
    ... dL/dz = dL/da * s'(a)
    ... dL/dw = dL/dz * x
    ... ''')
    >>> report.first_wrong, report.lines[4].code, report.lines[4].suggestion
    (6, 'D104', "dL/dz = dL/da * s'(z)")

    Raises FileNotFoundError and UnicodeDecodeError for files that cannot be read, ValueError for a forward program
    that is none.
    """
    text, file, ending = _source(source)
    program = _graph(forward)
    with np.errstate(all="ignore"):  # points where an operation has no value are looked for, and left out
        sheet = read(text, file, suffix=suffix or ending, forward=program, aliases=aliases)
        checker = Checker(sheet, points, seed)
        doctor = Doctor(checker)
        findings = [_finding(sheet, doctor, judged) for judged in checker.run()]
    return Report(file, seed, points, findings, sheet.tape.leaves, sheet)


def assert_derivation(source: str | Path, forward: Forward = None, **options: Any) -> None:
    """Check a derivation in a test: AssertionError, with the report, unless every line is right."""
    report = check(source, forward, **options)
    assert report.status == 0, f"\n{report}"


def _source(source: str | Path) -> tuple[str, str, str | None]:
    if not isinstance(source, str | Path):
        raise TypeError(f"a derivation is text or the path of a file, not {describe(source)}")
    is_file = isinstance(source, Path) or (
        "\n" not in source and len(source) < 1000 and Path(source).suffix in (".md", ".txt", ".py", ".tex")
    )
    if not is_file:
        return str(source), "", None
    path = Path(source)
    return path.read_text(encoding="utf-8"), str(path), path.suffix


def _graph(forward: Forward) -> Graph | None:
    if forward is None or isinstance(forward, Graph):
        return forward
    if isinstance(forward, str):
        from .program import load

        forward = load(forward)
    if callable(forward) and not isinstance(forward, Value):
        forward = forward()
    if not isinstance(forward, Value):
        raise ValueError(f"a forward program is a Value, or a function that returns one, not {type(forward).__name__}")
    return Graph(forward)


def _finding(sheet: Sheet, doctor: Doctor, judged: Judged) -> Finding:
    line = judged.line
    row, column = sheet.place(line.span[0])
    text = sheet.text[line.span[0] : line_end(sheet, line)]
    found = Finding(row, column, text, "", line.kind, judged.verdict, judged.value_ok, judged.step_ok)
    plain = Notation("text", times=" · ")
    if line.right is not None:
        head = sheet.text[line.span[0] : line.right_span[0]].rpartition(line.sign)[0].strip()  # the f(x) of a function
        left = plain.write(line.left) if line.left is not None else head
        found.understood = f"{left} {line.sign.lstrip('&')} {plain.write(line.right)}".strip()
    if line.trouble is not None:
        found.code, found.cause, found.kind = line.trouble.code, str(line.trouble), "unreadable"
        found.mark = line.trouble.start - line.span[0], line.trouble.end - line.span[0]
        if line.trouble.end <= line.span[0] or line.trouble.start >= line.span[1]:
            found.mark = None
    if judged.carries is not None:
        found.carries = sheet.place(judged.carries.line.span[0])[0]
    if judged.verdict in ("wrong", "cancels", "follow-on"):
        found.claimed, found.true = (_numbers(column, doctor.checker.count) for column in (judged.claimed, judged.true))
    if judged.verdict == "follow-on" and judged.code == "D203":
        found.code, found.cause = "D203", f"right for another loss, by the factor of line {found.carries}"
    elif judged.verdict == "follow-on":
        found.code, found.cause = "D201", f"the method is right; the value carries line {found.carries}"
    elif judged.verdict == "undecided":
        found.code, found.cause = "D303", judged.cause
    elif judged.verdict in ("wrong", "cancels"):
        _explain(doctor, judged, found)
    return found


def _explain(doctor: Doctor, judged: Judged, found: Finding) -> None:
    line, diagnosis = judged.line, doctor.diagnose(judged)
    causes = [] if judged.cause else diagnosis.causes
    found.code = judged.code or (causes[0].code if causes else "D199")
    found.cause = judged.cause or causes[0].said if judged.cause or causes else CODES[found.code][0]
    found.also = [f"{cause.code}: {cause.said}" for cause in causes[1:]]
    if causes and causes[0].span:
        found.mark = causes[0].span[0] - line.span[0], causes[0].span[1] - line.span[0]
    found.suggestion = diagnosis.suggestion
    if found.code == "D113" and found.true and line.right is not None and len(found.true) == 1:
        found.suggestion = (
            f"{doctor.checker.sheet.text[line.span[0] : line.sign_end].rstrip()} {rounded(found.true[0], decimals(line.right))}"
        )
    if isinstance(line.left, Partial) and doctor.checker.truth is not None:
        found.because = because(doctor.scope(doctor.checker.truth), line.left)


def _finite(thing: Any) -> Any:
    return [x if math.isfinite(x) else None for x in thing] if isinstance(thing, list) else thing


def _numbers(column: Any, most: int) -> list[float] | None:
    return None if column is None else [float(x) for x in np.ravel(column)[:most]]
