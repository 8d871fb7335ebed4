"""The derivations under examples/ are right, in each of their spellings, and a mistake put into any line of them is found there."""

import re
from collections import Counter
from pathlib import Path

import pytest

from autograd.derivation.report import Finding, check
from autograd.names import parse

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
SHEETS = sorted(
    path
    for path in EXAMPLES.rglob("*")
    if (path.suffix in (".md", ".txt") or (path.suffix == ".py" and path.parent.name == "derivations")) and path.stem != "slips"
)
PAIRS = sorted({path.stem for path in SHEETS if path.parent.name == "derivations"})


def sheet_id(path: Path) -> str:
    return str(path.relative_to(EXAMPLES))


def flat(name: str) -> str:
    found = parse(name.strip())
    return found.flat if found else re.sub(r"[\W_]", "", name)


def derivative(finding: Finding) -> tuple[str, str] | None:
    """The derivative that a line is about, whatever its spelling."""
    match = re.match(r"∂(.+?)/∂(.+?) (?:=|\+=|-=) ", finding.understood)
    return (flat(match[1]), flat(match[2])) if match else None


@pytest.mark.parametrize("path", SHEETS, ids=sheet_id)
def test_a_sheet_is_right_throughout(path: Path) -> None:
    report = check(path)
    assert report.status == 0, f"\n{report}"
    assert all(finding.verdict in ("right", "rounding", "definition") for finding in report.lines)
    assert report.summary["right"] >= 4
    assert report.first_wrong is None


@pytest.mark.parametrize("path", SHEETS, ids=sheet_id)
def test_no_derivative_is_taken_for_a_definition(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    report = check(path)
    judged = {derivative(finding) for finding in report.lines if finding.verdict != "definition"} - {None}
    name = r"([^{}=]*(?:\{[^{}]*\}[^{}=]*)*)"
    written = re.findall(rf"(?:^|\$|quad |\n)\\frac\{{\\partial {name}\}}\{{\\partial {name}\}}\s*&?=", text)
    written += re.findall(r"^\s*[∂d]([^/=\s]+)/[∂d]([^/=\s]+)\s*=", text, re.MULTILINE)
    for upper, lower in written:
        assert (flat(upper), flat(lower)) in judged, f"∂{upper}/∂{lower}"
    if path.suffix == ".py":
        assert len([f for f in report.lines if derivative(f)]) == len(re.findall(r"^d\w+ (?:=|\+=)", text, re.MULTILINE))
    elif path.parent.name == "derivations":
        assert len(written) >= 3


@pytest.mark.parametrize("stem", PAIRS)
def test_two_spellings_have_the_same_verdicts(stem: str) -> None:
    spellings = sorted(EXAMPLES.glob(f"derivations/{stem}.*"))
    assert len(spellings) == 2
    found = []
    for path in spellings:
        verdicts: dict[tuple[str, str], Counter[str]] = {}
        for finding in check(path).lines:
            about = derivative(finding)
            if about:
                verdicts.setdefault(about, Counter())[finding.verdict] += 1
        found.append(verdicts)
    one, other = found
    both = one.keys() & other.keys()
    assert len(both) >= 3, f"{sorted(one)} and {sorted(other)}"
    assert {about: set(one[about]) for about in both} == {about: set(other[about]) for about in both}


def test_there_are_a_dozen_in_two_spellings() -> None:
    assert len(PAIRS) >= 12


# ---- mistakes put in ----

MOST = 12  # lines of one sheet, evenly spaced


def offset(text: str, finding: Finding) -> int:
    return sum(len(line) + 1 for line in text.split("\n")[: finding.line - 1]) + finding.column - 1


@pytest.mark.parametrize("path", SHEETS, ids=sheet_id)
def test_a_wrong_sign_is_found_where_it_is(path: Path) -> None:
    """The right side of one claim after the other, negated: that side is wrong, for its sign, and the lines before it are as they were."""
    text = path.read_text(encoding="utf-8")
    before = check(path)
    claims = [i for i, finding in enumerate(before.lines) if finding.verdict == "right"]
    for i in claims[:: len(claims) // MOST + 1]:
        finding = before.lines[i]
        if re.search(r"= 0(\.0*)?$|[+-]=", finding.understood) or derivative(finding) is None:
            continue
        if before.lines[min(i + 1, len(before.lines) - 1)].understood.endswith(" = 0"):
            continue
        if any(other.understood.startswith(finding.understood.split(" = ")[0] + " +=") for other in before.lines):
            continue
        start = offset(text, finding)
        assert text[start : start + len(finding.text)] == finding.text
        left, sign, right = finding.text.partition("=")
        report = check(text[:start] + f"{left}{sign} -({right.strip()})" + text[start + len(finding.text) :], suffix=path.suffix)
        said = f"{finding.text}\n{report.lines[i]}"
        assert len(report.lines) == len(before.lines), said
        assert report.lines[i].verdict == "wrong", said
        number = re.fullmatch(r"[-\d.\s*·/+()]+", finding.understood.partition(" = ")[2])
        assert report.lines[i].code in (("D101", "D113") if number else ("D101",)), said
        assert [f.verdict for f in report.lines[:i]] == [f.verdict for f in before.lines[:i]], said
        assert report.first_wrong == finding.line, said
