"""The ways from a quantity up to the loss: what comes to its derivative through each, and what lines that mix them up are worth.

The right line is made here, too: the chain rule's sum over the ways on, in the writer's notation.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, groupby
from typing import Any

import numpy as np

from .. import ops
from .case import Case, Cause
from .places import agree, fits
from .scope import Scope, kind_of
from .steps import term_of
from .terms import Apply, Number, Partial, Term
from .writing import Notation

MOST_WAYS = 10  # of which every subset is tried
MOST_KIN = 8


def ways_on(scope: Scope, left: Partial) -> list[tuple[str, Any]]:
    """The ways on from a quantity: each quantity made straight from it, and what comes to the derivative through it."""
    tape = scope.sheet.tape
    within = tape.depends(tape.places[left.upper])
    found = []
    for upper, place in tape.places.items():
        if place in within and tape.ops[place] is not None and left.lower in scope.local(upper):
            found.append((upper, scope.thin(scope.truth.partial(left.upper, upper) * scope.local(upper)[left.lower])))
    return found


def paths(case: Case) -> Iterator[Cause]:
    """The line is the sum over some of the ways, or the product of them."""
    left = case.left
    if not isinstance(left, Partial):
        return
    yield from _ways_of_one_kind(case, left)
    ways = ways_on(case.scope, left)
    if len(ways) < 2:
        return
    few = ways[:MOST_WAYS]
    columns = np.stack([column for _, column in few])
    chosen = np.array([[mask >> i & 1 for i in range(len(few))] for mask in range(1, 2 ** len(few) - 1)])
    for row in np.flatnonzero(agree(chosen @ columns, case.claimed, _noise(case.claimed))):
        absent = [upper for i, (upper, _) in enumerate(few) if not chosen[row][i]] + [upper for upper, _ in ways[MOST_WAYS:]]
        yield Cause("D107", f"the way through {' and '.join(absent)} is missing", 1.1)
    if agree(np.prod(columns, axis=0), case.claimed, _noise(case.claimed)) and len(few) == len(ways):
        yield Cause("D108", "the ways were multiplied; they add up", 1.0)


def _noise(column: Any) -> float:
    return 1e-13 * float(np.max(np.abs(column), initial=0.0))


def _ways_of_one_kind(case: Case, left: Partial) -> Iterator[Cause]:
    """Some of the ways through quantities of one kind, as of the p_j of a softmax only the p_i."""
    for names, columns in _cuts(case.scope, left):
        if not agree(columns.sum(axis=0), case.true, _noise(case.true)):
            continue
        for size in range(1, len(names)):
            for chosen in combinations(range(len(names)), size):
                if agree(columns[list(chosen)].sum(axis=0), case.claimed, _noise(case.claimed)):
                    absent = [name for i, name in enumerate(names) if i not in chosen]
                    yield Cause("D107", f"the way through {' and '.join(absent)} is missing", 1.4)


def _cuts(scope: Scope, left: Partial) -> Iterator[tuple[list[str], Any]]:
    """Quantities of one kind between the two of a derivative, with ∂upper/∂q · ∂q/∂lower for each."""
    onward = scope.onward(left.lower)
    between = [onward.term(row) for row in range(len(onward.columns))]
    within = scope.sheet.tape.depends(scope.sheet.tape.places[left.upper])
    known = {
        term.upper: onward.columns[row]
        for row, term in enumerate(between)
        if isinstance(term, Partial) and term.upper != left.upper and scope.sheet.tape.places[term.upper] in within
    }
    for _, kin in groupby(sorted(known, key=kind_of), key=kind_of):
        names = list(kin)
        if 1 < len(names) <= MOST_KIN:
            yield names, np.stack([scope.thin(scope.truth.partial(left.upper, name)) * known[name] for name in names])


# ---- the right line ----


def right_side(scope: Scope, left: Partial, true: Any = None, *, out: bool = False) -> Term:
    """The right side by the chain rule, its last factors written out if so asked.

    Where it is given, ``true`` is the share of one contribution to a sum of several.
    """
    if left.upper == left.lower:
        return Number(1.0, "1")
    ways = ways_on(scope, left)
    if true is not None and not fits(sum(column for _, column in ways), true):
        for size in range(1, min(len(ways), MOST_WAYS)):
            chosen = next((part for part in combinations(ways[:MOST_WAYS], size) if fits(sum(column for _, column in part), true)), None)
            if chosen:
                return _summed([_symbols(left, upper, scope, out) for upper, _ in chosen])
    if not ways:
        return Number(0.0, "0")
    if all(_is_whole(scope, left, upper) for upper, _ in ways):
        return _summed([_symbols(left, upper, scope, out) for upper, _ in ways])
    whole = scope.thin(scope.truth.partial(left.upper, left.lower))
    for names, columns in _cuts(scope, left):
        if not out and fits(columns.sum(axis=0), whole):
            return _summed([Apply(ops.mul, (Partial(left.upper, name), Partial(name, left.lower))) for name in names])
    return _summed([_symbols(left, upper, scope, out) for upper, _ in ways])


def _is_whole(scope: Scope, left: Partial, upper: str) -> bool:
    """Whether ∂upper/∂lower is what upper's own definition says, no other way leading from one to the other."""
    return fits(scope.thin(scope.truth.partial(upper, left.lower)), scope.thin(scope.local(upper)[left.lower]))


def _symbols(left: Partial, upper: str, scope: Scope, out: bool) -> Term:
    """∂L/∂next · ∂next/∂quantity, the second as a formula where it is the last step, or where the symbol would say more."""
    if upper == left.upper:
        return term_of(scope.steps.formula(upper, left.lower))
    if not out and _is_whole(scope, left, upper):
        return Apply(ops.mul, (Partial(left.upper, upper), Partial(upper, left.lower)))
    return Apply(ops.mul, (Partial(left.upper, upper), term_of(scope.steps.formula(upper, left.lower))))


def _summed(terms: list[Term]) -> Term:
    total = terms[0]
    for term in terms[1:]:
        minus = isinstance(term, Apply) and term.op is ops.neg
        total = Apply(ops.sub, (total, term.args[0])) if minus else Apply(ops.add, (total, term))
    return total


MOST_TOLD = 6  # ways whose formulas are told


def because(scope: Scope, left: Partial) -> str | None:
    """The ways from the loss to a quantity, and the local derivative along each as a formula."""
    ways = [upper for upper, _ in ways_on(scope, left)]
    plain = Notation("text", times=" · ")
    told = [f"{plain.partial(upper, left.lower)} = {scope.steps.formula(upper, left.lower).pretty}" for upper in ways[:MOST_TOLD]]
    if not ways or ways == [left.upper]:
        return told[0] if told else None
    more = f", and {len(ways) - MOST_TOLD} more" if len(ways) > MOST_TOLD else ""
    return f"{plain.write(left)} = {plain.write(right_side(scope, left))}, and {', '.join(told)}{more}"
