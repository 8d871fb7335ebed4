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


def _sigmoid(x):
    return 1 / (1 + mpmath.exp(-mpf(x)))


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
    "sqrt": mpmath.sqrt,
    "square": lambda x: mpf(x) ** 2,
    "reciprocal": lambda x: mpf(1) / x,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "asin": mpmath.asin,
    "acos": mpmath.acos,
    "atan": mpmath.atan,
    "atan2": mpmath.atan2,
    "hypot": lambda a, b: mpmath.sqrt(mpf(a) ** 2 + mpf(b) ** 2),
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
    "erfc": mpmath.erfc,
    "abs": lambda x: -x if x < 0 else x,
    "sign": lambda x: mpf((x > 0) - (x < 0)),
    "step": lambda x: mpf(x > 0),
    "where": lambda c, a, b: a if c != 0 else b,
    "minimum": _smaller,
    "maximum": _larger,
    "sigmoid": _sigmoid,
    "relu": lambda x: _larger(x, mpf(0)),
    "leaky_relu": lambda x, slope: x if x > 0 else slope * x,
    "elu": lambda x, alpha: x if x > 0 else alpha * mpmath.expm1(x),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "silu": lambda x: x * _sigmoid(x),
    "gelu": lambda x: x * (1 + mpmath.erf(x / mpmath.sqrt(2))) / 2,
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
