"""The transforms' face: arguments, results, containers, and what they say when they are called wrongly."""

import math
from collections import namedtuple
from fractions import Fraction

import numpy as np
import pytest

import autograd
from autograd import (
    Value,
    exp,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    linearize,
    sin,
    stop_gradient,
    value_and_grad,
    vjp,
)

Point = namedtuple("Point", "x y")
JACOBIANS = pytest.mark.parametrize("transform", [jacobian, jacfwd, jacrev])


def product(a, b):
    return a * b


def test_every_transform_is_exported():
    assert set(dir(autograd)) >= autograd._TRANSFORMS
    for name in autograd._TRANSFORMS:
        assert getattr(autograd, name) is getattr(autograd.transforms, name)
    with pytest.raises(AttributeError, match="no attribute 'nabla'"):
        autograd.nabla


def test_a_gradient_is_a_float():
    slope = grad(lambda x: x * exp(x))(1.0)
    assert type(slope) is float
    assert slope == pytest.approx(2 * math.e, rel=1e-15)


@pytest.mark.parametrize(
    ("argnums", "expected"), [(0, 3.0), (1, 2.0), (-1, 2.0), ((0, 1), (3.0, 2.0)), ([1, 0], (2.0, 3.0)), ((1,), (2.0,)), ((), ())]
)
def test_argnums(argnums, expected):
    assert grad(product, argnums)(2.0, 3.0) == expected
    assert value_and_grad(product, argnums)(2.0, 3.0) == (6.0, expected)
    assert jacobian(product, argnums)(2.0, 3.0) == expected


def test_other_arguments_are_what_they_were():
    def power(x, n, *, words):
        assert type(n) is int and words == ["as", "given"]
        return x**n

    assert grad(power)(2.0, 3, words=["as", "given"]) == 12.0


def test_has_aux():
    def f(x):
        return x * x, {"twice": 2 * x, "word": "as it was", "number": 7}

    aux = {"twice": 6.0, "word": "as it was", "number": 7}
    for x in (3.0, Fraction(3)):
        assert grad(f, has_aux=True)(x) == (6.0, aux)
        assert value_and_grad(f, has_aux=True)(x) == ((9.0, aux), 6.0)
        assert jacfwd(f, has_aux=True)(x) == (6.0, aux)
        assert hessian(f, has_aux=True)(x) == (2.0, aux)
        assert jvp(f, (x,), (1.0,), has_aux=True) == (9.0, 6.0, aux)
        value, pull, found = vjp(f, x, has_aux=True)
        assert (value, pull(1.0), found) == (9.0, (6.0,), aux)
        value, along, found = linearize(f, x, has_aux=True)
        assert (value, along(1.0), found) == (9.0, 6.0, aux)


def test_containers_come_back_as_they_went_in():
    def f(p):
        return p["w"][0] * p["w"][1] + p["at"].x * p["at"].y ** 2 + p["b"].sum() * 2 + p["t"][0]

    p = {"w": [2.0, 3.0], "at": Point(5.0, 7.0), "b": np.ones((2, 2)), "t": (1.0, None), "none": None}
    found = grad(f)(p)
    assert found["w"] == [3.0, 2.0]
    assert found["at"] == Point(49.0, 70.0) and type(found["at"]) is Point
    assert found["b"].shape == (2, 2) and found["b"].dtype == np.float64 and (found["b"] == 2).all()
    assert found["t"] == (1.0, None) and found["none"] is None


def test_arrays():
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    weights = np.array([0.5, -1.0, 2.0])
    assert grad(lambda x: np.sum(np.tanh(x @ weights) ** 2))(x) == pytest.approx(
        2 * (np.tanh(x @ weights) / np.cosh(x @ weights) ** 2)[:, None] * weights
    )
    found = jacobian(lambda x: x @ weights)(x)
    assert found.shape == (2, 2, 3)
    assert (found == np.einsum("ij,k->ijk", np.eye(2), weights)).all()
    assert jacobian(lambda x: exp(x).sum())(x).shape == (2, 3)
    assert jacobian(lambda t: t * x)(2.0).shape == (2, 3)
    assert hessian(lambda v: (v**3).sum())(weights) == pytest.approx(np.diag(6 * weights))
    value, slope = value_and_grad(np.linalg.norm)(weights)
    assert type(value) is float and slope == pytest.approx(weights / np.linalg.norm(weights))
    assert grad(lambda x: x * x)(np.array(3.0)).shape == ()
    assert grad(lambda x: x * x)(np.float64(3)) == 6.0
    assert grad(lambda v: v[0] * v[1])(np.array([2, 3])).dtype == np.float64
    assert vjp(lambda v: v * 2, weights)[1](np.ones(3))[0].tolist() == [2.0, 2.0, 2.0]
    assert jvp(lambda v: v * v, (weights,), (np.ones(3),))[1].tolist() == (2 * weights).tolist()


@pytest.mark.parametrize("x", [3, np.int64(3), np.float32(3), np.array([3])])
def test_integers_are_numbers(x):
    found = grad(lambda x: np.sum(x * x))(x)
    assert found == 6.0
    assert type(found) in (float, np.ndarray)


@JACOBIANS
def test_a_jacobian_is_a_tree_of_trees(transform):
    def f(p, q):
        return {"a": p[0] * q, "b": (p[1], p[0] + p[1])}

    assert transform(f)([2.0, 3.0], 5.0) == {"a": [5.0, 0.0], "b": ([0.0, 1.0], [1.0, 1.0])}
    assert transform(f, (0, 1))([2.0, 3.0], 5.0) == {"a": ([5.0, 0.0], 2.0), "b": (([0.0, 1.0], 0.0), ([1.0, 1.0], 0.0))}
    assert transform(lambda x: [])(1.0) == []


def test_what_does_not_depend_has_derivative_0():
    assert grad(lambda x, y: x * x, argnums=1)(2.0, 3.0) == 0.0
    assert grad(lambda x: 7)(2.0) == 0.0
    assert value_and_grad(lambda x: 7.0)(2.0) == (7.0, 0.0)
    assert jacobian(lambda x: [x[0], 1.0])([2.0, 3.0]) == [[1.0, 0.0], [0.0, 0.0]]
    assert jacfwd(lambda x: [1.0, x])(2.0) == [0.0, 1.0]
    assert jvp(lambda x: 7.0, (2.0,), (1.0,)) == (7.0, 0.0)
    assert hessian(lambda x: 3 * x[0] + x[1])([2.0, 3.0]) == [[0.0, 0.0], [0.0, 0.0]]
    assert all(type(number) is float for row in hessian(lambda x: 3 * x[0])([2.0, 3.0]) for number in row)
    assert grad(lambda x: [][:0] or 1.0)([]) == []


def test_the_result_of_a_gradient_is_one_number():
    def f(x):
        return [x, x]

    with pytest.raises(TypeError, match=r"gradient is that of one number, but f returns list of \(number, number\): use jacobian"):
        grad(f)(1.0)
    with pytest.raises(TypeError, match=r"array of shape \(1,\)"):
        grad(lambda x: x * 2)(np.ones(1))
    with pytest.raises(TypeError, match=r"what <lambda> returns must be a real number, .* not str 'x'"):
        grad(lambda x: "x")(1.0)


def test_wrong_arguments():
    with pytest.raises(TypeError, match=r"argument 0 of product must be a real number, or a list, .* of such, not str '2'"):
        grad(product)("2", 3.0)
    with pytest.raises(TypeError, match="not bool True"):
        grad(product)(True, 3.0)
    with pytest.raises(TypeError, match="not complex"):
        grad(product)(2j, 3.0)
    with pytest.raises(ValueError, match="argnums = 2, but product was given 2 positional arguments"):
        grad(product, 2)(2.0, 3.0)
    with pytest.raises(TypeError, match="argnums must be an integer or several, not str 'a'"):
        grad(product, "a")(2.0, 3.0)
    with pytest.raises(TypeError, match="must return a pair"):
        grad(product, has_aux=True)(2.0, 3.0)
    with pytest.raises(TypeError, match="the direction in which product is differentiated must be built like"):
        jvp(product, (2.0, 3.0), ([1.0], 1.0))
    with pytest.raises(TypeError, match=r"the primals must be a tuple .*: write \(x,\) for one"):
        jvp(sin, 2.0, 1.0)
    with pytest.raises(TypeError, match="weighted with must be built like list of"):
        vjp(lambda x: [x, x], 2.0)[1](1.0)
    with pytest.raises(TypeError, match="built like array of shape"):
        vjp(lambda x: x * 2, np.ones(2))[1](np.ones(3))


def test_vjp_and_jvp_are_jaxs():
    value, pull = vjp(lambda x, y: (x * y, [sin(x)]), 2.0, 3.0)
    assert value == (6.0, [math.sin(2.0)])
    assert pull((1.0, [0.0])) == (3.0, 2.0)
    assert pull((0, [10])) == (10 * math.cos(2.0), 0.0)
    assert pull((1.0, [10.0])) == pytest.approx((3 + 10 * math.cos(2.0), 2.0))
    assert jvp(lambda x, y: (x * y, [sin(x)]), (2.0, 3.0), (1.0, 10.0)) == ((6.0, [math.sin(2.0)]), (23.0, [math.cos(2.0)]))


def test_linearize_runs_the_function_once():
    runs = []
    value, along = linearize(lambda x, y: runs.append(1) or [x * y, exp(y)], 2.0, 0.0)
    assert value == [0.0, 1.0]
    assert [along(1.0, 0.0), along(0.0, 1.0), along(1.0, 1.0)] == [[0.0, 0.0], [2.0, 1.0], [2.0, 1.0]]
    assert len(runs) == 1


def test_hvp():
    def f(x):
        return x[0] ** 2 * x[1] + sin(x[1])

    assert hvp(f, ([2.0, 3.0],), ([1.0, -1.0],)) == pytest.approx([6.0 - 4.0, 4.0 + math.sin(3.0)])
    assert hvp(product, (2.0, 3.0), (1.0, 10.0)) == (10.0, 1.0)


def test_stop_gradient():
    assert grad(lambda x: stop_gradient(x) * x)(3.0) == 3.0
    assert grad(grad(lambda x: stop_gradient(x) * x * x))(3.0) == 6.0
    assert jvp(lambda x: stop_gradient([x, {"a": x}])[1]["a"] * x, (3.0,), (1.0,)) == (9.0, 3.0)
    x = Value(3.0)
    (stop_gradient(x * 2) * x).backward()
    assert x.grad == 6.0
    assert stop_gradient(np.array([1.0, 2.0])).dtype == np.float64


def test_deep_programs_need_no_recursion():
    def chain(x):
        for _ in range(20_000):
            x = x * 1.0001
        return x

    expected = 1.0001**20_000
    for g in (grad(chain), jacfwd(chain), lambda x: jvp(chain, (x,), (1.0,))[1], lambda x: vjp(grad(chain), x)[0]):
        assert g(1.0) == pytest.approx(expected, rel=1e-10)
    assert jvp(grad(chain), (1.0,), (1.0,))[0] == pytest.approx(expected, rel=1e-10)


def test_a_transformed_function_keeps_its_name():
    assert grad(product).__name__ == "product"
    assert grad(sin)(0.0) == 1.0


def test_a_structure_is_shown_where_another_was_given():
    pull = vjp(lambda x: {"a": x, "b": [x, None, np.ones(2) * x]}, 2.0)[1]
    with pytest.raises(
        TypeError, match=r"must be built like \{'a': number, 'b': list of \(number, None, array of shape \(2,\)\)\}, but it is number"
    ):
        pull(1.0)
