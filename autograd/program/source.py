"""The two passes as one piece of Python: functions that a person could have written, and what compiles them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from textwrap import fill
from typing import Any

import numpy as np

from ..op import Op
from .backward import Backward
from .columns import Floats, Ints
from .elementwise import FUNCTIONS, elementwise
from .forward import Forward
from .lifting import Lifted

_FORWARD = '''\
{arrays}def forward({arguments}):
    """{says}"""
    {lines}
    return {outputs}, {saved}
'''
_BACKWARD = '''\


def backward(seed, saved):
    """{says}"""
    {lines}
    return {gradient}
'''
_WIDTH = 100  # of a list of names


class Source:
    """The code of a lifted graph. ``each`` makes the form whose ``backward`` pass keeps the samples apart."""

    def __init__(self, lifted: Lifted, *, each: bool, backward: bool) -> None:
        forward = Forward(lifted)
        reader, back = forward.reader, _backward(forward, each) if backward else []
        made = [line.partition(" = ")[0] for line in forward.lines if re.match(r"\w+ = ", line)]
        words = set(re.findall(r"\w+", "\n".join(back)))
        saved = [name for name in dict.fromkeys(["n", *forward.inputs, forward.theta, *made]) if name in words]
        mentions = any(re.search(r"\bn\b", line) for line in (*forward.lines, forward.roots)) or "n" in saved
        words |= set(re.findall(r"\w+", "\n".join((*forward.lines, forward.roots))))
        given = [_described(name, array) for name, array in reader.scope.items() if name in words]
        given += [f"{name}: {_said(row, i)}" for name, (row, i) in reader.functions.items()]
        self.text = _FORWARD.format(
            arrays="".join(f"# {line}\n" for line in given) + "\n\n" * bool(given),
            arguments=", ".join([forward.theta, *forward.inputs]),
            says=f"Outputs by row, one column a sample{', and what the backward pass needs' if backward else ''}.",
            lines="\n    ".join([forward.n] * mentions + forward.lines),
            outputs=forward.roots,
            saved=_tuple(saved),
        ).replace("    \n", "")
        if backward:
            self.text += _BACKWARD.format(
                says="The gradient of every sample." if each else "The gradient of seed times the sum over the samples.",
                lines="\n    ".join([f"{_tuple(saved, bare=True)} = saved"] * bool(saved) + back),
                gradient="g.T" if each else "g[:, 0]",
            )
        self._arrays, self._functions = reader.scope, reader.functions

    def compiled(self, **library: Any) -> dict[str, Any]:
        """What the code defines; a ``library`` stands in for NumPy, as ``np``, and the functions that it lacks."""
        own = {name: elementwise(*it, **library) for name, it in self._functions.items()}
        scope: dict[str, Any] = {"np": np, **FUNCTIONS, **own, **self._arrays, **library}
        exec(compile(self.text, "<program>", "exec"), scope)
        return scope

    @property
    def forward(self) -> Callable[..., Any]:
        """The forward pass over NumPy."""
        return self._made["forward"]  # type: ignore[no-any-return]

    @property
    def backward(self) -> Callable[..., Any]:
        """The backward pass over NumPy."""
        return self._made["backward"]  # type: ignore[no-any-return]

    @cached_property
    def _made(self) -> dict[str, Any]:
        return self.compiled()


def _backward(forward: Forward, each: bool) -> list[str]:
    lifted = forward.lifted
    if any(lifted.blocks[place].needs for place in lifted.places(lifted.roots[:1])):
        return Backward(forward, each=each).lines
    return [f"g = np.zeros(({len(lifted.nodes_of('parameters'))}, {'n' if each else 1}))"]


def _tuple(names: Sequence[str], *, bare: bool = False) -> str:
    """A tuple of names, over several lines where they are many."""
    text = ", ".join(names) + "," * (len(names) == 1)
    if len(text) > _WIDTH:
        return f"(\n{fill(text, _WIDTH, initial_indent=' ' * 8, subsequent_indent=' ' * 8)},\n    )"
    return text if bare else f"({text})"


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
