"""What the plan takes operations to cost: it follows from the formulas that run, of the rows that nobody timed as well."""

import itertools

import networks
import pytest

from autograd import OPS, Value, exp, gelu, native, relu, sigmoid, sin, tanh, trace
from autograd.program import costs
from autograd.program.columns import distinct


@pytest.mark.parametrize("row", OPS.values(), ids=lambda row: row.name)
def test_every_row_is_work_and_constants_are_less(row):
    every, taken = [costs.work(row, (None,) * row.arity, (True,) * row.arity, branching=branching) for branching in (False, True)]
    assert taken.steps >= 1
    middle = [(low + high) / 2 for low, high in row.at]
    for varying in itertools.product((False, True), repeat=row.arity):
        if any(varying):
            constants = tuple([None if varies else x for varies, x in zip(varying, middle, strict=True)])
            some = costs.work(row, constants, varying, branching=False)
            assert some.seconds <= every.seconds


def by_tape(f):
    ws = [Value(1.0) for _ in range(10)]
    return trace(lambda x: sum(f(w * x) for w in ws), inputs=1.0, parameters=ws).plan.tape_cost.sample


@pytest.mark.skipif(native.engine is None, reason="a tape in Python takes as long for every operation")
def test_a_function_is_as_much_work_as_it_is_made_of():
    times = [by_tape(f) for f in (lambda z: z + 1.0, relu, exp, sigmoid, tanh, gelu)]
    assert times == sorted(times)
    assert times[1] < 2 * times[0] < times[2]
    assert by_tape(lambda z: z**2) < by_tape(lambda z: z**2.5)


def test_a_square_is_less_work_than_another_power_and_that_less_than_one_that_varies():
    power = OPS["pow"]
    known = [costs.work(power, (None, x), (True, False), branching=False) for x in (2.0, 2.5)]
    free = costs.work(power, (None, None), (True, True), branching=False)
    assert known[0].seconds < known[1].seconds < free.seconds


@pytest.mark.parametrize(
    ("f", "fused"),
    [
        (lambda x, w: w * x + 1.0, 1),
        (lambda x, w: 1.0 + w * x, 1),
        (lambda x, w: w * x + w * x, 0),
        (lambda x, w: (w * x + x) * (w * x), 0),
        (lambda x, w: tanh(w * x) + 1.0, 0),
        (lambda x, w: (w * x + 1.0) * x + 2.0, 2),
        (lambda x, w: w * x - 1.0, 0),
    ],
)
def test_a_product_that_a_sum_takes_is_no_operation_of_its_own(f, fused):
    w = Value(1.0)
    table = distinct(trace(lambda x: f(x, w), inputs=1.0, parameters=[w]).plan.table)
    assert costs._fused(table) == fused


def test_functions_that_somebody_wrote_and_products_are_counted():
    loss, arguments, parameters = networks.mlp((8, 64, 64, 1))
    wide = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters).plan.arrays_cost
    loss, arguments, parameters = networks.mlp((8, 16, 16, 1))
    narrow = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters).plan.arrays_cost
    assert narrow.sample < wide.sample
    assert narrow.fixed == pytest.approx(wide.fixed, rel=0.2)


def test_what_a_plan_costs_grows_with_what_it_does():
    ws = [Value(1.0) for _ in range(10)]
    plans = [trace(lambda x, f=f: sum(f(w * x) for w in ws), inputs=1.0, parameters=ws).plan for f in (relu, sin, gelu)]
    each = [plan.arrays_cost.sample for plan in plans]
    assert each == sorted(each)


def test_what_is_read_by_its_index_costs_more_than_what_stands_in_a_row():
    w = Value(1.0)
    in_a_row = trace(lambda x: sum(tanh(w * a) * tanh(w * b) for a, b in zip(x[:8], x[8:], strict=True)), inputs=[1.0] * 16, parameters=[w])
    order = (0, 5, 3, 6, 1, 7, 4, 2)
    by_index = trace(lambda x: sum(tanh(w * x[i]) * tanh(w * x[15 - i]) for i in order), inputs=[1.0] * 16, parameters=[w])
    assert by_index.plan.arrays_cost.fixed > in_a_row.plan.arrays_cost.fixed
    assert by_index.plan.arrays_cost.sample > in_a_row.plan.arrays_cost.sample


def test_matrices_of_every_sample_cost_more_than_those_of_all():
    ws = [Value(1.0) for _ in range(16)]
    rows = [ws[4 * i : 4 * i + 4] for i in range(4)]

    def same(x):
        return sum(sum(a * b for a, b in zip(row, x, strict=True)) ** 2 for row in rows)

    def own(x):
        return sum(sum(a * c * b for a, b, c in zip(row, x, x[::-1], strict=True)) ** 2 for row in rows)

    plans = [trace(f, inputs=[1.0] * 4, parameters=ws).plan.arrays_cost for f in (same, own)]
    assert plans[0].sample < plans[1].sample


@pytest.mark.skipif(native.engine is None, reason="a replay in Python takes longer than arrays")
def test_one_point_of_a_network_is_replayed_without_a_search_for_structure():
    loss, arguments, parameters = networks.mlp()
    program = trace(lambda: loss(*[argument[0].tolist() for argument in arguments]), parameters=parameters)
    program.value_and_grad()
    assert "lifted" not in vars(program.plan)
