"""The engine: the dot program or the Graphviz inside pygraphviz, fonts, time limits, and what is said when one is missing."""

import functools
import os
import shutil
import sys
import time
from pathlib import Path

import pytest
from looking import figure_of, texts

from viz import DrawingError, engine

DOT = 'digraph { a [label="∂L/∂w"]; a -> b }'
SIGNATURES = {"svg": b"<?xml", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}
PLAIN = "<svg xmlns='http://www.w3.org/2000/svg'><text>plain</text></svg>"


@pytest.fixture(autouse=True)
def _forget_the_fonts():
    engine._fonts.cache_clear()
    yield
    engine._fonts.cache_clear()


@pytest.fixture
def no_dot(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)


@pytest.fixture
def fake_dot(tmp_path, monkeypatch):
    """Puts a program named dot first on the PATH."""

    def make(body, first=f"#!{sys.executable}\n"):
        folder = tmp_path / "bin"
        folder.mkdir()
        (folder / "dot").write_text(f"{first}{body}\n")
        (folder / "dot").chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        return folder / "dot"

    return make


@pytest.fixture
def no_fonts(tmp_path, monkeypatch):
    monkeypatch.delenv("FONTCONFIG_FILE", raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(engine, "_FONT_FOLDERS", (str(tmp_path / "none"),))
    found = engine.find_spec
    monkeypatch.setattr(engine, "find_spec", lambda name: None if name == "matplotlib" else found(name))


@pytest.mark.parametrize("format", SIGNATURES)
def test_the_graphviz_inside_pygraphviz_draws(no_dot, format):
    assert engine.engine() == "the Graphviz inside pygraphviz"
    assert engine.render(DOT, format).startswith(SIGNATURES[format])


def test_a_folder_s_own_pygraphviz_is_not_taken(no_dot, tmp_path, monkeypatch):
    (tmp_path / "pygraphviz.py").write_text("raise SystemExit('hijacked')")
    monkeypatch.chdir(tmp_path)
    assert "∂L/∂w" in texts(engine.render(DOT, "svg"))


def test_a_dot_program_is_used(fake_dot):
    program = fake_dot("import sys; print(sys.argv[1:], sys.stdin.buffer.read().decode(), sep='|', end='')")
    assert engine.engine() == f"the dot program, {program}"
    assert engine.render("digraph {}", "svg") == b"['-Tsvg']|digraph {}"


@pytest.mark.parametrize("format", ["gif", "", "SVG", "svg:cairo", "svg -o x"])
def test_an_unknown_format_is_refused(format, fake_dot):
    fake_dot("raise SystemExit('it was asked')")
    with pytest.raises(ValueError, match="svg, png, pdf"):
        engine.render(DOT, format)


def test_a_slow_program_is_stopped(fake_dot):
    fake_dot("import time; time.sleep(20)")
    start = time.monotonic()
    with pytest.raises(engine.DrawingTimeout, match=r"within 0\.5 seconds"):
        engine.render(DOT, "svg", seconds=0.5)
    assert time.monotonic() - start < 5


def test_a_figure_falls_back_on_the_simpler_drawing(fake_dot, monkeypatch):
    figure = figure_of("x")
    difference = next(line for line in figure.dot.splitlines() if line not in figure.simpler.dot.splitlines())
    fake_dot(f"import sys, time\nif {difference!r} in sys.stdin.read(): time.sleep(60)\nprint({PLAIN!r})")
    monkeypatch.setattr(engine, "render", functools.partial(engine.render, seconds=4.0))
    assert texts(figure.svg()) == ["plain"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("import sys; print('warning', file=sys.stderr); print('it broke', file=sys.stderr); sys.exit(3)", r"status 3: it broke$"),
        ("raise SystemExit(1)", r"status 1: it said nothing$"),
        ("", r"status 0: it said nothing$"),
        ("import os; os.kill(os.getpid(), 11)", r"status -11"),
        ("import sys; sys.stderr.buffer.write(b'\\xff bytes'); sys.exit(1)", r"bytes$"),
    ],
)
def test_a_failing_program_is_quoted(fake_dot, body, said):
    fake_dot(body)
    with pytest.raises(DrawingError, match=said):
        engine.render(DOT, "svg")


def test_a_program_that_cannot_be_started_is_a_drawing_error(fake_dot):
    fake_dot("", first="#!/no/such/interpreter\n")
    with pytest.raises(DrawingError):
        engine.render(DOT, "svg")


def test_a_syntax_error_is_a_drawing_error(no_dot):
    with pytest.raises(DrawingError, match="Graphviz failed"):
        engine.render("digraph {", "svg")


def test_without_any_engine_the_command_is_named(no_dot, monkeypatch):
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    for attempt in (engine.engine, lambda: engine.render(DOT, "svg")):
        with pytest.raises(DrawingError, match="pip install 'pygraphviz>=2"):
            attempt()


@pytest.mark.parametrize("format", ["png", "pdf"])
def test_without_fonts_the_command_is_named(no_fonts, no_dot, format):
    with pytest.raises(DrawingError, match=r"no font here.*pip install matplotlib.*\.svg"):
        engine.render(DOT, format)
    with pytest.raises(DrawingError, match="pip install matplotlib"):
        engine.font()


def test_svg_needs_no_font(no_fonts, no_dot):
    assert "∂L/∂w" in texts(engine.render(DOT, "svg"))


def test_matplotlib_s_letters_are_taken_where_there_are_no_others(no_fonts, tmp_path, monkeypatch):
    class Spec:
        origin = str(tmp_path / "matplotlib" / "__init__.py")

    monkeypatch.setattr(engine, "find_spec", lambda name: Spec if name == "matplotlib" else None)
    monkeypatch.setattr(engine.tempfile, "gettempdir", lambda: str(tmp_path))
    config = Path(engine.font())
    assert config.is_relative_to(tmp_path)
    assert f"<dir>{tmp_path / 'matplotlib' / 'mpl-data' / 'fonts' / 'ttf'}</dir>" in config.read_text()


def test_a_font_of_the_system_s_is_enough(no_fonts, tmp_path):
    (tmp_path / "none" / "deep").mkdir(parents=True)
    (tmp_path / "none" / "deep" / "Letters.ttf").touch()
    assert engine.font() == "the system's fonts"
