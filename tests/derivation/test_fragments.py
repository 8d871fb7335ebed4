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
        pytest.param("```math\nL = 2 w \\\\\n\\frac{dL}{dw} = 2\n```\n", ".md", id="a fence of lines that are broken"),
        pytest.param("```\nimport numpy as np\nL = w**2\ndw = 2*w\n```\n", ".md", id="a plain fence of Python"),
        pytest.param("```\nL = 2 w \\\\\n\\frac{dL}{dw} = 2\n```\n", ".md", id="a plain fence of LaTeX"),
        pytest.param("\\begin{document}\n$L = 2w$ $\\frac{dL}{dw} = 2$\n\\end{document}", ".tex", id="a whole document"),
        pytest.param(PROGRAM + '\nnote: L = "that" is it\ndL/dz = 2z\n', ".md", id="words in quotes"),
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


PROGRAM_LATEX = "$z = w x$ and $L = z^2$\n\n"


@pytest.mark.parametrize(
    "line",
    ["dL/dz = 2*z    (3)", "dL/dz = 2*z  [3]", "dL/dz = 2*z\t(3a)", "(2) dL/dz = 2*z", "[2.1] dL/dz = 2*z", "(a) dL/dz = 2*z   (3)\n  = 2*w*x   (4)", "(b) v = w*x + 1   (2)\ndL/dz = 2*z", "dL/dz = 2*z."],
)  # fmt: skip
def test_the_number_of_an_equation_is_no_factor(line: str) -> None:
    report = check(PROGRAM + line + "\n", suffix=".txt")
    assert report.status == 0, str(report)


@pytest.mark.parametrize(
    "line",
    [r"\frac{dL}{dz} &= 2z & (1)", r"\frac{dL}{dz} &= 2z ~~~~ (1)", r"\frac{dL}{dz} &= 2z \hspace{2cm} (1)", r"\frac{dL}{dz} &= 2z \hfill [1]", r"(2)\quad \frac{dL}{dz} &= 2z", r"\frac{dL}{dz} &= 2z \tag{1}", r"\frac{dL}{dz} &= 2z \notag", r"\frac{dL}{dz} &= 2z \qquad (3.1)"],
)  # fmt: skip
def test_the_number_of_an_equation_in_latex_is_no_factor(line: str) -> None:
    for more in ("", r" \\ \frac{dz}{dw} &= x & (2)"):
        report = check(PROGRAM_LATEX + r"\begin{align} " + line + more + r" \end{align}", suffix=".md")
        assert report.status == 0, str(report)


@pytest.mark.parametrize(
    "line", ["dL/dz = 2*z (3)", "dL/dz = 2*z*   (3)", "dL/dz = z    (3)", "(2) * dL/dz = 2*z", "(2)(dL/dz) = 2*z", "dL/dz = 2*z\n   (3)"]
)
def test_a_number_in_brackets_may_be_a_factor(line: str) -> None:
    assert check(PROGRAM + line + "\n", suffix=".txt").status != 0


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        pytest.param("$$L = (w x - y)^2.$$\n\n$$\\frac{dL}{dw} = 2 x (w x - y).$$", ".md", id="a power"),
        pytest.param(r"$$L = w x + \frac12.$$ $$\frac{dL}{dw} = x.$$", ".md", id="a fraction"),
        pytest.param("L = z^2. dL/dz = 2*z.\n", ".txt", id="two sentences"),
        pytest.param(r"\begin{align} L &= z^2. \\ \frac{dL}{dz} &= 2. z^1. \end{align}".replace("2. z", "2.z"), ".md", id="aligned"),
        pytest.param("L = 2.*z + z/2.\ndL/dz = 2. + 1./2.\n", ".txt", id="points that are the number's"),
        pytest.param("L = 2.*z\ndz = 2.\n", ".py", id="code"),
    ],
)  # fmt: skip
def test_a_full_stop_behind_a_number(text: str, suffix: str) -> None:
    report = check(text, suffix=suffix)
    assert report.status == 0, str(report)


@pytest.mark.parametrize(
    "tail",
    [r", \quad k = 1, 2", r" \quad (k = 1, 2)", r" \text{ for } k = 1, 2", r", \quad k = 1, \dots, 2.", r", \quad k \in \{1, 2\}", r" \quad \forall k", "$ for $k = 1, 2", "$ for $k = 1,2"],
)  # fmt: skip
def test_the_range_of_an_index_is_no_claim(tail: str) -> None:
    report = check(r"$L = o_1^2 + o_2^2$ and $\frac{\partial L}{\partial o_k} = 2 o_k" + tail + "$", suffix=".md")
    assert report.status == 0 and [line.verdict for line in report.lines] == ["definition", "right", "right"], str(report)


@pytest.mark.parametrize("text", ["$x = 0,5$", "$x = 0,5, y = 2$", "$L = 0,5 x^2$", "$n = 3$", "$x = 1, y = 2$", "$k = 10{,}000$"])
def test_what_may_be_a_number_is_no_range(text: str) -> None:
    assert check(text, suffix=".md").lines


@pytest.mark.parametrize(
    ("tail", "suffix"),
    [(r"\text{ for } z > 0", ".md"), (r"\text{ if } z > 0", ".md"), (r" \quad \text{where } z > 0", ".md")],
)
def test_a_condition_is_not_passed_over(tail: str, suffix: str) -> None:
    report = check(r"$a = z^2$ and $\frac{da}{dz} = 2z" + tail + "$", suffix=suffix)
    assert report.status == 2, str(report)


@pytest.mark.parametrize(
    "line",
    [
        "Thus: dL/dw = 2*z*x", "so dL/dw = 2*z*x", "Hence, dL/dw = 2*z*x", "Then we get dL/dw = 2*z*x", "maka dL/dw = 2*z*x", "Jadi: dL/dw = 2*z*x", "sehingga dL/dw = 2*z*x", "also dL/dw = 2*z*x", "dann dL/dw = 2*z*x",
        "Step 2 (backward): dL/dw = 2*z*x", "For the weight: dL/dw = 2*z*x", "w: dL/dw = 2*z*x", "a) dL/dw = 2*z*x", "• dL/dw = 2*z*x",
        "dL/dw = 2*z*x   (chain rule)", "dL/dw = 2*z*x [chain rule]", "dL/dw = 2*z*x (by the chain rule)   (3)", "dL/dw = 2*z*x (aturan rantai)", "dL/dw = 2*z*x (Kettenregel nach (2))", "dL/dw = 2*z*x, by the product rule", "dL/dw = 2*z*x by the product rule", "dL/dw = 2*z*x, where z is the sum", "dL/dw = 2*z*x -- same", "dL/dw = 2*z*x — by the chain rule",
        "dL/dw = dL/dz * x and dL/dz = 2*z", "dL/dw = dL/dz * x und dL/dz = 2*z", "dL/dw = dL/dz * x dan dL/dz = 2*z", "dL/dw = dL/dz * x\tdL/dz = 2*z", "dL/dw = dL/dz * x    dL/dz = 2*z", "dL/dz = 2*z, so dL/dw = 2*z*x", "dL/dw = dL/dz*x   where   dL/dz = 2*z",
        "Backward\n========\ndL/dw = 2*z*x\n-------\ndL/dz = 2*z", "== Backward ==\ndL/dw = 2*z*x",
        "dL/dw\n  = dL/dz * dz/dw\n  = 2*z*x   (chain rule)", "so dL/dw\n  = 2*z*x", "dL/dw =\n   2*z\n   * x", "dL/dw = dL/dz *\n   dz/dw = 2*z*x", "dL/dw =\n   dL/dz * dz/dw = 2*z*x",
    ],
)  # fmt: skip
def test_words_around_an_equation_of_a_text(line: str) -> None:
    for text in (PROGRAM + line + "\n", "Forward: z = w*x\nand with it L = z^2\n\n" + line.replace("2*z", "(2*z)") + "\n"):
        report = check(text, suffix=".txt")
        assert report.status == 0, str(report)
        assert len(report.lines) == 2 + line.replace("==", "").count(" = ") + line.count(" =\n"), str(report)
        wrong = check(text.replace("2*z", "3*z").replace("2*z", "3*z"), suffix=".txt")
        assert wrong.status == 1 and all(finding.verdict != "unreadable" for finding in wrong.lines), str(wrong)


@pytest.mark.parametrize(
    "line",
    [
        "if z > 0: dL/dw = 2*z*x", "For z > 0: dL/dw = 2*z*x", "For positive z: dL/dw = 2*z*x", "dL/dw = 2*z*x if z > 0", "dL/dw = 2*z*x, if z is positive", "dL/dw = 2*z*x, for positive z", "dL/dw = 2*z*x when z is positive", "Wrong: dL/dw = 2*z*x", "not dL/dw = 2*z*x",
        "dL/dw: dL/dz * x = 2*z*x", "dL/dw = 2*z*x (loss)", "dL/dw = 2*z (chain rule) x", "dL/dw = 2*z*x (using z = w*x)", "dL/dw = 2*z x --", "dL/dw =\ndL/dz = 2*z", "dL/dw = 2*z\n   x\n  = 3", "dL/dw = 2*z*x oder so", "dL/dw = 2*z*x sum over all x", "dL/dw = 2*z*x (sum over all x)", "dL/dw = 2*z*x (times the learning rate)",
    ],
)  # fmt: skip
def test_words_that_matter_or_are_not_known_are_refused(line: str) -> None:
    assert check(PROGRAM + line + "\n", suffix=".txt").status == 2


@pytest.mark.parametrize(
    "line", ["dL/dw = 2*z*   x", "dL/dw   =   2*z*x   =   2*w*x^2", "dL/dw = 2*z  x", "dL/dz = 2   (w*x) = 2*z", "dL/dw =\t2*z*x\t= 2*x*z"]
)
def test_a_gap_inside_an_equation_ends_nothing(line: str) -> None:
    report = check(PROGRAM + line + "\n", suffix=".txt")
    assert report.status == 0 and len(report.lines) == 2 + line.count("="), str(report)


@pytest.mark.parametrize(
    ("line", "count"),
    [
        (r"\boxed{\frac{dL}{dw} = 2zx}", 1), (r"\boxed{\frac{dL}{dw} = 2zx}.", 1), (r"\frac{dL}{dw} = \boxed{2zx}", 1), (r"\boxed{\begin{aligned} \frac{dL}{dw} &= 2zx \\ \frac{dz}{dw} &= x \end{aligned}}", 2),
        (r"\frac{dL}{dw} = \underbrace{2z}_{\text{outer}} \cdot \overbrace{x}^{inner}", 1), (r"\frac{dL}{dw} = \underbrace{2z}_{dL/dz} \cdot \underbrace{x}_{dz/dw}", 3), (r"\frac{dL}{dw} = \underbrace{\frac{dL}{dz}}_{=2z} \underbrace{\frac{dz}{dw}}_{=x}", 3),
        (r"\frac{dL}{dw} \stackrel{(1)}{=} 2zx \overset{!}{=} 2w x^2 \underset{\text{def}}{=} 2zx", 3), (r"\frac{dL}{dw} = \textcolor{red}{2z} \color{blue} x", 1), (r"\frac{dL}{dw} = {\color{red} 2z} x", 1), (r"\frac{{\rm d}L}{{\rm d}w} = 2zx", 1),
        (r"\begin{align} \frac{dL}{dz} &= 2z \\ \intertext{and so} \frac{dL}{dw} &= 2zx \end{align}", 2), (r"\frac{dL}{dz} = 2z \Longrightarrow \frac{dL}{dw} = 2zx", 2),
    ],
)  # fmt: skip
def test_decorations_say_nothing(line: str, count: int) -> None:
    report = check(f"{PROGRAM_LATEX}$${line}$$", suffix=".md")
    assert report.status == 0 and len(report.lines) == 2 + count, str(report)
    wrong = check(f"{PROGRAM_LATEX}$${line}$$".replace("2z", "3z").replace("2w", "3w"), suffix=".md")
    assert wrong.status == 1 and not wrong.summary["unreadable"], str(wrong)


def test_a_decoration_leaves_every_place_where_it_was() -> None:
    line = r"\boxed{\frac{dL}{dw} = \textcolor{red}{2z} \cdot z}"
    finding = check(f"{PROGRAM_LATEX}$${line}$$", suffix=".md").lines[-1]
    assert (finding.verdict, finding.line, finding.column) == ("wrong", 3, 3 + len(r"\boxed{")), finding


def test_a_name_under_a_brace_is_a_definition() -> None:
    report = check(
        r"$y = \sigma(\underbrace{w x + b}_{z})$ and $\frac{dy}{dz} = \sigma'(z)$ and $\frac{dy}{dw} = \sigma'(z) x$", suffix=".md"
    )
    assert [line.verdict for line in report.lines] == ["definition", "definition", "right", "right"], str(report)


@pytest.mark.parametrize(
    "line",
    [r"\frac{dL}{dw} = \cancel{2}zx", r"\boxed{\frac{dL}{dw} = 2zx} y", r"\frac{dL}{dw} \overset{z = wx}{=} 2zx", r"\frac{dL}{dw} = 2 \overset{*}{z} x", r"\frac{dL}{dz} = 2z \intertext{where $z = wx$} \frac{dL}{dw} = 2zx"],
)  # fmt: skip
def test_decorations_that_may_mean_something_are_refused(line: str) -> None:
    assert check(f"{PROGRAM_LATEX}$${line}$$", suffix=".md").status == 2


@pytest.mark.parametrize(
    "tail",
    [
        "```\ndL/dw = 7*z*x\n```\n", "~~~text\ndL/dw = 7*z*x\n~~~\n", "```\n∂L/∂w = 7·z·x\n```\n", "```\nBackward pass:\n  dL/dw\n    = 7*z*x\n```\n", "```\ndw = 7*z*x\n```\n", "```txt\nthe gradient\ndL/dw = dL/dz * x = 7*z*x\n```\n",
        "    dL/dw = 7*z*x\n", "so:\n\n\tdL/dw = 7*z*x\n\nand on\n", "∂L/∂w = 7·z·x\n", "Here is\n∂L/∂w = 7·z·x\nand so on.\n", "- dL/dw = 7*z*x\n- done\n", "> 1. dL/dw = 7*z*x\n", "dL/dw = 7*z*x, by the chain rule.\n", "dL/dw\n  = 7*z*x\n", "So ∂L/∂w = 7·z·x\n",
        "The gradient `dL/dw = 7*z*x` is large.\n", "**dL/dw = 7*z*x**\n",
    ],
)  # fmt: skip
def test_a_claim_that_nothing_marks_is_read(tail: str) -> None:
    for text, status in ((tail, 1), (tail.replace("7", "2"), 0)):
        report = check(PROGRAM_LATEX + text, suffix=".md")
        assert (report.status, report.summary["unreadable"]) == (status, 0), str(report)


@pytest.mark.parametrize(
    "tail",
    [
        "```\n$ pip install x\nlr=0.1 python train.py\n```\n", "```\nloss = 0.123 acc = 0.5\n```\n", "```sh\nx=3\n```\n", "```\n<a href=3>\n```\n", "We have dL/dw = 7*z*x in mind.\n", "dL/dw = the slope of the loss\n", "This `n = 3` is `lr = 0.1`.\n",
        "n = 3\n\ndate = 3 May\n", "Heading\n=======\n", "[1]: https://example.org/?q=1\n", "- a list\n\n    with more = to say here\n", "<!--\ndL/dw = 7*z*x\n-->\n",
    ],
)  # fmt: skip
def test_prose_stays_prose(tail: str) -> None:
    report = check(f"{PROGRAM_LATEX}$\\frac{{dL}}{{dz}} = 2z$\n\n{tail}", suffix=".md")
    assert report.status == 0 and len(report.lines) == 3, str(report)


def test_definitions_beside_a_claim_that_nothing_marks() -> None:
    for text in (
        "Notes.\n\nz = w·x\nL = z²\n\nSo\n\n∂L/∂w = 2·z·x\n",
        "```\nz = w*x\nL = z^2\n```\n\n$\\frac{dL}{dw} = 2zx$\n",
        "With `z = w*x` and `L = z^2` we get `dL/dw = 2*z*x`.\n",
    ):
        report = check(text, suffix=".md")
        assert report.status == 0 and len(report.lines) == 3, str(report)


@pytest.mark.parametrize("line", ["(2z) dz/dw = dL/dw", "(x) dL/dz = dL/dw", "(a) dL/dz = 2*a*z"])
def test_a_factor_in_brackets_is_no_item_of_a_list(line: str) -> None:
    report = check(f"{PROGRAM}{line}\n", suffix=".txt")
    assert "(" in report.lines[2].text and "∂L/∂z = 2" not in (report.lines[2].understood or ""), str(report)


# ---- nothing of a file is passed over ----

RIGHT = "$z = w x$ $a = \\sigma(z)$ $L = (y-a)^2$ $\\frac{\\partial L}{\\partial a} = -2(y-a)$\n\n"


@pytest.mark.parametrize(
    "wrong",
    [
        r"It costs $5 or so, $\partial L/\partial z = 5a$ is it.",
        r"It costs 5$ and $\partial L/\partial z = 5a$",
        r"\\$\partial L/\partial z = 5a$",
        "a ` here\n\n$$∂L/∂z = 5a$$\n\nand ` there",
        "```dz``` is a word\n\n$$∂L/∂z = 5a$$\n",
        "```\n$$∂L/∂z = 5a$$\n",
        "```Python\ndz = 5*a\n```\n",
        "```{python}\ndz = 5*a\n```\n",
        "```Math\n\\frac{dL}{dz} = 5a\n```\n",
        "```\ndz = 5*a\n```\n",
        "    dL/dz = 5*a\n",
        "∂L/∂z = 5a\n",
        ".. math::\n\n   \\frac{dL}{dz} = 5a\n",
        r"\begin{aligned}\begin{aligned}z&=w x\end{aligned}\\ \partial L/\partial z &= 5a\end{aligned}",
        r"\begin{IEEEeqnarray}{rCl}\frac{dL}{dz} &=& 5a\end{IEEEeqnarray}",
        r"\begin {align}\frac{dL}{dz} = 5a\end {align}",
        r"$$\frac{dL}{dz} \to 5a$$",
        r"$$\frac{dL}{dz} \propto 5a$$",
        r"$\partial L/\partial z$ = $5$",
        r"$\partial L/\partial z = -2(y-a)a(1-a)$ $\cdot 7$",
        r"$\frac{dL}{da} = -2(y-a) \text{ and dL/dz = 5}$",
        r"$2z \quad \frac{dL}{da} = -2(y-a)$",
    ],
)
def test_a_wrong_line_of_markdown_is_never_passed_over(wrong: str) -> None:
    assert check(RIGHT + wrong, suffix=".md").status in (1, 2)


def test_rules_at_the_top_of_a_file_are_no_front_matter() -> None:
    assert check("---\n\n# T\n\n$$∂L/∂z = 5a$$\n\n---\n" + RIGHT, suffix=".md").status == 1


@pytest.mark.parametrize("line", ["dL/dz ≈ 0.12345", "dL/dz ≡ 5", "dL/dz ← 5", "dL/dz ＝ 5", "dL/dz → 5", "dL/dz: 5"])
def test_a_wrong_line_of_text_is_never_passed_over(line: str) -> None:
    assert check(f"z = w*x\na = s(z)\nL = (y - a)^2\ndL/da = 2(a - y)\n{line}\n", suffix=".txt").status != 0
