"""What a traced function makes and sees on its way: leaves of its own, other threads, and what is recorded inside."""

import copy
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context

import numpy as np
import pytest

from autograd import BranchError, Graph, Value, custom, grad, hessian, no_grad, ops, stop_gradient, trace
from autograd.watching import watching
from nn import Module, Parameter


@pytest.mark.parametrize("given", [None, "w"])
def test_leaves_that_a_function_makes_are_constants(given):
    w = Value(2.0, name="w")

    class Own(Value):
        pass

    def f(x):
        start, scale = Value(0.5, name="start"), Own(3.0)
        return sum((w * a for a in x), start) * scale + grad(lambda t: t)(x[0]) * w

    program = trace(f, inputs=[1.0, 2.0], parameters=None if given is None else [w])
    assert program.names == ["w"]
    xs = np.array([[1.0, 2.0], [0.25, -3.0]])
    assert program(xs).tolist() == [f(list(map(Value, x))).data for x in xs.tolist()]
    assert program.value_and_grad(xs, reduce=None)[1].tolist() == [[10.0], [3 * -2.75 + 1]]
    assert pickle.loads(pickle.dumps(program))(xs).tolist() == program(xs).tolist()


def test_a_leaf_that_is_made_may_be_a_parameter_or_the_result():
    class Lazy:
        weights = ()

        def parameters(self):
            return list(self.weights)

    lazy = Lazy()

    def f(x):
        lazy.weights = lazy.weights or (Value(2.0, name="w"),)
        return lazy.weights[0] * x

    assert trace(f, inputs=1.0, parameters=lazy).names == ["w"]
    assert trace(lambda x: Value(7.0), inputs=1.0)([1.0, 2.0]).tolist() == [7.0, 7.0]
    assert trace(lambda x: [Value(7.0), x], inputs=1.0)([1.0, 2.0]).tolist() == [[7.0, 1.0], [7.0, 2.0]]


def elsewhere(do):
    """What it gives in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(do).result()


UNSEEN = {
    "a number that is read": (lambda x, w: elsewhere(lambda: x.data) * w, ValueError, r"x was read \(data\) in another thread"),
    "of another context": (lambda x, w: Context().run(lambda: x.data) * x * w, ValueError, r"x was read \(data\) in another .* context"),
    "a leaf": (lambda x, w: elsewhere(lambda: Value(3.0, name="v")) * x * w, ValueError, "v was made in another thread"),
    "detach": (lambda x, w: elsewhere(x.detach) * x * w, ValueError, r"x was cut off \(detach\(\)\) in another thread"),
    "no_grad": (lambda x, w: elsewhere(lambda: quietly(x)) * x * w, ValueError, r"x was cut off \(no_grad\(\)\) in another"),
    "what is made for a comparison": (lambda x, w: x * w if elsewhere(lambda: x * 2 + 1 > 0) else -x * w, BranchError, "was compared"),
    "a number of what is made there": (lambda x, w: x * w * elsewhere(lambda: (x * 2).data), ValueError, r"a Value \(6\) was read"),
    "an index": (lambda x, w: x * w * elsewhere(lambda: int(np.argmax([x * 2, x * x]))), BranchError, "was compared in another"),
    "a condition of another context": (lambda x, w: Context().run(lambda: x * w if x * 3 > 0 else x), BranchError, "was compared in"),
    "stop_gradient": (lambda x, w: x * w * elsewhere(lambda: stop_gradient(x)), ValueError, r"x was cut off \(stop_gradient\) in another"),
    "a graph": (lambda x, w: elsewhere(lambda: Graph.of(lambda t: bent(t), x)).outputs[0] * w, BranchError, "x was compared in another"),
    "a program": (lambda x, w: x * w * elsewhere(lambda: traced_on(x)), BranchError, "x was compared in another thread"),
    "a leaf that is read": (lambda x, w: x * w * elsewhere(lambda: looked_at(Value(3.0))), ValueError, r"\(3\) was made in another thread"),
    "a number without a graph": (lambda x, w: x * w * elsewhere(lambda: quietly(x).data), ValueError, r"x was cut off \(no_grad\(\)\)"),
    "a copy": (lambda x, w: x * w * elsewhere(lambda: copy.deepcopy(x).data), ValueError, r"x was cut off \(a copy\) in another"),
    "what depends on a parameter": (lambda x, w: elsewhere(lambda: bent(w * 3)) * x, BranchError, "was compared in another thread"),
}


def quietly(x):
    with no_grad():
        return x * 2


def looked_at(v):
    v.data
    return v


def traced_on(x):
    return trace(lambda t: t * 2 if x > 0 else t * 3, inputs=1.0)([1.0])[0]


def bent(h):
    return h if h > 0 else -h


@pytest.mark.parametrize("name", UNSEEN)
@pytest.mark.parametrize("given", [None, "w"])
def test_what_happens_in_another_thread_is_refused(name, given):
    f, error, says = UNSEEN[name]
    w = Value(2.0, name="w")
    with pytest.raises(error, match=says):
        trace(lambda x: f(x, w), inputs=3.0, parameters=None if given is None else [w])


def test_parameters_that_a_function_makes_are_none_of_its_constants():
    class Lazy(Module):
        def __init__(self):
            self.w = None

        def forward(self, xs):
            if self.w is None:
                self.w = [Parameter(0.5, name=f"w[{i}]") for i in range(len(xs))]
            return sum((a * b for a, b in zip(xs, self.w, strict=True)), 0.0) ** 2

    for parameters in (lambda model: None, lambda model: model):
        model = Lazy()
        assert trace(model, inputs=[1.0, 2.0], parameters=parameters(model)).names == ["w[0]", "w[1]"]
    model = Lazy()
    with pytest.raises(ValueError, match=r"reads 'w\[0\]', which is neither an input nor a parameter"):
        trace(model, inputs=[1.0, 2.0], parameters=model.parameters())


INNER = {
    "Graph.of": lambda x, w: Graph.of(lambda a: a * 3 if a > 0 else -a, w).outputs[0] * x,
    "of the input": lambda x, w: Graph.of(lambda a: a * 3 if a > 0 else -a, x).outputs[0] * w,
    "trace": lambda x, w: traced_with(x, w)[0] * x,
}


def traced_with(x, w):
    kept = []
    trace(lambda y: kept.append(bent(w * y)) or y * w, inputs=1.0)
    return kept


@pytest.mark.parametrize("name", INNER)
def test_what_is_recorded_inside_is_a_part_of_what_is_recorded_outside(name):
    w = Value(2.0, name="w")
    program = trace(lambda x: INNER[name](x, w), inputs=3.0, parameters=[w])
    assert program([3.0], parameters=[2.0]) == [INNER[name](Value(3.0), Value(2.0)).data]
    with pytest.raises(BranchError):
        program([-1.0], parameters=[-1.0])
    inner = trace(lambda x: Graph.of(lambda a: a * Value(2.0, name="two") * w, x).outputs[0], inputs=1.0)
    assert (inner.names, inner([3.0]).tolist()) == (["w"], [12.0])


CONSTANT = {
    "a root": lambda x, w: x * w / Value(3.0) ** 0.5,
    "a derivative that is one": lambda x, w: ops.tanh(grad(lambda t: 3 * t)(x)) * w,
    "a second derivative": lambda x, w: ops.exp(hessian(lambda v: v[0] * v[1] + v[0])([x, w])[0][0]) * x * w,
    "the result": lambda x, w: -Value(1.0),
    "a step": lambda x, w: ops.step(Value(0.0)),
    "twice": lambda x, w: Value(-1.0) * Value(1.0) * x * w,
    "beside another": lambda x, w: [ops.relu(Value(0.0)), w],
    "a choice": lambda x, w: -ops.where(ops.step(Value(0.0)), 2.0, w),
    "somebody's own": lambda x, w: doubled(Value(4.0)) * x * w,
}


@custom(partials=lambda y, x: 2.0)
def doubled(x):
    return 2.0 * x


@pytest.mark.parametrize("name", CONSTANT)
@pytest.mark.parametrize("samples", [1, 3, 20_000])
def test_what_is_made_of_constants_is_one(name, samples):
    w = Value(2.0, name="w")
    f = CONSTANT[name]
    program = trace(lambda x: f(x, w), inputs=1.0, parameters=[w])
    expected = f(Value(3.0), w)
    expected = [value.data for value in expected] if isinstance(expected, list) else expected.data
    assert program(np.full(samples, 3.0)).tolist() == [pytest.approx(expected, rel=1e-15)] * samples
    assert "def forward" in program.source
    assert program.names == ["w"]


def test_a_context_that_lives_on_records_no_more():
    kept = []
    trace(lambda x: kept.append(copy_context()) or x * 2, inputs=1.0)
    v = Value(1.0)
    assert kept[0].run(lambda: v.detach().data) == 1.0
    assert kept[0].run(lambda: v > 0)


def test_a_graph_is_refused_for_what_another_thread_saw_of_it():
    x = Value(1.0, name="x")
    with pytest.raises(BranchError, match="was compared in another thread"):
        Graph.of(lambda a: elsewhere(lambda: a * 2 if a > 0 else a * -3), x)
    with pytest.raises(ValueError, match=r"x was read \(data\) in another thread"):
        Graph.of(lambda a: a * elsewhere(lambda: a.data), x)


def test_graphs_of_other_threads_are_not_kept_while_this_one_records(monkeypatch):
    w, alive = Value(0.5), []
    monkeypatch.setattr("autograd.watching._APART", 50)

    def train(times):
        for _ in range(times):
            loss = (w * 2) ** 2
            loss.data
            alive.append(len(watching[0].elsewhere) + len(watching[0]._apart))

    trace(lambda x: elsewhere(lambda: train(2_000)) or x * w, inputs=1.0, parameters=[w])
    assert max(alive) <= 200


def test_two_threads_record_functions_that_compare_what_depends_on_no_input():
    w = Value(3.0, name="w")
    shared, both = w * w, threading.Barrier(2)

    def f(x):
        both.wait()
        chosen = shared if shared > 0 else -shared
        both.wait()
        return x * w + chosen

    with ThreadPoolExecutor(2) as pool:
        programs = list(pool.map(lambda _: trace(f, inputs=1.0, parameters=[w]), range(2)))
    assert [program([2.0]).tolist() for program in programs] == [[15.0], [15.0]]
    assert all("was True" in str(program.plan) for program in programs)


def test_what_others_read_of_a_graph_is_looked_at_once():
    w, looked = Value(0.5), []

    class Counted(set):
        def __contains__(self, value):
            looked.append(value)
            return super().__contains__(value)

    def train():
        watching[0]._inputs = Counted(watching[0]._inputs)
        y = w
        for _ in range(2_000):
            y = y * 1.0001 + 0.1
            y.data  # of a graph that grows, as of a recurrent network's

    trace(lambda x: elsewhere(train) or x * w, inputs=1.0, parameters=[w])
    assert 4_000 < len(looked) < 12_100


def test_a_parameter_may_be_made_in_another_thread():
    class Lazy:
        def parameters(self):
            return [self.q]

    lazy = Lazy()

    def f(x):
        lazy.q = elsewhere(lambda: Value(3.0, name="q"))
        return lazy.q * x

    assert trace(f, inputs=1.0, parameters=lazy).names == ["q"]


def test_a_class_may_call_something_of_its_own_is_parameter():
    class Odd(Value):
        @property
        def is_parameter(self):
            return False

    assert trace(lambda x: x * Odd(3.0, name="t"), inputs=1.0).names == []
