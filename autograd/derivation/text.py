"""The report as text, for terminals and for ``str(report)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .report import Finding, Report

MARKS = {
    "right": "✓",
    "wrong": "✗",
    "follow-on": "↳",
    "cancels": "≠",
    "rounding": "≈",
    "unreadable": "?",
    "undecided": "·",
    "definition": " ",
}


def text(report: Report) -> str:
    """The whole report: one line each, then what is wrong, then the sum."""
    lines = [_row(finding) for finding in report.lines]
    for finding in report.lines:
        if finding.verdict in ("wrong", "cancels", "unreadable", "undecided"):
            lines += ["", *block(finding, report.file)]
    return "\n".join([*lines, "", headline(report)])


def headline(report: Report) -> str:
    """How many lines were checked, and what they are."""
    found = report.summary
    claims = sum(found[verdict] for verdict in found if verdict != "definition")
    parts = ", ".join(f"{count} {verdict}" for verdict, count in found.items() if count and verdict != "definition")
    where = f"{report.file}: " if report.file else ""
    points = f"at {report.points} random points (seed {report.seed})"
    return f"{where}{claims} line{'s' * (claims != 1)} checked {points}: {parts or 'nothing to check'}"


def _row(finding: Finding) -> str:
    carries = f"   carries line {finding.carries}" if finding.carries else ""
    shown = " ".join((finding.understood or finding.text).split())
    return f"{finding.line:>5}  {MARKS[finding.verdict]} {shown}{carries}"


def block(finding: Finding, file: str) -> list[str]:
    """What is wrong with one line, why, and what it should be."""
    title = f"{finding.code} {finding.cause}"
    where = f"{file}:{finding.line}:{finding.column}" if file else f"line {finding.line}, column {finding.column}"
    gutter = " " * len(str(finding.line))
    shown = finding.text.splitlines() or [""]
    lines = [f"{title}   [{where}]", f"  {finding.line} | {shown[0]}"]
    if finding.mark and finding.mark[0] < len(shown[0]):
        start, end = finding.mark[0], min(max(finding.mark[1], finding.mark[0] + 1), len(shown[0]) + 1)
        lines.append(f"  {gutter} | {' ' * start}{'^' * (end - start)}")
    lines += [f"  {gutter} | {rest}" for rest in shown[1:]]
    if finding.claimed and finding.true:
        lines.append(f"  your line    {_numbers(finding.claimed)}")
        lines.append(f"  the truth    {_numbers(finding.true)}")
    if finding.suggestion:
        lines.append(f"  right line   {' '.join(finding.suggestion.split())}")
    if finding.because:
        lines.append(f"  because      {finding.because}")
    lines += [f"  or           {other}" for other in finding.also]
    return lines


def _numbers(column: list[float]) -> str:
    if len(column) == 1:
        return f"{column[0]:.12g}"
    return "  ".join(f"{x:>12.6g}" for x in column[:3])
