"""What importing does: another project's autograd is refused by name, and NumPy waits until it is needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import nn

ROOT = str(Path(nn.__file__).parent.parent)


def python(code, folder, *paths):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment, cwd=folder)


def test_a_foreign_autograd_is_refused_in_words(tmp_path):
    package = tmp_path / "foreign" / "autograd"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("grad = None\n")
    done = python("import nn", tmp_path, str(package.parent), ROOT)
    assert done.returncode != 0
    last = done.stderr[done.stderr.index("ImportError") :]
    assert "turunan" in last
    assert "another one" in last
    assert str(package) in last
    assert "HIPS" in last


@pytest.mark.parametrize("work", ["pass", "v = autograd.Value(2.0); (v.exp() * v + v ** 2 / 3).tanh().backward()"])
def test_autograd_imports_nothing_that_takes_long(work, tmp_path):
    slow = {"numpy", "mpmath", "rich", "graphviz", "inspect"}  # dataclasses bring the last
    done = python(f"import sys, autograd\n{work}\nprint(sorted({slow} & set(sys.modules)))", tmp_path, ROOT)
    assert done.stdout.strip() == "[]", done.stderr
