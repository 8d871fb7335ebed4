"""The report as a page: sound HTML that needs nothing else, every line in it, links that lead somewhere, and inert names."""

import re
from html.parser import HTMLParser

import pytest
from looking import Page, xml
from sheets import HOSTILE, MIXED, NETWORK, VERDICTS

import viz
from autograd import check
from viz import DrawingError, engine
from viz.report_page import Html, as_html, html


class Elements(HTMLParser):
    """Every element with its attributes, and the text inside it."""

    def __init__(self, text):
        super().__init__()
        self.all, self._open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        element = {"tag": tag, "text": "", **dict(attrs)}
        self.all.append(element)
        if tag not in ("meta", "br", "path", "polygon", "polyline"):
            self._open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.all.append({"tag": tag, "text": "", **dict(attrs)})

    def handle_endtag(self, tag):
        while self._open and self._open.pop()["tag"] != tag:
            pass

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def find(self, tag, **attributes):
        return [e for e in self.all if e["tag"] == tag and all(e.get(key.rstrip("_")) == value for key, value in attributes.items())]


@pytest.fixture(scope="module")
def text():
    return as_html([check(MIXED, suffix=".txt")])


@pytest.fixture(scope="module")
def page(text):
    return Elements(text)


def test_the_page_is_sound_and_needs_nothing_else(text):
    sound = Page(text)
    assert sound.elements.count("h1") == sound.elements.count("main") == 1
    assert len(sound.ids) == len(set(sound.ids))
    assert not re.search(r"https?://(?!www\.w3\.org/)|@import|url\(|\bsrc=", text)
    assert all(link.startswith("#") for link in sound.links)


def test_every_line_is_there_with_its_verdict(page):
    rows = [row for row in page.find("li") if row.get("id", "").startswith("r1-")]
    assert [row["class"] for row in rows] == VERDICTS
    for i, row in enumerate(rows):
        assert row["id"] == f"r1-{i}"
        assert row["text"].startswith(str(i + 1))
        assert VERDICTS[i] in row["text"]
    assert len(page.find("math")) == len(rows) - 1
    assert "dL/dW_h[1][0] = dL/dz_1 * q_7" in rows[11]["text"]


def test_a_wrong_line_says_why_and_what_is_right(page):
    row = page.find("li", id="r1-9")[0]["text"]
    for said in ("D104", "dL/dz_1 = dL/da_1 * s'(z_1)", "your line", "the truth", "because"):
        assert said in row
    assert [mark["text"] for mark in page.find("mark")][2] == "a_1"


def test_lines_and_cards_link_to_each_other(page, text):
    ids = {element["id"] for element in page.all if "id" in element}
    there = page.find("a", class_="there")
    assert len(there) == len(VERDICTS) - 1
    for link in [*there, *page.find("a", class_="muted")]:
        assert link["href"][1:] in ids
    rows = {row["id"]: row.get("data-shape") for row in page.find("li") if row.get("id")}
    back = [link["xlink:href"][1:] for link in page.find("a") if "xlink:href" in link]
    assert len(back) >= 9
    assert set(back) <= rows.keys()
    svg = xml(text[text.index("<svg") : text.index("</svg>") + 6])
    for group in svg.iter("{http://www.w3.org/2000/svg}g"):
        for link in group.findall("{*}g/{*}a"):
            target = link.get("{http://www.w3.org/1999/xlink}href")
            assert target is None or rows[target[1:]] == group.get("id")


def test_a_follow_on_links_to_the_mistake_it_carries(page):
    (link,) = [link for link in page.find("a", class_="muted") if link["text"] == "carries line 10"]
    assert link["href"] == "#r1-9"


def test_the_outcome_comes_first_with_links_to_the_lines(page):
    counts = [item for item in page.find("li") if "id" not in item]
    assert [item["text"] for item in counts] == [
        "✓ 2 right", "✗ 3 wrong: lines 6, 10, 14", "↳ 1 follow-on: line 11", "≠ 1 cancels: line 7", "? 1 unreadable: line 12",
        "· 1 undecided: line 13",
    ]  # fmt: skip


def test_the_graph_can_be_read_and_reached(page):
    (svg,) = page.find("svg")
    assert svg["role"] == "group"
    assert "verdicts" in svg["aria-label"]
    (words,) = page.find("pre")
    assert "z₁ = " in words["text"]
    assert "line 10 is wrong, claimed" in words["text"]


def test_without_the_script_all_is_there(text):
    without = re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL)
    assert text.count("<script>") == 1
    assert "hidden" not in re.sub(r"aria-hidden", "", without.partition("</style>")[2])
    assert {element["tag"] for element in Elements(without).all} >= {"math", "svg", "details", "table"}


@pytest.mark.parametrize("sheet", [HOSTILE, MIXED.replace("q_7", "<script>alert(1)</script>")])
def test_what_a_file_says_stays_text(sheet):
    page = Elements(as_html([check(sheet)]))
    assert len(page.find("script")) == 1
    assert not page.find("img")
    assert not [element for element in page.all if any(key.startswith("on") for key in element)]
    assert "alert(1)" in "".join(row["text"] for row in page.find("li"))


def test_a_file_s_name_stays_text(tmp_path):
    path = tmp_path / "<script>&amp;.txt"
    path.write_text(NETWORK + "dL/da_3 = 2(a_3 - y)\n")
    page = Elements(as_html([check(path), check(path)]))
    assert len(page.find("script")) == 1
    assert [heading["text"] for heading in page.find("h2")] == [str(path)] * 2


def test_several_reports_share_no_ids():
    reports = [check(MIXED, suffix=".txt"), check(MIXED, suffix=".txt")]
    ids = Page(as_html(reports)).ids
    assert len(ids) == len(set(ids))
    assert {"r1-0", "r2-0"} <= set(ids)


def test_the_same_report_is_the_same_page():
    report = check(MIXED, suffix=".txt")
    assert as_html([report]) == as_html([report])


@pytest.mark.parametrize("trouble", [DrawingError("no Graphviz here: buy one"), engine.DrawingTimeout("late")])
def test_without_a_drawing_the_rest_is_there(trouble, monkeypatch):
    def render(*_, **__):
        raise trouble

    monkeypatch.setattr(engine, "render", render)
    page = Elements(as_html([check(MIXED, suffix=".txt")]))
    assert not page.find("svg")
    assert not page.find("a", class_="there")
    assert str(trouble) in page.find("main")[0]["text"]
    assert len([row for row in page.find("li") if "id" in row]) == len(VERDICTS)


@pytest.mark.parametrize("sheet", ["", "no mathematics here", "σ'(x) = σ(x)(1 - σ(x))\n", "dL/dz = 3\n"])
def test_a_sheet_without_a_program_has_a_page(sheet):
    page = Elements(as_html([check(sheet, suffix=".txt")]))
    assert not page.find("svg")
    assert "No drawing of the forward program" in page.find("main")[0]["text"]


def test_no_reports_is_a_page():
    assert Page(as_html([])).elements.count("h1") == 1


def test_a_notebook_s_cell():
    report = check(MIXED, suffix=".txt")
    one, two = html(report), viz.html(report)
    assert isinstance(one, Html)
    assert one._repr_html_() == str(one)
    assert {"script", "html", "body"}.isdisjoint(Page(one).elements)
    assert "light" in Elements(one).find("div")[0]["class"].split()
    assert not set(Page(one).ids) & set(Page(two).ids)
