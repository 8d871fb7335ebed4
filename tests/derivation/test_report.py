"""A report, and what it is made of: programs that stand elsewhere, the graph of a sheet, and assertions in tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograd import Graph, Value, assert_derivation, check, exp
from autograd.derivation.graph import bearer, value_graph

NUMBERS = "w = 0.5\nx = 2\n"
SHEET = "z = w*x\nL = z^2\n"
MODEL = """
from autograd import Value

def build():
    return ((Value(2.0, name="w") * Value(3.0, name="x")).named("z") ** 2 * Value(5.0)).named("L")
"""


def test_an_assertion_shows_the_report() -> None:
    assert_derivation(SHEET + "dL/dz = 2z\n")
    with pytest.raises(AssertionError, match=r"the number 3 should be 2[\s\S]*dL/dz = 3z[\s\S]*1 line checked at 9 random points"):
        assert_derivation(SHEET + "dL/dz = 3z\n", points=9)
    with pytest.raises(AssertionError, match="nothing"):
        assert_derivation(SHEET)


def test_a_notebook_shows_the_text() -> None:
    report = check(SHEET + "dL/dz = 2z\n")
    assert report._repr_mimebundle_() == {"text/plain": str(report), "text/markdown": f"```text\n{report}\n```"}


@pytest.mark.parametrize("kind", ["a Value", "a function", "a graph", "a file"])
def test_a_program_may_stand_elsewhere(kind: str, tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(MODEL)
    names: dict[str, object] = {}
    exec(MODEL, names)
    build = names["build"]
    forward = {"a Value": build(), "a function": build, "a graph": Graph(build()), "a file": f"{tmp_path / 'model.py'}:build"}[kind]
    report = check("dL/dz = 10z\ndL/dw = dL/dz*x\ndL/dx = dL/dz*x\n", forward)
    assert [finding.verdict for finding in report.lines] == ["right", "right", "wrong"]
    assert report.leaves == ["w", "x"]


def test_a_program_that_is_none_is_refused(tmp_path: Path) -> None:
    model, text = tmp_path / "model.py", tmp_path / "model.txt"
    model.write_text(MODEL)
    text.write_text(MODEL)
    for place, message in [
        ("model", "given as file.py:function, and 'model' is no such place"),
        (f"{tmp_path / 'nowhere.py'}:build", r"given as file.py:function, and '.*nowhere.py:build' is no such place"),
        (f"{text}:build", "model.txt is no Python file"),
        (f"{model}:train", "model.py has no 'train'"),
    ]:
        with pytest.raises(ValueError, match=message):
            check(SHEET, place)
    with pytest.raises(ValueError, match="a forward program is a Value, or a function that returns one, not int"):
        check(SHEET, lambda: 3)


def test_the_graph_of_a_sheet_has_the_writer_s_numbers_and_names() -> None:
    graph = value_graph(check(NUMBERS + SHEET).sheet)
    assert {name: value.data for name, value in graph.named.items()} == {"w": 0.5, "x": 2.0, "z": 1.0, "L": 1.0}
    assert [value.name for value in graph.outputs] == ["L"]
    sheet = check(NUMBERS + SHEET + "P = L + exp(z)\ndL/dz = 2z\n").sheet
    drawn = [value_graph(sheet, seed, own=False) for seed in (7, 7, 8)]
    w, x, z, P = (drawn[0][name] for name in "wxzP")
    assert P.data == (w.data * x.data) ** 2 + exp(z.data) and (w.data, x.data) != (0.5, 2.0)
    assert drawn[1]["w"].data == w.data != drawn[2]["w"].data


def test_a_quantity_of_two_names_is_one_value_under_the_first() -> None:
    sheet = check(NUMBERS + "v = x\nz = w*v\nu = z\nk = 2*3 + 1\nL = u^2*k\nM = L\n").sheet
    graph = value_graph(sheet)
    assert sorted(graph.named) == ["L", "k", "w", "x", "z"]
    assert [bearer(sheet, name) for name in ("v", "x", "u", "z", "M", "nothing")] == ["x", "x", "z", "z", "L", "nothing"]
    graph["L"].backward()
    assert (graph["L"].data, graph["z"].grad, graph["x"].grad) == (7.0, 14.0, 7.0)


def test_a_sheet_without_a_program_or_a_value_has_no_graph() -> None:
    with pytest.raises(ValueError, match="the sheet defines no forward program"):
        value_graph(check("hello").sheet)
    with pytest.raises(ValueError, match="no point was found at which the forward program has a value"):
        value_graph(check("L = log(-1 - x^2)\n").sheet)


def test_a_graph_s_own_values_are_left_alone() -> None:
    w = Value(2.0, name="w")
    assert check("dL/dw = 2w\n", (w * w).named("L")).status == 0
    assert (w.data, w.grad) == (2.0, 0.0)
