"""The native engine: the Python engine's twin to the last bit, in less memory, and never in the way of an install."""

import copy
import gc
import json
import math
import os
import pickle
import subprocess
import sys
import tracemalloc
from itertools import repeat
from pathlib import Path

import pytest

import autograd
from autograd import OPS, Graph, Value, native, ops
from autograd.branches import branches, chosen
from autograd.native import translate

ROOT = Path(autograd.__file__).parent.parent
only_native = pytest.mark.skipif(autograd.backend != "native", reason="the Python engine runs")

RECORD = """
import itertools, json, math, random, sys
from autograd import OPS, Value, backend, topological

rng, told = random.Random(1), []
awkward = [0.0, -0.0, 1.0, -1.0, 5e-324, 1e-300, 1e300, math.inf, -math.inf, math.nan, 710.0, -746.0, 0.5, 3.0, -8.0]
for row in OPS.values():
    if row.name in ("hypot", "atan2"):  # math's and the C library's differ in the last place
        continue
    points = [list(xs) for xs in itertools.product(awkward, repeat=row.arity)] if row.arity < 3 else []
    points += [[rng.choice(awkward) if rng.random() < 0.5 else rng.uniform(-3, 3) for _ in range(row.arity)] for _ in range(60)]
    for xs in points:
        args = [Value(x, name="x") if rng.random() < 0.8 else x for x in xs]
        if not any(isinstance(arg, Value) for arg in args):
            args[0] = Value(xs[0])
        try:
            node = row(*args)
            told.append([row.name, node.data.hex(), [p if p is None else p.hex() for p in node.partials]])
        except Exception as trouble:
            told.append([row.name, type(trouble).__name__, str(trouble)])
for _ in range(40):
    values = [Value(rng.uniform(0.5, 1.5)) for _ in range(4)]
    leaves = list(values)
    for _ in range(60):
        a, b = rng.choice(values), rng.choice(values)
        steps = [lambda: a + b, lambda: a * b, lambda: a - 2 * b, lambda: a / (b * b + 1), lambda: a.tanh(), lambda: 3 - a]
        values.append(rng.choice(steps)())
    values[-1].backward()
    order = topological(values[-1])
    told.append([[values.index(v) for v in order if v in values], [v.grad.hex() for v in leaves], [v.data.hex() for v in order]])
print(json.dumps([backend, told]))
"""


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@only_native
def test_both_engines_give_the_same_bits_and_errors():
    (one, native_told), (other, python_told) = [json.loads(run(RECORD, TURUNAN_PURE=pure).stdout) for pure in ("", "1")]
    assert (one, other) == ("native", "python")
    assert native_told == python_told


@only_native
def test_help_and_signatures_are_those_of_the_python_engine():
    code = """
import inspect, json
from autograd import Value
from autograd.op import Op
bare = lambda f: [p.name + (repr(p.default) if p.default is not p.empty else "") for p in inspect.signature(f).parameters.values()]
names = [name for name in dir(Value) if name[0] != "_"]
print(json.dumps([inspect.getdoc(Value), bare(Value), inspect.getdoc(Op.__call__)] + [
    [name, inspect.getdoc(thing), bare(thing) if callable(thing) else None] for name in names for thing in [getattr(Value, name)]]))
"""
    told, twin = [run(code, TURUNAN_PURE=pure) for pure in ("", "1")]
    assert told.stdout == twin.stdout and len(told.stdout) > 5000, told.stderr


@only_native
def test_a_node_is_small():
    x, y = Value(1.0), Value(1.0)
    assert sys.getsizeof(x * y) <= 96 and sys.getsizeof(x.tanh()) <= 80 and sys.getsizeof(x) <= 64
    many = 2_000_000
    tracemalloc.start()
    v = x
    for _ in repeat(None, many):  # range would make a number for each, and tracemalloc look at it
        v = v * y
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert size <= 97 * many + 2**25  # what blocks and chunks need themselves, and one chunk that is not full


@only_native
def test_the_collector_is_left_alone():
    assert not gc.is_tracked(Value(1.0) * Value(2.0))


def test_no_memory_is_lost():
    def use():
        x = Value(0.3, name="x")
        y = (x * 2 + x.tanh()) ** 2
        y.backward()
        assert y.args and y.partials and y.op and repr(y) and copy.deepcopy(y) is not y
        pickle.loads(pickle.dumps(Graph(y)))
        with pytest.raises(TypeError):
            x + "1"
        with pytest.raises(ValueError, match="not a number"):
            autograd.log(x - 1)

    def held():
        gc.collect()
        return tracemalloc.get_traced_memory()[0] + 64 * (native.engine.nodes() if native.engine else 0)

    def grown(times):
        before = held()
        for _ in range(times):
            use()
        return held() - before

    tracemalloc.start()
    grown(50)
    sizes = [grown(300) for _ in range(8)]  # Python itself takes some at first
    tracemalloc.stop()
    assert min(sizes) < 300 * 16  # less than one small object a round


def test_a_subclass_with_attributes_of_its_own():
    class Marked(Value):
        pass

    x = Marked(2.0, name="x")
    x.mark = "here"
    y = x * x + 1
    y.backward()
    assert (type(y), x.grad, x.mark) == (Value, 4.0, "here")
    del x, y


def test_a_subclass_may_have_its_own_data_and_grad():
    class Frozen(Value):
        data = property(lambda self: 5.0)
        grad = property(lambda self: "none", lambda self, x: None)

    class Plain(Value):
        pass

    x, y = Frozen(2.0) if autograd.backend == "native" else Frozen.__new__(Frozen), Plain(3.0)
    assert (y.data, x.data, x.grad) == (3.0, 5.0, "none")
    y.grad = 4.0
    x.grad = 1.0
    assert (y.grad, x.grad, y.data) == (4.0, "none", 3.0)
    Plain.grad = property(lambda self: "now")
    assert y.grad == "now"


@only_native
def test_what_does_not_belong_is_refused():
    x = Value(1.0)
    for name in ("data", "grad"):
        with pytest.raises(TypeError, match="must be a real number"):
            setattr(x, name, "1")
        with pytest.raises((TypeError, AttributeError)):
            delattr(x, name)
    with pytest.raises(TypeError):
        Value()
    with pytest.raises(TypeError):
        Value(1.0, "x")
    assert x.data == 1.0


@pytest.mark.parametrize("row", OPS.values(), ids=list(OPS))
def test_every_row_is_translated(row):
    code = [translate.value(row), *[translate.partial(row, i, f"p{i} =") for i in range(row.arity)]]
    assert all(text.count("(") == text.count(")") for text in code)
    assert "Probe" not in "".join(code) and "None" not in "".join(code)


def test_a_rule_that_compares_is_asked_for_every_answer():
    names = ["x0", "x1"]
    assert branches(lambda a, b: a if a > b else 2.0, names) == ("x0 > x1", "x0", "2.0")
    found = branches(lambda a, b: 0.0 if a <= 1 or not b else -math.inf, names)
    assert chosen(found, "({0} ? {1} : {2})") == "(x0 <= 1.0 ? 0.0 : (x1 != 0.0 ? (-INFINITY) : 0.0))"
    assert branches(lambda a, b: ops.maximum(a, 0.0), names) == ("x0 >= 0.0", "x0", ("x0 != x0", "x0", "0.0"))
    assert branches(lambda a, b: ops.where(a < b, 1, 1), names) == "1.0"
    with pytest.raises(TypeError):
        branches(lambda a, b: a + b, names)


IMPORTED_AGAIN = """
import importlib, sys
import autograd, autograd.value
if sys.argv[1] == "reloaded":
    importlib.reload(autograd.value)
else:
    for name in [name for name in sys.modules if name.partition(".")[0] == "autograd"]:
        del sys.modules[name]
    import autograd
from autograd import BranchError, Graph, exp
from autograd.value import Value
print(exp(0.0), (exp(Value(0.0)) * 2).data)
if sys.argv[1] == "anew":
    x = Value(2.0)
    graph = Graph.of(lambda x: x * x if x > 0 else -x, x)
    x.data = -3.0
    try:
        graph.refresh()
    except BranchError:
        print("refused")
    try:
        Graph.of(lambda x: x.detach() * x, x)
    except ValueError:
        print("refused")
"""


@pytest.mark.parametrize(("how", "said"), [("reloaded", "1.0 2.0\n"), ("anew", "1.0 2.0\nrefused\nrefused\n")])
def test_the_package_may_be_imported_twice(how, said):
    run = subprocess.run([sys.executable, "-c", IMPORTED_AGAIN, how], capture_output=True, text=True, check=False)
    assert (run.stdout, run.stderr) == (said, "")
