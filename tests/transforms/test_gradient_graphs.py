"""Gradients on recorded graphs: Values that can be drawn, explained, named and differentiated again."""

import math
import pickle

import pytest
from hypothesis import given, settings
from programs import SMOOTH, programs

from autograd import (
    OPS,
    Graph,
    StaleGraphError,
    Value,
    central_difference,
    checkpoint,
    exp,
    explain,
    grad,
    gradient,
    jacfwd,
    maximum,
    sigmoid,
    sin,
    tanh,
    where,
)
from autograd.transforms import backward
from nn import MLP
from viz import draw


def test_a_gradient_is_a_value_and_leaves_grad_alone():
    x, w = Value(2.0, name="x"), Value(3.0, name="w")
    L = (w * x) ** 2
    slopes = gradient(L, {"x": x, "w": [w]})
    assert slopes["x"].data == 36.0 and slopes["w"][0].data == 24.0
    assert (x.grad, w.grad, L.grad) == (0.0, 0.0, 0.0)
    x.grad = 7.0
    gradient(L, x)
    assert x.grad == 7.0


def test_to_any_order():
    x = Value(0.7)
    f = sin(x) * exp(x)
    for k in range(1, 7):
        f = gradient(f, x)
        assert f.data == pytest.approx(math.sqrt(2) ** k * math.exp(0.7) * math.sin(0.7 + k * math.pi / 4), rel=1e-13)
    f = gradient(x**3, x)
    f.backward()
    assert x.grad == pytest.approx(6 * 0.7)


def test_several_outputs_and_weights():
    x, y = Value(2.0), Value(5.0)
    assert [v.data for v in gradient([x * y, x + y], [x, y])] == [6.0, 3.0]
    assert [v.data for v in gradient([x * y, x + y], [x, y], weights=[10.0, 0.0])] == [50.0, 20.0]
    weight = Value(3.0)
    found = gradient(x * x, x, weights=weight)
    assert found.data == 12.0
    assert gradient(found, weight).data == 4.0


def test_an_input_may_be_a_quantity_in_between():
    x = Value(2.0)
    z = x * x
    L = z * x
    assert [v.data for v in gradient(L, [x, z, L])] == [12.0, 2.0, 1.0]
    assert gradient(L, z) is x


def test_what_does_not_depend():
    x, y = Value(2.0), Value(3.0)
    found = gradient(x * 2, [x, y])
    assert [v.data for v in found] == [2.0, 0.0]
    assert all(isinstance(v, Value) and v.op is None for v in found)
    with pytest.raises(TypeError, match=r"an output of a recorded graph must be a Value, not float 3.0; of functions, grad"):
        gradient(3.0, x)
    with pytest.raises(TypeError, match="an input of a recorded graph must be a Value"):
        gradient(x, [x, 2])
    with pytest.raises(TypeError, match="the weights of the outputs must be built like"):
        gradient([x], x, weights=1.0)


def test_the_textbooks_form_is_taken_where_it_has_all_its_digits():
    z = Value(0.3, name="z")
    a = sigmoid(z).named("a")
    assert explain(gradient(a, z).named("s"), a).splitlines()[0].startswith("∂s/∂a")
    assert {node.op.name for node in Graph(gradient(a, z)) if node.op} <= {"sigmoid", "sub", "mul"}
    far = Value(8.0)
    slope = gradient(tanh(far), far)
    assert slope.data == pytest.approx(1 / math.cosh(8.0) ** 2, rel=1e-15)
    assert 1 - math.tanh(8.0) ** 2 != pytest.approx(slope.data, rel=1e-12, abs=0)


def test_a_gradient_is_drawn_explained_and_kept():
    x, w = Value(0.5, name="x"), Value(-2.0, name="w")
    L = ((1 - sigmoid(w * x)) ** 2).named("L")
    slope = gradient(L, w)
    slope.named("dL/dw")
    assert "<svg" in draw(slope, wrt=x).svg()
    assert explain(slope, x).startswith("∂")
    twin = pickle.loads(pickle.dumps(slope))
    assert twin.data == slope.data
    assert gradient(slope, w).data == pytest.approx(central_difference(slope, w), rel=1e-9)


def test_ties_and_branches():
    x = Value(1.0)
    assert gradient(maximum(x, 1.0), x).data == 0.5
    c, y = Value(0.0), Value(3.0)
    slope = gradient(where(c, x * x, y * y * x), x)
    assert slope.data == 9.0
    assert Graph(slope).evaluate({c: 1.0}) == (2.0,)  # the choice is still one


def test_backward_that_creates_a_graph():
    x, w = Value(2.0), Value(3.0)
    z = w * x
    L = z * z + x
    slopes = backward(L)
    assert {value: slope.data for value, slope in slopes.items()} == {value: value.grad for value in Graph(L)}
    assert (x.grad, w.grad, z.grad, L.grad) == (37.0, 24.0, 12.0, 1.0)
    assert gradient(slopes[x], [x, w])[0].data == 18.0
    backward(L)
    assert (x.grad, z.grad) == (74.0, 12.0)  # leaves accumulate, as by backward()
    with pytest.raises(TypeError, match="what backward starts from"):
        backward(3.0)


@settings(max_examples=30)
@given(program=programs(SMOOTH, [0.5, 2.0, -1.0], most=15))
def test_backward_that_creates_a_graph_on_random_programs(program):
    leaves = [Value(x) for x in program.leaves]
    root = program.run(OPS, leaves)
    slopes = backward(root)
    size = max(abs(value.grad) for value in Graph(root))
    assert all(slopes[value].data == pytest.approx(value.grad, rel=1e-12, abs=1e-13 * size) for value in Graph(root))


def test_a_network():
    net = MLP(2, [3, 1], activation="tanh", seed=1)
    loss = (1 - net([Value(0.5), Value(-1.0)])) ** 2
    parameters = list(net.parameters())
    slopes = gradient(loss, parameters)
    loss.backward()
    assert [slope.data for slope in slopes] == pytest.approx([p.grad for p in parameters], rel=1e-13)


def test_a_long_chain():
    x = Value(1.0)
    y = x
    for _ in range(50_000):
        y = y * 1.00001
    assert gradient(y, x).data == pytest.approx(1.00001**50_000, rel=1e-9)


def test_a_stale_graph_is_refused():
    x = Value(2.0, name="x")
    y = x * x
    x.data = 3.0
    with pytest.raises(StaleGraphError, match=r"x was changed from 2 to 3 after x \* x had used it"):
        gradient(y, x)


def test_the_inside_of_a_checkpoint_has_no_graph_but_in_transforms():
    x = Value(2.0)
    y = checkpoint(lambda x: x * x, x)
    with pytest.raises(RuntimeError, match="the inside of a checkpoint is not kept"):
        gradient(y, x)
    f = lambda x: checkpoint(lambda x: x * x, x)  # noqa: E731
    assert grad(f)(2.0) == jacfwd(f)(2.0) == 4.0
