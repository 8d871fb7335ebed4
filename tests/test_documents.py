"""What the documents and the examples say is what happens."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted(path.relative_to(ROOT) for path in (ROOT / "examples").rglob("*.py"))


def test_the_readme_s_python_blocks_run_in_order(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(blocks) >= 4
    done = subprocess.run([sys.executable, "-c", "\n".join(blocks)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    printed = iter(done.stdout.splitlines())
    for line in "".join(blocks).splitlines():
        said = re.search(r"print\(.*\) +# (.*)", line)
        if said and "…" not in said[1] and not re.search(r"∂|how|the graph", said[1]):
            assert said[1] in printed, f"{said[1]} is not printed, or not in its turn"
    plan = re.search(r"print\(program\.plan\)\n```\n\n```text\n(.*?)\nA loss with", (ROOT / "README.md").read_text(), re.DOTALL)
    assert plan is not None  # what it costs is another number with the Python engine
    assert plan[1] in done.stdout


@pytest.mark.parametrize("path", EXAMPLES, ids=str)
def test_an_example_runs_and_says_something(path: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 4
    assert list(tmp_path.iterdir()) == []


def test_the_top_level_is_as_agreed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    agreed = {"README.md", "pyproject.toml", "autograd", "nn", "tests", "viz", "examples", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"}
    assert {path.split("/")[0] for path in tracked if not path.startswith(".")} <= agreed


def test_imports_only_go_down() -> None:
    floors = ["autograd", "nn", "viz"]
    for floor, package in enumerate(floors):
        for path in (ROOT / package).rglob("*.py"):
            for name in re.findall(r"^\s*(?:from|import) (\w+)", path.read_text(), re.MULTILINE):
                assert name not in floors[floor + 1 :], f"{path.relative_to(ROOT)} imports {name}"
