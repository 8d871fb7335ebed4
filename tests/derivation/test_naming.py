"""Names: two of one sheet stay two, updates are new quantities, and nothing rests on a definition that was not read."""

# ruff: noqa: E501
from __future__ import annotations

import pytest

from autograd import Value, check


def verdicts(text: str, suffix: str = ".txt") -> list[str]:
    return [finding.verdict for finding in check(text, suffix=suffix).lines]


# ---- one name or two ----


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        pytest.param("L = a_1*a^{(1)}*x\ndL/dx = a_1^2\n", ".txt", id="a component and a layer"),
        pytest.param("L = W_{1,11}*W_{11,1}*x\ndL/dx = W_{1,11}^2\n", ".txt", id="two indices of two digits"),
        pytest.param("L = h[1][12]*h[11][2]*x\ndL/dx = h[1][12]^2\n", ".txt", id="two indices in brackets"),
        pytest.param("L = xab*x_ab*t\ndL/dt = xab^2\n", ".txt", id="a word and a subscript"),
        pytest.param(r"$L = W^{(1)}_{11} W^{(11)}_{1} x$ $\frac{dL}{dx} = (W^{(1)}_{11})^2$", ".md", id="layers"),
        pytest.param(r"$L = \mathbf{w} w t$ $\frac{dL}{dt} = w^2$", ".md", id="a bold letter"),
    ],
)
def test_two_quantities_of_one_sheet_are_never_one(text: str, suffix: str) -> None:
    report = check(text, suffix=suffix)
    assert report.status != 0, str(report)


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        pytest.param(r"$L = w_{11} x_1 + w_{12} x_2$ $\frac{dL}{dx_1} = w_11$ $\frac{dL}{dw_12} = x_2$", ".md", id="indices run together"),
        pytest.param("L = a^{(1)}*x\ndL/dx = a1\n", ".txt", id="a layer's number as an index"),
        pytest.param("L = x_ab*t\ndL/dt = xab\n", ".txt", id="no underscore"),
        pytest.param(r"$\mathcal{L} = (y - a)^2$ $\frac{\partial L}{\partial a} = -2(y - a)$", ".md", id="a calligraphic loss"),
        pytest.param("---\nalias: {γ: y}\n---\nL = γ*y*x\ndL/dx = y^2\n", ".txt", id="an alias in a definition"),
    ],
)
def test_a_loose_spelling_is_read_where_only_one_quantity_can_be_meant(text: str, suffix: str) -> None:
    report = check(text, suffix=suffix)
    assert report.status == 0, str(report)


def test_two_values_of_a_program_whose_names_read_as_one_are_refused() -> None:
    one, other = Value(1.0, name="z_3"), Value(2.0, name="z3")
    with pytest.raises(ValueError, match="z_3 and z3, which read as one name"):
        check("dL/dz3 = 1", forward=(one * other).named("L"))


def test_letters_side_by_side_are_read_in_time_that_grows_with_their_number() -> None:
    report = check("z = w*x\nL = z\ndL/dz = " + "zw" * 3 + "\n", suffix=".txt")
    assert report.lines[-1].understood == "∂L/∂z = z · w · z · w · z · w"


# ---- what is a name ----


@pytest.mark.parametrize("equation", ["tanh(z) = 3z", "2z*x = 5z", "1 - z = 1 + z", "2z*σ'(z) = 7"])
def test_a_false_equation_between_known_quantities_is_no_definition(equation: str) -> None:
    report = check(f"z = w*x\nL = tanh(z)\n{equation}\ndL/dz = tanh'(z)\n", suffix=".txt")
    assert report.first_wrong == 3, str(report)


def test_the_power_of_a_quantity_is_no_new_name() -> None:
    assert verdicts("z = w*x\nL = z^2\nz^2 = 3z\ndL/dz = 2z\n")[2:] == ["wrong", "right"]


def test_a_variance_is_a_name_of_its_own_where_its_root_is_defined_by_it() -> None:
    text = "μ = (a + b)/2\nσ^2 = ((a - μ)^2 + (b - μ)^2)/2\nσ = sqrt(σ^2 + 1)\nL = t/σ\ndL/dt = 1/σ\ndσ/dσ^2 = 1/(2σ)\n"
    assert verdicts(text)[4:] == ["right", "right"]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("s(x) = x^2\nL = s(x*y)\ndL/dx = 2x*y*y\n", "right"),
        ("s(x) = x^2\nL = s(x*y)\ndL/dx = s(x*y)*(1 - s(x*y))*y\n", "wrong"),
        ("L = s(x*y)\ndL/dx = s(x*y)*(1 - s(x*y))*y\n", "right"),
    ],
)
def test_s_is_the_logistic_function_unless_the_sheet_defines_it(text: str, last: str) -> None:
    assert verdicts(text)[-1] == last


def test_a_rule_for_a_known_function_is_judged() -> None:
    assert verdicts("σ(x) = x^2\nL = x*y\n")[0] == "wrong"
    assert verdicts("σ(x) = 1/(1 + e^-x)\nL = x*y\n")[0] == "right"


@pytest.mark.parametrize(("equation", "verdict"), [("a + b = 7", "wrong"), ("a + b = 5", "definition")])
def test_an_assumption_that_is_untrue_of_the_numbers_given_is_wrong(equation: str, verdict: str) -> None:
    assert verdicts(f"a = 2\nb = 3\nL = a*b\n{equation}\ndL/da = b\n")[3] == verdict


def test_a_count_of_one_does_not_hide_a_factor() -> None:
    assert verdicts("n = 1\nL = (p - y)^2/n\ndL/dp = 2(p - y)\n")[-1] == "wrong"
    assert verdicts("n = 3\nL = (p - y)^2/n\ndL/dp = 2/3(p - y)\n")[-1] == "right"


# ---- w = w - η ∂L/∂w ----

CODE = "z = w*x\nL = (z - y)**2\ndz = 2*(z - y)\ndw = dz*x\n"


@pytest.mark.parametrize("update", ["w = w - 0.1*dw", "w -= 0.1*dw", "w += -0.1*dw"])
def test_in_code_a_weight_after_its_update_is_another_one(update: str) -> None:
    assert check(f"{CODE}dx = dz*w\n{update}\n", suffix=".py").status == 0
    late = check(f"{CODE}{update}\ndx = dz*w\n", suffix=".py")
    assert (late.first_wrong, late.lines[-1].code) == (6, "D111"), str(late)


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        (r"$z = w x$ $L = (z-y)^2$ $\frac{dL}{dw} = 2(z-y) x$ $w \leftarrow w - \eta \frac{dL}{dw}$", ".md"),
        (r"$z = w x$ $L = (z-y)^2$ $w := w - \eta \frac{\partial L}{\partial w}$ $\frac{dL}{dx} = 2(z-y) w$", ".md"),
        ("z = w*x\nL = (z-y)^2\ndL/dw = 2(z-y)*x\nw = w - η·dL/dw\n", ".txt"),
    ],
)
def test_a_step_of_training_is_a_definition(text: str, suffix: str) -> None:
    report = check(text, suffix=suffix)
    assert report.status == 0, str(report)
    assert [finding.verdict for finding in report.lines].count("definition") == 3


def test_a_gradient_of_code_within_a_definition_is_the_gradient() -> None:
    text = "z = w*x\na = sigmoid(z)\nL = (a - y)**2\nda = 2*(a - y)\ndelta = da*a*(1 - a)\ndz = delta\ndw = delta*x\n"
    report = check(text, suffix=".py")
    assert report.status == 0, str(report)
    assert report.leaves == ["w", "x", "y"]


# ---- what was not read ----


def test_what_hangs_on_a_definition_that_cannot_be_read_is_undecided() -> None:
    text = "z = w*x +* 3\nL = (z - y)^2\ndL/dz = 2(z - y)\ndL/dw = 2(z - y)*x\n"
    report = check(text, suffix=".txt")
    assert [finding.verdict for finding in report.lines] == ["unreadable", "definition", "right", "undecided"]
    assert "line 1" in str(report.lines[-1].cause)


def test_a_second_assignment_of_code_is_refused() -> None:
    report = check("z = w*x\nz = z + b\nL = (z - y)**2\ndz = 2*(z - y)\ndw = dz*x\n", suffix=".py")
    assert [finding.verdict for finding in report.lines] == ["definition", "unreadable", "definition", "right", "undecided"]
    assert "assigned twice" in str(report.lines[1].cause)


# ---- every index at once ----

SOFTMAX = "".join(rf"$p_{i} = \frac{{e^{{z_{i}}}}}{{e^{{z_1}} + e^{{z_2}} + e^{{z_3}}}}$ " for i in (1, 2, 3)) + (
    r"$L = -y_1 \ln p_1 - y_2 \ln p_2 - y_3 \ln p_3$ $y_1 + y_2 + y_3 = 1$ "
)


@pytest.mark.parametrize(
    ("claim", "count"),
    [
        (r"$\frac{\partial L}{\partial z_j} = p_j - y_j$", 3),
        (r"$\frac{\partial p_i}{\partial z_j} = -p_i p_j$ where they differ", 6),
        (r"$\frac{\partial p_i}{\partial z_i} = p_i (1 - p_i)$", 3),
        (
            r"$\frac{\partial L}{\partial z_i} = \sum_{k=1}^{3} \frac{\partial L}{\partial p_k} \frac{\partial p_k}{\partial z_i} = p_i - y_i$",
            6,
        ),
    ],
)
def test_a_claim_for_every_index_is_checked_for_each(claim: str, count: int) -> None:
    assert verdicts(SOFTMAX + claim, ".md")[5:] == ["right"] * count


def test_a_claim_for_every_index_may_be_wrong_for_one() -> None:
    report = check("a_1 = w*x_1\na_2 = w*x_2\na_3 = w*x_3\nL = a_1^2 + a_2^2 + 3*a_3\n∂L/∂a_i = 2*a_i\n∂L/∂q_i = a_i\n", suffix=".txt")
    assert [finding.verdict for finding in report.lines[4:]] == ["right", "right", "wrong", "unreadable"]
    assert report.lines[6].understood == "∂L/∂a_3 = 2 · a_3"
