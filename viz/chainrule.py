"""The chain rule written out for a picture: the ∂'s, then the formulas, then the numbers, one chain after the other."""

from __future__ import annotations

import math
from itertools import islice

from autograd import Chains, Formula, Value
from autograd.chain import Chain, Readings, product

from .style import number

MOST = 6  # chains written out; the others are counted and added up
WIDEST = 110  # characters of formulas
_CIRCLED = "①②③④⑤⑥"


def derivative(upper: str, lower: str) -> str:
    """∂upper/∂lower, with products and sums in parentheses.

    >>> derivative("L", "z₃"), derivative("L", "w·x")
    ('∂L/∂z₃', '∂L/∂(w·x)')
    """
    return f"∂{_whole(upper)}/∂{_whole(lower)}"


def chain_rule(output: Value, wrt: Value, known: Readings) -> list[str]:
    """The lines of ∂output/∂wrt = …, over what the values are called."""
    whole = _link(output, wrt, known)
    if output is wrt:
        return [f"{whole} = 1"]
    chains = Chains(output, wrt, known)
    count, total = chains.count, number(chains.total)
    first = list(islice(chains, MOST))
    written = [_written(chain, known) for chain in first]
    if count == 1:
        return [f"{whole} = {written[0][0]}", *[f"= {line}" for line in written[0][1:]]]
    products = [product(chain) for chain in first]
    terms, rest = list(_CIRCLED[: len(first)]), chains.total - math.fsum(products)
    if count > MOST:
        terms.append(f"{count - MOST} more chains")
        products.append(rest)
    summed = " + ".join(_factor(p, i) for i, p in enumerate(products))
    lines = [f"{whole} = {' + '.join(terms)}", f"= {summed}", f"= {total}"]
    for term, chain_lines in zip(_CIRCLED, written, strict=False):
        lines += [f"{term} = {chain_lines[0]}", *[f"= {line}" for line in chain_lines[1:]]]
    return lines


def _written(chain: Chain, known: Readings) -> list[str]:
    """A chain as its derivatives, as formulas, and as numbers with their product."""
    formula = Formula.constant(1)
    for link in chain:
        formula = formula * link.formula
    lines = [" · ".join(_link(link.upper, link.lower, known) for link in chain)]
    if formula.number is None and len(formula.pretty) <= WIDEST:
        lines.append(formula.pretty)
    if len(chain) > 1:
        lines.append(" · ".join(_factor(link.number, i) for i, link in enumerate(chain)))
    return [*lines, number(product(chain))]


def _link(upper: Value, lower: Value, known: Readings) -> str:
    return derivative(known[upper].pretty, known[lower].pretty)


def _factor(x: float, i: int) -> str:
    return f"({number(x)})" if i and x < 0 else number(x)


def _whole(text: str) -> str:
    return f"({text})" if any(mark in text for mark in " ·/−+^") else text
