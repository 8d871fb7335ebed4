"""The chain rule written out: the lines are exact, and what is printed multiplies and adds up to what is printed."""

import math
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from looking import read
from programs import naming, programs

from autograd import Graph, Value, gradients, where
from viz import draw

MOST = 6  # chains written out
SMOOTH = ["add", "sub", "mul", "sin", "tanh", "exp", "sigmoid", "square", "neg"]


def rule(output, wrt):
    """The lines under the table of values."""
    return draw(output, wrt).text.splitlines()[1 + len(Graph(output)) :]


def named(**numbers):
    return [Value(number, name=name) for name, number in numbers.items()]


def test_one_path():
    w, x, b = named(w=2.0, x=3.0, b=1.0)
    z = (w * x + b).named("z")
    L = (z**2).named("L")
    assert rule(L, w) == ["∂L/∂w = ∂L/∂z · ∂z/∂w", "= 2·z·x", "= 14 · 3", "= 42"]
    assert rule(z, b)[-1].endswith("= 1")


def test_one_link_is_not_said_to_be_itself():
    x, y = named(x=2.0, y=3.0)
    lines = rule((x * y).named("L"), x)
    assert lines[0] != "∂L/∂x = ∂L/∂x", "the first line says nothing"
    assert [line.rpartition("= ")[2] for line in lines[-2:]] == ["y", "3"]


def test_several_paths_have_circled_numbers():
    (x,) = named(x=3.0)
    a, b = (x * x).named("a"), (2 * x).named("b")
    assert rule((a - b).named("L"), x) == [
        "∂L/∂x = ① + ②",
        "= 6 + (−2)",
        "= 4",
        "① = ∂L/∂a · ∂a/∂x",
        "= x + x",
        "= 1 · 6",
        "= 6",
        "② = ∂L/∂b · ∂b/∂x",
        "= −1 · 2",
        "= −2",
    ]  # fmt: skip


def test_the_output_itself_is_one():
    (x,) = named(x=3.0)
    L = (x * x).named("L")
    assert rule(L, L) == ["∂L/∂L = 1"]
    assert rule(x, x) == ["∂x/∂x = 1"]


def test_leaves_without_names_get_fresh_ones():
    v1, x, y = Value(1.0, name="v1"), Value(2.0), Value(5.0)
    z = (x * y + v1).named("z")
    assert rule((z * 3).named("L"), y) == ["∂L/∂v₃ = ∂L/∂z · ∂z/∂v₃", "= 3·v₂", "= 3 · 2", "= 6"]


@pytest.mark.parametrize("ways", [2, MOST, MOST + 1, 9])
def test_more_chains_than_are_written_out_are_counted(ways):
    (x,) = named(x=2.0)
    parts = [(x * (i + 0.5)).named(f"a_{i}") for i in range(ways)]
    L = (-1 * sum(parts[1:], parts[0])).named("L")
    lines = rule(L, x)
    terms = lines[0].removeprefix("∂L/∂x = ").split(" + ")
    assert terms[:MOST] == list("①②③④⑤⑥"[:ways])
    assert terms[MOST:] == ([f"{ways - MOST} more chain{'s' * (ways > MOST + 1)}"] if ways > MOST else [])
    summands = lines[1].removeprefix("= ").split(" + ")
    assert len(summands) == len(terms)
    assert math.isclose(math.fsum(map(read, summands)), -math.fsum(i + 0.5 for i in range(ways)), rel_tol=1e-9)
    assert sum(line[0] in "①②③④⑤⑥" for line in lines) == min(ways, MOST)


def test_more_chains_than_can_be_listed():
    x = value = Value(0.5, name="x")
    for i in range(100):
        value = ((value * 0.5).named(f"a_{i}") + (value * 0.5).named(f"b_{i}")).named(f"c_{i}")
    lines = rule(value, x)
    assert lines[0].endswith(f"⑥ + {2**100 - 6} more chains")
    assert lines[2] == "= 1"


def test_one_more_chain_is_in_the_singular():
    (x,) = named(x=2.0)
    parts = [(x * (i + 0.5)).named(f"a_{i}") for i in range(MOST + 1)]
    assert rule(sum(parts[1:], parts[0]).named("L"), x)[0].endswith("+ 1 more chain")


@pytest.mark.parametrize(("upper", "lower", "said"), [("L", "w", "∂L/∂w"), ("a + b", "x·y", "∂(a + b)/∂(x·y)"), ("L", "e^x", "∂L/∂(e^x)")])
def test_compound_names_are_in_parentheses(upper, lower, said):
    (x,) = named(**{lower: 1.0})
    assert rule((2 * x).named(upper), x)[0].startswith(f"{said} = ")


def test_infinities_that_cancel_are_not_a_number():
    (x,) = named(x=0.0)
    L = ((1 / x).named("p") - (2 / x).named("q")).named("L")
    lines = rule(L, x)
    assert sorted(map(read, lines[1][2:].split(" + "))) == [-math.inf, math.inf]
    assert lines[2] == "= NaN"


def test_infinities_that_cancel_among_many():
    (x,) = named(x=0.0)
    parts = [((-1) ** i / x).named(f"p_{i}") for i in range(8)]
    lines = rule(sum(parts[1:], parts[0]).named("L"), x)
    assert lines[0].endswith("⑥ + 2 more chains")
    assert lines[2] == "= NaN"


def test_a_sum_that_overflows_on_the_way_is_no_crash():
    (x,) = named(x=1.0)
    p, q, r, s = ((x * factor).named(f"p_{i}") for i, factor in enumerate((-1e308, -1e308, 1e308, 1e308)))
    assert sorted(rule((p + q + r + s).named("L"), x)[1][2:].split(" + ")) == ["(−1×10³⁰⁸)"] * 2 + ["1×10³⁰⁸"] * 2


def test_a_branch_not_taken_adds_nothing():
    (x,) = named(x=0.0)
    L = where(1.0, x, x.log().named("l")).named("L")
    assert gradients(L)[x] == 1
    lines = rule(L, x)
    assert "NaN" not in " ".join(lines), "the card says 1, the chain rule NaN"


@settings(max_examples=120)
@given(program=programs(SMOOTH, [0.5, 2.0], most=9), every=st.integers(1, 3), which=st.integers(0, 2))
def test_printed_numbers_multiply_and_add_up(program, every, which):
    leaves = named(x_0=program.leaves[0], x_1=program.leaves[1], x_2=program.leaves[2])
    L = program.run(naming(every), leaves)
    assume(isinstance(L, Value))
    L.named("L")
    exact = gradients(L)
    wrt = leaves[which]
    assume(wrt in exact and wrt is not L)
    lines = rule(L, wrt)
    assert lines[0].startswith(f"∂L/∂x{'₀₁₂'[which]} = ")
    blocks = re.split(r"\n(?=[①-⑥])", "\n".join(lines))
    if " = ①" in lines[0]:
        head = blocks.pop(0).splitlines()
        summands = [read(text) for text in head[1].removeprefix("= ").split(" + ")]
        assert math.isclose(math.fsum(summands), read(head[2][2:]), rel_tol=5.1e-4, abs_tol=5.1e-4 * math.fsum(map(abs, summands)))
        assert math.isclose(read(head[2][2:]), exact[wrt], rel_tol=5.1e-4, abs_tol=1e-9 * math.fsum(map(abs, summands)))
        products = [multiplied(block) for block in blocks]
        assert products == summands[: len(products)]
        assert len(summands) - len(products) == ("more chain" in head[0])
    else:
        assert len(blocks) == 1
        assert math.isclose(multiplied(blocks[0]), exact[wrt], rel_tol=5.1e-4, abs_tol=1e-12)


def multiplied(block):
    """A chain's last number, once the factors above it are known to give it."""
    lines = block.splitlines()
    if len(lines) == 1:
        return read(lines[0].rpartition("= ")[2])
    factors = lines[-2].rpartition("= ")[2].split(" · ")
    result = read(lines[-1].rpartition("= ")[2])
    if len(lines[0].rpartition("= ")[2].split(" · ")) > 1:
        given = [read(factor) for factor in factors]
        assert math.isclose(math.prod(given), result, rel_tol=5.1e-4 * (len(given) + 1), abs_tol=0)
    return result
