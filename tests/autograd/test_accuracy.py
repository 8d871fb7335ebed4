"""Every row's value and partials, as recorded, are within 4 ulp of mpmath over the row's whole domain, to its ends.

An ulp is the spacing of floats at the truth, and below the normal numbers that of the subnormal ones. A sum whose parts
cancel (silu' near its zero) is measured at its larger part, and a/b² = y/b at no smaller y than a normal one: `oracle.PARTS`.
"""

import math
import random
import sys

import oracle
import pytest
from mpmath import mp, mpf

from autograd import OPS, Value, stable
from autograd.op import ieee

MOST = 4
LARGEST = sys.float_info.max
CENTRES = (
    0.0, 1.0, 0.5, 2.0, math.pi / 2, math.pi, 1.5 * math.pi, 100 * math.pi, 22.0, 1e5, math.log(2), -0.7517915246935645,
    -1.2784645427610738, 8.0, 19.06, 26.54, 27.23, 37.5, 38.57, 354.9, 372.6, 708.4, 709.78, 710.4758, 744.44, 745.13, 1e22, 1.34e154,
    1.5e-154, 2.2e-308, 1e300,
)  # fmt: skip


def line():
    """Numbers of every size and both signs, and around each centre at every distance."""
    rng = random.Random(12)
    sizes = [rng.uniform(1, 10) * 10.0**k for k in (*range(-323, 308, 6), 307)] + [5e-324, 1e-323, 2e-310, LARGEST]
    sizes += [10 ** rng.uniform(-4, 3) for _ in range(120)]
    sizes += [abs(c) * (1 + sign * rng.uniform(1, 10) * 10.0**-k) for c in CENTRES for k in range(1, 17, 3) for sign in (1, -1)]
    return sorted({x for size in (*sizes, *map(abs, CENTRES)) for x in (size, -size)})


def plane():
    """Pairs of numbers of every size, of like size, and close together."""
    rng = random.Random(21)
    pairs = []
    for _ in range(80):
        a, b = [rng.choice((1, -1)) * 10 ** rng.uniform(-323.3, 308.25) for _ in "ab"]
        near = a * 10 ** rng.uniform(-4, 4) * rng.choice((1, -1))
        close = a * (1 + 10 ** rng.uniform(-16, -1))
        small, large = rng.uniform(-3, 3), rng.uniform(-750, 750)
        pairs += [(a, b), (a, near), (a, close), (small, rng.uniform(-3, 3)), (small, large), (large, rng.uniform(-750, 750)), (a, small)]
        pairs += [(large, small), (small, b), (a, float(rng.randint(-9, 9))), (0.0, b), (a, 0.0), (a, a), (a, -a), (1.0, b), (-1.0, b)]
    ends = (LARGEST, -LARGEST, LARGEST / 2, 5e-324, -5e-324, 2.3e-308)
    pairs += [(a, b) for a in ends for b in ends]
    return [(a, b) for a, b in pairs if math.isfinite(a) and math.isfinite(b)]


def powers():
    """Bases and exponents whose power is a float, up to the ends of the exponent's range."""
    rng = random.Random(3)
    pairs = [(a, b) for a, b in plane() if abs(b) < 50 or abs(a - 1) < 1e-3]
    for _ in range(500):
        a = rng.choice((10 ** rng.uniform(-323, 308), rng.uniform(0.1, 10), 1 + rng.uniform(-1, 1) * 10 ** rng.uniform(-15, 0)))
        pairs.append((a, rng.uniform(-760, 720) / (math.log(a) or 1.0)))
        pairs.append((-a, float(round(pairs[-1][1]))))
        pairs.append((a, 10 ** rng.uniform(-323, 0)))
    pairs += [(10 ** rng.uniform(-60, 5), rng.choice((1, -1)) * 10 ** rng.uniform(-323, -308)) for _ in range(100)]
    for k in range(1, 60):  # b - 1 is exact, and a^(b - 1) may be infinite where b·a^(b - 1) is not
        pairs += [(10 ** rng.uniform(-323, -300), sign * 2.0**-k) for sign in (1, -1)]
    return pairs


def samples(row):
    if row.name == "pow":
        points = powers()
    elif row.arity == 1:
        points = [(x,) for x in line()]
    elif row.arity == 2:
        points = plane() + ([(x, row.defaults[0]) for x in line()] if row.defaults else [])
    elif row.name == "clip":
        points = [(x, *sorted(bounds)) for x, bounds in zip(line(), plane(), strict=False)]
    else:
        points = [(c, a, b) for c in (0.0, 1.0, -2.5) for a, b in plane()[::7]]
    return [xs for xs in points if inside(row, xs)]


def inside(row, xs):
    """Whether the row has a value there, and is smooth."""
    if row.domain and not eval(row.domain.format(*[f"({x!r})" for x in xs])):
        return False
    return row.kink is None or row.kink(*xs) != 0


def error(got, exact, part=0):
    """The distance in ulp; an infinity counts as the first number that floats do not have.

    At a pole the truth is given as NaN, and infinite is right; where it is complex, NaN is.
    """
    if isinstance(exact, mp.mpc):
        return 0.0 if math.isnan(got) else math.inf
    if mp.isnan(exact):
        return 0.0 if math.isinf(got) else math.inf
    if math.isnan(got):
        return math.inf
    size = min(max(abs(exact), abs(part), mpf(math.ulp(0.0))), mpf(LARGEST))
    seen = mpf(got) if math.isfinite(got) else mpf(2) ** 1024 * math.copysign(1, got)
    exact = max(min(exact, mpf(2) ** 1024), -(mpf(2) ** 1024))
    return float(abs(seen - exact) / math.ulp(float(size)))


def truth(rule, xs):
    try:
        return rule(*xs)
    except ZeroDivisionError:
        return mpf("nan")  # a pole


def errors(row, xs):
    """The error of the value, and of each partial."""
    node = row(*[Value(x) for x in xs])
    high = [mpf(x) for x in xs]
    for k, got in enumerate((node.data, *node.partials)):
        rule = oracle.VALUE[row.name] if k == 0 else oracle.SLOPE[row.name][k - 1]
        yield error(got, truth(rule, high), oracle.PARTS.get((row.name, k), lambda *_: 0)(*high))


@pytest.mark.parametrize("row", OPS.values(), ids=list(OPS))
def test_every_digit_over_the_whole_domain(row):
    points = samples(row)
    assert len(points) > 200
    with mp.workdps(50):
        for xs in points:
            for k, ulps in enumerate(errors(row, xs)):
                assert ulps <= MOST, f"{'value' if k == 0 else f'partial {k - 1}'} at {xs} is {ulps:g} ulp off"


@pytest.mark.parametrize("row", [row for row in OPS.values() if row.scalar != row.partials], ids=lambda row: row.name)
def test_the_partials_of_arrays_where_they_are_others(row):
    with mp.workdps(50):
        for xs in samples(row):
            y = row(*xs)
            for i, rule in enumerate(row.partials):
                assert error(ieee(rule, (y, *xs)), truth(oracle.SLOPE[row.name][i], [mpf(x) for x in xs])) <= MOST, xs


def test_the_slope_of_the_cube_root_forgives_a_root_that_a_library_has_some_ulp_off():
    with mp.workdps(50):
        for x in (x for x in line() if 1e-290 < abs(x) < 1e290):
            exact = oracle.SLOPE["cbrt"][0](mpf(x))
            for ulps in (-20, 20):
                root = math.cbrt(x) * (1 + ulps * sys.float_info.epsilon)
                assert error(stable.cbrt_slope(root, x), exact) <= MOST


@pytest.mark.parametrize("row", OPS.values(), ids=list(OPS))
def test_the_oracle_s_partials_are_the_derivatives_of_its_values(row):
    rng = random.Random(7)
    for _ in range(5):
        xs = [rng.uniform(*interval) for interval in row.at]
        if row.kink is not None and abs(row.kink(*xs)) < 1e-3:
            continue
        for i in range(row.arity):
            with mp.workdps(40):
                assert oracle.close(oracle.SLOPE[row.name][i](*map(mpf, xs)), oracle.slope(row.name, i, xs, 40), 1e-15, 1e-20)
