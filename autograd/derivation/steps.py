"""A right derivation from the program itself, in named steps: the ∂'s, then the formulas, then the numbers."""

from __future__ import annotations

from ..formula import Formula, differentiate
from .tape import Tape


def formulas(tape: Tape) -> list[Formula]:
    """What every place of a tape is called: its quantity's name, else its expression over named ones."""
    named = {place: name for name, place in tape.places.items()}
    found: list[Formula] = []
    for place, (op, args) in enumerate(zip(tape.ops, tape.args, strict=True)):
        if place in named:
            found.append(Formula.symbol(named[place]))
        elif op is None:
            found.append(Formula.constant(tape.numbers[place]))
        else:
            found.append(op(*[found[arg] for arg in args]))
    return found


def local_derivative(tape: Tape, upper: str, lower: str) -> Formula:
    """∂upper/∂lower in the textbook's form, along the ways on which no other quantity lies."""
    known, named = formulas(tape), set(tape.places.values())
    top = tape.places[upper]
    slopes: dict[int, Formula] = {top: Formula.constant(1)}
    for place in range(top, -1, -1):
        op = tape.ops[place]
        if op is None or place not in slopes or (place in named and place != top):
            continue
        xs = tuple([known[arg] for arg in tape.args[place]])
        for i, arg in enumerate(tape.args[place]):
            if arg not in tape.numbers:
                share = slopes[place] * differentiate(op, i, known[place], xs)
                slopes[arg] = slopes[arg] + share if arg in slopes else share
    return slopes.get(tape.places[lower], Formula.constant(0))
