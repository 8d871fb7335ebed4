"""Lines that look alike and are not: wrong ones that were once called right, and right ones that were not read."""

# ruff: noqa: E501
from __future__ import annotations

import json

import pytest

from autograd import Value, check
from autograd.derivation.terms import Number, Partial, Quantity, value
from autograd.derivation.truth import Leaves


def verdicts(text: str, suffix: str = ".txt") -> list[str]:
    return [finding.verdict for finding in check(text, suffix=suffix).lines]


P = "z = w*x + b\na = sigmoid(z)\nL = (y - a)^2\n"


@pytest.mark.parametrize(
    ("text", "last"),
    [
        (P + "dL/da = 2|a-y|", "wrong"),
        (P + "d/dw (dL/dw) = 0", "unreadable"),
        (P + "d/dw (w*dL/da) = dL/da", "unreadable"),
        (P + "d/dw (w*x) = x", "right"),
        ("L = x^2\ndL/dx = 2 x (x > -1.5)", "wrong"),
        ("L = x^2*y\ndL/dx = 2 x min(y, 1.9)", "wrong"),
        ("relu'(q) = (q > -1)\nL = x", "wrong"),
        ("max(q, -1.9) = q\nL = x", "wrong"),
        ("sqrt'(q) = 1/(2 sqrt(q))\nL = x", "right"),
        ("f(x, w) = x - 2w\nL = f(w, x)\ndL/dx = -2", "right"),
        ("f(x, w) = x - 2w\nL = f(w, x)\ndL/dx = -1", "wrong"),
        ("m = 2\nL = m^2*x\ndL/dm = m^2*x", "wrong"),
        ("L = (w*x - y)^2\nw = y/x\ndL/dw = 77*x*(w*x - y)", "undecided"),
        ("e1 = y - a\nL = e1^2\ndL/de1 = 2e1", "unreadable"),
        ("f(x) = x^2*y\nL = f(z)\ndL/dz = 2z", "undecided"),
        ("x + w = 1\nx - w = 5\nx + w = 2\nL = x*w\ndL/dx = w", "undecided"),
        ("y^2 = 1\nL = y*y*a*y\ndL/da = y", "right"),
        ("dp = (u - p)^2\nL = dp + u^2\ndL/dp = -2(u - p)", "right"),
        ("x = 1\nw = 0.5\nz = w*x\nu = z - eta\ndz/dw = 1.0", "right"),
        ("L = x^3\ndL/dx = 3 sqrt(x)^4", "undecided"),
        ("z = w*x\ndz/dw = 0.5*0.3", "undecided"),
        ("g(s) = s^2\no = g(z)\ndo/dz = 2z", "right"),
    ],
)
def test_a_claim_is_told_from_others_like_it(text: str, last: str) -> None:
    found = verdicts(text + "\n")
    assert (found[0] if text.endswith("L = x") else found[-1]) == last


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (r"$p_k = \frac{e^{z_k}}{\sum_{j=1}^{3} e^{z_j}}$, $L=-\log p_1$, $\frac{\partial L}{\partial z_1}=p_1-1$", 1),
        (r"$z_i = w x_i$, $L = z_1^2+z_2^2$, $\frac{\partial L}{\partial z_i} = 2z_i$", 2),
        (
            r"$a^{(0)} = x$ $z^{(l)} = w^{(l)} a^{(l-1)}$ $a^{(l)} = \sigma(z^{(l)})$ $L = (a^{(2)} - y)^2$ $\frac{\partial L}{\partial a^{(1)}} = 2(a^{(2)} - y)\sigma'(z^{(2)}) w^{(2)}$",
            1,
        ),
        (r"$N = 2$ $z_j = \sum_{i=1}^{N} w_{ij} x_i$ $L = z_1 z_2$ $\frac{\partial L}{\partial w_{12}} = z_1 x_1$", 1),
        (r"$J(w) = (w x - y)^2$ $\frac{\partial J}{\partial w} = 2 x (wx - y)$", 1),
        (r"$z=wx$ $L=z^2$ $\Delta w = -\eta \frac{dL}{dw}$ $\frac{dL}{dw} = 2zx$", 1),
        (r"$L=a^2$, $M=ab$, $\frac{dM}{da}=\frac{M}{a}$", 1),
        (r"$L=\mathrm{e}^{2x}$, $\frac{dL}{dx}=2\mathrm{e}^{2x}$", 1),
        (
            r"$L = \frac{(y-\mu)^2}{2\sigma^2}+\ln\sigma$ $\frac{\partial L}{\partial \sigma} = -\frac{(y-\mu)^2}{\sigma^3} + \frac{1}{\sigma}$",
            1,
        ),
        (r"$$a=\begin{cases} z & z>0\\ 0 & z\le 0\end{cases}$$ $\frac{da}{dz} = \begin{cases} 1 & z>0\\ 0 & z\le 0\end{cases}$", 1),
        (r"$\alpha = 0.01$, $a=\max(\alpha z, z)$, $\frac{da}{dz}=\begin{cases}1 & z>0\\ \alpha & \text{otherwise}\end{cases}$", 1),
        (r"$z = w x$ $L = z^2$ $dz = 2 z$ $dw = dz \cdot x$", 2),
        ("$z = w x$ $L = z^2$ $\\frac{dL}{dz} = 2z$\n```python\nz = w*x\nL = z**2\ndz = 2*z\n```\n", 4),
        (r"$L = \sqrt xy$ $\frac{dL}{dy} = \sqrt x$ $M = \frac xy$ $\frac{dM}{dx} = \frac1y$", 2),
    ],
)
def test_what_textbooks_write_is_read_and_right(text: str, count: int) -> None:
    report = check(text, suffix=".md")
    assert report.status == 0, str(report)
    assert [finding.verdict for finding in report.lines].count("right") == count


H = "h = np.tanh(u)\np = v*h\nq = r*h\nL = (p-y)**2 + (q-t)**2\ndp = 2*(p-y)\ndq = 2*(q-t)\n"


def test_a_gradient_of_code_that_is_used_before_it_is_whole_is_wrong() -> None:
    report = check(H + "dh = dp*v\ndu = dh*(1-h**2)\ndh += dq*r\n", suffix=".py")
    assert (report.first_wrong, report.lines[7].code) == (8, "D107")
    assert "before all its ways are added up" in str(report.lines[7].cause)


@pytest.mark.parametrize("adding", ["dh = dp*v\ndh = dh + dq*r\n", "dh = 0\ndh = dp*v + dq*r\n", "dh = 0.0\ndh += dp*v\ndh += dq*r\n"])
def test_a_gradient_of_code_may_be_added_up_in_any_way(adding: str) -> None:
    report = check(f"{H}{adding}du = dh*(1-h**2)\n", suffix=".py")
    assert report.status == 0, str(report)


@pytest.mark.parametrize(
    "line",
    ["dw = ~dz*x", "dw = dz*x^1", "dw = dz(x)", "dw = [dz*x]", "dw = dz*x[-1]", "dw = dz*x if x > 0 else 0", "@twice\ndef f(x): return x*2", "def f(x, k=2): return x*k", "p = W @ x"],
)  # fmt: skip
def test_python_that_is_no_arithmetic_is_refused(line: str) -> None:
    report = check(f"z = w*x\na = sigmoid(z)\nL = (y - a)**2\nda = -2*(y-a)\ndz = da*a*(1-a)\n{line}\n", suffix=".py")
    assert report.status == 2


def test_beside_a_program_the_writer_may_name_things_and_give_its_numbers() -> None:
    x, w, b, y = (Value(v, name=n) for v, n in ((0.5, "x"), (0.7, "w"), (0.1, "b"), (1.0, "y")))
    loss = ((y - (x * w + b).named("z").sigmoid().named("a")) ** 2).named("L")
    text = "x = 0.5\na = 0.61\nδ = dL/dz\ndL/dw = δ*x\nt = a*(1-a)\ndL/dz = -2(y-a)*t\nx = 0.7\n"
    found = [finding.verdict for finding in check(text, loss, suffix=".txt").lines]
    assert found == ["right", "right", "definition", "right", "definition", "right", "wrong"]


F = "x = 0.5\nw = 1.2\nb = -0.3\ny = 1.0\nz = w*x + b\na = sigmoid(z)\nL = (y - a)^2\n"


@pytest.mark.parametrize(
    ("claim", "last"),
    [
        ("dL/dw = 1.0/0.0", "wrong"), ("dL/dw = 0.1-0.1", "wrong"), ("dL/dw = 0.3/0.1 - 0.2/0.1", "wrong"), ("dL/dw = -0.3*0.5", "wrong"),
        ("dL/dw = 0e9", "wrong"), ("dL/dw = 1e9", "wrong"), ("dL/dw = -0.2", "wrong"), ("dL/dx = 2e-999999999", "wrong"), ("dL/da = -0.852", "rounding"),
        ("dL/da = -0.8511", "right"), ("dL/da = 2*(0.57 - 1.0) = -0.87", "wrong"), ("dL/da = 2*(0.57 - 1.0) = -0.86", "rounding"), ("dL/dw = -0.10", "right"),
    ],
)  # fmt: skip
def test_numbers_are_right_to_their_digits_and_no_further(claim: str, last: str) -> None:
    assert verdicts(F + claim + "\n")[-1] == last


def test_json_has_null_for_what_is_no_number() -> None:
    report = check("L = x^2\ndL/dx = 2x/(x - x)\n", suffix=".txt")
    assert report.status != 0
    assert json.loads(report.to_json(), parse_constant=pytest.fail)["lines"][1]["claimed"][0] is None


def test_a_condition_in_code_is_1_where_it_holds() -> None:
    report = check("L = np.maximum(0, 1 - t*f)\ndf = -t*(1 - t*f > 0)\ndt = (1 - t*f > 0)\n", suffix=".py")
    assert [finding.verdict for finding in report.lines] == ["definition", "right", "wrong"]


NUMBERS = "w = 0.5\nx = 2\nb = 0.25\ny = 1\n"


@pytest.mark.parametrize(
    ("line", "verdict", "cause"),
    [
        ("dL/da = -2(y - 0.7773)", "right", None),
        ("dL/da = -2(y - 0.5)", "wrong", "the cause is not known"),
        ("dL/da = (y - a)/(0.5 - 0.5)", "wrong", "the number 0.5 should be 0"),
        ("dL/da = log(x - 2.0)*0.5", "wrong", "the cause is not known"),
        ("dL/da = log(-1.5)", "unreadable", "this has no value: log(-1.5) is not a number (log(x) needs x >= 0)"),
        ("dL/da ≈ -3(y - a)", "undecided", "an approximation; only equations and numbers are checked"),
    ],
)
def test_written_numbers_for_quantities_at_the_writer_s_own_point(line: str, verdict: str, cause: str | None) -> None:
    finding = check(NUMBERS + P + line, suffix=".txt").lines[-1]
    assert (finding.verdict, finding.cause) == (verdict, cause)


@pytest.mark.parametrize(
    ("line", "last"),
    [
        ("dL/da = -2*0.11 = -0.22", "right"),
        ("dL/da = -2*0.11 = -0.3", "wrong"),
        ("dL/da = -0.44 = -0.4", "right"),
        ("dL/da = -0.44 = -0.6", "wrong"),
    ],
)
def test_a_number_without_a_point_follows_from_the_numbers_before_it(line: str, last: str) -> None:
    assert verdicts(P + line)[-2:] == ["undecided", last]


@pytest.mark.parametrize("assumption", ["x^b = -1", "1/b^2 = -1", "log(x)*b = 1"])
def test_an_assumption_that_has_no_value_everywhere_is_no_crash(assumption: str) -> None:
    assert verdicts(f"{P}{assumption}\ndL/da = -2(y - a)\n")[-1] in ("undecided", "right")
    assert verdicts(f"{P}x^2 = 4\ndL/da = -2(y - a)\n")[-1] == "right"


def test_leaves_have_numbers_and_no_derivatives() -> None:
    leaves = Leaves({"w": 2.0})
    assert (value(Quantity("w"), leaves), value(Number(3.0, "3"), leaves)) == (2.0, 3.0)
    with pytest.raises(KeyError, match="L"):
        value(Partial("L", "w"), leaves)


def test_a_rule_is_undecided_where_one_side_alone_has_a_value() -> None:
    finding = check(P + "log(t^2) = 2*log(t)").lines[-1]
    assert (finding.verdict, finding.cause) == ("undecided", "one side has no value where the other has one")
    assert verdicts(P + "log(t) = 2*log(sqrt(t))")[-1] == "right"  # both have none below 0


def test_summands_are_compared_as_closely_as_digits_allow() -> None:
    code = "h = w*x\nL = h**2 + w**2\ndh = 2*h\ndw = dh*x\n"
    assert verdicts(code + "dw += 2*w*1.00000000001\n", ".py")[-1] == "right"
    assert verdicts(code + "dw += 2*w*1.000001\n", ".py")[-1] == "wrong"


def test_a_difference_in_the_tenth_digit_is_seen_beside_pi() -> None:
    assert verdicts(P + "dL/da = -2(y - a)*pi/pi")[-1] == "right"
    assert verdicts(P + "dL/da = -2(y - a)*(1 + 1e-10*pi)")[-1] == "wrong"


def test_what_is_defined_by_itself_or_rests_on_what_is_unread_decides_nothing() -> None:
    w, x = Value(2.0, name="w"), Value(3.0, name="x")
    finding = check("u = u + 1\ndL/dz = u*z", suffix=".txt", forward=((w * x).named("z") ** 2).named("L")).lines[-1]
    assert (finding.verdict, finding.cause) == ("unreadable", "u is defined by itself")
    sheet = r"$z = w x$, $L = z^2$, $u = \frac{$, $\delta = \frac{\partial L}{\partial z}$, $\frac{\partial L}{\partial w} = \delta x$"
    assert verdicts(sheet, ".md")[-1] == "right"  # δ is read through to what it means, and u is not in it
    sheet = sheet.replace(r"\delta =", r"\delta = u \cdot")
    assert verdicts(sheet, ".md")[-1] == "undecided"


def test_numbers_at_which_the_program_has_no_value_are_no_point_to_check_at() -> None:
    sheet = "w = 0\nx = 1\nz = w*x\na = log(z - 1)\nL = (1 - a)^2\n"
    assert verdicts(sheet + "dL/da = -2(1 - a)")[-1] == "right"
    assert verdicts(sheet + "dL/da = -2.5")[-1] == "undecided"
