"""Custom operations: rows that a user made are rows in both engines, in formulas, transforms, arrays and pickles."""

import copy
import math
import pickle
from bisect import bisect_right
from fractions import Fraction

import mpmath
import numpy as np
import pytest

from autograd import (
    OPS,
    AnomalyError,
    Chains,
    DomainError,
    Formula,
    GradientError,
    Graph,
    StaleGraphError,
    Value,
    cos,
    custom,
    detect_anomaly,
    exp,
    explain,
    grad,
    gradient,
    hessian,
    hvp,
    jet,
    jvp,
    kinks,
    no_grad,
    sin,
    step,
    where,
)  # fmt: skip
from autograd.formula import derivative
from viz import draw

TWO_OVER_ROOT_PI = 2 / math.sqrt(math.pi)


@custom(partials=lambda y, x: TWO_OVER_ROOT_PI * exp(-x * x), latex=r"\operatorname{{erf}}\left({0}\right)")
def error_function(x):
    """The error function by its series."""
    term, total, n = x, x, 0
    while abs(term) > 1e-18 * abs(total):
        n += 1
        term *= -x * x / n
        total += term / (2 * n + 1)
    return TWO_OVER_ROOT_PI * total


XS, YS = [0.0, 1.0, 2.0, 4.0], [1.0, 3.0, 2.0, 2.5]


def place(x):
    if not XS[0] <= x <= XS[-1]:
        raise ValueError(f"the table goes from {XS[0]} to {XS[-1]}")
    return min(bisect_right(XS, x), len(XS) - 1)


def slope(y, x):
    i = place(x)
    return (YS[i] - YS[i - 1]) / (XS[i] - XS[i - 1])


@custom(partials=slope, at=(0.1, 3.9))
def lookup(x):
    i = place(x)
    return YS[i - 1] + (x - XS[i - 1]) * slope(None, x)


@custom(partials=(lambda y, a, b: 2 * a * b, lambda y, a, b: a * a), text="weighted({0}, {1})")
def weighted(a, b=3.0):
    return a * a * b


@custom(partials=lambda y, x: math.cos(x))
def plain_sine(x):
    return math.sin(x)


def test_it_is_a_row_beside_the_table():
    assert "error_function" not in OPS and repr(error_function) == "<op error_function>"
    assert error_function.__doc__ == "The error function by its series." and error_function.arity == 1


def test_values_record_it():
    x, w = Value(0.5, name="x"), Value(-2.0, name="w")
    y = x * error_function(w) + weighted(w)
    assert y.data == pytest.approx(0.5 * math.erf(-2) + 12)
    y.backward()
    assert x.grad == pytest.approx(math.erf(-2))
    assert w.grad == pytest.approx(0.5 * TWO_OVER_ROOT_PI * math.exp(-4) - 12)
    made = weighted(2.0, w)
    assert made.op is weighted and made.partials == (None, 4.0) and made.data == -8


def test_a_graph_is_refreshed_and_refuses_to_be_stale():
    x = Value(1.5, name="x")
    y = lookup(x) ** 2
    x.data = 3.0
    with pytest.raises(StaleGraphError, match=r"lookup\(x\)"):
        y.backward()
    Graph(y).refresh()
    y.backward()
    assert y.data == 2.25**2 and x.grad == 2 * 2.25 * 0.25
    assert Graph(y).evaluate({x: 0.5}) == (4.0,)


def test_modes():
    x = Value(1.0)
    with no_grad():
        assert error_function(x).args == ()
    blows = custom(partials=lambda y, x: 1e300 * x, name="blows")(lambda x: 5e299 * x * x)
    with detect_anomaly(), pytest.raises(AnomalyError, match="blows"):
        blows(Value(1e30))


def test_what_it_says_of_a_point_outside_names_the_quantity():
    with pytest.raises(DomainError, match=r"lookup\(z\) is not a number at z = 7: the table goes from 0.0 to 4.0"):
        lookup(Value(7.0, name="z"))
    with pytest.raises(DomainError, match=r"lookup\(7\).*the table goes"):
        lookup(7.0)


def test_graphs_with_it_are_copied_and_pickled():
    y = error_function(Value(0.5, name="x")) * 2
    for twin in (copy.deepcopy(y), pickle.loads(pickle.dumps(y)), pickle.loads(pickle.dumps(Graph(y))).outputs[0]):
        twin.backward()
        assert twin.data == y.data and Graph(twin)["x"].grad == pytest.approx(2 * TWO_OVER_ROOT_PI * math.exp(-0.25))
        assert twin.args[0].op is error_function
    assert copy.deepcopy([weighted])[0] is weighted and copy.copy(weighted) is weighted and pickle.loads(pickle.dumps(weighted)) is weighted


def test_one_that_is_no_module_s_own_does_not_pickle():
    @custom(partials=lambda y, x: 2 * x)
    def own(x):
        return x * x

    assert copy.deepcopy(own(Value(3.0))).data == 9
    with pytest.raises(pickle.PicklingError, match=r"own is not .*define it at the top of a module"):
        pickle.dumps(own(Value(3.0)))


def test_arrays():
    column = np.array([0.5, 1.5, 3.0])
    assert lookup(column).tolist() == [2.0, 2.5, 2.25] and lookup(column).dtype == float
    assert weighted(column, 2).tolist() == [0.5, 4.5, 18.0] and lookup(np.float64(0.5)) == 2.0
    assert weighted(np.array([[1], [2]]), np.array([1, 2])).tolist() == [[1.0, 2.0], [4.0, 8.0]]
    values = lookup(np.array([Value(0.5), Value(3.0)]))
    assert [value.data for value in values] == [2.0, 2.25]


def test_other_numbers_are_kept_or_refused():
    assert weighted(Fraction(1, 3), Fraction(1, 2)) == Fraction(1, 18)
    with mpmath.workdps(40):
        assert weighted(mpmath.mpf(1) / 3, mpmath.mpf(9)) == mpmath.mpf(1)
        with pytest.raises(TypeError, match="plain_sine is a function of floats"):
            plain_sine(mpmath.mpf(1) / 3)
    with pytest.raises(TypeError, match="plain_sine is a function of floats"):
        plain_sine(Fraction(1, 3))
    with pytest.raises(TypeError, match="takes 1 to 2 arguments, got 3"):
        weighted(1.0, 2.0, 3.0)


def test_a_name_of_numpy_s_or_mpmath_s_is_not_taken_for_theirs():
    chi = custom(partials=lambda y, x: 2 * x, name="chi")(lambda x: x * x)
    sinc = custom(partials=lambda y, x: 3 * x * x, name="sinc")(lambda x: x * x * x)
    assert chi(mpmath.mpf(3)) == 9 and sinc(np.array([2.0])).tolist() == [8.0]


def test_it_is_written_explained_and_drawn():
    x = Formula.symbol("x")
    assert error_function(x + 1).text == "error_function(x + 1)"
    assert error_function(x).latex == r"\operatorname{erf}\left(x\right)"
    w = Value(0.5, name="w")
    L = (error_function(w).named("e") * 2).named("L")
    assert Chains(L, w).total == pytest.approx(2 * TWO_OVER_ROOT_PI * math.exp(-0.25))
    assert "exp" not in explain(L, w).splitlines()[0] and "e^{" in explain(L, w, style="latex")
    assert "error_function" in draw(L).dot or "erf" in draw(L).dot


def test_a_derivative_of_floats_alone_is_written_as_itself():
    w = Value(0.5, name="w")
    L = (plain_sine(w).named("s") * lookup(w)).named("L")
    said = explain(L, w)
    assert "plain_sine′(w)" in said and "lookup′(w)" in said
    assert r"\operatorname{plain\_sine}'\left(w\right)" in explain(L, w, style="latex")
    assert "plain_sine" in draw(L).dot


def test_transforms():
    assert grad(error_function)(0.3) == pytest.approx(TWO_OVER_ROOT_PI * math.exp(-0.09))
    assert grad(grad(error_function))(0.3) == pytest.approx(-0.6 * TWO_OVER_ROOT_PI * math.exp(-0.09))
    assert jvp(lambda x: lookup(x) * x, (0.5,), (2.0,)) == (1.0, 6.0)
    assert hessian(lambda p: weighted(p[0], p[1]))([2.0, 5.0]) == [[10.0, 4.0], [4.0, 0.0]]
    assert hvp(lambda p: weighted(p[0], p[1]), ([2.0, 5.0],), ([1.0, 0.0],)) is not None
    assert jet(error_function, (0.0,), ((1.0, 0.0, 0.0),)) is not None
    x = Value(3.0, name="x")
    assert gradient(weighted(x, 2.0), x).data == 12.0
    assert grad(weighted)(Fraction(1, 2), Fraction(1, 3)) == Fraction(1, 3)


@pytest.mark.parametrize("second", [grad(grad(plain_sine)), lambda x: jvp(grad(plain_sine), (x,), (1.0,)), hessian(plain_sine)])
def test_a_derivative_of_floats_alone_is_not_differentiated_again(second):
    assert grad(plain_sine)(0.3) == math.cos(0.3)
    with pytest.raises(TypeError, match=r"takes floats only, and cannot be differentiated again.*functions of autograd"):
        second(0.3)


def test_kinks_are_known():
    ramp = custom(partials=lambda y, x: step(x), kink=lambda x: x, name="ramp")(lambda x: max(x, 0.0))
    (found,) = kinks(ramp(Value(0.0, name="z")))
    assert repr(found) == "ramp(z) has no derivative at z = 0; taken: 0"


# ---- what is refused when it is defined ----


@pytest.mark.parametrize(
    "partials",
    [
        lambda y, x: math.sin(x),
        lambda y, x: 1.001 * math.cos(x),
        lambda y, x: where(step(x - 1.5), 0, 1) * cos(x),
    ],
)
def test_wrong_partials_are_caught(partials):
    with pytest.raises(GradientError, match=r"the partial derivatives of wave are not those of its values, at [\s\S]*differs"):
        custom(partials=partials, name="wave")(math.sin)


def test_a_second_derivative_that_was_cut_is_caught():
    with pytest.raises(GradientError, match="∂²wave/∂x∂x"):
        custom(partials=lambda y, x: sin(getattr(x, "data", x) + math.pi / 2), name="wave")(lambda x: math.sin(x))


def test_swapped_partials_are_caught():
    with pytest.raises(GradientError) as caught:
        custom(partials=(lambda y, a, b: a, lambda y, a, b: b), name="times")(lambda a, b: a * b)
    assert {line.input for line in caught.value.report.wrong} == {"a", "b"}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "tanh"}, "the op table has 'tanh' already"),
        ({"name": "ln"}, "the op table has 'ln' already"),
        ({}, "a custom operation has a function's name"),
        ({"name": "f", "partials": [lambda y, x: 1.0] * 2}, r"f\(x\) has 2 partial derivatives"),
        ({"name": "f", "text": "f()"}, "lacks its operand {0}"),
        ({"name": "f", "latex": r"\operatorname{f}\left({0}\right)"}, "braces that are meant are doubled"),
        ({"name": "f", "text": "{0} + 1"}, "leaves an operand without brackets"),
        ({"name": "f", "at": [(0, 1), (0, 1)]}, "2 intervals for the 1 inputs"),
    ],
)
def test_what_does_not_fit_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        custom(**{"partials": lambda y, x: 1.0} | wrong)(lambda x: x)


def test_a_domain_is_asked_for():
    with pytest.raises(ValueError, match=r"root cannot be checked at .*say with at=\(low, high\)"):
        custom(partials=lambda y, x: 0.5 / y, name="root")(lambda x: math.sqrt(x))
    with pytest.raises(ValueError, match=r"root_of cannot be checked at .*not complex.*say with at=\(low, high\)"):
        custom(partials=[lambda y, a, b: b * y / a, lambda y, a, b: y * math.log(a)], name="root_of")(lambda a, b: a**b)
    with pytest.raises(TypeError, match="nothing must be a real number, not None"):
        custom(partials=lambda y, x: 0.0, name="nothing")(lambda x: None)


def test_where_it_has_no_value_it_says_so_in_its_own_name():
    bounded = custom(partials=lambda y, x: 1.0 if x < 5 else math.acosh(0.5), name="bounded")(lambda x: x if x < 9 else math.nan)
    with pytest.raises(DomainError, match=r"bounded\(10\) is not a number"):
        bounded(10.0)
    assert math.isnan(bounded(math.nan))
    with pytest.raises(DomainError, match=r"the derivative of bounded with respect to input 0 has no value at 7: .*domain"):
        bounded.derivative(0, 7.0, 7.0)


def test_what_a_function_of_floats_does_not_take_is_said():
    rooted = custom(partials=lambda y, x: 1.0, name="rooted")(lambda x: x.__add__(0.0) if type(x) is float else x.real_part)
    with pytest.raises(TypeError, match=r"rooted is a function of floats, not of Fraction: .*real_part"):
        rooted(Fraction(1, 2))
    with pytest.raises(TypeError, match="rooted takes numbers, Values, formulas or arrays, not str '1'"):
        rooted("1")


def test_a_function_in_c_need_not_tell_its_inputs():
    class Nameless:
        __signature__ = "none"
        __name__ = "nameless"

        def __call__(self, a, b):
            return a * b

    row = custom(partials=(lambda y, a, b: b, lambda y, a, b: a))(Nameless())
    assert row.defaults == () and row(2.0, 3.0) == 6.0


def test_intervals_and_partials_are_counted_and_kinks_leave_something_to_check():
    with pytest.raises(ValueError, match="at= has 2 intervals for the 1 inputs of f: one"):
        custom(partials=lambda y, x: 1.0, name="f", at=[(0, 1), (0, 1)])(lambda x: x)
    with pytest.raises(ValueError, match="f has 0 partial derivatives: one for each input, at most 26"):
        custom(partials=[], name="f")(lambda: 1.0)
    with pytest.raises(ValueError, match=r"peak has kinks wherever it was to be checked: say with at=\(low, high\)"):
        custom(partials=lambda y, x: 1.0, name="peak", at=(2, 2))(lambda x: abs(x - 2))


def test_a_derivative_of_floats_only_is_a_formula_of_its_own_that_has_no_derivative():
    floats = custom(partials=lambda y, x: math.cos(x), name="wave_of_floats")(math.sin)
    slope = derivative(floats(Formula.symbol("x")), "x")
    assert (slope.text, slope.pretty) == ("wave_of_floats_slope(x)", "wave_of_floats′(x)")
    with pytest.raises(TypeError, match="the derivative of wave_of_floats with respect to input 0 is not differentiable again: write it"):
        derivative(slope, "x")
