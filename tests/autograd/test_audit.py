"""The audit: what is dead, flat, zero, exploding or vanishing, and nothing else."""

from autograd import Value, audit, relu, sigmoid


def kinds(L):
    return [(remark.kind, remark.value) for remark in audit(L)]


def test_a_sound_graph_has_no_remarks():
    x, w = Value(0.5, name="x"), Value(0.3, name="w")
    L = sigmoid(x * w) ** 2
    assert kinds(L) == [] and repr(audit(L)) == "nothing to remark"
    assert x.grad == 0.0


def test_dead_saturated_zero():
    x, w, v = Value(-2.0, name="x"), Value(3.0, name="w"), Value(30.0, name="v")
    a, s = relu(x * w).named("a"), sigmoid(v).named("s")
    found = kinds(a + s)
    assert ("dead", a) in found and ("saturated", s) in found
    assert {value for kind, value in found if kind == "zero"} == {x, w}
    assert ("vanishing", v) in found
    said = repr(audit(a + s))
    assert "a = relu(x) is dead at -6" in said and "x has the derivative 0: every path from it passes a local derivative of 0" in said


def test_paths_that_cancel():
    x = Value(2.0, name="x")
    assert "its paths cancel each other out" in repr(audit(x * 3 - 3 * x))


def test_explosion_along_a_path():
    x = Value(1.0, name="x")
    y = x
    for _ in range(10):
        y = y * 10.0
    remarks = audit(y)
    assert [remark.kind for remark in remarks].count("exploding") == 4
    assert remarks[0].said == "the derivative with respect to x is exploding: 1e+10"


def test_an_audit_is_a_sequence_of_its_remarks():
    x, w = Value(-2.0, name="x"), Value(3.0, name="w")
    found = audit(relu(x * w))
    assert len(found) == 3 and [found[i].kind for i in range(3)] == [remark.kind for remark in found]
    assert found[-1].kind == "dead" and len(audit(x + w)) == 0
