"""The handwritten notes as sheets: what is right in them, and their slips, each found and named."""

from pathlib import Path

import pytest

from autograd.derivation.report import Finding, Report, check

NOTES = Path(__file__).parent.parent.parent / "examples" / "notes"


@pytest.fixture(scope="module")
def notes() -> Report:
    return check(NOTES / "notes.md")


@pytest.fixture(scope="module")
def slips() -> Report:
    return check(NOTES / "slips.md")


PARAMETERS = ["W_o[0]", "W_o[1]", "B_o", "W_h[0][0]", "W_h[1][0]", "W_h[0][1]", "W_h[1][1]", "B_h[0]", "B_h[1]"]
DERIVATIVES = ["a_3", "z_3", *PARAMETERS[:3], "a_1", "a_2", "z_1", "z_2", *PARAMETERS[3:]]


def test_every_line_of_the_notes_is_right(notes: Report) -> None:
    assert notes.status == 0, f"\n{notes}"
    assert all(finding.verdict in ("right", "definition") for finding in notes.lines)


def test_the_notes_derive_all_fifteen(notes: Report) -> None:
    lefts = [finding.understood.partition(" = ")[0] for finding in notes.lines if finding.verdict == "right"]
    assert len(DERIVATIVES) == 15
    for name in DERIVATIVES:
        assert f"∂L/∂{name}" in lefts
    for name in DERIVATIVES[2:]:  # by a chain: the product of two derivatives, then what it comes to
        assert lefts.count(f"∂L/∂{name}") >= 2, name
    for upper, names in {
        "z_3": PARAMETERS[:3],
        "z_1": ["W_h[0][0]", "W_h[1][0]", "B_h[0]"],
        "z_2": ["W_h[0][1]", "W_h[1][1]", "B_h[1]"],
    }.items():
        for name in names:
            assert f"∂{upper}/∂{name}" in lefts


def test_the_notes_derive_the_sigmoid(notes: Report) -> None:
    about = [finding for finding in notes.lines if "exp(-x)" in finding.understood or finding.understood.startswith("σ'(x)")]
    assert len(about) >= 10
    assert all(finding.kind == "identity" for finding in about)
    assert "exp(-x) / (1 + exp(-x)) + 1 / (1 + exp(-x)) = 1" in [finding.understood for finding in about]
    assert "σ'(x) = σ(x) · (1 - σ(x))" in [finding.understood for finding in about]


# ---- the slips ----


def at(report: Report, text: str) -> list[Finding]:
    """The findings of the line that holds a text."""
    rows = [i for i, line in enumerate((NOTES / "slips.md").read_text(encoding="utf-8").splitlines(), 1) if text in line]
    assert len(rows) == 1, text
    return [finding for finding in report.lines if finding.line == rows[0]]


def verdicts(findings: list[Finding]) -> list[tuple[str, str | None]]:
    return [(finding.verdict, finding.code) for finding in findings]


def test_weight_5_2_is_found_in_the_sum(slips: Report) -> None:
    found = at(slips, r"$$n_5 = \sigma(n_3) \cdot w_{5,3} + \sigma(n_4) \cdot w_{5,2} + b_5")
    assert verdicts(found) == [("wrong", "D106")]
    assert found[0].cause == "w_{5,2} should be w_{5,4}"
    assert found[0].suggestion == r"n_5 = \sigma(n_3) \cdot w_{5,3} + \sigma(n_4) \cdot w_{5,4} + b_5"
    assert found[0].mark is not None
    assert found[0].text[slice(*found[0].mark)] == "w_{5,2}"


def test_another_weight_of_the_network_is_found_in_the_sum_and_in_the_derivative(slips: Report) -> None:
    for text in (r"\sigma(n_4) \cdot w_{4,2} + b_5", r"\sigma'(n_4) \cdot w_{4,2}"):
        found = at(slips, text)
        assert verdicts(found) == [("wrong", "D106")]
        assert found[0].cause == "w_{4,2} should be w_{5,4}"


def test_a_function_that_equals_its_derivative_is_found(slips: Report) -> None:
    first, second, third = at(slips, r"= \frac{d}{dx} \sigma")
    assert first.verdict in ("right", "definition")
    assert (second.verdict, second.code) == ("wrong", "D105"), second
    assert (third.verdict, third.code, third.carries) == ("follow-on", "D201", second.line), third


def test_the_lines_after_the_function_s_slip_still_mean_the_function(slips: Report) -> None:
    """``σ = 1/(1+e^{-x})`` speaks of the function, and makes no quantity of it: σ(n_3) stays the sigmoid of n_3."""
    assert all("σ · " not in finding.understood and "sigma · " not in finding.understood for finding in slips.lines)
    found = at(slips, r"\frac{\partial L}{\partial a_3} \cdot \sigma'(z_3)")
    assert verdicts(found) == [("right", None)]


@pytest.mark.parametrize("hidden", ["a_1", "a_2"])
def test_an_unknown_letter_is_named_with_what_was_meant(slips: Report, hidden: str) -> None:
    found = at(slips, rf"\frac{{\partial f}}{{\partial {hidden}}}")
    assert found[0].verdict == "unreadable"
    assert found[0].code == "D302"
    assert found[0].cause is not None
    assert "'f'" in found[0].cause
    assert "did you mean L?" in found[0].cause


def test_an_alias_says_what_the_letter_is() -> None:
    report = check(NOTES / "slips.md", aliases={"f": "L"})
    found = at(report, r"\frac{\partial f}{\partial a_1}")
    assert [finding.verdict for finding in found] == ["right", "right"], f"\n{report}"


def test_the_bias_s_line_is_a_product_that_holds(slips: Report) -> None:
    """A dot where an equals sign was meant: ∂L/∂B_h[0] · ∂z_1/∂B_h[0] = ∂L/∂z_1 is true, since the second factor is 1."""
    assert verdicts(at(slips, r"\cdot \frac{\partial z_1}{\partial B_h[0]} = \frac{\partial L}{\partial z_1}")) == [("right", None)]


def test_nothing_else_is_wrong_and_the_status_says_so(slips: Report) -> None:
    assert slips.summary["wrong"] == 4, f"\n{slips}"
    assert slips.summary["unreadable"] in (2, 4)  # one for each line, or one for each =
    assert slips.status == 2
