"""Reports for programs and pages: JSON, JUnit, SARIF, annotations, Markdown, HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from autograd import __version__
from autograd.derivation.codes import CODES
from autograd.derivation.report import Finding, Report
from autograd.derivation.text import MARKS, block, headline

FAILED, ERRORS = ("wrong", "cancels", "follow-on"), ("unreadable", "undecided")
BAD = FAILED + ERRORS


def as_json(reports: list[Report], *, several: bool = False) -> str:
    """One report as itself, several as a list."""
    texts = [report.to_json() for report in reports]
    return texts[0] + "\n" if len(texts) == 1 and not several else "[" + ",\n".join(texts) + "]\n"


# ---- JUnit's XML ----


def as_junit(reports: list[Report]) -> str:
    """A test suite a file, a test case a line: mistakes are failures, what could not be checked is an error."""
    suites = []
    for report in reports:
        lines = [line for line in report.lines if line.verdict != "definition"]
        cases = "".join(_case(line, report.file) for line in lines)
        suites.append(f"<testsuite name={_attribute(report.file or 'derivation')} {_counts(lines)}>\n{cases}</testsuite>\n")
    counts = _counts([line for report in reports for line in report.lines if line.verdict != "definition"])
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="turunan" {counts}>\n{"".join(suites)}</testsuites>\n'


def _counts(lines: list[Finding]) -> str:
    failed, errors = (sum(line.verdict in verdicts for line in lines) for verdicts in (FAILED, ERRORS))
    return f'tests="{len(lines)}" failures="{failed}" errors="{errors}" skipped="0"'


def _case(line: Finding, file: str) -> str:
    name = _attribute(f"line {line.line}: {line.understood or line.text}")
    inside = ""
    if line.verdict in BAD:
        tag = "error" if line.verdict in ERRORS else "failure"
        said = f"type={_attribute(line.code or '')} message={_attribute(message(line))}"
        inside = f"<{tag} {said}>{escape(_xml(chr(10).join(block(line, file))))}</{tag}>"
    return f'<testcase classname={_attribute(file)} name={name} file={_attribute(file)} line="{line.line}">{inside}</testcase>\n'


def _attribute(text: str) -> str:
    return quoteattr(_xml(text))


def _xml(text: str) -> str:
    """Text of characters that XML has."""
    return re.sub("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "�", text)


# ---- SARIF 2.1.0, which code hosts show beside the lines ----

_LEVELS = {"follow-on": "note", "undecided": "warning"}


def as_sarif(reports: list[Report]) -> str:
    """One run with a result for every line that is not right."""
    results = [
        {
            "ruleId": line.code or "D199",
            "level": _LEVELS.get(line.verdict, "error"),
            "message": {"text": message(line)},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(report.file)}, "region": _region(line)}}],
        }
        for report in reports
        for line in report.lines
        if line.verdict in BAD
    ]
    rules = [{"id": code, "shortDescription": {"text": title}, "fullDescription": {"text": said}} for code, (title, said) in CODES.items()]
    driver = {"name": "turunan", "version": __version__, "rules": rules}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    sarif = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(sarif, ensure_ascii=False, indent=1) + "\n"


def _uri(file: str) -> str:
    """A file's name as a URI: relative as it was given, or file: for one from the root on."""
    path = Path(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _region(line: Finding) -> dict[str, Any]:
    """The doubted piece where it is known and on the line's first row, else the line's beginning."""
    region = {"startLine": line.line, "startColumn": line.column}
    first = len(line.text.partition("\n")[0])
    if line.mark and 0 <= line.mark[0] < min(line.mark[1], first):
        region |= {"startColumn": line.column + line.mark[0], "endColumn": line.column + min(line.mark[1], first)}
    return region


# ---- annotations of GitHub's workflows ----


def as_github(reports: list[Report]) -> str:
    """A workflow command for every line that is not right, then how many were."""
    lines = []
    for report in reports:
        for line in report.lines:
            if line.verdict in BAD:
                level = {"follow-on": "notice", "undecided": "warning"}.get(line.verdict, "error")
                region = _region(line)
                place = f"file={_github(report.file, True)},line={line.line},col={region['startColumn']}"
                place += f",endColumn={region['endColumn']}" if "endColumn" in region else ""
                lines.append(f"::{level} {place},title={_github(f'{line.code} {line.verdict}', True)}::{_github(message(line))}")
    return "\n".join([*lines, *(f"turunan: {' '.join(headline(report).split())}" for report in reports)]) + "\n"


def _github(text: str, prop: bool = False) -> str:
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if prop else text


# ---- Markdown ----


def as_markdown(reports: list[Report]) -> str:
    """A table a file."""
    parts = []
    for report in reports:
        rows = [
            f"| {line.line} | {f'{MARKS[line.verdict]} {line.verdict}'.strip()} | {_code(line.understood or line.text)} | {_note(line)} |"
            for line in report.lines
        ]
        parts.append(
            "\n".join([f"**{_prose(headline(report))}**", "", "| line | verdict | as understood | |", "|--:|:--|:--|:--|", *rows, ""])
        )
    return "\n".join(parts)


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in " ".join(text.split()))


def _code(text: str) -> str:
    """Text as a code span within a table."""
    shown = _one_line(text).replace("|", "\\|")
    if not shown:
        return ""
    fence = "`" * (max(map(len, re.findall("`+", shown)), default=0) + 1)
    return f"{fence} {shown} {fence}" if "`" in shown else f"{fence}{shown}{fence}"


def _prose(text: str) -> str:
    """Text as it is: what Markdown would read is escaped."""
    return re.sub(r"([\\`*_\[\]|~$])", r"\\\1", _one_line(text).replace("&", "&amp;")).replace("<", "&lt;")


def _note(line: Finding) -> str:
    if line.verdict == "follow-on":
        return f"carries line {line.carries}"
    right = f"; right: {_code(line.suggestion)}" if line.suggestion else ""
    return f"{line.code} {_prose(line.cause or '')}{right}" if line.verdict in BAD else ""


def message(line: Finding) -> str:
    """A finding in one sentence."""
    if line.verdict == "follow-on":
        return f"follow-on: {line.cause or f'the method is right; the value carries line {line.carries}'}"
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
