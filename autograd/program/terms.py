"""Sums, flattened: chains and trees of + and - become signed terms, and products of weights and data are set apart.

The scalar graph of a neuron, ((x_0·w_0 + x_1·w_1) + x_2·w_2) + b, becomes one sum of two terms: a *dot* of the filter
(w_0, w_1, w_2) with the window (x_0, x_1, x_2), and b. Which dots share filters or windows is what planning looks for. Products of two
varying quantities are a dot only where another one shares a side with it, as in the scores of attention, q_i · k_j for all i and j.
A weight times a constant is part of the dot beside it, as where a convolution is padded with zeros.

Where there is no such product, a sum of few terms that subtracts stays as it was written, and so does a difference that is added to or
taken from something: their digits are those of that order, and what a compensated sum is there for would be lost.

All is said in columns, as the graph is, so that a million operations take a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .columns import ADD, CONSTANT, MUL, NEG, PARAMETER, SUB, Columns, Ints, Truths, heaviest, inherited, varies
from .sorting import different, ranked

_FEW = 4  # terms


@dataclass(frozen=True)
class Parts:
    """What things are made of: each has ``many`` pairs of numbers, from ``first`` on."""

    first: Ints
    many: Ints
    pairs: Ints  # (2, pairs)

    def alike(self, things: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
        """For each number of parts the places of the things that have so many, and their pairs as two matrices, one row a thing."""
        many = self.many[things]
        for length in different(many):
            places = np.flatnonzero(many == length)
            left, right = self.pairs[:, self.first[things[places]][:, None] + np.arange(length)]
            yield places, left, right


@dataclass(frozen=True)
class Terms:
    """The graph with its sums flattened. A dot's number follows those of the nodes; a column has the nodes and then the dots."""

    table: Columns
    varying: Truths
    levels: Ints  # what can be computed once the levels below are; 0 for what nobody computes: leaves, and parts of sums and dots
    folded: Ints  # how many scalar nodes a sum or a dot stands for
    sums: Parts  # signs and terms, which are nodes or dots
    dots: Parts  # Σ filter · window, by nodes: filters of one dot vary over the batch or do not, all of them
    summing: Truths  # which nodes are sums


SAME, WEIGHTED, PAIRED = 0, 1, 2  # what a dot is made of: nothing that varies; weights times what does; two quantities that do


def flatten(table: Columns) -> Terms:
    """Every sum's terms, every dot, and the level of each."""
    sums = _Sums.of(table)
    products = _products(table, sums)
    return _collected(table, _settled(sums, products), products)


@dataclass(frozen=True)
class _Sums:
    """The additions of a graph. Those that are ``absorbed`` are a part of the sum that reads them, their ``consumer``."""

    codes: Ints
    left: Ints
    right: Ints
    adding: Truths
    consumer: Ints  # of every node the addition that reads it, -1 for none
    alone: Truths  # which nodes nobody else reads
    absorbed: Truths

    @classmethod
    def of(cls, table: Columns) -> _Sums:
        """As they are written: every one that an addition alone reads is absorbed."""
        codes, n, (left, right, _) = table.codes, len(table), np.ascontiguousarray(table.args.T)
        uses = np.bincount(table.args.ravel() + 1, minlength=n + 1)[1:]  # without the padding's
        uses[table.roots] += 2
        adding = (codes == ADD) | (codes == SUB) | (codes == NEG)
        sums, consumer = np.flatnonzero(adding), np.full(n + 1, -1)
        for side in (left, right):
            consumer[side[sums]] = sums  # the last place takes the padding
        alone = (uses == 1) & (consumer[:n] >= 0)
        return cls(codes, left, right, adding, consumer[:n], alone, alone & adding)

    def without(self, kept: Truths) -> _Sums:
        """With these absorbed no more."""
        absorbed = self.absorbed & ~kept
        return self if (absorbed == self.absorbed).all() else replace(self, absorbed=absorbed)

    @cached_property
    def slots(self) -> _Slots:
        """The terms of all sums, sum by sum, in the order of the program."""
        left, right, sums, absorbed, consumer = self.left, self.right, np.flatnonzero(self.adding), self.absorbed, self.consumer
        negating, subtracting, own = self.codes == NEG, self.codes == SUB, np.arange(len(self.codes))
        turned = absorbed & (negating[consumer] | (subtracting[consumer] & (right[consumer] == own)))
        root, minus = inherited(np.where(absorbed, consumer, -1), turned)

        inner_left, inner_right = absorbed[left], absorbed[right] & (right >= 0)  # operands that are sums inside this one
        inner = np.where(inner_left, left, np.where(inner_right, right, -1))
        begin = heaviest(np.where(inner >= 0, 0, own), inner[:, None])  # the sum inside it that is computed first

        ones, twos = sums[~inner_left[sums]][::-1], sums[~(negating | inner_right)[sums]]  # whose first, and second, operand is a term
        by = np.concatenate((ones, twos))
        place = np.concatenate((2 * np.where(inner_right, begin[right], own)[ones], 2 * twos + 1))
        order = np.argsort(2 * len(own) * root[by] + place, kind="stable")
        sign = np.concatenate((minus[ones] ^ negating[ones], minus[twos] ^ subtracting[twos]))
        return _Slots(root[by][order], np.where(sign, -1, 1)[order], np.concatenate((left[ones], right[twos]))[order], root)

    @property
    def differences(self) -> Truths:
        """Sums inside another one, not at its beginning, that subtract or are subtracted."""
        codes, absorbed, consumer = self.codes, self.absorbed, self.consumer
        minus = (codes == SUB) | ((codes == NEG) & absorbed[self.left])
        below = [np.where(absorbed[side] & (side >= 0), side, -1) for side in (self.left, self.right)]
        subtracts = heaviest(minus, np.stack(below, axis=1)) > 0
        later = (self.right[consumer] == np.arange(len(codes))) | (codes[consumer] == NEG)
        more_than_a_sign = (codes != NEG) | absorbed[self.left]
        found: Truths = later & more_than_a_sign & (subtracts | (codes[consumer] == SUB) | (codes[consumer] == NEG))
        return found

    @property
    def few(self) -> Truths:
        """Sums of few terms that subtract, but for a term with another sign alone, which is the same to the last bit."""
        of, sign, n = self.slots.of, self.slots.sign, len(self.codes)
        few = (np.bincount(of, minlength=n) <= _FEW) & (np.bincount(of[sign < 0], minlength=n) > 0)
        found: Truths = few[self.slots.root] & ((self.codes != NEG) | self.absorbed[self.left])
        return found


@dataclass(frozen=True)
class _Slots:
    """Terms of sums: the sum that each is part ``of``, its sign, and the node; and of every node the ``root``, the sum that it is in."""

    of: Ints
    sign: Ints
    term: Ints
    root: Ints

    @cached_property
    def side(self) -> Ints:
        """The sum and the sign in it as one number: a dot is of one side."""
        return 2 * self.of + (self.sign < 0)


@dataclass(frozen=True)
class _Products:
    """Which nodes are products in a dot, of which kind, and their factors."""

    chosen: Truths
    kind: Ints
    filters: Ints
    windows: Ints

    def dotted(self, slots: _Slots) -> Truths:
        """Of each node, whether as a sum it has two products of one dot."""
        found, dotted = self.chosen[slots.term], np.zeros(len(self.chosen), dtype=bool)
        dots, many = np.unique(3 * slots.side[found] + self.kind[slots.term[found]], return_counts=True)
        dotted[dots[many > 1] // 6] = True
        return dotted


def _products(table: Columns, sums: _Sums) -> _Products:
    """The products that only a sum reads: of a weight and data, of two quantities that other dots have too, or beside such."""
    codes, a, b, varying, weight = table.codes, sums.left, sums.right, varies(table), table.codes == PARAMETER
    first = ~varying[a] & (varying[b] | (weight[a] & ~weight[b]))  # the first factor is the filter
    second = ~varying[b] & (varying[a] | (weight[b] & ~weight[a]))
    factors = sums.alone & (codes == MUL)
    both = factors & varying[a] & varying[b]
    filters, windows = np.where(first | both, a, b), np.where(first | both, b, a)
    slots, kind = sums.slots, np.where(both, PAIRED, np.where(varying, WEIGHTED, SAME))
    chosen = (factors & (first | second)) | _shared(slots, both, a, b)
    padding = chosen & (kind == SAME) & (codes[windows] == CONSTANT)
    kind[_beside(slots, chosen & (kind == WEIGHTED), padding)] = WEIGHTED
    return _Products(chosen, kind, filters, windows)


def _settled(sums: _Sums, products: _Products) -> _Sums:
    """The sums that are to be: where there is no dot, those whose digits are of their order stay as they are written."""
    sums = sums.without(sums.differences & ~products.dotted(sums.slots)[sums.slots.root])
    return sums.without(sums.few & ~products.dotted(sums.slots)[sums.slots.root])


def _collected(table: Columns, sums: _Sums, products: _Products) -> Terms:
    codes, n, slots, varying = table.codes, len(table), sums.slots, varies(table)
    inner = products.chosen[slots.term]
    members = slots.term[inner]
    dot = _numbered(3 * slots.side[inner] + products.kind[members])
    begins = np.unique(dot, return_index=True)[1]
    whose, signs = slots.of[inner][begins], slots.sign[inner][begins]
    order = np.lexsort((products.filters[members], dot))
    members = members[order]
    lengths = np.bincount(dot, minlength=len(begins))
    starts = np.cumsum(lengths) - lengths
    level = heaviest((codes >= 0) & ~sums.absorbed, table.args)
    heights = np.maximum.reduceat(level[members], starts) if len(starts) else starts

    plain = ~inner & ~_needless(table, slots, inner, whose)
    of, sign = np.concatenate((slots.of[plain], whose)), np.concatenate((slots.sign[plain], signs))
    term = np.concatenate((slots.term[plain], np.arange(n, n + len(whose))))
    summed = np.argsort(of, kind="stable")
    many = np.bincount(of, minlength=n)
    return Terms(
        table,
        np.concatenate((varying, np.logical_or.reduceat(varying[members], starts) if len(starts) else varying[starts])),
        np.concatenate((np.where((codes >= 0) & ~sums.absorbed & ~products.chosen, level, 0), heights)),
        np.concatenate((np.maximum(1, many - 1), 2 * lengths - 1)),
        Parts(np.cumsum(many) - many, many, np.stack((sign, term))[:, summed]),
        Parts(
            np.concatenate((many * 0, starts)),
            np.concatenate((many * 0, lengths)),
            np.stack((products.filters[members], products.windows[members])),
        ),
        sums.adding,
    )


def _needless(table: Columns, slots: _Slots, inner: Truths, whose: Ints) -> Truths:
    """The zeros that sums begin with, as sum(…) does, but for one where there is nothing else; ``whose`` are the dots' sums."""
    zero: Truths = ~inner & (table.codes[slots.term] == CONSTANT) & (table.numbers[slots.term] == 0)
    others = np.bincount(np.concatenate((whose, slots.of[~inner & ~zero])), minlength=len(table))
    only = np.flatnonzero(zero & (others[slots.of] == 0))
    zero[only[np.unique(slots.of[only], return_index=True)[1]]] = False
    return zero


def _shared(slots: _Slots, candidates: Truths, a: Ints, b: Ints) -> Truths:
    """Of each node, whether it is a product in a dot of two or more whose left or right factors are those of another dot, too."""
    shared = np.zeros(len(candidates), dtype=bool)
    inner = candidates[slots.term]
    if not inner.any():
        return shared
    members, dot = slots.term[inner], _numbered(slots.side[inner])
    members = members[np.lexsort((a[members], dot))]
    lengths = np.bincount(dot)
    starts = np.cumsum(lengths) - lengths
    for length in different(lengths):
        rows = members[starts[lengths == length][:, None] + np.arange(length)]
        for factors in (a[rows], b[rows]) if length > 1 else ():
            rank, _ = ranked(factors)
            shared[rows[np.bincount(rank)[rank] > 1]] = True
    return shared


def _beside(slots: _Slots, products: Truths, candidates: Truths) -> Ints:
    """The candidates that stand in a sum, with the sign of one of these products."""
    having = np.bincount(slots.side[products[slots.term]], minlength=int(slots.side.max(initial=0)) + 1) > 0
    found: Ints = slots.term[candidates[slots.term] & having[slots.side]]
    return found


def _numbered(keys: Ints) -> Ints:
    """Equal keys as one number: 0 for the first key, 1 for the next other one, and so on."""
    _, begins, which = np.unique(keys, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(begins))[which]
