"""The objectives of ADBench and GradBench over Values, on data made here, against NumPy.

NumPy's side is a second program of each objective, differentiated by hand or by the complex step: f'(x) = Im f(x + ih)/h, which
for an analytic f and h = 1e-100 is exact to rounding. (GMM and LSTM, with gradients by hand, are workloads of the benchmarks.)
"""

import math
from random import Random

import numpy as np
import pytest

from autograd import Value, cos, exp, grad, jacfwd, jacobian, jacrev, log, sin, sparse_jacobian, sqrt, trace, value_and_grad

CLOSE = {"rtol": 1e-10, "atol": 1e-10}


def complex_step(f, x):
    """The Jacobian of an analytic f at x."""
    x = np.asarray(x, dtype=complex)
    return np.array([f(x + 1e-100j * unit).imag / 1e-100 for unit in np.eye(x.size)]).T


def numbers(count, seed, low=-1.0, high=1.0):
    rng = Random(seed)
    return [rng.uniform(low, high) for _ in range(count)]


# ---- bundle adjustment (ADBench): camera (rotation, centre, focal length, principal point, distortion), point, weight ----


def reprojection(camera, point, weight, feature):
    """The two errors of a point's picture, and that of its weight: 1 - w²."""
    r, centre, f, middle, bend = camera[:3], camera[3:6], camera[6], camera[7:9], camera[9:]
    X = [a - b for a, b in zip(point, centre, strict=True)]
    angle = sqrt(r[0] ** 2 + r[1] ** 2 + r[2] ** 2)
    k = [a / angle for a in r]
    along = (k[0] * X[0] + k[1] * X[1] + k[2] * X[2]) * (1 - cos(angle))
    turned = [k[1] * X[2] - k[2] * X[1], k[2] * X[0] - k[0] * X[2], k[0] * X[1] - k[1] * X[0]]
    seen = [x * cos(angle) + t * sin(angle) + a * along for x, t, a in zip(X, turned, k, strict=True)]
    u, v = seen[0] / seen[2], seen[1] / seen[2]
    radius = u * u + v * v
    stretch = f * (1 + bend[0] * radius + bend[1] * radius**2)
    return [weight * (u * stretch + middle[0] - feature[0]), weight * (v * stretch + middle[1] - feature[1]), 1 - weight**2]


def reprojection_by_numpy(theta, feature):
    """The same by a rotation matrix, exp of the cross product matrix, summed as a series."""
    r, centre, f, middle, bend, point, weight = np.split(theta, [3, 6, 7, 9, 11, 14])
    cross = np.array([[0, -r[2], r[1]], [r[2], 0, -r[0]], [-r[1], r[0], 0]])
    rotation = term = np.eye(3, dtype=complex)
    for n in range(1, 40):
        term = term @ cross / n
        rotation = rotation + term
    seen = rotation @ (point - centre)
    p = seen[:2] / seen[2]
    radius = p @ p
    error = weight * (f * p * (1 + bend[0] * radius + bend[1] * radius**2) + middle - feature)
    return np.concatenate([error, 1 - weight**2])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("jacobian_of", [jacobian, jacfwd, jacrev])
def test_bundle_adjustment(seed, jacobian_of):
    theta, feature = numbers(15, seed, 0.1, 0.9), numbers(2, seed + 100)
    theta[13] += 4.0  # in front of the camera

    def f(t):
        return reprojection(t[:11], t[11:14], t[14], feature)

    def by_numpy(t):
        return reprojection_by_numpy(t, np.array(feature))

    np.testing.assert_allclose(f(theta), by_numpy(np.array(theta, dtype=complex)).real, **CLOSE)
    np.testing.assert_allclose(jacobian_of(f)(theta), complex_step(by_numpy, theta), **CLOSE)


def test_bundle_adjustment_of_several_cameras_is_sparse():
    cameras, points = 3, 5
    theta = numbers(11 * cameras + 3 * points, 1, 0.1, 0.9)
    for i in range(points):
        theta[11 * cameras + 3 * i + 2] += 4.0
    features = [numbers(2, i) for i in range(cameras * points)]

    def errors(t):
        found = []
        for i in range(cameras * points):
            camera, place = i % cameras, 11 * cameras + 3 * (i // cameras)
            found += reprojection(t[11 * camera : 11 * camera + 11], t[place : place + 3], 0.5, features[i])[:2]
        return found

    def by_numpy(t):
        found = []
        for i in range(cameras * points):
            camera, place = i % cameras, 11 * cameras + 3 * (i // cameras)
            one = np.concatenate([t[11 * camera : 11 * camera + 11], t[place : place + 3], [0.5]])
            found.append(reprojection_by_numpy(one, np.array(features[i]))[:2])
        return np.concatenate(found)

    matrix = sparse_jacobian(errors)(theta)
    assert len(matrix.values) <= cameras * points * 2 * 14
    np.testing.assert_allclose(matrix.dense(), complex_step(by_numpy, theta), **CLOSE)


# ---- GradBench ----


def determinant(rows):
    """By minors along the first row, as GradBench's det."""
    if len(rows) == 1:
        return rows[0][0]
    total = 0.0
    for j, first in enumerate(rows[0]):
        total = total + (-1) ** j * first * determinant([row[:j] + row[j + 1 :] for row in rows[1:]])
    return total


@pytest.mark.parametrize("n", [1, 2, 5, 6])
def test_det(n):
    rows = [numbers(n, 10 * n + i) for i in range(n)]
    matrix = np.array(rows)
    value, slopes = value_and_grad(determinant)(rows)
    assert value == pytest.approx(np.linalg.det(matrix), rel=1e-10)
    np.testing.assert_allclose(slopes, np.linalg.det(matrix) * np.linalg.inv(matrix).T, **CLOSE)


def test_lse():
    xs = numbers(1_000, 7, -800.0, 800.0)

    def lse(xs):
        peak = max(x.data if isinstance(x, Value) else x for x in xs)
        return log(sum((exp(x - peak) for x in xs[1:]), start=exp(xs[0] - peak))) + peak

    shifted = np.exp(np.array(xs) - max(xs))
    value, slopes = value_and_grad(lse)(xs)
    assert value == pytest.approx(max(xs) + math.log(shifted.sum()), rel=1e-14)
    np.testing.assert_allclose(slopes, shifted / shifted.sum(), **CLOSE)


def test_ode():
    """y₁' = x₁, y_i' = x_i·y_{i-1} from y = 0 to t = 2 by Runge and Kutta's method: the last y, by every x."""

    def last(x, steps=20):
        y, h = [0.0 * x[0]] * len(x), 2.0 / steps

        def rate(y):
            return [x[0], *[a * b for a, b in zip(x[1:], y[:-1], strict=True)]]

        def at(y, k, h):
            return [a + h * b for a, b in zip(y, k, strict=True)]

        for _ in range(steps):
            k1 = rate(y)
            k2 = rate(at(y, k1, h / 2))
            k3 = rate(at(y, k2, h / 2))
            k4 = rate(at(y, k3, h))
            y = [a + h / 6 * (p + 2 * q + 2 * r + s) for a, p, q, r, s in zip(y, k1, k2, k3, k4, strict=True)]
        return y[-1]

    def exact(x):  # the method is exact for polynomials of degree 4
        return np.prod(x) * 2.0 ** len(x) / math.factorial(len(x))

    x = numbers(4, 3, 0.5, 1.5)
    np.testing.assert_allclose(grad(last)(x), complex_step(exact, x), **CLOSE)
    leaves = [Value(number) for number in x]
    np.testing.assert_allclose(trace(last(leaves), parameters=leaves).value_and_grad()[1], complex_step(exact, x), **CLOSE)


def test_saddle():
    """min over x of max over y of x·x + x·Ay - y·y, the maximum by 30 steps of gradient ascent inside of what is differentiated."""
    A, rate, steps = [[0.5, -1.0], [2.0, 0.3]], 0.2, 30

    def payoff(x, y):
        cross = sum(x[i] * A[i][j] * y[j] for i in range(2) for j in range(2))
        return x[0] * x[0] + x[1] * x[1] + cross - y[0] * y[0] - y[1] * y[1]

    def worst(x):
        y = [0.0, 0.0]
        for _ in range(steps):
            y = [a + rate * slope for a, slope in zip(y, grad(payoff, argnums=1)(x, y), strict=True)]
        return payoff(x, y)

    x, share, M = np.array([0.7, -0.4]), 0.0, np.array(A) @ np.array(A).T
    for _ in range(steps):  # y = share·Aᵀx after every step
        share += rate * (1 - 2 * share)
    np.testing.assert_allclose(grad(worst)(x.tolist()), 2 * x + 2 * (share - share**2) * M @ x, **CLOSE)
    point = x.tolist()
    for _ in range(100):
        point = [a - 0.15 * slope for a, slope in zip(point, grad(worst)(point), strict=True)]
    np.testing.assert_allclose(point, [0.0, 0.0], atol=1e-10)
