"""Sums, flattened: chains and trees of + and - become signed terms, and products of weights and data are set apart.

The scalar graph of a neuron, ((x_0·w_0 + x_1·w_1) + x_2·w_2) + b, becomes one sum of two terms: a *dot* of the filter
(w_0, w_1, w_2) with the window (x_0, x_1, x_2), and b. Which dots share filters or windows is what planning looks for.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from .. import ops
from .columns import CODES, CONSTANT, PARAMETER, Columns, varies

_ADD, _SUB, _NEG, _MUL = (CODES[row] for row in (ops.add, ops.sub, ops.neg, ops.mul))


@dataclass(frozen=True)
class Dot:
    """Σ filter_k · window_k: the filter does not vary over the batch; both hold node numbers."""

    filter: tuple[int, ...]
    window: tuple[int, ...]


@dataclass
class Level:
    """What can be computed once the levels below are: operations, sums, and dots, by node number."""

    maps: list[int] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)
    dots: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Terms:
    """The graph with its sums flattened. A dot's number follows those of the nodes."""

    table: Columns
    varying: list[bool]
    sums: dict[int, list[tuple[int, int]]]  # node: (sign, node or dot), in the order of the program
    dots: dict[int, Dot]
    levels: list[Level]
    folded: dict[int, int]  # how many scalar nodes a sum or a dot stands for


def flatten(table: Columns) -> Terms:
    """Every sum's terms, every dot, and the level of each."""
    codes, (a, b, *_) = table.codes, table.args.T
    varying, n = varies(table).tolist(), len(table)
    vary = np.array(varying)
    uses = np.bincount(table.args[table.args >= 0], minlength=n)
    uses[table.roots] += 2
    consumer = np.full(n + 1, -1)
    for column in table.args.T:
        consumer[column] = np.arange(n)  # the last place takes the padding
    sums = np.isin(codes, (_ADD, _SUB, _NEG))
    inside = (uses == 1) & sums[consumer[:n]]
    weight = codes == PARAMETER
    first = ~vary[a] & (vary[b] | (weight[a] & ~weight[b]))
    second = ~vary[b] & (vary[a] | (weight[b] & ~weight[a]))
    product = inside & (codes == _MUL) & (first | second)
    filters, windows = np.where(first, a, b).tolist(), np.where(first, b, a).tolist()
    absorbed, is_product = (inside & sums).tolist(), product.tolist()
    zero = ((codes == CONSTANT) & (table.numbers == 0)).tolist()  # sum(…) starts with one
    operator, left, right = codes.tolist(), a.tolist(), b.tolist()

    def terms(root: int) -> tuple[list[tuple[int, int]], dict[tuple[int, bool], list[int]]]:
        plain: list[tuple[int, int]] = []
        products: dict[tuple[int, bool], list[int]] = defaultdict(list)
        stack = [(1, root)]
        while stack:
            sign, node = stack.pop()
            if node == root or absorbed[node]:
                if operator[node] != _NEG:
                    stack.append((-sign if operator[node] == _SUB else sign, right[node]))
                    stack.append((sign, left[node]))
                else:
                    stack.append((-sign, left[node]))
            elif is_product[node]:
                products[sign, varying[node]].append(node)
            else:
                plain.append((sign, node))
        return plain, products

    found = Terms(table, varying, {}, {}, [], {})
    level = [0] * n

    def put(kind: str, node: int, height: int) -> None:
        while len(found.levels) <= height:
            found.levels.append(Level())
        getattr(found.levels[height], kind).append(node)

    for node in np.flatnonzero((codes >= 0) & ~(inside & sums) & ~product).tolist():
        if operator[node] not in (_ADD, _SUB, _NEG):
            level[node] = 1 + max([level[arg] for arg in table.args[node].tolist() if arg >= 0])
            put("maps", node, level[node])
            continue
        plain, products = terms(node)
        if len(plain) + len(products) > 1:
            plain = [term for term in plain if not zero[term[1]]] or plain[: not products]
        found.folded[node] = max(1, len(plain) + len(products) - 1)
        for (sign, _), members in products.items():
            members.sort(key=filters.__getitem__)
            dot = Dot(tuple([filters[m] for m in members]), tuple([windows[m] for m in members]))
            number = n + len(found.dots)
            found.dots[number] = dot
            found.folded[number] = 2 * len(members) - 1
            varying.append(varying[members[0]])
            level.append(1 + max(map(level.__getitem__, dot.filter + dot.window)))
            put("dots", number, level[-1])
            plain.append((sign, number))
        found.sums[node] = plain
        level[node] = 1 + max([level[term] for _, term in plain])
        put("sums", node, level[node])
    return found
