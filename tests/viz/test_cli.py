"""The command line: what it prints and writes, its exit status, and what it says when something is in the way."""

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

import viz
from viz import DrawingError, engine, notes, notes_report
from viz.checking import explain_derivative
from viz.cli import app

ROOT = str(Path(viz.__file__).parent.parent)
PROGRAM = "from viz.cli import main; main()"


def turunan(*arguments, cwd, **environment):
    clean = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "COLUMNS", "TERM")}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        cwd=cwd,
        env={**clean, "PYTHONUTF8": "1", "PYTHONPATH": ROOT, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notes")
    return turunan("notes", "-o", folder / "out", cwd=folder), folder / "out"


def test_notes_says_what_it_found(done):
    run, out = done
    assert (run.returncode, run.stderr) == (0, "")
    assert "✓ all 16 derivatives agree to 1e-09" in run.stdout
    assert "converged after" in run.stdout
    assert re.findall(r"(\d) xor (\d) = (\d)   the network says (\d\.\d+)", run.stdout).__len__() == 4
    assert f"a picture for each of the 9 weights and biases is in {out}/" in run.stdout.splitlines()[-2]
    assert run.stdout.splitlines()[-1] == f"  open {out / 'index.html'} in a browser"
    assert "\x1b" not in run.stdout


def test_the_network_learns_xor(done):
    for a, b, _, said in re.findall(r"(\d) xor (\d) = (\d)   the network says (\d\.\d+)", done[0].stdout):
        assert round(float(said)) == int(a) ^ int(b)


def test_notes_prints_every_derivative_in_full(done):
    lines = [line for line in done[0].stdout.splitlines() if line.rstrip().endswith("✓")]
    assert len(lines) == 16
    for line in lines:
        assert len(re.findall(r"−?\d\.\d{9}(?!\d)", line)) == 3
        assert "…" not in line
    assert any("∂L/∂W_h₀₀" in line and "−0.005994538" in line for line in lines)


def test_notes_draws_nine_pictures(done):
    assert sorted(path.name for path in done[1].iterdir()) == sorted(
        ["index.html", *(f"W_h-{i}-{j}.svg" for i in (0, 1) for j in (0, 1)), "B_h-0.svg", "B_h-1.svg", "W_o-0.svg", "W_o-1.svg", "B_o.svg"]
    )


def test_notes_again_into_the_same_folder(quick, tmp_path):
    assert [quick("--out", "out").exit_code for _ in range(2)] == [0, 0]
    assert len(list((tmp_path / "out").iterdir())) == 10


@pytest.fixture
def quick(monkeypatch, tmp_path):
    """The command inside this process, with little training and without drawing."""
    monkeypatch.setattr(notes_report, "EPOCHS", 2)
    monkeypatch.setattr(engine, "render", lambda *_, **__: b"<svg xmlns='http://www.w3.org/2000/svg'></svg>")
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, ["notes", *arguments])


@pytest.mark.parametrize("name", ["a[bold]b", "a[/b]", "[red]", "with space", "-x", "x" * 120, ":smile:", "é"])
def test_a_folder_s_name_is_printed_as_it_is(name, quick, tmp_path):
    run = quick(f"--out={name}")
    assert run.exception is None
    assert run.exit_code == 0
    assert f"is in {name}/" in run.stdout
    assert f"open {Path(name) / 'index.html'} in a browser" in run.stdout
    assert (tmp_path / name / "index.html").is_file()


@pytest.mark.parametrize("out", ["taken", "taken/deeper", "[red]", "a[bold]b", "x" * 150])
def test_an_output_folder_that_is_a_file(out, quick, tmp_path):
    (tmp_path / out.partition("/deeper")[0]).write_text("mine")
    run = quick("-o", out)
    assert run.exit_code == 1
    assert isinstance(run.exception, SystemExit)
    assert f"✗ no pictures: {out} cannot be written" in run.stdout
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def test_an_output_folder_that_is_a_file_in_a_process_of_its_own(tmp_path):
    (tmp_path / "taken").write_text("mine")
    run = turunan("notes", "-o", "taken", cwd=tmp_path)
    assert run.returncode == 1
    assert "✗ no pictures: taken cannot be written" in run.stdout
    assert run.stderr == ""


def test_without_an_engine_the_rest_is_done_and_the_reason_said(quick, tmp_path, monkeypatch):
    advice = "no Graphviz here, and no letters either: install one with  pip install 'pygraphviz[all]>=2.0.4'"

    def render(*_, **__):
        raise DrawingError(advice)

    monkeypatch.setattr(engine, "render", render)
    run = quick("-o", "out")
    assert run.exit_code == 1
    assert "all 16 derivatives agree" in run.stdout
    assert advice in run.stdout
    assert "turunan doctor" in run.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("row", [0, 1, 10])
def test_a_wrong_formula_is_named(row, quick, tmp_path, monkeypatch):
    broken = list(notes.NOTES)
    right = broken[row]
    broken[row] = notes.Row(right.upper, right.lower, right.written, lambda q, d: right.by_hand(q, d) * 1.001, right.called)
    monkeypatch.setattr(notes, "NOTES", broken)
    run = quick("-o", "out")
    assert run.exit_code == 1
    assert "derivatives disagree" in run.stdout
    assert right.name in run.stdout[run.stdout.index("derivatives disagree") :]
    assert (tmp_path / "out" / "index.html").is_file()


@pytest.mark.parametrize("command", [["notes"], ["check", "sheet.md"], ["explain", "D104"]], ids=lambda command: command[0])
def test_a_foreign_autograd_is_explained(command, tmp_path):
    package = tmp_path / "foreign" / "autograd"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("grad = None\n")
    run = turunan(*command, cwd=tmp_path, PYTHONPATH=os.pathsep.join([str(package.parent), ROOT]))
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("turunan: ")
    assert str(package) in run.stderr
    assert "HIPS" in run.stderr
    assert "Traceback" not in run.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["foreign"]


def test_no_arguments_and_help_say_what_there_is(tmp_path):
    for arguments in ([], ["--help"]):
        run = turunan(*arguments, cwd=tmp_path)
        assert "notes" in run.stdout + run.stderr
        assert "doctor" in run.stdout + run.stderr
    assert turunan("--help", cwd=tmp_path).returncode == 0
    assert turunan("--version", cwd=tmp_path).stdout == f"turunan {version('turunan')}\n"


@pytest.mark.parametrize("arguments", [["nodes"], ["notes", "--output", "x"], ["notes", "extra"], ["notes", "-o"]])
def test_mistyped_commands(arguments, tmp_path):
    run = turunan(*arguments, cwd=tmp_path)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_an_output_that_is_not_utf_8_is_no_crash(encoding, tmp_path):
    run = turunan("doctor", cwd=tmp_path, PYTHONUTF8="0", PYTHONIOENCODING=encoding)
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "all well"


HEAVY = "sorted({'numpy', 'rich', 'autograd', 'nn', 'graphviz', 'mpmath', 'pygraphviz'} & set(sys.modules))"


HELP = "import viz.cli; sys.argv = ['turunan', '--help']\ntry: viz.cli.main()\nexcept SystemExit: pass"


@pytest.mark.parametrize("code", ["import viz", "import viz.cli", HELP])
def test_importing_and_helping_load_nothing_heavy(code, tmp_path):
    program = f"import sys\n{code}\nprint({HEAVY}, file=sys.stderr)"
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.stderr.strip() == "[]"


def test_viz_offers_what_it_says():
    for name in viz.__all__:
        assert getattr(viz, name).__module__.startswith("viz.")
    with pytest.raises(AttributeError, match="module 'viz' has no attribute 'plot'"):
        viz.plot


def test_a_quantity_that_is_another_one_is_explained_as_that_one(tmp_path):
    sheet = tmp_path / "sheet.txt"
    sheet.write_text("w = 0.5\nx = 2\nz = w*x\nu = z\nL = u^2\n")
    for quantity in ("z", "u"):
        assert explain_derivative(sheet, "L", quantity, "text").splitlines() == ["∂L/∂z = 2·z", "= 2"]
    with pytest.raises(KeyError, match=r"'v' is no quantity of .*sheet.txt"):
        explain_derivative(sheet, "L", "v", "text")
