"""The doctor: a line for everything that was looked at, and for each trouble what mends it."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from typer.testing import CliRunner

import viz
from viz import DrawingError, doctor, engine
from viz.cli import app

ROOT = str(Path(viz.__file__).parent.parent)
ALL = ["Python", "environment", "autograd", *doctor.LIBRARIES, "drawing", "fonts"]


def examined():
    return {finding.what: finding for finding in doctor.examine()}


def test_all_is_well_here():
    run = CliRunner().invoke(app, ["doctor"])
    assert run.exit_code == 0
    lines = run.stdout.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == ALL
    assert all(line.startswith("✓ ") for line in lines[:-1])
    assert lines[-1] == "all well"
    assert re.search(r"✓ Python +3\.\d+", run.stdout)
    assert re.search(r"✓ autograd +turunan \d+\.\d+\.\d+, its engine in (C|Python \(.+\))\n", run.stdout)
    assert "\x1b" not in run.stdout


def test_a_foreign_autograd_is_found(tmp_path):
    package = tmp_path / "autograd"
    package.mkdir()
    (package / "__init__.py").write_text("grad = None\n")
    run = subprocess.run(
        [sys.executable, "-c", "from viz.cli import main; main()", "doctor"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), ROOT]), "PYTHONUTF8": "1"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 1
    assert run.stdout.splitlines()[-1] == "1 to mend"
    line = next(line for line in run.stdout.splitlines() if line.startswith("✗"))
    assert line.startswith("✗ autograd")
    assert f"{package / '__init__.py'} is another package of that name (HIPS autograd)" in line
    assert run.stderr == ""


@pytest.mark.parametrize("missing", doctor.LIBRARIES)
@pytest.mark.parametrize("trouble", [ImportError("libcgraph.so: cannot open"), PackageNotFoundError("x"), OSError("broken wheel")])
def test_a_missing_or_broken_library_has_its_command(missing, trouble, monkeypatch):
    real = importlib.import_module
    monkeypatch.setattr(engine, "render", lambda *_, **__: b"drawn")

    def load(name, package=None):
        if name == missing:
            raise trouble
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", load)
    ill = {what: finding.said for what, finding in examined().items() if not finding.well}
    assert list(ill) == [missing]
    assert f"pip install --force-reinstall {missing}" in ill[missing]


def test_no_engine(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    assert "pip install 'pygraphviz" in examined()["drawing"].said


def test_no_fonts(monkeypatch, tmp_path):
    def fonts():
        raise DrawingError("no font here: pip install matplotlib")

    monkeypatch.setattr(engine, "_fonts", fonts)
    found = examined()
    assert [what for what, finding in found.items() if not finding.well] == ["fonts"]
    assert "pip install matplotlib" in found["fonts"].said


def test_troubles_are_counted_and_printed_as_they_are(monkeypatch):
    ill = [doctor.Finding("Python", True, "3"), doctor.Finding("a", False, "[red]x[/y] " * 30), doctor.Finding("b", False, "")]
    monkeypatch.setattr(doctor, "examine", lambda: ill)
    run = CliRunner().invoke(app, ["doctor"])
    assert run.exit_code == 1
    assert "[red]x[/y] " * 29 in run.stdout
    assert run.stdout.splitlines()[-1] == "2 to mend"


def test_a_trouble_without_words_is_called_by_its_kind():
    def check():
        raise KeyboardInterruptedError

    class KeyboardInterruptedError(Exception):
        pass

    assert doctor._finding("x", check) == doctor.Finding("x", False, "KeyboardInterruptedError")
