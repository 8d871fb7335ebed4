"""``turunan check`` and ``turunan explain``: a report in the form that somebody, or some program, wants it in."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from autograd import Value, explain
from autograd.derivation.codes import CODES
from autograd.derivation.graph import bearer, value_graph
from autograd.derivation.reader import read
from autograd.derivation.report import Report, check

from .formats import FORMATS, as_json
from .terminal import show


def run(files: list[Path], forward: str | None, format: str, points: int, seed: int, aliases: Mapping[str, str], out: Path | None) -> int:
    """Check every file and write the reports; returns the exit status, the worst of all files."""
    reports, statuses = [], []
    for file in files:
        try:
            report = check(file, forward, points=points, seed=seed, aliases=aliases)
        except (OSError, UnicodeDecodeError, ValueError) as error:
            print(f"turunan: {file}: {_said(error)}", file=sys.stderr)
            statuses.append(2)
            continue
        reports.append(report)
        statuses.append(report.status)
    if format == "text" and out is None:
        console = Console(highlight=False, soft_wrap=True)
        for report in reports:
            show(report, console)
    else:
        written = _written(reports, format, several=len(files) > 1)
        if out is None:
            print(written, end="")
        else:
            try:
                out.write_text(written, encoding="utf-8")
            except OSError as error:
                print(f"turunan: {out} cannot be written: {_said(error)}", file=sys.stderr)
                statuses.append(2)
    return next((status for status in (2, 1, 3) if status in statuses), 0)


def _written(reports: list[Report], format: str, *, several: bool) -> str:
    if format == "text":
        return "\n".join(str(report) for report in reports) + "\n"
    return as_json(reports, several=several) if format == "json" else FORMATS[format](reports)


def explain_code(code: str) -> str | None:
    """What a code means; None when there is no such code."""
    found = CODES.get(code.upper())
    return f"{code.upper()}: {found[0]}\n\n{found[1]}" if found else None


def explain_derivative(file: Path, output: str, quantity: str, style: str) -> str:
    """∂output/∂quantity of a file's forward program, step by step.

    Raises KeyError for a name that the program does not have, ValueError for another style or no dependence.
    """
    sheet = read(file.read_text(encoding="utf-8"), str(file), suffix=file.suffix)
    graph = value_graph(sheet)

    def value(name: str) -> Value:
        known = sheet.vocabulary.quantity(name)
        if known is None:
            raise KeyError(f"{name!r} is no quantity of {file}{sheet.vocabulary.meant(name)}")
        return graph[bearer(sheet, known)]

    own = all(leaf in sheet.point for leaf in sheet.tape.leaves)
    note = "" if own or style != "text" else "\n(the numbers are those of a random point: the file gives none for some leaf)"
    return explain(value(output), value(quantity), style) + note


def _said(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 text (byte {error.start}): save it as UTF-8"
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
