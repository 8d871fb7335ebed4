"""The report in a terminal: its colours, and carets that stand under what they point at, however narrow it is."""

import io
import re

import pytest
from rich.console import Console
from sheets import MIXED

from autograd import check
from viz.terminal import plain, show

LONG = r"""
$$z = x \cdot w_{1,1} + y \cdot w_{1,2} + b$$

$$L = z^2$$

$$\frac{\partial L}{\partial z} = 2 \cdot \left( x \cdot w_{1,1} + y \cdot w_{1,2} + b \right) \cdot q_{9} + 0 \cdot x + 0 \cdot y + b$$
"""


def shown(sheet, width, **options):
    console = Console(file=io.StringIO(), width=width, highlight=False, soft_wrap=True, **options)
    show(check(sheet, suffix=".md" if "$$" in sheet else ".txt"), console)
    return console.file.getvalue()


def bare(text):
    return re.sub(r"\x1b\[[\d;]*m", "", text)


@pytest.mark.parametrize("width", [200, 100, 80, 60, 40])
def test_carets_stand_under_the_piece(width):
    lines = bare(shown(LONG, width, force_terminal=True, color_system="standard")).splitlines()
    place = next(i for i, line in enumerate(lines) if set(line.rpartition("| ")[2].strip()) == {"^"})
    source, carets = lines[place - 1], lines[place]
    start = carets.index("^")
    assert source[start : carets.rindex("^") + 1] == "q_{9}"
    assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize("width", [60, 45])
def test_nothing_runs_over_the_edge_and_nothing_is_lost(width):
    wide, narrow = (bare(shown(MIXED, w, force_terminal=True)) for w in (500, width))
    assert max(map(len, narrow.splitlines())) <= width
    assert "".join(narrow.split()) == "".join(wide.split())


def test_piped_output_is_neither_coloured_nor_folded():
    said = shown(LONG + MIXED, 40)
    assert "\x1b" not in said
    assert max(map(len, said.splitlines())) > 100


def test_a_terminal_gets_colours_and_no_color_is_obeyed():
    assert "\x1b[32m✓" in shown(MIXED, 100, force_terminal=True, color_system="standard")
    plainly = shown(MIXED, 100, force_terminal=True, color_system="standard", no_color=True)
    assert not re.search(r"\x1b\[[\d;]*3\dm", plainly)
    assert "✗" in plainly


def test_a_file_s_own_escapes_do_nothing():
    assert plain("a\x1b]0;title\x07\tb\x9b1m") == "a�]0;title� b�1m"
    said = shown("a = x*y\nL = a^2\ndL/da = 2*a \x1b[31m\x07\n", 80, force_terminal=True, no_color=True)
    assert not re.search(r"\x1b\[31m|\x07", said)
