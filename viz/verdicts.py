"""The picture of a check: a card for each quantity with the true and the claimed derivative, framed by its verdict.

Red is an own mistake, amber and dashed one that is carried on, green right; each also has its mark and its words.
"""

from __future__ import annotations

import graphviz

from autograd.derivation.text import MARKS
from autograd.explanation import derivative, number
from autograd.names import pretty

from . import style
from .drawing import LABELLED, LONGEST_LABEL, MOST, cell_text, plain_text
from .figure import Figure
from .quantities import Arrow, Card, Claim, Graph


def draw(graph: Graph, rows: str) -> Figure:
    """The picture; a card or an arrow links to ``rows`` followed by the place of its line in the report.

    Raises ValueError when there are more than 600 cards.
    """
    if len(graph.cards) > MOST:
        raise ValueError(f"{len(graph.cards):,} quantities: a drawing of more than {MOST} shows nobody anything")
    title = f"the quantities below {pretty(graph.root)}, with the verdicts on the derivatives of {pretty(graph.root)}"
    text = "\n".join([title, *(_words(card, graph.root) for card in graph.cards)])
    plain = Figure(_digraph(graph, rows, labels=False), text, title)
    if len(graph.cards) > LABELLED:
        return plain
    return Figure(_digraph(graph, rows, labels=True), text, title, simpler=plain)


def _digraph(graph: Graph, rows: str, *, labels: bool) -> graphviz.Digraph:
    made = graphviz.Digraph("turunan")
    made.attr(rankdir="LR", nodesep="0.2", ranksep="0.35" if labels else "0.7", bgcolor="transparent", fontname=style.FONT, pad="0.1")
    made.attr("node", shape="plain", fontname=style.FONT, fontsize="12", fontcolor=style.INK)
    made.attr("edge", fontname=style.FONT, fontsize="10", arrowsize="0.7", color="#64748B", fontcolor="#475569")
    for card in graph.cards:
        row = card.claim.row if card.claim else card.definition
        link = {"URL": f"#{rows}{row}"} if row is not None else {}
        made.node(card.id, label=_card(card, graph.root), id=card.id, tooltip=plain_text(_words(card, graph.root)), **link)
    for arrow in graph.arrows:
        made.edge(arrow.tail, arrow.head, id=arrow.id, **_arrow(arrow, rows, labels=labels))
    return made


def _card(card: Card, root: str) -> str:
    claim = card.claim
    colour = style.VERDICTS[claim.verdict] if claim else style.EDGE
    heading = f'<TD ALIGN="LEFT"><FONT POINT-SIZE="14"><B>{cell_text(_name(card))}</B></FONT></TD>'
    if claim:
        said = cell_text(f"{MARKS[claim.verdict]} line {claim.line}")
        heading += f'<TD ALIGN="RIGHT"><FONT COLOR="{colour}"><B>{said}</B></FONT></TD>'
    else:
        heading += "<TD></TD>"
    rows = f"<TR>{heading}</TR>" + _row("value", number(card.data)) + _row(derivative(pretty(root), pretty(card.name)), number(card.grad))
    if claim and (said := _said(claim, card.grad)):
        rows += _row("claimed", said, colour)
    outline = "ROUNDED,DASHED" if claim and claim.verdict == "follow-on" else "ROUNDED,DOTTED" if _open(claim) else "ROUNDED"
    fill = style.TINTS[claim.verdict] if claim else style.FILL["loss"] if card.name == root else style.PAPER
    look = f'BORDER="{3 if claim else 1}" COLOR="{colour}" BGCOLOR="{fill}" STYLE="{outline}"'
    return f'<<TABLE {look} CELLBORDER="0" CELLSPACING="1" CELLPADDING="2">{rows}</TABLE>>'


def _name(card: Card) -> str:
    return " = ".join(map(pretty, (*card.also, card.name)))


def _open(claim: Claim | None) -> bool:
    return claim is not None and claim.verdict == "undecided"


def _row(left: str, right: str, colour: str = style.INK) -> str:
    small = f'<FONT POINT-SIZE="10" COLOR="{style.SLATE if colour == style.INK else colour}">{cell_text(left)}</FONT>'
    return f'<TR><TD ALIGN="LEFT">{small}</TD><TD ALIGN="RIGHT"><FONT COLOR="{colour}">{cell_text(right)}</FONT></TD></TR>'


def _said(claim: Claim, grad: float) -> str:
    """The claimed number; the true one for a right line, and nothing when the line's number belongs to another point."""
    if claim.value is not None:
        return number(claim.value)
    return number(grad) if claim.verdict == "right" and not claim.numeric else ""


def _words(card: Card, root: str) -> str:
    words = f"{_name(card)} = {number(card.data)}, {derivative(pretty(root), pretty(card.name))} = {number(card.grad)}"
    if card.claim is None:
        return words
    said = _said(card.claim, card.grad)
    return f"{words}; line {card.claim.line} is {card.claim.verdict}{f', claimed {said}' if said else ''}"


def _arrow(arrow: Arrow, rows: str, *, labels: bool) -> dict[str, str]:
    value = number(arrow.partial)
    full = value if arrow.formula in ("", value) else f"{arrow.formula} = {value}"
    said = f"local derivative {full}"
    text = full if len(arrow.formula) <= LONGEST_LABEL else value
    shown = f"<TR><TD>{cell_text(text)}</TD></TR>"
    look: dict[str, str] = {}
    if arrow.claim:
        claim = arrow.claim
        colour = style.VERDICTS[claim.verdict]
        look = {
            "color": colour,
            "penwidth": "2",
            "URL": f"#{rows}{claim.row}",
            "style": "dashed" if claim.verdict == "follow-on" else "solid",
        }
        note = f"{MARKS[claim.verdict]} line {claim.line}"
        if claim.value is not None:
            note += f" claimed {number(claim.value)}"
        said += f"; line {claim.line} is {claim.verdict}"
        shown += f'<TR><TD><FONT COLOR="{colour}"><B>{cell_text(note)}</B></FONT></TD></TR>'
    look |= {"tooltip": plain_text(said), "labeltooltip": plain_text(said)}
    if labels or arrow.claim:
        look["label"] = f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{shown}</TABLE>>'
    return look
