"""Which mutants there are: cosmic-ray's, without those that the plan skips and those that are the same program."""

from __future__ import annotations

import ast
import re
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
        lines = code.splitlines(keepends=True)
        for node in ast.parse(code).body:
            first, last = min([node.lineno, *[d.lineno for d in getattr(node, "decorator_list", ())]]) - 1, node.end_lineno
            statement = "".join(lines[first:last])
            for place, mutated in _of_statement(statement, used, plan["skipped-places"]):
                if place in module.get("only", [place]):
                    whole = "".join([*lines[:first], mutated, *lines[last:]])
                    yield Mutant(module["path"], place, *_difference(statement, mutated), whole, rows.get(place, ()))


def _of_statement(code: str, used: list[Any], skipped_places: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """The place and the code of every mutant of one statement of a module."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    tree = ast.parse(code)
    nodes, silent = list(ast_nodes(get_ast(code))), _silent(tree, **skipped_places)
    seen = {ast.dump(tree)}
    for operator in used:
        positions = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for occurrence, start in enumerate(positions):
            if not any(first <= start < last for first, last in silent):
                mutated = mutate_code(code, operator, occurrence)
                meant = _dump(mutated)
                if meant not in seen:
                    seen.add(meant)
                    yield _place(tree, start[0]), mutated


def _dump(code: str) -> str:
    try:
        return ast.dump(ast.parse(code))
    except SyntaxError:
        return code


def _difference(code: str, mutated: str) -> tuple[str, str]:
    """The lines that differ, in one line each."""
    old, new = code.splitlines(), mutated.splitlines()
    first = next(i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b)
    last = next(i for i, (a, b) in enumerate(zip(old[::-1], new[::-1], strict=False)) if a != b)
    return tuple(" ".join(" ".join(lines[first : len(lines) - last]).split()) for lines in (old, new))  # type: ignore[return-value]


def _span(node: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def _silent(tree: ast.AST, arguments: list[str], names: list[str]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where the plan skips; columns count bytes here and letters there, which only skips less."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "op"]
    found = [_span(keyword.value) for call in calls for keyword in call.keywords if keyword.arg in arguments]
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in names:
            found.append(_span(node))
    return found


def _place(tree: ast.Module, line: int) -> str:
    """The innermost function at a line, or the name of the row that stands there."""
    place = ""
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or not node.lineno <= line <= (node.end_lineno or 0):
            continue
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            place = node.name
        elif isinstance(node, ast.Assign) and not place:
            place = getattr(node.targets[0], "id", "").rstrip("_") or place
    return place


def _rows_by_function(root: Path) -> dict[str, tuple[str, ...]]:
    """For each row its own name, and for each rule in `stable` the rows that call it, by way of others too."""
    table = ast.parse((root / "autograd/ops.py").read_text(encoding="utf-8"))
    stable = ast.parse((root / "autograd/stable.py").read_text(encoding="utf-8"))
    calls = {node.name: _names(node) for node in stable.body if isinstance(node, ast.FunctionDef)}
    found: dict[str, list[str]] = {}
    for node in table.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "op":
            row = str(ast.literal_eval(node.value.args[0]))
            reached, fresh = {row}, _names(node) & calls.keys()
            while fresh:
                reached |= fresh
                fresh = set().union(*[calls[name] & calls.keys() for name in fresh]) - reached
            for name in reached:
                found.setdefault(name, []).append(row)
    return {name: tuple(rows) for name, rows in found.items()}


def _names(tree: ast.AST) -> set[str]:
    """The names that stand in the code, of ``stable.gauss`` and ``gauss`` the last."""
    words = [getattr(node, "attr", getattr(node, "id", None)) for node in ast.walk(tree)]
    return {word for word in words if word}
