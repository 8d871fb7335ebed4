"""What trace and programs refuse, and what the errors advise."""

import numpy as np
import pytest

from autograd import AnomalyError, Graph, Value, detect_anomaly, exp, grad, no_grad, sqrt, stop_gradient, trace
from nn import MLP


def line():
    w, b = Value(2.0, name="w"), Value(-1.0, name="b")
    return trace(lambda x: w * x + b, inputs=0.5, parameters=[w, b]), w, b


def test_a_stray_leaf_is_named():
    w, c = Value(2.0), Value(3.0, name="c")
    with pytest.raises(ValueError, match=r"reads 'c', which is neither an input nor a parameter.*parameters="):
        trace(lambda x: w * x + c, inputs=1.0, parameters=[w])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([[1.0]],), TypeError, r"takes 2 arguments \(x, y\), got 1"),
        (([1.0], [1.0]), ValueError, r"x must have the shape \(n, 2\), one row a sample, not \(1,\)$"),
        (([1.0, 2.0], [1.0]), ValueError, r"x must have the shape \(n, 2\), .*, not \(2,\); of one sample, \[x\] is a batch"),
        (([[1.0, 2.0]], 1.0), ValueError, r"y must have the shape \(n,\), .*, not \(\); of one sample, \[y\] is a batch"),
        (([[1.0, 2.0]], [1.0], [1.0]), TypeError, r"takes 2 arguments \(x, y\), got 3; the numbers of the parameters go by .* parameters="),
        (([[Value(1.0), 2.0]], [1.0]), TypeError, "x must hold numbers, not Values"),
        (([[1.0, 2.0]], [1.0, 2.0]), ValueError, "y has 2 samples and x has 1"),
        (([[1.0, 2.0, 3.0]], [1.0]), ValueError, r"\(n, 2\).*not \(1, 3\)"),
        ((np.empty((0, 2)), np.empty(0)), ValueError, "x has no samples"),
        (([["a", "b"]], [1.0]), TypeError, "x takes an array of real numbers, not of text"),
        (([[1j, 2.0]], [1.0]), TypeError, "x takes an array of real numbers, not of complex"),
    ],
)
def test_arguments_that_do_not_fit(arguments, error, message):
    program = trace(lambda x, y: x[0] * x[1] + y, inputs=([1.0, 2.0], 0.0))
    with pytest.raises(error, match=message):
        program(*arguments)


def test_what_trace_refuses():
    w = Value(1.0)
    with pytest.raises(TypeError, match=r"the output is to hold Values, not float 1\.0"):
        trace(lambda x: 1.0, inputs=1.0)
    with pytest.raises(ValueError, match="not rectangular"):
        trace(lambda x: x[0][0], inputs=[[1.0], [1.0, 2.0]])
    with pytest.raises(TypeError, match=r"the example of x.*must be a real number, not str 'a'"):
        trace(lambda x: x, inputs="a")
    with pytest.raises(ValueError, match="leaves of the graph"):
        trace(lambda x: x * w, inputs=1.0, parameters=[w + 1])
    with pytest.raises(ValueError, match="given twice"):
        trace(lambda x: x * w, inputs=1.0, parameters=[w, w])
    with pytest.raises(TypeError, match=r"the example of x is a dict, and is to be .*: make an argument of each entry"):
        trace(lambda x: x["a"] * w, inputs={"a": 1.0}, parameters=[w])
    with pytest.raises(TypeError, match=r"the output is a dict, and is to be .*: give its entries as a list"):
        trace(lambda x: {"a": x * w}, inputs=1.0, parameters=[w])
    with pytest.raises(TypeError, match=r"parameters are Values, trees of them.*, not float"):
        trace(lambda x: x * w, inputs=1.0, parameters=[1.0])


def test_what_is_cut_off_would_keep_the_number_of_the_example():
    w = Value(2.0)

    def evaluated(x):
        with no_grad():
            square = x * x
        return w * x / square

    for f in (evaluated, lambda x: w * x.detach(), lambda x: w * x * stop_gradient(w * x)):
        with pytest.raises(ValueError, match=r"would keep the number of this one at .*test_refusals\.py:\d+"):
            trace(f, inputs=3.0, parameters=[w])
        with pytest.raises(ValueError, match="would keep the number"):
            Graph.of(f, Value(3.0))
    with no_grad(), pytest.raises(ValueError, match=r"nothing is recorded inside no_grad\(\)"):
        trace(lambda x: w * x, inputs=3.0, parameters=[w])
    assert w.detach().data == stop_gradient(w) == 2.0  # elsewhere they do what they did


def test_a_transform_of_what_traces_is_refused():
    with pytest.raises(ValueError, match="trace was called inside a transform"):
        grad(lambda z: trace(lambda x: x * z, inputs=2.0)([1.0])[0])(3.0)
    assert trace(lambda x: grad(lambda z: x * z * z)(x), inputs=2.0)([3.0]).tolist() == [18.0]


def test_hooks_are_refused():
    w = Value(2.0, name="w")

    def f(x):
        y = w * x
        y.register_hook(lambda gradient: 10 * gradient)
        return y

    with pytest.raises(ValueError, match="has a hook, and a program runs none"):
        trace(f, inputs=3.0, parameters=[w])
    handle = w.register_hook(print)
    with pytest.raises(ValueError, match=r"w.* has a hook"):
        trace(lambda x: w * x, inputs=3.0, parameters=[w])
    handle.remove()
    assert trace(lambda x: w * x, inputs=3.0, parameters=[w])([1.0]).tolist() == [2.0]


def test_what_value_and_grad_refuses():
    program, *_ = line()
    with pytest.raises(ValueError, match="reduce is 'mean', 'sum' or None"):
        program.value_and_grad([1.0], reduce="max")
    with pytest.raises(ValueError, match=r"vector of 2 numbers, not an array of shape \(3,\)"):
        program.value_and_grad([1.0], parameters=[1.0, 2.0, 3.0])
    with pytest.raises(TypeError, match=r"parameters must hold numbers, not Values: program\.parameters has theirs"):
        program.value_and_grad([1.0], parameters=[Value(1.0), Value(2.0)])
    with pytest.raises(ValueError, match=r"has the shape \(2,\)"):
        trace(lambda x: [x, x], inputs=1.0).value_and_grad([1.0])


def test_masked_samples_are_refused():
    program, *_ = line()
    with pytest.raises(ValueError, match="x is a masked array"):
        program(np.ma.masked_equal([1.0, 2.0], 2.0))
    assert program(np.ma.masked_equal([1.0, 2.0], 5.0)).tolist() == [1.0, 3.0]
    weights = [Value(1.0), Value(2.0)]
    with pytest.raises(ValueError, match="parameters is a masked array"):
        trace(lambda: weights[0] * weights[1], parameters=weights).value_and_grad(parameters=np.ma.masked_equal([1.0, 2.0], 2.0))


def test_what_fails_while_recording_says_that_it_was_for_one_sample():
    model = MLP(2, [3, 1], seed=0)
    with pytest.raises(ValueError, match="takes 2 inputs, got 4") as caught:
        trace(lambda x, y: model(x) - y, inputs=(np.zeros((4, 2)), 1.0), parameters=model)
    assert caught.value.__notes__ == [
        "trace was recording the function for one sample: the example of x is 4×2 and the example of y is one number"
    ]


@pytest.mark.parametrize("reduce", ["mean", "sum", None])
@pytest.mark.parametrize("n", [3, 3000])  # by the tape, and as arrays
def test_anomalies_are_detected_where_that_is_asked_for(reduce, n):
    w = Value(1.0, name="w")
    growing, rooted = (trace(f, inputs=1.0, parameters=[w]) for f in (lambda x: exp(w * x), lambda x: sqrt(w * x)))
    x, zero = np.ones(n), np.ones(n)
    x[2], zero[1] = 5000.0, 0.0
    assert not np.isfinite(growing.value_and_grad(x, reduce=reduce)[0]).all()
    with detect_anomaly():
        assert growing(np.ones(n)).tolist() == [exp(1.0)] * n
        assert np.isfinite(growing.value_and_grad(np.ones(n), reduce=reduce)[1]).all()
        for run in (lambda: growing(x), lambda: growing.value_and_grad(x, reduce=reduce)):
            with pytest.raises(AnomalyError, match=r"^the program's output is inf for sample 2; call the function itself there"):
                run()
        with pytest.raises(AnomalyError, match=rf"^the gradient of w is \w+{' for sample 1' if reduce is None else ''}; call"):
            rooted.value_and_grad(zero, reduce=reduce)


def test_an_anomaly_of_a_program_without_inputs():
    w = Value(1.0, name="w")
    program = trace(lambda: exp(w) - w)
    program.parameters = [1000.0]
    with detect_anomaly():
        for run in (program, program.value_and_grad, program.backward):
            with pytest.raises(AnomalyError, match=r"^the program's output is inf; call"):
                run()
    assert w.grad == 0.0
