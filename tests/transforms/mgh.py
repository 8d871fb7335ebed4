"""The test functions of Moré, Garbow and Hillstrom, Testing unconstrained optimization software, ACM TOMS 7 (1981), 17-41.

Sums of squares f(x) = Σ r_i(x)², with the published start points; ``start_value`` is f there as the literature has it, a check
of the data below. Residuals are written over any library ``m`` of functions.
"""

from dataclasses import dataclass


@dataclass
class Problem:
    """Residuals r(x, m), the standard start point, and f there."""

    name: str
    residuals: object
    start: tuple
    start_value: float | None = None

    def value(self, x, m):
        """f(x) = Σ r_i(x)²"""
        return sum((r**2 for r in self.residuals(x, m)), 0)


def rosenbrock(x, m):
    return [10 * (x[1] - x[0] ** 2), 1 - x[0]]


def freudenstein_roth(x, m):
    return [-13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1], -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1]]


def powell_badly_scaled(x, m):
    return [10000 * x[0] * x[1] - 1, m.exp(-x[0]) + m.exp(-x[1]) - m.ratio(10001, 10000)]


def brown_badly_scaled(x, m):
    return [x[0] - 10**6, x[1] - m.ratio(2, 10**6), x[0] * x[1] - 2]


def beale(x, m):
    return [m.ratio(y, 1000) - x[0] * (1 - x[1] ** i) for i, y in ((1, 1500), (2, 2250), (3, 2625))]


def jennrich_sampson(x, m):
    return [2 + 2 * i - (m.exp(i * x[0]) + m.exp(i * x[1])) for i in range(1, 11)]


def helical_valley(x, m):
    """In the second quadrant, where the start point is: θ = arctan(x_2/x_1)/2π + 1/2."""
    theta = m.atan(x[1] / x[0]) / (2 * m.pi) + m.ratio(1, 2)
    return [10 * (x[2] - 10 * theta), 10 * (m.sqrt(x[0] ** 2 + x[1] ** 2) - 1), x[2]]


BARD = (14, 18, 22, 25, 29, 32, 35, 39, 37, 58, 73, 96, 134, 210, 439)


def bard(x, m):
    return [m.ratio(y, 100) - (x[0] + i / ((16 - i) * x[1] + min(i, 16 - i) * x[2])) for i, y in enumerate(BARD, 1)]


GAUSSIAN = (9, 44, 175, 540, 1295, 2420, 3521, 3989, 3521, 2420, 1295, 540, 175, 44, 9)


def gaussian(x, m):
    return [x[0] * m.exp(-x[1] * (m.ratio(8 - i, 2) - x[2]) ** 2 / 2) - m.ratio(y, 10000) for i, y in enumerate(GAUSSIAN, 1)]


MEYER = (34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872)


def meyer(x, m):
    return [x[0] * m.exp(x[1] / (45 + 5 * i + x[2])) - y for i, y in enumerate(MEYER, 1)]


def box_three_dimensional(x, m):
    def r(t):
        return m.exp(-t * x[0]) - m.exp(-t * x[1]) - x[2] * (m.exp(-t) - m.exp(-10 * t))

    return [r(m.ratio(i, 10)) for i in range(1, 11)]


def powell_singular(x, m):
    return [x[0] + 10 * x[1], m.sqrt(m.ratio(5, 1)) * (x[2] - x[3]), (x[1] - 2 * x[2]) ** 2, m.sqrt(m.ratio(10, 1)) * (x[0] - x[3]) ** 2]


def wood(x, m):
    ten, ninety = m.sqrt(m.ratio(10, 1)), m.sqrt(m.ratio(90, 1))
    return [*rosenbrock(x, m), ninety * (x[3] - x[2] ** 2), 1 - x[2], ten * (x[1] + x[3] - 2), (x[1] - x[3]) / ten]


KOWALIK = (1957, 1947, 1735, 1600, 844, 627, 456, 342, 323, 235, 246), (40000, 20000, 10000, 5000, 2500, 1670, 1250, 1000, 833, 714, 625)


def kowalik_osborne(x, m):
    def r(y, u):
        return y - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3])

    return [r(m.ratio(y, 10000), m.ratio(u, 10000)) for y, u in zip(*KOWALIK, strict=True)]


def brown_dennis(x, m):
    def r(t):
        return (x[0] + t * x[1] - m.exp(t)) ** 2 + (x[2] + x[3] * m.sin(t) - m.cos(t)) ** 2

    return [r(m.ratio(i, 5)) for i in range(1, 21)]


OSBORNE = (
    844, 908, 932, 936, 925, 908, 881, 850, 818, 784, 751, 718, 685, 658, 628, 603, 580,
    558, 538, 522, 506, 490, 478, 467, 457, 448, 438, 431, 424, 420, 414, 411, 406,
)  # fmt: skip


def osborne_1(x, m):
    return [m.ratio(y, 1000) - (x[0] + x[1] * m.exp(-10 * i * x[3]) + x[2] * m.exp(-10 * i * x[4])) for i, y in enumerate(OSBORNE)]


def biggs_exp6(x, m):
    def r(t):
        y = m.exp(-t) - 5 * m.exp(-10 * t) + 3 * m.exp(-4 * t)
        return x[2] * m.exp(-t * x[0]) - x[3] * m.exp(-t * x[1]) + x[5] * m.exp(-t * x[4]) - y

    return [r(m.ratio(i, 10)) for i in range(1, 14)]


def watson(x, m):
    def r(t):
        return sum(j * x[j] * t ** (j - 1) for j in range(1, len(x))) - sum(x[j] * t**j for j in range(len(x))) ** 2 - 1

    return [*[r(m.ratio(i, 29)) for i in range(1, 30)], x[0], x[1] - x[0] ** 2 - 1]


def extended_rosenbrock(x, m):
    return [r for i in range(0, len(x), 2) for r in rosenbrock(x[i : i + 2], m)]


def penalty_1(x, m):
    return [*[m.sqrt(m.ratio(1, 10**5)) * (number - 1) for number in x], sum(number**2 for number in x) - m.ratio(1, 4)]


def penalty_2(x, m):
    n, small, tenth = len(x), m.sqrt(m.ratio(1, 10**5)), m.ratio(1, 10)
    first = [small * (m.exp(x[i] * tenth) + m.exp(x[i - 1] * tenth) - m.exp((i + 1) * tenth) - m.exp(i * tenth)) for i in range(1, n)]
    second = [small * (m.exp(x[i] * tenth) - m.exp(-tenth)) for i in range(1, n)]
    return [x[0] - m.ratio(1, 5), *first, *second, sum((n - j) * x[j] ** 2 for j in range(n)) - 1]


def variably_dimensioned(x, m):
    total = sum((j + 1) * (number - 1) for j, number in enumerate(x))
    return [*[number - 1 for number in x], total, total**2]


def trigonometric(x, m):
    n = len(x)
    cosines = sum(m.cos(number) for number in x)
    return [n - cosines + (i + 1) * (1 - m.cos(x[i])) - m.sin(x[i]) for i in range(n)]


def brown_almost_linear(x, m):
    product = x[0]
    for number in x[1:]:
        product = product * number
    return [*[number + sum(x) - (len(x) + 1) for number in x[:-1]], product - 1]


def discrete_boundary_value(x, m):
    h = m.ratio(1, len(x) + 1)
    padded = [0, *x, 0]
    return [2 * padded[i] - padded[i - 1] - padded[i + 1] + h**2 * (padded[i] + i * h + 1) ** 3 / 2 for i in range(1, len(x) + 1)]


def broyden_tridiagonal(x, m):
    padded = [0, *x, 0]
    return [(3 - 2 * padded[i]) * padded[i] - padded[i - 1] - 2 * padded[i + 1] + 1 for i in range(1, len(x) + 1)]


def broyden_banded(x, m):
    def neighbours(i):
        return [j for j in range(max(0, i - 5), min(len(x), i + 2)) if j != i]

    return [x[i] * (2 + 5 * x[i] ** 2) + 1 - sum(x[j] * (1 + x[j]) for j in neighbours(i)) for i in range(len(x))]


def chebyquad(x, m):
    """The means of the shifted Chebyshev polynomials less their integrals: 0 for odd ones, -1/(i² - 1) for even ones."""
    n = len(x)
    columns = [[1, 2 * number - 1] for number in x]
    for column in columns:
        for _ in range(n - 1):
            column.append(2 * column[1] * column[-1] - column[-2])
    means = [sum(column[i] for column in columns) / n for i in range(1, n + 1)]
    return [mean if i % 2 else mean + m.ratio(1, i * i - 1) for i, mean in enumerate(means, 1)]


PROBLEMS = [
    Problem("Rosenbrock", rosenbrock, ("-1.2", "1"), 24.2),
    Problem("Freudenstein and Roth", freudenstein_roth, ("0.5", "-2"), 400.5),
    Problem("Powell badly scaled", powell_badly_scaled, ("0", "1")),
    Problem("Brown badly scaled", brown_badly_scaled, ("1", "1")),
    Problem("Beale", beale, ("1", "1"), 14.203125),
    Problem("Jennrich and Sampson", jennrich_sampson, ("0.3", "0.4"), 4171.31),
    Problem("helical valley", helical_valley, ("-1", "0", "0"), 2500.0),
    Problem("Bard", bard, ("1", "1", "1"), 41.6817),
    Problem("Gaussian", gaussian, ("0.4", "1", "0"), 3.88811e-6),
    Problem("Meyer", meyer, ("0.02", "4000", "250"), 1.69361e9),
    Problem("Box three-dimensional", box_three_dimensional, ("0", "10", "20"), 1031.154),
    Problem("Powell singular", powell_singular, ("3", "-1", "0", "1"), 215.0),
    Problem("Wood", wood, ("-3", "-1", "-3", "-1"), 19192.0),
    Problem("Kowalik and Osborne", kowalik_osborne, ("0.25", "0.39", "0.415", "0.39"), 5.31317e-3),
    Problem("Brown and Dennis", brown_dennis, ("25", "5", "-5", "-1"), 7926693.34),
    Problem("Osborne 1", osborne_1, ("0.5", "1.5", "-1", "0.01", "0.02"), 0.879026),
    Problem("Biggs EXP6", biggs_exp6, ("1", "2", "1", "1", "1", "1"), 0.779070),
    Problem("Watson", watson, ("0",) * 6, 30.0),
    Problem("extended Rosenbrock", extended_rosenbrock, ("-1.2", "1") * 3, 3 * 24.2),
    Problem("penalty I", penalty_1, ("1", "2", "3", "4"), 885.063),
    Problem("penalty II", penalty_2, ("0.5",) * 4, 2.34001),
    Problem("variably dimensioned", variably_dimensioned, ("0.75", "0.5", "0.25", "0"), 3222.1875),
    Problem("trigonometric", trigonometric, ("0.2",) * 5),
    Problem("Brown almost-linear", brown_almost_linear, ("0.5",) * 10, 273.248),
    Problem("discrete boundary value", discrete_boundary_value, ("-0.1", "-0.15", "-0.18", "-0.2", "-0.1")),
    Problem("Broyden tridiagonal", broyden_tridiagonal, ("-1",) * 10, 21.0),
    Problem("Broyden banded", broyden_banded, ("-1",) * 10, 360.0),
    Problem("Chebyquad", chebyquad, ("0.2", "0.4", "0.6", "0.8"), 0.0711839),
]
