"""Modes of recording and hooks: nothing recorded, everything looked at, and who is told of a gradient."""

import gc
import math
import threading

import pytest

from autograd import AnomalyError, Graph, Value, custom, detect_anomaly, exp, no_grad, reciprocal, sqrt, sweep, where


def test_no_grad_records_nothing():
    x = Value(3.0)
    with no_grad():
        y = (x * 2 + 1).tanh() ** 2
        z = exp(x)
    assert (y.data, y.args, y.op) == (math.tanh(7.0) ** 2, (), None)
    assert z.data == math.exp(3.0)
    y.backward()
    assert x.grad == 0.0 and (x * 2).args == (x, 2.0)


def test_no_grad_is_a_decorator_and_nests_and_ends_with_an_error():
    @no_grad()
    def f(x):
        with no_grad():
            assert not (x + 1).args
        assert not (x + 1).args
        raise KeyError("out")

    x = Value(1.0)
    with pytest.raises(KeyError):
        f(x)
    assert (x + 1).args


def test_no_grad_refuses_what_recording_refuses():
    x = Value(-1.0, name="x")
    with no_grad():
        with pytest.raises(ValueError, match=r"is not a number at x = -1"):
            x.log()
        assert (1 / Value(0.0)).data == math.inf
        with pytest.raises(TypeError):
            x + "1"


def test_a_mode_is_one_threads_own():
    ready, done, found = threading.Event(), threading.Event(), []

    def other():
        ready.wait()
        found.append((Value(1.0) + Value(2.0)).args)
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with no_grad():
        ready.set()
        done.wait()
    thread.join()
    assert len(found[0]) == 2


def test_an_anomaly_forward_is_named_with_its_line():
    with detect_anomaly():
        z = Value(1000.0, name="z_3")
        assert (z + 1).args
        with pytest.raises(AnomalyError, match=r"^exp\(z_3\) is inf at z_3 = 1000, made in .*test_modes\.py:\d+: exp\(z\)$"):
            exp(z)
    assert exp(z).data == math.inf


def test_an_anomaly_of_a_thread_that_does_not_watch_is_none():
    made = []
    with detect_anomaly():
        thread = threading.Thread(target=lambda: made.append(exp(Value(1000.0))))
        thread.start()
        thread.join()
    assert made[0].data == math.inf


def test_what_is_recorded_while_anomalies_are_watched_for_is_as_elsewhere():
    def nodes():
        x = Value(0.5)
        return [x, x * 2, 2 / x, x.tanh(), where(x, x, 1.0)]

    with detect_anomaly():
        watched = nodes()
    for seen, plain in zip(watched, nodes(), strict=True):
        assert (seen.data, seen.grad, seen.op, seen.primals, seen.partials, seen.name) == (
            plain.data, plain.grad, plain.op, plain.primals, plain.partials, plain.name,
        )  # fmt: skip


def test_an_anomaly_of_a_derivative_is_named():
    x = Value(0.0, name="x")
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"the derivative of sqrt\(x\) with respect to x is inf at x = 0"):
        sqrt(x)


def test_of_two_anomalous_derivatives_the_first_is_named():
    @custom(partials=(lambda y, a, b: reciprocal(2 * sqrt(a)), lambda y, a, b: -reciprocal(2 * sqrt(b))), at=[(1.0, 2.0)] * 2)
    def between_roots(a, b):
        return math.sqrt(a) - math.sqrt(b)

    p, q = Value(0.0, name="p"), Value(0.0, name="q")
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"of between_roots\(p, q\) with respect to p is inf at p = 0, q = 0"):
        between_roots(p, q)


def test_an_anomaly_backward_is_named_and_gradients_stay():
    x = Value(1e-200, name="x")
    y = (1 / x).named("y")
    L = 1e200 * y * 1e100
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"the gradient of x in y is -inf: the upstream gradient .* local derivative"):
        L.backward()
    assert (x.grad, L.grad) == (0.0, 0.0)


def test_an_anomaly_backward_names_the_value_and_not_a_constant_of_its_number():
    x = Value(1e-200, name="x")
    y = (1e-200 / x).named("y")
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"the gradient of x in y is -inf"):
        (1e100 * y * 1e100).backward()


def test_an_infinite_gradient_is_an_anomaly_only_where_anomalies_are_watched_for(monkeypatch):
    monkeypatch.setattr(sweep.Handle, "ever", False)  # as in a process without hooks
    x = Value(1e-200)
    L = 1e200 * (1 / x) * 1e100
    with no_grad():
        L.backward()
    assert x.grad == -math.inf
    L.backward()
    with detect_anomaly(), no_grad(), pytest.raises(AnomalyError):
        L.backward()


def test_hooks_see_and_change_gradients():
    x, w = Value(2.0), Value(3.0)
    z = x * w
    L = z * z
    seen = []
    first = z.register_hook(seen.append)
    z.register_hook(lambda g: 10.0)
    w.register_hook(lambda g: seen.append(("w", g)))
    L.backward()
    assert seen == [12.0, ("w", 20.0)]
    assert (x.grad, w.grad, z.grad) == (30.0, 20.0, 10.0)
    first.remove()
    first.remove()
    L.backward()
    assert len(seen) == 3 and x.grad == 60.0


def test_without_its_hooks_a_backward_is_as_before():
    def gradients(hooked):
        x, w = Value(0.7), Value(-1.3)
        z = (x * w).tanh() * x
        L = z * z + where(x, w, z)
        if hooked:
            z.register_hook(lambda g: None)
        L.backward()
        L.backward()
        return x.grad, w.grad, z.grad, L.grad

    assert gradients(True) == gradients(False)


def test_a_hook_is_gone_with_its_value():
    def leave():
        x = Value(1.0)
        x.register_hook(lambda g: 5.0)
        (x * 2).backward()
        assert x.grad == 5.0

    for _ in range(50):
        leave()
    gc.collect()
    for _ in range(50):  # addresses are used again
        x = Value(1.0)
        (x * 2).backward()
        assert x.grad == 2.0


def test_what_is_no_hook_is_refused_and_an_error_in_one_changes_nothing():
    x = Value(1.0)
    with pytest.raises(TypeError, match="a hook is a function"):
        x.register_hook(3)
    x.register_hook(lambda g: "1")
    with pytest.raises(TypeError, match="what a hook returns must be a real number"):
        (x * x).backward()
    assert x.grad == 0.0


def test_detach_cuts():
    x = Value(2.0, name="x")
    y = x.detach()
    (y * x).backward()
    assert (x.grad, y.grad, y.data, y.args) == (2.0, 2.0, 2.0, ())


def test_backward_with_a_graph_of_its_own():
    x, w = Value(0.5, name="x"), Value(3.0, name="w")
    L = (x * w).tanh()
    gradients = L.backward(create_graph=True)
    assert gradients[w].data == pytest.approx(0.5 / math.cosh(1.5) ** 2, rel=1e-14)
    assert w.grad == pytest.approx(gradients[w].data, rel=1e-14)
    x.grad = w.grad = 0.0
    gradients[w].backward()
    t = math.tanh(1.5)
    assert w.grad == pytest.approx(-2 * t * (1 - t * t) * 0.25, rel=1e-14)
    assert L.backward(False) is None and L.backward(create_graph=False) is None
    for arguments, words in (((True, 1), {}), ((), {"retain_graph": True})):
        with pytest.raises(TypeError):
            L.backward(*arguments, **words)


def test_refreshing_in_a_mode_keeps_the_record():
    x = Value(2.0)
    L = (x * x).tanh()
    x.data = 0.5
    with no_grad(), detect_anomaly():
        Graph(L).refresh()
    L.backward()
    assert L.data == math.tanh(0.25) and x.grad == pytest.approx(1 / math.cosh(0.25) ** 2, rel=1e-14)


def test_a_hook_elsewhere_changes_no_bit():
    Value(1.0).register_hook(print)
    y = Value(0.5)
    y.grad = 0.1
    (y * 0.2 + y * 0.3).backward()
    assert y.grad == 0.1 + 0.2 + 0.3


@pytest.mark.parametrize("made", [lambda x: x.reciprocal(), lambda x: x.pow(-1.0), lambda x: x**-1.0, reciprocal])
def test_an_anomaly_names_the_users_line_whatever_the_way_of_writing(made):
    with detect_anomaly(), pytest.raises(AnomalyError, match=r"made in \S*test_modes\.py:\d+: "):
        made(Value(0.0, name="x"))
