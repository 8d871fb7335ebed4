"""Copies and pickles of Values: nothing that a node holds is lost, and what is shared is shared still."""

import copy
import pickle
import threading
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import CONSTANTS, programs

from autograd import OPS, Graph, Value, custom, ops, tanh, topological

TWINS = [copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing)), lambda thing: pickle.loads(pickle._dumps(thing, 0))]
IDS = ["deepcopy", "pickle", "pickle in Python"]


class Weight(Value):
    """A Value with something of its own."""

    def __init__(self, data, tag):
        super().__init__(data)
        self.tag = tag


class Slotted(Value):
    __slots__ = ("tag",)


@pytest.mark.parametrize("twin", TWINS, ids=IDS)
def test_what_two_values_share_they_share_in_a_copy(twin):
    w = Value(2.0, name="w")
    hidden = tanh(w * 0.5)
    loss = (hidden - 1) ** 2
    other_w, other_hidden, other_loss, graph = twin((w, hidden, loss, Graph(loss, hidden)))
    assert graph.outputs == (other_loss, other_hidden)
    other_loss.backward()
    loss.backward()
    assert (other_w.grad, other_hidden.grad) == (w.grad, hidden.grad)
    assert all(a is b for a, b in zip(topological(other_hidden), topological(other_loss), strict=False))


@pytest.mark.parametrize("twin", TWINS, ids=IDS)
@given(program=programs(set(OPS), CONSTANTS, most=20), data=st.data())
def test_any_values_of_a_graph_are_copied_as_one_graph(twin, program, data):
    values = topological(program.recorded()[0])
    chosen = data.draw(st.lists(st.sampled_from(values), min_size=1, max_size=5))
    found = twin(chosen)
    assert [shape(value) for value in topological(*found)] == [shape(value) for value in topological(*chosen)]
    assert [found.index(value) for value in found] == [chosen.index(value) for value in chosen]
    place, theirs = ({value: i for i, value in enumerate(topological(*roots))} for roots in (chosen, found))
    assert [theirs[value] for value in found] == [place[value] for value in chosen]


def shape(value):
    args = [arg if isinstance(arg, float) else None for arg in value.args]
    return value.op, value.data, value.grad, value.name, args, value.primals, value.partials


@pytest.mark.parametrize("twin", TWINS, ids=IDS)
def test_values_of_one_long_chain_are_copied_together_and_later_alone(twin):
    chain = [Value(1.0)]
    for _ in range(20_000):
        chain.append(chain[-1] + 1.0)
    middle, end = twin((chain[10_000], chain[-1]))
    assert middle in topological(end)
    assert len(topological(twin(chain[10_000]))) == 10_001


def test_a_pickle_that_fails_leaves_the_next_one_as_deep_as_it_needs():
    @custom(partials=lambda y, x: 1.0)
    def local(x):
        return x

    v = Value(1.0)
    for _ in range(20_000):
        v = v + 1.0
    with pytest.raises(pickle.PicklingError, match="local"):
        pickle.dumps(local(v))
    assert pickle.loads(pickle.dumps(v)).data == 20_001.0


def test_threads_pickle_one_graph_at_a_time_each():
    v = Value(1.0)
    for _ in range(20_000):
        v = v + 1.0
    found = []
    threads = [threading.Thread(target=lambda: found.append(len(topological(pickle.loads(pickle.dumps(v)))))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [20_001] * 4


@pytest.mark.parametrize("twin", [copy.copy, *TWINS], ids=["copy", *IDS])
def test_a_subclass_keeps_what_it_has_of_its_own(twin):
    w = Weight(2.0, ["first"])
    w.grad = 3.0
    other = twin(w)
    assert (type(other), other.data, other.grad, other.tag) == (Weight, 2.0, 3.0, ["first"])
    assert (other.tag is w.tag) == (twin is copy.copy)
    slotted = Slotted(1.0)
    assert not hasattr(twin(slotted), "tag")
    slotted.tag = "second"
    assert twin(slotted).tag == "second"


@pytest.mark.parametrize("twin", [copy.copy, *TWINS], ids=["copy", *IDS])
def test_what_a_subclass_has_of_its_own_is_named_as_it_likes(twin):
    w = Weight(2.0, None)
    own = {"_a": 1, "_b": 2, "_op": "+", "_prev": set(), "_left": w, "_value": 3, "_number": 4, "label": "w", "_args": (5,)}
    vars(w).update(own)
    (w * 3).backward()
    other = twin(w)
    assert (other.data, other.grad, other.op, other.args, other.name) == (2.0, 3.0, None, (), None)
    assert {name: thing for name, thing in vars(other).items() if name not in ("_left", "tag")} == {k: own[k] for k in own if k != "_left"}


@pytest.mark.parametrize("twin", TWINS, ids=IDS)
def test_a_value_may_hold_what_was_made_of_it(twin):
    w = Weight(2.0, None)
    w.tag = w * 3
    other = twin(w)
    assert other.tag.args == (other, 3.0)
    product = twin(w.tag)
    assert product.args[0].tag is product
    del w.tag


def test_a_compared_leaf_is_known_to_be_compared_when_it_was_pickled():
    x = Value(1.0)
    assert x > 0
    assert pickle.loads(pickle.dumps(x))._compared


class Bad:
    def __float__(self):
        raise ZeroDivisionError("lost")


class Good:
    def __float__(self):
        try:
            return float("x")
        except ValueError:
            return 2.0


def test_an_error_of_a_number_that_is_recorded_is_not_lost():
    x = Value(2.0)
    with pytest.raises((ZeroDivisionError, TypeError)):
        Value.recorded(ops.mul, (x, x), (Bad(), Good()), (1.0, 1.0), 4.0, 0.0, None)
    with pytest.raises(TypeError, match=r"a name is|a recorded number must be"):
        Value.recorded(ops.mul, (x, x), (Good(), 2.0), (1.0, 1.0), 4.0, 0.0, " ")
    with pytest.raises(TypeError, match=r"must be (a )?real number, not str"):
        Value.recorded(ops.mul, (x, x), ("a", Fraction(1, 2)), (1.0, 1.0), 4.0, 0.0, None)


class Asked(Value):
    def __getattr__(self, name):
        return ("attribute", name)


def test_a_class_that_answers_for_any_attribute_is_not_asked_for_the_engines():
    z = Asked(1.0)
    L = z * 2
    Value(1.0).register_hook(lambda gradient: None)
    assert (z.name, copy.copy(z).name, z.anything) == (None, None, ("attribute", "anything"))
    Graph(L).refresh()
    L.backward()
    assert z.grad == 2.0
