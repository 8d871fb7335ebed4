"""Passes over a graph's columns: the same with either engine, and what they are for by their definitions."""

import dataclasses
import random

import numpy as np
import pytest

from autograd import native, ops
from autograd.program.columns import CODES, CONSTANT, INPUT, MOST, PARAMETER, Columns, distinct, heaviest, varies

ROWS = [ops.add, ops.sub, ops.neg, ops.mul, ops.tanh, ops.where]


def random_columns(seed):
    """A graph with much that repeats, turned and not."""
    rng = random.Random(seed)
    codes, args = [INPUT] * 2 + [PARAMETER] * 2 + [CONSTANT], [[-1] * MOST] * 5
    for _ in range(rng.choice([0, 5, 60])):
        row = rng.choice(ROWS)
        codes.append(CODES[row])
        args.append([rng.randrange(len(args)) if i < row.arity else -1 for i in range(MOST)])
    numbers = np.arange(len(codes), dtype=np.float64)
    names = {i: f"v{i}" for i in range(len(codes)) if rng.random() < 0.5}
    roots = np.array([rng.randrange(len(codes)) for _ in range(3)])
    return Columns(2, 2, np.array(codes), np.array(args), numbers, roots, names)


def spelt(table):
    """Every node as a text, with the operands of what commutes in the order of the alphabet."""
    texts = []
    for i, (code, args) in enumerate(zip(table.codes.tolist(), table.args.tolist(), strict=True)):
        operands = [texts[arg] for arg in args if arg >= 0]
        commutes = code >= 0 and table.rows[code].commutative
        texts.append(
            f"{table.rows[code].name}({','.join(sorted(operands) if commutes else operands)})"
            if code >= 0
            else f"{code}:{table.numbers[i]}"
        )
    return texts


@pytest.mark.parametrize("engine", [native.engine, None], ids=["native", "python"])
@pytest.mark.parametrize("seed", range(20))
def test_every_expression_is_there_once_and_in_the_order_of_its_first(seed, engine, monkeypatch):
    monkeypatch.setattr(native, "engine", engine)
    table = random_columns(seed)
    before, after = spelt(table), spelt(once := distinct(table))
    assert after == list(dict.fromkeys(before))
    assert [after[root] for root in once.roots] == [before[root] for root in table.roots]
    assert once.names == {after.index(text): table.names[i] for i, text in reversed([*enumerate(before)]) if i in table.names}
    assert (once is table) == (len(after) == len(before))


@pytest.mark.parametrize("engine", [native.engine, None], ids=["native", "python"])
@pytest.mark.parametrize("seed", range(20))
def test_the_heaviest_way_is_the_largest_sum_of_weights(seed, engine, monkeypatch):
    monkeypatch.setattr(native, "engine", engine)
    table = random_columns(seed)
    weights = np.random.default_rng(seed).integers(0, 9, len(table))
    expected = []
    for weight, args in zip(weights.tolist(), table.args.tolist(), strict=True):
        expected.append(weight + max([expected[arg] for arg in args if arg >= 0], default=0))
    assert heaviest(weights, table.args).tolist() == expected
    assert varies(table).tolist() == [f"{INPUT}:" in text for text in spelt(table)]


def test_a_graph_without_nodes_has_no_ways():
    empty = dataclasses.replace(random_columns(0), codes=np.empty(0, dtype=np.int64), args=np.empty((0, MOST), dtype=np.int64))
    assert heaviest(empty.codes, empty.args).tolist() == []


@pytest.mark.skipif(native.engine is None, reason="the Python engine runs")
def test_the_native_engine_refuses_columns_of_two_lengths():
    with pytest.raises(ValueError, match="heaviest takes int64 columns of one length"):
        native.engine.heaviest(np.zeros(2, dtype=np.int64), np.zeros(3, dtype=np.int64))
    with pytest.raises(ValueError, match="alike takes int64 columns of one length"):
        native.engine.alike(np.zeros(2, dtype=np.int64), np.zeros(3, dtype=np.int64), b"")
