"""The notes' sixteen derivatives: by hand, by the engine and by differences, and against numbers computed elsewhere."""

import dataclasses
import math

import pytest

from autograd import Chains, Graph, gradients
from viz import notes
from viz.album import AGREE

# computed once with NumPy in double precision by forward and backward formulas of its own
ELSEWHERE = {
    "a_3": -0.2003028940286471, "z_3": -0.04207573726193342, "W_o[0]": -0.03195698178912093, "W_o[1]": -0.016885512573080193,
    "B_o": -0.04207573726193342, "a_1": -0.05469845844051345, "a_2": 0.02524544235716005, "z_1": -0.009990896821801546,
    "z_2": 0.006065488807306061, "W_h[0][0]": -0.005994538093080927, "W_h[1][0]": 0.010989986503981702, "B_h[0]": -0.009990896821801546,
    "W_h[0][1]": 0.0036392932843836365, "W_h[1][1]": -0.006672037688036668, "B_h[1]": 0.006065488807306061,
}  # fmt: skip


@pytest.fixture(scope="module", name="L")
def _loss():
    return notes.loss(notes.network())


def test_sixteen_derivatives_three_ways(L):
    compared = notes.compare(L)
    assert len(compared) == 16
    for row in compared:
        assert abs(row.by_hand - row.by_engine) < 1e-9
        assert abs(row.by_difference - row.by_engine) < 1e-9
        assert row.apart < AGREE


@pytest.mark.parametrize("name", ELSEWHERE)
def test_the_engine_against_numbers_computed_elsewhere(L, name):
    value = Graph(L)[name]
    assert math.isclose(gradients(L)[value], ELSEWHERE[name], rel_tol=1e-12)
    assert math.isclose(Chains(L, value).total, ELSEWHERE[name], rel_tol=1e-12)


def test_the_rows_against_numbers_computed_elsewhere(L):
    rows = {row.lower: compared for row, compared in zip(notes.NOTES, notes.compare(L), strict=True) if row.upper == "L"}
    assert rows.keys() == ELSEWHERE.keys()
    for lower, row in rows.items():
        assert math.isclose(row.by_hand, ELSEWHERE[lower], rel_tol=1e-12)


def test_the_forward_pass_by_hand(L):
    graph, by_hand = Graph(L), notes.forward_by_hand()
    assert by_hand.keys() == graph.named.keys()
    for name, number in by_hand.items():
        assert math.isclose(graph[name].data, number, rel_tol=1e-14)


def test_backward_has_been_run_once_afterwards(L):
    notes.compare(L)
    exact = gradients(L)
    assert [value.grad for value in exact] == list(exact.values())
    notes.compare(L)
    assert [value.grad for value in exact] == list(exact.values())


def test_the_derivatives_are_written_as_in_the_notes():
    assert [row.name for row in notes.NOTES] == [
        "∂L/∂a₃", "σ′(z₃)", "∂L/∂z₃", "∂L/∂W_o₀", "∂L/∂W_o₁", "∂L/∂B_o", "∂L/∂a₁", "∂L/∂a₂", "∂L/∂z₁", "∂L/∂z₂", "∂L/∂W_h₀₀", "∂L/∂W_h₁₀",
        "∂L/∂B_h₀", "∂L/∂W_h₀₁", "∂L/∂W_h₁₁", "∂L/∂B_h₁",
    ]  # fmt: skip


@pytest.mark.parametrize("row", range(len(notes.NOTES)))
def test_a_wrong_row_does_not_agree(row, L, monkeypatch):
    broken = list(notes.NOTES)
    right = broken[row].by_hand
    broken[row] = dataclasses.replace(broken[row], by_hand=lambda q, d: right(q, d) + 1e-6)
    monkeypatch.setattr(notes, "NOTES", broken)
    assert notes.compare(L)[row].apart > AGREE


def test_apart_is_relative_to_large_derivatives():
    assert notes.Comparison("", "", 1e6, 1e6 + 1e-4, 1e6).apart == pytest.approx(1e-10)
    assert notes.Comparison("", "", 0.0, 1e-4, 0.0).apart == 1e-4


@pytest.mark.parametrize("place", range(3))
def test_a_derivative_that_is_not_a_number_does_not_agree(place):
    three = [1.0, 1.0, 1.0]
    three[place] = math.nan
    assert not notes.Comparison("", "", *three).apart <= AGREE
