"""A gallery: one file for every parameter, a page whose links, numbers and names are right, or nothing at all."""

import math
import re

import pytest
from looking import Page, read, xml

from autograd import Value, gradients, where
from nn import MLP, Module, Parameter, mse
from viz import DrawingError, engine, gallery
from viz.album import AGREE, agree

SAFE = re.compile(r"[\w-]+(\.\w+)?")


def weights(*names):
    """Parameters with those names and a loss of them all."""
    values = [Value(0.5 + i, name=name) for i, name in enumerate(names)]
    L = values[0] * values[0]
    for value in values[1:]:
        L = L + value * value
    return values, L.named("L")


def network(n=2):
    net = MLP(2, [n, 1], "tanh", seed=2)
    return net, mse([net([Value(0.6, name="x_0"), Value(-1.1, name="x_1")])], [0.8]).named("L")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    net, L = network()
    return gallery(L, net, tmp_path_factory.mktemp("pictures")), net, L


def test_a_file_for_every_parameter_and_no_other(made):
    album, net, _ = made
    files = {path.name for path in album.index.parent.iterdir()}
    assert files == {plate.file for plate in album.plates} | {"index.html"}
    assert [plate.name for plate in album.plates] == list(net.named_parameters())
    assert album.plates[1].file == "W_h-1-0.svg"
    for plate in album.plates:
        xml((album.index.parent / plate.file).read_text(encoding="utf-8").partition("\n")[2])


def test_the_page_is_sound(made):
    page = Page(made[0].index.read_text(encoding="utf-8"))
    assert page.elements.count("figure") == 10
    assert page.elements.count("h1") == 1
    assert len(set(page.ids)) == len(page.ids)
    for link in page.links:
        assert link[1:] in page.ids if link.startswith("#") else (made[0].index.parent / link).is_file()
    assert len(page.links) == 18
    assert not re.search(r"https?://(?!www\.w3\.org/)", made[0].index.read_text(encoding="utf-8"))


def test_the_table_s_three_numbers_are_one(made):
    album, net, L = made
    exact = gradients(L)
    head, *rows = Page(album.index.read_text(encoding="utf-8")).cells
    assert head == ["parameter", "value", "∂L/∂p by backward()", "by the chain rule", "by central difference", "agree"]
    assert len(rows) == 9
    for row, plate, parameter in zip(rows, album.plates, net.parameters(), strict=True):
        assert row[5] == "✓ yes"
        assert plate.agrees
        assert plate.gradient == exact[parameter]
        assert math.isclose(read(row[1]), parameter.data, rel_tol=1e-5)
        for text in row[2:5]:
            assert math.isclose(read(text), exact[parameter], rel_tol=1e-9, abs_tol=1e-9)


def test_a_disagreement_is_shown(tmp_path, monkeypatch):
    from viz import album

    monkeypatch.setattr(album, "central_difference", lambda output, value: 7.0)
    (w,), L = weights("w")
    made = gallery(L, [w], tmp_path)
    assert not made.plates[0].agrees
    assert Page(made.index.read_text(encoding="utf-8")).cells[1][4:] == ["7", "✗ no"]


def test_agreement_has_a_limit():
    assert agree(1.0, 1.0 + 0.5 * AGREE)
    assert agree(0.0, 0.5 * AGREE)
    assert agree(math.inf, math.inf)
    assert not agree(1.0, 1.0 + 2 * AGREE)
    assert not agree(math.nan, math.nan)
    assert not agree(math.inf, 1.0)


@pytest.mark.parametrize(
    "names",
    [
        ("a/b", "a b", "A B", "a-b", "a-b-2"), ("..", ".", "/", "\\", "../../x"), ("w", "W", "W-2", "w-2", "w"), ("index", "INDEX"),
        ("-rf", "~", "$HOME", "x;y", "a:b", "x\n", "*"), ("ß", "ss", "SS", "é", "E\u0301", "e\u0301"), ("con", "nul.txt"),
        ("🦊", "עברית", "🐻"),
        ("w" * 300, "w" * 300), ("ж" * 150,), ("%41", "a?b#c", "a&b", '"', "<b>"), ("parameter", "...", "parameter-2"),
        ("x\x00y", "x\x01y"),
    ],
)  # fmt: skip
def test_files_have_safe_names_of_their_own(names, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "render", lambda *_, **__: b"<svg xmlns='http://www.w3.org/2000/svg'></svg>")
    values, L = weights(*names)
    made = gallery(L, values, tmp_path / "a" / "b")
    files = [plate.file for plate in made.plates]
    assert all(SAFE.fullmatch(file) for file in files)
    assert len({file.casefold() for file in files}) == len(names)
    assert {path.name for path in (tmp_path / "a" / "b").iterdir()} == {*files, "index.html"}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    page = Page(made.index.read_text(encoding="utf-8"))
    assert {"script", "b"}.isdisjoint(page.elements)
    assert {link for link in page.links if not link.startswith("#")} == set(files)
    assert len(page.cells) == len(names) + 1


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", 'a"b', "a<b", "&lt;"])
def test_the_loss_s_name_is_text(name, tmp_path):
    (w,), L = weights("w")
    page = Page(gallery(L.named(name), [w], tmp_path).index.read_text(encoding="utf-8"))
    assert "script" not in page.elements
    assert "".join(page.words).count(f"Every derivative of {name}") == 2
    assert any(f"{name} = 0.25" in words for words in page.words)


def test_parameters_without_names(tmp_path):
    values = [Value(1.0), Value(2.0)]
    made = gallery(values[0] * values[1], values, tmp_path)
    assert [plate.file for plate in made.plates] == ["parameter-1.svg", "parameter-2.svg"]


def test_parameters_without_names_go_by_their_place(tmp_path):
    class Line(Module):
        def __init__(self):
            self.slope, self.offset = Parameter(2.0), Parameter(1.0)

    line = Line()
    made = gallery((line.slope * 3.0 + line.offset).named("L"), line, tmp_path)
    assert [plate.name for plate in made.plates] == list(line.named_parameters()) == ["slope", "offset"]


@pytest.mark.parametrize("format", ["png", "pdf", "svg", "html", "txt"])
def test_other_formats(format, tmp_path):
    values, L = weights("index", "w")
    made = gallery(L, values, tmp_path, format=format)
    files = {path.name for path in tmp_path.iterdir()}
    assert files == {plate.file for plate in made.plates} | {"index.html"}
    assert len(files) == 3
    assert "Every derivative of L" in made.index.read_text(encoding="utf-8")


def test_refusals_write_nothing(tmp_path):
    (w,), L = weights("w")
    with pytest.raises(ValueError, match="no parameters"):
        gallery(L, [], tmp_path / "out")
    with pytest.raises(ValueError, match="L does not depend on stranger"):
        gallery(L, [w, Value(1.0, name="stranger")], tmp_path / "out")
    with pytest.raises(ValueError, match="gif"):
        gallery(L, [w], tmp_path / "out", format="gif")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", ["svg", "png"])
def test_nothing_is_written_when_a_picture_cannot_be_drawn(format, tmp_path, monkeypatch):
    values, L = weights("v", "w")
    real, asked = engine.render, []

    def render(dot, kind, **options):
        asked.append(kind)
        if asked.count(format) == 2:
            raise DrawingError("the second picture failed")
        return real(dot, kind, **options)

    monkeypatch.setattr(engine, "render", render)
    with pytest.raises(DrawingError, match="second"):
        gallery(L, values, tmp_path / "out", format=format)
    assert list(tmp_path.iterdir()) == []


def test_relative_and_present_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine.txt").write_text("kept")
    values, L = weights("w")
    for folder in ("there", "./new/deep", "../" + tmp_path.name + "/other"):
        assert gallery(L, values, folder).index.is_file()
    assert (tmp_path / "there" / "mine.txt").read_text() == "kept"
    assert gallery(L, iter(values), "there").plates[0].file == "w.svg"


def test_derivatives_that_are_not_finite(tmp_path):
    (w,) = (Value(1000.0, name="w"),)
    plate = gallery(w.exp().named("L"), [w], tmp_path).plates[0]
    assert plate.gradient == math.inf
    assert not plate.agrees


def test_a_branch_that_is_not_taken(tmp_path):
    w = Value(1000.0, name="w")
    plate = gallery(where(1.0, w, w.exp()).named("L"), [w], tmp_path).plates[0]
    assert (plate.gradient, plate.chain_rule) == (1.0, 1.0)


def test_close_to_the_edge_of_a_domain(tmp_path):
    w = Value(0.0005, name="w")
    plate = gallery((w * w.log()).named("L"), [w], tmp_path).plates[0]
    assert plate.gradient == plate.chain_rule == pytest.approx(math.log(0.0005) + 1)


def test_no_grad_is_touched(tmp_path):
    values, L = weights("v", "w")
    L.backward()
    gallery(L, values, tmp_path)
    assert [value.grad for value in values] == [1.0, 3.0]
