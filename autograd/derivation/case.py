"""One wrong line, with what every hypothesis about it needs to know, and what a hypothesis is when the numbers bear it out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..formula import Formula, differentiate
from ..names import parse
from .checking import Checker
from .places import Places, fits
from .scope import Block, Scope
from .sheet import Line, Sheet
from .steps import term_of
from .terms import Apply, Partial, Prime, Quantity, Span, Term, quantities, substituted, walk
from .truth import Truth
from .verdicts import Judged
from .writing import Notation

LONGEST_TOLD = 60  # characters of a piece in a sentence


@dataclass(frozen=True)
class Cause:
    """A hypothesis that holds at the points that were searched.

    Either ``old`` stands where ``new`` belongs, or ``whole`` is the right side as it should be, or ``left`` the left side,
    or nothing better is known than the truth. ``span`` is the place that is doubted, ``text`` the least change of the text.
    """

    code: str
    said: str
    cost: float  # the smaller the likelier
    old: Term | None = None
    new: Term | None = None
    whole: Term | None = None
    left: Partial | None = None
    span: Span | None = None
    text: tuple[Span, str] | None = None


class Case:
    """A wrong line."""

    def __init__(self, checker: Checker, judged: Judged, scope: Scope) -> None:
        line = judged.line
        assert line.left is not None and line.right is not None
        self.sheet, self.line, self.judged, self.scope = checker.sheet, line, judged, scope
        self.truth: Truth = scope.whole
        self.left: Term = line.left
        self.notation = notation_of(checker, judged)
        self._found: dict[int, dict[int, list[int]]] = {}
        self.places = Places(line.right, scope.thin(judged.true), scope.truth)

    @property
    def right(self) -> Term:
        """The right side, every place in it an object of its own."""
        return self.places.root

    @property
    def sign_end(self) -> int:
        """Where the equals sign ends."""
        return sign_end(self.sheet, self.line)

    @property
    def right_span(self) -> Span:
        """Where the right side stands."""
        if not self.line.code:
            return self.stretched(self.line.right_span)
        start = self.sign_end
        while self.sheet.text[start].isspace():
            start += 1
        return start, line_end(self.sheet, self.line)

    def stretched(self, span: Span) -> Span:
        r"""A stretch of the right side, with the ``\left`` or the ``np.`` before it and the ``.grad`` behind."""
        source = self.sheet.text
        before = re.search(r"(?:\\left|\\[bB]igg?l?|\b\w+\.)\s*$", source[self.sign_end : span[0]])
        return (self.sign_end + before.start() if before else span[0]), attribute_end(source, span[1]) if self.line.code else span[1]

    def written(self, root: Term) -> str:
        """A term as the writer writes; in a program that has no function for it, σ'(z) as the formula that it is."""
        if not self.line.code:
            return self.notation.write(root)
        tape = self.sheet.tape
        made = {(tape.ops[place], tape.args[place]): name for name, place in tape.places.items()}
        done: dict[int, Term] = {}
        for piece in walk(root):
            args = tuple([done[id(arg)] for arg in piece.args])
            done[id(piece)] = replace(piece, args=args) if args else piece
            if isinstance(piece, Prime) and not self.notation.has_prime(piece.op):
                (x,) = piece.args[:1]
                name = made.get((piece.op, (tape.places[x.name],))) if isinstance(x, Quantity) and x.name in tape.places else None
                y = Formula.symbol(name or "y")
                formula = term_of(differentiate(piece.op, 0, y, (Formula.symbol("x"),)))
                done[id(piece)] = substituted(formula, {"x": args[0]} if name else {"x": args[0], "y": Apply(piece.op, args)})
        return self.notation.write(done[id(root)])

    @property
    def writes_out(self) -> bool:
        """Whether the line is code of a program that has no names for derivatives such as ∂z/∂w."""
        return self.line.code and all(upper == self.sheet.loss for upper, _ in self.scope.spoken)

    @cached_property
    def is_summand(self) -> bool:
        """Whether the line is one contribution of several to a derivative."""
        return not fits(self.truth.of(self.left), self.judged.true)

    def told(self, piece: Term) -> str:
        """A piece in a sentence; of a long one the two ends, as they stand in the file."""
        start, end = piece.span
        if start < 0 or end - start <= LONGEST_TOLD:
            return self.notation.write(piece)
        return f"{self.sheet.text[start : start + LONGEST_TOLD // 2]} … {self.sheet.text[end - LONGEST_TOLD // 2 : end]}"

    @property
    def true(self) -> Any:
        """What the line should be worth, at the points that are searched."""
        return self.places.need(self.right)

    @property
    def claimed(self) -> Any:
        """What the line is worth there."""
        return self.places.value(self.right)

    @property
    def upper(self) -> str | None:
        """What the line is about the derivative of; the loss, where that is not said."""
        return self.left.upper if isinstance(self.left, Partial) else self.sheet.loss

    @property
    def lower(self) -> str | None:
        """What the line is about the derivative with respect to."""
        return self.left.lower if isinstance(self.left, Partial) else None

    @cached_property
    def uppers(self) -> list[str]:
        """What a derivative in this line may be one of: the line's own upper quantity, and the loss."""
        places = self.sheet.tape.places
        return [name for name in dict.fromkeys([self.upper, self.sheet.loss]) if name is not None and name in places]

    def found(self, block: Block, piece: Term) -> list[int]:
        """The things of a block that make the line right in the place of a piece, whose need is known."""
        if id(block) not in self._found:
            rows: dict[int, list[int]] = {}
            self._found[id(block)] = rows
            for i, row in block.find_all(*self._needs):
                rows.setdefault(id(self._known[i]), []).append(row)
        return self._found[id(block)].get(id(piece), [])

    @cached_property
    def _known(self) -> list[Term]:
        return [piece for piece in self.places.pieces if self.places.need(piece) is not None]

    @cached_property
    def _needs(self) -> tuple[Any, Any]:
        needs = np.stack([self.places.need(piece) for piece in self._known])
        return needs, np.stack([np.broadcast_to(self.places.noise[id(piece)], needs.shape[1]) for piece in self._known])

    def late(self, name: str) -> set[str]:
        """The quantities that a definition which speaks of derivatives mentions."""
        return quantities(self.sheet.late[name]) if name in self.sheet.late else set()

    def is_right(self, term: Term) -> bool:
        """Whether a right side is true, at all points, and says more than its left side."""
        if isinstance(self.left, Partial) and self._says_itself(term):
            return False
        found = np.asarray(self.truth.of(term), dtype=float)
        return fits(found, self.judged.true, self.places.scale)

    def _says_itself(self, term: Term) -> bool:
        own = self.upper, self.lower
        return any((piece.upper, piece.lower) == own for piece in walk(term) if isinstance(piece, Partial))


def sign_end(sheet: Sheet, line: Line) -> int:
    """Where a line's equals sign ends; in code the brackets around all of the right side follow."""
    found = sheet.text.rfind("=", line.span[0], line.right_span[0]) if line.code else -1
    return found + 1 if found >= 0 else line.sign_end


def line_end(sheet: Sheet, line: Line) -> int:
    """Where a line ends, with the brackets around all of the right side, which Python does not count among it."""
    if not line.code or line.right is None or line.left is None:
        return line.span[1]
    opened = sheet.text.count("(", sign_end(sheet, line), line.right_span[0])
    end = attribute_end(sheet.text, line.right_span[1])
    closing = re.compile(rf"(?:\s*\)){{{opened}}}").match(sheet.text, end)
    return closing.end() if closing else end


def attribute_end(source: str, end: int) -> int:
    """Where a name in Python ends whose ``.grad`` or ``.data`` was read as blanks."""
    behind = re.compile(r"(?:(?<=\.)grad\b|\.(?:data|value|item\(\)|grad))*").match(source, end)
    return behind.end() if behind else end


def notation_of(checker: Checker, judged: Judged) -> Notation:
    """How the line's writer writes."""
    text = checker.sheet.text[judged.line.span[0] : judged.line.span[1]]
    return Notation.of(text, latex=judged.line.latex, code=judged.line.code, loss=checker.sheet.loss, sheet=checker.sheet.text)


def kin(a: str, b: str) -> bool:
    """Whether two names differ in their indices only, or in the order of them."""
    one, other = parse(a), parse(b)
    return one is not None and other is not None and one.head == other.head and re.sub(r"\d", "", one.sub) == re.sub(r"\d", "", other.sub)
