"""The mistakes that people make, each a change of one place in a tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

from .sheets import Claim, Sheet
from .trees import Node, num, partial, var

Edits = Iterator[Node]
MUTATORS: dict[str, tuple[Callable[[Sheet, Claim, Node], Edits], frozenset[str]]] = {}


def mutator(*codes: str) -> Callable[[Callable[[Sheet, Claim, Node], Edits]], Callable[[Sheet, Claim, Node], Edits]]:
    """Enter a mutator, with the codes that name its mistake well."""

    def enter(function: Callable[[Sheet, Claim, Node], Edits]) -> Callable[[Sheet, Claim, Node], Edits]:
        MUTATORS[function.__name__.replace("_", " ")] = function, frozenset(codes)
        return function

    return enter


def family(name: str) -> str:
    return "".join(c for c in name if not c.isdigit())


def _above(sheet: Sheet, name: str) -> list[tuple[str, str]]:
    """Activations: what a quantity z becomes, as (a, function)."""
    return [(a, node.text) for a, node in sheet.definitions if node.kind == "call" and node.args[0] == var(name)]


def _exchanged(right: Node, kind: str, other: str, where: Callable[[Node], bool] = lambda piece: True) -> Edits:
    """The tree with one piece of a kind made one of another kind."""
    for path, piece in right.pieces():
        if piece.kind == kind and where(piece):
            yield right.at(path, replace(piece, kind=other))


@mutator("D101")
def flip_a_sign(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "+" or (piece.kind == "-" and piece.args[0] != num("1")):
            yield right.at(path, replace(piece, kind="-" if piece.kind == "+" else "+"))


@mutator("D101")
def insert_a_minus(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    yield Node("neg", (right,))
    for path, piece in right.pieces():
        if path and piece.kind in ("var", "partial", "prime"):
            yield right.at(path, Node("neg", (piece,)))


@mutator("D101")
def drop_a_minus(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "neg":
            yield right.at(path, piece.args[0])


@mutator("D102")
def factor_2(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    yield Node("*", (num("2"), right))


@mutator("D102")
def factor_one_half(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    yield Node("*", (Node("/", (num("1"), num("2"))), right))


@mutator("D102", "D112")
def factor_number_of_samples(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for n in ("3", "4"):
        yield Node("*", (num(n), right))
        yield Node("/", (right, num(n)))


@mutator("D102", "D103")
def drop_a_number(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "*" and piece.args[0].kind == "num":
            yield right.at(path, piece.args[1])
        elif piece.kind == "/" and piece.args[1].kind == "num":
            yield right.at(path, piece.args[0])


@mutator("D106", "D104")
def swap_an_index(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "var":
            for name in sheet.quantities:
                if name != piece.text and family(name) == family(piece.text):
                    yield right.at(path, var(name))
        elif piece.kind == "partial":
            for name in sheet.quantities:
                if name != piece.lower and family(name) == family(piece.lower):
                    yield right.at(path, partial(piece.text, name))


@mutator("D106", "D104", "D103", "D109")
def another_quantity(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    rng = Random(repr(right))
    for path, piece in right.pieces():
        if piece.kind == "var":
            others = [name for name in sheet.quantities if family(name) != family(piece.text)]
            for name in rng.sample(others, min(2, len(others))):
                yield right.at(path, var(name))


@mutator("D103", "D102", "D107")
def drop_a_factor(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "*":
            yield right.at(path, piece.args[0])
            yield right.at(path, piece.args[1])


@mutator("D103")
def add_a_factor(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    rng = Random(repr(right))
    for name in rng.sample(sheet.quantities, 2):
        yield Node("*", (right, var(name)))
    for path, piece in right.pieces():
        if path and piece.kind == "partial":
            yield right.at(path, Node("*", (piece, var(rng.choice(sheet.quantities)))))


@mutator("D107")
def drop_a_term(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind in "+-":
            yield right.at(path, piece.args[0])
            yield right.at(path, piece.args[1] if piece.kind == "+" else Node("neg", (piece.args[1],)))


@mutator("D108")
def product_for_a_sum(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    return _exchanged(right, "+", "*")


@mutator("D108")
def sum_for_a_product(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    return _exchanged(right, "*", "+", lambda piece: piece.args[0].kind != "num")


@mutator("D105")
def drop_a_prime(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    return _exchanged(right, "prime", "call")


@mutator("D105")
def add_a_prime(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "call" and len(piece.args) == 1 and piece.text in ("sigmoid", "tanh", "relu", "sin", "cos"):
            yield right.at(path, replace(piece, kind="prime"))


@mutator("D104")
def derivative_at_the_activation(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "prime":
            for a, _ in _above(sheet, piece.args[0].text):
                yield right.at(path, replace(piece, args=(var(a),)))


@mutator("D104", "D106")
def one_minus_a_at_the_sum(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    """z(1 - z) for a(1 - a)."""
    for path, piece in right.pieces():
        if piece.kind == "*" and piece.args[1].kind == "-" and piece.args[1].args[0] == num("1"):
            for z in [node.args[0] for a, node in sheet.definitions if node.kind == "call" and var(a) == piece.args[1].args[1]]:
                whole = right.at((*path, 1, 1), z)
                for p, q in piece.args[0].pieces():
                    if q == piece.args[1].args[1]:
                        whole = whole.at((*path, 0, *p), z)
                yield whole


@mutator("D109")
def forward_value_for_gradient(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "partial":
            yield right.at(path, var(piece.lower))


@mutator("D109")
def gradient_for_forward_value(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    loss = sheet.claims[0].upper
    for path, piece in right.pieces():
        if piece.kind == "var" and piece.text != loss and loss == claim.upper:
            yield right.at(path, partial(loss, piece.text))


@mutator("D110")
def derivative_of_another_activation(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "prime":
            for other in ("sigmoid", "tanh", "relu"):
                if other != piece.text:
                    yield right.at(path, replace(piece, text=other))
        elif piece.kind == "*" and piece.args[1].kind == "-" and piece.args[1].args[0] == num("1"):
            a = piece.args[1].args[1]
            if a.kind == "var" and any(name == a.text and node.text == "sigmoid" for name, node in sheet.definitions):
                inner = Node("-", (num("1"), Node("^", (a, num("2")))))
                if piece.args[0] == a:
                    yield right.at(path, inner)
                elif piece.args[0].kind == "*" and piece.args[0].args[1] == a:
                    yield right.at(path, Node("*", (piece.args[0].args[0], inner)))
        elif piece.kind == "-" and piece.args[0] == num("1") and piece.args[1].kind == "^":
            a = piece.args[1].args[0]
            yield right.at(path, Node("*", (a, Node("-", (num("1"), a)))))


@mutator("D114", "D106", "D109")
def wrong_left_side(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    """The claim's left side is another one; the right side is kept (and so is the rest of a chain)."""
    return iter(())  # the left side is changed in `mistakes`


@mutator("D102", "D103")
def exponent_changed(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "^":
            yield right.at(path, piece.args[0])
            yield right.at(path, replace(piece, args=(piece.args[0], num("3"))))


@mutator("D101")
def one_plus_for_one_minus(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    return _exchanged(right, "-", "+", lambda piece: piece.args[0] == num("1"))


@mutator("D101")
def difference_the_wrong_way_round(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "-":
            yield right.at(path, replace(piece, args=piece.args[::-1]))


@mutator("D103")
def division_for_a_product(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    return _exchanged(right, "*", "/", lambda piece: piece.args[1].kind != "num")


@mutator("D103")
def product_for_a_division(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    return _exchanged(right, "/", "*")
