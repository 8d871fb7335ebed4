"""Reports for programs: each parsed as what it is, with its counts, its escapes, and the exit status."""

import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from sheets import MIXED, NETWORK, VERDICTS
from test_cli import turunan
from typer.testing import CliRunner

from autograd import check
from autograd.derivation.codes import CODES
from viz import engine
from viz.cli import app
from viz.formats import FORMATS, as_github, as_json, as_junit, as_markdown, as_sarif

RIGHT = NETWORK + "dL/da_3 = -2(y - a_3)\n"
WRONG = NETWORK + "dL/da_3 = 2(y - a_3)\n"
UNREADABLE = NETWORK + "dL/da_3 = 2(y - \n"
UNDECIDED = "L = log(-x^2)\ndL/dx = 2/x\n"  # no point has a value
NASTY = 'a|b`c``d*e_f<script>%0A::error\r\n"&]]>\x01\x1b[31m\ud800\uffff, x: y'


@pytest.fixture(scope="module")
def report():
    return check(MIXED, suffix=".txt")


@pytest.fixture(scope="module")
def nasty(report):
    """A report whose every text is hostile."""
    twisted = [replace(line, text=NASTY, understood=NASTY, cause=NASTY, suggestion=line.suggestion and NASTY) for line in report.lines]
    return replace(report, file=NASTY, lines=twisted)


# ---- JSON ----

KEYS = [
    "line",
    "column",
    "text",
    "understood",
    "kind",
    "verdict",
    "value_ok",
    "step_ok",
    "code",
    "cause",
    "carries",
    "suggestion",
    "claimed",
    "true",
]


def test_json_is_what_is_promised(report):
    plain = json.loads(as_json([report]))
    assert list(plain) == ["version", "file", "seed", "points", "lines", "summary", "first_wrong"]
    assert (plain["version"], plain["seed"], plain["points"], plain["first_wrong"]) == (1, 7, 5, 6)
    assert [line["verdict"] for line in plain["lines"]] == VERDICTS
    for line in plain["lines"]:
        assert set(KEYS) <= set(line)
    assert sum(plain["summary"].values()) == len(VERDICTS)
    follow = plain["lines"][10]
    assert (follow["line"], follow["carries"], follow["value_ok"], follow["step_ok"], follow["code"]) == (11, 10, False, True, "D201")
    assert len(follow["claimed"]) == len(follow["true"]) == 5


def test_several_files_are_a_list_of_reports(report):
    assert [one["version"] for one in json.loads(as_json([report, report]))] == [1, 1]
    assert json.loads(as_json([report], several=True))[0]["version"] == 1
    assert json.loads(as_json([])) == []


# ---- JUnit ----


def test_junit_counts_what_it_holds(report):
    root = ElementTree.fromstring(as_junit([report, report]))
    assert root.tag == "testsuites"
    assert [suite.tag for suite in root] == ["testsuite"] * 2
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        assert int(element.get("tests")) == len(cases)
        assert int(element.get("failures")) == sum(case.find("failure") is not None for case in cases)
        assert int(element.get("errors")) == sum(case.find("error") is not None for case in cases)
        assert element.get("name")
    assert [root[0].get(key) for key in ("tests", "failures", "errors", "skipped")] == ["9", "5", "2", "0"]
    bad = [child for case in root[0] for child in case]
    assert [child.get("type") for child in bad] == ["D101", "D101", "D104", "D201", "D302", "D303", "D106"]
    assert "s'(z_1)" in bad[2].text


def test_junit_of_anything_is_xml(nasty):
    root = ElementTree.fromstring(as_junit([nasty]))
    case = next(root.iter("testcase"))
    assert "<script>%0A::error" in case.get("name")
    assert "\x01" not in case.get("name")


# ---- SARIF ----


def test_sarif_has_what_its_schema_asks(report):
    sarif = json.loads(as_sarif([report]))
    assert (sarif["version"], len(sarif["runs"])) == ("2.1.0", 1)
    assert sarif["$schema"].endswith("sarif-2.1.0.json")
    (run,) = sarif["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["tool"]["driver"]["name"] == "turunan"
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert rules == set(CODES)
    assert len(run["results"]) == 7
    for result in run["results"]:
        assert result["ruleId"] in rules
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert 1 <= region["startColumn"] < region.get("endColumn", 1000)


def test_sarif_points_at_the_doubted_piece(report):
    results = json.loads(as_sarif([report]))["runs"][0]["results"]
    region = results[2]["locations"][0]["physicalLocation"]["region"]
    line = MIXED.splitlines()[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "a_1"


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a/notes.md", "a/notes.md"),
        ("my notes.md", "my%20notes.md"),
        ("é#1?.md", "%C3%A9%231%3F.md"),
        ("/x/a b.md", "file:///x/a%20b.md"),
        ("", ""),
    ],
)
def test_sarif_names_files_by_uri(report, file, uri):
    results = json.loads(as_sarif([replace(report, file=file)]))["runs"][0]["results"]
    found = results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert found == uri or (file == "" and found == ".")


# ---- GitHub ----


def unescaped(text):
    for code, char in (("%2C", ","), ("%3A", ":"), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_annotations(report):
    lines = as_github([report]).splitlines()
    commands = [re.fullmatch(r"::(error|warning|notice) (\S.*?)::(.*)", line) for line in lines[:-1]]
    assert [command[1] for command in commands] == ["error"] * 3 + ["notice", "error", "warning", "error"]
    fields = dict(pair.split("=", 1) for pair in commands[2][2].split(","))
    assert fields == {"file": "", "line": "10", "col": "24", "endColumn": "27", "title": "D104 wrong"}
    assert commands[1][3].startswith("cancels: ")


def test_an_annotation_is_one_line_whatever_it_says(nasty):
    lines = as_github([nasty]).split("\n")
    assert len(lines) == 7 + 2
    for line in lines[:-2]:
        fields, _, said = line.partition(" ")[2].partition("::")
        assert unescaped(fields.split(",")[0].removeprefix("file=")) == NASTY
        assert len(fields.split(",")) in (4, 5)
        assert unescaped(said).count("\n") <= 1
    assert not lines[-2].startswith("::")


# ---- Markdown ----


def cells(row):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]]


def test_markdown_is_a_table(report, nasty):
    for one in (report, nasty):
        title, blank, *rows, last = as_markdown([one]).split("\n")
        assert title.startswith("**") and title.endswith("**")
        assert (blank, last) == ("", "")
        assert all(len(cells(row)) == 4 for row in rows)
        assert len(rows) == len(VERDICTS) + 2


def test_markdown_says_why_and_what_is_right(report):
    notes = [cells(row)[3] for row in as_markdown([report]).split("\n")[4:-1]]
    assert notes[10] == "carries line 10"
    assert notes[6].startswith("D101 the minus sign")
    assert notes[9].endswith("right: `dL/dz_1 = dL/da_1 * s'(z_1)`")
    assert not any(note for note, verdict in zip(notes, VERDICTS, strict=True) if verdict in ("right", "definition"))


def test_markdown_is_inert(nasty):
    said = as_markdown([nasty])
    assert "\x1b" not in said
    outside = re.sub(r"(`+) ?.*?(?<!`)\1(?!`)", "", re.sub(r"\\\\|\\`", "", said))
    assert "<script>" not in outside
    assert r"\*e\_f" in said


# ---- from the command line ----


@pytest.mark.parametrize("format", ["text", *FORMATS])
def test_the_exit_status_is_the_same_in_every_format(format, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(engine, "render", lambda *_, **__: b"<svg width='1pt' height='1pt' xmlns='http://www.w3.org/2000/svg'></svg>")
    for name, sheet in (("0", RIGHT), ("1", WRONG), ("2", UNREADABLE), ("3", UNDECIDED)):
        (tmp_path / f"{name}.txt").write_text(sheet)
    statuses = {}
    for files in ("0", "1", "2", "3", "01", "31", "12", "03"):
        run = CliRunner().invoke(app, ["check", *(f"{name}.txt" for name in files), "--format", format])
        assert run.stderr == ""
        assert "\x1b" not in run.stdout
        statuses[files] = run.exit_code
    expected = {"0": 0, "1": 1, "2": 2, "3": 3, "01": 1, "31": 1, "12": 2, "03": 3}
    assert statuses == {files: expected[files] for files in statuses}


@pytest.mark.parametrize("format", ["text", "json"])
def test_a_report_goes_to_a_file(format, tmp_path):
    (tmp_path / "a.txt").write_text(WRONG)
    run = turunan("check", "a.txt", "--format", format, "-o", "out", cwd=tmp_path, FORCE_COLOR="1")
    assert (run.returncode, run.stdout, run.stderr) == (1, "", "")
    assert "D101" in (tmp_path / "out").read_text(encoding="utf-8")
    assert "\x1b" not in (tmp_path / "out").read_text(encoding="utf-8")


@pytest.mark.parametrize(("out", "reason"), [("folder", "directory"), ("no/such/file", "No such file"), ("a.txt/x", "Not a directory")])
def test_a_report_that_cannot_be_written(out, reason, tmp_path):
    (tmp_path / "a.txt").write_text(RIGHT)
    (tmp_path / "folder").mkdir()
    run = turunan("check", "a.txt", "-o", out, cwd=tmp_path)
    assert (run.returncode, run.stdout) == (2, "")
    assert re.fullmatch(rf"turunan: {re.escape(out)} cannot be written: .*{reason}.*\n", run.stderr)


def test_a_file_that_cannot_be_read_leaves_a_list(tmp_path):
    (tmp_path / "a.txt").write_text(WRONG)
    (tmp_path / "latin.txt").write_bytes(b"L = \xe4\n")
    run = turunan("check", "a.txt", "none.txt", "latin.txt", "--format", "json", cwd=tmp_path)
    assert run.returncode == 2
    assert [one["file"] for one in json.loads(run.stdout)] == ["a.txt"]
    assert [line.split(":")[1].strip() for line in run.stderr.splitlines()] == ["none.txt", "latin.txt"]


def test_an_unknown_format_is_refused(tmp_path):
    run = turunan("check", "a.txt", "--format", "pdf", cwd=tmp_path)
    assert run.returncode == 2
    assert "none of text, json, junit, sarif, github, markdown, html" in " ".join(run.stderr.replace("│", " ").split())
