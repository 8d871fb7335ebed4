"""The drawing of a computation graph: the record written down as Graphviz's language.

A value is a small card: name and operation, number, gradient. An edge runs from an operand to the result and bears
the local derivative; its colour is the sign of what flows along it in the backward pass, its width the amount.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import graphviz

from autograd import Value
from autograd.explanation import called, derivative, lines, number
from autograd.names import pretty
from nn import Module

from . import style
from .figure import Figure
from .folding import fold
from .graph import Edge, Node, Record, record

MOST, LABELLED = 600, 150  # cards up to which there is a drawing at all, and one with labels on the edges
UNITS = ("neuron", "layer")
LONGEST_LABEL = 30  # characters of a formula on an edge; a longer one is in the tooltip


def draw(
    output: Value,
    wrt: Value | None = None,
    parameters: Module | Iterable[Value] = (),
    *,
    collapse: str | None = None,
) -> Figure:
    """The computation graph of a value as a Figure; with ``wrt``, the chain rule for ∂output/∂wrt lit in it.

    The cards show ∂output/∂v of each value v, whatever its ``grad`` holds, and no ``grad`` is changed. ``parameters``
    tells which leaves are parameters besides nn's own; given a Module, each neuron gets a frame, and ``collapse`` folds
    each "neuron" or "layer" that the lit way does not run through into one card. Neurons of a graph of more than 600
    values are folded unasked; the caption says what is hidden. Above 150 cards, labels of edges are tooltips only.

    >>> from nn import Neuron
    >>> neuron = Neuron(1, "tanh", seed=0)
    >>> L = ((neuron([Value(0.5, name="x")]) - 1) ** 2).named("L")
    >>> print(draw(L, wrt=neuron.bias))
    the graph of L (8 values), and the chain rule for ∂L/∂b
    x        input                   0.5       ∂L/∂x = −0.7932
    w₀       parameter               1.193     ∂L/∂w₀ = −0.3324
    x·w₀     ×                       0.5966    ∂L/∂(x·w₀) = −0.6648
    b        parameter               0         ∂L/∂b = −0.6648
    z        +                       0.5966    ∂L/∂z = −0.6648
    a        tanh                    0.5346    ∂L/∂a = −0.9308
    a − 1    −1                      −0.4654   ∂L/∂(a − 1) = −0.9308
    L        ^2                      0.2166    ∂L/∂L = 1
    ∂L/∂b = ∂L/∂a · ∂a/∂z · ∂z/∂b
    = 2·(a − 1)·(1 − a²)
    = −0.9308 · 0.7142 · 1
    = −0.6648

    Raises TypeError for what is no Value, ValueError when output does not depend on ``wrt``, when ``collapse`` has no
    Module to go by, or when more than 600 cards remain.
    """
    if collapse not in (None, *UNITS) or (collapse and not isinstance(parameters, Module)):
        raise ValueError(f"collapse is 'neuron' or 'layer', and needs parameters=module; got {collapse!r}")
    loss = pretty(called(output))
    whole = made = record(output, wrt, parameters, unit=collapse or "neuron")
    if collapse or len(whole.nodes) > MOST:
        made = fold(whole)
        if len(made.nodes) > LABELLED:
            made = fold(whole, rest=True)
    if len(made.nodes) > MOST:
        raise ValueError(
            f"the graph of {loss} has {len(made.nodes):,} values, and a drawing of more than {MOST} shows nobody anything: "
            "draw one sample's loss, or a part of it, or give parameters=module to have its neurons folded"
        )
    rule = lines(output, wrt, made.readings) if wrt is not None else []
    title = f"the graph of {loss} ({len(whole.nodes):,} values"
    folded = [node for node in made.nodes if node.kind == "folded"]
    title += (
        f", {len(whole.nodes) - len(made.nodes) + len(folded):,} of them folded into {len(folded)} card{'s' * (len(folded) > 1)})"
        if folded
        else ")"
    )
    if wrt is not None:
        title += f", and the chain rule for {derivative(loss, made.readings[wrt].pretty)}"
    text = "\n".join([title, *_table(made), *rule])
    plain = Figure(_digraph(made, rule, title if folded else "", labels=False), text, title)
    if len(made.nodes) > LABELLED or folded:
        return plain
    return Figure(_digraph(made, rule, "", labels=True), text, title, simpler=plain)


def _table(made: Record) -> list[str]:
    rows = [(node.heading, node.op or node.kind, *_numbers(node)) for node in made.nodes]
    wide = max(len(row[0]) for row in rows)
    return [f"{a:<{wide}}    {b:<22}  {c:<8}  {d}".rstrip() for a, b, c, d in rows]


def _numbers(node: Node) -> tuple[str, str]:
    """The value and the gradient as text; nothing for a card that hides several values that leave it."""
    if not node.partial:
        return "", ""
    return number(node.data), f"{node.partial} = {number(node.grad)}"


def _digraph(made: Record, rule: list[str], note: str, *, labels: bool) -> graphviz.Digraph:
    graph = graphviz.Digraph("turunan")
    graph.attr(rankdir="LR", nodesep="0.22", ranksep="0.45" if labels else "0.7", bgcolor=style.PAPER, fontname=style.FONT, pad="0.2")
    graph.attr("node", shape="plain", fontname=style.FONT, fontsize="12", fontcolor=style.INK)
    graph.attr("edge", fontname=style.FONT, fontsize="10", arrowsize="0.7", color=style.FADED)
    graph.attr(label=_caption(rule, note), labelloc="b", labeljust="c")
    if any(node.kind == "folded" for node in made.nodes):
        # full bipartite layers: straight lines, and few rounds of balancing, which pull such cards ever further apart
        graph.attr(splines="line", ranksep="1.6", nodesep="0.08", nslimit="0.2", outputorder="edgesfirst")
        graph.attr("edge", tailport="e", headport="w")
    groups: dict[str | None, list[Node]] = {}
    for node in made.nodes:
        groups.setdefault(node.group, []).append(node)
    for i, (group, members) in enumerate(groups.items()):
        if group is None:
            _cards(graph, made, members)
            continue
        with graph.subgraph(name=f"cluster{i}") as frame:
            frame.attr(
                label=f"<{cell_text(group)}>", labeljust="r", fontsize="11", fontcolor=style.MUTED, style="rounded,filled",
                color="#E2E8F0", fillcolor="#F8FAFC", margin="12",
            )  # fmt: skip
            _cards(frame, made, members)
    flow = max((abs(edge.share) for edge in made.edges), default=0.0)
    for edge in made.edges:
        graph.edge(edge.tail, edge.head, **_line(edge, flow, focused=made.focused, labels=labels))
    return graph


def _cards(graph: graphviz.Digraph, made: Record, members: list[Node]) -> None:
    for node in members:
        graph.node(node.id, label=_card(node, made.largest, focused=made.focused), id=node.id, tooltip=_tooltip(node))


def _card(node: Node, largest: float, *, focused: bool) -> str:
    dim = focused and not node.lit
    ink, border = (style.MUTED, style.FADED) if dim else (style.INK, style.INK if focused else "#64748B")
    width = 3 if node.focus else 2 if node.lit else 1
    heading = f"<B>{cell_text(node.heading)}</B>"
    if node.op:
        heading += f' <FONT COLOR="{style.MUTED}">{cell_text(node.op)}</FONT>'
    gradient = style.mix(style.PAPER, style.shade(node.grad, largest), 0.45 if dim else 1.0)
    label = f'<FONT POINT-SIZE="10">{cell_text(node.partial)}</FONT> ' if node.named else ""
    partial = label + cell_text(number(node.grad))
    rows = [
        ("", heading),
        (' ALIGN="RIGHT"', cell_text(number(node.data))),
        (f' ALIGN="RIGHT" BGCOLOR="{gradient}"', partial),
    ][: 3 if node.partial else 1]
    cells = "".join(f'<TR><TD{place}><FONT COLOR="{ink}">{text}</FONT></TD></TR>' for place, text in rows)
    look = f'BORDER="{width}" COLOR="{border}" BGCOLOR="{style.FILL[node.kind]}"'
    return f'<<TABLE {look} STYLE="ROUNDED" CELLBORDER="0" CELLSPACING="3" CELLPADDING="3">{cells}</TABLE>>'


def _tooltip(node: Node) -> str:
    made_of = node.op or style.KINDS[node.kind]
    numbers = f" = {node.data!r}; {node.partial} = {node.grad!r}" if node.partial else ""
    return plain_text(f"{node.heading} ({made_of}){numbers}")


def _line(edge: Edge, flow: float, *, focused: bool, labels: bool) -> dict[str, str]:
    shown = edge.lit or not focused
    share = f"share of the gradient {number(edge.share)}"
    line = {"tooltip": plain_text(share if edge.folded else f"local derivative {edge.label}; {share}")}
    if shown:
        line["color"] = style.sign_colour(edge.share)
        line["penwidth"] = f"{1 + 2.5 * style.strength(edge.share, flow):.2f}"
    if edge.folded:
        line["arrowhead"] = "none"
        line["penwidth"] = f"{2 * style.strength(edge.share, flow):.2f}"
    if labels and not edge.folded:
        text = edge.label if len(edge.formula) <= LONGEST_LABEL else number(edge.partial)
        line["label"] = f'<<TABLE BORDER="0" CELLPADDING="3"><TR><TD>{cell_text(text)}</TD></TR></TABLE>>'
        line["fontcolor"] = style.INK if shown else "#94A3B8"
    return line


def _caption(rule: list[str], note: str) -> str:
    """What is hidden, the written-out chain rule, and the legend, under the drawing."""
    rows = [_row(_cell("", 12) + _cell(note, 12, 'ALIGN="LEFT"'))] if note else []
    for line in rule:
        left, equals, right = line.partition("= ")
        rows.append(_row(_cell(left, 14, 'ALIGN="RIGHT"') + _cell(equals + right, 14, 'ALIGN="LEFT"')))
    chips = [(style.KINDS[kind], style.FILL[kind]) for kind in ("parameter", "input", "loss")]
    chips += [
        (f"gradient {sign} 0", style.mix(style.PAPER, colour, 0.5)) for sign, colour in ((">", style.POSITIVE), ("<", style.NEGATIVE))
    ]
    key = _cell("on an edge: the local derivative; its width and colour: its share of the gradient", 10)
    legend = _row("".join(_cell(text, 10, f'BGCOLOR="{colour}"') for text, colour in chips) + key)
    return f'<<TABLE BORDER="0" CELLBORDER="0">{_row(_box(rows, 2)) if rows else ""}{_row(_box([legend], 4))}</TABLE>>'


def _box(rows: list[str], spacing: int) -> str:
    return f'<TD><TABLE BORDER="0" CELLBORDER="0" CELLSPACING="{spacing}" CELLPADDING="2">{"".join(rows)}</TABLE></TD>'


def _row(cells: str) -> str:
    return f"<TR>{cells}</TR>"


def _cell(text: str, size: int, look: str = "") -> str:
    return f'<TD {look}><FONT POINT-SIZE="{size}" COLOR="{style.INK}">{cell_text(text)}</FONT></TD>'


def plain_text(text: str) -> str:
    """Text as a tooltip shows it: Graphviz would read backslashes, and entities."""
    return text.replace("\\", "∖").replace("&", "&amp;")


def cell_text(text: str) -> str:
    """Text as an HTML-like label shows it: never an empty cell; ∖ for a backslash, after which Graphviz would read on."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return escape(shown).replace("\\", "∖") or " "
