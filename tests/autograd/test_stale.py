"""Numbers that were changed after they were used: refused by backward, put right by refresh."""

import copy
import math
import pickle

import pytest

from autograd import BranchError, DomainError, Graph, StaleGraphError, Value, checkpoint, clip, gradients, log, where
from autograd.op import op


def recorded():
    x, w = Value(2.0, name="x"), Value(3.0, name="w")
    return x, w, ((x * w).tanh() + w).named("L")


def test_a_change_after_use_is_refused_and_nothing_is_touched():
    x, w, L = recorded()
    L.backward()
    before = x.grad, w.grad, L.grad
    w.data = 3.5
    with pytest.raises(StaleGraphError, match=r"^w was changed from 3 to 3\.5 after \w.* had used it.*Graph\(L\)\.refresh\(\)$"):
        L.backward()
    assert (x.grad, w.grad, L.grad) == before
    w.data = 3.0
    L.backward()  # what was put back is as it was
    assert w.grad == 2 * before[1]


def test_a_quantity_in_between_that_was_changed_is_refused():
    x = Value(2.0)
    z = x * x
    L = z + 1
    z.data = 5.0
    with pytest.raises(StaleGraphError, match=r"a was changed from 4 to 5 after a \+ 1 had used it"):
        L.backward()
    assert x.grad == 0.0


def test_a_change_before_use_and_of_other_values_is_no_matter():
    x, _, L = recorded()
    other = Value(1.0)
    other.data = 7.0
    y = x + 1
    del y
    L.backward()
    fresh = Value(1.0)
    fresh.data = 2.0
    (fresh * fresh).backward()
    assert fresh.grad == 4.0


@pytest.mark.parametrize("to", [1.9, 2.1, -2.0, math.inf, math.nan])
@pytest.mark.parametrize(
    "use",
    [lambda x: -x, lambda x: x * 3, lambda x: 3 * x, lambda x: Value(3.0) * x, lambda x: x * Value(3.0), lambda x: where(1.0, x, 3.0)],
)
def test_a_change_in_any_direction_at_any_place_is_refused(use, to):
    x = Value(2.0)
    L = use(x)
    x.data = to
    with pytest.raises(StaleGraphError, match="was changed from 2 to"):
        L.backward()
    x.data = float("2")  # the same number, another object
    L.backward()
    assert x.grad == L.partials[L.args.index(x)]


def test_gradients_that_are_only_looked_at_are_refused_too():
    x, _, L = recorded()
    x.data = 2.5
    with pytest.raises(StaleGraphError, match="x was changed from 2 to 2"):
        gradients(L)


@pytest.mark.parametrize(("place", "operand"), [(0, "x"), (1, "low"), (2, "high")])
def test_an_operand_without_a_name_is_told_by_what_the_operation_calls_it(place, operand):
    leaves = [Value(1.0), Value(0.0), Value(2.0)]
    L = clip(*leaves)
    leaves[place].data += 0.25
    with pytest.raises(StaleGraphError, match=rf"^{operand} was changed from .* after clip\(x, low, high\) had used it"):
        L.backward()
    x = Value(1.0)
    y = x.exp()
    x.data = 2.0
    with pytest.raises(StaleGraphError, match=r"^x was changed from 1 to 2 after exp\(x\)"):
        y.backward()


@pytest.mark.parametrize(("place", "other"), [(i, j) for i in range(3) for j in range(3) if i != j])
def test_the_number_of_another_operand_is_a_change_too(place, other):
    leaves = [Value(0.5), Value(-1.5), Value(2.5)]
    L = clip(*leaves)
    leaves[place].data = leaves[other].data
    with pytest.raises(StaleGraphError):
        L.backward()


def test_the_eighth_of_many_operands_is_told_by_its_letter_too():
    nine = op("nine", lambda *xs: sum(xs), *[lambda y, *xs: 1.0] * 9, listed=False)
    leaves = [Value(float(k)) for k in range(9)]
    L = nine(*leaves)
    leaves[7].data = 1.0
    with pytest.raises(StaleGraphError, match=r"^h was changed from 7 to 1"):
        L.backward()


def test_nan_is_not_taken_for_a_change():
    x = Value(math.nan)
    L = x + 1
    L.backward()
    assert x.grad == 1.0
    x.data = 1.0
    with pytest.raises(StaleGraphError, match="from nan to 1"):
        L.backward()


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda L: pickle.loads(pickle.dumps(Graph(L))).outputs[0]], ids=["copy", "pickle"])
def test_twins_remember_the_numbers_they_were_made_from(twin):
    L = twin(recorded()[2])
    assert L.primals == recorded()[2].primals
    L.args[1].data = 0.5
    with pytest.raises(StaleGraphError):
        L.backward()


def test_refresh_is_recording_again():
    x, w, L = recorded()
    x.data, w.data = -0.25, 1.5
    Graph(L).refresh()
    anew = (Value(-0.25) * (v := Value(1.5))).tanh() + v
    L.backward()
    anew.backward()
    assert (L.data, w.grad, L.name) == (anew.data, v.grad, "L")


def test_refresh_that_leaves_a_domain_leaves_the_rest_stale():
    x = Value(2.0, name="x")
    L = log(x) * 3
    x.data = -1.0
    with pytest.raises(ValueError, match=r"log\(x\) is not a number at x = -1"):
        Graph(L).refresh()
    x.data = 4.0
    Graph(L).refresh()
    assert L.data == 3 * math.log(4.0)


def test_refresh_follows_where():
    x = Value(1.0)
    L = where(x, x * 2, x - 5)
    x.data = 0.0
    Graph(L).refresh()
    assert L.data == -5.0


def test_a_graph_that_would_have_branched_otherwise_is_refused():
    x, limit = Value(2.0, name="x"), Value(1.0, name="limit")

    def f(x, limit):
        if x > limit:
            return x * x
        return -x

    graph = Graph.of(f, x, limit)
    x.data = 3.0
    graph.refresh()
    assert graph.outputs[0].data == 9.0
    limit.data = 5.0
    with pytest.raises(BranchError, match=r"x > limit was True, and is False there \(3 and 5\), at .*test_stale\.py:\d+: if x > limit:"):
        graph.refresh()


def test_a_pickled_graph_keeps_its_comparisons():
    x = Value(2.0, name="x")
    graph = pickle.loads(pickle.dumps(Graph.of(lambda x: x + 1 if x > 0 else x, x)))
    graph["x"].data = -1.0
    with pytest.raises(BranchError, match="x > 0 was True"):
        graph.refresh()


def test_a_comparison_of_what_is_not_in_the_output_is_kept_too():
    x = Value(2.0, name="x")
    graph = Graph.of(lambda x: x + 1 if (x * x - 3).named("d") > 0 else x, x)
    x.data = 1.0
    with pytest.raises(BranchError, match=r"d > 0 was True, and is False there \(-2 and 0\)"):
        graph.refresh()


def branching(x):
    return x * 2 if x > 0 else x * 3


@pytest.mark.parametrize(
    "through", [lambda graph: graph, lambda graph: pickle.loads(pickle.dumps(graph)), copy.deepcopy], ids=["", "pickle", "copy"]
)
def test_a_graph_that_nobody_watched_does_not_hide_a_comparison(through):
    graph = through(Graph(branching(Value(1.0, name="x")) + 1))
    graph["x"].data = -1.0
    with pytest.raises(BranchError, match=r"^x was compared in Python, .*: Graph\.of\(f, …\) records"):
        graph.refresh()
    assert graph.outputs[0].data == 3.0


def test_a_deep_copy_of_a_value_remembers_that_it_was_compared():
    L = copy.deepcopy(branching(Value(1.0)))
    with pytest.raises(BranchError, match=r"^a Value \(1\) was compared"):
        Graph(L).refresh()


def test_a_deep_copy_of_what_was_not_compared_is_refreshed():
    graph = Graph(copy.deepcopy(Value(1.0, name="x") + 1))
    graph["x"].data = 2.0
    graph.refresh()
    assert graph.outputs[0].data == 3.0


def test_both_sides_of_a_comparison_remember_it():
    a, b = Value(1.0), Value(2.0, name="b")
    assert a < b
    with pytest.raises(BranchError, match=r"^b was"):
        Graph(b * 2).refresh()


def test_comparisons_before_the_recording_and_of_the_result_do_not_matter():
    x = Value(1.0)
    assert x > 0
    graph = Graph.of(lambda x: x * 2, x)
    assert graph.outputs[0] > 0
    x.data = -1.0
    graph.refresh()
    assert graph.outputs[0].data == -2.0
    again = Graph((x.detach() * 2).exp())
    assert again.outputs[0] < 3
    again.refresh()


LETTERED = [(1, 0, "x"), (2, 1, "b"), (9, 8, "i"), (26, 25, "z"), (27, 0, "x0"), (27, 26, "x26")]


@pytest.mark.parametrize(("many", "place", "called"), LETTERED)
def test_every_operand_without_a_name_has_a_letter_of_its_own(many, place, called):
    xs = [Value(float(i)) for i in range(many)]
    y = checkpoint(lambda *xs: sum(xs), *xs)
    xs[place].data = 100.0
    with pytest.raises(StaleGraphError, match=rf"^{called} was changed from {place} to 100 after checkpoint\("):
        y.backward()


def test_a_value_that_cannot_be_refreshed_stays_as_it_was():
    x = Value(2.0, name="x")
    y = log(x)
    before = (y.data, y.primals, y.partials)
    x.data = -1.0
    for refresh in (y.refresh, Graph(y * 3).refresh):
        with pytest.raises(DomainError, match=r"log\(x\) is not a number at x = -1"):
            refresh()
        assert (y.data, y.primals, y.partials) == before
        with pytest.raises(StaleGraphError, match=r"x was changed from 2 to -1 after log\(x\) had used it"):
            y.backward()
    assert x.grad == 0.0


def test_of_several_numbers_that_changed_the_one_that_is_met_first_is_told():
    x, y = Value(1.0, name="x"), Value(2.0, name="y")
    total, product = (x * 2) + (y * 3), ((x * 2) + (y * 3)) * (x + y)
    x.data, y.data = 5.0, 7.0
    with pytest.raises(StaleGraphError, match=r"^x was changed from 1 to 5 after x \* 2 had used it"):
        total.backward()
    with pytest.raises(StaleGraphError, match=r"^x was changed from 1 to 5 after x \* 2 had used it"):
        product.backward()
