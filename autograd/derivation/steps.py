"""Along the ways on which no other quantity lies: what one definition alone says of a derivative, in numbers and as a formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..formula import Formula, bottom_up, differentiate
from ..op import Op
from .tape import Tape
from .terms import Apply, Number, Quantity, Term

Slope = Callable[[Op, int, Any, tuple[Any, ...]], Any]  # an operation's partial derivative, from its output and inputs


class Steps:
    """A tape, definition by definition."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.named = {place: name for name, place in tape.places.items()}

    def slopes(self, upper: str, values: Any, slope: Slope, one: Any) -> dict[str, Any]:
        """∂upper/∂quantity for every quantity that its definition mentions, over the carrier of the values."""
        top = self.tape.places[upper]
        found: dict[int, Any] = {top: one}
        for place in reversed(self._inside(upper)):
            op, args = self.tape.ops[place], self.tape.args[place]
            if op is None or place not in found or (place in self.named and place != top):
                continue
            xs = tuple([values[arg] for arg in args])
            for i, arg in enumerate(args):
                if arg not in self.tape.numbers:
                    share = found[place] * slope(op, i, values[place], xs)
                    found[arg] = found[arg] + share if arg in found else share
        return {self.named[place]: share for place, share in found.items() if place in self.named and place != top}

    def local(self, upper: str, values: list[Any]) -> dict[str, Any]:
        """The same in numbers, where every place of the tape has the given value."""
        return self.slopes(upper, values, lambda op, i, y, xs: op.partials[i](y, *xs), 1.0)

    def formulas(self, upper: str) -> dict[str, Formula]:
        """The same as formulas, in the textbook's form."""
        return self.slopes(upper, self._formulas(upper), differentiate, Formula.constant(1))

    def formula(self, upper: str, lower: str) -> Formula:
        """∂upper/∂lower as a formula."""
        return self.formulas(upper).get(lower, Formula.constant(0))

    def _inside(self, upper: str) -> list[int]:
        """The places of a definition, in order: down to the quantities that it mentions, these included."""
        top = self.tape.places[upper]
        seen, stack = {top}, [top]
        while stack:
            place = stack.pop()
            if place == top or place not in self.named:
                below = [arg for arg in self.tape.args[place] if arg not in seen]
                seen.update(below)
                stack += below
        return sorted(seen)

    def _formulas(self, upper: str) -> Mapping[int, Formula]:
        """What each of the places is called: its quantity's name, else its expression over named ones."""
        found: dict[int, Formula] = {}
        for place in self._inside(upper):
            op = self.tape.ops[place]
            if place in self.named:
                found[place] = Formula.symbol(self.named[place])
            elif op is None:
                found[place] = Formula.constant(self.tape.numbers[place])
            else:
                found[place] = op(*[found[arg] for arg in self.tape.args[place]])
        return found


def term_of(root: Formula) -> Term:
    """A formula as a term, so that it is written as the writer writes."""
    done: dict[int, Term] = {}
    for node in bottom_up(root):
        if node.op is not None:
            done[id(node)] = Apply(node.op, tuple([done[id(arg)] for arg in node.args]))
        elif node.number is not None:
            done[id(node)] = number(node.number)
        else:
            done[id(node)] = Quantity(node.name)
    return done[id(root)]


def number(value: float) -> Number:
    """A number as people write it, to all its digits."""
    whole = float(value).is_integer() and abs(value) < 1e15
    return Number(float(value), str(int(value)) if whole else repr(float(value)))
