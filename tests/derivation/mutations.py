"""Single plausible mistakes, put into derivations that are right, to see whether the checker names the line and the cause.

    python tests/derivation/mutations.py                    every mistake, each in one of the notations, in turn
    python tests/derivation/mutations.py --all              every mistake in every notation
    python tests/derivation/mutations.py --limit 500        a sample

Whether a changed claim is wrong is decided by `base_sheets`, in mpmath and at its own points, and never by the checker. A claim that is
still right after the change (x·y for y·x) is no mistake, and is left out. Sheets under ``examples/`` take part as
they are, when the checker finds them right.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from base_sheets import NOTATIONS, SHEETS, SUFFIX, Claim, Node, Sheet, evaluate, num, partial, tree, var, written
from mpmath import mp, mpf

from autograd import check

EXAMPLES = Path(__file__).parents[2] / "examples"
CALM = {"right", "follow-on", "definition", "rounding"}  # what the lines may be that were not touched

# ---- mistakes ----

Edits = Iterator[Node]
MUTATORS: dict[str, tuple[Callable[[Sheet, Claim, Node], Edits], frozenset[str]]] = {}


def mutator(*codes: str) -> Callable[[Callable[[Sheet, Claim, Node], Edits]], Callable[[Sheet, Claim, Node], Edits]]:
    """Enter a mutator, with the codes that name its mistake well."""

    def enter(function: Callable[[Sheet, Claim, Node], Edits]) -> Callable[[Sheet, Claim, Node], Edits]:
        MUTATORS[function.__name__.replace("_", " ")] = function, frozenset(codes)
        return function

    return enter


def _family(name: str) -> str:
    return "".join(c for c in name if not c.isdigit())


def _above(sheet: Sheet, name: str) -> list[tuple[str, str]]:
    """Activations: what a quantity z becomes, as (a, function)."""
    return [(a, node.text) for a, node in sheet.definitions if node.kind == "call" and node.args[0] == var(name)]


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
                if name != piece.text and _family(name) == _family(piece.text):
                    yield right.at(path, var(name))
        elif piece.kind == "partial":
            for name in sheet.quantities:
                if name != piece.lower and _family(name) == _family(piece.lower):
                    yield right.at(path, partial(piece.text, name))


@mutator("D106", "D104", "D103", "D109")
def another_quantity(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    rng = Random(repr(right))
    for path, piece in right.pieces():
        if piece.kind == "var":
            others = [name for name in sheet.quantities if _family(name) != _family(piece.text)]
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
    for path, piece in right.pieces():
        if piece.kind == "+":
            yield right.at(path, replace(piece, kind="*"))


@mutator("D108")
def sum_for_a_product(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "*" and piece.args[0].kind != "num":
            yield right.at(path, replace(piece, kind="+"))


@mutator("D105")
def drop_a_prime(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "prime":
            yield right.at(path, replace(piece, kind="call"))


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
    for path, piece in right.pieces():
        if piece.kind == "-" and piece.args[0] == num("1"):
            yield right.at(path, replace(piece, kind="+"))


@mutator("D101")
def difference_the_wrong_way_round(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "-":
            yield right.at(path, replace(piece, args=piece.args[::-1]))


@mutator("D103")
def division_for_a_product(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "*" and piece.args[1].kind != "num":
            yield right.at(path, replace(piece, kind="/"))


@mutator("D103")
def product_for_a_division(sheet: Sheet, claim: Claim, right: Node) -> Edits:
    for path, piece in right.pieces():
        if piece.kind == "/":
            yield right.at(path, replace(piece, kind="*"))


# ---- which of them are wrong ----


@dataclass(frozen=True)
class Mistake:
    """One claim of one sheet changed in one place."""

    sheet: Sheet
    number: int  # which claim
    side: int  # which right side
    mutator: str
    claim: Claim

    @property
    def mutated(self) -> Sheet:
        claims = list(self.sheet.claims)
        claims[self.number] = self.claim
        return replace(self.sheet, claims=tuple(claims))


@lru_cache(maxsize=64)
def _points(sheet: Sheet, count: int) -> Any:
    return sheet.points(count)


def is_right(sheet: Sheet, number: int, claim: Claim, side: int, count: int = 4) -> bool:
    """Whether a claim is true, with true derivatives in it; where a sum is built up with +=, whether the total is."""
    group = [c for c in sheet.claims if (c.upper, c.lower) == (claim.upper, claim.lower) and c is not sheet.claims[number]]
    summed = claim.sign == "+=" or any(c.sign == "+=" for c in group)
    for point in _points(sheet, count):
        mp.dps = 60
        try:
            mine = evaluate(claim.rights[side], point.values, point)
            if summed:
                mine += sum((evaluate(c.rights[0], point.values, point) for c in group), mpf(0))
        except (ZeroDivisionError, ValueError):
            return False
        true = point.partial(claim.upper, claim.lower)
        if mp.im(true):
            continue  # the program has no value here: a root of a negative number
        if mp.im(mine) or abs(mine - true) > mpf(10) ** -14 * max(abs(mine), abs(true), mpf(10) ** -6):
            return False
    return True


def mistakes(sheet: Sheet) -> Iterator[Mistake]:
    """Every mistake that a sheet can be given, each once."""
    for number, claim in enumerate(sheet.claims):
        seen: set[Any] = {claim.rights}
        for name, (edits, _) in MUTATORS.items():
            for side, right in enumerate(claim.rights):
                for new in edits(sheet, claim, right):
                    rights = (*claim.rights[:side], new, *claim.rights[side + 1 :])
                    changed = replace(claim, rights=rights)
                    if rights not in seen and not is_right(sheet, number, changed, side):
                        seen.add(rights)
                        yield Mistake(sheet, number, side, name, changed)
        if claim.sign == "=" and not any(c.sign == "+=" and c.lower == claim.lower for c in sheet.claims):
            others = [name for name in sheet.quantities if name not in (claim.lower, claim.upper)]
            kin = [name for name in others if _family(name) == _family(claim.lower)]
            for lower in Random(repr(claim)).sample(kin or others, min(2, len(kin or others))):
                changed = replace(claim, lower=lower)
                if not any(is_right(sheet, number, changed, side) for side in range(len(claim.rights))):
                    yield Mistake(sheet, number, 0, "wrong left side", changed)


# ---- what the checker makes of them ----


@dataclass
class Outcome:
    """What was found of one mistake in one notation."""

    mutator: str
    sheet: str
    notation: str
    named: bool
    coded: bool
    repaired: bool
    before: str
    after: str
    report: str
    verdicts: tuple[str, ...]
    seconds: float


def trial(mistake: Mistake, notation: str) -> Outcome:
    """Check one mistake; an exception of the checker is a failure, not an end."""
    text = written(mistake.mutated, notation)
    row = text.rows[mistake.number][mistake.side]
    before, after = written(mistake.sheet, notation).line(row), text.line(row)
    began = time.perf_counter()
    try:
        report = check(text.text, suffix=SUFFIX[notation])
    except Exception as error:
        return Outcome(
            mistake.mutator, mistake.sheet.name, notation, False, False, False, before, after, f"{type(error).__name__}: {error}", (), 0.0
        )
    seconds = time.perf_counter() - began
    rows = text.rows[mistake.number] if mistake.mutator == "wrong left side" else (row,)
    others = [finding for finding in report.lines if finding.line not in rows]
    named = report.first_wrong == rows[0] and all(finding.verdict in CALM for finding in others)
    guilty = [finding for finding in report.lines if finding.line in rows and finding.verdict in ("wrong", "cancels")]
    coded = any(finding.code in MUTATORS[mistake.mutator][1] for finding in guilty)
    repaired = len(guilty) == 1 and _repairs(text.text, guilty[0], notation)
    return Outcome(
        mistake.mutator, mistake.sheet.name, notation, named, coded, repaired, before, after, str(report),
        tuple(finding.verdict for finding in report.lines), seconds,
    )  # fmt: skip


def _repairs(text: str, finding: Any, notation: str) -> bool:
    """Whether the suggestion, put into the file, makes it right. ``dL/dz = dL/dz`` says nothing and repairs nothing."""
    if not finding.suggestion:
        return False
    left, _, right = finding.suggestion.partition("=")
    if left.strip("+- ") == right.strip():
        return False
    lines = text.split("\n")
    line, start = lines[finding.line - 1], finding.column - 1
    lines[finding.line - 1] = line[:start] + finding.suggestion + line[start + len(finding.text) :]
    return check("\n".join(lines), suffix=SUFFIX[notation]).status == 0


def _job(job: tuple[Mistake, str]) -> Outcome:
    return trial(*job)


def _two(job: tuple[Mistake, Mistake, str]) -> tuple[bool, str]:
    """Whether two mistakes in one sheet are both found."""
    one, other, notation = job
    claims = list(one.mutated.claims)
    claims[other.number] = other.claim
    text = written(replace(one.sheet, claims=tuple(claims)), notation)
    wanted = {text.rows[one.number][one.side], text.rows[other.number][other.side]}
    try:
        report = check(text.text, suffix=SUFFIX[notation])
    except Exception as error:
        return False, f"{type(error).__name__}: {error}\n{text.text}"
    found = {finding.line for finding in report.lines if finding.verdict in ("wrong", "cancels")}
    return found == wanted, f"{one.sheet.name}, {notation}: lines {sorted(wanted)} are wrong, {sorted(found)} were found\n{report}"


# ---- sheets that others wrote ----


@dataclass
class Example:
    """A sheet under ``examples/`` that is right as it stands."""

    path: Path
    text: str
    report: Any

    @property
    def name(self) -> str:
        return str(self.path.relative_to(EXAMPLES))


def examples() -> list[Example]:
    """Sheets under ``examples/`` that are right as they stand and claim something."""
    found = []
    for path in sorted([*EXAMPLES.rglob("*.md"), *EXAMPLES.rglob("*.txt"), *EXAMPLES.rglob("*.py")]):
        text = path.read_text(encoding="utf-8")
        try:
            report = check(text, suffix=path.suffix)
        except Exception as error:
            print(f"{path.relative_to(EXAMPLES)}: {type(error).__name__}: {error}")
            continue
        if report.status == 0 and any(finding.kind == "claim" for finding in report.lines):
            found.append(Example(path, text, report))
    return found


_SWAPS = (
    (" + ", " - "),
    (" - ", " + "),
    (r" \cdot ", " + "),
    (r" \, ", " + "),
    (" * ", " + "),
    ("*", "/"),
    (" · ", " + "),
    ("'(", "("),
    ("′(", "("),
    ("_prime(", "("),
    ("(1 - ", "(1 + "), ("^2", ""), ("²", ""), ("**2", ""), ("= -", "= "), ("= ", "= -"), ("= ", "= 2 "), ("= ", "= 2*"),
)  # fmt: skip


def example_mistakes(example: Example) -> Iterator[tuple[str, Any, str]]:
    """Changes of a character or two: the changed text, the finding whose line it was, and what was done."""
    lines = example.text.split("\n")
    done: set[tuple[int, str]] = set()
    for finding in example.report.lines:
        if finding.kind != "claim" or finding.verdict != "right" or "\n" in finding.text:
            continue
        line, start = lines[finding.line - 1], finding.column - 1
        piece = line[start : start + len(finding.text)]
        equals = piece.find("=")
        for old, new in _SWAPS:
            for place in range(len(piece)):
                if piece.startswith(old, place) and place >= equals and not (old == "*" and "**" in piece[place - 1 : place + 2]):
                    whole = line[:start] + piece[:place] + new + piece[place + len(old) :] + line[start + len(piece) :]
                    if (finding.line, whole) not in done:
                        done.add((finding.line, whole))
                        yield "\n".join([*lines[: finding.line - 1], whole, *lines[finding.line :]]), finding, f"{old!r} → {new!r}"


def _names(report: Any) -> dict[str, str]:
    """A Python name for every quantity that a report speaks of."""
    defined = [f.understood.partition(" = ")[0] for f in report.lines if f.kind in ("definition", "point")]
    spellings = sorted({*report.leaves, *defined}, key=len, reverse=True)
    return {spelling: f"q{i}_" for i, spelling in enumerate(spellings)}


def read_back(understood: str, names: dict[str, str]) -> tuple[Node, Node]:
    """A line as the report says that it was understood, as two trees. ValueError or SyntaxError where it is none of ours."""
    plain = understood.replace("+=", "=").replace("-=", "=")
    if names:
        pattern = "|".join(rf"(?<![\w\\]){re.escape(spelling)}(?![\w₀-₉\[{{(⁽])" for spelling in names)
        plain = re.sub(pattern, lambda m: names[m[0]], plain)
    plain = plain.replace("·", "*").replace("^", "**")
    plain = re.sub(r"∂(q\d+_)/∂(q\d+_)", r"D(\1, \2)", plain)
    plain = re.sub(r"(\w+)'\(", lambda m: f"prime({'sigmoid' if m[1] == 'σ' else m[1]}, ", plain).replace("σ(", "sigmoid(")
    left, _, right = plain.partition(" = ")
    return tree(left), tree(right)


def _without(node: Node, late: dict[str, Node]) -> Node:
    """A tree with δ = ∂L/∂z and the like put in."""
    if node.kind == "var" and node.text in late:
        return _without(late[node.text], late)
    return replace(node, args=tuple(_without(arg, late) for arg in node.args))


def example_is_wrong(example: Example, report: Any, finding: Any) -> bool | None:
    """Whether the changed line is wrong by our own reckoning; None where we cannot say."""
    changed = next((f for f in report.lines if (f.line, f.column) == (finding.line, finding.column)), None)
    if changed is None or not changed.understood or changed.kind != "claim":
        return None
    names = _names(example.report)
    try:
        program: list[tuple[str, Node]] = []
        late: dict[str, Node] = {}
        for f in example.report.lines:
            counts = f.kind == "point" and re.match(r"[NnMm] = \d+$", f.understood)  # the 3 of a mean over three is no variable
            if f.understood and (f.kind == "definition" or counts):
                node, body = read_back(f.understood, names)
                speaks = any(piece.kind in ("partial", "prime") or piece.text in late for _, piece in body.pieces())
                if speaks:
                    late[node.text] = body
                else:
                    program.append((node.text, body))
        left, right = read_back(changed.understood, names)
        if left.kind != "partial":
            return None
        group = [
            f
            for f in report.lines
            if f.kind == "claim" and f.understood.split("=")[0].rstrip("+- ") == changed.understood.split("=")[0].rstrip("+- ")
        ]
        if any("+= " in f.understood for f in group):
            for f in group:
                if f is not changed:
                    right = Node("+", (right, read_back(f.understood, names)[1]))
        sheet = Sheet(example.name, tuple(program), (Claim(left.text, left.lower, (_without(right, late),)),))
        return not is_right(sheet, 0, sheet.claims[0], 0, count=16)
    except (SyntaxError, ValueError, KeyError, ZeroDivisionError, IndexError, TypeError):
        return None


# ---- the command ----


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="every mistake in all four notations")
    parser.add_argument("--limit", type=int, default=0, help="at most so many mistakes, drawn at random")
    parser.add_argument("--failures", type=int, default=15, help="so many failures are printed in full")
    parser.add_argument("--pairs", type=int, default=400, help="so many sheets with two mistakes")
    parser.add_argument("--jobs", type=int, default=None)
    arguments = parser.parse_args()

    alarms = 0
    for sheet in SHEETS:
        verdicts = set()
        for notation in NOTATIONS:
            report = check(written(sheet, notation).text, suffix=SUFFIX[notation])
            alarms += report.status != 0
            verdicts.add(tuple(finding.verdict for finding in report.lines))
            if report.status:
                print(f"FALSE ALARM {sheet.name}, {notation}\n{report}")
    print(f"{len(SHEETS)} sheets in {len(NOTATIONS)} notations, untouched: {alarms} false alarms")

    found = [mistake for sheet in SHEETS for mistake in mistakes(sheet)]
    if arguments.limit and arguments.limit < len(found):
        found = Random(7).sample(found, arguments.limit)
    jobs = [
        (mistake, notation)
        for i, mistake in enumerate(found)
        for notation in (NOTATIONS if arguments.all else (NOTATIONS[i % len(NOTATIONS)],))
    ]
    began = time.perf_counter()
    with ProcessPoolExecutor(arguments.jobs) as pool:
        outcomes = list(pool.map(_job, jobs, chunksize=20))
        rng, pairs = Random(11), []
        while len(pairs) < arguments.pairs and len(found) > 1:
            one, other = rng.sample(found, 2)
            if one.sheet is other.sheet and one.number != other.number and "wrong left side" not in (one.mutator, other.mutator):
                pairs.append((one, other, rng.choice(NOTATIONS)))
        doubles = list(pool.map(_two, pairs, chunksize=20))
        parity = [(mistake, notation) for mistake in Random(5).sample(found, min(150, len(found))) for notation in NOTATIONS]
        same = list(pool.map(_job, parity, chunksize=15)) if not arguments.all else []
    _table(outcomes)
    named, total = sum(o.named for o in outcomes), len(outcomes)
    coded = sum(o.named and o.coded for o in outcomes)
    causes = sum(o.named and (o.coded or o.repaired) for o in outcomes)
    print(f"\n{total} single mistakes in {time.perf_counter() - began:.0f} s: line named {named} ({named / total:.2%}; goal 99.9 %)")
    slow = max(outcomes, key=lambda o: o.seconds)
    print(f"the longest check took {slow.seconds:.2f} s ({slow.sheet}, {slow.notation}: {slow.after})")
    print(f"cause named by its code: {coded} ({coded / total:.2%})")
    print(f"cause named by its code, or by a suggestion that repairs: {causes} ({causes / total:.2%}; goal 95 %)")
    repaired = sum(o.named and o.repaired for o in outcomes)
    print(f"the suggested line, put in and checked again, makes the sheet right: {repaired} ({repaired / total:.2%})")
    for notation in NOTATIONS:
        group = [o for o in outcomes if o.notation == notation and o.named]
        print(f"  {notation:8}{sum(o.repaired for o in group)} of {len(group)} ({sum(o.repaired for o in group) / max(len(group), 1):.2%})")
    both = sum(ok for ok, _ in doubles)
    print(f"two mistakes at once: {both} of {len(doubles)} found with nothing else ({both / max(len(doubles), 1):.2%}; goal 99 %)")
    _agreement(outcomes if arguments.all else same, len(NOTATIONS))
    _of_examples()
    failures = [o for o in outcomes if not o.named] + [o for o in outcomes if o.named and not (o.coded or o.repaired)]
    failures += [o for o in outcomes if o.named and o.coded and not o.repaired]
    for outcome in failures[: arguments.failures]:
        fault = "WRONG LINE" if not outcome.named else "WRONG SUGGESTION" if outcome.coded else "WRONG CAUSE"
        print(f"\n{'-' * 100}\n{fault}: {outcome.mutator}; {outcome.sheet}, {outcome.notation}")
        print(f"  was {outcome.before}\n  is  {outcome.after}\n{outcome.report}")
    for _, text in [double for double in doubles if not double[0]][:5]:
        print(f"\n{'-' * 100}\nTWO MISTAKES\n{text}")


def _table(outcomes: list[Outcome]) -> None:
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.mutator].append(outcome)
    print(f"\n{'mistake':36}{'number':>8}{'line':>9}{'code':>9}{'cause':>9}   codes given instead")
    for name in MUTATORS:
        group = groups.get(name, [])
        if group:
            shares = [sum(o.named for o in group), sum(o.coded for o in group), sum(o.named and (o.coded or o.repaired) for o in group)]
            other = Counter(_code(o) for o in group if not o.coded)
            print(
                f"{name:36}{len(group):8}"
                + "".join(f"{share / len(group):9.1%}" for share in shares)
                + "   "
                + " ".join(f"{code}×{n}" for code, n in other.most_common(5))
            )


def _code(outcome: Outcome) -> str:
    return next(
        (word for line in outcome.report.splitlines() for word in line.split()[:1] if word[:1] == "D" and word[1:].isdigit()), "none"
    )


def _agreement(outcomes: list[Outcome], count: int) -> None:
    """The same mistake has the same verdicts in every notation."""
    groups = [outcomes[i : i + count] for i in range(0, len(outcomes), count)]
    apart = [group for group in groups if len({o.verdicts for o in group}) > 1]
    print(f"the same verdicts in LaTeX, Unicode, text and NumPy: {len(groups) - len(apart)} of {len(groups)} mistakes")
    for group in apart[:3]:
        for outcome in group:
            print(f"  {outcome.notation:8} {outcome.after}   {Counter(outcome.verdicts)}")


def _of_examples() -> None:
    sheets = examples()
    counts: Counter[str] = Counter()
    for example in sheets:
        for text, finding, what in example_mistakes(example):
            report = check(text, suffix=example.path.suffix)
            wrong = example_is_wrong(example, report, finding)
            shown = f"  {example.name}:{finding.line}: {what}: {text.splitlines()[finding.line - 1].strip()}"
            if wrong is None:
                counts["not decided by us" if report.status else "not decided by us, called right"] += 1
                if not report.status:
                    print(f"{shown} is called right, and we cannot say")
            elif not wrong:
                counts["still right"] += 1
                if report.status:
                    counts["still right, called wrong"] += 1
                    print(f"{shown} is still right, and called wrong")
            elif report.first_wrong == finding.line and all(f.verdict in CALM for f in report.lines if f.line != finding.line):
                counts["named"] += 1
            else:
                counts["called right" if report.status == 0 else "blamed on another line"] += 1
                print(f"{shown} is wrong; the report says {report.first_wrong}")
    print(f"{len(sheets)} sheets under examples/, changed by a few characters: " + ", ".join(f"{n} {what}" for what, n in counts.items()))


if __name__ == "__main__":
    main()
