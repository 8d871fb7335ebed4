"""Nothing is skipped, and nothing is taken for something else.

A reading nobody asked for is worse than none: these are lines that could be taken for something else.
"""

# ruff: noqa: E501
from __future__ import annotations

import pytest
from test_reader import CODE, LATEX, TEXT, last, verdicts

from autograd import check

CHAIN = "z = w*x + b\na = s(z)\nL = (y - a)^2\ndL/da = -2(y - a)\n"
MARKED = "$z = w x + b$, $a = \\sigma(z)$, $L = (y - a)^2$, $x = 1$, $\\frac{dL}{da} = -2(y-a)$\n\n"


@pytest.mark.parametrize(
    ("tail", "suffix"),
    [
        ("(dL/da = 7(y-a)\n", ".txt"),
        ("[dL/da = 7(y-a)]\n", ".txt"),
        ("dL/da >= 3(y-a)\n", ".txt"),
        ("dL/da ≠ 3(y-a) = 2\n", ".txt"),
        ("dL/da => 3(y-a)\n", ".txt"),
        ("$\\frac{\\partial L}{\\partial a = 7(y-a)$\n", ".md"),
        ("$\\left(\\frac{dL}{da} = 7(y-a)$\n", ".md"),
        ("$$\n\\frac{dL}{da}\n= 7(y-a)\n", ".md"),
        ("$\\frac{dL}{da}\n= 7(y-a)\n", ".md"),
        ("\\[ \\frac{dL}{da} = 7(y-a)\n", ".md"),
        ("\\( \\frac{dL}{da} = 7(y-a)\n", ".md"),
        ("\\begin{align}\n\\frac{dL}{da} &= 7(y-a)\n", ".md"),
        ("\\begin{flalign}\n\\frac{dL}{da} &= 7(y-a)\n\\end{flalign}\n", ".md"),
        ("\\begin{displaymath}\n\\frac{dL}{da} = 7(y-a)\n\\end{displaymath}\n", ".md"),
        ("> ```math\n> \\frac{dL}{da} = 7(y-a)\n> ```\n", ".md"),
        ("- ```math\n  \\frac{dL}{da} = 7(y-a)\n  ```\n", ".md"),
        ("1. first\n\n    ```math\n    \\frac{dL}{da} = 7(y-a)\n    ```\n", ".md"),
        ("print(da := 7)\n", ".py"),
        ("dL/dz -2(y-a)*a\n", ".txt"),
        ("∂L/∂z ( y-a)*3\n", ".txt"),
        ("dL/dw − 2(y-a)*x*99\n", ".txt"),
        ("$$\\frac{\\partial L}{\\partial z} -2(y-a) 5$$\n", ".md"),
        ("$$\\frac{\\partial L}{\\partial w_{1}} 2 x$$\n", ".md"),
    ],
)
def test_an_equation_is_never_skipped(tail: str, suffix: str) -> None:
    start = {".txt": CHAIN, ".md": MARKED, ".py": "z = w*x\na = sigmoid(z)\nL = (y - a)**2\nda = -2*(y - a)\n"}[suffix]
    before, after = check(start, suffix=suffix), check(start + tail, suffix=suffix)
    assert before.status == 0
    assert len(after.lines) > len(before.lines) and after.status != 0


@pytest.mark.parametrize(
    ("tail", "suffix"),
    [
        ("dL/dw\n", ".txt"),
        ("dL/dw (2)\n", ".txt"),
        ("dL/dw - the second part\n", ".txt"),
        ("dL/dw (see page 3)\n", ".txt"),
        ("$$\\frac{\\partial L}{\\partial a} \\cdot \\frac{\\partial a}{\\partial z}$$\n", ".md"),
        ("The step is $-\\frac{\\partial L}{\\partial w} 0.1$.\n", ".md"),
    ],
)
def test_what_claims_nothing_is_prose(tail: str, suffix: str) -> None:
    start = {".txt": CHAIN, ".md": MARKED}[suffix]
    assert [finding.verdict for finding in check(start + tail, suffix=suffix).lines] == verdicts(start, suffix)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("---\n\nz = w*x\nL = z^2\ndL/dz = 7z\n\n---\n\ny = 3x\n", id="a rule is no front matter"),
        pytest.param("z = w*x + b\nL = z^2\ndL/dz = 2z\n  + 5x\n", id="a line that goes on"),
        pytest.param("z = w*x\nL = z^2\ndL/dz = 2z % 3\n", id="percent"),
        pytest.param("z = w*x\nL = z^2*50% + x\ndL/dx = 1\n", id="percent in a definition"),
        pytest.param("z = w*x\nL = 10 000*z\ndL/dz = 0\n", id="a number in groups"),
        pytest.param("x = 2.5.3\nL = x^2\ndL/dx = 2x\n", id="a number with two points"),
        pytest.param("L = 0x10*z\ndL/dz = 0\n", id="a hexadecimal number"),
        pytest.param("L = x!\ndL/dx = 1\n", id="a factorial"),
        pytest.param("z = w*x\na = sigmod(z)\nL = a^2\ndL/da = 2a\n", id="an unknown function"),
        pytest.param("z = w*x\na = softmax(z)\nL = a^2\ndL/dz = 2a*softmax\n", id="a function that is not known"),
        pytest.param("L = log2(y)\ndL/dy = log2\n", id="another logarithm"),
        pytest.param("z = w*x\na = tanh z\nL = a^2\ndL/dz = 2a*tanh\n", id="a function without brackets"),
        pytest.param("x = 0.3\nL = x^2\ndL/dx = 0\n", id="a nought that is none"),
        pytest.param("x = 0.2\nL = x^2\ndL/dx = 1\n", id="an integer that is far off"),
        pytest.param("z = w*x + B\nB = 0\nL = z^2\ndL/dz = 2*w*x\n", id="a bias of nought hides its loss"),
        pytest.param("z = w*x\nT = 1\nL = T*z^2\ndL/dz = 2*z\n", id="a target of one hides a factor"),
        pytest.param("L = x^3*y^2/3\ndL/dx = xy^2*x\ndL/dx = (x*y)^2\ndL/dx = x*xy^2/1\ndL/dx = xy^2\n", id="the power of a product"),
        pytest.param("a = w*x\ny = a^2\nz = p*y\nL = (z - yp)^2\ndL/dp = 0\ndL/dz = 2(z - y*p)\n", id="a leaf called as two others are"),
        pytest.param("z = w*x\na = σ(z)\nL = (y-a)^2\nd/dz (y-a)^2 = 0\n", id="a derivative of an expression"),
        pytest.param("L = y^2\ndL/dy = 2y\nσ'(x) = σ(x)*(1 + σ(x))\n", id="a false rule"),
    ],
)
def test_what_is_wrong_is_not_called_right(text: str) -> None:
    """Each of these has a mistake, or something that must not be guessed at: status 0 would be a lie."""
    report = check(text, suffix=".txt")
    assert report.status != 0, str(report)


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        pytest.param("$z = w x$ $L = z^2$ $dz = 5z$ $dw = 3dz x$", ".md", id="names of programs between dollars"),
        pytest.param(r"$z = w x$ $a = \mathrm{sigmod}(z)$ $L = a^2$ $\frac{dL}{da} = 2a$", ".md", id="an unknown function"),
        pytest.param(r"$z = w x$ $L = \max(0, z)$ $\frac{dL}{dz} = \begin{cases} 1 & z > 0 \\ 0 & z > 5 \\ \end{cases}$", ".md", id="cases that leave a gap"),
        pytest.param("def relu(x):\n    return max(0.1*x, x)\nz = w*x\na = relu(z)\nL = (y - a)**2\nda = -2*(y - a)\ndz = da*(z > 0)\n", ".py", id="a function of the writer's own"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_not_called_right_elsewhere(text: str, suffix: str) -> None:
    report = check(text, suffix=suffix)
    assert report.status != 0, str(report)


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        pytest.param("L = x^2*y^2\ndL/dx = 2xy^2\n", ".txt", id="2xy^2"),
        pytest.param(r"$L = x^2 y^2$ $\frac{dL}{dx} = 2xy^2$", ".md", id="2xy^2 in LaTeX"),
        pytest.param("z = w*x\nL = ½(y - z)²\ndL/dz = -(y - z)\n", ".txt", id="½"),
        pytest.param("L = sin(y)*sin(y)\ndL/dy = 2 sin y cos y\n", ".txt", id="sin y cos y"),
        pytest.param("z = w*x\na = tanh z\nL = a^2\ndL/dz = 2a*(1 - tanh(z)^2)\n", ".txt", id="tanh z"),
        pytest.param("L = sin^2(y)\ndL/dy = 2 sin(y) cos(y)\n", ".txt", id="sin^2(y)"),
        pytest.param("z_3 = a_1W_o[0] + a_2W_o[1] + B_o\nL = z_3^2\ndL/dW_o[0] = 2z_3*a_1\n", ".txt", id="a_1W_o[0]"),
        pytest.param("a = σ(z)\ne = y - a\nL = e^2\nda/dz = e^{-z}/(1 + e^{-z})^2\n", ".txt", id="an error called e"),
        pytest.param("z = w*x\na = σ(z)\nL = (y-a)^2\nd/dz (y-a)^2 = -2(y-a)*a*(1-a)\n", ".txt", id="a derivative of an expression"),
        pytest.param("L = 2e3x\ndL/dx = 2000\n", ".txt", id="2e3x"),
        pytest.param("L = 1e-3x\ndL/dx = 0.001\n", ".txt", id="1e-3x"),
        pytest.param("---\r\nalias: {W: w}\r\n---\r\nz = w*x\r\nL = z^2\r\ndL/dW = 2z x\r\n", ".txt", id="front matter of Windows"),
        pytest.param("\ufeffz = w*x\nL = z^2\ndL/dz = 2z\n", ".txt", id="a byte order mark"),
        pytest.param(r"$L = (y-a)^2$ $\frac{\mathrm dL}{\mathrm da} = 2(a-y)$", ".md", id="mathrm d without a blank"),
        pytest.param(r"$z = w x$ $L = \max(0, z)$ $\frac{dL}{dz} = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}$", ".md", id="cases"),
        pytest.param(r"$z = w x$ $L = \max(0, z)$ $\frac{dL}{dz} = \begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{otherwise} \end{cases}$", ".md", id="cases, otherwise"),
        pytest.param("def sigmoid_prime(x):\n    return x*(1-x)\nz = w*x\na = sigmoid(z)\nL = (y-a)**2\nda = -2*(y-a)\ndz = da*sigmoid_prime(a)\n", ".py", id="x(1 - x) applied to activations"),
        pytest.param("z = w*x\na = np.tanh(z)\nL = (y-a)**2\nda = -2*(y-a)\ndz = da*(1-a**2)\ndw = dz*x\n", ".py", id="names of gradients"),
    ],
)  # fmt: skip
def test_what_is_right_is_called_right(text: str, suffix: str) -> None:
    report = check(text, suffix=suffix)
    assert report.status == 0, str(report)


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        pytest.param("L = |a - |b||\ndL/da = sign(a - |b|)\n", ".txt", id="bars inside bars"),
        pytest.param("x' = 2x\nL = x'^2\ndL/dx' = 2x'\n", ".txt", id="a quantity with a prime"),
        pytest.param(
            r"$y = x_1 + x_2$ $L = \sum_{i=1}^{2} a_{in} x_i + y$ $\frac{dL}{dx_1} = a_{in} + 1$",
            ".md",
            id="an index within a word",
        ),
    ],
)
def test_what_is_not_read_yet_is_refused_and_not_guessed_at(text: str, suffix: str) -> None:
    assert check(text, suffix=suffix).status == 2


def test_indices_without_braces_are_those_of_latex() -> None:
    report = check(r"$z = w_ix_i$ $L = z^2$ $\frac{dL}{dz} = 2z$ $\frac{dL}{dw_i} = 2z x_i$", suffix=".md")
    assert report.status == 0, str(report)
    assert report.leaves == ["w_i", "x_i"]


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        pytest.param(r"$z^{(L)} = w^{(L)} a^{(L-1)}$ $\frac{\partial z^{(L)}}{\partial a^{(L-1)}} = w^{(L)}$", ".md", id="a layer before"),
        pytest.param(r"$z = W^{(l+1)}_{jk} a^{[l-1]}$ $\frac{dz}{da^{[l - 1]}} = W^{(l+1)}_{jk}$", ".md", id="in square brackets"),
        pytest.param("z^(l) = w^(l)*a^(l-1)\ndz^(l)/da^(l-1) = w^(l)\n", ".txt", id="layers in text"),
        pytest.param(r"$L = e^{(x-1)}$ $\frac{dL}{dx} = e^{(x-1)}$", ".md", id="Euler's number has no layers"),
        pytest.param(r"$L = x \cdot y^{(1 - 1)}$ $\frac{dL}{dx} = y^{(2 - 2)}$", ".md", id="a power of numbers"),
        pytest.param("h = w₁x₁ + w₂x₂\n∂h/∂w₁ = x₁\n", ".txt", id="names end with their subscripts"),
        pytest.param("h = w_h₁x₁ + wᵢⱼxⱼ\n∂h/∂w_h₁ = x₁\n∂h/∂w_ij = xⱼ\n", ".txt", id="subscripts that are letters"),
        pytest.param("L = Σ_{j=1}^{2} wⱼ·hⱼ\n∂L/∂w₁ = h₁\n", ".txt", id="a sum over a subscript that is a letter"),
        pytest.param(r"$x = 0{,}5$, $w = 2$, $z = w x = 1{,}0$", ".md", id="a decimal comma"),
        pytest.param(r"$z = w x$ $\frac{{\rm d}z}{{\rm d}w} = x$", ".md", id="an upright d"),
        pytest.param(r"$z = w x \Longrightarrow \frac{dz}{dw} = x \Longleftrightarrow \frac{dz}{dx} = w$", ".md", id="long arrows"),
        pytest.param(r"$a = \max(0, z)$ $\frac{da}{dz} = \begin{cases} 1 & \text{falls } z > 0 \\ 0 & \text{sonst} \end{cases}$", ".md", id="cases in German"),
        pytest.param(r"$a = \max(0, z)$ $\frac{da}{dz} = \begin{cases} 1 & \text{jika } z > 0, \\ 0 & \text{lainnya} \end{cases}.$", ".md", id="cases in Indonesian"),
        pytest.param(r"$a = \max(0, z)$ $\frac{da}{dz} = \begin{cases} 1 & \text{for } z > 0 \\ 0 & \text{for } z \le 0 \end{cases}$", ".md", id="cases with for"),
        pytest.param(r"\begin{align} z &= w x \\ \frac{dz}{dw} &= x && \text{since } z = w x \end{align}", ".md", id="a reason"),
        pytest.param(r"$z = w x$, $L = z^2$ $$\frac{dL}{dw} = \delta x \text{ with } \delta = 2z$$", ".md", id="a definition behind with"),
    ],
)  # fmt: skip
def test_ordinary_spellings(text: str, suffix: str) -> None:
    report = check(text, suffix=suffix)
    assert report.status == 0, str(report)


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        (r"\frac{\partial L}{\partial {w_2}} = \sqrt[3]{8}", "∂L/∂w_2 = 8^(1 / 3)"),
        (r"\frac{\partial L}{\partial (w_2)} = \sqrt 4", "∂L/∂w_2 = sqrt(4)"),
        (r"\frac{\partial}{\partial w_2} L = \pi e", "∂L/∂w_2 = \\pi · e"),
        (r"\mathstrut \frac{dL}{dw_2} = a_1", "∂L/∂w_2 = a_1"),
        (r"\phantom{xx} \frac{dL}{dw_2} = a_1", "∂L/∂w_2 = a_1"),
        (r"\frac{dL}{dw_2} = \underbrace{a_1}", "∂L/∂w_2 = a_1"),
        (r"\frac{dL}{dw_2} = \underbrace{a_1} _ 1 z_2", "∂L/∂w_2 = a_1 · z_2"),
        (r"\frac{dL}{dw_2} = \log a_1 z_2", "∂L/∂w_2 = log(a_1 · z_2)"),
        (r"f(u) = u \frac{\partial L}{\partial a_1} $ and $ f'(z_1) = 3", "∂L/∂a_1 = 3"),
    ],
)
def test_more_spellings_of_latex(line: str, understood: str) -> None:
    report = check(f"{LATEX}${line}$", suffix=".md")
    assert last(report).verdict in ("right", "wrong")
    assert last(report).understood == understood


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("dL/dw2 = max(1, 0.5, a1)", "∂L/∂w2 = max(max(1, 0.5), a1)"),
        ("dL/dw2 = pi*a1 - e", "∂L/∂w2 = pi · a1 - e"),
        ("s' = s(1-s)", "σ'(x) = σ(x) · (1 - σ(x))"),
        ("dL/dw2 = tanh^2(z2)", "∂L/∂w2 = tanh(z2)^2"),
    ],
)
def test_more_spellings_of_text(text: str, understood: str) -> None:
    assert last(check(TEXT + text, suffix=".txt")).understood == understood


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (r"\begin{cases} 1 & \text{otherwise} \\ 2 & z_1 > 0 \end{cases}", "only the last case may have no condition"),
        (r"\begin{cases} 1 & z_1 > 0 ) \\ 2 & z_1 < 0 \end{cases}", "the cases do not end"),
        (r"\sum_{i=1}^{900}\sum_{j=1}^{900} z_1", "sums that write out to more than 20,000 terms"),
        (r"\sum_{i=1}^{2} a_1 < 3", "'<' is not expected in a sum"),
        (r"\sum_{k=1}^{M} a_1", r"a sum needs its range, as in \sum_{k=1}^{2}"),
        (r"2^12 a_1", "several digits behind ^ need braces"),
        (r"\tanh^{-1}(z_1)", "an inverse function or a power? write arcsin(x), or (sin(x))^{-1}"),
        (r"\max(1)", r"\max takes 2 arguments, not 1"),
        (r"\underbrace{a_1", r"'\\underbrace' is no function that is known here"),
        (r"\underbrace{a_1 = 3}_{outer}", r"'\\underbrace' is no function that is known here"),
        (r"\underbrace{a_1}_{x = 3} z_1", "what this brace says is not read"),
        (r"\underbrace{a_1}_{d@L/da_1}", "'@' is no part of a formula"),
        (r"\frac{\partial L}{\partial (a_1+b_1)}", "the closing bracket is missing before '+'"),
        (r"\frac{\partial L}{\partial (2)}", "the derivative of an expression: name the quantity"),
        (r"\frac{\partial \sigma}{\partial z_1}", "a ∂ that belongs to no derivative"),
        (r"a_1, \quad i = 0,5", "',' inside a number is not read: write 0.5, or 0{,}5 in LaTeX"),
    ],
)
def test_what_is_not_read_is_told_in_words(line: str, cause: str) -> None:
    report = check(rf"{LATEX}$\frac{{\partial L}}{{\partial w_2}} = {line}$", suffix=".md")
    assert report.status == 2
    assert [finding.cause for finding in report.lines if finding.verdict == "unreadable"] == [cause]


def test_a_function_that_is_not_read_or_called_with_too_little_is_told() -> None:
    sheet = check(LATEX + r"$f(u, v) = u v )$ $g(u, v) = u v$ $\frac{dL}{dw_2} = g(2)$", suffix=".md")
    assert [finding.cause for finding in sheet.lines if finding.verdict == "unreadable"] == [
        "')' is not expected here",
        "g takes 2 arguments, not 1",
    ]


def test_a_function_is_taken_at_something_and_a_derivative_of_a_quantity() -> None:
    assert last(check(TEXT + "dL/dz1 = s^-1(z1)\n")).cause == "s needs an argument"
    told = [finding.cause for finding in check(TEXT + "z1 += 3\n").lines if finding.verdict == "unreadable"]
    assert told == ["only a derivative is added up with +="]
    late = check(LATEX + r"$\delta = \frac{\partial L}{\partial z_2}$ $\frac{\partial L}{\partial \delta} = 1$", suffix=".md")
    assert last(late).cause == r"\delta is no quantity of the forward program, so it has no derivative here"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("dyhat: float = -2*(y - yhat)", ["right"]),
        ("dyhat = (-2  # the outer one\n    * (y - yhat))  # and the inner", ["right"]),
        ("dyhat = (-2\n        * y\n    + 2*yhat)", ["right"]),
        ("dyhat = -2*(y - yhat)\ndyhat = dyhat + dyhat*0", ["right", "right"]),
        ("u = yhat.item()*2\ndyhat = u - 2*y", ["right"]),
        ("dyhat = -2*np.sum(y - yhat)", ["unreadable"]),
        ("dyhat = (-2*(y - yhat)).mean()", ["unreadable"]),
        ("def f(x):\n    y = x\n    return y\ndyhat = -2*(y - yhat)", ["unreadable", "right"]),
        ("def f(x):\n    return x @ x\ndyhat = -2*(y - yhat)", ["unreadable", "right"]),
    ],
)
def test_more_ways_to_write_code(code: str, expected: list[str]) -> None:
    assert [verdict for verdict in verdicts(CODE + code + "\n", ".py") if verdict != "definition"] == expected


def test_functions_of_many_numbers_are_named() -> None:
    found = check(CODE + "dyhat = -2*np.sum(y - yhat)\n", suffix=".py")
    assert last(found).cause == "np.sum is not read: derivations are read number by number, so write it out"


@pytest.mark.parametrize(
    ("line", "understood"),
    [
        ("dL/dz1 = ,   dL/dw1 = dL/dz1*x0", [None, "∂L/∂w1 = ∂L/∂z1 · x0"]),
        ("dL/dw1 = dL/dz1*x0, c = 0,5", ["∂L/∂w1 = ∂L/∂z1 · x0", None]),
    ],
)
def test_two_equations_of_one_line_are_told_apart(line: str, understood: list[str | None]) -> None:
    found = [finding for finding in check(TEXT + line).lines if finding.verdict != "definition"]
    assert [finding.understood or None for finding in found] == understood
    assert [finding.verdict for finding in found] == ["right" if said else "unreadable" for said in understood]


def test_the_loss_may_be_named_ahead() -> None:
    program = "z = w*x\nL = z^2\nM = L + z\ndL/dz = 2z\n"
    losses = [check(head + program, suffix=".md").sheet.loss for head in ("", "---\nloss: L\n---\n", "---\nloss: M\n---\n")]
    assert losses == ["M", "L", "M"]
