"""The drawing: whatever a quantity is called or worth, it is drawn, as text and nothing else, in sound SVG."""

import math
import re

import graphviz
import pytest
from looking import Page, figure_of, tags, texts, tooltips, xml

from autograd import Value
from nn import MLP, Neuron, mse
from viz import draw, style
from viz.drawing import LABELLED, MOST
from viz.page import page

DRAWN = {"svg", "g", "polygon", "path", "text", "a", "polyline"}
NAMES = {
    "a script": "<script>alert(1)</script>",
    "DOT": '"]; x [',
    "a node's escape": r"\N",
    "a backslash at the end": "x\\",
    "an ampersand": "a&b",
    "an entity": "&lt;b&gt;",
    "format fields": "%s {0}",
    "a quote": "it's",
    "the end of CDATA": "]]>",
    "a comment": "a<!--b-->c",
    "a newline": "two\nlines",
    "a control character": "a\x01b",
    "a terminal's escape": "\x1b[31mred",
    "NUL": "a\x00b",
    "half a pair": "a\ud800b",
    "no character": "a\uffffb",
    "nothing to see": "\u200b",
    "a blank letter": "\u3164",
    "a long name": "w" * 300,
    "an animal": "🦊",
    "right to left": "עברית",
    "an override": "a\u202eb",
    "an HTML label": "<b>x</b>",
    "words of DOT": "node",
    "a number": "12",
}


def shown(name):
    """The name as a label has it: blanks as one, \\ as ∖, what cannot be printed as �."""
    return "".join(c if c.isprintable() else "\ufffd" for c in " ".join(name.split())).replace("\\", "∖")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_name_is_drawn_as_text(name):
    figure = figure_of(name)
    svg = figure.svg()
    written = texts(svg)
    assert tags(svg) <= DRAWN
    assert any(text.strip() == shown(name).strip() for text in written)
    assert {"script", "b"}.isdisjoint(Page(page("t", svg)).elements)


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_loss_s_name_is_text_too(name):
    x = Value(2.0, name="x")
    figure = draw((x * x).named(name), x)
    assert tags(figure.svg()) <= DRAWN
    assert "text/plain" in figure._repr_mimebundle_()


@pytest.mark.parametrize("name", [r"\N", r"\G", r"a\nb", "&lt;b&gt;", "&#65;", "<i>x</i>", "100%"])
def test_a_tooltip_bears_the_name(name):
    said = [text.replace("∖", "\\") for text in tooltips(figure_of(name).svg())]
    assert any(text.startswith(f"{name} (input) = 1.5;") for text in said)


def test_a_group_s_label_is_text():
    neuron = Neuron(1, "tanh", seed=0, label='<script>"]; \\N')
    svg = draw(neuron([Value(1.0, name="x")]) * 2, parameters=neuron).svg()
    assert '<script>"]; ∖N' in [text.strip() for text in texts(svg)]
    assert tags(svg) <= DRAWN


def test_nodes_are_known_by_letters():
    net = MLP(2, [2, 1], "tanh", seed=1)
    dot = draw(net([Value(1.0, name="12"), 2.0]), net.parameters()[0], net).dot
    nodes = re.findall(r"^\t*(\w+) \[label=<<TABLE", dot, re.MULTILINE)
    assert len(nodes) > 10
    assert all(node[0].isalpha() for node in nodes)
    assert {end for edge in re.findall(r"(\w+) -> (\w+)", dot) for end in edge} == set(nodes)
    assert isinstance(draw(net([1.0, 2.0])).digraph, graphviz.Digraph)


def test_two_figures_share_no_ids():
    one, two = (figure_of("x").svg() for _ in range(2))
    whole = Page(page("two", one + two))
    assert len(whole.ids) > 10
    assert len(set(whole.ids)) == len(whole.ids)
    assert all(re.match("[a-z]", id) for id in whole.ids)


def test_ids_do_not_change_when_asked_twice():
    figure = figure_of("x")
    assert figure.svg() == figure.svg()


NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("make", "seen"),
    [
        (lambda x: (Value(NAN, name="n") * x), "NaN"), (lambda x: Value(INF, name="i") * x, "∞"),
        (lambda x: Value(-INF, name="i") * x, "−∞"),
        (lambda x: (x - 1).log(), "−∞"), (lambda x: 1 / (x - 1), "∞"), (lambda x: x * 0, "0"), (lambda x: x.step() + 1, "0"),
        (lambda x: (x - 1).log() - (x - 1).log().named("b"), "NaN"), (lambda x: x * 1e-320 + Value(1.0, name="y") * 1e308, "1×10³⁰⁸"),
        (lambda x: x.exp().exp().exp().exp(), "∞"), (lambda x: x * -0.0, "0"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("focused", [False, True])
def test_any_number_is_drawn(make, seen, focused):
    x = Value(1.0, name="x")
    figure = draw(make(x).named("L"), x if focused else None)
    assert any(seen in text for text in texts(figure.svg()))
    assert not re.search(r"\b(nan|inf)\b", re.sub(r'tooltip="[^"]*"', "", figure.dot))


def test_zero_gradients_are_drawn_pale():
    x = Value(1.0, name="x")
    figure = draw((x * 0).named("L"))
    assert "∂L/∂x = 0" in figure.text
    assert 'BGCOLOR="#FFFFFF"' in figure.dot
    assert f'color="{style.MUTED}"' in figure.dot


def test_a_path_is_lit_and_the_rest_is_not():
    w, x = Value(2.0, name="w"), Value(-3.0, name="x")
    dot = draw((w * x).named("L"), w).dot
    lit, dark = (re.search(rf"{node} -> n2 \[(.*)\]", dot)[1] for node in ("n0", "n1"))
    assert f'color="{style.NEGATIVE}"' in lit
    assert "penwidth" in lit
    assert "penwidth" not in dark
    assert f'color="{style.POSITIVE}"' in re.search(r"n1 -> n2 \[(.*)\]", draw((w * x).named("L")).dot)[1]


def test_every_sort_of_value_in_the_words():
    w, x = Value(2.0, name="w"), Value(-3.0, name="x")
    assert str(draw((w * x).named("L"), w)).splitlines()[1:4] == [
        "w    input                   2         ∂L/∂w = −3",
        "x    input                   −3        ∂L/∂x = 2",
        "L    ×                       −6        ∂L/∂L = 1",
    ]


def test_a_single_leaf_is_a_drawing():
    x = Value(2.0, name="x")
    assert "∂x/∂x = 1" in draw(x).text
    assert "∂x/∂x = 1" in "".join(texts(draw(x, x).svg())).replace("  ", " ")


def test_a_drawing_without_labels_between_the_two_limits():
    value = Value(1.0, name="x")
    for _ in range(LABELLED):
        value = value.sin()
    assert "cos" not in re.sub(r'tooltip="[^"]*"', "", draw(value).dot)
    assert draw(value).simpler is None
    assert xml(draw(value).svg()) is not None


def test_a_large_network_folds_and_says_so():
    net = MLP(2, [16, 16, 1], "tanh", seed=1)
    x = [Value(0.5, name="x_0"), Value(-1.0, name="x_1")]
    L = mse([net(x)], [1.0]).named("L")
    figure = draw(L, net.parameters()[0], net)
    hidden, cards = re.search(r"\(([\d,]+) values, ([\d,]+) of them folded into (\d+) cards\)", figure.title).group(2, 3)
    said = [int(number) for number in re.findall(r" {4}(\d+) values", figure.text)]
    assert (sum(said), len(said)) == (int(hidden.replace(",", "")), int(cards))
    assert figure.dot.count("label=<<TABLE") - 1 <= MOST
    assert any("folded" in text for text in texts(figure.svg()))


@pytest.mark.parametrize("unit", ["neuron", "layer"])
@pytest.mark.parametrize("focused", [False, True])
def test_what_is_drawn_for_is_never_folded_away(unit, focused):
    net = MLP(2, [2, 1], "tanh", "tanh", seed=1)
    figure = draw(net([1.0, 2.0]), net.parameters()[0] if focused else None, net, collapse=unit)
    assert "∂a₃/∂a₃ = 1" in figure.text
    assert xml(figure.svg()) is not None


def test_two_neurons_of_one_label_are_not_folded_into_one():
    net = MLP(1, [2, 1], "tanh", seed=1)
    for neuron in net.layers[0].neurons:
        neuron.label = "neuron"
    figure = draw((net([0.5]) ** 2).named("L"), net.parameters()[-1], net, collapse="neuron")
    assert "folded into 2 cards" in figure.title


@pytest.mark.parametrize(("parameters", "collapse"), [((), "neuron"), (MLP(1, [1]), "network"), (MLP(1, [1]), "")])
def test_what_cannot_be_folded_is_refused(parameters, collapse):
    with pytest.raises(ValueError, match="collapse is 'neuron' or 'layer'"):
        draw(Value(1.0) * 2, parameters=parameters, collapse=collapse)
