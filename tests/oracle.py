"""What every row of the op table should be, written a second time from the textbook over mpmath's functions.

Nothing here looks at the project: it is the other opinion that the tests compare the table with.
"""

import math

import mpmath
from mpmath import mp, mpf


def _larger(a, b):
    return a if a > b else b


def _smaller(a, b):
    return a if a < b else b


def _pow(a, b):
    if a == 0 and b == 0:
        return mpf(1)
    return mpmath.power(a, b)


def _fmod(a, b):
    with mp.workprec(2200):  # as many bits as between the largest and the smallest float
        return mpmath.sign(a) * mpmath.fmod(abs(a), abs(b))


def _sigmoid(x):
    return 1 / (1 + mpmath.exp(-mpf(x)))


def _normal(x):
    """The density of the standard normal distribution."""
    return mpmath.exp(-(x**2) / 2) / mpmath.sqrt(2 * mp.pi)


def _distribution(x):
    return _erfc(-x / mpmath.sqrt(2)) / 2


def _pow_by_exponent(a, b):
    return mpf(0) if a == 0 and b >= 0 else _pow(a, b) * mpmath.log(a)


def _erfc(x):
    """mpmath's own does not end for huge x."""
    return mpmath.erfc(x) if x < 1e6 else mpmath.exp(-(x**2)) / (x * mpmath.sqrt(mp.pi))


def _gauss(x):
    return 2 / mpmath.sqrt(mp.pi) * mpmath.exp(-(mpf(x) ** 2))


def _radius(a, b):
    return mpmath.sqrt(mpf(a) ** 2 + mpf(b) ** 2)


def _zero(*_):
    return mpf(0)


def _one(*_):
    return mpf(1)


VALUE = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: mpf(a) / b,
    "neg": lambda x: -x,
    "pow": _pow,
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "log": mpmath.log,
    "log1p": lambda x: mpmath.log1p(x),
    "exp2": lambda x: mpf(2) ** x,
    "log2": lambda x: mpmath.log(x) / mpmath.log(2),
    "log10": mpmath.log10,
    "logaddexp": lambda a, b: _larger(a, b) + mpmath.log1p(mpmath.exp(-abs(a - b))),
    "xlogy": lambda a, b: a * mpmath.log(b) if a != 0 else mpf(0),
    "sqrt": mpmath.sqrt,
    "cbrt": lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)),
    "square": lambda x: mpf(x) ** 2,
    "reciprocal": lambda x: mpf(1) / x,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "atan2": mpmath.atan2,
    "hypot": _radius,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "asinh": mpmath.asinh,
    "acosh": mpmath.acosh,
    "atanh": mpmath.atanh,
    "erf": mpmath.erf,
    "erfc": _erfc,
    "abs": lambda x: -x if x < 0 else x,
    "sign": lambda x: mpf((x > 0) - (x < 0)),
    "step": lambda x: mpf(x > 0),
    "where": lambda c, a, b: a if c != 0 else b,
    "minimum": _smaller,
    "maximum": _larger,
    "clip": lambda x, low, high: _smaller(_larger(x, low), high),
    "fmod": _fmod,
    "floor": mpmath.floor,
    "ceil": mpmath.ceil,
    "sigmoid": _sigmoid,
    "relu": lambda x: _larger(x, mpf(0)),
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "elu": lambda x, alpha: x if x > 0 else alpha * mpmath.expm1(x),
    "softplus": lambda x: _larger(x, mpf(0)) + mpmath.log1p(mpmath.exp(-abs(x))),
    "silu": lambda x: x * _sigmoid(x),
    "gelu": lambda x: x * _distribution(x),
}

# ∂row/∂x_i, in forms that do not cancel
SLOPE = {
    "add": (_one, _one),
    "sub": (_one, lambda a, b: mpf(-1)),
    "mul": (lambda a, b: b, lambda a, b: a),
    "div": (lambda a, b: 1 / b, lambda a, b: -a / b**2),
    "neg": (lambda x: mpf(-1),),
    "pow": (lambda a, b: b * _pow(a, b - 1) if b else mpf(0), _pow_by_exponent),
    "exp": (mpmath.exp,),
    "expm1": (mpmath.exp,),
    "log": (lambda x: 1 / x,),
    "log1p": (lambda x: 1 / (1 + x),),
    "exp2": (lambda x: mpmath.log(2) * mpf(2) ** x,),
    "log2": (lambda x: 1 / (x * mpmath.log(2)),),
    "log10": (lambda x: 1 / (x * mpmath.log(10)),),
    "logaddexp": (lambda a, b: _sigmoid(a - b), lambda a, b: _sigmoid(b - a)),
    "xlogy": (lambda a, b: mpmath.log(b) if a or b > 0 else mpf(0), lambda a, b: a / b if a or b else mpf(0)),
    "cbrt": (lambda x: 1 / (3 * mpmath.cbrt(x**2)),),
    "sqrt": (lambda x: 1 / (2 * mpmath.sqrt(x)),),
    "square": (lambda x: 2 * x,),
    "reciprocal": (lambda x: -1 / x**2,),
    "sin": (mpmath.cos,),
    "cos": (lambda x: -mpmath.sin(x),),
    "tan": (lambda x: mpmath.sec(x) ** 2,),
    "asin": (lambda x: 1 / mpmath.sqrt((1 - x) * (1 + x)),),
    "acos": (lambda x: -1 / mpmath.sqrt((1 - x) * (1 + x)),),
    "atan": (lambda x: 1 / (1 + x**2),),
    "atan2": (lambda a, b: b / _radius(a, b) ** 2, lambda a, b: -a / _radius(a, b) ** 2),
    "hypot": (lambda a, b: a / _radius(a, b), lambda a, b: b / _radius(a, b)),
    "sinh": (mpmath.cosh,),
    "cosh": (mpmath.sinh,),
    "tanh": (lambda x: mpmath.sech(x) ** 2,),
    "asinh": (lambda x: 1 / mpmath.sqrt(1 + x**2),),
    "acosh": (lambda x: 1 / mpmath.sqrt((x - 1) * (x + 1)),),
    "atanh": (lambda x: 1 / ((1 - x) * (1 + x)),),
    "erf": (_gauss,),
    "erfc": (lambda x: -_gauss(x),),
    "abs": (mpmath.sign,),
    "sign": (_zero,),
    "step": (_zero,),
    "where": (_zero, lambda c, a, b: mpf(c != 0), lambda c, a, b: mpf(c == 0)),
    "minimum": (lambda a, b: mpf(a < b), lambda a, b: mpf(b < a)),
    "maximum": (lambda a, b: mpf(a > b), lambda a, b: mpf(b > a)),
    "clip": (
        lambda x, low, high: mpf(low <= x <= high),
        lambda x, low, high: mpf(x < low <= high),
        lambda x, low, high: mpf(max(x, low) > high),
    ),
    "fmod": (_one, lambda a, b: -(a - _fmod(a, b)) / b),
    "floor": (_zero,),
    "ceil": (_zero,),
    "sigmoid": (lambda x: _sigmoid(x) * _sigmoid(-x),),
    "relu": (lambda x: mpf(x > 0),),
    "leaky_relu": (lambda x, slope: mpf(1) if x > 0 else slope, lambda x, slope: _smaller(x, mpf(0))),
    "elu": (lambda x, alpha: mpf(1) if x > 0 else alpha * mpmath.exp(x), lambda x, alpha: mpmath.expm1(_smaller(x, mpf(0)))),
    "softplus": (_sigmoid,),
    "silu": (lambda x: _sigmoid(x) * (1 + x * _sigmoid(-x)),),
    "gelu": (lambda x: _distribution(x) + x * _normal(x),),
}

# (row, 0 for the value or 1 + i for ∂row/∂x_i): the larger part of a sum that may cancel, at which an error is measured;
# and of -y/b the size where y = a/b becomes subnormal, and has no more digits to give
PARTS = {
    ("div", 2): lambda a, b: mpf(2) ** -1022 / b if b else mpf(0),
    ("logaddexp", 0): _larger,
    ("silu", 1): lambda x: x * _sigmoid(x) * _sigmoid(-x),
    ("gelu", 1): lambda x: x * _normal(x),
}


def slope(name, i, xs, digits=30):
    """∂row/∂x_i at xs by mpmath's numerical differentiation; a where is told apart by its condition alone."""
    with mp.workdps(digits):
        xs = [mpf(x) for x in xs]
        if name == "where" and i == 0:
            return mpf(0)  # constant on either side of its condition
        return mpmath.diff(lambda t: VALUE[name](*xs[:i], t, *xs[i + 1 :]), xs[i])


def close(got, expected, rel=1e-12, absolute=0.0):
    """Whether got is within rel of expected, both taken as exact numbers."""
    got, expected = mpf(got), mpf(expected)
    if math.isinf(float(expected)) or math.isinf(float(got)):
        return float(got) == float(expected)
    return abs(got - expected) <= max(rel * abs(expected), absolute)
