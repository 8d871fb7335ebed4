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
    texts = [text for text, _ in args]
    if op.name == "exp":
        return f"<msup><mi>e</mi><mrow>{texts[0]}</mrow></msup>", POW
    if op.name == "sqrt":
        return f"<msqrt>{texts[0]}</msqrt>", CALL
    if op.name == "abs":
        return f"<mrow><mo>|</mo>{texts[0]}<mo>|</mo></mrow>", CALL
    if op.prec == CALL:
        return f"<mrow><mi>{_function(op)}</mi>{_brackets('<mo>,</mo>'.join(texts))}</mrow>", CALL
    if op.name == "div":
        return f"<mfrac><mrow>{texts[0]}</mrow><mrow>{texts[1]}</mrow></mfrac>", CALL
    parts = [_brackets(text) if _loose(op, i, prec) else text for i, (text, prec) in enumerate(args)]
    if op.name == "pow":
        return f"<msup><mrow>{parts[0]}</mrow><mrow>{texts[1]}</mrow></msup>", POW
    if op.name == "neg":
        return f"<mrow><mo>−</mo>{parts[0]}</mrow>", MUL
    sign = {"add": "+", "sub": "−", "mul": "·"}[op.name]
    return f"<mrow>{parts[0]}<mo>{sign}</mo>{parts[1]}</mrow>", op.prec


def _loose(op: Op, i: int, prec: int) -> bool:
    if op.prec == POW:
        return prec <= POW and i == 0
    return prec < op.prec or (prec == op.prec == ADD and i == 1 and not op.associative)


def _brackets(inside: str) -> str:
    return f"<mrow><mo>(</mo>{inside}<mo>)</mo></mrow>"


def _function(op: Op) -> str:
    """The name of a function in a formula, by its row: σ, ln, arcsin."""
    word = re.sub(r"\\operatorname\{(.*)\}", r"\1", op.called("latex")).replace("\\_", "_").lstrip("\\")
    return escape(names.GREEK.get(word, word) or op.name)
