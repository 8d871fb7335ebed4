"""Two things left out together: two factors, or a whole term of two factors. The last that is asked, of sheets of some size.

A ratio or a difference that nothing in the sheet is worth may be worth the product of two things in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .. import ops
from .case import Case, Cause
from .missing import SUM, is_inside, quotient, span_of, told_where
from .scope import Block
from .terms import Apply, Number, Term

MOST_QUANTITIES, MOST_PLACES = 60, 12  # of a sheet, and of a line, for which products of two things are tried


def pairs(case: Case) -> Iterator[Cause]:
    """Two factors left out at once, or a term that is a product of two things."""
    if len(case.scope.names) > MOST_QUANTITIES:
        return
    blocks = list(case.scope.factors(case.upper, case.lower))
    for piece in [piece for piece in reversed(case.places.pieces) if case.places.need(piece) is not None][:MOST_PLACES]:
        need, v = case.places.need(piece), case.places.value(piece)
        if isinstance(piece, Number) or np.isnan(need).all():
            continue
        wanted = [("D103", ops.mul, quotient(need, v))] if np.any(need) else []
        if not is_inside(case, piece, SUM):
            wanted += [("D107", ops.add, need - v), ("D107", ops.sub, v - need)]
        for code, op, gap in wanted:
            product = _product(blocks, gap)
            if product is not None:
                said = f"the {'factor' if op is ops.mul else 'term'} {case.notation.write(product)} is missing" + told_where(case, piece)
                yield Cause(
                    code, said, 3.0 + (piece is not case.right), old=piece, new=Apply(op, (piece, product)), span=span_of(case, piece)
                )
                return


def _product(blocks: list[Block], wanted: Any) -> Term | None:
    """Two things whose product is worth this."""
    for i, block in enumerate(blocks):
        rests = quotient(wanted, block.columns)
        with np.errstate(all="ignore"):
            largest = np.max(np.abs(rests), axis=1, keepdims=True, initial=0.0, where=np.isfinite(rests))
        for other in blocks[i:]:
            for row, found in other.find_all(rests, np.broadcast_to(1e-12 * largest, rests.shape))[:1]:
                return Apply(ops.mul, (block.term(row), other.term(found)))
    return None
