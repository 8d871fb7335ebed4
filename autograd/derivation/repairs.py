"""One piece of a line exchanged for another: a wrong quantity, a wrong sign, a function for its derivative.

Each function looks at one piece and yields what would make the line right in its place. What a piece has to be worth is
known, so nothing is worked out again, and a sentence is written only when the numbers bear it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from .. import ops
from ..op import CALL, OPS, Op
from .case import Case, Cause, kin
from .places import constant
from .scope import Block
from .steps import number
from .terms import Apply, Number, Partial, Prime, Quantity, Span, Term

ACTIVATIONS = tuple(op for op in OPS.values() if op.activation)
MOST_TRIED = 20_000_000  # numbers worked out for pieces inside functions and powers, whose need is not known
_POWERS = (1.0, 2.0, 3.0, 4.0, 0.5, -1.0, -2.0)


def repairs(case: Case) -> Iterator[Cause]:
    """Every exchange of one piece that makes the line right."""
    tried = 0
    for piece in case.places.pieces:
        match piece:
            case Number():
                yield from _number(case, piece)
            case Quantity() | Partial():
                depth = case.places.depth(piece)
                tried += depth * case.scope.quantities.columns.size
                if not depth or tried < MOST_TRIED:
                    yield from _quantity(case, piece) if isinstance(piece, Quantity) else _partial(case, piece)
            case Prime():
                yield from _prime(case, piece)
            case Apply():
                yield from _apply(case, piece)


def _cause(piece: Term, new: Term, code: str, said: str, cost: float, text: str | None = None, at: Span | None = None) -> Cause:
    """An exchange; ``text`` goes where the piece stands, or where ``at`` says."""
    at = at or piece.span
    return Cause(code, said, cost, old=piece, new=new, span=at, text=None if text is None else (at, text))


# ---- the smallest pieces ----


def _number(case: Case, piece: Number) -> Iterator[Cause]:
    need = case.places.need(piece)
    wanted = constant(need) if need is not None else None
    tried = [2 * piece.value, piece.value / 2, 1.0, 2.0, 0.5, piece.value + 1, piece.value - 1, -piece.value]
    for found in [wanted] if wanted is not None else tried if need is None else []:
        fraction = Fraction(found).limit_denominator(64)
        x, inverse = float(fraction), abs(float(fraction) * piece.value - 1) < 1e-9
        if x != piece.value and not inverse and case.places.fits(piece, np.asarray(x)):
            short = fraction.denominator in (1, 2, 4, 5, 8, 10)
            new: Term = number(x) if short else Apply(ops.div, (number(fraction.numerator), number(fraction.denominator)))
            code, cost = "D101" if x == -piece.value else "D102", 1.25 if need is not None else 2.0 if x > 0 else 2.6
            yield _cause(piece, new, code, f"the number {piece.text} should be {case.notation.write(new)}", cost)


def _found(case: Case, piece: Term, block: Block) -> list[int]:
    """The things of a block that make the line right in the place of a piece."""
    if case.places.need(piece) is not None:
        return case.found(block, piece)
    return [int(row) for row in np.flatnonzero(case.places.fits(piece, block.columns))] if len(block.columns) else []


def _quantity(case: Case, piece: Quantity) -> Iterator[Cause]:
    for row in _found(case, piece, case.scope.quantities):
        name = case.scope.names[row]
        if name in case.late(piece.name):
            said = f"{piece.name} is {name} after the update; the backward pass is done with {name}"
            yield _cause(piece, Quantity(name), "D111", said, 1.0)
        elif name != piece.name:
            cost = 1.5 if kin(name, piece.name) else 1.95
            yield _cause(piece, Quantity(name), "D106", f"{piece.name} should be {name}", cost)
    for block in _gradients(case) if piece.name in case.sheet.tape.places else ():
        for row in _found(case, piece, block):
            new = block.term(row)
            assert isinstance(new, Partial)
            cost = 2.35 if new.lower != piece.name else 1.3 if (new.upper, new.lower) in case.scope.spoken else 2.3
            cost = min(cost, 1.9) if new.lower == piece.name == case.lower and new.upper != case.upper else cost
            said = f"the forward value {piece.name} stands where the gradient {case.notation.write(new)} belongs"
            yield _cause(piece, new, "D109", said, cost)


def _gradients(case: Case) -> list[Block]:
    """The derivatives that a line may speak of."""
    onward = [case.scope.onward(case.lower)] if case.lower in case.sheet.tape.places else []
    return [*[case.scope.gradients(upper) for upper in case.uppers], case.scope.links, *onward]


def _partial(case: Case, piece: Partial) -> Iterator[Cause]:
    own = case.notation.write(piece)
    blocks = _gradients(case) + [case.scope.gradients(piece.upper)] * (piece.upper not in case.uppers)
    for block in blocks:
        for row in _found(case, piece, block):
            new = block.term(row)
            assert isinstance(new, Partial)
            cost = 2.2 if new.upper != piece.upper else 1.52 if kin(new.lower, piece.lower) else 2.25
            yield _cause(piece, new, "D106", f"{own} should be {case.notation.write(new)}", cost)
    for row in _found(case, piece, case.scope.quantities):
        name = case.scope.names[row]
        said = f"the gradient {own} stands where the value {case.notation.quantity(name)} belongs"
        yield _cause(piece, Quantity(name), "D109", said, 1.35 if name == piece.lower else 2.4)


# ---- functions ----


def _prime(case: Case, piece: Prime) -> Iterator[Cause]:
    arg = piece.args[0]
    if isinstance(arg, Quantity) and len(piece.args) == 1:
        block = case.scope.primes(piece.op)
        for row in _found(case, piece, block):
            new = block.term(row)
            name = new.args[0].name  # type: ignore[union-attr]
            said = f"the derivative is taken at {arg.name}, and belongs at {name}"
            whole = Prime(piece.op, (Quantity(name),))
            yield _cause(piece, whole, "D104", said, 0.9 if kin(name, arg.name) else 1.0, case.notation.quantity(name), arg.span)
    for op in ACTIVATIONS:
        if op is not piece.op:
            new = Prime(op, piece.args[:1])
            if case.places.tries(piece, new):
                said = f"the derivative of {piece.op.name} stands where that of {op.name} belongs"
                yield _cause(piece, new, "D110", said, 1.5, case.notation.function(op, prime=case.line.code), piece.at)
    bare = Apply(piece.op, piece.args)
    if case.places.tries(piece, bare):
        yield _cause(piece, bare, "D105", f"{case.told(piece)} should have no prime", 1.2)


def _call(case: Case, piece: Apply) -> Iterator[Cause]:
    """A function of one argument."""
    prime = Prime(piece.op, piece.args)
    if case.places.tries(piece, prime):
        said = f"{case.told(piece)} lacks its prime: the derivative belongs here"
        yield _cause(piece, prime, "D105", said, 1.2)
    for other in ACTIVATIONS:
        new = Apply(other, piece.args)
        if other is not piece.op and case.places.tries(piece, new):
            said = f"{piece.op.name} stands where {other.name} belongs"
            yield _cause(piece, new, "D110", said, 2.5, case.notation.function(other), piece.at)


# ---- signs, products and sums ----


def _apply(case: Case, piece: Apply) -> Iterator[Cause]:
    op = piece.op
    if op in (ops.add, ops.sub):
        yield from _sum(case, piece)
    elif op is ops.neg:
        if case.places.fits(piece, case.places.value(piece.args[0])):
            yield _cause(piece, piece.args[0], "D101", "the minus sign is one too many", 1.0, "", piece.at)
    elif op is ops.mul:
        yield from _product(case, piece)
    elif op is ops.div:
        yield from _quotient(case, piece)
    elif op is ops.pow_:
        yield from _power(case, piece)
    elif op.prec == CALL and len(piece.args) == 1:
        yield from _call(case, piece)


def _tried(case: Case, piece: Apply, op: Op, args: tuple[Term, ...]) -> Apply | None:
    """Another operation on the same operands, or on the same ones otherwise, if it makes the line right."""
    new = Apply(op, args, piece.span, piece.at)
    return new if case.places.tries(piece, new) else None


def _sum(case: Case, piece: Apply) -> Iterator[Cause]:
    op, args = piece.op, piece.args
    other, text = (ops.sub, "-") if op is ops.add else (ops.add, "+")
    sign = "+" if op is ops.add else "-"
    if new := _tried(case, piece, other, args):
        yield _cause(piece, new, "D101", f"the sign {sign} should be {text}", 1.0, text, piece.at)
    if op is ops.sub and (new := _tried(case, piece, op, args[::-1])):
        yield _cause(piece, new, "D101", f"{case.told(piece)} is the wrong way round", 1.1)
    if new := _tried(case, piece, ops.mul, args):
        yield _cause(piece, new, "D108", f"{sign} stands where a product belongs", 2.0, case.notation.times.strip() or "*", piece.at)
    for keep, drop in ((0, 1), (1, 0)):
        kept = case.places.value(args[keep]) if keep == 0 or op is ops.add else -case.places.value(args[keep])
        if case.places.fits(piece, kept):
            new_term = args[keep] if keep == 0 or op is ops.add else Apply(ops.neg, (args[keep],))
            yield _cause(piece, new_term, "D107", f"the term {case.told(args[drop])} is one too many", 1.9)


def _product(case: Case, piece: Apply) -> Iterator[Cause]:
    if new := _tried(case, piece, ops.add, piece.args):
        yield _cause(piece, new, "D108", "a product stands where a sum belongs", 2.0)
    for keep, drop in ((0, 1), (1, 0)):
        if case.places.fits(piece, case.places.value(piece.args[keep])):
            code = "D102" if case.places.is_number(piece.args[drop]) else "D103"
            said = f"the factor {case.told(piece.args[drop])} is one too many"
            yield _cause(piece, piece.args[keep], code, said, 1.22)
    for args in (piece.args, piece.args[::-1]):
        if new := _tried(case, piece, ops.div, args):
            cost = 1.23 if case.places.is_number(args[1]) else 2.15
            yield _cause(piece, new, "D103", "a product stands where a quotient belongs", cost)


def _quotient(case: Case, piece: Apply) -> Iterator[Cause]:
    over, under = piece.args
    code = "D102" if case.places.is_number(under) else "D103"
    if case.places.fits(piece, case.places.value(over)):
        yield _cause(piece, over, code, f"the divisor {case.told(under)} is one too many", 1.22)
    if case.places.fits(piece, 1.0 / case.places.value(under)):
        new = Apply(ops.div, (Number(1.0, "1"), under))
        said = f"the factor {case.told(over)} is one too many"
        yield _cause(piece, new, "D102" if case.places.is_number(over) else "D103", said, 1.24)
    if term := _tried(case, piece, ops.mul, piece.args):
        yield _cause(piece, term, "D103", "a quotient stands where a product belongs", 1.26)
    if term := _tried(case, piece, ops.div, piece.args[::-1]):
        yield _cause(piece, term, "D103", "the fraction is upside down", 1.28)


def _power(case: Case, piece: Apply) -> Iterator[Cause]:
    base, exponent = piece.args
    if not isinstance(exponent, Number):
        return
    for x in _POWERS:
        if x != exponent.value and case.places.fits(piece, case.places.value(base) ** x):
            new = base if x == 1 else Apply(ops.pow_, (base, number(x)))
            said = f"the power {case.told(piece)} is one too many" if x == 1 else f"the exponent {exponent.text} should be {x:g}"
            yield _cause(piece, new, "D102", said, 1.24 if x >= 1 else 2.5)
