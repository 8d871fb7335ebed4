"""Figure: files of every kind are what their ending says, nothing half-done is left behind, and a repr never raises."""

import re
import subprocess

import pytest
from looking import Page, figure_of, xml

from viz import DrawingError, engine
from viz.figure import Figure

SIGNATURES = {
    "svg": b'<?xml version="1.0" encoding="UTF-8"?>\n<svg ',
    "png": b"\x89PNG\r\n\x1a\n",
    "pdf": b"%PDF-",
    "html": b"<!doctype html>",
    "dot": b"digraph turunan {",
    "txt": "the graph of loss (3 values), and the chain rule for ∂loss/∂x\n".encode(),
}


@pytest.fixture(scope="module")
def figure():
    return figure_of("x")


@pytest.fixture
def broken(monkeypatch):
    def render(dot, format, **_):
        raise DrawingError("no Graphviz here: buy one")

    monkeypatch.setattr(engine, "render", render)
    return figure_of("x")


@pytest.mark.parametrize("kind", SIGNATURES)
def test_a_file_is_what_its_ending_says(figure, kind, tmp_path):
    path = tmp_path / f"a picture.{kind}"
    assert figure.save(str(path)) == path
    assert path.read_bytes().startswith(SIGNATURES[kind])
    assert len(path.read_bytes()) > 100


def test_files_are_sound(figure, tmp_path):
    root = xml(figure.save(tmp_path / "x.svg").read_text(encoding="utf-8").partition("\n")[2])
    assert root.get("role") == "img"
    assert root.get("aria-label") == figure.title
    html = Page(figure.save(tmp_path / "x.html").read_text(encoding="utf-8"))
    assert {"main", "figure", "svg", "h1"} <= set(html.elements)
    assert figure.save(tmp_path / "x.txt").read_text(encoding="utf-8") == str(figure) + "\n"


@pytest.mark.parametrize("name", ["x", "x.gif", "x.svg.gz", ".svg", "x.", "svg", "x.json"])
def test_an_unknown_ending_is_refused_and_nothing_is_written(figure, name, tmp_path):
    with pytest.raises(ValueError, match=re.escape(".svg, .png, .pdf, .dot, .html, .txt")):
        figure.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["svg", "png", "pdf", "html"])
def test_nothing_is_written_when_nothing_can_be_drawn(broken, kind, tmp_path):
    (tmp_path / f"old.{kind}").write_text("as it was")
    for name in ("new", "old"):
        with pytest.raises(DrawingError, match="buy one"):
            broken.save(tmp_path / f"{name}.{kind}")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["as it was"]


def test_words_and_source_need_no_engine(broken, tmp_path):
    assert broken.save(tmp_path / "x.dot").stat().st_size
    assert broken.save(tmp_path / "x.txt").stat().st_size


def test_a_notebook_gets_the_picture_and_the_words(figure):
    bundle = figure._repr_mimebundle_(include=None, exclude=None)
    assert bundle == {"image/svg+xml": figure.svg(), "text/plain": figure.text}


def test_a_notebook_without_an_engine_gets_the_reason(broken):
    bundle = broken._repr_mimebundle_()
    assert list(bundle) == ["text/plain"]
    assert bundle["text/plain"].startswith("no Graphviz here: buy one\n\nthe graph of loss")


@pytest.mark.parametrize(
    "trouble", [OSError(8, "Exec format error"), UnicodeEncodeError("utf-8", "\ud800", 0, 1, "no"), engine.DrawingTimeout("late")]
)
def test_a_repr_never_raises(trouble, monkeypatch):
    def run(*args, **kwargs):
        raise trouble

    monkeypatch.setattr(subprocess, "run", run)
    assert "the graph of loss" in figure_of("x")._repr_mimebundle_()["text/plain"]


def test_repr_and_str(figure):
    assert repr(figure) == "<Figure: the graph of loss (3 values), and the chain rule for ∂loss/∂x>"
    assert str(figure) == figure.text


def test_a_drawing_that_takes_too_long_becomes_a_simpler_one(monkeypatch):
    asked = []

    def render(dot, format, **_):
        asked.append(dot)
        if len(asked) == 1:
            raise engine.DrawingTimeout("too long")
        return b"<svg xmlns='http://www.w3.org/2000/svg'></svg>"

    monkeypatch.setattr(engine, "render", render)
    drawn = figure_of("x")
    assert xml(drawn.svg()) is not None
    assert asked == [drawn.dot, drawn.simpler.dot]
    assert len(asked[1]) < len(asked[0])
    drawn.svg()
    assert len(asked) == 2


def test_without_a_simpler_one_it_is_said(monkeypatch, figure):
    def render(dot, format, **_):
        raise engine.DrawingTimeout("Graphviz did not finish")

    monkeypatch.setattr(engine, "render", render)
    with pytest.raises(DrawingError, match="did not finish"):
        Figure(figure.digraph, "words", "title").png()
