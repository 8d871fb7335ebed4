"""Flattened sums: what the recursive definition gives, term by term, in the order of the program."""

import random

import numpy as np
import pytest
from eager import as_arrays
from networks import lstm

from autograd import Value, ops, tanh, trace
from autograd.program.columns import CODES, CONSTANT, PARAMETER, Columns, distinct, varies
from autograd.program.lifting import Lifted, TooManyBlocksError
from autograd.program.terms import flatten

ADD, SUB, NEG, MUL = (CODES[row] for row in (ops.add, ops.sub, ops.neg, ops.mul))


def recorded(seed):
    """The columns of sums, nested either way, of products, zeros and what was there before."""
    rng = random.Random(seed)
    x, w = [Value(rng.gauss(0, 1)) for _ in range(3)], [Value(rng.gauss(0, 1)) for _ in range(rng.choice([2, 30]))]
    pool = [*x, *w, *w, 0.0, 1.5]

    def tree(depth):
        kind = rng.random() if depth else 1.0
        if kind < 0.45:
            return tree(depth - 1) + tree(depth - 1)
        if kind < 0.6:
            return tree(depth - 1) - tree(depth - 1)
        if kind < 0.7:
            return -tree(depth - 1)
        return rng.choice(pool) * rng.choice(pool) if kind < 0.95 else rng.choice(pool)

    scores = []
    if rng.random() < 0.4:
        rows = [[tanh(rng.choice(x) * rng.choice(w)) for _ in range(3)] for _ in range(2)]
        scores = [tanh(sum(p * q for p, q in zip(one, other, strict=True)) - w[0]) for one in rows for other in rows]
    for _ in range(rng.choice([1, 4, 12])):
        made = tree(rng.randrange(1, 6)) + w[0]
        pool += [made, tanh(made)]
        if rng.random() < 0.3:
            pool.append(1.0 / (0.0 + made))
    return trace([pool[-2], pool[-1], *scores], inputs=x, parameters=w)._table


class Definition:
    """Terms as the docstring of the module defines them, one node at a time."""

    def __init__(self, table):
        self.table, self.codes, self.args = table, table.codes.tolist(), table.args.tolist()
        self.varying = varies(table).tolist()
        reads = [(arg, node) for node, args in enumerate(self.args) for arg in args if arg >= 0]
        self.once = {
            arg: node for arg, node in reads if [a for a, _ in reads].count(arg) == 1 and arg not in table.roots and self.sums(node)
        }
        self.levels, self.shared, self.beside = {}, set(), set()
        self.shared = self.sharing()
        self.beside = self.padding()
        for kept in (self.is_difference, self.few):
            inner = [node for node in self.once if self.sums(node) and not self.negated_term(node) and not self.dotted(self.root(node))]
            for node in [node for node in inner if kept(node)]:
                del self.once[node]

    def sharing(self):
        """Products of two varying quantities in dots whose left or right side, as a whole, is that of another dot."""
        dots = {}
        for root in [node for node in range(len(self.codes)) if self.sums(node) and node not in self.once]:
            for sign, node in self.terms(root, 1, root):
                if self.codes[node] == MUL and node in self.once and all(self.varying[arg] for arg in self.args[node][:2]):
                    dots.setdefault((root, sign), []).append(node)
        dots = [sorted(nodes, key=lambda node: self.args[node][0]) for nodes in dots.values() if len(nodes) > 1]
        sides = [[tuple(self.args[node][side] for node in nodes) for nodes in dots] for side in (0, 1)]
        return {node for i, nodes in enumerate(dots) for node in nodes if any(side.count(side[i]) > 1 for side in sides)}

    def padding(self):
        """Weights times constants in a sum that has weights times what varies."""
        found = set()
        for root in [node for node in range(len(self.codes)) if self.sums(node) and node not in self.once]:
            products = [(sign, node) for sign, node in self.terms(root, 1, root) if self.product(node) is not None]
            having = {sign for sign, node in products if self.kind(node) == 1}
            alone = [node for sign, node in products if sign in having and not self.varying[node]]
            found |= {node for node in alone if self.codes[self.product(node)[1]] == CONSTANT}
        return found

    def kind(self, node):
        return self.varying[node] + (node in self.shared) + (node in self.beside)

    def root(self, node):
        return self.root(self.once[node]) if node in self.once and self.sums(node) else node

    def dotted(self, root):
        """Whether two of a sum's terms are products of one dot."""
        dots = [(sign, self.kind(node)) for sign, node in self.terms(root, 1, root) if self.product(node) is not None]
        return len(dots) > len(set(dots))

    def few(self, node):
        """Whether a sum of at most four terms subtracts."""
        terms = self.terms(self.root(node), 1, self.root(node))
        return len(terms) <= 4 and any(sign < 0 for sign, _ in terms)

    def negated_term(self, node):
        """-term is the term with another sign, to the last bit."""
        return self.codes[node] == NEG and not self.absorbed(self.args[node][0])

    def absorbed(self, node):
        return node in self.once and self.sums(node)

    def is_difference(self, node):
        """Whether a sum inside another one, not at its beginning, subtracts or is subtracted."""
        outer = self.once[node]
        if self.codes[outer] == ADD:
            return self.args[outer][1] == node and self.subtracts(node)
        return self.codes[outer] == NEG or self.args[outer][1] == node

    def subtracts(self, node):
        if self.codes[node] == SUB or (self.codes[node] == NEG and not self.negated_term(node)):
            return True
        return any(self.absorbed(arg) and self.subtracts(arg) for arg in self.args[node] if arg >= 0)

    def sums(self, node):
        return self.codes[node] in (ADD, SUB, NEG)

    def inside(self, node):
        """Whether a sum takes the node apart: it is a sum, or a product that goes to a dot."""
        return node in self.once and (self.sums(node) or self.product(node) is not None)

    def product(self, node):
        """(filter, window) of a product, None for one that belongs in no dot."""
        if self.codes[node] != MUL or node not in self.once:
            return None
        a, b, _ = self.args[node]
        if node in self.shared:
            return a, b
        for filter, window in ((a, b), (b, a)):
            weight, other = self.codes[filter] == PARAMETER, self.codes[window] == PARAMETER
            if not self.varying[filter] and (self.varying[window] or (weight and not other)):
                return filter, window
        return None

    def terms(self, node, sign, root):
        """Terms and products of a sum, from left to right."""
        if node == root or (self.sums(node) and node in self.once):
            a, b, _ = self.args[node]
            first = self.terms(a, -sign if self.codes[node] == NEG else sign, root)
            return first if b < 0 else first + self.terms(b, -sign if self.codes[node] == SUB else sign, root)
        return [(sign, node)]

    def flat(self, root):
        """[(sign, node)] and [(sign, (filters, windows))] of a sum."""
        plain, dots = [], {}
        for sign, node in self.terms(root, 1, root):
            if self.product(node) is None:
                plain.append((sign, node))
            else:
                dots.setdefault((sign, self.kind(node)), []).append(self.product(node))
        zero = [self.codes[node] == CONSTANT and self.table.numbers[node] == 0 for _, node in plain]
        others = zero.count(False) + len(dots)
        of_worth = [i for i, none in enumerate(zero) if none and not others]
        kept = [term for i, (term, none) in enumerate(zip(plain, zero, strict=True)) if not none or i in of_worth[:1]]
        pairs = [(sign, sorted(products, key=lambda pair: pair[0])) for (sign, _), products in dots.items()]
        return kept, pairs

    def level(self, node):
        if self.codes[node] < 0:
            return 0
        if node not in self.levels:
            if self.sums(node):
                plain, dots = self.flat(node)
                below = [self.level(term) for _, term in plain]
                below += [1 + max(self.level(arg) for pair in pairs for arg in pair) for _, pairs in dots]
            else:
                below = [self.level(arg) for arg in self.args[node] if arg >= 0]
            self.levels[node] = 1 + max(below)
        return self.levels[node]


@pytest.mark.parametrize("seed", range(60))
def test_sums_and_dots_are_those_of_the_definition(seed):
    table = distinct(recorded(seed))
    found, defined, n = flatten(table), Definition(table), len(table)
    dots = iter(range(n, len(found.levels)))
    for node in range(n):
        if defined.codes[node] < 0 or defined.inside(node):
            assert found.levels[node] == 0
            continue
        assert found.levels[node] == defined.level(node)
        assert found.varying[node] == defined.varying[node]
        if defined.sums(node):
            plain, products = defined.flat(node)
            own = [(sign, next(dots)) for sign, _ in products]
            first, many = found.sums.first[node], found.sums.many[node]
            assert list(zip(*found.sums.pairs[:, first : first + many].tolist(), strict=True)) == plain + own
            assert found.folded[node] == max(1, many - 1)
            for (_, dot), (_, pairs) in zip(own, products, strict=True):
                first, many = found.dots.first[dot], found.dots.many[dot]
                assert list(zip(*found.dots.pairs[:, first : first + many].tolist(), strict=True)) == pairs
                assert found.levels[dot] == 1 + max(defined.level(arg) for pair in pairs for arg in pair)
                assert found.folded[dot] == 2 * len(pairs) - 1
    assert next(dots, None) is None


def test_a_sum_of_nothing_but_zeros_keeps_the_first():
    args = np.array([[-1, -1, -1], [-1, -1, -1], [1, 0, -1]])
    table = Columns(0, 0, np.array([CONSTANT, CONSTANT, ADD]), args, np.array([0.0, -0.0, 0.0]), np.array([2]), {})
    assert flatten(table).sums.pairs.tolist() == [[1], [1]]


def test_the_search_ends_where_there_would_be_too_many_blocks():
    loss, arguments, parameters = lstm()
    plan = trace(loss, inputs=tuple(a[0] for a in arguments), parameters=parameters).plan
    terms, enough = flatten(distinct(plan.table)), len(plan.lifted.blocks)
    assert len(Lifted(terms, plan.arguments, enough).blocks) == enough
    for most in range(enough):
        with pytest.raises(TooManyBlocksError):
            Lifted(terms, plan.arguments, most)


def test_a_constant_that_is_not_finite_is_one_constant():
    infinite = float("inf")
    program = trace(lambda x: x[0] ** infinite + x[1] ** infinite, inputs=[0.5, 0.25], parameters=[])
    assert [block.rows for block in program.plan.lifted.blocks[2:]] == [2, 1]
    assert program(np.array([[0.5, 0.25]])).tolist() == [0.0]


def compensated(x):
    """Kahan's sum."""
    total, lost = x[0], 0.0 * x[0]
    for term in x[1:]:
        y = term - lost
        t = total + y
        lost = (t - total) - y
        total = t
    return total - lost


def two_sum(x):
    """What is lost when two numbers are added (Knuth): a sum of six terms, all of which would cancel."""
    a, b = x[0], x[1]
    s = a + b
    inner = s - a
    return (a - (s - inner)) + (b - inner)


@pytest.mark.parametrize(
    "f",
    [
        compensated,
        two_sum,
        lambda x: x[0] - (x[1] - x[2]),
        lambda x: (x[0] + x[1]) + -x[2],
        lambda x: (x[0] - x[1]) + x[2],
        lambda x: (x[1] + x[2]) - (x[0] + x[2]),
        lambda x: -(x[0] - x[1]) - x[2],
    ],
)
def test_a_few_terms_are_added_in_the_order_of_the_program(f):
    rng = np.random.default_rng(1)
    xs = rng.normal(size=(5000, 4)) * 10.0 ** rng.integers(-8, 9, size=(5000, 4))
    program = trace(f, inputs=[1.0] * 4)
    as_arrays(program)
    assert program.plan.writes(len(xs))
    assert program(xs).tolist() == [f([Value(x) for x in row]).data for row in xs.tolist()]
