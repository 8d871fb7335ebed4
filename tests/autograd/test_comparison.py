"""Comparison is by number; two Values are equal where they are one and the same."""

import math

import numpy as np
import pytest

from autograd import Value


def test_a_value_equals_a_number_by_its_number():
    a = Value(1.0)
    assert a == 1
    assert a != 2
    assert np.float64(1.0) == a
    assert a in [1.0]
    assert (np.array([a, Value(0.0)]) == 0).sum() == 1
    assert Value(math.nan) != math.nan


def test_comparison_is_by_number_and_equality_of_two_values_by_identity():
    a, b = Value(1.0), Value(1.0)
    assert a <= b
    assert a >= 1
    assert not a < np.float64(1.0)
    assert a != b
    assert a == a  # noqa: PLR0124
    assert len({a, b}) == 2
    assert a not in (None, "1", b, 2)
    assert sorted([Value(3.0), Value(1.0), Value(2.0)], key=lambda v: v.data)[0].data == 1.0


@pytest.mark.parametrize("a", [1.0, 2.0, -0.0, math.inf, math.nan])
@pytest.mark.parametrize("b", [1.0, 2.0, 0.0, -math.inf, math.nan])
def test_comparison_says_what_it_says_of_the_numbers(a, b):
    said = (a < b, a <= b, a > b, a >= b)
    for other in (Value(b), b):
        assert (Value(a) < other, Value(a) <= other, Value(a) > other, Value(a) >= other) == said
