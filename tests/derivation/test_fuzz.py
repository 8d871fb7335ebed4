"""Anything may stand in a file. The checker answers with a report: no exception, no hang, and no "right" for what was cut off."""

# ruff: noqa: E501
from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from mistakes.notations import NOTATIONS, SUFFIX, written
from mistakes.sheets import SHEETS

from autograd import check

SUFFIXES = (".md", ".txt", ".py")
STATUSES = {0, 1, 2, 3}
PIECES = [
    "\\frac", "\\dfrac", "{", "}", "\\partial", "\\part", "L", "z_1", "z_{1}", "\\sigma", "'", "^{\\prime}", "(", ")", "[", "]", "\\left(", "\\right)", "=", "&=", "+=",
    "\\\\", "\\cdot", "\\,", " ", "+", "-", "*", "/", "^", "^2", "_", "_1", "_{", "1", "2.5", ".", ",", "|", "\\sum_{i=1}^{2}", "\\sum_k", "x_i", "x_1", "\\hat y", "\\hat",
    "\\begin{aligned}", "\\end{aligned}", "\\begin{cases}", "\\end{cases}", "&", "\\sqrt", "\\text{if }", "\\mathbb{1}", "\\to", "$", "$$", "\n", "∂", "σ", "′", "₁", "²", "√",
    "∑", "½", "e^{", "\\exp", "\\tanh", "\\max", "<", ">", "≥", "\\mathrm{d}", "d", "dL/dz", "w", "x", "%", "#", "```math\n", "```\n", "```python\n", "\\[", "\\]", "\u0302", "\ufeff",
]  # fmt: skip


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """TimeoutError when it takes longer; a run whose lines are counted may take ten times as long."""
    seconds *= 1 if sys.gettrace() is None else 10

    def stop(*_: Any) -> None:
        raise TimeoutError(f"longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def looked_at(text: str, suffix: str, seconds: int = 20) -> Any:
    """The report, which is whole: it can be shown, written as JSON, and every place in it lies in the text."""
    with at_most(seconds):
        report = check(text, suffix=suffix)
        assert report.status in STATUSES
        rows = text.count("\n") + 1
        for finding in report.lines:
            assert 1 <= finding.line <= rows and finding.column >= 1
            assert finding.verdict != "unreadable" or finding.cause
        assert str(report) and report.to_json()
    return report


@given(st.binary(max_size=200), st.sampled_from(SUFFIXES))
@settings(max_examples=300)
@example(b"\xef\xbb\xbfz = w*x\nL = z^2\ndL/dz = 2z", ".txt")
@example(b"\x00=\x00", ".txt")
@example(b"a = 1\x0c= 2\r= 3", ".txt")
@example("z = \ud800".encode("utf-8", "replace"), ".py")
def test_random_bytes(data: bytes, suffix: str) -> None:
    looked_at(data.decode("utf-8", "replace"), suffix)


@given(st.text(alphabet="=+-*/^_()[]{}|.,'\\$&%# \n0123456789abLzxdσ∂√∑₁²eE", max_size=120), st.sampled_from(SUFFIXES))
@settings(max_examples=400)
def test_random_formulas(text: str, suffix: str) -> None:
    looked_at("z = w*x\nL = z\n" + text, suffix)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=40), st.booleans())
@settings(max_examples=500)
def test_random_splices_of_latex(pieces: list[str], marked: bool) -> None:
    body = "".join(pieces)
    looked_at("$z_1 = w x_1 + x_2$ $L = \\hat y z_1$\n" + (f"${body}$\n" if marked else body), ".md")
    looked_at(f"z_1 = w*x_1 + x_2\nL = z_1^2\ndL/dz_1 = {body}\n", ".txt")


@given(st.integers(0, 10**9), st.sampled_from(NOTATIONS))
@settings(max_examples=100)
def test_random_damage_to_sheets_that_are_right(seed: int, notation: str) -> None:
    """Stretches cut out, doubled or exchanged."""
    rng = Random(seed)
    text = written(rng.choice(SHEETS[:1] + SHEETS[3:6]), notation).text
    for _ in range(rng.randint(1, 4)):
        a, b = sorted(rng.sample(range(len(text)), 2))
        b = min(b, a + rng.randint(1, 40))
        text = rng.choice((text[:a] + text[b:], text[:b] + text[a:b] + text[b:], text[b:] + text[a:b] + text[:a]))
    looked_at(text, SUFFIX[notation])


CUT = {
    ".txt": "z = w*x + b\na = s(z)\nL = (y - a)^2\ndL/da = -2*(y - a)\ndL/dz = dL/da*s'(z)\ndL/dw = dL/dz*x\n",
    ".md": "$z = w x + b$ $a = \\sigma(z)$ $L = (y - a)^2$\n$\\frac{\\partial L}{\\partial a} = -2(y - a)$\n"
    "$$\\frac{\\partial L}{\\partial z} = \\frac{\\partial L}{\\partial a} \\cdot \\sigma'(z)$$\n$\\frac{\\partial L}{\\partial w} = \\frac{\\partial L}{\\partial z} x$\n",
    ".py": "z = w*x + b\na = sigmoid(z)\nL = (y - a)**2\nda = -2*(y - a)\ndz = da*a*(1 - a)\ndw = dz*x\n",
}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_beginning_of_a_sheet(suffix: str) -> None:
    """A claim that breaks off after its equals sign is never called right: not one beginning of these lines is."""
    text = CUT[suffix]
    assert check(text, suffix=suffix).status == 0
    first = text.index({".txt": "dL/da", ".md": "$\\frac{", ".py": "da ="}[suffix])
    for end in range(len(text)):
        report = looked_at(text[:end], suffix)
        line = text[:end].split("\n")[-1]
        whole = text.split("\n")[text[:end].count("\n")].rstrip("\n")
        if end > first and "=" in line and line != whole:
            assert report.status != 0, text[:end]


def named(*cases: Any) -> list[Any]:
    return [pytest.param(*case[1:], id=case[0]) for case in cases]


DEEP = 10_000


@pytest.mark.parametrize(
    "formula",
    named(
        ("brackets", "(" * DEEP + "z" + ")" * DEEP),
        ("brackets that stay open", "{" * DEEP),
        ("fractions", r"\frac{1}{" * DEEP + "z" + "}" * DEEP),
        ("calls", "s(" * DEEP + "z" + ")" * DEEP),
        ("indicators", "1[" * DEEP + "z" + "]" * DEEP),
        ("minus signs", "-" * DEEP + "z"),
        ("powers", "z" + "^2" * DEEP),
        ("powers of powers", "z^" * DEEP + "z"),
        ("exponentials", "e^" * DEEP + "z"),
        ("bars", "|" * DEEP),
        ("roots", r"\sqrt" * DEEP + "z"),
        ("functions", r"\tanh " * DEEP + "z"),
        ("derivatives of derivatives", "d/dz " * DEEP + "z"),
        ("cases", r"\begin{cases}" * DEEP),
        ("lone derivatives", "∂" * DEEP),
        ("primes", "z" + "'" * DEEP),
        ("sums", r"\sum_{i=1}^{2}" * DEEP + "z"),
    ),
)
@pytest.mark.parametrize("suffix", [".md", ".txt"])
def test_what_is_nested_ten_thousand_deep_is_refused(formula: str, suffix: str) -> None:
    start = "z = w*x\nL = z^2\ndL/dz = " if suffix == ".txt" else "$z = w x$ $L = z^2$\n$\\frac{dL}{dz} = "
    report = looked_at(start + formula + ("$" if suffix == ".md" else "\n"), suffix)
    assert report.status == 2


@pytest.mark.parametrize(
    "definition",
    named(
        *[(text, text) for text in ("L = 1/0", "L = 0/0*x", "L = log(-1)*x", "L = 9^9^9^9*x", "L = 1e999*x", "L = 10^400", "L = exp(1000)*x", "L = sqrt(x) + sqrt(-x)",
                                    "L = log(-x^2)", "x = 1/0\nL = x^2", "x = 9^9^9\nL = x^2", "x = log(-1)\nL = x", "x = 1e400\nL = x^2", "x = 2^99999\nL = x", "x = (-8)^(1/3)\nL = x")]
    ),
)  # fmt: skip
def test_programs_without_a_value_are_undecided_or_unreadable(definition: str) -> None:
    report = looked_at(f"{definition}\ndL/dx = 2*x*x\n", ".txt")
    assert report.status != 0


P = "z = w*x\nL = z^2\n"
LONG = [
    ("right terms", P + "dL/dz = " + " + ".join(["2z/1000"] * 1000), ".txt", 0),
    ("wrong terms", P + "dL/dz = " + " + ".join(["2z/1001"] * 1000), ".txt", 1),
    ("wrong factors", P + "dL/dz = " + " * ".join(["z"] * 1000), ".txt", 1),
    ("letters side by side", P + "dL/dz = " + "zw" * 1000, ".txt", 1),
    ("environments that stay open", "z = 3\n\n" + r"\begin{align} x = " * 20_000, ".md", 2),
    ("comments that stay open", "<!-- x = " * 20_000, ".md", 2),
    ("displays that stay open", r"$$ x = \[ " * 20_000, ".md", 2),
    ("backticks", "`" * 1_000_000 + " x " + " `` " * 100_000, ".md", 2),
    ("commas", P + "dL/dz = 2z" + ", " * 20_000, ".txt", 2),
    ("equals signs", P + "dL/dz = " + "= " * 50_000, ".txt", 2),
    ("equations on one line", P + ", ".join(["dL/dz = 2z"] * 2000), ".txt", 0),
    ("a sum over two indices", r"L = \sum_{i=1}^{70}\sum_{j=1}^{70} w_{ij}" + "\ndL/dw_{11} = 1", ".txt", 0),
    ("a function of itself", "f(x) = x*x\nL = " + "f(" * 35 + "y" + ")" * 35 + "\ndL/dy = 1", ".txt", 2),
    ("a name of a million letters", "a" * 1_000_000 + " = 3", ".txt", 2),
    ("wrong claims", P + "dL/dz = 3z\n" * 1000, ".txt", 1),
    ("definitions", "".join(f"z_{i} = z_{i - 1} + w\n" for i in range(1, 2000)) + "L = z_1999\ndL/dw = 1999", ".txt", 0),
    ("prose", ("Some words of prose, and more of them; then a dot. " * 20 + "\n\n") * 5000, ".md", 2),
    ("a range without end", r"L = \sum_{i=1}^{" + "9" * 5000 + "} x_i", ".txt", 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "suffix", "status"), named(*LONG))
def test_what_is_long_is_read_in_time_that_grows_with_its_length(text: str, suffix: str, status: int) -> None:
    with at_most(60):
        assert check(text, suffix=suffix).status == status
