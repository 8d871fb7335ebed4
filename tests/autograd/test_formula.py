"""Formulas: what is written reads back as the same number, in no more parentheses than reading needs."""

import math

import latex
import mpmath
import oracle
import pytest
from hypothesis import given, settings
from mpmath import mp, mpf
from programs import programs

from autograd import OPS, Formula, ops

SQRT_2, SQRT_2_PI, TWO_SQRT_PI = math.sqrt(2), math.sqrt(2 * math.pi), 2 / math.sqrt(math.pi)
CONSTANTS = [0.0, 1.0, -1.0, 2.0, 3.0, -2.0, 0.5, -0.75, 1e-7, -2.5e-3, 1e20, math.pi, -math.pi, SQRT_2, -SQRT_2, SQRT_2_PI, TWO_SQRT_PI]
NAMES = ["x", "z_3", "W_h[0][1]"]

x, y, a, b, c, z = (Formula.symbol(name) for name in "xyabcz")


def readable(numbers, extra):
    """The scope in which the text of a formula over NAMES is Python."""
    p, q, r = numbers
    return {"x": p, "z_3": q, "W_h": [[None, r]], **extra}


@settings(max_examples=150)
@given(program=programs(set(OPS), CONSTANTS, most=14, folding=True))
def test_text_and_latex_of_random_formulas_read_back_as_the_same_number(program):
    symbols = [Formula.symbol(name) for name in NAMES]
    formula = program.run(OPS, symbols, Formula.constant)
    direct = program.run(OPS, program.leaves, float)
    with mp.workdps(50):
        high = [mpf(number) for number in program.leaves]
        exact = program.run(oracle.VALUE, high, mpf)
        text = eval(formula.text, readable(high, {**oracle.VALUE, "pi": mp.pi, "float": float}))
        assert oracle.close(text, exact, 1e-12), formula.text
        spelt = {symbol.latex: number for symbol, number in zip(symbols, high, strict=True)}
        assert oracle.close(latex.evaluate(formula.latex, spelt, oracle.VALUE, mpf), exact, 1e-12), formula.latex
        code = eval(formula.code, readable(program.leaves, OPS))
        assert oracle.close(code, exact, 1e-11), formula.code
    assert direct == pytest.approx(float(exact), rel=1e-11)
    assert eval(formula.text, readable(program.leaves, {**OPS, "pi": math.pi})) == pytest.approx(direct, rel=1e-12)


@settings(max_examples=400)
@given(program=programs({"add", "sub", "mul", "div", "neg", "pow"}, CONSTANTS, most=5, folding=True))
def test_infix_operations_on_every_sort_of_constant(program):
    formula = program.run(OPS, [Formula.symbol(name) for name in NAMES], Formula.constant)
    with mp.workdps(50):
        high = [mpf(number) for number in program.leaves]
        exact = program.run(oracle.VALUE, high, mpf)
        text = eval(formula.text, readable(high, {"sqrt": mpmath.sqrt, "pi": mp.pi}))
        assert oracle.close(text, exact, 1e-12), formula.text
        spelt = {Formula.symbol(name).latex: number for name, number in zip(NAMES, high, strict=True)}
        assert oracle.close(latex.evaluate(formula.latex, spelt, oracle.VALUE, mpf), exact, 1e-12), formula.latex


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (1 - y**2, "1 - y**2"),
        (2 * (y - a), "2 * (y - a)"),
        (a - (b - c), "a - (b - c)"),
        (a - b + c, "a - b + c"),
        (a - (b + c), "a - (b + c)"),
        (a + (b + c), "a + b + c"),
        (a + b * c, "a + b * c"),
        ((a + b) * c, "(a + b) * c"),
        (a * (b * c), "a * b * c"),
        (a * b / c, "a * b / c"),
        (a / (b * c), "a / (b * c)"),
        (a / b / c, "a / b / c"),
        (a / (b / c), "a / (b / c)"),
        (a / b * c, "a / b * c"),
        ((a + b) / (b - c), "(a + b) / (b - c)"),
        (-(x**2), "-x**2"),
        ((-x) ** 2, "(-x)**2"),
        (-(a + b), "-(a + b)"),
        (-(a * b), "-a * b"),
        (a - (-b), "a + b"),
        (a + (-b), "a - b"),
        (a + (-2), "a - 2"),
        (a - (-2), "a + 2"),
        (-(0 - x), "x"),
        ((-a) * (-b), "a * b"),
        (a * (-b), "-a * b"),
        ((-a) * b, "-a * b"),
        (a * -1, "-a"),
        (-2 * a, "-2 * a"),
        (x**-1, "x**-1"),
        (x ** (-y), "x**(-y)"),
        (x ** (a + 1), "x**(a + 1)"),
        ((a + 1) ** 2, "(a + 1)**2"),
        ((a * b) ** 2, "(a * b)**2"),
        ((x**2) ** 3, "(x**2)**3"),
        (2**x, "2**x"),
        ((-2 + 0 * x) ** x, "(-2)**x"),
        (x**1, "x"),
        (1 * x, "x"),
        (x * 1, "x"),
        (x / 1, "x"),
        (x + 0, "x"),
        (0 + x, "x"),
        (x - 0, "x"),
        (0 - x, "-x"),
        (0 * x, "0"),
        (x * 0.5, "x * 0.5"),
        (ops.sigmoid(x) * (1 - ops.sigmoid(x)), "sigmoid(x) * (1 - sigmoid(x))"),
        (1 - ops.tanh(x) ** 2, "1 - tanh(x)**2"),
        (ops.exp(-(x**2) / 2), "exp(-x**2 / 2)"),
        (abs(a - b), "abs(a - b)"),
        (ops.maximum(a + b, 0), "maximum(a + b, 0)"),
        (x * math.pi, "x * pi"),
        (x / math.pi, "x / pi"),
        (x / SQRT_2, "x / sqrt(2)"),
        (a - math.pi, "a - pi"),
        (x / SQRT_2_PI, "x / sqrt(2 * pi)"),
        (x ** Formula.constant(TWO_SQRT_PI), "x**(2 / sqrt(pi))"),
    ],
)  # fmt: skip
def test_no_needless_parentheses(formula, text):
    assert formula.text == text
    assert str(formula) == text


@pytest.mark.parametrize(
    ("formula", "pretty", "tex"),
    [
        (a * b, "a·b", r"a \cdot b"),
        (a - b, "a − b", "a - b"),
        (a / (b * c), "a/(b·c)", r"\frac{a}{b \cdot c}"),
        ((a + b) / c, "(a + b)/c", r"\frac{a + b}{c}"),
        (x**2, "x²", "x^{2}"),
        (x**-2, "x⁻²", "x^{-2}"),
        ((a + b) ** 12, "(a + b)¹²", r"\left(a + b\right)^{12}"),
        (ops.sigmoid(Formula.symbol("z_3")) ** 2, "(σ(z₃))²", r"\left(\sigma\left(z_{3}\right)\right)^{2}"),
        (ops.exp(-x), "exp(−x)", "e^{-x}"),
        (ops.log(x), "log(x)", r"\ln\left(x\right)"),
        (ops.sqrt(a + b), "√(a + b)", r"\sqrt{a + b}"),
        (abs(x), "|x|", r"\left|x\right|"),
        (ops.maximum(a, 0), "max(a, 0)", r"\max\left(a, 0\right)"),
        (Formula.symbol("W_h[0][1]") * Formula.symbol("x_0"), "W_h₀₁·x₀", r"W_{h,01} \cdot x_{0}"),
        (ops.leaky_relu(x), "leaky_relu(x, 0.01)", r"\operatorname{leaky\_relu}\left(x, 0.01\right)"),
        (x / SQRT_2, "x/√2", r"\frac{x}{\sqrt{2}}"),
    ],
)
def test_unicode_and_latex_spellings(formula, pretty, tex):
    assert formula.pretty == pretty
    assert formula.latex == tex
    assert formula._repr_latex_() == f"${tex}$"


@pytest.mark.parametrize("number", [0.0, -0.0, 1.0, -1.0, 0.1, 1e22, 1e16, 123456789012345680.0, -2.5e-300, 5e-324,
1.7976931348623157e308, math.inf, -math.inf, *CONSTANTS])  # fmt: skip
def test_numbers_read_back_to_the_last_bit(number):
    for spelling in (Formula.constant(number).text, Formula.constant(number).code):
        got = float(eval(spelling, {"sqrt": math.sqrt, "pi": math.pi}))
        assert (got, math.copysign(1, got)) == (number, math.copysign(1, number)), spelling


def test_nan_is_written_and_read():
    assert math.isnan(eval(Formula.constant(math.nan).text))


def test_a_formula_is_neither_true_nor_false_and_takes_no_text():
    with pytest.raises(TypeError, match="x is neither true nor false"):
        bool(x)
    with pytest.raises(TypeError, match=r"str '2'"):
        x + "2"


def test_a_very_long_sum_is_no_deep_recursion():
    total = x
    for _ in range(3000):
        total = total + y
    assert total.text == "x" + " + y" * 3000


def test_a_formula_beyond_reading_is_refused_and_not_written():
    doubled = x
    for _ in range(200):
        doubled = doubled + ops.sin(doubled)
    with pytest.raises(ValueError, match="more than 1,000,000 characters"):
        _ = doubled.text


def test_the_latex_reader_refuses_what_reads_in_two_ways():
    for text in (r"\sigma\left(x\right)^{2}", r"x^{2}^{3}", r"x \cdot -x", "x + ", r"\frac{x}", "x x"):
        with pytest.raises(latex.UnreadableError):
            latex.evaluate(text, {"x": 2.0}, oracle.VALUE)
    assert latex.evaluate(r"-x^{2} - 1 \cdot 2 - \frac{x}{4}", {"x": 2.0}, oracle.VALUE) == -6.5


def test_a_power_of_a_root_has_brackets() -> None:
    power = Formula.constant(math.sqrt(2)) ** Formula.symbol("x")
    assert (power.pretty, power.latex) == ("(√2)^x", r"\left(\sqrt{2}\right)^{x}")


def test_a_formula_shows_its_text_and_keeps_a_plus_to_itself():
    assert repr(2 * x + 1) == "Formula(2 * x + 1)"
    assert +x is x and (+(x - 1)).text == "x - 1"


def test_a_picture_shows_six_digits_of_a_number_and_a_text_all():
    formula = 0.1234567891 * x
    assert (formula.pretty, formula.text) == ("0.123457·x", "0.1234567891 * x")
    assert (x + 0.12345678).pretty == "x + 0.123457" and (x + 0.1234567).pretty == "x + 0.1234567"
