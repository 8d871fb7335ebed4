"""Modules: every parameter is found once and by one name, and a state fits or changes nothing."""

import copy
import math
import pickle
import re

import pytest

from autograd import Value
from nn import MLP, Layer, Module, Neuron, Parameter


class Nest(Module):
    def __init__(self):
        self.first = Parameter(1.0, name="first")
        self.listed = [Parameter(2.0), (Parameter(3.0), "text", 4.0)]
        self.keyed = {"k": Parameter(5.0), 7: [Parameter(6.0)]}
        self.inner = Neuron(1, seed=0, weights=["inner_w"], bias="inner_b")
        self.again = self.first
        self.plain = Value(9.0)
        self.itself = self
        self.loop = [self.inner]
        self.loop.append(self.loop)


def test_parameters_are_found_everywhere_and_once():
    nest = Nest()
    assert [p.data for p in nest.parameters()][:5] == [1.0, 2.0, 3.0, 5.0, 6.0]
    assert len(nest.parameters()) == 7
    assert list(nest.named_parameters()) == ["first", "listed[0]", "listed[1][0]", "keyed['k']", "keyed[7][0]", "inner_w", "inner_b"]


def test_two_parameters_of_one_name_are_an_error():
    model = Module()
    model.a, model.b = Parameter(1.0, name="w"), Parameter(2.0, name="w")
    assert len(model.parameters()) == 2
    with pytest.raises(ValueError, match=r"two parameters of this Module are named 'w'"):
        model.named_parameters()


def test_zero_grad_and_forward():
    nest = Nest()
    for p in nest.parameters():
        p.grad = 3.0
    nest.zero_grad()
    assert {p.grad for p in nest.parameters()} == {0.0}
    with pytest.raises(NotImplementedError, match="Nest has no forward"):
        nest(1)


def test_a_state_goes_round():
    model, other = MLP(2, [3, 1], seed=1), MLP(2, [3, 1], seed=2)
    state = model.state_dict()
    assert all(type(x) is float for x in state.values())
    other.load_state_dict(state)
    assert other.state_dict() == state
    assert other([0.3, 0.4]).data == model([0.3, 0.4]).data


@pytest.mark.parametrize(
    ("spoil", "error", "parts"),
    [
        (lambda s: s.pop("B_o"), KeyError, ["missing 'B_o'"]),
        (lambda s: s.update(extra=1.0), KeyError, ["unknown 'extra'"]),
        (lambda s: (s.pop("W_o[0]"), s.update(V=1.0)), KeyError, ["missing 'W_o[0]'", "unknown 'V'"]),
        (lambda s: s.update(B_o="1.0"), TypeError, ["B_o", "str '1.0'"]),
        (lambda s: s.update(B_o=None), TypeError, ["B_o", "None"]),
        (lambda s: s.update(B_o=[1.0]), TypeError, ["B_o", "list"]),
        (lambda s: s.update(B_o=Value(1.0)), TypeError, ["B_o", "Value"]),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(spoil, error, parts):
    model = MLP(2, [2, 1], seed=1)
    before = model.state_dict()
    state = dict.fromkeys(before, 7.0)
    spoil(state)
    with pytest.raises(error) as caught:
        model.load_state_dict(state)
    for part in parts:
        assert part in str(caught.value)
    assert model.state_dict() == before


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))], ids=["deepcopy", "pickle"])
@pytest.mark.parametrize(
    "make", [lambda: MLP(2, [3, 1], "tanh", "sigmoid", seed=1), lambda: MLP(2, [3, 2], seed=1), lambda: Layer(2, 2, seed=0)]
)
def test_a_twin_has_the_same_numbers_and_its_own_parameters(make, twin):
    model = make()
    for p in model.parameters():
        p.grad = 0.5
    other = twin(model)
    assert other.state_dict() == model.state_dict()
    assert {p.grad for p in other.parameters()} == {0.5}
    assert all(type(p) is Parameter for p in other.parameters())
    assert not set(other.parameters()) & set(model.parameters())
    first = model([0.5, -0.5])
    second = other([0.5, -0.5])
    assert re.sub(" ", "", repr(first)) == re.sub(" ", "", repr(second))
    other.parameters()[0].data = math.pi
    assert model.parameters()[0].data != math.pi
