"""The graph of a sheet's quantities: every name once, true numbers, and the verdicts where they belong."""

import pytest
from sheets import MIXED, NETWORK

from autograd import check
from autograd.explanation import number
from viz import verdicts
from viz.quantities import graphs


@pytest.fixture(scope="module")
def report():
    return check(MIXED, suffix=".txt")


def card(graph, name):
    return next(card for card in graph.cards if card.name == name)


def test_a_card_for_every_quantity_and_an_arrow_for_every_direct_use(report):
    (graph,) = graphs(report)
    names = [card.name for card in graph.cards]
    assert sorted(names) == sorted(
        ["x_0", "x_1", "y", "W_h[0][0]", "W_h[1][0]", "B_h[0]", "W_o[0]", "B_o", "z_1", "a_1", "z_3", "a_3", "L"]
    )
    place = {card.id: card.name for card in graph.cards}
    arrows = {(place[arrow.tail], place[arrow.head]): arrow for arrow in graph.arrows}
    assert len(arrows) == len(graph.arrows) == 12
    assert arrows["x_0", "z_1"].formula == "W_h₀₀"
    assert arrows["x_0", "z_1"].partial == card(graph, "W_h[0][0]").data


def test_the_numbers_are_those_of_the_report_s_first_point(report):
    (graph,) = graphs(report)
    for finding, name in ((report.lines[5], "a_3"), (report.lines[9], "z_1"), (report.lines[10], "W_h[0][0]")):
        shown = card(graph, name)
        assert shown.grad == pytest.approx(finding.true[0], rel=1e-12)
        assert shown.claim.value == finding.claimed[0]
        assert shown.claim.verdict == finding.verdict


def test_every_line_knows_what_it_is_about(report):
    (graph,) = graphs(report)
    shapes = {card.id: card.name for card in graph.cards} | {arrow.id: "arrow" for arrow in graph.arrows}
    about = [shapes.get(graph.rows.get(i, "")) for i in range(len(report.lines))]
    assert about == ["z_1", "a_1", "z_3", "a_3", "L", "a_3", "z_3", "arrow", "a_1", "z_1", "W_h[0][0]", None, "B_h[0]", "arrow", "x_0"]
    marked = [arrow.claim.verdict for arrow in graph.arrows if arrow.claim]
    assert sorted(marked) == ["right", "wrong"]


def test_of_several_claims_the_worst_is_shown():
    lines = ["dL/da_3 = -2(y - a_3)", "dL/da_3 = 2(y - a_3)", "dL/da_3 = 2(a_3 - y)"]
    (graph,) = graphs(check(NETWORK + "\n".join(lines), suffix=".txt"))
    assert (card(graph, "a_3").claim.line, card(graph, "a_3").claim.verdict) == (7, "wrong")


def test_of_contributions_the_total_is_shown():
    (graph,) = graphs(check("a = x*x\nb = 3*x\nL = a*b\nda = b\ndb = a\ndx = da*2*x\ndx += db*3\n", suffix=".txt"))
    assert card(graph, "x").claim.line == 7


def test_a_number_for_the_sheet_s_own_point_is_no_claim_about_another():
    (graph,) = graphs(check("z = x*w\nL = z^2\nx = 2\nw = 3\ndL/dz = 2*z = 12\ndL/dw = 24\n", suffix=".txt"))
    assert [card(graph, name).claim.numeric for name in ("z", "w")] == [False, True]
    z, w = (next(line for line in verdicts.draw(graph, "").text.splitlines() if line.startswith(name)) for name in ("z =", "w ="))
    assert z.endswith(f"claimed {number(card(graph, 'z').grad)}")
    assert w.endswith("; line 6 is right")


def test_a_quantity_with_two_names_is_one_card():
    (graph,) = graphs(
        check(NETWORK.replace("(y - a_3)", "(y - p)").replace("L =", "p = a_3\nL =") + "dL/da_3 = -2(y - a_3)\n", suffix=".txt")
    )
    cards = [card for card in graph.cards if {"a_3", "p"} & {card.name, *card.also}]
    assert len(cards) == 1
    assert {cards[0].name, *cards[0].also} == {"a_3", "p"}
    assert cards[0].claim.verdict == "right"


def test_derivatives_of_something_else_than_the_loss_have_a_graph_of_their_own():
    first, second = graphs(check(NETWORK + "dL/da_3 = -2(y - a_3)\nm = 3*k\ndm/dk = 2\n", suffix=".txt"))
    assert (first.root, second.root) == ("L", "m")
    assert [card.name for card in second.cards] == ["k", "m"]
    assert card(second, "k").claim.verdict == "wrong"
    assert card(first, "a_3").claim.verdict == "right"


def test_no_program_no_graph():
    with pytest.raises(ValueError, match="no forward program"):
        graphs(check("dL/dz = 3\n", suffix=".txt"))


@pytest.mark.parametrize(
    ("name", "look", "said"),
    [
        ("a_3", "#B42318", "✗ line 6"), ("z_3", "#B42318", "≠ line 7"), ("a_1", "#12713A", "✓ line 9"),
        ("W_h[0][0]", "ROUNDED,DASHED", "↳ line 11"), ("W_h[0][0]", "#93370D", "claimed"), ("B_h[0]", "ROUNDED,DOTTED", "· line 13"),
    ],
)  # fmt: skip
def test_a_verdict_has_a_colour_and_a_mark_and_words(report, name, look, said):
    (graph,) = graphs(report)
    figure = verdicts.draw(graph, "r1-")
    dot = next(line for line in figure.dot.splitlines() if line.strip().startswith(f"{card(graph, name).id} [label"))
    assert look in dot
    assert said in dot
    shown = card(graph, name)
    assert any(f"line {shown.claim.line} is {shown.claim.verdict}" in line for line in figure.text.splitlines())


def test_too_many_quantities_are_refused():
    lines = "\n".join(f"a_{i} = {f'a_{i - 1} * 1' if i else 'x * 2'}" for i in range(700))
    (graph,) = graphs(check(f"{lines}\nL = a_699 * 0.5\ndL/da_699 = 0.5\n", suffix=".txt"))
    with pytest.raises(ValueError, match="702 quantities"):
        verdicts.draw(graph, "")
