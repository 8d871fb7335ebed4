r"""Every spelling is read as what its writer meant, and what cannot be read is said so, at the right place.

The expected readings are written out here as (verdict, understood).
"""

# ruff: noqa: E501
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from autograd import check

LATEX = r"""
$z_1 = w_1 x_0 + b_1$ and $a_1 = \sigma(z_1)$ and $z_2 = w_2 a_1$ and $\hat y = \sigma(z_2)$ and $L = (y - \hat y)^2$

"""
TEXT = "z1 = w1*x0 + b1\na1 = s(z1)\nz2 = w2*a1\nyhat = s(z2)\nL = (y - yhat)^2\n"
UNICODE = "z₁ = w₁·x₀ + b₁\na₁ = σ(z₁)\nz₂ = w₂·a₁\nŷ = σ(z₂)\nL = (y − ŷ)²\n"
CODE = (
    "import numpy as np\nz1 = w1*x0 + b1\na1 = 1/(1 + np.exp(-z1))\nz2 = np.dot if 0 else w2*a1\n".replace("np.dot if 0 else ", "")
    + "yhat = sigmoid(z2)\nL = (y - yhat)**2\n"
)
PROGRAMS = {".md": LATEX, ".txt": TEXT, ".py": CODE}


def last(report: Any) -> Any:
    return report.lines[-1]


def verdicts(text: str, suffix: str = ".txt") -> list[str]:
    return [finding.verdict for finding in check(text, suffix=suffix).lines]


# ---- spellings ----


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        (r"\frac{\partial L}{\partial \hat y} = -2(y - \hat y)", r"∂L/∂\hat y = -2 · (y - \hat y)"),
        (r"\dfrac{\partial L}{\partial \hat{y}} = -2 \left( y - \hat{y} \right)", r"∂L/∂\hat y = -2 · (y - \hat y)"),
        (r"\tfrac{\partial L}{\partial \hat y} = -2\,(y - \hat y)", r"∂L/∂\hat y = -2 · (y - \hat y)"),
        (r"\frac{\part L}{\part \hat y} = -2(y - \hat y)", r"∂L/∂\hat y = -2 · (y - \hat y)"),
        (r"\frac{\mathrm{d} L}{\mathrm{d} \hat y} = -2(y - \hat y)", r"∂L/∂\hat y = -2 · (y - \hat y)"),
        (r"\frac{\mathrm d L}{\mathrm d \hat y} = -2(y - \hat y)", r"∂L/∂\hat y = -2 · (y - \hat y)"),
        (r"\frac{dL}{d\hat y} = 2(\hat y - y)", r"∂L/∂\hat y = 2 · (\hat y - y)"),
        (r"\partial L/\partial \hat y = 2(\hat y - y)", r"∂L/∂\hat y = 2 · (\hat y - y)"),
        (r"\frac{\partial L}{\partial z_2} = \frac{\partial L}{\partial \hat y} \cdot \sigma'(z_2)", r"∂L/∂z_2 = ∂L/∂\hat y · σ'(z_2)"),
        (r"\frac{\partial L}{\partial z_2} = \frac{\partial L}{\partial \hat y}\, \sigma^{\prime}(z_2)", r"∂L/∂z_2 = ∂L/∂\hat y · σ'(z_2)"),
        (r"\frac{\partial L}{\partial z_2} = \frac{\partial L}{\partial \hat y} \times \sigma^\prime\left(z_2\right)", r"∂L/∂z_2 = ∂L/∂\hat y · σ'(z_2)"),
        (r"\frac{\partial L}{\partial z_{2}} = -2(y-\hat y)\sigma'(z_2)", r"∂L/∂z_2 = -2 · (y - \hat y) · σ'(z_2)"),
        (r"\frac{\partial L}{\partial z_2} = -2(y-\hat y)\sigma(z_2)(1-\sigma(z_2))", r"∂L/∂z_2 = -2 · (y - \hat y) · σ(z_2) · (1 - σ(z_2))"),
        (r"\frac{\partial z_1}{\partial w_1} = x_0", "∂z_1/∂w_1 = x_0"),
        (r"\frac{\partial z_2}{\partial w_2} = \sigma(z_1)", "∂z_2/∂w_2 = σ(z_1)"),
        (r"\frac{\partial L}{\partial b_1} = \frac{\partial L}{\partial z_1}", "∂L/∂b_1 = ∂L/∂z_1"),
        (r"\frac{\partial \hat y}{\partial z_2} = \frac{e^{-z_2}}{(1 + e^{-z_2})^2}", r"∂\hat y/∂z_2 = exp(-z_2) / (1 + exp(-z_2))^2"),
        (r"\frac{\partial \hat y}{\partial z_2} = \frac{\exp(-z_2)}{(1 + \exp(-z_2))^{2}}", r"∂\hat y/∂z_2 = exp(-z_2) / (1 + exp(-z_2))^2"),
        (r"\frac{\partial \hat y}{\partial z_2} = \operatorname{sigmoid}'(z_2)", r"∂\hat y/∂z_2 = σ'(z_2)"),
        (r"\frac{\partial a_1}{\partial z_1} = \frac14 - \left(a_1 - \frac12\right)^2", "∂a_1/∂z_1 = 1 / 4 - (a_1 - 1 / 2)^2"),
        (r"\sigma'(x) = \sigma(x)(1 - \sigma(x))", "σ'(x) = σ(x) · (1 - σ(x))"),
    ],
)  # fmt: skip
def test_latex(line: str, understood: str) -> None:
    for around in (f"${line}$", f"$$\n{line}\n$$", rf"\[ {line} \]", rf"\({line}\).", f"```math\n{line}\n```", rf"\begin{{equation}}{line}\end{{equation}}"):  # fmt: skip
        finding = last(check(LATEX + around + "\n", suffix=".md"))
        assert (finding.verdict, finding.understood) == ("right", understood), around


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("∂L/∂ŷ = −2·(y − ŷ)", "∂L/∂ŷ = -2 · (y - ŷ)"),
        ("∂L/∂z₂ = ∂L/∂ŷ · σ′(z₂)", "∂L/∂z₂ = ∂L/∂ŷ · σ'(z₂)"),
        ("∂L/∂z_2 = ∂L/∂ŷ × σ'(z_2)", "∂L/∂z₂ = ∂L/∂ŷ · σ'(z₂)"),
        ("∂L/∂z₂ = ∂L/∂ŷ ⋅ ŷ(1 − ŷ)", "∂L/∂z₂ = ∂L/∂ŷ · ŷ · (1 - ŷ)"),
        ("∂L/∂w₂ = ∂L/∂z₂ · a₁", "∂L/∂w₂ = ∂L/∂z₂ · a₁"),
        ("∂ŷ/∂z₂ = ŷ − ŷ²", "∂ŷ/∂z₂ = ŷ - ŷ^2"),
        ("∂ŷ/∂z₂ = √(ŷ²)·(1 − ŷ)", "∂ŷ/∂z₂ = sqrt(ŷ^2) · (1 - ŷ)"),
        ("∂ŷ/∂z₂ = |ŷ|(1 − |ŷ|)", "∂ŷ/∂z₂ = abs(ŷ) · (1 - abs(ŷ))"),
    ],
)
def test_unicode(line: str, understood: str) -> None:
    finding = last(check(UNICODE + line, suffix=".txt"))
    assert (finding.verdict, finding.understood) == ("right", understood)


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("dL/dyhat = -2(y-yhat)", "∂L/∂yhat = -2 · (y - yhat)"),
        ("dL/dz2 = dL/dyhat * s'(z2)", "∂L/∂z2 = ∂L/∂yhat · σ'(z2)"),
        ("dL/dz_2 = dL/dyhat * sigmoid'(z_2)", "∂L/∂z2 = ∂L/∂yhat · σ'(z2)"),
        ("dL/dz2 = dL/dyhat * sigmoid_prime(z2)", "∂L/∂z2 = ∂L/∂yhat · σ'(z2)"),
        ("dL/dz2 = -2(y-yhat)σ'(z2)", "∂L/∂z2 = -2 · (y - yhat) · σ'(z2)"),
        ("dz2 = dyhat * sigmoid_prime(z2)", "∂L/∂z2 = ∂L/∂yhat · σ'(z2)"),
        ("dL_dz2 = dL_dyhat * sigmoid_prime(z2)", "∂L/∂z2 = ∂L/∂yhat · σ'(z2)"),
        ("grad_z2 = grad_yhat * yhat * (1 - yhat)", "∂L/∂z2 = ∂L/∂yhat · yhat · (1 - yhat)"),
        ("dL/dw1 = 2x0*dL/dz1/2", "∂L/∂w1 = 2 · x0 · ∂L/∂z1 / 2"),
        ("dL/dw1 = dL/dz1 x0", "∂L/∂w1 = ∂L/∂z1 · x0"),
        ("da1/dz1 = sqrt(a1^2)*(1 - a1**1)", "∂a1/∂z1 = sqrt(a1^2) · (1 - a1^1)"),
    ],
)
def test_plain_text(line: str, understood: str) -> None:
    finding = last(check(TEXT + line, suffix=".txt"))
    assert (finding.verdict, finding.understood) == ("right", understood)


@pytest.mark.parametrize(
    ("lines", "understood"),
    [
        ("dyhat = -2*(y - yhat)", "∂L/∂yhat = -2 · (y - yhat)"),
        ("dz2 = dyhat * yhat * (1 - yhat)", "∂L/∂z2 = ∂L/∂yhat · yhat · (1 - yhat)"),
        ("dw2 = dz2 * a1  # the weight", "∂L/∂w2 = ∂L/∂z2 · a1"),
        ("dz1 = da1 * np.exp(-z1) / (1 + np.exp(-z1))**2", "∂L/∂z1 = ∂L/∂a1 · exp(-z1) / (1 + exp(-z1))^2"),
        ("w2.grad = z2.grad * a1.data", "∂L/∂w2 = ∂L/∂z2 · a1"),
        ("dw2 = 0\ndw2 += dz2 * a1", "∂L/∂w2 += ∂L/∂z2 · a1"),
    ],
)
def test_code(lines: str, understood: str) -> None:
    finding = last(check(CODE + lines + "\n", suffix=".py"))
    assert (finding.verdict, finding.understood) == ("right", understood)


def test_an_aligned_block_and_a_chain_have_one_entry_for_every_equals_sign() -> None:
    block = (
        "$$\\begin{aligned}\n\\frac{\\partial L}{\\partial z_2} &= \\frac{\\partial L}{\\partial \\hat y} \\sigma'(z_2) \\\\\n"
        "&= -2(y - \\hat y)\\hat y(1 - \\hat y) \\\\\n\\frac{\\partial L}{\\partial w_2} &= 3\\frac{\\partial L}{\\partial z_2} a_1\n\\end{aligned}$$\n"
    )
    report = check(LATEX + block, suffix=".md")
    assert [(finding.line, finding.verdict) for finding in report.lines[-3:]] == [(5, "right"), (6, "right"), (7, "wrong")]
    chain = check(TEXT + "dL/dz2 = dL/dyhat*s'(z2) = -2(y-yhat)*yhat*(1+yhat) = -2(y-yhat)*yhat*(1-yhat)\n", suffix=".txt")
    assert [finding.verdict for finding in chain.lines[-3:]] == ["right", "wrong", "right"]


def test_names_of_many_forms() -> None:
    text = r"""
$net_{h1} = w_1 i_1$, $out_{h1} = \sigma(net_{h1})$, $net_{o1} = W^{(1)}_{00} out_{h1} + W_h[0][1]$, $E = |out_{h1}| + net_{o1}^2$

$\frac{\partial E}{\partial net_{o1}} = 2\, net_{o1}$

$\frac{\partial E}{\partial W^{(1)}_{00}} = \frac{\partial E}{\partial \mathrm{net}_{o1}} \cdot out_{h1}$

$\frac{\partial E}{\partial W_{h,01}} = 2net_{o1}$
"""
    assert verdicts(text, ".md")[-3:] == ["right"] * 3


def test_aliases_of_the_front_matter() -> None:
    text = "---\nalias: {γ: yhat, W_2: w2}\n---\n" + TEXT + "dL/dγ = -2(y - γ)\ndL/dz2 = dL/dγ*γ*(1-γ)\ndL/dW_2 = dL/dz2*a1\n"
    assert verdicts(text)[-3:] == ["right"] * 3


@pytest.mark.parametrize("number", ["0.24", "0.240", "6 * 0.04", "0.2400000", ".24", "2.4e-1", "24e-2"])
def test_numbers_at_the_writer_s_own_point(number: str) -> None:
    text = f"x_0 = 0.2\nw = 3\nL = w*x_0^2\ndL/dw = x_0^2 = 0.04\ndL/dx_0 = {number} * 5\n".replace(
        " * 5", "" if "*" in number else " + 0.96"
    )
    text = f"x_0 = 0.04\nw = 3\nL = w*x_0^2\ndL/dx_0 = 2w x_0 = {number}\n"
    assert verdicts(text)[-2:] == ["right", "right"]


@pytest.mark.parametrize(("number", "verdict"), [("0.67", "right"), ("0.66", "rounding"), ("0.667", "right"), ("0.65", "wrong"), ("0.6666667", "right")])  # fmt: skip
def test_numbers_are_checked_to_the_digits_written(number: str, verdict: str) -> None:
    assert verdicts(f"x = 3\ny = 2\nL = y/x*t\nt = 1\ndL/dt = {number}\n")[-1] == verdict


@pytest.mark.parametrize(
    ("sum_", "suffix"),
    [
        (r"$L = \sum_{i=1}^{3} w_i x_i$ and $\frac{dL}{dx_2} = w_2$", ".md"),
        (r"$L = \sum_{k=1}^3 w_kx_k$ and $\frac{dL}{dw_3} = x_3$", ".md"),
        (r"$L = \sum_{i=1}^{2}\sum_{j=1}^{2} w_{ij} x_j$ and $\frac{dL}{dx_2} = \sum_{i=1}^{2} w_{i2}$", ".md"),
        (r"$L = \sum_{i=0}^{1} W_h[i][0] x_i$ and $\frac{dL}{dx_1} = W_h[1][0]$", ".md"),
        ("L = sum_{i=1}^{2} w_i*x_i\ndL/dx_2 = w_2", ".txt"),
        ("L = Σ_{i=1}^{2} w_i·x_i\n∂L/∂x₂ = w₂", ".txt"),
    ],
)
def test_sums_with_a_range(sum_: str, suffix: str) -> None:
    assert check(sum_, suffix=suffix).status == 0


@pytest.mark.parametrize(
    ("name", "derivative"),
    [("σ", "σ(z)*(1-σ(z))"), ("sigmoid", "s'(z)"), ("sigma", "σ'(z)"), ("logistic", "σ'(z)"), ("tanh", "1 - tanh(z)^2"), ("tanh", "1 - tanh²(z)"), ("exp", "e^z"),
     ("exp", "e^{z}"), ("sin", "cos(z)"), ("cos", "-sin(z)"), ("relu", "1[z > 0]"), ("ReLU", "1[z ≥ 0]"), ("abs", "sign(z)"), ("abs", "z/|z|"),
     ("softplus", "σ(z)"), ("tanh", "tanh'(z)"), ("relu", "relu'(z)"), ("sqrt", "1/(2√(z))"), ("ln", "1/z"), ("log", "1/z")],
)  # fmt: skip
def test_functions_by_their_usual_names(name: str, derivative: str) -> None:
    report = check(f"z = w*x\nL = {name}(z)\ndL/dz = {derivative}\n", suffix=".txt")
    assert [finding.verdict for finding in report.lines] == ["definition", "definition", "right"], str(report)


def test_the_rectifier_in_its_spellings() -> None:
    claims = ("1[z > 0]", "(z > 0)", "step(z)", "relu'(z)")
    assert verdicts("L = max(0, z)\nz = w*x\n" + "".join(f"dL/dz = {claim}\n" for claim in claims))[2:] == ["right"] * 4
    latex = r"$z = w x + 0 w$ $L = \max(0, z)$ $\frac{dL}{dz} = \mathbb{1}[z > 0]$ $\frac{dL}{dz} = \mathbf{1}_{\{z > 0\}}$ "
    assert verdicts(latex, ".md")[2:] == ["right"] * 2


def test_quantities_may_be_called_as_functions_are() -> None:
    assert verdicts("s = w*x\na = tanh(s)\nL = a^2\nda/ds = 1 - a^2\ndL/ds = 2a*(1 - tanh(s)^2)\n")[3:] == ["right", "right"]
    assert verdicts("f = x*y\nL = f^2\ndL/df = 2f\ndL/dx = 2f*y\n")[2:] == ["right", "right"]
    assert verdicts("d = a*b\nL = d^2\ndL/dd = 2d\ndL/da = dL/dd*b\n")[2:] == ["right", "right"]
    assert verdicts("e = y - a\nL = e^2\ndL/de = 2e\ndL/da = -2e\n")[2:] == ["right", "right"]


# ---- what cannot be read ----


@pytest.mark.parametrize(
    ("lines", "column", "message"),
    [
        ("dL/dz2 = dL/dyhat * s'(zz2)", 1, "did you mean z"),
        ("dL/dz9 = dL/dyhat", 1, "did you mean"),
        ("dL/dz2 = (dL/dyhat * s'(z2)", 1, "not closed"),
        ("dL/dz2 = dL/dyhat * s'(z2))", 1, "not expected"),
        ("dL/dz2 = ", 1, "nothing stands after"),
        ("dL/dz2 = 2*", 1, "missing"),
        ("∂²L/∂z2² = 2", 1, "second derivatives"),
        ("d^2L/dz2^2 = 2", 1, "second derivatives"),
        ("dL/dz2 = σ''(z2)", 1, "second derivatives"),
        ("dL/dw2 = a1^T * dL/dz2", 1, "transpose"),
        ("dL/dw2 = sum_k a1", 1, "range"),
        ("dL/dz2 = s' * dL/dyhat", 1, "needs an argument"),
        ("dL/dz2 = 2,5 * a1", 1, "','"),
    ],
)
def test_a_line_that_cannot_be_read_says_why(lines: str, column: int, message: str) -> None:
    report = check(TEXT + lines + "\n", suffix=".txt")
    finding = last(report)
    assert (finding.verdict, finding.line, finding.column) == ("unreadable", 6, column)
    assert message in finding.cause
    assert report.status == 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (r"$\frac{\partial^2 L}{\partial z_2^2} = 2$", "second derivatives"),
        (r"$\frac{\partial L}{\partial w_2} = a_1^T \frac{\partial L}{\partial z_2}$", "transpose"),
        (r"$\frac{\partial L}{\partial w_2} = a_1^\top \frac{\partial L}{\partial z_2}$", "transpose"),
        (r"$\frac{\partial L}{\partial w_2} = \sum_k a_1$", "range"),
        (r"$\nabla_w L = 2$", "one derivative a line"),
        (r"$\frac{\partial L}{\partial z_2} = \frac{\partial L}{\partial \hat y$", ""),
        (r"$\frac{\partial L}{\partial z_2} = 2", "not closed"),
    ],
)
def test_latex_that_cannot_be_read_says_why(line: str, message: str) -> None:
    report = check(LATEX + line + "\n", suffix=".md")
    assert (last(report).verdict, last(report).line, report.status) == ("unreadable", 4, 2)
    assert message in last(report).cause


@pytest.mark.parametrize("line", ["dw2 = dz2 @ a1", "dw2 = dz2 // a1", "dw2 = dz2.T * a1", "for i in x: dw2 = 1", "if 1: dw2 = 1", "dw2 = [i for i in a1]",
                                  "dw2 = a1 if z2 else a1", "dw2 = lambda: a1", "dw2 *= 2", "dw2 = np.dot(a1, dz2)", "assert 1", "dw2: float"])  # fmt: skip
def test_code_that_is_more_than_arithmetic_is_unreadable(line: str) -> None:
    report = check(CODE + line + "\n", suffix=".py")
    assert (last(report).verdict, last(report).line, report.status) == ("unreadable", 7, 2)


@pytest.mark.parametrize("definitions", ["z = z + 1\n", "a = b\nb = c\nc = a\n", "a = σ(b)\nb = 2a\nL = a\ndL/da = 1\n"])
def test_circular_definitions_are_said_to_be(definitions: str) -> None:
    report = check(definitions, suffix=".txt")
    assert report.status == 2
    assert "defined by itself" in report.lines[0].cause


@pytest.mark.parametrize(("text", "suffix"), [("", ".md"), ("", ".txt"), ("", ".py"), ("only prose\n", ".txt"), ("# Only prose\n\nwith $5.\n", ".md"), ("\n\n", ".md")])  # fmt: skip
def test_a_file_without_mathematics_is_not_right(text: str, suffix: str) -> None:
    report = check(text, suffix=suffix)
    assert (report.lines, report.status, report.first_wrong) == ([], 2, None)


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes("z = w*x\nL = z² ".encode("latin-1"))
    with pytest.raises(UnicodeDecodeError):
        check(tmp_path / "notes.txt")
    with pytest.raises(FileNotFoundError):
        check(tmp_path / "nothing.md")


@pytest.mark.parametrize("suffix", [".md", ".txt", ".py"])
def test_tabs_and_line_ends_change_nothing(suffix: str, tmp_path: Path) -> None:
    claim = {".md": "$\\frac{dL}{d\\hat y} = 3(\\hat y - y)$\n", ".txt": "dL/dyhat = 3(yhat - y)\n", ".py": "dyhat = 3*(yhat - y)\n"}[
        suffix
    ]
    plain = check(PROGRAMS[suffix] + claim, suffix=suffix)
    windows = tmp_path / f"windows{suffix}"
    windows.write_bytes((PROGRAMS[suffix] + claim).replace("\n", "\r\n").encode())
    for other in (check(windows), check((PROGRAMS[suffix] + claim).replace("\n", "\r\n"), suffix=suffix), check((PROGRAMS[suffix] + claim).replace(" = ", "\t=\t"), suffix=suffix)):  # fmt: skip
        assert [(f.line, f.column, f.verdict, f.understood) for f in other.lines] == [
            (f.line, f.column, f.verdict, f.understood) for f in plain.lines
        ]
        assert other.first_wrong == plain.first_wrong == plain.lines[-1].line
