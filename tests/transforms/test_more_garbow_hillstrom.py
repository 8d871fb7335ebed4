"""Gradients, Jacobians and Hessians of the classical test functions of optimisation, by SymPy."""

import math
from fractions import Fraction
from types import SimpleNamespace

import pytest
import sympy
from mgh import PROBLEMS, Problem
from mpmath import mp, mpf

import autograd
from autograd import grad, hessian, hvp, jacfwd, jacobian, jacrev, sparse_hessian, sparse_jacobian, taylor

OURS = SimpleNamespace(
    exp=autograd.exp, sin=autograd.sin, cos=autograd.cos, sqrt=autograd.sqrt, atan=autograd.atan, pi=math.pi, ratio=lambda a, b: a / b
)
EXACT = SimpleNamespace(**{**vars(OURS), "ratio": Fraction})
SYMPY = SimpleNamespace(exp=sympy.exp, sin=sympy.sin, cos=sympy.cos, sqrt=sympy.sqrt, atan=sympy.atan, pi=sympy.pi, ratio=sympy.Rational)
ALL = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)


def symbols(problem: Problem):
    xs = sympy.symbols(f"x:{len(problem.start)}", real=True)
    return xs, dict(zip(xs, map(sympy.Rational, problem.start), strict=True))


def at(expression, point):
    return float(sympy.sympify(expression).subs(point).evalf(30))


def start(problem):
    return [float(x) for x in problem.start]


@ALL
def test_the_residuals_and_their_jacobian(problem):
    xs, point = symbols(problem)
    residuals = problem.residuals(xs, SYMPY)
    x = start(problem)
    value = problem.value(x, OURS)
    assert value == pytest.approx(at(sum(r**2 for r in residuals), point), rel=1e-12)
    if problem.start_value is not None:
        assert value == pytest.approx(problem.start_value, rel=2e-6)
    expected = [[at(sympy.diff(r, s), point) for s in xs] for r in residuals]
    size = max(abs(number) for row in expected for number in row)
    for transform in (jacobian, jacfwd, jacrev, lambda f: lambda x: sparse_jacobian(f)(x).dense()):
        found = transform(lambda x: problem.residuals(x, OURS))(x)
        assert found == [pytest.approx(row, rel=1e-12, abs=1e-14 * size) for row in expected]


@ALL
def test_the_gradient(problem):
    xs, point = symbols(problem)
    residuals = problem.residuals(xs, SYMPY)
    expected = [sum(2 * r.subs(point) * sympy.diff(r, s).subs(point) for r in map(sympy.sympify, residuals)) for s in xs]
    expected = [float(slope.evalf(30)) for slope in map(sympy.sympify, expected)]
    found = grad(lambda x: problem.value(x, OURS))(start(problem))
    assert found == pytest.approx(expected, rel=1e-10, abs=1e-12 * max(map(abs, expected)))


@pytest.mark.parametrize("name", ["Rosenbrock", "Wood", "Powell singular", "Beale", "helical valley", "Broyden tridiagonal", "Chebyquad"])
def test_hessians(name):
    (problem,) = [problem for problem in PROBLEMS if problem.name == name]
    xs, point = symbols(problem)
    f = sum(r**2 for r in problem.residuals(xs, SYMPY))
    expected = [[at(sympy.diff(f, s, t), point) for t in xs] for s in xs]
    size = max(abs(number) for row in expected for number in row)
    near = [pytest.approx(row, rel=1e-12, abs=1e-13 * size) for row in expected]
    x = start(problem)

    def value(x):
        return problem.value(x, OURS)

    assert hessian(value)(x) == near
    assert jacfwd(jacfwd(value))(x) == near
    assert sparse_hessian(value)(x).dense() == near
    v = [1.0 - 0.5 * i for i in range(len(x))]
    product = [sum(h * d for h, d in zip(row, v, strict=True)) for row in expected]
    assert hvp(value, (x,), (v,)) == pytest.approx(product, rel=1e-12, abs=1e-13 * size)
    along = taylor(lambda t: value([a + t * b for a, b in zip(x, v, strict=True)]), 0.0, 2)
    assert 2 * along[2] == pytest.approx(sum(a * b for a, b in zip(product, v, strict=True)), rel=1e-12)


def test_the_published_hessians_of_rosenbrock_wood_and_powell():
    """As the formulas of their definitions give them by hand, in whole numbers."""
    half = {problem.name: problem for problem in PROBLEMS}
    x1, x2 = Fraction(-12, 10), Fraction(1)
    exact = hessian(lambda x: half["Rosenbrock"].value(x, EXACT))([x1, x2])
    assert exact == [[1200 * x1**2 - 400 * x2 + 2, -400 * x1], [-400 * x1, 200]] == [[1330, 480], [480, 200]]

    def powell(x):
        return (x[0] + 10 * x[1]) ** 2 + 5 * (x[2] - x[3]) ** 2 + (x[1] - 2 * x[2]) ** 4 + 10 * (x[0] - x[3]) ** 4

    assert hessian(powell)([Fraction(x) for x in (3, -1, 0, 1)]) == [
        [482, 20, 0, -480],
        [20, 212, -24, 0],
        [0, -24, 58, -10],
        [-480, 0, -10, 490],
    ]

    def wood(x):
        first = 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2 + 90 * (x[3] - x[2] ** 2) ** 2 + (1 - x[2]) ** 2
        return first + 10 * (x[1] + x[3] - 2) ** 2 + (x[1] - x[3]) ** 2 / 10

    assert hessian(wood)([Fraction(x) for x in (-3, -1, -3, -1)]) == [
        [11202, 1200, 0, 0],
        [1200, Fraction(1101, 5), 0, Fraction(99, 5)],
        [0, 0, 10082, 1080],
        [0, Fraction(99, 5), 1080, Fraction(1001, 5)],
    ]


@pytest.mark.parametrize(
    "problem", [p for p in PROBLEMS if p.name in ("Rosenbrock", "Beale", "Watson", "Broyden banded")], ids=lambda p: p.name
)
def test_rational_problems_exactly_and_digits(problem):
    xs, point = symbols(problem)
    f = sum(r**2 for r in problem.residuals(xs, SYMPY))
    expected = [sympy.diff(f, s).subs(point) for s in xs]
    found = grad(lambda x: problem.value(x, EXACT))([Fraction(x) for x in problem.start])
    assert [sympy.Rational(slope.numerator, slope.denominator) for slope in found] == expected
    with mp.workdps(50):
        digits = grad(lambda x: problem.value(x, EXACT))([mpf(x) for x in problem.start])
        assert all(abs(got - mpf(int(e.p)) / int(e.q)) <= mpf(10) ** -44 * (1 + abs(got)) for got, e in zip(digits, expected, strict=True))
