"""Where mathematics begins and ends: nothing that belongs to a line is left out, and nothing that is prose is read."""

# ruff: noqa: E501
from __future__ import annotations

import pytest

from autograd import check

PROGRAM = "z = w*x\nL = z^2\n"


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        pytest.param("z = w*x\nL = z^2\ndL/dw = 2z*x\n  - 5x\n", ".txt", id="a line that goes on with a minus"),
        pytest.param("z = w*x\nL = z^2\ndL/dw = 2z*x // 2\n", ".txt", id="a division in whole numbers"),
        pytest.param("```math\nz = w*x\nL = z^2\ndL/dz = 2z\n  (5x)\n```\n", ".md", id="a line that goes on in a fence"),
        pytest.param(r"$z = w x$ $L = z^2$ $\frac{dL}{dz} = 2z \text{learning rate}$", ".md", id="a factor that is named in words"),
    ],
)
def test_no_part_of_a_line_is_left_out(text: str, suffix: str) -> None:
    report = check(text, suffix=suffix)
    assert report.status != 0, str(report)


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        pytest.param(PROGRAM + "dL/dw = 2z\n  * x\n", ".txt", id="an operator begins the next line"),
        pytest.param(PROGRAM + "dL/dw = 2z *\n  x\n", ".txt", id="an operator ends the line"),
        pytest.param(PROGRAM + "dL/dw = 2z*x   # by the chain rule\n   = 2*w*x*x  // the same\n", ".txt", id="comments in between"),
        pytest.param(PROGRAM + "dL/dw = 2z*x\n- and so it goes\n- w is a weight\n\nThen (see 3) we stop\n", ".txt", id="lists of words"),
        pytest.param("- z = w*x\n- L = z^2\n1. dL/dw = 2z*x\n2) dL/dx = 2z*w\n", ".txt", id="lists of formulas"),
        pytest.param("```math\nz = w*x % the sum\nL = z^2\n\\frac{dL}{dw} = 2z x\n```\n", ".md", id="LaTeX comments in a fence"),
        pytest.param(r"$$\begin{aligned} L &= a b \\ &\quad + c d \\ \frac{dL}{da} &= b \\ \frac{dL}{db} \\ &= a \\ \frac{dL}{dc} &= d \quad (3) \end{aligned}$$", ".md", id="aligned, broken where it was long"),
        pytest.param(r"$L = 2 w$ so $\frac{dL}{dw} = 2 \text{ by definition}$ and $\text{slope: } \frac{dL}{dw} = 2 \quad\text{(a number)}$", ".md", id="words after a formula"),
        pytest.param("$$\n% the loss\nL = 2 w % linear\n$$ $\\frac{dL}{dw} = 2$", ".md", id="comments in a display"),
        pytest.param("It costs 5\\$ or `$x` <!-- $a = $ --> and $L = 2w$, so $dL/dw = 2$\n", ".md", id="dollars that mark nothing"),
    ],
)  # fmt: skip
def test_a_statement_is_read_to_its_end(text: str, suffix: str) -> None:
    report = check(text, suffix=suffix)
    assert report.status == 0, str(report)


@pytest.mark.parametrize(
    ("text", "suffix", "line"),
    [
        pytest.param(PROGRAM + "dL/dw = 2z\n   x\n", ".txt", 4, id="a factor on a line of its own"),
        pytest.param(r"$L = 2w$ $$\frac{dL}{dw} = 2$$" + "\n$$- 5 w$$", ".md", 2, id="a display that goes on with nothing"),
        pytest.param("$L = 2w$\n\n$$\\frac{dL}{dw} = 3\n", ".md", 3, id="a display that is not closed"),
        pytest.param(r"$L = e^xy$", ".md", 1, id="two letters behind a power"),
    ],
)
def test_what_is_cut_off_is_unreadable_at_its_place(text: str, suffix: str, line: int) -> None:
    report = check(text, suffix=suffix)
    assert report.status == 2
    assert [finding.line for finding in report.lines if finding.verdict == "unreadable"] == [line]
