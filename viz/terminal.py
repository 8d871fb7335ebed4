"""A report in a terminal: coloured, and folded to its width so that every caret stands under what it points at."""

from __future__ import annotations

import textwrap

from rich.console import Console
from rich.text import Text

from autograd.derivation.report import Finding, Report
from autograd.derivation.text import MARKS, block, headline

COLOURS = {
    "right": "green", "wrong": "red", "follow-on": "yellow", "cancels": "magenta", "rounding": "cyan",
    "unreadable": "red", "undecided": "yellow", "definition": "bright_black",
}  # fmt: skip
_ROW, _BLOCK = 9, 15  # columns before a formula in a row, and before what stands behind "right line"
_AROUND = 12  # columns shown beside the piece that carets point at, where a line is too long


def show(report: Report, console: Console) -> None:
    """Print a report; what is not printed to a terminal is neither coloured nor folded."""
    width = max(console.width, 30) if console.is_terminal else 0
    console.print(Text(_folded(plain(headline(report)), width, 2), style="bold"))
    for finding in report.lines:
        console.print(_row(finding, width))
    for finding in report.lines:
        if finding.verdict in ("wrong", "cancels", "unreadable", "undecided"):
            first, *rest = map(plain, block(finding, report.file))
            console.print()
            console.print(Text(_folded(first, width, 5), style=f"bold {COLOURS[finding.verdict]}"))
            for line in _fitted(rest, width) if width else rest:
                console.print(_coloured(_folded(line, width, _BLOCK)))
    console.print()


def plain(text: str) -> str:
    """Text that does nothing to a terminal: a file's own control characters are shown as �.

    >>> plain("a" + chr(27) + "[31mb")
    'a�[31mb'
    """
    return "".join(c if c.isprintable() else "�" for c in text.replace("\t", " "))


def _row(finding: Finding, width: int) -> Text:
    shown = plain(" ".join((finding.understood or finding.text).split()))
    row = Text(f"{finding.line:>5}  ")
    row.append(MARKS[finding.verdict] + " ", style=COLOURS[finding.verdict])
    folded = _folded(" " * _ROW + shown, width, _ROW)[_ROW:]
    row.append(folded, style=COLOURS["definition"] if finding.verdict == "definition" else "")
    if finding.carries:
        carries = f"carries line {finding.carries}"
        used = len(row.plain.rpartition("\n")[2]) + 3 + len(carries)
        row.append(f"\n{' ' * _ROW}{carries}" if width and used > width else f"   {carries}", style=COLOURS["follow-on"])
    return row


def _coloured(line: str) -> Text:
    for start, colour in (("  your line", "red"), ("  the truth", "green"), ("  right line", "green")):
        if line.startswith(start):
            return Text(line, style=colour)
    return Text(line, style="red" if _carets(line) else "")


def _carets(line: str) -> bool:
    return set(line.rpartition("| ")[2].strip()) == {"^"}


def _folded(line: str, width: int, indent: int) -> str:
    """A line broken at blanks, its further rows indented."""
    if not width or len(line) <= width:
        return line
    return "\n".join(textwrap.wrap(line, width, subsequent_indent=" " * indent, drop_whitespace=True, break_on_hyphens=False))


def _fitted(lines: list[str], width: int) -> list[str]:
    """A source line that is too long, cut on both sides to what the carets under it point at."""
    if len(lines) < 2 or not _carets(lines[1]) or len(lines[0]) <= width:
        return lines
    gutter = lines[1].index("| ") + 2
    source, carets, room = lines[0][gutter:], lines[1][gutter:], width - gutter
    start, end = len(carets) - len(carets.lstrip()), len(carets)
    begin = max(0, min(start - _AROUND, max(end + _AROUND, len(source)) - room, len(source) - room))
    if end - begin > room:
        begin = max(0, start - 2)
    shown = source[begin : begin + room]
    shown = ("…" if begin else shown[:1]) + shown[1:]
    if begin + room < len(source):
        shown = shown[:-1] + "…"
    return [lines[0][:gutter] + shown, lines[1][:gutter] + carets[begin : begin + room], *lines[2:]]
