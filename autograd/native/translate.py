"""C code for every row of the op table, made by tracing its rules; written by hand for none.

A rule called with formulas for its inputs is an expression, which is written down in C. A row that is its own
primitive and branches (``sign``, ``where``, ``maximum``) is written as its conditions.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from types import BuiltinFunctionType

from ..branches import branches, chosen, number
from ..formula import Formula
from ..kernels import partial_rule, value_rule
from ..modes import QUIET
from ..op import CALL, MOST, OPS, POW, Op
from ..operators import OPERATORS
from ..source import Shared

_SLOTS = {  # the methods of Python's operators as C has them: how their functions are called, and the names of their slots
    "add": ("INFIX", "add"),
    "sub": ("INFIX", "subtract"),
    "mul": ("INFIX", "multiply"),
    "truediv": ("INFIX", "true_divide"),
    "pow": ("INFIX_OR_MODULAR", "power"),
    "neg": ("PREFIX", "negative"),
    "abs": ("PREFIX", "absolute"),
}
FUSED = ("product_sum", 3)  # what a tape writes as one: its name in instructions.h, and its operands


def rows() -> str:
    """rows.h: the rows' places in the table, the methods and operators of a Value that are rows, and a tape's kinds of instructions."""
    words = [(word, op.name) for op in OPS.values() for word in (op.name, *op.aliases)]
    places = "".join(f"    ROW_{name},\n" for name in OPS)
    methods = "".join(f" \\\n    METHOD({word}, {name})" for word, name in words)
    slots = [(*_SLOTS[method], row.name) for method, row in OPERATORS.items()]
    operators = "".join(f" \\\n    {called}({slot}, {name})" for called, slot, name in slots)
    each = "".join(f" \\\n    ROW({name})" for name in OPS)
    arities = "".join(f"    ARITY_{op.name} = {op.arity},\n" for op in OPS.values())
    kinds = "".join(f" \\\n    KIND_OF({name}, {carried}, {wanted}, {fresh})" for name, carried, wanted, fresh in _kinds())
    fused, operands = FUSED
    shared = f"enum {{ MOST = {MOST}, QUIET = {QUIET} }}; /* see op.py and modes.py */\n\n"
    places = f"{shared}enum {{\n{places}    KERNEL_COUNT,\n    ROW_{fused} = KERNEL_COUNT\n}};\n"
    arities = f"\nenum {{\n{arities}    ARITY_{fused} = {operands}\n}};\n"
    return f"{places}{arities}\n#define METHODS{methods}\n\n#define OPERATORS{operators}\n\n#define ROWS{each}\n\n#define KINDS{kinds}\n"


def _kinds() -> Iterator[tuple[str, int, int, int]]:
    """Instructions of the rows that are quick, and of what a tape writes as one: what they carry on, want, and reach first."""
    quick = [(op.name, op.arity) for op in OPS.values() if op.prec not in (CALL, POW)]
    for name, arity in (*quick, FUSED):
        for carried, wanted in product(range(arity + 1), range(1, 2**arity)):
            yield from [(name, carried, wanted, fresh) for fresh in range(2**arity) if fresh | wanted == wanted]


def kernels() -> str:
    """kernels.h: every row's value and partial derivatives as functions in C, and the table of them."""
    declared = [f"static inline double value_{op.name}({_parameters(op)});" for op in OPS.values()]
    table = [f'    {{"{op.name}", {op.arity}, kernel_{op.name}, partials_{op.name}}},' for op in OPS.values()]
    kind = "typedef struct {\n    const char *name;\n    int arity;\n    double (*value)(const double *x);\n"
    kind += "    void (*partials)(double y, const double *x, unsigned wanted, double *partials); /* wanted: a bit for each */\n} Kernel;\n"
    functions = [line for op in OPS.values() for line in _functions(op)]
    return "\n".join(["#include <math.h>", "", *declared, "", *functions, kind, "static const Kernel KERNELS[] = {", *table, "};", ""])


def _functions(op: Op) -> list[str]:
    """The row's functions, of its operands one by one and of an array of them."""
    operands = ", ".join(f"x[{i}]" for i in range(op.arity))
    unpack = " ".join(f"double x{i} = x[{i}]; (void)x{i};" for i in range(op.arity))
    asked = " ".join(f"if (wanted & {1 << i}) {{ {partial(op, i, f'partials[{i}] =')} }}" for i in range(op.arity))
    return [
        f"static inline double value_{op.name}({_parameters(op)}) {{ {value(op)} }}",
        f"static inline double kernel_{op.name}(const double *x) {{ return value_{op.name}({operands}); }}",
        f"static inline void partials_{op.name}(double y, const double *x, unsigned wanted, double *partials) "
        f"{{ (void)y; {unpack} {asked} }}",
        "",
    ]


def _parameters(op: Op) -> str:
    return ", ".join(f"double x{i}" for i in range(op.arity))


def value(op: Op) -> str:
    """The row's value in C over x0, x1, …

    >>> from autograd import ops
    >>> value(ops.mul), value(ops.pow_), value(ops.where)
    ('return (x0 * x1);', 'return pow(x0, x1);', 'return (x0 != 0.0 ? x1 : x2);')
    """
    traced = value_rule(op)
    if traced is not None:
        return _statements(traced, "return")
    names = [f"x{i}" for i in range(op.arity)]
    if isinstance(op.fn, BuiltinFunctionType):
        return f"return {'fabs' if op.fn is abs else op.fn.__name__}({', '.join(names)});"
    return f"return {chosen(branches(op.fn, names), '({0} ? {1} : {2})')};"


def partial(op: Op, i: int, result: str) -> str:
    """The row's partial derivative in C over y, x0, x1, …, assigned to ``result``.

    >>> from autograd import ops
    >>> partial(ops.mul, 0, "p ="), partial(ops.relu, 0, "p =")
    ('p = x1;', 'p = value_step(x0);')
    >>> partial(ops.exp, 0, "p ="), partial(ops.tanh, 0, "p =")[:63]
    ('p = y;', 'double t0 = (0.7 - value_abs(x0)); double t3; if (!(t0 <= 0.0) ')
    """
    return _statements(partial_rule(op, i), result)


def _statements(formula: Formula, result: str) -> str:
    """A subexpression is computed once, and of a ``where`` only the side that is taken."""
    lines: list[str] = []
    writer = _Writer([formula], _template, number, _WHERE)
    code = writer.text(writer.roots[0], {}, lines)
    return " ".join([*lines, f"{result} {code};"])


_WHERE = "({0} != 0.0 ? {1} : {2})", "(!({zero}) ? {1} : {2})"


def _template(op: Op) -> str:
    if op.prec in (CALL, POW):
        return f"value_{op.name}({', '.join(f'{{{i}}}' for i in range(op.arity))})"
    return f"({op.text})"


class _Writer(Shared):
    def text(self, node: int, known: dict[int, str], lines: list[str]) -> str:
        """The node as an expression, after the lines that it needs; ``known`` learns the names they give."""
        template, args = self.parts[node]
        if node in known or not args:
            return known.get(node, template)
        operands = [self.text(args[0], known, lines)]
        if template not in self.choices:
            operands += [self.text(arg, known, lines) for arg in args[1:]]
            code = template.format(*operands)
        else:
            code = self._branches(template, operands[0], args, known, lines)
        if self.uses[node] < 2:
            return code
        known[node] = self.name()
        lines.append(f"double {known[node]} = {code};")
        return known[node]

    def _branches(self, template: str, condition: str, args: tuple[int, ...], known: dict[int, str], lines: list[str]) -> str:
        sides: list[tuple[list[str], str]] = []
        for arg in args[1:]:
            own: list[str] = []
            sides.append((own, self.text(arg, dict(known), own)))
        (first, then), (second, otherwise) = sides
        if not first and not second:
            return template.format(condition, then, otherwise)
        result = self.name()
        asked = template.format(condition, 1, 0)
        lines.append(
            f"double {result}; if {asked} {{ {' '.join([*first, f'{result} = {then};'])} }} "
            f"else {{ {' '.join([*second, f'{result} = {otherwise};'])} }}"
        )
        return result
