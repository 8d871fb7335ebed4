"""Names: one grammar, one spelling for each medium, and no harm from a name that is none."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd import Value, names
from autograd.names import Name
from nn import MLP

ODD = [
    "<script>",
    '"]; x [',
    "",
    "a b",
    "50%",
    "a$b",
    "{",
    "}",
    "x^2",
    "a~b",
    "a&b",
    "#1",
    "__",
    "_x",
    "1x",
    "日本",
    "W_h[",
    "W_h[-1]",
]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("x", Name("x")),
        ("W_h[0][1]", Name("W", "h", (0, 1))),
        ("W_{h,01}", Name("W", "h", (0, 1))),
        ("W_h[0, 1]", Name("W", "h", (0, 1))),
        ("W_h₀₁", Name("W", "h", (0, 1))),
        ("W_h[10][2]", Name("W", "h", (10, 2))),
        ("z_3", Name("z", "", (3,))),
        ("z3", Name("z", "", (3,))),
        ("z₃", Name("z", "", (3,))),
        ("z_12", Name("z", "", (12,))),
        ("B_o", Name("B", "o")),
        ("W_o[1]", Name("W", "o", (1,))),
    ],
)
def test_parse(text, name):
    assert names.parse(text) == name


def test_a_greek_letter_and_its_word_are_one_name():
    assert names.parse("eta") == names.parse("η")
    assert names.parse("sigma_1") == names.parse("σ₁")
    assert names.parse(r"\hat{eta}") == names.parse(r"\hat{\eta}") == names.parse("eta_hat")


@pytest.mark.parametrize(
    ("text", "pretty", "latex"),
    [
        ("x", "x", "x"),
        ("W_h[0][1]", "W_h₀₁", "W_{h,01}"),
        ("W_h[10][2]", "W_h₁₀,₂", "W_{h,10,2}"),
        ("B_h[0]", "B_h₀", "B_{h,0}"),
        ("B_o", "B_o", "B_{o}"),
        ("z_3", "z₃", "z_{3}"),
        ("z_12", "z₁₂", "z_{12}"),
        ("eta", "η", r"\eta"),
        (r"\hat{eta}_1", "η̂₁", r"\hat{\eta}_{1}"),
        (r"\mathbf{w}_1", "w₁", r"\mathbf{w}_{1}"),
        (r"\boldsymbol{\theta}", "θ", r"\mathbf{\theta}"),
        ("net_o_1", "net_o₁", r"\mathrm{net}_{o,1}"),
        ("y_pred_true", "y_pred_true", r"y_{\mathrm{pred\_true}}"),
        ("x_1_b", "x_1_b", r"x_{\mathrm{1\_b}}"),
        ("σ_1", "σ₁", r"\sigma_{1}"),
        ("loss", "loss", r"\mathrm{loss}"),
        ("L", "L", "L"),
        ("<script>", "<script>", r"\text{<script>}"),
        ('"]; x [', '"]; x [', r'\text{"]; x [}'),
        ("", "", r"\text{}"),
        ("50%", "50%", r"\text{50\%}"),
        ("a$b{c}", "a$b{c}", r"\text{a\$b\{c\}}"),
    ],
)
def test_spellings(text, pretty, latex):
    assert names.pretty(text) == pretty
    assert names.latex(text) == latex


def test_the_predicted_value_has_its_hat_in_both_spellings():
    assert names.pretty("yhat") == "ŷ"
    assert "hat" in names.latex("ŷ") or names.latex("ŷ") == "ŷ"
    assert names.latex("yhat") in (r"\hat{y}", "ŷ")


@pytest.mark.parametrize("text", ODD)
def test_what_is_no_name_is_spelt_as_it_stands(text):
    assert names.parse(text) is None or names.parse(text).head == text
    assert names.pretty(text) == text


def test_a_name_of_several_lines_is_shown_on_one():
    assert names.pretty("a\n  b") == "a b"


@given(st.one_of(st.text(max_size=12), st.from_regex(r"\A[A-Za-z]{1,4}_?[a-z]{0,3}(\[[0-9]{1,3}\]){0,3}\Z")))
def test_the_unicode_spelling_is_its_own_spelling(text):
    assert names.pretty(names.pretty(text)) == names.pretty(text)


@given(head=st.sampled_from("WBzax"), sub=st.sampled_from(["", "h", "o", "in"]), indices=st.lists(st.integers(0, 25), max_size=3))
def test_a_spelling_denotes_the_name_that_it_spells(head, sub, indices):
    name = names.parse(head + (f"_{sub}" if sub else "") + "".join(f"[{i}]" for i in indices))
    assert name == Name(head, sub, tuple(indices))
    assert names.parse(name.pretty) == name


@pytest.mark.parametrize("sizes", [[2, 1], [16, 16, 1], [12, 1], [3, 2], [30, 2]])
def test_different_parameters_are_spelt_differently(sizes):
    own = list(MLP(2, sizes).named_parameters())
    for spell in (names.pretty, names.latex):
        assert len({spell(name) for name in own}) == len(own)


@given(st.text(max_size=12))
def test_a_latex_spelling_is_balanced_and_has_nothing_bare(text):
    spelt = names.latex(text)
    bare = re.sub(r"\\textbackslash\{\}|\\[{}$&#%_]|\\\^\{\}|\\~\{\}", "", spelt)
    assert bare.count("{") == bare.count("}")
    if names.parse(text) is None:
        inside = bare.removeprefix(r"\text{").removesuffix("}")
        assert not set(inside) & set("{}$&#%_^~")


def test_a_backslash_in_a_name_is_set_by_a_command_for_text():
    assert names.latex("a\\b") in (r"\text{a\textbackslash b}", r"\text{a\textbackslash{}b}")  # \backslash is for mathematics only


@pytest.mark.parametrize("name", [("a",), ("a", "b"), ()])
def test_a_tuple_is_no_name(name):
    with pytest.raises(TypeError, match="a name is a non-empty string, not tuple"):
        Value(1.0, name=name)
