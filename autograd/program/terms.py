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
from dataclasses import dataclass

import numpy as np

from .columns import ADD, CONSTANT, MUL, NEG, PARAMETER, SUB, Columns, Ints, Truths, heaviest, varies
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


def flatten(table: Columns) -> Terms:
    """Every sum's terms, every dot, and the level of each."""
    codes, n = table.codes, len(table)
    a, b, _ = np.ascontiguousarray(table.args.T)
    varying = varies(table)
    uses = np.bincount(table.args.ravel() + 1, minlength=n + 1)[1:]  # without the padding's
    uses[table.roots] += 2
    adding = (codes == ADD) | (codes == SUB) | (codes == NEG)
    sums, consumer = np.flatnonzero(adding), np.full(n + 1, -1)
    consumer[a[sums]] = consumer[b[sums]] = sums  # the last place takes the padding
    consumer = consumer[:n]
    inside = (uses == 1) & (consumer >= 0)
    weight = codes == PARAMETER
    first = ~varying[a] & (varying[b] | (weight[a] & ~weight[b]))
    second = ~varying[b] & (varying[a] | (weight[b] & ~weight[a]))
    factors = inside & (codes == MUL)
    product, both = factors & (first | second), factors & varying[a] & varying[b]
    absorbed, kind = inside & adding, varying.astype(np.int64) + both

    of, sign, term, _ = _slots(codes, a, b, sums, absorbed, consumer)
    product |= _shared(2 * of + (sign < 0), term, both, a, b)
    constant = product & (kind == 0) & (codes[np.where(first, b, a)] == CONSTANT)
    kind[_beside(2 * of + (sign < 0), term, product & (kind == 1), constant)] = 1
    for few in (False, True):
        of, sign, term, root = _slots(codes, a, b, sums, absorbed, consumer)
        kept = ~_dotted(of, sign, product[term], kind[term], n)[root]
        if few:
            kept &= ((np.bincount(of, minlength=n) <= _FEW) & (np.bincount(of[sign < 0], minlength=n) > 0))[root]
            kept &= (codes != NEG) | absorbed[a]  # not a term with another sign: that is the same to the last bit
        else:
            kept &= _differences(codes, table.args, absorbed, consumer)
        absorbed &= ~kept
    of, sign, term, _ = _slots(codes, a, b, sums, absorbed, consumer)
    in_dot = product[term]
    members = term[in_dot]
    dot = _numbered((2 * of + (sign < 0))[in_dot] * 3 + kind[members])  # of one sum, one sign, and one kind
    begins = np.unique(dot, return_index=True)[1]
    whose, signs = of[in_dot][begins], sign[in_dot][begins]
    filters, windows = np.where(first | both, a, b)[members], np.where(first | both, b, a)[members]
    order = np.lexsort((filters, dot))
    members = members[order]
    lengths = np.bincount(dot, minlength=len(begins))
    starts = np.cumsum(lengths) - lengths
    level = heaviest((codes >= 0) & ~absorbed, table.args)
    heights = np.maximum.reduceat(level[members], starts) if len(starts) else starts

    of, sign, term = of[~in_dot], sign[~in_dot], term[~in_dot]
    zero = (codes[term] == CONSTANT) & (table.numbers[term] == 0)  # sum(…) starts with one
    others = np.bincount(np.concatenate((whose, of[~zero])), minlength=n)
    chosen = np.flatnonzero(zero & (others[of] == 0))
    kept = ~zero
    kept[chosen[np.unique(of[chosen], return_index=True)[1]]] = True
    of, sign = np.concatenate((of[kept], whose)), np.concatenate((sign[kept], signs))
    term = np.concatenate((term[kept], np.arange(n, n + len(whose))))
    summed = np.argsort(of, kind="stable")
    many = np.bincount(of, minlength=n)

    return Terms(
        table,
        np.concatenate((varying, np.logical_or.reduceat(varying[members], starts) if len(starts) else varying[starts])),
        np.concatenate((np.where((codes >= 0) & ~absorbed & ~product, level, 0), heights)),
        np.concatenate((np.maximum(1, many - 1), 2 * lengths - 1)),
        Parts(np.cumsum(many) - many, many, np.stack((sign, term))[:, summed]),
        Parts(np.concatenate((many * 0, starts)), np.concatenate((many * 0, lengths)), np.stack((filters, windows))[:, order]),
        adding,
    )


def _shared(sums: Ints, term: Ints, candidates: Truths, a: Ints, b: Ints) -> Truths:
    """Of each node, whether it is a product in a dot of two or more whose left or right factors are those of another dot, too.

    ``sums`` are numbers of the sums, and of the signs in them, that the terms stand in.
    """
    shared = np.zeros(len(candidates), dtype=bool)
    inner = candidates[term]
    if not inner.any():
        return shared
    members, dot = term[inner], _numbered(sums[inner])
    members = members[np.lexsort((a[members], dot))]
    lengths = np.bincount(dot)
    starts = np.cumsum(lengths) - lengths
    for length in different(lengths):
        rows = members[starts[lengths == length][:, None] + np.arange(length)]
        for side in (a[rows], b[rows]) if length > 1 else ():
            rank, _ = ranked(side)
            shared[rows[np.bincount(rank)[rank] > 1]] = True
    return shared


def _beside(sums: Ints, term: Ints, products: Truths, candidates: Truths) -> Ints:
    """The candidates that stand in a sum with one of these products."""
    having = np.bincount(sums[products[term]], minlength=int(sums.max(initial=0)) + 1) > 0
    found: Ints = term[candidates[term] & having[sums]]
    return found


def _dotted(of: Ints, sign: Ints, in_dot: Truths, kind: Ints, n: int) -> Truths:
    """Of each node, whether as a sum it has two products of one dot."""
    products = np.bincount(((2 * of + (sign < 0)) * 3 + kind)[in_dot])
    dotted = np.zeros(n, dtype=bool)
    dotted[np.flatnonzero(products > 1) // 6] = True
    return dotted


def _differences(codes: Ints, args: Ints, absorbed: Truths, consumer: Ints) -> Truths:
    """Sums inside another one, not at its beginning, that subtract or are subtracted."""
    minus = (codes == SUB) | ((codes == NEG) & absorbed[args[:, 0]])
    subtracts = heaviest(minus.astype(np.int64), np.where(absorbed[args] & (args >= 0), args, -1)) > 0
    later = (args[consumer, 1] == np.arange(len(codes))) | (codes[consumer] == NEG)
    more_than_a_sign = (codes != NEG) | absorbed[args[:, 0]]
    found: Truths = later & more_than_a_sign & (subtracts | (codes[consumer] == SUB) | (codes[consumer] == NEG))
    return found


def _slots(codes: Ints, a: Ints, b: Ints, sums: Ints, absorbed: Truths, consumer: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """The terms of all sums as (sum, sign, node), sum by sum, in the order of the program, and the sum that each node is part of."""
    negating, subtracting, n = codes == NEG, codes == SUB, len(codes)
    own = np.arange(n)
    turned = absorbed & (negating[consumer] | (subtracting[consumer] & (b[consumer] == own)))
    upwards = np.where(absorbed, n - 1 - consumer, -1)[::-1, None]  # the forest of sums with its nodes numbered backwards
    root = heaviest(np.where(absorbed, 0, own)[::-1], upwards)[::-1]  # only roots weigh, by their number
    minus = heaviest(turned[::-1], upwards)[::-1] % 2 == 1
    left, right = absorbed[a], absorbed[b] & (b >= 0)
    below = np.where(left, a, np.where(right, b, -1))
    begin = heaviest(np.where(left | right, 0, own), below[:, None])  # the sum inside it that is computed first
    ones, twos = sums[~left[sums]], sums[~(negating | right)[sums]]
    by = np.concatenate((ones, twos))
    place = np.concatenate((2 * np.where(right, begin[b], own)[ones], 2 * twos + 1))
    order = np.lexsort((-by, place, root[by]))
    sign = np.concatenate((minus[ones] ^ negating[ones], minus[twos] ^ subtracting[twos]))
    return root[by][order], np.where(sign, -1, 1)[order], np.concatenate((a[ones], b[twos]))[order], root


def _numbered(keys: Ints) -> Ints:
    """Equal keys as one number: 0 for the first key, 1 for the next other one, and so on."""
    _, begins, which = np.unique(keys, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(begins))[which]
