"""Terms and names as MathML, which browsers set and screen readers read out."""

from __future__ import annotations

import re
from html import escape

from autograd import names
from autograd.derivation.terms import Apply, Number, Partial, Prime, Quantity, Term, walk
from autograd.op import ADD, CALL, MUL, POW, Op


def formula(left: Term | None, sign: str, right: Term) -> str:
    """An equation as one ``math`` element."""
    before = term(left) if left is not None else ""
    return f'<math displaystyle="true">{before}<mo>{escape(sign.lstrip("&"))}</mo>{term(right)}</math>'


def term(root: Term) -> str:
    """A term as MathML, without the ``math`` around it.

    >>> term(Quantity("z_3"))
    '<msub><mi>z</mi><mn>3</mn></msub>'
    """
    done: dict[int, tuple[str, int]] = {}
    for piece in walk(root):
        done[id(piece)] = _one(piece, [done[id(arg)] for arg in piece.args])
    return done[id(root)][0]


def name(text: str) -> str:
    """A quantity's name: head, mark above, subscript.

    >>> name("W_h[0][1]")
    '<msub><mi>W</mi><mrow><mi>h</mi><mn>01</mn></mrow></msub>'
    """
    parsed = names.parse(text)
    if parsed is None:
        return f"<mtext>{escape(' '.join(text.split()))}</mtext>"
    head = f"<mi>{escape(parsed.head)}</mi>"
    if parsed.hat:
        head = f'<mover accent="true">{head}<mo>{ {"hat": "^", "bar": "¯", "tilde": "~"}[parsed.hat] }</mo></mover>'
    wide = any(not isinstance(i, int) or i > 9 for i in parsed.indices)
    run = ("," if wide else "").join(map(str, parsed.indices))
    below = [f"<mi>{escape(parsed.sub)}</mi>"] * bool(parsed.sub) + [f"<mn>{escape(run)}</mn>"] * bool(run)
    sub = below[0] if len(below) == 1 else f"<mrow>{''.join(below)}</mrow>"
    sup = f"<mtext>{escape(parsed.sup)}</mtext>"
    if below and parsed.sup:
        return f"<msubsup>{head}{sub}{sup}</msubsup>"
    if parsed.sup:
        return f"<msup>{head}{sup}</msup>"
    return f"<msub>{head}{sub}</msub>" if below else head


def _one(piece: Term, args: list[tuple[str, int]]) -> tuple[str, int]:
    match piece:
        case Number():
            return f"<mn>{escape(piece.text)}</mn>", CALL if piece.value >= 0 else MUL
        case Quantity():
            return name(piece.name), CALL
        case Partial():
            over, under = (f"<mrow><mo>∂</mo>{name(q)}</mrow>" for q in (piece.upper, piece.lower))
            return f"<mfrac>{over}{under}</mfrac>", CALL
        case Prime():
            return f"<mrow><msup><mi>{_function(piece.op)}</mi><mo lspace='0' rspace='0'>′</mo></msup>{_brackets(args[0][0])}</mrow>", CALL
        case Apply():
            return _apply(piece.op, args)


def _apply(op: Op, args: list[tuple[str, int]]) -> tuple[str, int]:
    if not op.mathml:
        return f"<mrow><mi>{_function(op)}</mi>{_brackets('<mo>,</mo>'.join(text for text, _ in args))}</mrow>", CALL
    parts = [_brackets(text) if _loose(op, i, prec) else text for i, (text, prec) in enumerate(args)]
    kind = re.match("<(msup|mrow)>", op.mathml)  # of the others, as of a fraction, everybody sees where they end
    return op.mathml.format(*parts), CALL if kind is None else POW if kind[1] == "msup" else op.prec


def _loose(op: Op, i: int, prec: int) -> bool:
    if op.prec == CALL or f"<mrow>{{{i}}}</mrow>" in op.mathml:
        return False
    if op.prec == POW:
        return prec <= POW
    return prec < op.prec or (prec == op.prec == ADD and i == 1 and not op.associative)


def _brackets(inside: str) -> str:
    return f"<mrow><mo>(</mo>{inside}<mo>)</mo></mrow>"


def _function(op: Op) -> str:
    """The name of a function in a formula, by its row: σ, ln, arcsin."""
    word = re.sub(r"\\operatorname\{(.*)\}", r"\1", op.called("latex")).replace("\\_", "_").lstrip("\\")
    return escape(names.GREEK.get(word, word) or op.name)
