"""Operands have the names that the rules give them, and may be given by these."""

import inspect

import numpy as np
import pytest

from autograd import OPS, DomainError, Formula, Value, atan2, clip, custom, elu, jvp, leaky_relu, log, pow_, relu, where
from autograd.op import Op


@pytest.mark.parametrize(
    ("row", "names"),
    [("clip", "x low high"), ("leaky_relu", "x slope"), ("elu", "x alpha"), ("where", "condition a b"), ("pow", "a b"), ("exp", "x")],
)
def test_operands_are_called_as_in_the_rules(row, names):
    assert OPS[row].operands == tuple(names.split())


@pytest.mark.parametrize("row", OPS.values(), ids=lambda row: row.name)
def test_every_method_takes_its_operands_by_name(row):
    at = [(low + high) / 2 for low, high in row.at]
    method = getattr(Value(at[0]), row.name)
    assert tuple(inspect.signature(method).parameters) == row.operands[1:]
    expected = row(Value(at[0]), *at[1:]).data
    by_name = dict(zip(row.operands, at, strict=True))
    assert method(**dict(list(by_name.items())[1:])).data == expected
    assert row(**(by_name | {row.operands[0]: Value(at[0])})).data == expected
    assert row(**by_name) == expected


@pytest.mark.parametrize("row", OPS.values(), ids=lambda row: row.name)
def test_a_row_tells_how_it_is_called_as_a_function_does(row):
    parameters = inspect.signature(row).parameters
    assert tuple(parameters) == row.operands
    assert tuple([p.default for p in parameters.values() if p.default is not p.empty]) == row.defaults
    assert row.__name__ == row.name
    assert row.text.format(*row.operands) in row.__doc__


def test_what_is_said_of_a_row_is_of_it_alone():
    assert str(inspect.signature(leaky_relu)) == "(x, slope=0.01)"
    assert inspect.getdoc(log) == "``log(x)``; it needs x >= 0."
    assert "columns" in str(inspect.signature(Op))
    assert Op.__doc__.startswith("One operation")


def test_a_row_that_was_recorded_of_numbers_alone_gives_numbers_still():
    assert Value.__op__(atan2, (1.0, 2.0)).data == atan2(1.0, 2.0)
    assert type(atan2(1.0, 2.0)) is float


def test_operands_by_name_are_operands():
    v, low = Value(2.0), Value(3.0)
    y = v.clip(high=4.0, low=low)
    y.backward()
    assert (y.op, y.args, v.grad, low.grad) == (OPS["clip"], (v, low, 4.0), 0.0, 1.0)
    assert leaky_relu(-3.0, slope=0.5) == -1.5
    assert Value(-3.0).leaky_relu().data == -0.03
    assert elu(alpha=2.0, x=-1e3) == -2.0
    assert clip(np.array([1.0, 5.0]), low=0, high=2).tolist() == [1.0, 2.0]
    assert str(clip(Formula.symbol("z"), high=1, low=0)) == "clip(z, 0, 1)"
    assert jvp(lambda x: clip(x, low=0.0, high=1.0), [0.5], [2.0]) == (0.5, 2.0)
    assert where(condition=0.0, a=1.0, b=2.0) == 2.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda v: clip(v, 0.0, low=1.0, high=2.0), "clip got low twice"),
        (lambda v: clip(v, low=1.0), "clip takes 3 arguments, got 2"),
        (lambda v: clip(v, 0.0, 1.0, 2.0), "clip takes 3 arguments, got 4"),
        (lambda v: leaky_relu(), "leaky_relu takes 1 to 2 arguments, got 0"),
        (lambda v: leaky_relu(v, alpha=1.0), "leaky_relu got alpha, and its operands are x, slope"),
        (lambda v: relu(v, x=1.0), "relu got x twice"),
        (lambda v: Value.__op__(atan2, (v,)), "atan2 takes 2 arguments, got 1"),
        (lambda v: Value.__op__(atan2, (v, 1.0, 2.0)), "atan2 takes 2 arguments, got 3"),
    ],
)
def test_operands_that_do_not_fit_are_refused(call, message):
    with pytest.raises(TypeError, match=f"^{message}$"):
        call(Value(1.0))


@pytest.mark.parametrize(
    "call", [lambda v: v.clip(0.0), lambda v: v.clip(0.0, 1.0, 2.0), lambda v: v.clip(x=1.0, low=0.0, high=1.0), lambda v: v.clip(0, b=1)]
)
def test_methods_refuse_operands_that_do_not_fit(call):
    with pytest.raises(TypeError, match="clip"):
        call(Value(1.0))


def test_names_of_a_custom_operation_s_operands():
    @custom(partials=(lambda y, base, height: height, lambda y, base, height: base), at=((1.0, 2.0), (-1.0, 2.0)))
    def area(base, height):
        if base < 0:
            raise ValueError("less than nothing")
        return base * height

    assert area.operands == ("base", "height")
    assert area(Value(2.0), height=3.0).data == area(height=3.0, base=2.0) == 6.0
    with pytest.raises(DomainError, match=r"area\(b, -1\)"):
        pow_(area(Value(-1.0, name="b"), -1.0), 0.5)


def test_operands_may_be_of_a_subclass_that_tells_nobody_of_itself():
    class Quiet:
        def __init_subclass__(cls):
            pass

    class Weight(Quiet, Value):
        pass

    assert (Weight(1.0) + Weight(2.0)).data == (Value(1.0) + Weight(2.0)).data == 3.0
