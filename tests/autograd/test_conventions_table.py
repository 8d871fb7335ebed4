"""autograd/CONVENTIONS.md is what the engine does today, beside what five other systems were measured to do.

``PYTHONPATH=tests python tests/autograd/test_conventions_table.py`` writes it anew.
"""

import json
import math
from pathlib import Path

import oracle
from mpmath import mp, mpf

from autograd import OPS, DomainError, Value, ops, topological

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "autograd" / "CONVENTIONS.md"
OTHERS = ("torch", "jax", "autograd", "casadi", "xad")

HEAD = """# Conventions

What the engine returns where a derivative jumps, is infinite, or a formula loses its digits, beside five other systems. The last
column is computed by `PYTHONPATH=tests python tests/autograd/test_conventions_table.py`, which writes this page; the test suite
compares it. The others were measured on {measured} with {versions}.

The conventions are PyTorch's where it documents one. `kinks(L)` tells which of a program's operations stand at such a point.

## Awkward points

Value -> derivatives. `-`: the system has no such function. `refused`: DomainError, with the names and numbers of what was asked.

"""

HIGHER = """
## Higher derivatives at such points

The derivative's own rules are differentiated again. With |x|' = 0 at 0 the chain rule gives |x|² the second derivative 0 there: `kinks`
tells it, and x² has 2.

"""

ACCURACY = """
## Error of a derivative, in ulp

Against mpmath at 60 digits. Here every row's value and partial derivatives are within 4 ulp over the row's whole domain:
`tests/autograd/test_accuracy.py`. Near a zero of a sum whose parts cancel (gelu', silu', logaddexp) the ulp is that of the larger part;
∂(a/b)/∂b = -y/b has no more digits than a subnormal quotient y has.

"""

POINTS = {  # the tables' expressions: (function, where)
    "relu(0)": (lambda x: x.relu(), 0),
    "abs(0)": (abs, 0),
    "abs(-0.0)": (abs, -0.0),
    "max(1,1)": (ops.maximum, 1, 1),
    "min(1,1)": (ops.minimum, 1, 1),
    "max(nan,1)": (ops.maximum, math.nan, 1),
    "clamp(x,0,1) at 0": (lambda x: x.clamp(0, 1), 0),
    "clamp at 1": (lambda x: x.clamp(0, 1), 1),
    "leaky_relu(0)": (lambda x: x.leaky_relu(), 0),
    "sqrt(0)": (ops.sqrt, 0),
    "cbrt(0)": (ops.cbrt, 0),
    "hypot(0,0)": (ops.hypot, 0, 0),
    "sqrt(x*x) at 0": (lambda x: (x * x).sqrt(), 0),
    "atan2(0,0)": (ops.atan2, 0, 0),
    "x**y at (0,0)": (ops.pow_, 0, 0),
    "x**y at (0,2)": (ops.pow_, 0, 2),
    "x**y at (0,1)": (ops.pow_, 0, 1),
    "x**y at (0,.5)": (ops.pow_, 0, 0.5),
    "x**y at (-2,3)": (ops.pow_, -2, 3),
    "x**y at (-2,0)": (ops.pow_, -2, 0),
    "x**0 const, x=0": (lambda x: x**0, 0),
    "x**2 const, x=0": (lambda x: x**2, 0),
    "x**3 const, x=-2": (lambda x: x**3, -2),
    "x**1 const, x=0": (lambda x: x**1, 0),
    "x**-1 const, x=0": (lambda x: x**-1, 0),
    "2**x at 3": (lambda x: 2**x, 3),
    "0**x at 2": (lambda x: 0**x, 2),
    "0**x at 0": (lambda x: 0**x, 0),
    "floor(2)": (ops.floor, 2),
    "sign(0)": (ops.sign, 0),
    "fmod(5,3)": (ops.fmod, 5, 3),
    "sigmoid(-1000)": (ops.sigmoid, -1000),
    "sigmoid(1000)": (ops.sigmoid, 1000),
    "1/(1+exp(-x)) at -1000": (lambda x: 1 / (1 + (-x).exp()), -1000),
    "softplus(1000)": (ops.softplus, 1000),
    "log(1+exp(x)) at 1000": (lambda x: (1 + x.exp()).log(), 1000),
    "tanh(400)": (ops.tanh, 400),
    "silu(-1000)": (ops.silu, -1000),
    "logaddexp(1000,1000)": (ops.logaddexp, 1000, 1000),
    "logaddexp(-inf,0)": (ops.logaddexp, -math.inf, 0),
    "logaddexp(-inf,-inf)": (ops.logaddexp, -math.inf, -math.inf),
    "log1p(1e-20)": (ops.log1p, 1e-20),
    "expm1(1e-20)": (ops.expm1, 1e-20),
    "log(0)": (ops.log, 0),
    "acos(1)": (ops.acos, 1),
    "x*log(x) at 0": (lambda x: x * x.log(), 0),
    "xlogy(0,0)": (ops.xlogy, 0, 0),
    "sinc(0)": None,
    "where(x>0,sqrt(x),0) at 0": (lambda x: ops.where(x > 0, x.sqrt(), 0), 0),
    "where(x>0,log(x),0) at -1": (lambda x: ops.where(x > 0, x.log(), 0), -1),
    "x/x at 0": (lambda x: x / x, 0),
    "1/x at 0": (lambda x: 1 / x, 0),
    "exp(1000)": (ops.exp, 1000),
    "inf*0 seed: (x*0) at inf": (lambda x: x * 0, math.inf),
}

SERIES = {  # expression: (function, point); value and three derivatives
    "x**2.0 at 0": (lambda x: x**2.0, 0.0),
    "x**3.0 at 0": (lambda x: x**3.0, 0.0),
    "x**2.5 at 0": (lambda x: x**2.5, 0.0),
    "tanh at 0": (ops.tanh, 0.0),
    "sigmoid at 0": (ops.sigmoid, 0.0),
    "silu at 0": (ops.silu, 0.0),
    "softplus at 0": (ops.softplus, 0.0),
    "atan at 0": (ops.atan, 0.0),
    "hypot(x, 1) at 0": (lambda x: x.hypot(1.0), 0.0),
    "abs(x)**2 at 0": (lambda x: abs(x) ** 2, 0.0),
    "relu(x)**2 at 0": (lambda x: x.relu() ** 2, 0.0),
    "where(x>0,sqrt(x),0) at 0": (lambda x: ops.where(x > 0, x.sqrt(), 0), 0.0),
}


def short(x):
    return f"{x:.4g}"


def here(function, *point):
    """The engine's answer, written as the table writes those of the others."""
    leaves = [Value(x) for x in point]
    try:
        y = function(*leaves)
    except DomainError:
        return "refused"
    y.backward()
    return f"{short(y.data)} -> {','.join(short(leaf.grad) for leaf in leaves)}"


def derivative(L, x):
    """∂L/∂x as a Value: the sum over all paths, by the rows' rules over Values."""
    slopes = {L: Value(1.0)}
    for node in reversed(topological(L)):
        if node.op is not None and node in slopes:
            for i, arg in enumerate(node.args):
                partial = node.op.partials[i](node, *node.args) if isinstance(arg, Value) else 0.0
                if isinstance(partial, Value) or partial != 0:  # the side that a where did not take passes nothing on
                    slopes[arg] = slopes[arg] + partial * slopes[node] if arg in slopes else partial * slopes[node]
    return slopes.get(x, Value(0.0))


def higher(function, point):
    x = Value(point)
    y = function(x)
    told = [short(y.data)]
    for _ in range(3):
        y = derivative(y, x)
        told.append(short(y.data))
    return told


def row_of(name):
    """The row and the point of a line such as acos'(1-1e-12)."""
    word, _, rest = name.partition("'(")
    return OPS[word], eval(rest.removesuffix(")"))


def bound(name):
    row, x = row_of(name)
    got = Value(x)
    row(got).backward()
    with mp.workdps(60):
        exact = oracle.SLOPE[row.name][0](mpf(x))
        size = max(abs(exact), mpf(math.ulp(0.0)))
        error = abs(mpf(got.grad) - exact) / math.ulp(float(size))
    return "≤ 4" if error <= 4 else f"{float(error):.2g}"


def table(head, rows):
    lines = [f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(line.replace("||", "| |") for line in lines) + "\n"


def data(name):
    return json.loads((ROOT / "tests" / "data" / f"{name}.json").read_text())


def page():
    points, errors = data("conventions"), data("accuracy")
    assert [row["expression"] for row in points["rows"]] == list(POINTS)
    versions = ", ".join(f"{name} {version}" for name, version in points["versions"].items())
    mine = [here(*POINTS[row["expression"]]) if POINTS[row["expression"]] else "-" for row in points["rows"]]
    text = HEAD.format(measured=points["measured"], versions=versions)
    text += table(
        ["expression", *OTHERS, "here"],
        [[f"`{row['expression']}`", *[row[name] for name in OTHERS], own] for row, own in zip(points["rows"], mine, strict=True)],
    )
    text += HIGHER + table(
        ["expression", "value", "first", "second", "third"], [[f"`{name}`", *higher(*how)] for name, how in SERIES.items()]
    )
    text += ACCURACY + table(
        ["derivative", "true value", *OTHERS, "here"],
        [[row["derivative"], row["true value"], *[row[name] for name in OTHERS], bound(row["derivative"])] for row in errors["rows"]],
    )
    return text


def test_the_page_is_what_the_engine_does():
    assert PAGE.read_text() == page(), "run:  PYTHONPATH=tests python tests/autograd/test_conventions_table.py"


if __name__ == "__main__":
    PAGE.write_text(page())
