"""The chain rule written out for people: the ∂'s, then the formulas, then the numbers, one chain after the other.

>>> from autograd import Value
>>> x, w = Value(0.5, name="x"), Value(-2.0, name="w")
>>> a = (w * x).sigmoid().named("a")
>>> L = ((1 - a) ** 2).named("L")
>>> print(explain(L, w))
∂L/∂w = ∂L/∂a · ∂a/∂w
= −2·(1 − a)·a·(1 − a)·x
= −1.462 · 0.09831
= −0.1437
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from .chain import Chain, Chains, Readings, product, readings
from .formula import Formula
from .graph import refuse_stranger, topological

if TYPE_CHECKING:
    from .value import Value

MOST = 6  # chains written out; the others are counted and added up
WIDEST = 110  # characters of formulas
STYLES = ("text", "latex", "markdown")
_CIRCLED = "①②③④⑤⑥"
_SUPERSCRIPTS = str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def explain(output: Value, value: Value, style: str = "text") -> str:
    """∂output/∂value in named steps, as ``text``, ``latex`` (an aligned block) or ``markdown``.

    Raises ValueError for another style, or when the output does not depend on the value.
    """
    if style not in STYLES:
        raise ValueError(f"no style {style!r}; there are {', '.join(STYLES)}")
    refuse_stranger(value)
    known = readings(output)
    known[output] = Formula.symbol(called(output))
    if value not in known:
        raise ValueError(f"{known[output].pretty} does not depend on {value!r}")
    if style == "text":
        return "\n".join(lines(output, value, known))
    block = _aligned(output, value, known)
    return block if style == "latex" else f"$$\n{block}\n$$"


def called(output: Value) -> str:
    """What an output goes by: its name, else L, or y where something below is called L."""
    taken = {value.name for value in topological(output)}
    return output.name or next(name for name in ("L", "y", "out", "output of it") if name not in taken)


def derivative(upper: str, lower: str) -> str:
    """∂upper/∂lower, with products and sums in parentheses.

    >>> derivative("L", "z₃"), derivative("L", "w·x")
    ('∂L/∂z₃', '∂L/∂(w·x)')
    """
    return f"∂{_whole(upper)}/∂{_whole(lower)}"


def lines(output: Value, value: Value, known: Readings) -> list[str]:
    """The lines of ∂output/∂value = …, over what the values are called."""
    whole = derivative(known[output].pretty, known[value].pretty)
    if output is value:
        return [f"{whole} = 1"]
    chains = Chains(output, value, known)
    first = list(islice(chains, MOST))
    written = [_written(chain, known) for chain in first]
    if chains.count == 1:
        return [f"{whole} = {written[0][0]}", *[f"= {line}" for line in written[0][1:]]]
    products = [product(chain) for chain in first]
    terms = list(_CIRCLED[: len(first)])
    if chains.count > MOST:
        more = chains.count - MOST
        terms.append(f"{more} more chain{'s' * (more > 1)}")
        products.append(chains.total - sum(products))
    found = [f"{whole} = {' + '.join(terms)}", f"= {' + '.join(_factors(products))}", f"= {number(chains.total)}"]
    for term, (start, *rest) in zip(_CIRCLED, written, strict=False):
        found += [f"{term} = {start}", *[f"= {line}" for line in rest]]
    return found


def number(x: float, digits: int = 4) -> str:
    """A number for people: four significant digits, a true minus sign, a power of ten as such.

    >>> number(-0.25), number(1234567.0), number(1e-9), number(2.0), number(float("inf"))
    ('−0.25', '1.235×10⁶', '1×10⁻⁹', '2', '∞')
    """
    if not math.isfinite(x):
        return "NaN" if math.isnan(x) else "∞" if x > 0 else "−∞"
    text = f"{x + 0.0:.{digits}g}".replace("-", "−")
    if "e" not in text:
        return text
    mantissa, exponent = text.split("e")
    return f"{mantissa}×10{str(int(exponent.replace('−', '-'))).replace('-', '−').translate(_SUPERSCRIPTS)}"


def _written(chain: Chain, known: Readings) -> list[str]:
    """A chain as its derivatives, as formulas, and as numbers with their product."""
    formula = _formula(chain)
    found = []
    if len(chain) > 1:
        found.append(" · ".join(derivative(known[link.upper].pretty, known[link.lower].pretty) for link in chain))
    if formula.number is None and len(formula.pretty) <= WIDEST:
        found.append(formula.pretty)
    if len(chain) > 1:
        found.append(" · ".join(_factors([link.number for link in chain])))
    return [*found, number(product(chain))]


def _formula(chain: Chain) -> Formula:
    formula = Formula.constant(1)
    for link in chain:
        formula = formula * link.formula
    return formula


def _factors(numbers: Sequence[float]) -> list[str]:
    return [f"({number(x)})" if i and x < 0 else number(x) for i, x in enumerate(numbers)]


def _aligned(output: Value, value: Value, known: Readings) -> str:
    """The same as LaTeX: one row for the ∂'s, one for the formulas, one for the numbers, one for the sum."""
    whole = _fraction(known[output], known[value])
    chains = Chains(output, value, known)
    if output is value or chains.count == 0:
        return rf"{whole} = {1 if output is value else 0}"
    first = list(islice(chains, MOST))
    more = rf" + \text{{{chains.count - MOST} more chains}}" if chains.count > MOST else ""
    symbols = " + ".join(r" \cdot ".join(_fraction(known[link.upper], known[link.lower]) for link in chain) for chain in first)
    formulas = _summed([_formula(chain).latex for chain in first])
    numbers = _summed([r" \cdot ".join(_latex_number(link.number, i) for i, link in enumerate(chain)) for chain in first])
    rows = [f"{whole} &= {symbols}{more}", f"&= {formulas}{more}", f"&= {numbers}{more}", f"&= {_latex_number(chains.total, 0)}"]
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def _summed(terms: list[str]) -> str:
    return terms[0] + "".join(f" - {term[1:].lstrip()}" if term.startswith("-") else f" + {term}" for term in terms[1:])


def _latex_number(x: float, i: int) -> str:
    text = f"{x:.4g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
    text = text.replace("inf", r"\infty").replace("nan", r"\text{NaN}")
    return f"({text})" if i and x < 0 else text


def _fraction(upper: Formula, lower: Formula) -> str:
    return rf"\frac{{\partial {_whole(upper.latex)}}}{{\partial {_whole(lower.latex)}}}"


def _whole(text: str) -> str:
    plain = text.replace(r"\hat", "").replace(r"\mathrm", "")
    return f"({text})" if any(mark in plain for mark in " ·/−+") or ("^" in plain and "^{(" not in plain) else text
