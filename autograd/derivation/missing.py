"""Something was left out: a sign, a number, a factor, or a term, in front of a whole product or inside a sum.

A piece is worth one thing and has to be worth another; what their ratio or their difference is worth was left out, if
anything in the sheet is worth that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np

from .. import ops
from ..formula import Formula, bottom_up, differentiate
from ..op import Op
from .case import LONGEST_TOLD, Case, Cause
from .places import agree, constant
from .repairs import ACTIVATIONS, MOST_TRIED
from .scope import Block, small_pieces
from .steps import number, term_of
from .terms import Apply, Number, Partial, Prime, Quantity, Term, is_number
from .ways import MOST_WAYS, ways_on

INSIDE = 0.6  # how much less likely a thing is to be missing inside a line than from the whole of it
DEEPEST = 20  # operations above a piece whose need is not known
_NUMBERS = (1.0, 2.0, 0.5, 3.0, 4.0)  # that may have been left out as terms
_PRODUCT, SUM = (ops.mul, ops.div, ops.neg), (ops.add, ops.sub, ops.neg)


def missing(case: Case) -> Iterator[Cause]:
    """Everything that, put in, makes the line right."""
    places = case.places
    for piece in places.pieces:
        if places.need(piece) is None:
            yield from _inside_a_function(case, piece)
    known = [piece for piece in reversed(places.pieces) if places.need(piece) is not None and not np.isnan(places.need(piece)).all()]
    blocks = [*case.scope.factors(case.upper, case.lower), *_of_the_right_line(case)]
    products = [piece for piece in known if not is_inside(case, piece, _PRODUCT, first=True)]
    numbers = [list(_number(case, piece)) for piece in products]
    for found in numbers:
        yield from found
    yield from _factors(case, [piece for piece, found in zip(products, numbers, strict=True) if not found], blocks)
    yield from _terms(case, [piece for piece in known if not is_inside(case, piece, SUM)], blocks)


def is_inside(case: Case, piece: Term, rows: tuple[Op, ...], *, first: bool = False) -> bool:
    """Whether a piece is an operand of such an operation; then what is missing is missing from that."""
    above = case.places.above(piece)
    return isinstance(above, Apply) and above.op in rows and (not first or piece is above.args[0])


def _extra(case: Case, piece: Term) -> float:
    return 0.0 if piece is case.right else INSIDE


def _stacked(case: Case, pieces: list[Term]) -> tuple[Any, Any, Any]:
    """What pieces are worth, what they need, and how exactly that is known: a row a piece."""
    worth = np.stack([case.places.value(piece) for piece in pieces])
    need = np.stack([case.places.need(piece) for piece in pieces])
    return worth, need, np.stack([np.broadcast_to(case.places.noise[id(piece)], need.shape[1]) for piece in pieces])


def _of_the_right_line(case: Case) -> Iterator[Block]:
    """What the formulas of the ways on are made of: a condition such as step(1 - t f) stands nowhere else."""
    if isinstance(case.left, Partial):
        ways = [upper for upper, _ in ways_on(case.scope, case.left)[:MOST_WAYS]]
        formulas = [term_of(case.scope.steps.formula(upper, case.left.lower)) for upper in ways]
        yield case.scope.terms("piece", 2.25, [piece for formula in formulas for piece in small_pieces(formula) if not is_number(piece)])


def quotient(a: Any, b: Any) -> Any:
    """a/b, and NaN, which wants nothing, where both are nothing."""
    with np.errstate(all="ignore"):
        found = np.asarray(a / b, dtype=float)
    return np.where(np.isnan(a) | ((a == 0) & (b == 0)), np.nan, np.where(np.isfinite(found), found, np.inf))


def _noise(noise: Any, by: Any) -> Any:
    with np.errstate(all="ignore"):
        found = np.asarray(noise / np.abs(by), dtype=float)
    return np.where(np.isfinite(found), found, 0.0)


# ---- numbers ----


def _number(case: Case, piece: Term) -> Iterator[Cause]:
    """A sign or a constant."""
    need, v, extra = case.places.need(piece), case.places.value(piece), _extra(case, piece)
    ratio = constant(quotient(need, v))
    if ratio is None or ratio == 0 or isinstance(piece, Number) or not agree(ratio * v, need, case.places.noise[id(piece)]):
        return
    source, is_whole = case.notation, piece is case.right
    if abs(ratio + 1) < 1e-9:
        said = "the sign is the wrong one" if is_whole else f"the sign of {case.told(piece)} is the wrong one"
        new = piece.args[0] if isinstance(piece, Apply) and piece.op is ops.neg else Apply(ops.neg, (piece,))
        yield _put_in(case, piece, new, "D101", said, 1.2 + extra, "-{}")
        return
    fraction = Fraction(ratio).limit_denominator(64)
    if abs(float(fraction) - ratio) > 1e-7 * abs(ratio):
        return
    over, under = abs(fraction.numerator), fraction.denominator
    many = max(over, under)
    means = many > 2 and min(over, under) == 1 and _averages(case, many)
    said = f"the factor {fraction} is missing" if abs(fraction) >= 1 else f"the factor {1 / fraction} is one too many"
    said += ": a mean for a sum, or a sum for a mean" * means
    factor: Term = number(over) if under == 1 else Apply(ops.div, (number(over), number(under)))
    new = Apply(ops.mul, (factor, piece))
    new = new if ratio > 0 else Apply(ops.neg, (new,))
    written = f"{source.write(factor)}{source.times}{{}}"
    yield _put_in(case, piece, new, "D112" if means else "D102", said, 1.3 + extra, written if ratio > 0 else f"-{written}")


def _averages(case: Case, many: int) -> bool:
    """Whether the program divides by a number of samples or outputs."""
    numbers = [abs(x) for x in case.sheet.tape.numbers.values()]
    return any(round(x) == many or (0 < x < 1 and round(1 / x) == many) for x in numbers)


# ---- factors ----


def _factors(case: Case, pieces: list[Term], blocks: list[Block]) -> Iterator[Cause]:
    pieces = [piece for piece in pieces if np.any(case.places.need(piece))]
    if not pieces:
        return
    worth, need, noise = _stacked(case, pieces)
    ratio, back = quotient(need, worth), quotient(worth, need)
    for block in blocks:
        for sign, wanted in (("", ratio), ("-", -ratio)):
            for i, row in block.find_all(wanted, _noise(noise, worth)):
                yield _factor(case, pieces[i], block, row, sign)
        for i, row in block.find_all(back, _noise(noise, need)):
            divisor, extra = block.term(row), _extra(case, pieces[i])
            said = f"the factor {case.notation.write(divisor)} is one too many" + told_where(case, pieces[i])
            new = Apply(ops.div, (pieces[i], divisor))
            yield Cause("D103", said, block.cost + extra + 0.1, old=pieces[i], new=new, span=span_of(case, pieces[i]))
    slips = _slips(case)
    if slips:
        wrong = Block("slip", 0.0, np.stack([case.scope.thin(quotient(own, what)) for _, _, what, own in slips]), lambda i: case.right)
        for i, row in wrong.find_all(ratio, _noise(noise, worth)):
            said, code, _, _ = slips[row]
            if not case.places.is_number(pieces[i]):
                cost = (1.7 if "taken" in said else 2.15) + _extra(case, pieces[i]) / 3
                yield Cause(code, said, cost, span=span_of(case, pieces[i]))


def _factor(case: Case, piece: Term, block: Block, row: int, sign: str) -> Cause:
    """A factor that was left out."""
    factor = block.term(row)
    said = f"the factor {sign}{case.notation.write(factor)} is missing" + told_where(case, piece)
    if block.kind == "sum":
        said += f"; it can be left out only where {case.notation.write(factor)} = 1 is given"
    cost = block.cost + _extra(case, piece) + 0.3 * isinstance(piece, Number) + 0.2 * bool(sign)
    product = Apply(ops.mul, (piece, factor))
    new = Apply(ops.neg, (product,)) if sign else product
    return _put_in(case, piece, new, "D103", said, cost, f"{sign}{{}}{case.notation.times}{_inside(case, factor)}")


def _slips(case: Case) -> list[tuple[str, str, Any, Any]]:
    """What stands for an activation's derivative when it is another's, or taken at the wrong variable: sentence, code, columns."""
    found = []
    tape, values = case.sheet.tape, case.scope.truth._values
    for name, place in tape.places.items() if len(tape.places) <= 300 else ():
        op = tape.ops[place]
        if op is None or not op.activation:
            continue
        x, y = values[tape.args[place][0]], values[place]
        forms = {("D110", other.name): other.partials[0](other(x), x) for other in ACTIVATIONS if other is not op}
        for shape in filter(_of_the_output, ACTIVATIONS):
            code = "D104" if shape is op else "D110"
            forms[code, f"{shape.name}, taken at the activation"] = shape.shown[0](y, x)
            forms[code, f"{shape.name}, taken at the sum"] = shape.shown[0](x, x)
        own = op.partials[0](y, x)
        for (code, what), worth in forms.items():
            if not np.array_equal(own, worth):
                found.append((f"the derivative of {what} stands where that of {op.name} at {name} belongs", code, worth, own))
    return found


@cache
def _of_the_output(op: Op) -> bool:
    """Whether the derivative is written with what comes out, as a(1 - a), and is not what comes out itself."""
    slope = differentiate(op, 0, Formula.symbol("y"), (Formula.symbol("x"),))
    return slope.op is not None and {node.name for node in bottom_up(slope)} - {""} == {"y"}


# ---- terms ----


def _terms(case: Case, pieces: list[Term], blocks: list[Block]) -> Iterator[Cause]:
    pieces = [piece for piece in pieces if np.any(case.places.value(piece))]
    if not pieces:
        return
    worth, need, noise = _stacked(case, pieces)
    noise = noise + 1e-14 * np.where(np.isfinite(need), np.abs(need) + np.abs(worth), 0.0)
    gap, total = need - worth, need + worth
    twice = agree(gap, worth) | agree(gap, -worth)  # that is the factor 2, or 0
    for place in np.flatnonzero(~twice):
        yield from _missing_number(case, pieces[place], gap[place], total[place])
    for block in blocks:
        for sign, op, wanted in (("+", ops.add, gap), ("-", ops.sub, -gap)):
            for i, row in block.find_all(wanted, noise):
                if not twice[i]:
                    yield _added(case, pieces[i], op, sign, block.term(row), block.cost + 0.3 + _beside(case, pieces[i]))
    for i, row in blocks[0].find_all(total, noise):
        text = case.notation.write(blocks[0].term(row))
        new = Apply(ops.sub, (blocks[0].term(row), pieces[i]))
        cost = blocks[0].cost + 0.6 + _beside(case, pieces[i])
        yield _put_in(case, pieces[i], new, "D107", f"the term {text} - is missing", cost, f"({text} - {{}})")


def _beside(case: Case, piece: Term) -> float:
    """How unlikely a term is to be missing beside a piece; a factor 1 is likely to have been 1 - a."""
    lone = isinstance(piece, Number) and piece.value == 1 and is_inside(case, piece, (ops.mul,))
    return _extra(case, piece) / 2 - 1.3 * lone


def _missing_number(case: Case, piece: Term, gap: Any, total: Any) -> Iterator[Cause]:
    """A number added to a piece, or the piece taken from a number: 1 - a for a."""
    if case.places.is_number(piece):
        return
    for sign, op, wanted in (("+", ops.add, gap), ("-", ops.sub, -gap)):
        x = constant(wanted)
        if x is not None and float(f"{x:.8g}") in _NUMBERS:
            yield _added(case, piece, op, sign, number(float(f"{x:.8g}")), 1.45 + _extra(case, piece) / 2)
    x = constant(total)
    if x is not None and float(f"{x:.8g}") in _NUMBERS:
        term = number(float(f"{x:.8g}"))
        said = f"the {term.text} - is missing before {case.told(piece)}"
        yield _put_in(case, piece, Apply(ops.sub, (term, piece)), "D107", said, 1.4 + _extra(case, piece) / 2, f"({term.text} - {{}})")


def _inside_a_function(case: Case, piece: Term) -> Iterator[Cause]:
    """A one that was left out inside a function or a condition, 1 - p for p, or a factor."""
    if case.places.is_number(piece) or case.places.depth(piece) > DEEPEST:
        return
    v, one, text = case.places.value(piece), Number(1.0, "1"), case.told(piece)
    for new, worth, template in (
        (Apply(ops.sub, (one, piece)), 1 - v, "1 - {}"),
        (Apply(ops.add, (one, piece)), 1 + v, "1 + {}"),
        (Apply(ops.sub, (piece, one)), v - 1, "{} - 1"),
    ):
        if case.places.fits(piece, worth):
            yield _put_in(case, piece, new, "D107", f"the 1 is missing in {template.replace('{}', text)}", 1.9, template)
    quantities = case.scope.quantities
    if isinstance(piece, Quantity | Partial) and quantities.columns.size * len(case.places.pieces) < MOST_TRIED:
        for row in np.flatnonzero(case.places.fits(piece, v * quantities.columns)):
            yield replace(_factor(case, piece, quantities, int(row), ""), cost=2.1)


def _added(case: Case, piece: Term, op: Any, sign: str, term: Term, cost: float) -> Cause:
    said = f"the term {sign} {case.notation.write(term)} is missing" + told_where(case, piece)
    return _put_in(case, piece, Apply(op, (piece, term)), "D107", said, cost, f"{{}} {sign} {case.notation.write(term)}")


# ---- how it is written ----


def _put_in(case: Case, piece: Term, new: Term, code: str, said: str, cost: float, template: str) -> Cause:
    """Something put beside a piece; ``{}`` in the template stands for the piece as it was written."""
    start, end = case.right_span if piece is case.right else piece.span
    start, end = case.stretched((start, end)) if case.line.code and start >= 0 else (start, end)
    own = case.sheet.text[start:end] if start >= 0 else case.notation.write(piece)
    loose = isinstance(piece, Apply) and piece.op in (ops.add, ops.sub, ops.neg) and not template.startswith("{} ")
    text = template.replace("{}", f"({own})" if loose or (own.startswith("-") and not template.startswith("{}")) else own)
    if isinstance(piece, Apply) and piece.op is ops.neg and new is piece.args[0]:
        text = own.lstrip("-−– ")
    return Cause(code, said, cost, old=piece, new=new, span=span_of(case, piece), text=((start, end), text))


def _inside(case: Case, factor: Term) -> str:
    """A factor as it is written behind a times sign."""
    text = case.written(factor)
    loose = isinstance(factor, Apply) and factor.op in (ops.add, ops.sub, ops.neg, ops.div)
    loose = loose or (isinstance(factor, Prime) and not text.endswith(")"))  # written out as 1 - a**2
    return f"({text})" if loose else text


def span_of(case: Case, piece: Term) -> tuple[int, int] | None:
    """The place that is doubted; None for the whole line."""
    return None if piece is case.right or piece.span[0] < 0 else piece.span


def told_where(case: Case, piece: Term) -> str:
    """In which piece something is missing, for the end of a sentence; of the whole line, or of a long piece, nothing is said."""
    span = span_of(case, piece)
    return f" in {case.sheet.text[slice(*span)]}" if span and span[1] - span[0] <= LONGEST_TOLD else ""
