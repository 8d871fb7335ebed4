"""Rules of the op table that take more than a line to keep their digits, over any carrier.

What rounding loses of a product or a sum is itself a float, found without more precision (Dekker 1971, Knuth 1969);
e^(p + r) is then e^p + r·e^p. A number that would fall out of the floats' range on the way is taken as the product of two
square roots. ``where`` halves the line without a jump of the derivatives: both halves are the same analytic function.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from . import ops
from .constant import SQRT_2, SQRT_2_PI, SQRT_PI, Constant

Number = Any  # of any carrier

LARGEST = 1.7976931348623157e308
_GAUSS = Constant(lambda m: 28.0 if m is math else LARGEST)  # beyond it e^(-x²) is no float but 0
_NORMAL = Constant(lambda m: 40.0 if m is math else LARGEST)
_MILLS = Constant(lambda m: -37.5 if m is math else -1e30)  # below it erfc(-x/√2) is subnormal, and six terms of its series are exact


def square_error(x: Number) -> Number:
    """What x * x loses by rounding."""
    scaled = 134217729.0 * x  # 2²⁷ + 1: the upper half of the digits
    upper = scaled - (scaled - x)
    lower = x - upper
    return ((upper * upper - x * x) + 2 * upper * lower) + lower * lower


def sum_error(a: Number, b: Number) -> Number:
    """What a + b loses by rounding."""
    total = a + b
    second = total - a
    return (a - (total - second)) + (b - second)


def clip(x: Number, low: Number, high: Number) -> Number:
    """x, but at least low and at most high."""
    return ops.minimum(ops.maximum(x, low), high)


def _within(x: Number, bound: Constant) -> Number:
    """x, but no further from 0 than what counts in its precision."""
    most = bound.beside(x)
    return clip(x, -most, most)


def _either(condition: Number, then: Callable[[], Number], otherwise: Callable[[], Number]) -> Number:
    """``where``, but of a condition that is a plain number only the side it tells, which matters to Values: the other leaves nodes."""
    if isinstance(condition, int | float):
        return then() if condition else otherwise()
    return ops.where(condition, then(), otherwise())


def mirrored(x: Number) -> Number:
    """-|x|, which an even function may take for x at either side of 0, and at 0."""
    return ops.where(ops.step(x), -x, x)


def negative_part(x: Number) -> Number:
    """x below 0, else 0."""
    return ops.where(ops.step(x), 0, x)


def _scale(size: Number) -> Number:
    """A power of two that brings a size to where its square is neither subnormal nor infinite."""
    return ops.where(ops.step(size - 1e150), 2.0**-600, ops.where(ops.step(1e-150 - size), 2.0**600, 1))


# ---- powers and roots ----


def pow_by_base(y: Number, a: Number, b: Number) -> Number:
    """b·a^(b - 1), and 0 for 0^0; b / a at b = 0, so that this has its derivatives, too."""
    plain = ops.step(b - 0.49999999999999994) * ops.step(8.5 - b)  # b - 1 is exact, and a subnormal power has not much to lose
    return _either(b, lambda: _either(plain, lambda: b * a ** (b - 1), lambda: _guarded_power(a, b)), lambda: b / ops.where(a, a, 1))


def pow_by_base_of_one(y: Number, a: Number, b: Number) -> Number:
    """b·a^(b - 1), where a square, the power that is asked for most, spares the function."""
    return ops.where(b - 2, pow_by_base(y, a, b), 2 * a)


def _guarded_power(a: Number, b: Number) -> Number:
    """b·a^(b - 1); where b - 1 is not exact, or the power not a normal number, by the power's square root."""
    power, size = a ** (b - 1), ops.abs_(a)
    lost = sum_error(b, -1.0)
    normal = ops.step(ops.abs_(power) - 1e-290) * ops.step(1e300 - ops.abs_(power))
    care = size * ops.where(lost, 1, 1 - normal)
    root = ops.where(care, size, 1) ** ((b - 1) / 2)
    sign = ops.where(ops.step(-a), 2 * ops.fmod(ops.abs_(b), 2) - 1, 1)
    s = ops.where(ops.step(1e-200 - ops.abs_(b)), 2.0**200, 1)  # so that b * root is normal
    careful = b * s * root * root / s * (1 + lost * ops.log(clip(size, 5e-324, LARGEST))) * sign
    return ops.where(care, careful, b * power)


def pow_by_exponent(y: Number, a: Number, b: Number) -> Number:
    """a^b·ln a, and 0 for 0^b at b ≥ 0; below 0 there is no logarithm."""
    size = ops.abs_(a)
    counts = size + ops.step(-b)
    base = ops.where(counts, size, 1)
    log = ops.where(ops.step(-a), math.nan, ops.log(base))
    root = base ** (b / 2)
    normal = ops.step(y - 1e-290) * ops.step(1e300 - y)
    return ops.where(counts, ops.where(normal, y * log, root * log * root), 0)


def cbrt_slope(y: Number, x: Number) -> Number:
    """y / (3x), after a step of Newton's for libraries whose root is some ulp off; infinite at 0."""
    safe = ops.where(x, x, 1)
    better = y - (y - safe / (y * y)) / 3
    return ops.where(x, better / safe / 3, 1 / (y * y))


# ---- angles and lengths ----


def over_square(part: Number, a: Number, b: Number) -> Number:
    """part / (a² + b²), and 0 at the origin."""
    size = ops.maximum(ops.abs_(a), ops.abs_(b))
    s = _scale(size)
    square = (a * s) * (a * s) + (b * s) * (b * s)
    return ops.where(size, part * s / ops.where(size, square, 1) * s, 0)


def over_length(part: Number, y: Number, a: Number, b: Number) -> Number:
    """part / √(a² + b²), and 0 at the origin; y is that root, or infinite."""
    s = ops.where(ops.step(1e300 - y), ops.where(ops.step(y - 1e-290), 1, 2.0**200), 0.25)
    return ops.where(y, part * s / ops.where(y, ops.hypot(a * s, b * s), 1), 0)


def atan_slope(y: Number, x: Number) -> Number:
    """1 / (1 + x²), and 1/x² where x² may be infinite."""
    size = ops.abs_(x)
    inverse = 1 / ops.maximum(size, 1)
    return ops.where(ops.step(size - 1e150), inverse * inverse, 1 / (1 + x * x))


def asinh_slope(y: Number, x: Number) -> Number:
    """1 / √(1 + x²), and 1/|x| where x² may be infinite."""
    size = ops.abs_(x)
    return ops.where(ops.step(size - 1e150), 1 / ops.maximum(size, 1), 1 / ops.sqrt(1 + x * x))


# ---- the normal distribution ----


def gauss(x: Number) -> Number:
    """e^(-x²), whose exponent has hundreds of ulp to lose."""
    z = _within(x, _GAUSS)
    bell = ops.exp(-(z * z))
    return bell - bell * square_error(z)


def normal_density(x: Number) -> Number:
    """e^(-x²/2) / √(2π)."""
    z = _within(x, _NORMAL)
    bell = ops.exp(-(z * z) / 2)
    return (bell - bell * (square_error(z) / 2)) / SQRT_2_PI


def normal_distribution(x: Number) -> Number:
    """erfc(-x/√2) / 2, with the slope of erfc times what the division by √2 loses."""
    z = _within(x, _NORMAL)
    u = -z / SQRT_2
    lost = (z * z / 2 - u * u) + (square_error(z) / 2 - square_error(u))
    return (ops.erfc(u) - ops.exp(-u * u) * lost / (SQRT_PI * ops.where(u, u, 1))) / 2


def mills(x: Number) -> Number:
    """Φ(x)·|x|/φ(x) for x far below 0: 1 - 1/x² + 3/x⁴ - 15/x⁶ + …, DLMF 7.12.1."""
    w = 1 / (x * x)
    series: Number = 1.0
    for k in (11, 9, 7, 5, 3, 1):
        series = 1 - k * w * series
    return series


def gelu(x: Number) -> Number:
    """x·Φ(x)."""
    end = _MILLS.beside(x)
    far = ops.minimum(x, end)
    return ops.where(ops.step(end - x), -normal_density(far) * mills(far), x * normal_distribution(x))


def gelu_slope(y: Number, x: Number) -> Number:
    """Φ(x) + x·φ(x); far below 0 φ would be subnormal before it is multiplied."""
    end = _MILLS.beside(x)
    far = clip(x, -_NORMAL.beside(x), end)
    root = ops.exp(-(far * far) / 4)
    wide = far * root / SQRT_2_PI * root
    tail = (wide - wide * (square_error(far) / 2)) * (1 - mills(far) / (far * far))
    return ops.where(ops.step(end - x), tail, normal_distribution(x) + x * normal_density(x))


# ---- logistic functions: t = e^(-|x|), its square root h where t may be subnormal ----


def sigmoid(x: Number) -> Number:
    """1 / (1 + e^-x)."""
    t = ops.exp(mirrored(x))
    return ops.where(ops.step(x), 1, t) / (1 + t)


def sigmoid_slope(y: Number, x: Number) -> Number:
    """σ(x)·σ(-x)."""
    t = ops.exp(mirrored(x))
    return t / ((1 + t) * (1 + t))


def sigmoid_slope_of_one(y: Number, x: Number) -> Number:
    """The same; up to 1 the textbook's form loses no digits."""
    return ops.where(ops.step(1 - x), y * (1 - y), sigmoid_slope(y, x))


def tanh_slope(y: Number, x: Number) -> Number:
    """1 - tanh²(x) = 4·σ(2x)·σ(-2x)."""
    t = ops.exp(2 * mirrored(x))
    return 4 * t / ((1 + t) * (1 + t))


def tanh_slope_of_one(y: Number, x: Number) -> Number:
    """The same; near 0 the textbook's form, factored, loses no digits."""
    return ops.where(ops.step(0.7 - ops.abs_(x)), (1 - y) * (1 + y), tanh_slope(y, x))


def elu_slope(y: Number, x: Number, alpha: Number) -> Number:
    """1, and alpha·e^x below 0."""
    h = ops.exp(negative_part(x) / 2)
    return ops.where(ops.step(x), 1, alpha * h * h)


def silu(x: Number) -> Number:
    """x·σ(x)."""
    h = ops.exp(mirrored(x) / 2)
    share = ops.where(ops.step(x), 1, h)
    return x / (1 + h * h) * share * share


def silu_slope(y: Number, x: Number) -> Number:
    """σ(x)·(1 + x·σ(-x)); far below 0 t would be subnormal before it is multiplied."""
    t, h = ops.exp(mirrored(x)), ops.exp(negative_part(x) / 2)
    d = 1 + t
    near = (d + x * ops.where(ops.step(x), t, 1)) * ops.where(ops.step(x), 1, t) / (d * d)
    return ops.where(ops.step(-700 - x), (1 + x) * h * h, near)


def _difference(a: Number, b: Number) -> tuple[Number, Number]:
    """a - b, two equal infinities being 0 apart, and what it loses by rounding."""
    a, b = clip(a, -LARGEST, LARGEST), clip(b, -LARGEST, LARGEST)
    d = a - b
    return d, ops.where(ops.step(800 - ops.abs_(d)), sum_error(a, -b), 0)


def logaddexp(a: Number, b: Number) -> Number:
    """ln(e^a + e^b)."""
    d, _ = _difference(ops.minimum(a, b), ops.maximum(a, b))  # what it lost is less than what the sum loses
    return ops.maximum(a, b) + ops.log1p(ops.exp(d))


def logaddexp_slope(a: Number, b: Number) -> Number:
    """σ(a - b): the share of e^a."""
    d, lost = _difference(a, b)
    t = ops.exp(mirrored(d))
    t = t + t * ops.where(ops.step(d), 0, lost)  # beside 1 it does not count
    return ops.where(ops.step(d), 1, t) / (1 + t)


# ---- whole numbers ----


def floor(x: Number) -> Number:
    """The greatest whole number up to x, and x itself where it is whole, as from 2⁵² on every float is."""
    fraction = ops.fmod(ops.where(ops.step(2.0**52 - ops.abs_(x)), x, 0), 1)
    return ops.where(fraction, x - fraction - ops.step(-fraction), x)
