"""Derivatives without rounding: fractions against SymPy's rationals, digits against mpmath, symbols against sympy.diff."""

import functools
from fractions import Fraction

import mpmath
import oracle
import pytest
import sympy
from mpmath import mp, mpf

from autograd import (
    OPS,
    DomainError,
    Value,
    cos,
    exp,
    gelu,
    grad,
    hessian,
    jacobian,
    jet,
    jvp,
    leaky_relu,
    log,
    maximum,
    minimum,
    ops,
    reciprocal,
    relu,
    sigmoid,
    sin,
    sqrt,
    square,
    tanh,
    taylor,
    where,
)

half, third = Fraction(1, 2), Fraction(1, 3)
X, Y = sympy.symbols("x y", real=True)
RATIONAL_FUNCTIONS = {
    "polynomial": lambda x, y: 3 * x**4 * y - 2 * x * y**3 + x - 7,
    "quotient": lambda x, y: (x * y - 1) / (x**2 + y**2 + 1),
    "negative powers": lambda x, y: x**-3 + (x + y) ** -1,
    "nested": lambda x, y: 1 / (1 + 1 / (1 + 1 / (x + y**2))),
    "floats that are fractions": lambda x, y: 0.5 * x**2.0 - 0.25 * y / (x + 1.5),
    "rows": lambda x, y: square(x) * reciprocal(y) if not isinstance(x, sympy.Basic) else x**2 / y,
}


@pytest.mark.parametrize("name", RATIONAL_FUNCTIONS)
def test_fractions_against_sympy(name):
    f, at = RATIONAL_FUNCTIONS[name], (Fraction(-3, 7), Fraction(5, 11))
    exact = sympy.nsimplify(f(X, Y))
    point = {X: sympy.Rational(-3, 7), Y: sympy.Rational(5, 11)}

    def rational(expression):
        number = expression.subs(point)
        return Fraction(int(number.p), int(number.q))

    slopes = grad(f, (0, 1))(*at)
    assert slopes == tuple(rational(sympy.diff(exact, s)) for s in (X, Y))
    assert all(type(slope) is Fraction for slope in slopes)
    rows = hessian(f, (0, 1))(*at)
    assert rows == tuple(tuple(rational(sympy.diff(exact, s, t)) for t in (X, Y)) for s in (X, Y))
    value, terms = jet(f, at, ([1, 0, 0, 0], [0] * 4))
    assert [value, *terms] == [rational(sympy.diff(exact, X, k)) for k in range(5)]


def test_a_derivation_by_hand_is_confirmed_exactly():
    """The loss (y - w·x)² of the notes: ∂L/∂w = -2·x·(y - w·x)."""
    w, x, y = Fraction(1, 3), Fraction(2, 7), Fraction(-5, 9)
    assert grad(lambda w: (y - w * x) ** 2)(w) == -2 * x * (y - w * x)


@pytest.mark.parametrize(
    ("f", "x", "expected"),
    [
        (abs, -half, -1),
        (abs, Fraction(0), 0),
        (relu, half, 1),
        (relu, -half, 0),
        (relu, Fraction(0), 0),
        (ops.sign, half, 0),
        (ops.step, half, 0),
        (lambda x: leaky_relu(x, Fraction(1, 100)), -half, Fraction(1, 100)),
        (lambda x: leaky_relu(half, x), -half, 0),
        (lambda x: maximum(x, half), half, half),
        (lambda x: minimum(x, half), half, half),
        (lambda x: minimum(x, third), half, 0),
        (lambda x: where(ops.step(x), x * x, -x), half, 1),
        (lambda x: x - 1.0, third, 1),
        (lambda x: -x, third, -1),
        (lambda x: x / 3, third, third),
        (lambda x: 3 / x, third, -27),
        (lambda x: x**0, Fraction(0), 0),
        (lambda x: x**1, Fraction(0), 1),
        (lambda x: x**2, Fraction(0), 0),
        (lambda x: x ** Fraction(3, 2), Fraction(4, 9), 1),
        (lambda x: 4 ** Fraction(1, 2) * x, half, 2),
        (sqrt, Fraction(4, 9), Fraction(3, 4)),
        (lambda x: ops.hypot(x, 4), Fraction(3), Fraction(3, 5)),
        (ops.cbrt, Fraction(-8, 27), Fraction(3, 4)),
        (lambda x: ops.fmod(x, third), -half, 1),
        (lambda x: ops.fmod(-half, x), third, 1),
        (lambda x: ops.exp2(3) * x, half, 8),
        (lambda x: x + 0.1, half, 1),
        (lambda x: 0.1 * x, half, Fraction(0.1)),
        (lambda x: 5, half, 0),
    ],
)
def test_rows_on_fractions(f, x, expected):
    for slope in (grad(f)(x), jvp(f, (x,), (Fraction(1),))[1], taylor(f, x, 1)[1], jacobian(lambda x: [f(x)])(x)[0]):
        assert slope == expected
    assert type(grad(f)(x)) is Fraction
    assert grad(grad(grad(lambda x: x**2)))(Fraction(0)) == 0


@pytest.mark.parametrize("row", [row for row in OPS.values() if row.arity == 1 and row.name in oracle.VALUE], ids=lambda row: row.name)
def test_a_row_of_a_fraction_is_a_fraction_or_an_error(row):
    if row.name in ("neg", "square", "reciprocal", "abs", "sign", "step", "relu", "floor", "ceil"):
        assert type(row(third)) is type(grad(row)(third)) is Fraction
    else:
        with pytest.raises(TypeError, match=rf"{row.name}\(1/3\) has no exact value as a fraction: give a float, or mpmath.mpf\(…\)"):
            grad(row)(third)


def test_what_fractions_refuse():
    with pytest.raises(TypeError, match=r"exp\(1/2\) has no exact value"):
        grad(lambda x: exp(x))(half)
    with pytest.raises(TypeError, match=r"\(1/2\)\*\*\(1/3\) has no exact value"):
        grad(lambda x: x**third)(half)
    with pytest.raises(TypeError, match=r"sqrt\(-1\) has no exact value"):
        sqrt(Fraction(-1))
    with pytest.raises(ZeroDivisionError, match=r"1 / 0 has no value: it divides by zero"):
        grad(lambda x: 1 / x)(Fraction(0))
    with pytest.raises(TypeError, match="mul of fractions takes rational numbers, not float inf"):
        grad(lambda x: x * float("inf"))(half)


@pytest.mark.parametrize("row", [row for row in OPS.values() if row.arity == 1 and row.kink is None], ids=lambda row: row.name)
def test_as_many_digits_as_asked(row):
    low, high = row.at[0]
    for digits in (30, 60):
        with mp.workdps(digits):
            x = mpf(low) + (mpf(high) - low) * 5 / 7
            first, second = grad(row)(x), grad(grad(row))(x)
            along = jvp(grad(row), (x,), (mpf(1),))[1]
            with mp.workdps(3 * digits):
                expected = [mpmath.diff(oracle.VALUE[row.name], x, k) for k in (1, 2)]
            scale = mpf(10) ** (4 - digits)
            assert oracle.close(first, expected[0], scale, scale)
            assert oracle.close(second, expected[1], scale, scale)
            assert oracle.close(along, expected[1], scale, scale)


@pytest.mark.parametrize("row", [ops.erf, ops.erfc, gelu])
@pytest.mark.parametrize("x", ["-60", "-38", "-30", "29", "45"])
def test_digits_where_floats_have_long_been_0(row, x):
    with mp.workdps(40):
        x = mpf(x)
        first, second = grad(row)(x), grad(grad(row))(x)
        with mp.workdps(90):
            density = mpmath.exp(-(x**2) / 2) / mpmath.sqrt(2 * mp.pi)
            bell = oracle.SLOPE["erf"][0](x)
            expected = {
                "erf": (bell, -2 * x * bell),
                "erfc": (-bell, 2 * x * bell),
                "gelu": (mpmath.ncdf(x) + x * density, (2 - x**2) * density),
            }[row.name]
            value = x * mpmath.ncdf(x) if row is gelu else getattr(mpmath, row.name)(x)
        assert oracle.close(row(x), value, 1e-34)
        assert oracle.close(first, expected[0], 1e-32)
        assert oracle.close(second, expected[1], 1e-32)


def test_digits_of_two_inputs():
    with mp.workdps(40):
        x, y = mpf("0.3"), mpf("1.7")
        found = grad(lambda x, y: x**y * sin(y) / gelu(x), (0, 1))(x, y)
        f = lambda x, y: x**y * mpmath.sin(y) / oracle.VALUE["gelu"](x)  # noqa: E731
        with mp.workdps(100):
            expected = mpmath.diff(f, (x, y), (1, 0)), mpmath.diff(f, (x, y), (0, 1))
        assert all(oracle.close(got, exact, mpf(10) ** -36) for got, exact in zip(found, expected, strict=True))


def test_functions_that_mpmath_has_under_another_meaning_or_not_at_all():
    with mp.workdps(40):
        for x in map(mpf, ("-8", "-0.3", "0", "27", "1e-400", "inf")):
            assert ops.cbrt(x) == mpmath.sign(x) * mpmath.cbrt(abs(x))
        assert ops.fmod(mpf(-7), mpf(3)) == -1 and ops.fmod(mpf(7), mpf(-3)) == 1
        for a, b in ((mpf("1e-300"), mpf("0.1")), (mpf("0.7"), mpf("-0.3")), (mpf("1e500"), mpf(1))):
            assert ops.hypot(a, b) == mpmath.hypot(a, b)
        assert ops.log2(mpf(8)) == ops.log10(mpf(1000)) == 3 and ops.exp2(mpf(-2)) == mpf("0.25")
        assert oracle.close(grad(ops.cbrt)(mpf(-8)), mpf(1) / 12, mpf(10) ** -36)
    assert ops.cbrt(sympy.Integer(-8)) == -2 and ops.ceil(sympy.Rational(7, 2)) == 4


def test_no_complex_numbers_from_real_ones():
    with pytest.raises(DomainError, match=r"log2\(-1\) is not a number \(log2\(x\) needs x >= 0\)"):
        ops.log2(mpf(-1))
    with pytest.raises(DomainError, match=r"log\(-1\) is not a number \(log\(x\) needs x >= 0\)"):
        grad(log)(mpf(-1))
    with pytest.raises(DomainError, match="sqrt"):
        sqrt(mpf(-2))


@pytest.mark.parametrize("row", [row for row in OPS.values() if row.arity == 1 and row.kink is None], ids=lambda row: row.name)
def test_symbols_against_sympy(row):
    x = sympy.Symbol("x", positive=True)
    value = row(x)
    assert sympy.simplify((grad(row)(x) - sympy.diff(value, x)).rewrite(sympy.erf)) == 0
    second = grad(grad(row))(x) - sympy.diff(value, x, 2)
    low, high = (sympy.Rational(str(end)) for end in row.at[0])
    at = {x: max(low, 0) + (high - max(low, 0)) * sympy.Rational(3, 7)}
    assert abs(second.subs(at).evalf(30)) < 1e-25
    with mp.workdps(30):
        number = mpf(int(at[x].p)) / int(at[x].q)
        assert oracle.close(mpf(str(value.subs(at).evalf(30))), oracle.VALUE[row.name](number), 1e-25)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: x * y**2 / (1 + x),
        lambda x, y: exp(x * y) * sin(x) - cos(y) ** 2,
        lambda x, y: x**y,
        lambda x, y: tanh(sigmoid(x) * y),
        lambda x, y: ops.atan2(x, y) + ops.hypot(x, y),
        lambda x, y: sqrt(x**2 + y**4) * log(x),
    ],
)
def test_formulas_of_two_symbols(f):
    x, y = sympy.symbols("x y", positive=True)
    slopes = grad(f, (0, 1))(x, y)
    assert [sympy.simplify(slope - sympy.diff(f(x, y), s)) for slope, s in zip(slopes, (x, y), strict=True)] == [0, 0]
    assert sympy.simplify(jvp(f, (x, y), (1, 0))[1] - sympy.diff(f(x, y), x)) == 0
    (xx, xy), (yx, yy) = hessian(f, (0, 1))(x, y)
    at = {x: sympy.Rational(2, 3), y: sympy.Rational(5, 7)}
    for got, wanted in ((xx, (x, x)), (xy, (x, y)), (yx, (y, x)), (yy, (y, y))):
        assert abs((got - sympy.diff(f(x, y), *wanted)).subs(at).evalf(30)) < 1e-25


@pytest.mark.parametrize("kinked", [relu, abs, lambda x: maximum(x, 1 - x), lambda x: minimum(x, 2), lambda x: leaky_relu(x, 2)])
@pytest.mark.parametrize("at", [-2, sympy.Rational(1, 3), 5])
def test_kinked_rows_of_symbols(kinked, at):
    slope = grad(kinked)(X)
    assert slope.subs(X, at) == sympy.diff(kinked(X), X).subs(X, at)
    assert float(slope.subs(X, at)) == grad(kinked)(float(at))


def test_symbols_do_not_decide_branches():
    with pytest.raises(TypeError, match="cannot determine truth value"):
        grad(lambda x: x if x > 0 else -x)(X)
    slope = sympy.Piecewise((2 * X, sympy.Ne(Y, 0)), (1, True))
    for found in (grad(lambda x: where(Y, x * x, x))(X), jvp(lambda x: where(Y, x * x, x), (X,), (1,))[1]):
        assert sympy.simplify(sympy.piecewise_fold(found) - slope) == 0


def test_numbers_beside_each_other():
    w = Value(2.0)
    assert grad(lambda x: w * x)(half) is w
    assert grad(lambda x, y: x * y)(half, 3) == 3
    with mp.workdps(30):
        assert grad(lambda x: x * third)(mpf(1)) == mpf(1) / 3
    assert grad(functools.partial(lambda y, x: x * y, X))(half) == X
