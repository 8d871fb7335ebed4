"""Reports for programs and pages: JSON, JUnit, SARIF, annotations, Markdown, HTML."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

from autograd import __version__
from autograd.derivation.codes import CODES
from autograd.derivation.report import Finding, Report
from autograd.derivation.text import MARKS, block, headline

BAD = ("wrong", "cancels", "follow-on", "unreadable", "undecided")


def as_json(reports: list[Report]) -> str:
    """One report as itself, several as a list."""
    texts = [report.to_json() for report in reports]
    return texts[0] + "\n" if len(texts) == 1 else "[" + ",\n".join(texts) + "]\n"


def as_junit(reports: list[Report]) -> str:
    """JUnit's XML: a test suite a file, a test case a line."""
    suites = []
    for report in reports:
        lines = [line for line in report.lines if line.verdict != "definition"]
        failed = sum(line.verdict in ("wrong", "cancels", "follow-on") for line in lines)
        errors = sum(line.verdict in ("unreadable", "undecided") for line in lines)
        cases = "".join(_case(line, report.file) for line in lines)
        suites.append(
            f'<testsuite name={quoteattr(report.file)} tests="{len(lines)}" failures="{failed}" errors="{errors}">{cases}</testsuite>'
        )
    return '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>' + "\n".join(suites) + "</testsuites>\n"


def _case(line: Finding, file: str) -> str:
    name = quoteattr(_clean(f"line {line.line}: {line.understood or line.text}"))
    inside = ""
    if line.verdict in BAD:
        tag = "error" if line.verdict in ("unreadable", "undecided") else "failure"
        said = f"type={quoteattr(line.code or '')} message={quoteattr(_clean(message(line)))}"
        inside = f"<{tag} {said}>{escape(_clean(chr(10).join(block(line, file))))}</{tag}>"
    return f"<testcase classname={quoteattr(file)} name={name}>{inside}</testcase>\n"


def _clean(text: str) -> str:
    return "".join(c if c in "\n\t" or c >= " " else "�" for c in text)


def as_sarif(reports: list[Report]) -> str:
    """SARIF 2.1.0, which code hosts show beside the lines."""
    results = [
        {
            "ruleId": line.code or "D199",
            "level": "note" if line.verdict in ("follow-on", "undecided") else "error",
            "message": {"text": message(line)},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": report.file},
                        "region": {"startLine": line.line, "startColumn": line.column},
                    }
                }
            ],
        }
        for report in reports
        for line in report.lines
        if line.verdict in BAD
    ]
    rules = [{"id": code, "shortDescription": {"text": title}, "fullDescription": {"text": said}} for code, (title, said) in CODES.items()]
    driver = {"name": "turunan", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "results": results}
    sarif = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(sarif, ensure_ascii=False, indent=1) + "\n"


def as_github(reports: list[Report]) -> str:
    """Annotations of GitHub's workflows."""
    lines = []
    for report in reports:
        for line in report.lines:
            if line.verdict in BAD:
                level = "notice" if line.verdict == "follow-on" else "warning" if line.verdict == "undecided" else "error"
                title = _github(f"{line.code} {line.verdict}", True)
                place = f"file={_github(report.file, True)},line={line.line},col={line.column}"
                lines.append(f"::{level} {place},title={title}::{_github(message(line))}")
    return "\n".join([*lines, *map(headline, reports)]) + "\n"


def _github(text: str, prop: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if prop else text


def as_markdown(reports: list[Report]) -> str:
    """A table a file."""
    parts = []
    for report in reports:
        rows = [
            f"| {line.line} | {MARKS[line.verdict]} {line.verdict} | `{_cell(line.understood or line.text)}` | {_cell(_note(line))} |"
            for line in report.lines
        ]
        parts.append(
            "\n".join([f"**{_cell(headline(report))}**", "", "| line | verdict | as understood | |", "|--:|:--|:--|:--|", *rows, ""])
        )
    return "\n".join(parts)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("`", "'")


def _note(line: Finding) -> str:
    if line.carries:
        return f"carries line {line.carries}"
    right = f"; right: {line.suggestion}" if line.suggestion else ""
    return f"{line.code} {line.cause}{right}" if line.verdict in BAD else ""


def message(line: Finding) -> str:
    """A finding in one sentence."""
    if line.carries:
        return f"follow-on: the method is right, the value carries line {line.carries}"
    right = f"; right line: {' '.join(line.suggestion.split())}" if line.suggestion else ""
    return f"{line.verdict}: {line.cause or ''}{right}"


def as_html(reports: list[Report]) -> str:
    """One self-contained page with the annotated graph."""
    from .report_page import as_html as html

    return html(reports)


FORMATS: dict[str, Callable[[list[Report]], str]] = {
    "json": as_json,
    "junit": as_junit,
    "sarif": as_sarif,
    "github": as_github,
    "markdown": as_markdown,
    "html": as_html,
}
