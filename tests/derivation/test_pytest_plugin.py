"""The pytest plugin: a derivation is a file of tests, one for each line that claims something."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAD = "$z = w x$ and $L = z^2$\n\n"
RIGHT = r"$\frac{\partial L}{\partial z} = 2 z$" + "\n\n" + r"$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial z} x$" + "\n"


def collected(folder: Path, *options: str, **files: str) -> subprocess.CompletedProcess[str]:
    """What pytest says of a folder with these derivations."""
    for name, text in files.items():
        (folder / f"{name}.derivation.md").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir", str(folder), *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)


def test_every_claim_is_a_test_with_a_name(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text(HEAD + RIGHT.replace("2", "3"))  # no derivation by its name
    done = collected(tmp_path, "-v", net=HEAD + RIGHT)
    assert done.returncode == 0, done.stdout
    assert "net.derivation.md::line 3: ∂L/∂z = 2 · z PASSED" in done.stdout
    assert "net.derivation.md::line 5: ∂L/∂w = ∂L/∂z · x PASSED" in done.stdout
    assert "2 passed" in done.stdout and "notes.md" not in done.stdout


def test_a_wrong_line_fails_in_the_report_s_words(tmp_path: Path) -> None:
    done = collected(tmp_path, net=HEAD + RIGHT.replace("2 z", "3 z"))
    assert done.returncode == 1 and "2 failed" in done.stdout
    assert "the number 3 should be 2" in done.stdout and r"\frac{\partial L}{\partial z} = 2 z" in done.stdout
    assert "  carries line 3" in done.stdout
    assert "Traceback" not in done.stdout and "WrongLineError" not in done.stdout.partition("short test summary")[0]


def test_a_derivation_that_claims_nothing_fails(tmp_path: Path) -> None:
    done = collected(tmp_path, empty=HEAD)
    assert done.returncode == 1
    assert "empty.derivation.md claims nothing: no line has a derivative on its left side" in done.stdout


def test_another_error_is_shown_as_pytest_does(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("def pytest_runtest_call(item):\n    raise OSError('the disk is gone')\n")
    done = collected(tmp_path, net=HEAD + RIGHT)
    assert done.returncode == 1 and "OSError: the disk is gone" in done.stdout
