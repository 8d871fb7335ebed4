"""The report of a check as one HTML page: every line as MathML with its verdict, and the graph with the verdicts on it.

A line links to its card in the graph and the card to its line; that needs no script. A small one lights both at once.
"""

from __future__ import annotations

import re
from html import escape
from importlib.resources import files
from itertools import count

from autograd.derivation.codes import CODES
from autograd.derivation.report import Finding, Report
from autograd.derivation.sheet import Line
from autograd.derivation.text import MARKS, headline
from autograd.names import pretty

from . import mathml, verdicts
from .engine import DrawingError
from .page import page
from .quantities import graphs

EXPLAINED = ("wrong", "cancels", "unreadable", "undecided")
_SHRUNK = 0.8  # a drawing is made smaller to fit the page, down to this; then it scrolls
_shown = count(1)


class Html(str):
    """HTML that a notebook shows as such."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


def as_html(reports: list[Report]) -> str:
    """One page for all the reports; it needs nothing but itself."""
    title = "Derivation checked" if len(reports) != 1 else f"Derivation checked: {reports[0].file}".removesuffix(": ")
    body = "\n".join(_section(report, f"r{i}-", "still", titled=len(reports) > 1) for i, report in enumerate(reports, 1))
    return page(title, body, _resource("report.css"), _resource("report.js"))


def html(report: Report) -> Html:
    """A report for a notebook's cell: the page's content, light, with its style and without a script."""
    return Html(f"<style>{_resource('report.css')}</style>\n{_section(report, f'cell{next(_shown)}-', 'still light', titled=True)}")


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _section(report: Report, prefix: str, look: str, *, titled: bool) -> str:
    shapes, drawn = _graphs(report, prefix)
    sources = {finding.line: i for i, finding in reversed(list(enumerate(report.lines))) if finding.verdict in ("wrong", "cancels")}
    rows = "".join(
        _row(i, finding, line, prefix, shapes.get(i, ""), sources.get(finding.carries or 0, i))
        for i, (finding, line) in enumerate(zip(report.lines, report.sheet.lines, strict=True))
    )
    name = escape(report.file or "the derivation")
    heading = f"<h2>{name}</h2>\n" if titled else ""
    return (
        f'<div class="derivation {look}">{heading}{_outcome(report, prefix)}\n{drawn}\n'
        f'<h3>Every line</h3>\n<ol class="lines" role="list" aria-label="every line of {name}">\n{rows}</ol></div>'
    )


def _outcome(report: Report, prefix: str) -> str:
    """What came out, and where: each verdict with the lines that have it."""
    items = []
    for verdict, many in report.summary.items():
        if not many or verdict == "definition":
            continue
        at = [f'<a href="#{prefix}{i}">{finding.line}</a>' for i, finding in enumerate(report.lines) if finding.verdict == verdict]
        where = f": line{'s' * (many > 1)} {', '.join(at)}" if verdict != "right" else ""
        items.append(f'<li class="{verdict}"><span class="verdict">{MARKS[verdict]} {many} {verdict}</span>{where}</li>')
    said = headline(report).removeprefix(f"{report.file}: ").partition(": ")[0]
    return f'<p class="outcome">{escape(said)}</p>\n<ul class="counts" role="list">{"".join(items) or "<li>nothing to check</li>"}</ul>'


def _row(i: int, finding: Finding, line: Line, prefix: str, shape: str, source: int) -> str:
    shown = f"<code>{_marked(finding)}</code>" if line.right is None else mathml.formula(line.left, line.sign, line.right)
    link = f' data-shape="{shape}"' if shape else ""
    jump = f'<a class="there" href="#{shape}" aria-label="line {finding.line} in the graph">in the graph</a>' if shape else ""
    carries = f'<br><a class="muted" href="#{prefix}{source}">carries line {finding.carries}</a>' if finding.carries else ""
    verdict = f'<span class="verdict"><span aria-hidden="true">{MARKS[finding.verdict].strip()}</span> {finding.verdict}</span>{carries}'
    why = _why(finding, line) if finding.verdict in EXPLAINED else ""
    return (
        f'<li id="{prefix}{i}" class="{finding.verdict}" tabindex="-1"{link}><span class="number">{finding.line}</span>'
        f'<span>{verdict}</span><div class="said">{shown}</div>{jump or "<span></span>"}{why}</li>\n'
    )


def _why(finding: Finding, line: Line) -> str:
    """What is wrong with a line, why, and what it should be."""
    parts = [("written", f"<code>{_marked(finding)}</code>")] if line.right is not None else []
    if finding.claimed and finding.true:
        parts.append(("numbers", _numbers(finding.claimed, finding.true)))
    if finding.suggestion:
        parts.append(("right line", f"<code>{escape(' '.join(finding.suggestion.split()))}</code>"))
    if finding.because:
        parts.append(("because", escape(finding.because)))
    parts += [("or", escape(other)) for other in finding.also]
    rows = "".join(f"<dt>{name}</dt><dd{_SOURCE * (name in ('written', 'right line'))}>{said}</dd>" for name, said in parts)
    code = finding.code or ""
    meaning = (
        f"<details><summary>what {code} means: {escape(CODES[code][0])}</summary>{escape(CODES[code][1])}</details>"
        if code in CODES
        else ""
    )
    title = escape(f"{code} {finding.cause or ''}".strip())
    return f'<div class="why"><h4>{title}</h4><dl>{rows}</dl>{meaning}</div>'


_SOURCE = ' class="source"'


def _marked(finding: Finding) -> str:
    """The writer's text with the piece that is doubted marked."""
    text = finding.text
    start, end = finding.mark or (0, 0)
    if not 0 <= start < min(end, len(text)):
        return escape(text)
    return f"{escape(text[:start])}<mark>{escape(text[start:end])}</mark>{escape(text[end:])}"


def _numbers(claimed: list[float], true: list[float]) -> str:
    digits = 6 if len(claimed) > 1 else 12
    heads = [f"point {i + 1}" for i in range(len(claimed))] if len(claimed) > 1 else ["at the sheet’s own numbers"]
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    rows = "".join(
        f'<tr><th scope="row">{name}</th>{"".join(f"<td>{_number(x, digits)}</td>" for x in column)}</tr>'
        for name, column in (("your line", claimed), ("the truth", true))
    )
    return f'<div class="scroll" tabindex="0"><table><thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _number(x: float, digits: int) -> str:
    return f"{x:.{digits}g}".replace("-", "−")


def _graphs(report: Report, prefix: str) -> tuple[dict[int, str], str]:
    """The drawings, and which shape of them each row is about; only a word of why when there are none."""
    try:
        made = graphs(report)
        figures = [verdicts.draw(graph, prefix) for graph in made]
        drawn = [_sized(figure.linked(prefix)) for figure in figures]
    except (ValueError, KeyError, DrawingError) as trouble:
        return {}, f'<p class="muted">No drawing of the forward program: {escape(str(trouble))}</p>'
    shapes = {row: prefix + id for graph in reversed(made) for row, id in graph.rows.items()}
    figures_ = "".join(f"<figure>{svg}</figure>" for svg in drawn)
    words = "".join(
        f"<details><summary>The graph of {escape(pretty(graph.root))} in words</summary><pre>{escape(figure.text)}</pre></details>"
        for graph, figure in zip(made, figures, strict=True)
    )
    return shapes, (
        f'<div class="graph"><h3>The forward program, with the verdicts on its derivatives</h3>{_LEGEND}{figures_}</div>{words}'
    )


_LEGEND = (
    '<p class="legend">'
    "<b class='right'>✓ right</b><b class='wrong'>✗ wrong</b><b class='follow-on'>↳ follow-on</b>"
    "<span>numbers are those of the first random point; on an arrow: the local derivative</span></p>"
)


def _sized(svg: str) -> str:
    """A drawing in a page's measure: small letters are 10 pixels high, and a little less where that makes it fit."""
    width = re.search(r'<svg [^>]*?\bwidth="([\d.]+)pt"', svg)
    if width is None:
        return svg
    svg = re.sub(r'\b(width|height)="([\d.]+)pt"', r'\1="\2"', svg, count=2)
    return svg.replace("<svg ", f'<svg style="min-width: {_SHRUNK * float(width[1]):.0f}px" ', 1)
