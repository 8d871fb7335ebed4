"""What is suggested in place of a wrong line: spelt as the writer spells, and read back as what is meant."""

from __future__ import annotations

import ast

import pytest
from test_diagnosis import NETWORK, repaired, wrong

from autograd import OPS, check
from autograd.derivation.digits import rounded


def test_powers_and_fractions_bracket_what_would_be_read_otherwise() -> None:
    from autograd.derivation.terms import Apply, Number, Quantity
    from autograd.derivation.writing import Notation
    from viz import mathml

    def written(op: str, *args: object) -> Apply:
        return Apply(OPS[op], args)

    x, two = Quantity("x"), Number(2.0, "2")
    power = written("pow", written("pow", x, two), two)
    assert [Notation(kind).write(power) for kind in ("text", "code", "latex")] == ["(x^2)^2", "(x**2)**2", "(x^{2})^{2}"]
    assert Notation("latex").write(written("pow", written("exp", x), two)) == "(e^{x})^{2}"
    assert Notation("latex").write(written("div", written("add", x, two), written("neg", x))) == r"\frac{x + 2}{-x}"
    brackets = "<mrow><mo>(</mo>{}<mo>)</mo></mrow>".format
    squared = "<msup>{}<mrow><mn>2</mn></mrow></msup>".format
    assert mathml.term(power) == squared(brackets(squared("<mi>x</mi>")))
    assert mathml.term(written("pow", written("sqrt", x), two)) == squared("<msqrt><mi>x</mi></msqrt>")
    assert mathml.term(written("mul", written("neg", x), x)) == "<mrow><mrow><mo>−</mo><mi>x</mi></mrow><mo>·</mo><mi>x</mi></mrow>"


def test_names_that_people_write_come_from_the_rows() -> None:
    from autograd.derivation.writing import Notation
    from viz import mathml
    from viz.mathml import Apply, Quantity

    sigmoid, log, relu = OPS["sigmoid"], OPS["log"], OPS["relu"]
    assert [Notation("latex").function(row, prime=True) for row in (sigmoid, log, relu)] == [r"\sigma'", r"\ln'", r"\operatorname{relu}'"]
    assert [Notation("text").function(row) for row in (sigmoid, log, relu)] == ["σ", "log", "relu"]
    assert [Notation("text", round=False).function(row) for row in (sigmoid, OPS["maximum"])] == ["s", "max"]
    assert "<mi>σ</mi>" in mathml.term(Apply(sigmoid, (Quantity("z"),))) and "<mi>ln</mi>" in mathml.term(Apply(log, (Quantity("z"),)))


def test_the_writer_s_own_name_of_a_function_is_kept() -> None:
    finding = wrong(check("z = w*x\na = logistic(z)\nL = (y - a)^2\ndL/dz = -2(y - a) * logistic(z)\n"))
    assert finding.suggestion == "dL/dz = -2(y - a) * logistic'(z)"


@pytest.mark.parametrize(
    ("x", "places", "text"), [(0.138498562, 9, "0.138498562"), (0.12345678, 0, "0.123457"), (3.0, 0, "3"), (-0.5, 1, "-0.5")]
)
def test_a_number_is_rounded_where_digits_are_left(x: float, places: int, text: str) -> None:
    assert rounded(x, places) == text


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        ("dz = -2 * (y - a) * sigmoid(z)", "a * (1 - a)"),
        ("dz = da * a * (1 - z)", ""),
        ("da_dz = a * (1 + a)", "da_dz = a * (1 - a)"),
        ("dw = dz * b", "dw = dz * x"),
        ("dw = da * x", ""),
        ("dx = dw * b", ""),
        ("dx = w", ""),
    ],
)
def test_a_suggestion_in_code_is_python_that_the_reader_reads(claim: str, right: str) -> None:
    text = NETWORK[".py"] + f"da = -2 * (y - a)\n{claim}\n"
    finding = wrong(check(text, suffix=".py"))
    assert finding.suggestion is not None and right in finding.suggestion
    ast.parse(finding.suggestion)
    report = repaired(text, finding, ".py")
    assert report.status == 0, report


def test_gradients_as_attributes_are_suggested_as_attributes() -> None:
    text = "n = x1.data * w1.data + b\no = np.tanh(n)\nL = o**2\no.grad = 2 * o\nn.grad = o.grad * (1 - o**2)\nx1.grad = w1.data * o.grad\n"
    finding = wrong(check(text, suffix=".py"))
    assert finding.suggestion == "x1.grad = w1.data * o.grad * (1 - o**2)"
    other = wrong(check(text.replace("w1.data * o.grad", "w1.data * n.grad / 2 + b.grad"), suffix=".py"))
    assert ".grad" in (other.suggestion or "") and "_d" not in (other.suggestion or "")
    assert repaired(text, finding, ".py").status == 0


def test_a_function_of_numpy_is_exchanged_with_its_module() -> None:
    text = "z = w * x\na = np.sin(z)\nL = a**2\ndz = 2 * a * np.sin(z)\n"
    finding = wrong(check(text, suffix=".py"))
    assert repaired(text, finding, ".py").status == 0
    assert "np.sigmoid" not in (finding.suggestion or "")


def test_a_bare_line_still_gets_the_right_one() -> None:
    for suffix, claim in (
        (".txt", "dL/dw = z*z*z + 7"),
        (".md", r"$\frac{\partial L}{\partial w} = z z z + 7$"),
        (".py", "dw = z*z*z + 7"),
    ):
        text = NETWORK[suffix] + claim + "\n"
        finding = wrong(check(text, suffix=suffix))
        assert finding.code == "D199"
        assert repaired(text, finding, suffix).status == 0, finding.suggestion


def test_nothing_is_suggested_rather_than_the_left_side_itself() -> None:
    for line in check("z = w*x\nL = z^2\nz = w + x\ndL/dz = dL/dz + 1\n").lines:
        left, _, right = (line.suggestion or "").partition(" = ")
        assert left != right or line.suggestion is None, line.suggestion


@pytest.mark.parametrize(
    ("written", "suggested"),
    [(r"\tfrac12(y - a)", r"\tfrac{-4}2(y - a)"), (r"-\frac16(y-a)", r"-\frac{12}6(y-a)")],
)
def test_an_argument_without_braces_is_given_some(written: str, suggested: str) -> None:
    text = NETWORK[".md"] + rf"$\frac{{\partial L}}{{\partial a}} = {written}$"
    finding = wrong(check(text, suffix=".md"))
    assert finding.suggestion == rf"\frac{{\partial L}}{{\partial a}} = {suggested}"


def test_a_name_that_was_spelt_in_unicode_is_suggested_in_latex() -> None:
    suggestion = wrong(check(r"$ŷ = σ(w x)$ $L = (y - ŷ)^2$ $\frac{\partial L}{\partial w} = 3$", suffix=".md")).suggestion
    assert suggestion is not None
    assert suggestion.endswith(r"= \frac{\partial L}{\partial \hat{y}} \cdot \frac{\partial \hat{y}}{\partial w}")
