"""What a batch costs as arrays and by the tape: seconds, estimated from the formulas that are run.

Arrays cost by the call of NumPy and by the number, a tape by the operation and sample. A row's value and partial derivatives are so
many steps, some of them functions of the C library; what is constant is folded first, as in code. For a batch of n samples

    arrays ≈ 20 µs + calls · 0.5 µs + n · (numbers · 0.25 ns + functions · 0.7 ns + powers · 10 ns + multiplications · 0.045 ns)
    tape   ≈ 10 µs + n · (operations · 1.5 ns + functions · 3.5 ns + powers · 12 ns + other steps · 0.4 ns + parameters · 0.8 ns)
    point  ≈ 0.8 µs + operations · 2.4 ns + functions · 8.5 ns + powers · 10 ns

in C, the point being a tape's of a program without inputs, and n · operations · 0.9 µs in Python. A product and the sum that takes it
are one operation to the tape; of what stands in one of two branches the tape computes half, and a function that takes longer than an
exponential counts as so many. A multiplication takes 0.4 ns in a product of two matrices of every sample, a number 0.6 ns that is read
by its index and not in a row with others, as windows of a convolution are, and its gradient 0.7 ns; both 1.4 ns where they are the same
for all samples. Functions that NumPy computes one number at a time take arrays 8 ns, those that it lacks 14 ns, as do those in what
takes many steps, and those that somebody wrote in Python 1 µs. Fitted to programs from 25 to 17,000 operations at batches of 16 to
1,024, and to 25 of one point, of 200 to 270,000 operations.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from functools import cache

import numpy as np

from .. import native, ops
from ..formula import Formula, bottom_up, evaluate
from ..kernels import partial_rule, value_rule
from ..op import CALL, POW, Op
from .blocks import Block, Given, Map, Product, Sum
from .columns import ADD, MUL, PARAMETER, ROWS, Columns, Ints, heaviest
from .elementwise import formula, has_kernel
from .lifting import Lifted
from .printing import MISSING, expanded
from .reading import matrix, pattern
from .sorting import Constants, different, kinds

CALL_OF_ARRAYS, NUMPY = 20e-6, 0.5e-6  # of a batch, and of each call for it
NUMBER, FUNCTION, POWER, LACKING, MULTIPLICATION = 0.25e-9, 0.7e-9, 10e-9, 14e-9 if native.engine else 50e-9, 0.045e-9
PAIRED, EINSUM = 0.4e-9, 5  # of a multiplication in a product of matrices of every sample; its calls are as long as so many others
GATHERED, SCATTERED, INDEXED = 0.6e-9, 0.7e-9, 5  # of a number that is read by an index, and its gradient; and likewise its calls
INDEXED_ONCE, CALL_ONCE = 1.4e-9, 3  # of such a number, or gradient, that is the same for all samples; and its calls
KERNEL_STEP = 0.02  # of a function that NumPy lacks
OWN = 1e-6  # of a function that somebody wrote in Python
START, OPERATION, PYTHON = 10e-6, 1.5e-9, 0.9e-6  # of a tape
REPLAYED_FUNCTION, REPLAYED_POWER, REPLAYED_STEP, REPLAYED_PARAMETER = 3.5e-9, 12e-9, 0.4e-9, 0.8e-9
POINT, POINTS_OPERATION, POINTS_FUNCTION, POINTS_POWER = 0.8e-6, 2.4e-9, 8.5e-9, 10e-9  # of a tape that has one sample
_CALLS = {Product: 3, Sum: 3, Map: 3, Given: 0}  # forward and backward together, beside the steps of a Map's formulas


@dataclass(frozen=True)
class Cost:
    """Estimated seconds: ``fixed`` a call, and ``sample`` for every sample."""

    fixed: float
    sample: float


@dataclass(frozen=True)
class Work:
    """How many steps an operation and its partial derivatives are, and how many of them functions, powers, and functions NumPy lacks."""

    steps: float = 0.0
    functions: float = 0.0
    powers: float = 0.0
    lacking: float = 0.0

    @property
    def seconds(self) -> float:
        """What arrays take for a number."""
        return NUMBER * self.steps + FUNCTION * self.functions + POWER * self.powers + LACKING * self.lacking


@cache
def work(row: Op, constants: Constants, wanted: tuple[bool, ...], *, branching: bool) -> Work:
    """The work of a row of the table, whose ``wanted`` operands get a gradient; ``branching`` computes the branch that is taken alone."""
    y, xs = Formula.symbol("y"), [Formula.symbol(f"x{i}") if x is None else Formula.constant(x) for i, x in enumerate(constants)]
    known = {f"x{i}": x for i, x in enumerate(xs)} | {"y": y}
    traced = value_rule(row)
    written: list[Formula] = []
    kernels: list[Formula] = []
    for i in (None, *[i for i, want in enumerate(wanted) if want]):
        found = formula(row, i, y, xs)
        if not branching and not has_kernel(found):
            written.append(found)
            continue
        rule = traced if i is None else partial_rule(row, i)
        found = Formula._new(row, tuple(xs), "", None) if rule is None else evaluate(rule, known.__getitem__)
        if isinstance(found, Formula):
            kernels.append(expanded(found))
    taken = _counted(kernels, branching=True)
    if branching:
        return taken
    steps = _counted(written, branching=False)
    each = taken.functions + taken.lacking + KERNEL_STEP * taken.steps
    return Work(steps.steps + len(kernels), steps.functions, steps.powers + taken.powers, steps.lacking + each)


def _counted(rules: Sequence[Formula], *, branching: bool) -> Work:
    """The work of these formulas together, what occurs twice once; ``branching`` takes each of two branches half the time."""
    weights: dict[str, tuple[Formula, float]] = {}
    waiting = [(rule, 1.0) for rule in rules]
    while waiting:
        node, weight = waiting.pop()
        if node.op is not None and (node.code not in weights or weights[node.code][1] < weight):
            weights[node.code] = node, weight
            branch = weight / 2 if branching and node.op is ops.where else weight
            waiting += [(arg, branch if i else weight) for i, arg in enumerate(node.args)]
    found = [(op, node, weight) for node, weight in weights.values() if (op := node.op) is not None]
    return Work(
        sum(weight for *_, weight in found),
        sum(weight * (op.cost if branching else op.numpy_cost) for op, _, weight in found if _calls_the_library(op)),
        sum(weight for op, node, weight in found if op.prec == POW and (branching or node.args[1].number != 2)),  # NumPy multiplies
        sum(weight for op, _, weight in found if op.name in MISSING),
    )


@cache
def _calls_the_library(row: Op) -> bool:
    """Whether the row is a function of the C library that takes its time, or made of such."""
    if row.prec != CALL or row.name in MISSING:
        return False
    traced = value_rule(row)
    if traced is None:
        return row.fn.__module__ == "math"
    return any(node.op is not None and node.op is not row and _calls_the_library(node.op) for node in bottom_up(traced))


def tape(table: Columns, point: bool = False) -> Cost:
    """The cost of replaying a graph without repeated operations: for each sample of a batch, or for the one ``point`` that there is."""
    made = np.flatnonzero(table.codes >= 0)
    start = POINT if point else START
    if native.engine is None or table.own:
        return Cost(start, PYTHON * len(made))
    found = _functions(table, made)
    operations = len(made) - _fused(table)
    if point:
        functions = POINTS_FUNCTION * (found.functions + found.lacking) + POINTS_POWER * found.powers
        return Cost(start, POINTS_OPERATION * operations + functions)
    steps = OPERATION * operations + REPLAYED_STEP * found.steps + REPLAYED_PARAMETER * table.parameters
    return Cost(start, steps + REPLAYED_FUNCTION * (found.functions + found.lacking) + REPLAYED_POWER * found.powers)


def _functions(table: Columns, made: Ints) -> Work:
    """The work of all functions and powers among the operations that are ``made``."""
    needs = np.append(heaviest(table.codes == PARAMETER, table.args) > 0, False)  # the last is the padding's
    exacting = made[np.isin(table.codes[made], [code for code, row in enumerate(ROWS) if row.prec in (CALL, POW)])]
    total = np.zeros(4)
    for row, constants, members in kinds(table, exacting, *needs[table.args[exacting]].T):
        each = work(row, constants, tuple(needs[table.args[members[0], : row.arity]].tolist()), branching=True)
        total += len(members) * np.array(astuple(each))
    return Work(*total.tolist())


def _fused(table: Columns) -> int:
    """How many sums are one instruction with the product before them, as the native tape has it."""
    uses = np.bincount(table.args.ravel() + 1, minlength=len(table) + 1)[1:]
    uses[table.roots] += 2
    alone = (table.codes[:-1] == MUL) & (uses[:-1] == 1) & (table.codes[1:] == ADD)
    read = (table.args[1:, :2] == np.arange(len(table) - 1)[:, None]).any(axis=1)
    return int((alone & read).sum())


def arrays(lifted: Lifted) -> Cost:
    """The cost of running blocks."""
    calls, same, each = 0.0, 0.0, 0.0
    for block in lifted.blocks:
        more, seconds = _block(lifted, block)
        calls += _CALLS[type(block)] + more
        same, each = (same, each + seconds) if block.varying else (same + seconds, each)
        if isinstance(block, Product):
            multiplications = float(3 * block.filters.size * block.windows.shape[2])  # forward, and twice backward
            each += multiplications * (PAIRED if block.paired else MULTIPLICATION)
            calls += 3 * EINSUM * block.paired
    more, once, seconds = _indexed(lifted)
    return Cost(CALL_OF_ARRAYS + NUMPY * (calls + more) + same + once, each + seconds)


def _indexed(lifted: Lifted) -> tuple[float, float, float]:
    """The calls that read rows by their index, and give gradients to them, and the seconds that these take, once and for each sample."""
    calls, same, each, known = 0.0, 0.0, 0.0, set[bytes]()
    for block in lifted.blocks:
        for reads in block.operands:
            found = [lifted.blocks[place] for place in different(lifted.places(reads))]
            if len(found) == 1 and _in_a_row(reads - found[0].start, found[0], block):
                continue
            new, needed = reads.tobytes() not in known, any(other.needs for other in found)
            known.add(reads.tobytes())
            if any(other.varying for other in found):
                calls += INDEXED * (new + needed)
                each += (GATHERED * new + SCATTERED * needed) * len(reads)
            else:
                calls += CALL_ONCE * (new + needed)
                same += INDEXED_ONCE * (new + needed) * len(reads)
    return calls, same, each


def _in_a_row(rows: Ints, block: Block, reader: Block) -> bool:
    """Whether these rows of a block are one, a slice, constants, or a view as a matrix that a product takes."""
    if (rows == rows[0]).all() or pattern(rows) is not None or (isinstance(block, Given) and block.kind == "constants"):
        return True
    shape = reader.filters.shape if isinstance(reader, Product) else ()
    return math.prod(shape) == len(rows) and shape[0] == 1 and matrix(rows.reshape(shape[1:]), block.rows) is not None


def _block(lifted: Lifted, block: Block) -> tuple[float, float]:
    """The calls that a block takes beside those of its kind, and the seconds that its numbers take for one sample."""
    found, own = Work(), 0.0
    if isinstance(block, Map) and block.op.unlisted:
        own = OWN * (1 + block.op.arity)
    elif isinstance(block, Map):
        operands = [lifted.block(reads[0]) for reads in block.reads]
        constants = tuple([_constant(lifted, reads) for reads in block.reads])
        found = work(block.op, constants, tuple([operand.needs for operand in operands]), branching=False)
    return found.steps, block.rows * (NUMBER * _CALLS[type(block)] + found.seconds + own)


def _constant(lifted: Lifted, reads: Ints) -> float | None:
    block = lifted.block(reads[0])
    numbers = lifted.graph.table.numbers[lifted.nodes[reads]]
    return float(numbers[0]) if isinstance(block, Given) and block.kind == "constants" and (numbers == numbers[0]).all() else None
