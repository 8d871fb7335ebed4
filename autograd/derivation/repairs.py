"""Single edits of what somebody wrote, and what each would mean if it made the line right.

Every edit touches one place of the writer's own line. Whether it is the cause is decided by numbers elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .. import ops
from ..names import parse
from ..op import CALL, Op
from .sheet import Sheet
from .terms import NOWHERE, Apply, Number, Partial, Prime, Quantity, Span, Term, quantities, replaced, walk
from .writing import Notation

ACTIVATIONS: tuple[Op, ...] = (
    ops.sigmoid, ops.tanh, ops.relu, ops.softplus, ops.exp, ops.sin, ops.cos, ops.log, ops.square, ops.silu, ops.gelu,
)  # fmt: skip


@dataclass(frozen=True)
class Repair:
    """One edit: the line's right side after it, the place and the text of the edit, what it would mean, and how likely it is."""

    term: Term
    span: Span
    text: str
    code: str
    cause: str
    cost: float  # the smaller the likelier


def repairs(right: Term, left: Term, sheet: Sheet, notation: Notation) -> Iterator[Repair]:
    """Every edit of one place."""
    names = [*sheet.tape.places, *sheet.late]
    yield from _everywhere(right, sheet, notation)
    for piece in walk(right):
        for new, span, text, code, cause, cost in _edits(piece, sheet, names, notation):
            yield Repair(replaced(right, piece, new), span, text, code, cause, cost)


Edit = tuple[Term, Span, str, str, str, float]


def _edits(piece: Term, sheet: Sheet, names: list[str], notation: Notation) -> Iterator[Edit]:
    match piece:
        case Number():
            yield from _number(piece)
        case Quantity():
            yield from _quantity(piece, sheet, names, notation)
        case Partial():
            yield from _partial(piece, names, notation)
        case Prime():
            yield from _prime(piece, names, notation)
        case Apply():
            yield from _apply(piece, notation)


def _number(piece: Number) -> Iterator[Edit]:
    for value in (2 * piece.value, piece.value / 2, 1.0, 2.0, 0.5, piece.value + 1, piece.value - 1, -piece.value):
        if value != piece.value:
            text = f"{value:g}"
            yield Number(value, text, piece.span), piece.span, text, "D102", f"the number {piece.text} should be {text}", 2.0


def _quantity(piece: Quantity, sheet: Sheet, names: list[str], notation: Notation) -> Iterator[Edit]:
    for name in names:
        if name != piece.name:
            text = notation.quantity(name)
            cost = 1.5 if _kin(name, piece.name) else 3.0
            code, cause = "D106", f"{piece.name} should be {name}"
            if piece.name in sheet.late and name in quantities(sheet.late[piece.name]):
                code, cause = "D111", f"{piece.name} is {name} after the update; the backward pass is done with {name}"
            yield Quantity(name, piece.span), piece.span, text, code, cause, cost
    if sheet.loss is not None and piece.name in sheet.tape.places:
        text = notation.partial(sheet.loss, piece.name)
        cause = f"the forward value {piece.name} stands where the gradient {text} belongs"
        yield Partial(sheet.loss, piece.name, piece.span), piece.span, text, "D109", cause, 2.0


def _partial(piece: Partial, names: list[str], notation: Notation) -> Iterator[Edit]:
    own = notation.partial(piece.upper, piece.lower)
    for name in names:
        if name != piece.lower:
            text = notation.partial(piece.upper, name)
            yield (
                Partial(piece.upper, name, piece.span),
                piece.span,
                text,
                "D106",
                f"{own} should be {text}",
                1.6 if _kin(name, piece.lower) else 3.0,
            )
        if name != piece.upper:
            text = notation.partial(name, piece.lower)
            yield Partial(name, piece.lower, piece.span), piece.span, text, "D106", f"{own} should be {text}", 2.2
    value = notation.quantity(piece.lower)
    yield Quantity(piece.lower, piece.span), piece.span, value, "D109", f"the gradient {own} stands where the value {value} belongs", 2.5


def _prime(piece: Prime, names: list[str], notation: Notation) -> Iterator[Edit]:
    arg = piece.args[0]
    if isinstance(arg, Quantity):
        for name in names:
            if name != arg.name:
                text = notation.quantity(name)
                cause = f"the derivative is taken at {arg.name}, and belongs at {name}"
                new = Prime(piece.op, (Quantity(name, arg.span), *piece.args[1:]), piece.span, piece.at)
                yield new, arg.span, text, "D104", cause, 1.0 if not _kin(name, arg.name) else 0.9
    for op in ACTIVATIONS:
        if op is not piece.op:
            text = notation.function(op)
            cause = f"the derivative of {piece.op.name} stands where that of {op.name} belongs"
            yield Prime(op, piece.args[:1], piece.span, piece.at), piece.at, text, "D110", cause, 1.5
    bare = Apply(piece.op, piece.args, piece.span, piece.at)
    yield bare, piece.span, notation.write(bare), "D105", f"{notation.write(piece)} should have no prime", 1.2


def _apply(piece: Apply, notation: Notation) -> Iterator[Edit]:
    op, args = piece.op, piece.args
    signs = {ops.add: (ops.sub, "-"), ops.sub: (ops.add, "+")}
    if op in signs:
        new_op, text = signs[op]
        yield Apply(new_op, args, piece.span, piece.at), piece.at, text, "D101", f"the sign {op.text[4]} should be {text}", 1.0
        swapped = Apply(op, args[::-1], piece.span, piece.at)
        if op is ops.sub:
            yield swapped, piece.span, notation.write(swapped), "D101", f"{notation.write(piece)} is the wrong way round", 1.1
        product = Apply(ops.mul, args, piece.span, piece.at)
        yield product, piece.at, notation.times.strip() or "*", "D108", f"{op.text[4]} stands where a product belongs", 2.0
        if isinstance(args[0], Apply) and args[0].op in signs:  # A + B + C for A + B·C
            last = Apply(args[0].op, (args[0].args[0], Apply(ops.mul, (args[0].args[1], args[1]))), piece.span, piece.at)
            yield last, piece.at, notation.times.strip() or "*", "D108", f"{op.text[4]} stands where a product belongs", 2.0
    if op is ops.neg:
        yield args[0], (piece.at[0], piece.at[1]), "", "D101", "the minus sign is one too many", 1.0
    if op is ops.mul:
        total = Apply(ops.add, args, piece.span, piece.at)
        yield total, piece.at, "+", "D108", "a product stands where a sum belongs", 2.0
        for keep, drop in ((0, 1), (1, 0)):
            cause = f"the factor {notation.write(args[drop])} is one too many"
            code = "D102" if isinstance(args[drop], Number) else "D103"
            yield args[keep], piece.span, notation.write(args[keep]), code, cause, 1.8
        quotient = Apply(ops.div, args, piece.span, piece.at)
        yield quotient, piece.span, notation.write(quotient), "D103", "a product stands where a quotient belongs", 3.0
    if op is ops.div:
        yield args[0], piece.span, notation.write(args[0]), "D103", f"the divisor {notation.write(args[1])} is one too many", 1.9
        product = Apply(ops.mul, args, piece.span, piece.at)
        yield product, piece.span, notation.write(product), "D103", "a quotient stands where a product belongs", 2.5
    if op in (ops.add, ops.sub):
        for keep, drop in ((0, 1), (1, 0)):
            cause = f"the term {notation.write(args[drop])} is one too many"
            yield args[keep], piece.span, notation.write(args[keep]), "D107", cause, 2.6
    if op is ops.pow_ and isinstance(args[1], Number):
        yield args[0], piece.span, notation.write(args[0]), "D102", f"the power {notation.write(piece)} is one too many", 2.2
    if op.prec == CALL and len(args) == 1:
        prime = Prime(op, args, piece.span, piece.at)
        yield prime, piece.span, notation.write(prime), "D105", f"{notation.write(piece)} lacks its prime: the derivative belongs here", 1.2
        if isinstance(args[0], Quantity):
            for other in ACTIVATIONS:
                if other is not op:
                    new = Apply(other, args, piece.span, piece.at)
                    yield new, piece.at, notation.function(other), "D110", f"{op.name} stands where {other.name} belongs", 2.5


def _everywhere(right: Term, sheet: Sheet, notation: Notation) -> Iterator[Repair]:
    """The same slip at several places: forward values for gradients in every term."""
    found = [piece for piece in walk(right) if isinstance(piece, Quantity) and piece.name in sheet.tape.places]
    for name in sorted({piece.name for piece in found}):
        same = [piece for piece in found if piece.name == name]
        for other in sheet.tape.places if len(same) > 1 else ():
            term = right
            for piece in same:
                term = replaced(term, piece, Quantity(other, piece.span))
            code = "D104" if _activates(sheet, name, other) else "D106"
            yield Repair(term, NOWHERE, notation.write(term), code, f"{name} should be {other}, everywhere in the line", 2.1)
    for first in found:
        alike = [piece for piece in found if _kin(piece.name, first.name)]
        if sheet.loss is None or len(alike) < 2 or alike[0] is not first:
            continue
        term = right
        for piece in alike:
            term = replaced(term, piece, Partial(sheet.loss, piece.name, piece.span))
        cause = f"the forward values {', '.join(piece.name for piece in alike)} stand where gradients belong"
        yield Repair(term, NOWHERE, notation.write(term), "D109", cause, 2.2)


def _activates(sheet: Sheet, z: str, a: str) -> bool:
    """Whether a = f(z) for an activation f."""
    place = sheet.tape.places[a]
    return sheet.tape.ops[place] in ACTIVATIONS and sheet.tape.args[place] == (sheet.tape.places[z],)


def insertions(right: Term, sheet: Sheet, notation: Notation) -> Iterator[Repair]:
    """Every factor and every term that may have been left out, at every place of the line; many, so asked last."""
    loss = sheet.loss
    things: list[Term] = [Quantity(name) for name in (*sheet.tape.places, *sheet.late)]
    partials = [Partial(loss, name) for name in sheet.tape.places if name != loss] if loss else []
    primes = [Prime(op, (Quantity(name),)) for op in ACTIVATIONS[:3] for name in sheet.tape.places]
    less = [Apply(ops.sub, (Number(1.0, "1"), Quantity(name))) for name in sheet.tape.places]
    links = [Partial(upper, lower) for upper, lower in sheet.tape.neighbours() if upper != loss]
    for piece in walk(right):
        for factor in (*things, *partials, *links, *primes, *less):
            said = notation.write(factor)
            new = Apply(ops.mul, (piece, factor), piece.span)
            yield Repair(replaced(right, piece, new), NOWHERE, "", "D103", f"the factor {said} is missing", 2.3)
        for term in (*things, Number(1.0, "1")):
            for op, sign in ((ops.sub, "-"), (ops.add, "+")):
                for args in ((piece, term), (term, piece)):
                    new = Apply(op, args, piece.span)
                    yield Repair(
                        replaced(right, piece, new), NOWHERE, "", "D107", f"the term {sign} {notation.write(term)} is missing", 2.5
                    )


def _kin(a: str, b: str) -> bool:
    """Whether two names differ in their indices only, or in the order of them."""
    one, other = parse(a), parse(b)
    return one is not None and other is not None and one.head == other.head and re.sub(r"\d", "", one.sub) == re.sub(r"\d", "", other.sub)
