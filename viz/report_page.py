"""The report of a check as one HTML page: every line as MathML with its verdict, and the graph with the verdicts on it."""

from __future__ import annotations

from html import escape

from autograd import Value
from autograd.derivation.graph import value_graph
from autograd.derivation.report import Finding, Report
from autograd.derivation.sheet import Line
from autograd.derivation.terms import Partial
from autograd.derivation.text import MARKS, block, headline
from autograd.explanation import number

from . import mathml
from .drawing import draw
from .engine import DrawingError
from .graph import Mark
from .page import page

_WORDS = {
    "right": "right", "wrong": "wrong", "follow-on": "follow-on", "cancels": "cancels", "rounding": "right but for rounding",
    "unreadable": "unreadable", "undecided": "undecided", "definition": "definition",
}  # fmt: skip


def as_html(reports: list[Report]) -> str:
    """One page for all the reports."""
    title = "Derivation checked" if len(reports) != 1 else f"Derivation checked: {reports[0].file}"
    return page(title, "\n".join(_section(report) for report in reports))


def _section(report: Report) -> str:
    rows = "".join(_row(finding, line) for finding, line in zip(report.lines, report.sheet.lines, strict=True))
    blocks = "".join(
        f'<section class="{finding.verdict}"><h3>Line {finding.line}: {escape(f"{finding.code} {finding.cause}")}</h3>'
        f"<pre>{escape(chr(10).join(block(finding, report.file)[1:]))}</pre></section>"
        for finding in report.lines
        if finding.verdict in ("wrong", "cancels", "unreadable", "undecided")
    )
    head = '<thead><tr><th scope="col">line</th><th scope="col">verdict</th><th scope="col">as understood</th></tr></thead>'
    table = (
        f'<div class="scroll"><table class="lines"><caption>{escape(headline(report))}</caption>{head}<tbody>{rows}</tbody></table></div>'
    )
    return f"<h2>{escape(report.file or 'the derivation')}</h2>\n{table}\n{_graph(report)}\n{blocks}"


def _row(finding: Finding, line: Line) -> str:
    shown = mathml.formula(line.left, line.sign, line.right) if line.right is not None else f"<code>{escape(finding.text)}</code>"
    carries = f" <span class='muted'>carries line {finding.carries}</span>" if finding.carries else ""
    verdict = f"{MARKS[finding.verdict].strip()} {_WORDS[finding.verdict]}"
    return f'<tr class="{finding.verdict}"><th scope="row">{finding.line}</th><td>{verdict}{carries}</td><td>{shown}</td></tr>\n'


def _graph(report: Report) -> str:
    """The forward program's graph at the first random point, each claimed gradient beside the true one."""
    sheet = report.sheet
    try:
        graph = value_graph(sheet, report.seed, own=False)
        loss = graph[str(sheet.loss)]
        marks = _marks(report, graph.named)
        drawn = draw(loss, marks=marks).svg()
    except (ValueError, KeyError, DrawingError) as trouble:
        return f'<p class="muted">No drawing of the forward program: {escape(str(trouble))}</p>'
    return f"<h3>The forward program, with the verdicts on its gradients</h3>\n<figure>{drawn}</figure>"


def _marks(report: Report, values: dict[str, Value]) -> dict[Value, Mark]:
    marks: dict[Value, Mark] = {}
    order = {"right": 0, "follow-on": 1, "wrong": 2}
    for finding, line in zip(report.lines, report.sheet.lines, strict=True):
        left = line.left
        if not isinstance(left, Partial) or left.upper != report.sheet.loss or left.lower not in values:
            continue
        verdict = {"rounding": "right", "cancels": "wrong"}.get(finding.verdict, finding.verdict)
        if verdict not in order:
            continue
        claimed = f", claimed {number(finding.claimed[0])}" if finding.claimed and len(finding.claimed) > 1 else ""
        mark = Mark(verdict, f"{MARKS[finding.verdict]} line {finding.line} {finding.verdict}{claimed}")
        value = values[left.lower]
        if value not in marks or order[verdict] > order[marks[value].verdict]:
            marks[value] = mark
    return marks
