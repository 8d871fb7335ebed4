"""NumPy code as a derivation: straight-line assignments, read with :mod:`ast` and never run.

``dz3 = da3 * sigmoid_prime(z3)`` is the claim ∂L/∂z3 = …; ``x1.grad = w1.data * n.grad`` is one, too.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from .fragments import Fragment
from .lexer import Token, Unreadable
from .lexer import tokens as lex
from .reading import Statement
from .vocabulary import Vocabulary

_SIGNS = {ast.Add: "+=", ast.Sub: "-="}
_READ = (
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UnaryOp, ast.USub, ast.UAdd, ast.Call, ast.Name, ast.Attribute,
    ast.Subscript, ast.Tuple, ast.Constant, ast.Compare, ast.cmpop, ast.expr_context, ast.keyword,
)  # fmt: skip


def code_statements(text: str, fragment: Fragment) -> Iterator[Statement | Unreadable]:
    """The assignments of a stretch of Python; anything else that computes is Unreadable."""
    source = text[fragment.start : fragment.end]
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", 1) or 1
        start = fragment.start + sum(len(part) for part in source.splitlines(keepends=True)[: line - 1])
        yield Unreadable(f"this is no Python: {getattr(error, 'msg', error)}", start, start + 1)
        return
    places = _Places(source, fragment.start, {node.name for node in tree.body if isinstance(node, ast.FunctionDef)})
    for node in tree.body:
        yield from _statement(node, text, places)


class _Places:
    """From the lines and byte columns of ``ast`` to offsets in the file."""

    def __init__(self, source: str, start: int, functions: set[str]) -> None:
        self.functions = functions  # that the file defines
        self.lines = source.splitlines(keepends=True)
        self.starts = [start]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def is_function(self, name: str) -> bool:
        return name in self.functions or Vocabulary().function(name) is not None

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def _offset(self, line: int, column: int) -> int:
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())


def _statement(node: ast.stmt, text: str, places: _Places) -> Iterator[Statement | Unreadable]:
    start, end = places.span(node)
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))) if not any(isinstance(part, ast.NamedExpr) for part in ast.walk(node)):
            return
        case ast.Assign(targets=[ast.Tuple() as names], value=ast.Tuple() as numbers) if len(names.elts) == len(numbers.elts):
            for target, value in zip(names.elts, numbers.elts, strict=True):
                yield from _assigned([target, value], ["="], text, places)
            return
        case ast.Assign():
            sides = [*node.targets, node.value]
            signs = ["="] * len(node.targets)
        case ast.AnnAssign(value=value) if value is not None:
            sides, signs = [node.target, value], ["="]
        case ast.AugAssign() if type(node.op) in _SIGNS:
            sides, signs = [node.target, node.value], [_SIGNS[type(node.op)]]
        case ast.FunctionDef():
            yield from _function(node, text, places)
            return
        case _:
            yield Unreadable("only assignments are read here, one after the other", start, end)
            return
    yield from _assigned(sides, signs, text, places)


def _assigned(sides: list[ast.expr], signs: list[str], text: str, places: _Places) -> Iterator[Statement | Unreadable]:
    try:
        tokens = [_tokens(side, text, places) for side in sides]
    except Unreadable as trouble:
        trouble.names = tuple([side.id for side in sides[:-1] if isinstance(side, ast.Name)])
        yield trouble
        return
    marks = [Token("equals", sign, tokens[i][-1].end, tokens[i + 1][0].start) for i, sign in enumerate(signs)]
    yield Statement(tokens, marks, latex=False, code=True)


def _function(node: ast.FunctionDef, text: str, places: _Places) -> Iterator[Statement | Unreadable]:
    """``def f(x): return …`` is a function that the writer defines."""
    start, end = places.span(node)
    body = [part for part in node.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))]
    if node.decorator_list or node.args.defaults or node.args.kwonlyargs or node.args.vararg or node.args.kwarg:
        yield Unreadable(f"the function {node.name} has more than plain arguments", start, end)
        return
    if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
        yield Unreadable(f"the function {node.name} is not one returned expression: put its lines outside of it", start, end)
        return
    head = [Token("word", node.name, start, start + 1), Token("open", "(", start, start + 1)]
    for i, arg in enumerate(node.args.args):
        head += [Token("symbol", ",", start, start + 1)] * (i > 0) + [Token("word", arg.arg, start, start + 1)]
    head.append(Token("close", ")", start, start + 1))
    try:
        right = _tokens(body[0].value, text, places)
    except Unreadable as trouble:
        yield trouble
        return
    yield Statement([head, right], [Token("equals", "=", start, start + 1)], latex=False, code=True)


def _tokens(node: ast.expr, text: str, places: _Places) -> list[Token]:
    """The tokens of one expression, in the words of the formula lexer."""
    for part in ast.walk(node):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.MatMult | ast.FloorDiv | ast.Mod):
            raise Unreadable("matrix products and whole division are not read: write the sums out", *places.span(part))
        odd = isinstance(part, ast.Subscript) and any(
            isinstance(inner, ast.UnaryOp | ast.BinOp | ast.Call) for inner in ast.walk(part.slice)
        )
        if odd or not isinstance(part, _READ):
            where = part if isinstance(part, ast.expr) else node
            raise Unreadable("only arithmetic on single numbers is read here", *places.span(where))
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and not places.is_function(part.func.id):
            raise Unreadable(f"{part.func.id} is called, and is no function that is known here", *places.span(part.func))
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) and not _is_read(part.func.attr, places):
            called = ast.unparse(part.func)
            raise Unreadable(f"{called} is not read: derivations are read number by number, so write it out", *places.span(part.func))
    start, end = places.span(node)
    plain = _plain(text[start:end])
    found = lex(plain, 0, len(plain), latex=False, offset=start)
    if isinstance(node, ast.Compare):  # 1 where it holds; the brackets around it are no part of the tree
        return [Token("open", "(", start, start), *found, Token("close", ")", end, end)]
    return found


def _is_read(name: str, places: _Places) -> bool:
    return name == "item" or places.is_function(name)


def _plain(code: str) -> str:
    """The same expression, at the same places, without modules, ``.data`` and comments: they become blanks."""
    code = re.sub(r"\b(?:np|numpy|math|xp|jnp|torch|F|nn)\.", lambda m: " " * len(m[0]), code)
    code = re.sub(r"\.(?:data\b|item\(\)|value\b)", lambda m: " " * len(m[0]), code)
    code = re.sub(r"\b(\w+(?:\[[^\]]*\])?)\.grad\b", lambda m: f"d{m[1]}" + " " * 4, code)
    try:
        comments = [t for t in tokenize.generate_tokens(io.StringIO(code).readline) if t.type == tokenize.COMMENT]
    except (tokenize.TokenError, IndentationError, SyntaxError):
        comments = []
    lines = code.splitlines(keepends=True)
    for comment in comments:
        row, column = comment.start
        lines[row - 1] = lines[row - 1][:column] + " " * len(comment.string) + lines[row - 1][column + len(comment.string) :]
    return "".join(lines).replace("\\\n", "  ")
