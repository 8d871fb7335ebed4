"""Products of two matrices of every sample, as code: BLAS takes one sample after another, which small matrices are not worth.

Left are (outputs, terms), right (terms, positions), and the product is (outputs, positions); o, t, p in what follows.
"""

from __future__ import annotations

from .blocks import Product

SMALL = 256  # multiplications, up to which einsum is quicker, going over the samples of each
_TURNED = {"ot,tp->op": ("", ""), "op,tp->ot": ("", ".swapaxes(-1, -2)"), "ot,op->tp": (".swapaxes(-1, -2)", "")}


def matrices(code: str, shape: tuple[int, ...], *, small: bool) -> str:
    """Rows as matrices of this shape (groups, …, …): samples last where they are small, else first."""
    groups, down, across = shape
    stack, axes = (f"{groups}, ", "3, 0, 1, 2") if groups > 1 else ("", "2, 0, 1")
    return f"{code}.reshape({stack}{down}, {across}, -1)" + ("" if small else f".transpose({axes})")


def multiplied(what: str, left: str, right: str, groups: int, rows: int, *, small: bool) -> str:
    """Their product as rows again: ``what`` is ot,tp->op, or with its gradient op,tp->ot for the left one, ot,op->tp for the right."""
    if small:
        letters = "".join(f"{'g' * (groups > 1)}{part}n" if part.isalpha() else part for part in (what[:2], ",", what[3:5], "->", what[7:]))
        return f"np.einsum('{letters}', {left}, {right}).reshape({rows}, -1)"
    turned, also = _TURNED[what]
    return f"({left}{turned} @ {right}{also}).transpose({'1, 2, 3, 0' if groups > 1 else '1, 2, 0'}).reshape({rows}, -1)"


def is_small(block: Product) -> bool:
    """Whether the matrices of a block are."""
    _, outputs, terms = block.filters.shape
    return int(outputs * terms * block.windows.shape[2]) < SMALL
