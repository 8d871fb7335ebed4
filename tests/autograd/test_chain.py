"""Chains: the chain rule as a sum over chains of named quantities is the gradient, in numbers and as formulas."""

import math

import mpmath
import oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mpmath import mp, mpf
from programs import naming, programs

from autograd import OPS, Chains, Formula, Value, definition, gradients, local_derivative, ops, topological
from autograd.chain import between, product, readings
from nn import MLP, mse

SMOOTH = ["add", "sub", "mul", "sin", "tanh", "exp", "sigmoid", "square", "div", "neg"]


class Named:
    """A graph with names on its leaves and on some of the quantities between, and those numbers by name."""

    def __init__(self, program, every):
        self.leaves = [Value(number, name=f"x_{i}") for i, number in enumerate(program.leaves)]
        self.root = program.run(naming(every), self.leaves)
        self.numbers = {v.name: v.data for v in topological(self.root) if v.name}


@settings(max_examples=60)
@given(program=programs(SMOOTH, [0.5, 2.0], most=10), every=st.integers(1, 4))
def test_the_sum_over_all_chains_is_the_gradient(program, every):
    graph = Named(program, every)
    expected = gradients(graph.root)
    for leaf in graph.leaves:
        chains = Chains(graph.root, leaf)
        listed = list(chains)
        assert chains.count == len(listed)
        total = math.fsum(product(one) for one in listed)
        size = math.fsum(abs(product(one)) for one in listed)
        assert total == pytest.approx(expected.get(leaf, 0.0), rel=1e-12, abs=1e-12 * size)
        assert chains.total == pytest.approx(total, rel=1e-12, abs=1e-12 * size)
        for one in listed:
            ends = [graph.root, *[link.lower for link in one]]
            assert [link.upper for link in one] == ends[:-1]
            assert ends[-1] is leaf


@settings(max_examples=60)
@given(program=programs(SMOOTH, [0.5, 2.0], most=10), every=st.integers(1, 4))
def test_the_formula_of_a_link_has_the_link_s_number(program, every):
    graph = Named(program, every)
    with mp.workdps(40):
        scope = {name: mpf(x) for name, x in graph.numbers.items()} | oracle.VALUE | {"pi": mp.pi, "sqrt": mpmath.sqrt}
        for leaf in graph.leaves:
            for one in Chains(graph.root, leaf):
                for link in one:
                    assert oracle.close(eval(link.formula.text, scope), link.number, 1e-9, 1e-9), link.formula.text


def test_a_chain_may_end_in_an_unnamed_quantity():
    x = Value(3.0, name="x")
    z = x * 2
    L = (z * z).named("L")
    chains = Chains(L, z)
    assert chains.count == 1
    assert chains.total == gradients(L)[z] == 12.0


def test_chains_end_in_unnamed_leaves_too():
    x = Value(3.0)
    a = (x * x).named("a")
    L = (a + x).named("L")
    assert sorted(product(one) for one in Chains(L, x)) == [1.0, 6.0]


def test_no_chain_leads_to_what_the_output_does_not_depend_on():
    L, other = (Value(1.0, name="x") * 2).named("L"), Value(1.0, name="w")
    chains = Chains(L, other)
    assert (chains.count, list(chains), chains.total) == (0, [], 0)
    assert between(L, other) == set()


def test_the_chain_to_itself_is_empty_and_its_product_1():
    L = (Value(1.0, name="x") * 2).named("L")
    assert list(Chains(L, L)) == [()]
    assert (Chains(L, L).count, Chains(L, L).total, product(())) == (1, 1, 1)


def test_more_chains_than_can_be_listed_are_counted():
    x = Value(0.5, name="x")
    v = x
    for i in range(40):
        v = (ops.sin(v).named(f"s_{i}") + ops.cos(v).named(f"c_{i}")).named(f"v_{i}")
    chains = Chains(v, x)
    assert chains.count == 2**40
    assert chains.total == pytest.approx(gradients(v)[x], rel=1e-9, abs=1e-300)


def test_the_chains_of_a_network_written_out():
    model = MLP(2, [2, 1], activation="sigmoid", output="sigmoid", seed=1)
    y = Value(1.0, name="y")
    L = mse(model([Value(0.5, name="x_0"), Value(-1.0, name="x_1")]), y).named("L")
    w = model.named_parameters()["W_h[0][0]"]
    (one,) = Chains(L, w)
    assert [link.lower.name for link in one] == ["a_3", "z_3", "a_1", "z_1", "W_h[0][0]"]
    assert [link.formula.text for link in one][1:] == ["a_3 * (1 - a_3)", "W_o[0]", "a_1 * (1 - a_1)", "x_0"]
    assert product(one) == pytest.approx(gradients(L)[w], rel=1e-14)


# ---- how values are read ----


def test_readings():
    x, w, five = Value(0.5, name="x"), Value(2.0, name="w"), Value(5.0)
    z = (w * x + 1).named("z")
    u = z * five
    L = ops.exp(u)
    known = readings(L)
    assert known[x].text == "x"
    assert known[z].text == "z"
    assert known[five].text == "v1"
    assert known[u].text == "z * v1"
    assert known[L].text == "exp(z * v1)"
    assert readings(L, longest=1)[L].text == "v2"
    assert readings(Value(1.0, name="v1") + five)[five].text == "v2"


def test_definitions():
    x, w = Value(0.5, name="x"), Value(2.0, name="w")
    z = (w * x + 1).named("z")
    assert definition(z).text == "w * x + 1"
    assert definition(x).text == "0.5"
    assert isinstance(definition(z), Formula)


@pytest.mark.parametrize(
    ("make", "i", "text"),
    [
        (lambda x, w: x * w, 0, "w"),
        (lambda x, w: x * w, 1, "x"),
        (lambda x, w: x + w, 1, "1"),
        (lambda x, w: x - w, 1, "-1"),
        (lambda x, w: (x / w).named("q"), 0, "1 / w"),
        (lambda x, w: (x / w).named("q"), 1, "-q / w"),
        (lambda x, w: x**2, 0, "2 * x"),
        (lambda x, w: x**3, 0, "3 * x**2"),
        (lambda x, w: 2 * x, 1, "2"),
        (lambda x, w: x.tanh().named("a"), 0, "1 - a**2"),
        (lambda x, w: x.sigmoid().named("a"), 0, "a * (1 - a)"),
        (lambda x, w: x.relu(), 0, "step(x)"),
        (lambda x, w: x.log(), 0, "1 / x"),
        (lambda x, w: x.exp().named("e"), 0, "e"),
        (lambda x, w: x.cos(), 0, "-sin(x)"),
    ],
)
def test_local_derivatives_as_a_textbook_has_them(make, i, text):
    assert local_derivative(make(Value(0.5, name="x"), Value(2.0, name="w")), i).text == text


def test_a_leaf_has_no_local_derivative():
    with pytest.raises(ValueError, match="is a leaf"):
        local_derivative(Value(1.0), 0)


@pytest.mark.parametrize("row", OPS.values(), ids=list(OPS))
def test_every_local_derivative_is_readable_at_zero_constants(row):
    """Numbers in a program are no reason for a formula to fail: at (0, 0) atan2' is 0 by convention."""
    if row in (ops.div, ops.fmod, ops.acosh):
        return  # no value there
    for i in range(row.arity):
        args = [0.0] * row.arity
        args[i] = Value(0.0, name="x")
        assert local_derivative(row(*args), i).text
        assert local_derivative(row(*[Value(0.0) for _ in args]), i).text
