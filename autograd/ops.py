"""THE table: one row an operation. Everything else in the project reads it.

A row is ``op(name, value, partial of the first input, partial of the second, …)``: functions over any carrier
(floats, Values, Formulas, arrays, mpmath numbers). A partial takes the output first: ``lambda y, x: …``.

Conventions where a derivative jumps or the textbook is silent, as PyTorch documents them; CONVENTIONS.md compares them with others:

- relu'(0) = 0, step'(0) = sign'(0) = |x|'(0) = 0, leaky_relu'(0) = slope, elu'(0) = alpha
- minimum and maximum share the derivative at a tie: ½ and ½; clip' = 1 at its bounds; floor' = ceil' = 0
- x ** 0 has derivative 0 everywhere, 0 ** y has derivative 0 for y >= 0
- hypot and atan2 have derivative 0 at (0, 0), where PyTorch has NaN (hypot) and 0 (atan2); xlogy(0, 0) = 0 has derivatives 0
- poles and overflow give infinities (1/0, log(0), exp(1000)); log(-1) and 0/0 raise DomainError

``shown`` is the partial as a textbook writes it, where the one that keeps its digits looks different:
1 - y**2 is tanh' on paper, but at x = 8 it has lost seven digits. ``scalar`` is the partial for one number at a time, where a
branch may spare a function that arrays would have to compute anyway. The rules that take more than a line are in `stable`;
every value and partial is within 4 ulp over the row's whole domain.

Over the numbers of mpmath and SymPy a row is their library's function of its name, and over fractions its own rule; ``beyond``,
``sympy`` and ``exact`` say what it is where that function is missing or another, as mpmath's fmod is Python's remainder.

Sources: DLMF chapters 4 and 7 (elementary functions, erf); Clevert et al. 2016 (elu), Hendrycks and Gimpel
2016 (gelu), Ramachandran et al. 2017 (silu).
"""

import math

from . import rational, stable
from .constant import LN_2, LN_10, LOG2_E, LOG10_E, SQRT_2, SQRT_2_PI, TWO_OVER_SQRT_PI
from .op import ADD, MUL, POW, Op, op

_ANY = (-3.0, 3.0)
_POSITIVE = (0.1, 4.0)
_UNIT = (-0.95, 0.95)

# ---- arithmetic ----
add = op("add", lambda a, b: a + b, lambda y, a, b: 1.0, lambda y, a, b: 1.0,
         operator="add", text="{0} + {1}", latex="{0} + {1}", mathml="<mrow>{0}<mo>+</mo>{1}</mrow>", prec=ADD, associative=True, commutative=True, neutral=(0, 0),
         inverse=(lambda y, a, b: y - b, lambda y, a, b: y - a))
sub = op("sub", lambda a, b: a - b, lambda y, a, b: 1.0, lambda y, a, b: -1.0,
         operator="sub", text="{0} - {1}", pretty="{0} − {1}", latex="{0} - {1}", mathml="<mrow>{0}<mo>−</mo>{1}</mrow>", prec=ADD, neutral=(None, 0),
         inverse=(lambda y, a, b: y + b, lambda y, a, b: a - y))
mul = op("mul", lambda a, b: a * b, lambda y, a, b: b, lambda y, a, b: a,
         operator="mul", text="{0} * {1}", pretty="{0}·{1}", latex=r"{0} \cdot {1}", mathml="<mrow>{0}<mo>·</mo>{1}</mrow>", prec=MUL, associative=True, commutative=True, neutral=(1, 1), absorbing=0,
         inverse=(lambda y, a, b: y / b, lambda y, a, b: y / a))
div = op("div", lambda a, b: a / b, lambda y, a, b: 1 / b, lambda y, a, b: -y / b,
         operator="truediv", text="{0} / {1}", pretty="{0}/{1}", latex=r"\frac{{{0}}}{{{1}}}", mathml="<mfrac><mrow>{0}</mrow><mrow>{1}</mrow></mfrac>", prec=MUL, neutral=(None, 1),
         domain="({1} != 0) | ({0} != 0)", at=(_ANY, _POSITIVE), inverse=(lambda y, a, b: y * b, lambda y, a, b: a / y))
neg = op("neg", lambda x: -x, lambda y, x: -1.0,
         operator="neg", text="-{0}", pretty="−{0}", latex="-{0}", mathml="<mrow><mo>−</mo>{0}</mrow>", prec=MUL, aliases=("negative",), inverse=(lambda y, x: -y,))
pow_ = op("pow", math.pow,
          stable.pow_by_base, stable.pow_by_exponent,
          shown=(lambda y, a, b: b * a ** (b - 1), lambda y, a, b: y * log(a)), scalar=(stable.pow_by_base_of_one, stable.pow_by_exponent),
          operator="pow", text="{0}**{1}", pretty="{0}^{1}", latex="{0}^{{{1}}}", mathml="<msup>{0}<mrow>{1}</mrow></msup>", prec=POW, neutral=(None, 1), settles=(None, 0),
          domain="({0} >= 0) | ({1} % 1 == 0)", at=(_POSITIVE, _ANY), aliases=("power",), exact=rational.power, squares=(3.0, 4.0))

# ---- exponentials and logarithms ----
exp   = op("exp",   math.exp,   lambda y, x: y, latex="e^{{{0}}}", mathml="<msup><mi>e</mi><mrow>{0}</mrow></msup>", inverse=(lambda y, x: log(y),), activation=True)
expm1 = op("expm1", math.expm1, lambda y, x: exp(x), sympy="exp({0}) - 1")
log   = op("log",   math.log,   lambda y, x: 1 / x, latex=r"\ln\left({0}\right)", domain="{0} >= 0", at=(_POSITIVE,), words=("ln",),
           inverse=(lambda y, x: exp(y),), activation=True)
log1p = op("log1p", math.log1p, lambda y, x: 1 / (1 + x), domain="{0} >= -1", at=((-0.9, 4.0),), sympy="log(1 + {0})")
exp2  = op("exp2",  math.exp2,  lambda y, x: y * LN_2, latex="2^{{{0}}}", mathml="<msup><mn>2</mn><mrow>{0}</mrow></msup>", beyond=lambda x: 2**x)
log2  = op("log2",  math.log2,  lambda y, x: LOG2_E / x, shown=(lambda y, x: 1 / (x * LN_2),), latex=r"\log_{{2}}\left({0}\right)",
           domain="{0} >= 0", at=(_POSITIVE,), beyond=lambda x: log(x) / LN_2)
log10 = op("log10", math.log10, lambda y, x: LOG10_E / x, shown=(lambda y, x: 1 / (x * LN_10),), latex=r"\log_{{10}}\left({0}\right)",
           domain="{0} >= 0", at=(_POSITIVE,), beyond=lambda x: log(x) / LN_10, cost=2)
logaddexp = op("logaddexp", stable.logaddexp, lambda y, a, b: stable.logaddexp_slope(a, b), lambda y, a, b: stable.logaddexp_slope(b, a),
               shown=(lambda y, a, b: exp(a - y), lambda y, a, b: exp(b - y)), associative=True, sympy="log(exp({0}) + exp({1}))")
xlogy = op("xlogy", lambda a, b: a * log(where(a, b, 1)),
           lambda y, a, b: log(where(abs_(a) + step(b), b, 1)), lambda y, a, b: a / where(abs_(a) + abs_(b), b, 1),
           shown=(lambda y, a, b: log(b), lambda y, a, b: a / b), domain="({1} >= 0) | ({0} == 0)", at=(_ANY, _POSITIVE))

# ---- roots and powers ----
sqrt       = op("sqrt", math.sqrt, lambda y, x: 1 / (2 * y), pretty="√({0})", latex=r"\sqrt{{{0}}}", mathml="<msqrt>{0}</msqrt>", domain="{0} >= 0", at=(_POSITIVE,),
                exact=lambda x: rational.root(x, 2), cost=0.1)
cbrt       = op("cbrt", math.cbrt, stable.cbrt_slope, shown=(lambda y, x: 1 / (3 * y**2),), latex=r"\sqrt[3]{{{0}}}", at=(_POSITIVE,),
                beyond=lambda x: sign(x) * pow_(abs_(x), abs_(sign(x)) / 3), sympy="sign({0}) * cbrt(Abs({0}))", cost=4)
square     = op("square", lambda x: x * x, lambda y, x: 2 * x, activation=True)
reciprocal = op("reciprocal", lambda x: 1 / x, lambda y, x: -y * y, shown=(lambda y, x: -(y**2),), at=(_POSITIVE,))

# ---- trigonometry ----
sin   = op("sin",   math.sin,   lambda y, x: cos(x),  latex=r"\sin\left({0}\right)", activation=True, cost=2, numpy_cost=11.4)
cos   = op("cos",   math.cos,   lambda y, x: -sin(x), latex=r"\cos\left({0}\right)", activation=True, cost=2, numpy_cost=11.4)
tan   = op("tan",   math.tan,   lambda y, x: 1 + y * y, shown=(lambda y, x: 1 + y**2,), latex=r"\tan\left({0}\right)", at=((-1.4, 1.4),), cost=2)
asin  = op("asin",  math.asin,  lambda y, x: 1 / sqrt((1 - x) * (1 + x)), shown=(lambda y, x: 1 / sqrt(1 - x**2),),
           latex=r"\arcsin\left({0}\right)", domain="abs({0}) <= 1", at=(_UNIT,), aliases=("arcsin",), cost=2)
acos  = op("acos",  math.acos,  lambda y, x: -1 / sqrt((1 - x) * (1 + x)), shown=(lambda y, x: -1 / sqrt(1 - x**2),),
           latex=r"\arccos\left({0}\right)", domain="abs({0}) <= 1", at=(_UNIT,), aliases=("arccos",), cost=2)
atan  = op("atan",  math.atan,  stable.atan_slope, shown=(lambda y, x: 1 / (1 + x**2),),
           latex=r"\arctan\left({0}\right)", aliases=("arctan",), cost=2)
atan2 = op("atan2", math.atan2,
           lambda y, a, b: stable.over_square(b, a, b), lambda y, a, b: stable.over_square(-a, a, b),
           shown=(lambda y, a, b: b / (a**2 + b**2), lambda y, a, b: -a / (a**2 + b**2)),
           kink=lambda a, b: hypot(a, b), at=(_ANY, _POSITIVE), aliases=("arctan2",), cost=4)
hypot = op("hypot", math.hypot, lambda y, a, b: stable.over_length(a, y, a, b), lambda y, a, b: stable.over_length(b, y, a, b),
           shown=(lambda y, a, b: a / y, lambda y, a, b: b / y), kink=lambda a, b: hypot(a, b),
           latex=r"\operatorname{{hypot}}\left({0}, {1}\right)", associative=True,
           beyond=lambda a, b: sqrt(a * a + b * b), cost=2, numpy_cost=11.4)

# ---- hyperbolic functions ----
sinh = op("sinh", math.sinh, lambda y, x: cosh(x), latex=r"\sinh\left({0}\right)", cost=3)
cosh = op("cosh", math.cosh, lambda y, x: sinh(x), latex=r"\cosh\left({0}\right)", cost=2)
tanh = op("tanh", math.tanh, stable.tanh_slope, shown=(lambda y, x: 1 - y**2,), scalar=(stable.tanh_slope_of_one,),
          latex=r"\tanh\left({0}\right)", activation=True, cost=2.5)
asinh = op("asinh", math.asinh, stable.asinh_slope, shown=(lambda y, x: 1 / sqrt(1 + x**2),), aliases=("arcsinh",), words=("arsinh",), cost=3)
acosh = op("acosh", math.acosh, lambda y, x: 1 / (sqrt(x - 1) * sqrt(x + 1)), shown=(lambda y, x: 1 / sqrt(x**2 - 1),),
           domain="{0} >= 1", at=((1.1, 4.0),), aliases=("arccosh",), words=("arcosh",), cost=3)
atanh = op("atanh", math.atanh, lambda y, x: 1 / ((1 - x) * (1 + x)), shown=(lambda y, x: 1 / (1 - x**2),),
           domain="abs({0}) <= 1", at=(_UNIT,), aliases=("arctanh",), words=("artanh",), cost=3)

# ---- the error function ----
erf  = op("erf",  math.erf,  lambda y, x: TWO_OVER_SQRT_PI * stable.gauss(x), shown=(lambda y, x: TWO_OVER_SQRT_PI * exp(-(x**2)),))
erfc = op("erfc", math.erfc, lambda y, x: -TWO_OVER_SQRT_PI * stable.gauss(x), shown=(lambda y, x: -TWO_OVER_SQRT_PI * exp(-(x**2)),))

# ---- pieces ----
abs_    = op("abs",     abs, lambda y, x: sign(x), operator="abs", pretty="|{0}|", latex=r"\left|{0}\right|", mathml="<mrow><mo>|</mo>{0}<mo>|</mo></mrow>", kink=lambda x: x, aliases=("absolute",))
sign    = op("sign",    lambda x: 1 if x > 0 else -1 if x < 0 else 0 if x == 0 else x, lambda y, x: 0.0, kink=lambda x: x, words=("sgn",))
step    = op("step",    lambda x: maximum(sign(x), 0), lambda y, x: 0.0, zero="{0} <= 0.0", one="{0} > 0.0", kink=lambda x: x, words=("heaviside",),
             sympy="Heaviside({0}, 0)")
where   = op("where",   lambda condition, a, b: a if condition else b, lambda y, c, a, b: 0.0,
             lambda y, c, a, b: where(c, 1, 0), lambda y, c, a, b: where(c, 0, 1), chooses=(1, 2),
             latex=r"\begin{{cases}} {1} & {0} \neq 0 \\ {2} & \text{{otherwise}} \end{{cases}}", at=((0.0, 1.0), _ANY, _ANY),
             sympy="Piecewise(({1}, Ne({0}, 0)), ({2}, True))")
minimum = op("minimum", lambda a, b: a if a <= b or a != a else b, lambda y, a, b: (1 + sign(b - a)) / 2, lambda y, a, b: (1 + sign(a - b)) / 2,
             pretty="min({0}, {1})", latex=r"\min\left({0}, {1}\right)", kink=lambda a, b: a - b, words=("min",), associative=True,
             sympy="Min({0}, {1})")
maximum = op("maximum", lambda a, b: a if a >= b or a != a else b, lambda y, a, b: (1 + sign(a - b)) / 2, lambda y, a, b: (1 + sign(b - a)) / 2,
             pretty="max({0}, {1})", latex=r"\max\left({0}, {1}\right)", kink=lambda a, b: a - b, words=("max",), associative=True,
             sympy="Max({0}, {1})")
clip    = op("clip", stable.clip, lambda y, x, low, high: where(step(low - x) + step(x - high), 0, 1),
             lambda y, x, low, high: where(step(low - x), 1 - step(low - high), 0), lambda y, x, low, high: step(maximum(x, low) - high),
             kink=lambda x, low, high: where(step(high - maximum(x, low)), x - low, 1) * (maximum(x, low) - high), at=(_ANY, (-2.0, -1.0), (1.0, 2.0)), aliases=("clamp",))

# ---- whole numbers ----
fmod  = op("fmod",  math.fmod,  lambda y, a, b: 1.0, lambda y, a, b: -(a - y) / b, kink=lambda a, b: fmod(a, b), domain="{1} != 0", at=(_ANY, _POSITIVE),
           beyond=lambda a, b: a - b * sign(a / b) * floor(abs_(a / b)), numpy_cost=11.4)
floor = op("floor", stable.floor, lambda y, x: 0.0, latex=r"\left\lfloor {0} \right\rfloor", kink=lambda x: fmod(x, 1), exact=math.floor)
ceil  = op("ceil",  lambda x: -floor(-x), lambda y, x: 0.0, latex=r"\left\lceil {0} \right\rceil", kink=lambda x: fmod(x, 1), sympy="ceiling({0})")

# ---- activations ----
sigmoid    = op("sigmoid", stable.sigmoid, stable.sigmoid_slope, shown=(lambda y, x: y * (1 - y),), scalar=(stable.sigmoid_slope_of_one,),
                pretty="σ({0})", latex=r"\sigma\left({0}\right)", aliases=("logistic", "expit"), words=("σ", "sigma", "s"), activation=True,
                sympy="1 / (1 + exp(-{0}))")
relu       = op("relu", lambda x: maximum(x, 0), lambda y, x: step(x), kink=lambda x: x, words=("rect",), activation=True)
leaky_relu = op("leaky_relu", lambda x, slope: where(step(x), x, slope * x),
                lambda y, x, slope: where(step(x), 1, slope), lambda y, x, slope: stable.negative_part(x), kink=lambda x, slope: x, defaults=(0.01,))
elu        = op("elu", lambda x, alpha: where(step(x), x, alpha * expm1(stable.negative_part(x))),
                stable.elu_slope, lambda y, x, alpha: expm1(stable.negative_part(x)),
                shown=(lambda y, x, alpha: where(step(x), 1, alpha * exp(minimum(x, 0))), lambda y, x, alpha: expm1(minimum(x, 0))),
                kink=lambda x, alpha: x, defaults=(1.0,))
softplus   = op("softplus", lambda x: maximum(x, 0) + log1p(exp(-abs_(x))), lambda y, x: sigmoid(x), activation=True, sympy="log(1 + exp({0}))")
silu       = op("silu", stable.silu, stable.silu_slope,
                shown=(lambda y, x: sigmoid(x) * (1 + x * sigmoid(-x)),), aliases=("swish",), activation=True, sympy="{0} / (1 + exp(-{0}))")
gelu       = op("gelu", stable.gelu, stable.gelu_slope,
                shown=(lambda y, x: erfc(-x / SQRT_2) / 2 + x * exp(-(x**2) / 2) / SQRT_2_PI,), activation=True,
                sympy="{0} * (1 + erf({0} / sqrt(2))) / 2")

__all__ = [name for name, row in globals().items() if isinstance(row, Op)]
