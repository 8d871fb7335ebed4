"""Random programs: straight-line code over the rows, that can be run over any kind of number.

A program is a list of (row, operands); an operand is the number of an earlier step, a leaf or a constant. A step
that would leave the safe ground (no real value, huge, close to a jump, ill-conditioned) is not taken, by the
measure of the oracle alone.
"""

import math
from dataclasses import dataclass, field

import mpmath
import oracle
from hypothesis import strategies as st
from mpmath import mp, mpf

from autograd import OPS, Value, topological

CONSTANTS = [0.5, 1.0, 2.0, 3.0, -1.0, 0.1, math.pi]
JUMPS = {"sign", "step", "abs", "relu", "leaky_relu", "elu", "minimum", "maximum", "where", "clip", "fmod", "floor", "ceil"}
SMOOTH = set(oracle.VALUE) - JUMPS
_TWO = {"add", "sub", "mul", "div", "pow", "atan2", "hypot", "minimum", "maximum", "leaky_relu", "elu", "logaddexp", "xlogy", "fmod"}
ARITY = {name: 3 if name in ("where", "clip") else 2 if name in _TWO else 1 for name in oracle.VALUE}


@dataclass
class Program:
    """Steps over leaves x0, x1, … at the given numbers."""

    leaves: list
    steps: list = field(default_factory=list)  # (row, (("leaf" | "step" | "number", what), …))

    def run(self, rows, leaves, number=float):
        """The last step's value over whatever ``rows`` and ``leaves`` are."""
        done = []
        for row, operands in self.steps:
            pick = {"leaf": leaves.__getitem__, "step": done.__getitem__, "number": number}
            done.append(rows[row](*[pick[kind](what) for kind, what in operands]))
        return done[-1] if done else leaves[0]

    def recorded(self):
        """The last step's Value, after its backward, and the leaves."""
        leaves = [Value(number) for number in self.leaves]
        root = self.run(OPS, leaves)
        root.backward()
        return root, leaves


def magnitude(root, leaves):
    """For each leaf Σ over all ways of |product|: the size of what may cancel in its gradient."""
    order = topological(root)
    weight = dict.fromkeys(order, 0.0) | {root: 1.0}
    for node in reversed(order):
        for arg, partial in zip(node.args, node.partials, strict=True):
            if partial is not None:
                weight[arg] += abs(partial) * weight[node]
    return [weight.get(leaf, 0.0) for leaf in leaves]


def naming(every):
    """The rows, which give every so many'th result a name: q_1, q_2, …"""
    count = 0

    def row(op):
        def made(*args):
            nonlocal count
            value = op(*args)
            count += 1
            return value.named(f"q_{count}") if isinstance(value, Value) and count % every == 0 else value

        return made

    return {name: row(op) for name, op in OPS.items()}


@st.composite
def programs(draw, rows, constants, most, *, leaves=3, folding=False):
    """Programs of at most ``most`` steps over these rows and constants; a step of constants alone is only made for ``folding``."""
    rows = sorted(rows)
    numbers = draw(st.lists(st.floats(0.2, 2.0).flatmap(lambda x: st.sampled_from([x, -x])), min_size=leaves, max_size=leaves))
    program = Program(numbers)
    with mp.workdps(40):
        values = []
        for _ in range(draw(st.integers(most // 3, most))):
            row = draw(st.sampled_from(rows))
            operands = []
            for _ in range(ARITY[row]):
                sort = draw(st.integers(0, 9))
                if sort < 6 and values:
                    operands.append(("step", len(values) - 1 - draw(st.integers(0, min(len(values) - 1, 4)))))
                elif sort < 8:
                    operands.append(("leaf", draw(st.integers(0, leaves - 1))))
                else:
                    operands.append(("number", draw(st.sampled_from(constants))))
            if not folding and all(kind == "number" for kind, _ in operands):
                operands[0] = ("leaf", 0)
            pick = {"leaf": numbers.__getitem__, "step": values.__getitem__, "number": lambda x: x}
            xs = [mpf(pick[kind](what)) for kind, what in operands]
            y = safe(row, xs, [kind != "number" for kind, _ in operands])
            if y is not None:
                program.steps.append((row, tuple(operands)))
                values.append(y)
    return program


def safe(row, xs, varies):
    """The row's value where it and its slopes in what varies are real, of modest size and well-conditioned; else None."""
    f = oracle.VALUE[row]
    gap = _gap(row, xs)
    if row in JUMPS and abs(gap) < 1e-3 and not (row == "where" and gap == 0):
        return None
    try:
        y = f(*xs)
        slopes = [slope(*xs) for slope in oracle.SLOPE[row]]
        if any(mp.isinf(mpmath.re(slope)) for slope in slopes):
            return None
        if any(varying and isinstance(slope, mpmath.mpc) for slope, varying in zip(slopes, varies, strict=True)):
            return None
        if isinstance(y, mpmath.mpc) or (y != 0 and not 1e-3 < abs(y) < 1e3):
            return None
        for i, x in enumerate(xs):
            beside = f(*xs[:i], x * (1 + mpf("1e-12")), *xs[i + 1 :])
            if isinstance(beside, mpmath.mpc) or abs(beside - y) > 2e-11 * abs(y):
                return None
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    return y


def _gap(row, xs):
    """How far the point is from the row's jump."""
    if row in ("minimum", "maximum"):
        return xs[0] - xs[1]
    if row == "clip":
        x, low, high = xs
        return min(abs(x - low), abs(max(x, low) - high))
    if row in ("floor", "ceil", "fmod"):
        turns = xs[0] / (xs[1] if row == "fmod" else 1) if xs[-1] else mpf(0)
        return turns - mpmath.nint(turns)
    return xs[0]
