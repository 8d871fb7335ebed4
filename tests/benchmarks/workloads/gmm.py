"""ADBench's Gaussian mixture: the log-likelihood of points, with a Wishart prior, by every parameter of the mixture.

For component k with log weight α_k, mean μ_k and inverse covariance factor (log diagonal q_k, lower part l_k):

    log p = Σ_x logsumexp_k (α_k + Σ q_k - ½‖Q_k (x - μ_k)‖²) - n·logsumexp(α) + prior - ½·n·d·log 2π

with the prior as GradBench corrected its sign: Σ_k (m·Σq_k - ½γ²(‖exp q_k‖² + ‖l_k‖²)) + K·(constant). Each logsumexp is
shifted by its largest term, which is a fixed number here: it cancels, so it has no derivative.

Source: Srajer, Kukelova, Fitzgibbon 2018 (ADBench); the GradBench project's gmm evaluation. The points are drawn here.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, log, pi
from random import Random
from typing import Any

from .workload import Gradient, Workload

D, K, GAMMA, M = 2, 5, 1.0, 0
LOWER = D * (D - 1) // 2
Component = tuple[Any, Sequence[Any], Sequence[Any], Sequence[Any]]  # α, μ, q, l


def gmm(points: int) -> Workload:
    """So many points of two dimensions, five components: 30 parameters, 72 operations a point."""
    rng = Random(2018)
    alphas = [rng.gauss(0, 1) for _ in range(K)]
    means = [rng.random() for _ in range(K * D)]
    factors = [rng.gauss(0, 1) for _ in range(K * (D + LOWER))]
    xs = [[rng.gauss(0, 1) for _ in range(D)] for _ in range(points)]
    start = alphas + means + factors
    peaks = [max(_term(component, x) for component in arrange(start)) for x in xs]

    def function(components: list[Component], m: Any) -> Any:
        return likelihood(components, xs, peaks, max(alphas), m)

    def by_hand(components: list[Component]) -> Gradient:
        return _by_hand(components, xs)

    return Workload(f"mixture of {K}, {points:,} points", start, arrange, function, by_hand)


def arrange(point: Sequence[Any]) -> list[Component]:
    """The flat parameters, alphas first, then means, then factors, as components."""
    means, factors = point[K : K + K * D], point[K + K * D :]
    size = D + LOWER
    return [
        (point[k], means[k * D : k * D + D], factors[k * size : k * size + D], factors[k * size + D : k * size + size]) for k in range(K)
    ]


def likelihood(components: list[Component], xs: list[list[float]], peaks: list[float], alpha_peak: float, m: Any) -> Any:
    """The log-likelihood over any number type; ``peaks`` are the shifts of the logsumexps."""
    known = [(alpha + _sum(q), mu, [m.exp(z) for z in q], l) for alpha, mu, q, l in components]
    total = _constant(len(xs))
    for x, peak in zip(xs, peaks, strict=True):
        total = total + (m.log(_sum([m.exp(_inner(part, x) - peak) for part in known])) + peak)
    alphas = m.log(_sum([m.exp(alpha - alpha_peak) for alpha, *_ in components])) + alpha_peak
    total = total - len(xs) * alphas
    for (_, _, diagonal, l), (_, _, q, _) in zip(known, components, strict=True):
        total = total - 0.5 * GAMMA * GAMMA * _sum([z * z for z in (*diagonal, *l)]) + M * _sum(q)
    return total


def _inner(part: Component, x: list[float]) -> Any:
    weight, mu, diagonal, lower = part
    centred = [xi - mean for xi, mean in zip(x, mu, strict=True)]
    squares, place = None, iter(lower)
    for i, (scale, c) in enumerate(zip(diagonal, centred, strict=True)):
        row = scale * c
        for j in range(i):
            row = row + next(place) * centred[j]
        squares = row * row if squares is None else squares + row * row
    return weight - 0.5 * squares


def _term(component: tuple[float, ...] | Component, x: list[float]) -> float:
    alpha, mu, q, lower = component
    return float(_inner((alpha + sum(q), mu, [exp(z) for z in q], lower), x))


def _constant(n: int) -> float:
    freedom = D + M + 1
    log_gamma = D * (D - 1) / 4 * log(pi) + sum(lgamma((freedom - j) / 2) for j in range(D))
    return -n * D * 0.5 * log(2 * pi) + K * (freedom * D * log(GAMMA / 2**0.5) - log_gamma)


def _sum(terms: Sequence[Any]) -> Any:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _by_hand(components: list[Component], xs: list[list[float]]) -> Gradient:
    """Responsibilities r_k = softmax of the inner terms; every derivative is a sum of them over the points."""
    known = [(alpha + sum(q), mu, [exp(z) for z in q], l) for alpha, mu, q, l in components]
    value = _constant(len(xs))
    d_weight, d_mu = [0.0] * K, [[0.0] * D for _ in range(K)]
    d_diagonal, d_lower = [[0.0] * D for _ in range(K)], [[0.0] * LOWER for _ in range(K)]
    for x in xs:
        inner, kept = [], []
        for weight, mu, diagonal, lower in known:
            centred = [xi - mean for xi, mean in zip(x, mu, strict=True)]
            rows, squares, place = [], 0.0, 0
            for i in range(D):
                row = diagonal[i] * centred[i]
                for j in range(i):
                    row += lower[place] * centred[j]
                    place += 1
                rows.append(row)
                squares += row * row
            inner.append(weight - 0.5 * squares)
            kept.append((centred, rows))
        peak = max(inner)
        powers = [exp(term - peak) for term in inner]
        scale = sum(powers)
        value += log(scale) + peak
        for k, (centred, rows) in enumerate(kept):
            share, (_, _, diagonal, lower) = powers[k] / scale, known[k]
            d_weight[k] += share
            place = 0
            for i, row in enumerate(rows):
                delta = -share * row
                d_diagonal[k][i] += delta * centred[i]
                d_mu[k][i] -= delta * diagonal[i]
                for j in range(i):
                    d_lower[k][place] += delta * centred[j]
                    d_mu[k][j] -= delta * lower[place]
                    place += 1

    powers = [exp(alpha) for alpha, *_ in components]
    scale = sum(powers)
    value -= len(xs) * log(scale)
    d_alpha = [d - len(xs) * p / scale for d, p in zip(d_weight, powers, strict=True)]
    d_factor: list[float] = []
    for k, (_, _, diagonal, lower) in enumerate(known):
        value += M * sum(components[k][2]) - 0.5 * GAMMA**2 * sum(z * z for z in (*diagonal, *lower))
        d_factor += [d_weight[k] + (d - GAMMA**2 * z) * z + M for d, z in zip(d_diagonal[k], diagonal, strict=True)]
        d_factor += [d - GAMMA**2 * z for d, z in zip(d_lower[k], lower, strict=True)]
    return value, d_alpha + [d for row in d_mu for d in row] + d_factor
