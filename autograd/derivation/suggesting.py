"""The right line as the writer would have written it: the least change of the text that, read again, is right.

Nothing is suggested that the reader cannot read, or reads as something else: every text is read back, and what it says
is worked out at all points, before it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .case import Case, Cause
from .code import code_statements
from .fragments import Fragment
from .lexer import Unreadable
from .parser import Parser
from .reading import Statement, statements
from .terms import Partial, Quantity, Term
from .ways import right_side


def corrected(case: Case, cause: Cause) -> Term | None:
    """The right side after an exchange; None for a cause that says nothing of it."""
    if cause.old is not None and cause.new is not None:
        return case.places.exchanged(cause.old, cause.new)
    return cause.whole


def suggestion(case: Case, cause: Cause | None) -> str | None:
    """The whole line as it should be; None where nothing that can be read says it."""
    sheet, line = case.sheet, case.line
    head = sheet.text[line.span[0] : case.sign_end].rstrip()
    if cause is not None and cause.left is not None:
        own = sheet.text[slice(*case.right_span)]
        return f"{case.notation.write(cause.left)} {head[-len(line.sign) :]} {own}"
    for text in _texts(case, cause):
        if reads_right(case, text):
            return f"{head} {text}"
    return None


def _texts(case: Case, cause: Cause | None) -> Iterator[str]:
    term = corrected(case, cause) if cause is not None else None
    if cause is not None and cause.text is not None and cause.text[0][0] >= 0:
        yield from _spliced(case, *cause.text)
    if cause is not None and cause.old is not None and cause.new is not None and cause.old.span[0] >= 0:
        yield from _spliced(case, cause.old.span, case.written(cause.new))
    if term is not None:
        yield case.written(term)
    if isinstance(case.left, Partial):
        yield case.written(right_side(case.scope, case.left, case.true, out=case.writes_out))
    told = _of_definition(case)
    if told is not None:
        yield case.written(told)


def _of_definition(case: Case) -> Term | None:
    """The left side by what the sheet says of it, elsewhere; itself, where it is more than a name."""
    for line in case.sheet.lines:
        defines = line.kind == "definition" and line.left is not None and line is not case.line
        if defines and line.right is not None and case.notation.write(line.left or line.right) == case.notation.write(case.left):
            return line.right
    return None if isinstance(case.left, Quantity | Partial) else case.left


def _spliced(case: Case, span: tuple[int, int], text: str) -> Iterator[str]:
    """The right side's text with a stretch of it exchanged, with and without brackets around what is new."""
    first, last = case.right_span
    if not first <= span[0] <= span[1] <= last:
        return
    source = case.sheet.text
    start, end = case.stretched(span) if case.line.code and span[1] > span[0] else span
    raised = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
    ways = [text.translate(raised) if source[start : start + 1] in tuple("⁰¹²³⁴⁵⁶⁷⁸⁹⁻") else text, f"({text})"]
    if case.line.latex and re.search(r"\\(?:[cdt]?frac\s*\w?|sqrt)\s*$", source[first:start]):  # \tfrac12
        ways = [f"{{{text}}}"]
    for new in dict.fromkeys(ways):
        yield source[first:start] + new + source[end:last]


def reads_right(case: Case, text: str) -> bool:
    """Whether a right side, read again, is right at all points."""
    try:
        term = read_again(case, text)
        return term is not None and case.is_right(term)
    except (Unreadable, ArithmeticError, ValueError, KeyError, RecursionError):
        return False


def read_again(case: Case, text: str) -> Term | None:
    """A right side as the reader reads it in this line's place."""
    line, whole = case.line, f"q = {text}"
    kind = "code" if line.code else "latex" if line.latex else "text"
    read = code_statements if line.code else statements
    found = list(read(whole, Fragment(0, len(whole), kind)))
    if len(found) != 1 or not isinstance(found[0], Statement) or len(found[0].sides) != 2:
        return None
    free = bool(line.variables)
    parser = Parser(
        list(found[0].sides[1]), case.sheet.vocabulary, case.sheet.loss, line.latex, free, variable="x" if free else None, code=line.code
    )
    return parser.expression()
