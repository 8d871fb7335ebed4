"""``trace``: run a function once on fresh Values, or take a graph that is there, and make it a program."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set, ValuesView
from keyword import iskeyword
from operator import attrgetter
from typing import Any

import numpy as np

from ..graph import topological
from ..guards import refuse_unknown, refuse_unseen
from ..modes import QUIET, mode, nested
from ..op import describe
from ..operands import number
from ..sweep import Handle, forgets
from ..transforms.trees import flatten
from ..value import Value
from ..watching import watched
from . import exacting
from .columns import columns
from .guards import placed
from .program import Argument, Program


def trace(f: Any, inputs: Any = (), parameters: Any = None) -> Program:
    """A program that does for every sample of a batch what ``f`` does for one.

    ``f`` is a function, called once, so that what it draws at random stays as it was drawn, with Values shaped like the example in
    ``inputs``: a number, or nested lists or an array of numbers; a tuple is several arguments. Or ``f`` is what was recorded already, a
    Value or nested lists of them, and ``inputs`` are the Values that are to vary.
    ``parameters`` are Values and objects with ``.parameters()``, nested in lists, dicts and arrays as one likes, in that order;
    None takes every other leaf, as the graph comes by them from left to right: ``program.names`` says in which order. A leaf that the
    function makes itself, as the start of a sum, is a constant.

    >>> from autograd import Value
    >>> w = Value(3.0)
    >>> program = trace(lambda x: (w * x[0] - x[1]) ** 2, inputs=[1.0, 2.0], parameters=[w])
    >>> program([[1.0, 1.0], [2.0, 0.0]])
    array([ 4., 36.])
    >>> loss, gradient = program.value_and_grad([[1.0, 1.0], [2.0, 0.0]])
    >>> loss, gradient
    (20.0, array([14.]))

    Raises ValueError for a leaf that is neither input nor parameter, for shapes that are not rectangular, for hooks, and where detach,
    no_grad, stop_gradient, a copy, or a number that is read (``x.data``) would keep that of the example; TypeError for what is no number;
    BranchError for what was recorded already with operands that Python compared. Comparisons of what is not in such a graph are known to
    nobody: where they decided something, give the function.

    A sum of products is added in the order of a matrix product, whose rounding is another: up to 1e-12 of its largest term. Where it
    cancels to nothing but that rounding, what is decided by its sign (a comparison, a step) may differ with the size of the batch.
    Numbers that a function reads as ``primals``, ``partials``, ``hash(x)`` or as text (``f"{x}"``), and those of parameters that it has
    another thread read, stay those of the example, and nobody notices. Where an intermediate value is infinite on a side that is not
    chosen, a derivative that the function takes itself is NaN: choose before, as in exp(minimum(x, 700)).
    """
    if mode() & QUIET:
        raise ValueError("nothing is recorded inside no_grad(), and trace records a graph: call it outside")
    if nested():
        raise ValueError(
            "a program is no function to differentiate, and trace was called inside a transform (grad, jvp, …): call it outside"
        )
    examples = inputs if isinstance(inputs, tuple) else (inputs,)
    if callable(f):
        names = _argument_names(f, len(examples))
        fresh = [_Tree(example, f"the example of {name}", name) for name, example in zip(names, examples, strict=True)]
        for tree in fresh:
            tree.leaves = [Value(number(leaf, tree.what), name=name) for leaf, name in zip(tree.leaves, tree.names, strict=True)]
        with watched(leaf for tree in fresh for leaf in tree.leaves) as watch:
            outcome = _called(f, fresh)
        guards, made = list(watch.guards), set(watch.made)
    else:
        names = [f"x_{i}" if i else "x" for i in range(len(examples))]
        fresh = [_Tree(example, f"inputs[{i}]") for i, example in enumerate(examples)]
        watch, guards, made, outcome = None, [], set(), f
    output = _Tree(outcome, "the output")
    for tree in (*fresh, output):
        for leaf in tree.leaves:
            if not isinstance(leaf, Value):
                raise TypeError(f"{tree.what} is to hold Values, not {describe(leaf)}" + _ADVICE * (tree is output))
    given = [leaf for tree in fresh for leaf in tree.leaves]
    checked, compared = placed(guards, len(output.leaves))
    roots = [*output.leaves, *compared]
    order = topological(*roots)
    if watch is None:
        refuse_unknown(order, "trace the function, which records what it compares on its way")
    learnt = _parameters(parameters, order, [*given, *made])
    if watch is not None:
        refuse_unseen(order, given, watch, () if parameters is None else learnt)
    made.difference_update(learnt)
    constants = [value for value in order if value in made] if made else []
    hooked = (value for value in order if getattr(value, "_hooks", None) and not forgets(value)) if Handle.ever else ()
    for value in hooked:
        raise ValueError(f"{value!r} has a hook, and a program runs none: remove it, or change the gradient that the program gives")
    for value in filter(attrgetter("op"), [*given, *learnt]):
        raise ValueError(f"inputs and parameters are leaves of the graph, and {value!r} is the result of {value.op.name}")
    if len(set(given + learnt)) < len(given) + len(learnt):
        twice = next(value for value, times in Counter(given + learnt).items() if times > 1)
        raise ValueError(f"{twice!r} is given twice among the inputs and parameters")
    arguments = [Argument(name, tree.shape) for name, tree in zip(names, fresh, strict=True) if tree.leaves]
    table = exacting.rooted(columns(order, roots, given, learnt, constants))
    return Program(table, arguments, output.shape, checked, learnt)


def _called(f: Callable[..., Any], examples: list[_Tree]) -> Any:
    """The function of its examples; what it raises says that they are one sample."""
    try:
        return f(*[tree.filled() for tree in examples])
    except Exception as error:
        shapes = " and ".join(f"{tree.what} is {'×'.join(map(str, tree.shape)) or 'one number'}" for tree in examples)
        error.add_note(f"trace was recording the function for one sample{f': {shapes}' if shapes else ''}")
        raise


_ADVICE = ": a program's outputs depend on its inputs or parameters"


class _Tree:
    """Nested lists, tuples or an array, as a flat list of leaves and a shape."""

    def __init__(self, tree: Any, what: str, name: str = "") -> None:
        self.tree, self.what = tree, what
        self.leaves: list[Any] = []
        self.names: list[str] = []  # x[0][1], say, where it is to go by the name of x
        self.shape = self._walk(tree, name)

    def _walk(self, tree: Any, name: str) -> tuple[int, ...]:
        if isinstance(tree, Mapping):
            instead = "make an argument of each entry" if name else "give its entries as a list"
            raise TypeError(f"{self.what} is a {type(tree).__name__}, and is to be a number, nested lists or an array: {instead}")
        if isinstance(tree, Value) or not (isinstance(tree, list | tuple) or (isinstance(tree, np.ndarray) and tree.ndim)):
            self.leaves.append(tree.item() if isinstance(tree, np.ndarray) else tree)
            self.names.append(name)
            return ()
        shapes = [self._walk(branch, f"{name}[{i}]") for i, branch in enumerate(tree)]
        if any(shape != shapes[0] for shape in shapes):
            raise ValueError(f"{self.what} is not rectangular: it holds parts of the shapes {', '.join(map(str, dict.fromkeys(shapes)))}")
        return (len(shapes), *(shapes[0] if shapes else ()))

    def filled(self) -> Any:
        """The tree again, of the same kind, with the leaves that stand in the list now."""
        return _fill(self.tree, iter(self.leaves))


def _fill(tree: Any, leaves: Iterator[Any]) -> Any:
    if isinstance(tree, list | tuple):
        return [_fill(branch, leaves) for branch in tree]
    if isinstance(tree, np.ndarray) and tree.ndim:
        array = np.empty(tree.shape, dtype=object)
        array.ravel()[:] = [next(leaves) for _ in range(array.size)]
        return array
    return next(leaves)


def _parameters(parameters: Any, order: Sequence[Value], inputs: list[Value]) -> list[Value]:
    if parameters is None:
        known = set(inputs)
        return [value for value in order if value.op is None and value not in known]
    if isinstance(parameters, Iterator | ValuesView | Set):
        parameters = list(parameters)
    leaves = flatten(parameters)[0]
    if {Value}.issuperset(map(type, leaves)):
        return leaves
    found: list[Any] = []
    for leaf in leaves:
        found += leaf.parameters() if hasattr(leaf, "parameters") else [leaf]
    for value in found:
        if not isinstance(value, Value):
            raise TypeError(f"parameters are Values, trees of them, or objects with .parameters(), not {describe(value)}")
    return found


def _argument_names(f: Callable[..., Any], count: int) -> list[str]:
    """The names of a function's arguments, as far as they can be had."""
    try:
        own = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        own = []
    named = [p.name for p in own if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and not iskeyword(p.name)]
    return [named[i] if i < len(named) else f"x_{i}" if i else "x" for i in range(count)]
