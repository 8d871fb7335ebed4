"""Which mutants there are: cosmic-ray's, without those that the plan skips and those that are the same program."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Mutant:
    """One mistake: the module's code with it, and the words of the source before and after, by which people know it."""

    module: str
    place: str  # the row or the function
    before: str
    after: str
    code: str = field(repr=False)
    rows: tuple[str, ...] = ()  # whose tests should notice first

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What names the mutant when lines have moved."""
        return self.module, self.place, self.before, self.after

    def __str__(self) -> str:
        return f"{self.module} {self.place}\n  - {self.before}\n  + {self.after}"


def operators() -> dict[str, Any]:
    """cosmic-ray's operators that need no arguments, and one for what it leaves alone, by name."""
    from cosmic_ray import plugins
    from cosmic_ray.operators.operator import Operator

    class ReplaceAugmentedAssignment(Operator):  # type: ignore[misc]
        """``a += b`` becomes ``a -= b`` and ``a = b``; ``grad +=`` is what a reverse sweep is made of."""

        others = ("-=", "=")

        def mutation_positions(self, node: Any) -> Iterator[Any]:
            if node.type == "operator" and node.value == "+=":
                yield from [(node.start_pos, node.end_pos)] * len(self.others)

        def mutate(self, node: Any, index: int) -> Any:
            node.value = self.others[index]
            return node

        @classmethod
        def examples(cls) -> tuple[()]:
            return ()

    found = {name.removeprefix("core/"): plugins.get_operator(name) for name in plugins.operator_names()}
    made = {name: kind() for name, kind in found.items() if not kind.arguments()}
    return made | {"ReplaceAugmentedAssignment": ReplaceAugmentedAssignment()}


def mutants(root: Path, plan: dict[str, Any]) -> Iterator[Mutant]:
    """The mutants of the plan's modules as they stand below the root; cosmic-ray is given one statement at a time, which is quicker."""
    skipped = re.compile("|".join(entry["names"] for entry in plan["skipped-operators"]))
    used = [operator for name, operator in operators().items() if not skipped.fullmatch(name)]
    rows = _rows_by_function(root)
    for module in plan["module"]:
        code = (root / module["path"]).read_text(encoding="utf-8")
        lines, known = code.splitlines(keepends=True), Counter[tuple[str, ...]]()
        for node in ast.parse(code).body:
            first, last = min([node.lineno, *[d.lineno for d in getattr(node, "decorator_list", ())]]) - 1, node.end_lineno
            for place, before, after, mutated in _of_statement("".join(lines[first:last]), used, plan["skipped-places"]):
                name = place.split(" ")[0]
                if name in module.get("only", [name]):
                    whole = "".join([*lines[:first], mutated, *lines[last:]])
                    known[place, before, after] += 1
                    if known[place, before, after] > 1:
                        place += f" #{known[place, before, after]}"
                    yield Mutant(module["path"], place, before, after, whole, rows.get(name, ()))


def _of_statement(code: str, used: list[Any], skipped: dict[str, list[str]]) -> Iterator[tuple[str, str, str, str]]:
    """The place, the words before and after, and the code of every mutant of one statement of a module."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    tree, nodes = ast.parse(code), list(ast_nodes(get_ast(code)))
    seen, parts = {ast.dump(tree)}, _parts(code)
    arguments = [keyword for keyword in ast.walk(tree) if isinstance(keyword, ast.keyword) and keyword.arg in skipped["arguments"]]
    silent = [_ends(keyword.value, code) for keyword in arguments]
    for operator in used:
        positions = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for occurrence, start in enumerate(positions):
            place, words = next((place, words) for place, (first, end), words in parts if first <= start < end)
            if place in skipped["names"] or any(first <= start < end for first, end in silent):
                continue
            mutated = mutate_code(code, operator, occurrence)
            try:
                meant = ast.dump(ast.parse(mutated))
            except SyntaxError:
                continue  # cosmic-ray takes the * and / of a signature for operators
            if meant not in seen:
                seen.add(meant)
                told = {place: words for place, _, words in _parts(mutated)}
                before, after = (words, told[place]) if " " in place else _difference(code, mutated)
                yield place, before, after, mutated


Part = tuple[str, tuple[tuple[int, int], tuple[int, int]], str]


def _parts(code: str) -> list[Part]:
    """The parts of a statement by which a mutant is named, from the small to the large: a row's rules, functions, the whole."""
    tree, lines = ast.parse(code), code.splitlines()
    (whole,) = tree.body
    found: list[Part] = []

    def add(place: str, node: Any) -> None:
        found.append((place, _ends(node, code), " ".join((ast.get_source_segment(code, node) or "").split())))

    if isinstance(whole, ast.Assign) and isinstance(whole.value, ast.Call) and getattr(whole.value.func, "id", "") == "op":
        row = ast.literal_eval(whole.value.args[0])
        for i, rule in enumerate(whole.value.args[1:]):
            add(f"{row} partial {i - 1}" if i else f"{row} value", rule)
        for keyword in whole.value.keywords:
            add(f"{row} {keyword.arg}", keyword.value)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    for node in reversed(functions):  # what is inside comes later in a walk
        add(node.name, node)
    name = getattr(whole.targets[0], "id", "") if isinstance(whole, ast.Assign) else ""
    return [*found, (name, ((0, 0), (len(lines) + 1, 0)), code)]


def _ends(node: Any, code: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """From where to where a node stands; columns count letters, not bytes as in the syntax tree."""
    lines = code.splitlines()
    places = (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)
    first, end = [(line, len(lines[line - 1].encode()[:column].decode())) for line, column in places]
    return first, end


def _difference(code: str, mutated: str) -> tuple[str, str]:
    """The lines that differ, each set as one line without its comment."""
    old, new = code.splitlines(), mutated.splitlines()
    first = next(i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    last = next(i for i, (a, b) in enumerate(zip(old[::-1], new[::-1], strict=False)) if a != b)
    before, after = [[re.sub(r"  # .*", "", line) for line in lines[first : len(lines) - last]] for lines in (old, new)]
    return " ".join(" ".join(before).split()), " ".join(" ".join(after).split())


def _rows_by_function(root: Path) -> dict[str, tuple[str, ...]]:
    """For each row its own name, and for each rule in `stable` and each constant the rows that use it, by way of others too."""
    table, stable = [ast.parse((root / f"autograd/{name}.py").read_text(encoding="utf-8")).body for name in ("ops", "stable")]
    uses = {name: _names(node) for node in [*table, *stable] for name in _defined(node)}
    found: dict[str, list[str]] = {}
    for node in table:
        if _is_row(node):
            row = str(ast.literal_eval(node.value.args[0]))  # type: ignore[attr-defined]
            reached, fresh = {row}, _names(node) & uses.keys()
            while fresh:
                reached |= fresh
                fresh = set().union(*[uses[name] & uses.keys() for name in fresh]) - reached
            for name in reached:
                found.setdefault(name, []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


def _is_row(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "op"


def _defined(node: ast.stmt) -> list[str]:
    """The name of a function or of a constant; rows, which name one another, have none here."""
    if isinstance(node, ast.Assign) and not _is_row(node):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [node.name] if isinstance(node, ast.FunctionDef) else []


def _names(tree: ast.AST) -> set[str]:
    """The names that stand in the code, of ``stable.gauss`` and ``gauss`` the last."""
    words = [getattr(node, "attr", getattr(node, "id", None)) for node in ast.walk(tree)]
    return {word for word in words if word}
