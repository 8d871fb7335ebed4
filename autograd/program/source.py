"""The two passes as one piece of Python: functions that a person could have written, and what compiles them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from ..op import Op
from .backward import Backward
from .columns import Floats, Ints
from .elementwise import FUNCTIONS, elementwise
from .forward import Forward
from .lifting import Lifted

_TEXT = '''\
{arrays}def forward({arguments}):
    """{forward_says}"""
    {forward}
    return {outputs}, ({saved})


def backward(seed, saved):
    """{backward_says}"""
    {backward}
    return {gradient}
'''


class Source:
    """The code of a lifted graph. ``each`` makes the form whose backward pass keeps the samples apart."""

    def __init__(self, lifted: Lifted, *, each: bool = False) -> None:
        forward = Forward(lifted)
        reader = forward.reader
        if any(block.needs for place in lifted.places(lifted.roots[:1]) for block in [lifted.blocks[place]]):
            back = Backward(forward, each=each).lines
        else:
            back = [f"g = np.zeros(({len(lifted.nodes_of('parameters'))}, {'n' if each else 1}))"]
        made = [line.partition(" = ")[0] for line in forward.lines if re.match(r"\w+ = ", line)]
        words = set(re.findall(r"\w+", "\n".join(back)))
        saved = [name for name in dict.fromkeys(["n", *forward.inputs, forward.theta, *made]) if name in words]
        mentions = any(re.search(r"\bn\b", line) for line in (*forward.lines, forward.roots)) or "n" in saved
        words |= set(re.findall(r"\w+", "\n".join((*forward.lines, forward.roots))))
        given = [_described(name, array) for name, array in reader.scope.items() if name in words]
        given += [f"{name}: {_said(row, i)}" for name, (row, i) in reader.functions.items()]
        self.text = _TEXT.format(
            arrays="".join(f"# {line}\n" for line in given) + "\n\n" * bool(given),
            arguments=", ".join([forward.theta, *forward.inputs]),
            forward_says="Outputs by row, one column a sample, and what the backward pass needs.",
            forward="\n    ".join([forward.n] * mentions + forward.lines),
            outputs=forward.roots,
            saved=", ".join(saved) + "," * (len(saved) == 1),
            backward_says="The gradient of every sample." if each else "The gradient of seed times the sum over the samples.",
            backward="\n    ".join([f"{', '.join(saved)}{',' * (len(saved) == 1)} = saved"] * bool(saved) + back),
            gradient="g.T" if each else "g[:, 0]",
        )
        self._arrays, self._functions = reader.scope, reader.functions

    def compiled(self, **library: Any) -> dict[str, Any]:
        """What the code defines; a ``library`` stands in for NumPy, as ``np``, and the functions that it lacks."""
        own = {name: elementwise(*it, **library) for name, it in self._functions.items()}
        scope: dict[str, Any] = {"np": np, **FUNCTIONS, **own, **self._arrays, **library}
        exec(compile(self.text, "<program>", "exec"), scope)
        return scope

    @cached_property
    def functions(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """The forward and the backward pass over NumPy."""
        made = self.compiled()
        return made["forward"], made["backward"]


def _said(row: Op, i: int | None) -> str:
    """What a function is that the code calls."""
    if i is None:
        return f"the {'custom ' * row.unlisted}operation {row.name}, element by element"
    return f"the derivative of {row.name} by {row.operands[i]}, from the result and the operands"


def _described(name: str, array: Ints | Floats) -> str:
    """An array that the code refers to, in one line."""
    few = array.ravel()[:8].tolist()
    shape = " × ".join(map(str, array.shape))
    return f"{name}: {shape} {'numbers' if array.dtype.kind == 'f' else 'rows'}, {', '.join(map(repr, few))}{', …' * (array.size > 8)}"
