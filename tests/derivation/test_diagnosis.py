"""Causes and suggestions: that they are true at all points, can be read back, come soon, and are told as the writer writes."""

from __future__ import annotations

import time
from random import Random

import pytest

from autograd import OPS, Value, check
from autograd.derivation.report import Finding, Report

NETWORK = {
    ".txt": "z = w*x + b\na = s(z)\nL = (y - a)^2\n",
    ".md": "$z = w x + b$\n\n$a = \\sigma(z)$\n\n$L = (y - a)^2$\n\n",
    ".py": "z = w * x + b\na = sigmoid(z)\nL = (y - a)**2\n",
}
SOFTMAX = """
S = exp(o1) + exp(o2) + exp(o3)
p1 = exp(o1)/S
p2 = exp(o2)/S
p3 = exp(o3)/S
L = -(y1*log(p1) + y2*log(p2) + y3*log(p3))
"""


def wrong(report: Report) -> Finding:
    """The first wrong line."""
    return next(line for line in report.lines if line.verdict in ("wrong", "cancels"))


def repaired(text: str, finding: Finding, suffix: str) -> Report:
    """The sheet with the suggestion in the place of the wrong line."""
    assert finding.suggestion is not None
    lines = text.split("\n")
    line, start = lines[finding.line - 1], finding.column - 1
    lines[finding.line - 1] = line[:start] + finding.suggestion + line[start + len(finding.text) :]
    return check("\n".join(lines), suffix=suffix)


# ---- what the rows say ----


@pytest.mark.parametrize("row", [row for row in OPS.values() if row.inverse], ids=lambda row: row.name)
def test_an_inverse_undoes_its_operation(row) -> None:  # type: ignore[no-untyped-def]
    rng = Random(row.name)
    assert len(row.inverse) == row.arity
    for _ in range(20):
        xs = [rng.uniform(*interval) for interval in row.at]
        y = row(*xs)
        for i, inverse in enumerate(row.inverse):
            assert float(inverse(y, *xs)) == pytest.approx(xs[i], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "slope"), [("hypot", "a / L"), ("logaddexp", "exp(a - L)"), ("max", "(a > b)*(a > c)"), ("min", "(a < b)*(a < c)")]
)
def test_what_is_associative_may_be_written_of_three(name: str, slope: str) -> None:
    definition, line = check(f"L = {name}(a, b, c)\ndL/da = {slope}\n", suffix=".txt").lines
    assert definition.understood == f"L = {name}({name}(a, b), c)"
    assert line.verdict == "right"


# ---- numbers ----


def test_a_wrong_zero_is_answered_with_digits() -> None:
    text = NETWORK[".txt"] + "w = 0.3\nx = 0.7\nb = 0.1\ny = 0.9\ndL/dx = 0\n"
    finding = wrong(check(text))
    assert finding.code == "D113" and finding.suggestion is not None
    assert len(finding.suggestion.partition("= ")[2].strip("-0.")) >= 3, finding.suggestion
    assert repaired(text, finding, ".txt").status == 0


# ---- code ----


# ---- what is missing ----


def test_the_targets_that_must_sum_to_one_are_missed() -> None:
    finding = wrong(check(SOFTMAX + "dL/do2 = p2 - y2\n"))
    assert finding.code == "D103"
    assert finding.suggestion is not None and "y1 + y2 + y3" in finding.suggestion
    assert "y1 + y2 + y3 = 1" in (finding.cause or "")


def test_a_factor_dropped_inside_a_term_is_named() -> None:
    finding = wrong(check(SOFTMAX + "dL/do1 = dL/dp1*dp1/do1 + dL/dp2*dp2/do1 + dL/dp3\n"))
    assert (finding.code, finding.cause) == ("D103", "the factor dp3/do1 is missing in dL/dp3")
    assert finding.suggestion == "dL/do1 = dL/dp1*dp1/do1 + dL/dp2*dp2/do1 + dL/dp3*dp3/do1"


def test_brackets_that_were_left_out_are_put_in() -> None:
    finding = wrong(check(SOFTMAX + "dL/do3 = p3 * y1 + y2 + y3 - y3\n"))
    assert finding.suggestion is not None
    finding = wrong(check(SOFTMAX + "dL/do3 = p3 + y1 + y2 + y3 - y3\n"))
    assert finding.code == "D108"


def test_the_right_line_counts_no_way_twice() -> None:
    """∂p_1/∂o_1 is the whole derivative; ∂L/∂S · ∂S/∂o_1 beside it would say the way through S again."""
    text = SOFTMAX + "dL/do1 = 7*y1\n"
    assert repaired(text, wrong(check(text)), ".txt").status == 0


def test_a_contribution_is_suggested_alone() -> None:
    text = "h = u*x\ng = u*h\nL = g^2\ndL/dg = 2*g\ndL/dh = dL/dg*u\ndL/du = dL/dg*h\ndL/du += dL/dh*h*h\n"
    assert repaired(text, wrong(check(text)), ".txt").status == 0


def test_a_wrong_left_side_is_what_is_suggested() -> None:
    text = "u = x*y\nr = u^2\nG = sin(r)\ndG/dr = cos(r)\ndr/du = 2*u\ndG/dy = dG/dr*2*u\n"
    finding = wrong(check(text))
    assert finding.code in ("D114", "D103") and repaired(text, finding, ".txt").status == 0


# ---- soon ----


def long_line(kind: str, n: int) -> str:
    names = [f"x{i}" for i in range(1, n + 1)]
    if kind == "names":
        return "s = " + " + ".join(f"w*{x}" for x in names) + "\nL = s^2\ndL/dw = 2*s*(" + " + ".join(names[:-1]) + f" - {names[-1]})\n"
    if kind == "terms":
        return "s = w*x + b\nL = s^2\ndL/dw = " + " + ".join([f"2*s*x/{n}"] * (n - 1)) + f" - 2*s*x/{n}\n"
    return "s = w*x + b\nL = s^2\ndL/dw = 2*s*x" + "*1" * n + "*x\n"


@pytest.mark.parametrize(("kind", "n", "code"), [("names", 200, "D101"), ("terms", 1000, "D101"), ("ones", 1000, "D103")])
def test_a_long_wrong_line_is_diagnosed_soon(kind: str, n: int, code: str) -> None:
    began = time.process_time()
    finding = wrong(check(long_line(kind, n)))
    assert time.process_time() - began < 8  # of the processor, two alone
    assert finding.code == code, finding
    assert finding.suggestion is not None


def test_tiny_numbers_do_not_make_everything_fit() -> None:
    """A product of many small factors is no proof of anything by being small."""
    names = [f"x{i}" for i in range(60)]
    text = "s = w*" + "*".join(f"{x}/1000" for x in names) + "\nL = s\ndL/dw = s*s\n"
    finding = next(line for line in check(text).lines if line.kind == "claim")
    assert finding.verdict != "wrong" or finding.code in ("D199", "D103"), finding


def test_brackets_around_all_of_a_right_side_belong_to_the_line() -> None:
    text = NETWORK[".py"] + "dz = (-2 * (y - a) * a * (1 + a))\n"
    finding = wrong(check(text, suffix=".py"))
    assert finding.text == "dz = (-2 * (y - a) * a * (1 + a))"
    assert finding.suggestion == "dz = (-2 * (y - a) * a * (1 - a))"


def test_a_sum_that_is_nothing_is_no_number_to_measure_by() -> None:
    """Σ (x_i - μ) is 0, but for its rounding."""
    text = "m = (x1 + x2 + x3)/3\nv = (x1 - m)^2 + (x2 - m)^2 + (x3 - m)^2\nL = v\ndv/dm = 2 - 2*(x1 - m) - 2*(x2 - m) - 2*(x3 - m)\n"
    finding = wrong(check(text))
    assert finding.code != "D199", finding
    assert repaired(text, finding, ".txt").status == 0


def test_a_derivative_is_not_explained_by_itself() -> None:
    finding = wrong(check("q = x*y\nG = q^2\ndG/dq = 2 * dG/dq\n"))
    assert (finding.code, finding.suggestion) == ("D109", "dG/dq = 2 * q")


def test_a_function_of_the_program_s_own_stands_among_the_lines() -> None:
    text = "def logistic(x):\n    return 1 / (1 + np.exp(-x))\n\nz = w * x\na = logistic(z)\nL = (a - y)**2\nda = a - y\n"
    finding = wrong(check(text, suffix=".py"))
    assert (finding.code, finding.suggestion) == ("D102", "da = 2 * (a - y)")


# ---- what a line is made of ----


@pytest.mark.parametrize(
    ("program", "claim", "code", "suggestion"),
    [
        ("z = w*x\ns = sigmoid(z)\nL = s^2\nf(u) = u*(1-u)\n", "ds/dz = f(z)", "D104", "ds/dz = s * (1 - s)"),
        ("z = w*x\nL = z^2\nf(u) = u + u\n", "dL/dz = f(w)", "D106", "dL/dz = z + z"),
        ("z = w*x\nL = z^2\nf(u) = u*u\n", "dL/dw = 2*f(z)", "D106", "dL/dw = 2*x*z"),
        ("z = w*x\nL = z^2\nf(u) = 3*u\n", "dL/dz = f(z)", "D102", "dL/dz = 2 * z"),
    ],
)
def test_a_mistake_within_the_writer_s_own_function_is_found_in_each_place(program: str, claim: str, code: str, suggestion: str) -> None:
    finding = wrong(check(program + claim + "\n"))
    assert (finding.code, finding.suggestion) == (code, suggestion)
    assert repaired(program + claim + "\n", finding, ".txt").lines[-1].verdict == "right"


@pytest.mark.parametrize(
    ("program", "claim", "code", "cause", "suggestion"),
    [
        ("v = x/y\nu = x*y\nL = u*v + v\n", "dv/dx = y/x*1/x", "D103", "the fraction is upside down", "dv/dx = x / y*1/x"),
        (NETWORK[".txt"], "dL/da = pi*(y - a)", "D102", "the number pi should be -2", "dL/da = -2*(y - a)"),
        (NETWORK[".txt"], "dw/dw = w", "D103", "the factor w is one too many", "dw/dw = w / w"),
        (NETWORK[".txt"], "dL/dz = dL/da*tanh^z(z)", "D199", "the cause is not known", "dL/dz = dL/da*da/dz"),
        (NETWORK[".txt"], "log(x) = log(x - 0.5)", "D199", "the cause is not known", None),
    ],
)
def test_more_causes(program: str, claim: str, code: str, cause: str, suggestion: str | None) -> None:
    finding = wrong(check(program + claim + "\n"))
    assert (finding.code, finding.cause, finding.suggestion) == (code, cause, suggestion)


def test_a_quantity_of_the_writer_s_own_beside_a_program_is_exchanged_everywhere() -> None:
    w, x = Value(2.0, name="w"), Value(3.0, name="x")
    program = ((w * x).named("z") ** 2).named("L")
    finding = wrong(check("c = 2*z\ndL/dz = z*z/z + c/c*c*c - c/z*z*z\n", suffix=".txt", forward=program))
    assert (finding.code, finding.cause) == ("D106", "z should be c, everywhere in the line")


def test_a_line_of_very_many_quantities_is_answered_with_the_chain_rule_alone() -> None:
    many = [f"x{i}*w{i}" for i in range(1, 70)]
    finding = wrong(check(f"z = {' + '.join(many)}\nL = z^2\ndL/dw1 = 2*z*x2 + {' + '.join(many)}\n", suffix=".txt"))
    assert (finding.code, finding.suggestion) == ("D199", "dL/dw1 = dL/dz*dz/dw1")
