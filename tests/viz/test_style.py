"""How numbers and colours are written: every float has a reading, a sign and a colour."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from looking import read

from autograd.explanation import number
from viz import style

anything = st.floats(allow_nan=True, allow_infinity=True, allow_subnormal=True)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (0.0, "0"), (-0.0, "0"), (1.0, "1"), (-1.0, "−1"), (0.25, "0.25"), (1 / 3, "0.3333"), (12345.0, "1.234×10⁴"), (99999.0, "1×10⁵"),
        (0.0001, "0.0001"), (0.00001, "1×10⁻⁵"), (-2.5e-13, "−2.5×10⁻¹³"), (1e300, "1×10³⁰⁰"), (5e-324, "4.941×10⁻³²⁴"),
        (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "NaN"), (1000.0, "1000"), (2, "2"),
    ],
)  # fmt: skip
def test_numbers(x, said):
    assert number(x) == said


@given(x=anything, digits=st.integers(1, 15))
def test_what_is_printed_is_the_number(x, digits):
    said = number(x, digits)
    assert "-" not in said
    assert "e" not in said
    if math.isfinite(x) and (x == 0 or abs(x) > 1e-300) and abs(x) < 1e308:
        assert math.isclose(read(said), x, rel_tol=0.6 * 10 ** (1 - digits))
    elif math.isinf(x):
        assert read(said) == x


@given(x=anything, largest=anything.map(abs))
def test_every_gradient_has_a_strength_and_a_colour(x, largest):
    strength = style.strength(x, largest)
    assert strength >= 0
    if abs(x) <= largest:
        assert strength <= 1
    if abs(x) <= largest or math.isnan(x):
        assert re.fullmatch(r"#[0-9A-F]{6}", style.shade(x, largest))
    assert style.sign_colour(x) == (style.POSITIVE if x > 0 else style.NEGATIVE if x < 0 else style.MUTED)


def test_strength_is_logarithmic_and_never_nothing():
    assert [style.strength(10.0**-k, 1.0) for k in range(5)] == pytest.approx([1, 0.75, 0.5, 0.25, 0.15])
    assert style.strength(1e-30, 1.0) == 0.15
    assert style.strength(5e-324, 1e308) == 0.15
    assert style.strength(0.0, 1.0) == style.strength(math.nan, 1.0) == style.strength(1.0, math.inf) == 0
    assert style.strength(-math.inf, math.inf) == 1


@given(share=st.floats(0, 1))
def test_mixing_stays_between_the_two(share):
    colour = style.mix("#FF0000", "#0000FF", share)
    assert re.fullmatch(r"#[0-9A-F]{2}00[0-9A-F]{2}", colour)
    assert abs(int(colour[1:3], 16) + int(colour[5:], 16) - 255) <= 1


def test_mixing_at_its_ends():
    assert style.mix("#123456", "#ABCDEF", 0) == "#123456"
    assert style.mix("#123456", "#ABCDEF", 1) == "#ABCDEF"


def contrast(one, two):
    def luminance(colour):
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(c * weight for c, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))

    bright, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("kind", style.FILL)
def test_ink_is_readable_on_every_card(kind):
    assert contrast(style.INK, style.FILL[kind]) >= 7


@pytest.mark.parametrize("x", [1.0, -1.0, 0.01, -0.01, 0.0])
def test_ink_is_readable_on_every_gradient(x):
    assert contrast(style.INK, style.shade(x, 1.0)) >= 4.5


def test_every_kind_has_a_colour_and_a_name():
    assert style.FILL.keys() == style.KINDS.keys()
    assert len(set(style.FILL.values())) == len(style.FILL)
