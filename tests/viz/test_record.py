"""The record of a graph: the same in every run, without recursion, with every edge and the gradient's whole account."""

import math
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from programs import programs

import viz
from autograd import OPS, Value, gradients, where
from nn import MLP, Layer, Module, Neuron, mse
from viz import draw
from viz.graph import called, record, sign

ROOT = str(Path(viz.__file__).parent.parent)
SMOOTH = ["add", "sub", "mul", "sin", "tanh", "exp", "sigmoid", "square", "div", "neg", "maximum", "relu"]
PROGRAM = """
from autograd import Value
from nn import MLP, mse
from viz import draw
from viz.graph import record
net = MLP(2, [3, 1], "tanh", seed=4)
x = [Value(0.3, name="x_0"), Value(-2.0)]
L = mse([net(x)], [1.0])
made = record(L, net.parameters()[2], net)
print(made.nodes, made.edges, draw(L, net.parameters()[2], net).dot)
"""


def xs(*numbers):
    return [Value(number, name=f"x_{i}") for i, number in enumerate(numbers)]


def small():
    net = MLP(2, [2, 1], "sigmoid", "sigmoid", seed=1)
    return net, ((1 - net(xs(0.6, -1.1))) ** 2).named("L")


def by_heading(made):
    return {node.heading: node for node in made.nodes}


def test_twice_is_the_same():
    net, L = small()
    one, two = record(L, net.parameters()[0], net), record(L, net.parameters()[0], net)
    assert (one.nodes, one.edges) == (two.nodes, two.edges)
    assert draw(L, parameters=net).dot == draw(L, parameters=net).dot


def test_the_hash_seed_changes_nothing():
    said = set()
    for seed in ("0", "1", "4711"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONUTF8": "1", "PYTHONPATH": ROOT}
        said.add(subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=True).stdout)
    assert len(said) == 1


def test_a_chain_of_a_hundred_thousand_values_is_recorded():
    x = value = Value(1.0, name="x")
    for _ in range(100_000):
        value = value + 1.0
    made = record(value, x)
    assert len(made.nodes) == 100_001
    assert len(made.edges) == 100_000
    assert made.nodes[0].grad == 1


def test_too_large_a_graph_is_refused_in_words():
    x = value = Value(1.0, name="x")
    for _ in range(5_000):
        value = value + 1.0
    with pytest.raises(ValueError, match=r"5,001 values.*600.*draw one sample's loss") as refusal:
        draw(value, x)
    assert "x" not in str(refusal.value).split()


def test_kinds():
    _, L = small()
    made = by_heading(record(L))
    assert {made[name].kind for name in ("W_h₀₀", "W_o₁", "B_o")} == {"parameter"}
    assert {made[name].kind for name in ("x₀", "x₁")} == {"input"}
    assert {made[name].kind for name in ("z₁", "a₃", "1 − a₃")} == {"intermediate"}
    assert made["L"].kind == "loss"
    w, x = Value(1.0, name="w"), Value(2.0, name="x")
    assert by_heading(record(w * x, parameters=[w]))["w"].kind == "parameter"
    assert by_heading(record(w * x, parameters=(p for p in [w])))["x"].kind == "input"
    assert by_heading(record(w * x, w))["w"].kind == "input"
    assert [node.kind for node in record(w).nodes] == ["loss"]


def test_each_neuron_has_its_group():
    net, L = small()
    made = by_heading(record(L, parameters=net))
    groups = {name: made[name].group for name in made}
    assert groups["W_h₀₀"] == groups["W_h₁₀"] == groups["B_h₀"] == groups["x₀·W_h₀₀"] == groups["z₁"] == groups["a₁"] != groups["a₂"]
    assert groups["W_h₀₁"] == groups["B_h₁"] == groups["z₂"] == groups["a₂"] != groups["a₃"]
    assert groups["W_o₀"] == groups["W_o₁"] == groups["B_o"] == groups["z₃"] == groups["a₃"] is not None
    assert {groups[name] for name in ("x₀", "x₁", "1 − a₃", "L")} == {None}
    assert len(set(groups.values())) == 4
    assert {node.group for node in record(L).nodes} == {None}


def test_a_network_s_output_may_have_another_name():
    net = MLP(2, [2, 1], "tanh", seed=1)
    made = by_heading(record(((net(xs(0.6, -1.1)).named("yhat") - 1) ** 2).named("L"), parameters=net))
    assert {made[name].group for name in ("ŷ − 1", "L")} == {None}


def test_two_neurons_of_one_label_have_two_groups():
    class Two(Module):
        def __init__(self):
            self.first, self.second = Neuron(1, "tanh", seed=1), Neuron(1, "tanh", seed=2)

    two = Two()
    L = two.first(xs(0.5)) + two.second(xs(0.25))
    groups = {value: node.group for value, node in zip(gradients(L), record(L, parameters=two).nodes, strict=True)}
    assert groups[two.first.bias] is not None
    assert groups[two.first.bias] != groups[two.second.bias]


def test_layers_are_groups_where_they_are_asked_for():
    layer = Layer(2, 3, "tanh", seed=1)
    L = mse(layer(xs(1.0, 2.0)), [0.0, 0.0, 0.0])
    assert {node.group for node in record(L, parameters=layer).nodes} == {None, *(f"neuron {j} of the layer" for j in (1, 2, 3))}
    assert {node.group for node in record(L, parameters=layer, unit="layer").nodes} == {None, "layer"}


def test_a_repeated_operand_keeps_both_edges():
    a = Value(3.0, name="a")
    made = record(a * a)
    assert [(edge.tail, edge.head, edge.formula, edge.share) for edge in made.edges] == [("n0", "n1", "a", 3.0)] * 2
    assert draw(a * a).dot.count("n0 -> n1") == 2


@given(program=programs(SMOOTH, [0.5, 2.0], most=20))
def test_the_shares_of_a_node_s_edges_add_up_to_its_gradient(program):
    leaves = xs(*program.leaves)
    L = program.run({name: OPS[name] for name in SMOOTH}, leaves)
    if not isinstance(L, Value):
        return
    exact, made = gradients(L), record(L)
    assert [(node.data, node.grad) for node in made.nodes] == [(value.data, grad) for value, grad in exact.items()]
    for node in made.nodes[:-1]:
        shares = [edge.share for edge in made.edges if edge.tail == node.id]
        assert math.isclose(math.fsum(shares), node.grad, rel_tol=1e-12, abs_tol=1e-12 * math.fsum(map(abs, shares)))
    order = {node.id: i for i, node in enumerate(made.nodes)}
    assert all(order[edge.tail] < order[edge.head] for edge in made.edges)


def test_a_branch_not_taken_has_no_share():
    x = Value(0.0, name="x")
    made = record(where(1.0, x, x.log()).named("L"))
    assert made.nodes[0].grad == 1
    assert sum(edge.share for edge in made.edges if edge.tail == "n0") == 1


def test_no_grad_is_touched():
    net, L = small()
    L.backward()
    L.backward()
    values = list(gradients(L))
    before = [value.grad for value in values]
    draw(L, net.parameters()[0], net).svg()
    assert [value.grad for value in values] == before


def test_what_is_lit():
    net, L = small()
    made = record(L, net.parameters()[0], net)
    lit = {node.heading for node in made.nodes if node.lit}
    assert lit == {"W_h₀₀", "x₀·W_h₀₀", "x₀·W_h₀₀ + x₁·W_h₁₀", "z₁", "a₁", "a₁·W_o₀", "a₁·W_o₀ + a₂·W_o₁", "z₃", "a₃", "1 − a₃", "L"}
    assert [node.heading for node in made.nodes if node.focus] == ["W_h₀₀"]
    assert sum(edge.lit for edge in made.edges) == len(lit) - 1


def test_refusals():
    a, b = Value(1.0, name="a"), Value(2.0, name="b")
    with pytest.raises(TypeError, match="a Value, not float"):
        record(1.0)
    with pytest.raises(ValueError, match="L does not depend on"):
        record(a * 2, b)


def test_an_output_without_a_name_takes_no_one_else_s():
    for name in ("L", "v1"):
        x = Value(2.0, name=name)
        headings = [node.heading for node in record(x * Value(3.0) + 1).nodes]
        assert len(set(headings)) == len(headings), headings
    assert called(Value(1.0)) == "L"


def test_signs():
    x, y = Value(2.0, name="x"), Value(3.0, name="y")
    made = [
        x + y,
        x - y,
        x * y,
        x / y,
        -x,
        x * 2,
        2 * x,
        1 - x,
        x**2,
        x**-1,
        x**0.5,
        2**x,
        x**y,
        x.tanh(),
        x.leaky_relu(),
        x.leaky_relu(0.2),
    ]
    said = ["+", "−", "×", "/", "−", "×2", "2×", "1−", "^2", "^−1", "^0.5", "2^", "^", "tanh", "leaky_relu", "leaky_relu 0.2"]
    assert [sign(value) for value in made] == said


@pytest.mark.parametrize(("factor", "said"), [(2.0, "2"), (1 / 3, "0.3333"), (-1 / 3, "−0.3333"), (1e30, "1×10³⁰"), (1e-5, "1×10⁻⁵")])
def test_a_constant_derivative_is_written_once(factor, said):
    assert [edge.label for edge in record(Value(2.0, name="x") * factor).edges] == [said]
