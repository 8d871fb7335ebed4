"""The interface: what trace takes, shapes, reductions, parameters, pickles and threads."""

import copy
import pickle
import sys
import threading
from fractions import Fraction

import networks
import numpy as np
import pytest
from eager import eager

import autograd
from autograd import Value, exp, trace
from nn import MLP


def line():
    w, b = Value(2.0, name="w"), Value(-1.0, name="b")
    return trace(lambda x: w * x + b, inputs=0.5, parameters=[w, b]), w, b


def test_a_function_of_a_number():
    program, *_ = line()
    assert program([1.0, 2.0]).tolist() == [1.0, 3.0]
    assert repr(program) == "Program(x: a number; 2 parameters, 5 scalar nodes)"


def test_a_tuple_is_several_arguments_and_outputs_keep_their_shape():
    w = Value(2.0)
    program = trace(lambda x, y: [[w * x[0], y], [x[1] + y, x[0]]], inputs=([1.0, 2.0], 3.0), parameters=[w])
    assert program([[1.0, 2.0]] * 3, [3.0, 4.0, 5.0]).tolist() == [[[2, 3], [5, 1]], [[2, 4], [6, 1]], [[2, 5], [7, 1]]]


def test_arrays_are_given_as_arrays():
    w = np.array([[Value(1.0), Value(2.0)]])
    program = trace(lambda x: (w @ x)[0], inputs=np.ones(2), parameters=w.ravel())
    assert program(np.eye(2)).tolist() == [1.0, 2.0]


def test_parameters_may_be_nested():
    neuron, w = MLP(1, [1], seed=0), [[Value(2.0), Value(3.0)], [Value(4.0), Value(5.0)]]
    program = trace(lambda x: sum(v * x for row in w for v in row) + neuron([x]), inputs=1.0, parameters={"w": w, "net": neuron})
    assert program.parameters.tolist() == [2.0, 3.0, 4.0, 5.0, *(p.data for p in neuron.parameters())]
    generated = trace(lambda x: w[0][0] * x + neuron([x]), inputs=1.0, parameters=iter([neuron, w[0][0]]))
    assert generated.parameters.tolist() == [*(p.data for p in neuron.parameters()), 2.0]


def test_a_recorded_value():
    x, w = Value(3.0), Value(2.0)
    program = trace(w * x, inputs=x, parameters=[w])
    assert program([1.0, 5.0]).tolist() == [2.0, 10.0]


def test_without_parameters_every_other_leaf_is_one():
    w, b = Value(2.0), Value(1.0)
    program = trace(lambda x: exp(w * x) + b, inputs=1.0)
    assert program.parameters.tolist() == [2.0, 1.0]


def test_without_inputs_there_is_no_batch():
    a, b = Value(2.0), Value(3.0)
    program = trace(a * b + a)
    assert program() == 8.0
    value, gradient = program.value_and_grad()
    assert (value, gradient.tolist()) == (8.0, [4.0, 2.0])
    assert trace([a * b, b])().tolist() == [6.0, 3.0]


def test_an_output_may_be_an_input_or_a_parameter():
    w = Value(2.0)
    program = trace(lambda x: [x, w], inputs=0.0, parameters=[w])
    assert program([1.0, 3.0]).tolist() == [[1, 2], [3, 2]]
    assert trace(lambda x: w, inputs=0.0).value_and_grad([1.0, 3.0], reduce="sum")[1].tolist() == [2.0]
    assert trace(lambda x: x * x, inputs=0.0).value_and_grad([1.0, 3.0])[1].shape == (0,)


def test_values_stay_as_they_are_unless_asked():
    program, w, b = line()
    theta = program.parameters
    theta -= 1.0
    loss, gradient = program.value_and_grad([1.0, 3.0], parameters=theta)
    assert (loss, gradient.tolist()) == (0.0, [2.0, 1.0])
    assert (w.data, b.data, w.grad) == (2.0, -1.0, 0.0)
    program.parameters = theta
    assert (w.data, b.data) == (1.0, -2.0)
    assert program.backward([1.0, 3.0], reduce="sum") == 0.0
    assert (w.grad, b.grad) == (4.0, 2.0)
    program.backward([1.0, 3.0], reduce="sum")
    assert (w.grad, b.grad) == (8.0, 4.0)


def test_training_is_gradient_descent():
    loss, arguments, parameters = networks.mlp()
    program = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters)
    samples = list(zip(*[a.tolist() for a in arguments], strict=True))
    theta = program.parameters
    for _ in range(5):
        _, gradient = program.value_and_grad(*arguments, parameters=theta)
        _, slow = eager(loss, samples, parameters)
        theta -= 0.1 * gradient
        for p, slope in zip(parameters, slow.mean(axis=0), strict=True):
            p.data -= 0.1 * float(slope)
    assert theta == pytest.approx([p.data for p in parameters], rel=1e-11)


def test_gradients_are_new_arrays():
    program, *_ = line()
    first = program.value_and_grad([1.0, 2.0])[1]
    kept = first.copy()
    program.value_and_grad([7.0, 9.0])
    assert (first == kept).all()
    outputs = program([1.0, 2.0])
    outputs[:] = 0
    assert program([1.0, 2.0]).tolist() == [1.0, 3.0]
    x = np.array([1.0, 2.0])
    trace(lambda v: v, inputs=0.0)(x)[0] = 9.0
    assert x.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("name", ["mlp", "convolution", "recurrent"])
def test_the_same_call_gives_the_same_bits(name):
    loss, arguments, parameters = getattr(networks, name)()
    program = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters)
    (a, g), (b, h) = program.value_and_grad(*arguments), program.value_and_grad(*arguments)
    assert (a, g.tobytes()) == (b, h.tobytes())


def test_a_program_pickles_without_its_values():
    program, w, _ = line()
    w.data = 5.0
    twin = pickle.loads(pickle.dumps(program))
    assert twin([1.0]).tolist() == program([1.0]).tolist() == [4.0]
    w.data = 6.0
    assert twin([1.0]).tolist() == [4.0]
    assert twin.value_and_grad([1.0], parameters=[1.0, 1.0])[0] == 2.0
    with pytest.raises(ValueError, match=r"a copy or was unpickled.*value_and_grad\(…, parameters=vector\)"):
        twin.parameters = [1.0, 1.0]
    with pytest.raises(ValueError, match="unpickled"):
        twin.backward([1.0])
    with pytest.raises(ValueError, match="is a copy"):
        copy.copy(program).backward([1.0])
    assert b"Value" not in pickle.dumps(program)


def test_a_pickle_of_another_table_of_operations_is_refused(monkeypatch):
    pickled = pickle.dumps(line()[0])
    monkeypatch.setattr("autograd.program.columns._TABLE", ["another", "table"])
    with pytest.raises(ValueError, match="another version: trace it again"):
        pickle.loads(pickled)


def test_threads_share_a_program():
    loss, arguments, parameters = networks.mlp()
    program = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters)
    expected = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters).value_and_grad(*arguments)[1]
    wrong, gate = [], threading.Barrier(8)

    def work():
        gate.wait()
        for _ in range(50):
            if (program.value_and_grad(*arguments)[1] != expected).any():
                wrong.append(threading.current_thread().name)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_trace_is_exported_lazily():
    assert autograd.trace is trace


def test_parameters_are_named_in_their_order():
    a, b, w = Value(-1.2, name="a"), Value(1.0, name="b"), Value(2.0)
    program = trace(lambda: 100 * (b - a**2) ** 2 + (1 - a) ** 2 * w)
    assert program.names == pickle.loads(pickle.dumps(program)).names == ["b", "a", "theta[2]"]
    assert program.parameters.tolist() == [1.0, -1.2, 2.0]
    assert trace(lambda x: a * x + b, inputs=1.0, parameters=[a, w, b]).names == ["a", "theta[1]", "b"]


def test_exact_numbers_are_numbers():
    program, *_ = line()
    assert program([Fraction(1, 2), 10**20]).tolist() == program([0.5, 1e20]).tolist()


def test_arguments_whose_names_are_not_told_are_numbered():
    program = trace(max, inputs=(1.0, 2.0))
    assert repr(program).startswith("Program(x: a number, x_1: a number; 0 parameters")
    assert program([0.0, 1.0], [3.0, 4.0]).tolist() == [3.0, 4.0]


def test_parameters_of_another_byte_order_are_the_same_numbers():
    program, *_ = line()
    swapped = np.array([3.0, 0.5], dtype=">f8")
    for x in ([1.0], np.ones(4096)):
        loss, gradient = program.value_and_grad(x, parameters=swapped)
        assert (loss, gradient.tolist()) == (3.5, [1.0, 1.0])


def test_parameters_are_assigned_all_at_once():
    program = trace(lambda x: x, inputs=1.0, parameters=[Value(0.0) for _ in range(2000)])
    vectors, done = [np.full(2000, float(i)) for i in range(300)], threading.Event()

    def write():
        for vector in vectors:
            program.parameters = vector
        done.set()

    writer, before = threading.Thread(target=write), sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        writer.start()
        while not done.is_set():
            assert np.ptp(program.parameters) == 0
    finally:
        writer.join()
        sys.setswitchinterval(before)


def test_an_array_without_dimensions_is_a_number():
    program = trace(lambda x, y: x * y, inputs=(np.array(2.0), np.float64(3.0)))
    assert program([1.0, 2.0], [3.0, 4.0]).tolist() == [3.0, 8.0]
    assert trace(lambda x: x[0] * x[1], inputs=[np.array(2.0), 3])([[1.0, 2.0]]).tolist() == [2.0]
