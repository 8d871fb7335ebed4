"""Large graphs: every group that no lit way runs through becomes one card, and the card says how much it hides."""

from __future__ import annotations

import math
from dataclasses import replace

from .graph import Edge, Node, Record


def fold(made: Record, *, rest: bool = False) -> Record:
    """The record with each group in which nothing is lit folded into one node; with ``rest``, what is unlit of the others, too.

    A folded node bears the number of its values and the one value that leaves the group, with its number and gradient;
    the group's label where several do. Edges between the same two cards become one, which bears their sum.
    """
    lit = {node.group for node in made.nodes if node.lit}
    members: dict[str, list[Node]] = {}
    for node in made.nodes:
        if node.group is not None and node.kind != "loss" and not node.lit and (rest or node.group not in lit):
            members.setdefault(node.group, []).append(node)
    cards = {group: _card(f"g{i}", group, inside, made.edges, part=group in lit) for i, (group, inside) in enumerate(members.items())}
    place = {node.id: cards[group].id for group, inside in members.items() for node in inside}
    last = {inside[-1].id: group for group, inside in members.items()}
    nodes = []
    for node in made.nodes:
        if node.id in last:
            nodes.append(cards[last[node.id]])
        elif node.id not in place:
            nodes.append(node)
    return Record(nodes, _merged(made.edges, place), made.readings)


def _card(id: str, group: str, inside: list[Node], edges: list[Edge], *, part: bool) -> Node:
    own = {node.id for node in inside}
    leaving = {edge.tail for edge in edges if edge.tail in own and edge.head not in own}
    said = f"{len(inside)} values"
    if len(leaving) == 1 and not part:
        end = next(node for node in inside if node.id in leaving)
        return replace(end, id=id, op=said, kind="folded", group=None)
    return Node(id, "the rest" if part else group, said, math.nan, math.nan, "folded", "", named=True, group=group if part else None)


def _merged(edges: list[Edge], place: dict[str, str]) -> list[Edge]:
    merged: dict[tuple[str, str], Edge] = {}
    kept: list[Edge] = []
    for edge in edges:
        tail, head = place.get(edge.tail, edge.tail), place.get(edge.head, edge.head)
        if (tail, head) == (edge.tail, edge.head):
            kept.append(edge)
        elif tail != head:
            before = merged.get((tail, head))
            share = edge.share + (before.share if before else 0.0)
            merged[tail, head] = Edge(tail, head, "", math.nan, share, lit=False, folded=True)
    return kept + list(merged.values())
