"""Sheets under ``examples/``, which were not written for this, changed by a character or two."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograd import check

from .sheets import Claim, Sheet
from .trees import Node, tree
from .trials import CALM
from .wrong import is_right

EXAMPLES = Path(__file__).parents[3] / "examples"


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


def of_examples() -> None:
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
