"""The plan as an explanation: what it calls things, what it counts, what it says of the costs."""

import math

import networks
import pytest

from autograd import Value, sigmoid, tanh, trace


def plan(loss, arguments, parameters):
    return str(trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters).plan)


def test_a_layer_is_its_matrix_times_what_it_reads_and_its_bias():
    said = plan(*networks.mlp(activation="tanh"))
    for line in ("16 × 16  W_h2 times a  496 operations", "z = W_h2·a + B_h2", "a = tanh of z", "z = W_o·a + B_o"):
        assert line in said
    assert max(map(len, said.splitlines())) <= 80


def test_a_convolution_reads_its_border_too():
    said = plan(*networks.padded_convolution()).splitlines()
    assert said[0] == "1,586 operations recorded for one sample of x (36 numbers) and y (1 number),"
    assert said[1:3] == ["with 92 parameters.", "160 of them repeat another and are not run."]
    assert "   2 × 9  W times 0 and x at 36 places  1,224 operations" in said


OPERATIONS = {
    "1 − sigmoid": lambda w, x: 1 - sigmoid(x * w[0]),
    "w·x": lambda w, x: tanh(w[0] * x),
    "(a sum)/(a sum)": lambda w, x: (w[0] * x - w[1]) / (1 + w[1] * x * x),
    "w·w": lambda w, x: tanh(w[0] * w[0]) * x,
    "−x": lambda w, x: tanh(-x) * w[0],
    "hypot of x and w": lambda w, x: x.hypot(w[0]),
    "tanh − sigmoid": lambda w, x: tanh(x * w[0]) - sigmoid(x * w[1]),
    "(w·x)^2": lambda w, x: (w[0] * x[0] + w[1] * x[1]) ** 2 + w[2],
    "w/(w·x)": lambda w, x: w[2] / (w[0] * x[0] + w[1] * x[1]),
    "x·(−2)": lambda w, x: tanh(x * -2.0) * w[0],
    "(a-b)·x": lambda w, x: tanh(w[0].named("a-b") * x),
    "(−x)^2": lambda w, x: (-x) ** 2 * w[0],
    "sum of tanh, 3 terms": lambda w, x: sum(tanh(x * v) for v in w),
}


@pytest.mark.parametrize("said", OPERATIONS)
def test_operators_are_written_as_such_with_every_operand_and_sign(said):
    w = [Value(0.5, name=f"w[{i}]") for i in range(3)]
    inputs = [0.3, 0.4] if "(w·x)" in said else 0.3
    assert f"  {said}  " in str(trace(lambda x: OPERATIONS[said](w, x), inputs=inputs, parameters=w).plan)


def test_it_names_a_few_inputs_and_counts_many():
    w = Value(2.0, name="w")
    two = trace(lambda x, y: w * x[0] + x[1] * y, inputs=([1.0, 2.0], 3.0), parameters=[w])
    assert str(two.plan).startswith("3 operations recorded for one sample of x (2 numbers) and y (1 number),\nwith 1 parameter.\n")
    many = trace(lambda *x: w * sum(x[1:], x[0]), inputs=(1.0,) * 144, parameters=[w])
    assert str(many.plan).startswith("144 operations recorded for one sample of 144 inputs, x to x_143 (144 numbers),\nwith 1 parameter.\n")


def test_what_has_no_gradient_is_not_said_to_have_one():
    w = Value(0.3, name="w")
    for f, inputs in ((lambda x: [w * x, tanh(x)], 1.0), (lambda: [w, tanh(w)], ())):
        said = str(trace(f, inputs=inputs, parameters=[w]).plan)
        assert "The outputs cost at most about" in said
        assert "gradient" not in said


def test_what_takes_no_time_a_sample_has_no_stretches():
    assert "stretches" not in str(trace(lambda x: x[1], inputs=[1.0, 2.0]).plan)


def test_no_line_is_longer_than_a_terminal():
    w = Value(2.0, name="w")
    names = [Value(0.1 * i, name=f"{word}_of_the_network") for i, word in enumerate(("first", "second", "third", "fourth", "fifth"))]

    def long(x):
        return tanh(names[0] - names[1] + x - names[2] - names[3] + names[4])

    for f, inputs in ((lambda u, v, s: u * v * s * w, (0.1, 0.2, 0.3)), (lambda x: w * x, 0.3), (long, 0.3)):
        said = str(trace(f, inputs=inputs, parameters=[w, *names]).plan)
        assert max(map(len, said.splitlines())) <= 80
        assert "(1 number)" in said.replace("\n", " ")
    assert "…" in said


def test_of_several_rows_those_are_told_that_are_read():
    a, b = Value(0.7, name="a"), Value(0.9, name="b")
    said = str(trace(lambda x: (1.0 / -b).named("r") * x + tanh(-a * x), inputs=0.3, parameters=[a, b]).plan)
    assert "(−a)·x" in said
    assert "r = 1/(−b)" in said


def test_a_point_that_is_replayed_costs_no_call_of_a_batch():
    ws = [Value(0.5) for _ in range(300)]
    plan = trace(lambda: math.prod(ws), parameters=ws).plan
    assert plan.tape_cost.fixed < 2e-6
    assert "it runs by the tape" in str(plan)
