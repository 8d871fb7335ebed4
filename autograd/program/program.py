"""Program: a recorded graph that runs for whole batches, and gives gradients to its parameters."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from ..value import Value
from .columns import Columns, Floats, distinct
from .guards import Guard, verify
from .lifting import Lifted
from .source import Source
from .tape import Tape
from .terms import flatten

Reduce = Literal["mean", "sum"] | None


@dataclass(frozen=True)
class Argument:
    """An argument of a program: its name, and the shape of one sample."""

    name: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many numbers one sample has."""
        return math.prod(self.shape)


class Program:
    """A recorded graph, for batches; `trace` makes one.

    ``program(X, …)`` gives the outputs, ``program.value_and_grad(X, …)`` the loss and the parameters' gradient. Arrays
    have one sample a row. The results are those of recording the function for every sample, up to rounding; the same
    call gives the same bits. ``plan`` says what was found in the graph, ``source`` is the code that runs.
    """

    def __init__(
        self, table: Columns, arguments: Sequence[Argument], shape: tuple[int, ...], guards: Sequence[Guard], values: Sequence[Value]
    ) -> None:
        self._table, self._arguments, self._shape, self._guards = table, tuple(arguments), shape, tuple(guards)
        self._values: tuple[Value, ...] | None = tuple(values)
        self._numbers = table.numbers[table.inputs : table.inputs + table.parameters]
        self._lock = threading.RLock()

    def __repr__(self) -> str:
        inputs = ", ".join(f"{a.name}: {'×'.join(map(str, a.shape)) or 'a number'}" for a in self._arguments)
        return f"Program({inputs or 'no inputs'}; {self._table.parameters} parameters, {len(self._table)} scalar nodes)"

    # ---- running ----

    def __call__(self, *inputs: Any, parameters: Any = None) -> Any:
        """The outputs for a batch, of shape (n, *output); without inputs, of the output's own shape.

        Raises ValueError when shapes do not fit, BranchError for a sample that takes another branch, DomainError
        where the engine would.
        """
        columns, n = self._columns(inputs)
        theta = self._theta(parameters)
        with np.errstate(all="ignore"):
            rows = self._forward(theta[:, None], *columns)[0]
            self._verify(rows, n)
        size = math.prod(self._shape)
        outputs = rows[:size]
        if not np.isfinite(outputs).all():
            outputs = self._tape.run(self._flat(columns, n), theta, gradients=False)[0].T[:size]
        outputs = np.array(np.broadcast_to(outputs, (size, n)).T).reshape(n, *self._shape)
        return outputs if self._arguments else outputs[0]

    def value_and_grad(self, *inputs: Any, reduce: Reduce = "mean", parameters: Any = None) -> tuple[Any, Floats]:
        """The loss over a batch and its gradient, a vector in the order of the parameters.

        ``reduce`` is "mean" or "sum" over the samples, or None for each sample's own: then (n,) losses and (n, parameters)
        gradients. ``parameters`` are the numbers to take; None takes the Values' own. Raises as calling the program does.
        """
        if reduce not in ("mean", "sum", None):
            raise ValueError(f"reduce is 'mean', 'sum' or None (each sample's own), not {reduce!r}")
        if self._shape:
            raise ValueError(f"a gradient is that of one number, and this program's output has the shape {self._shape}")
        columns, n = self._columns(inputs)
        theta = self._theta(parameters)
        seed = 1.0 / n if reduce == "mean" else 1.0
        forward, backward = self._each.functions if reduce is None else self._functions
        with np.errstate(all="ignore"):
            rows, saved = forward(theta[:, None], *columns)
            if self._guards:
                self._verify(rows, n)
            gradient = backward(seed, saved)
            loss = np.array(np.broadcast_to(rows[0], (n,))) if reduce is None else seed * float(rows[0].sum()) * (n // rows.shape[1])
            settled = np.isfinite(gradient).all() and np.isfinite(loss).all() if reduce is None else math.isfinite(loss + gradient @ gradient)
        if not settled:
            losses, gradient = self._tape.run(self._flat(columns, n), theta, gradients=True)
            loss = losses[:, 0]
            if reduce is not None:
                loss, gradient = float(loss.sum() * seed), gradient.sum(axis=0) * seed
        return loss, gradient

    def backward(self, *inputs: Any, reduce: Literal["mean", "sum"] = "mean") -> float:
        """Add the gradients to the parameters' ``grad``, as ``Value.backward`` does; returns the loss."""
        values = self._own()
        loss, gradient = self.value_and_grad(*inputs, reduce=reduce)
        for value, slope in zip(values, gradient.tolist(), strict=True):
            value.grad += slope
        return loss  # type: ignore[no-any-return]

    # ---- parameters ----

    @property
    def parameters(self) -> Floats:
        """The parameters' numbers as a new vector; what is assigned is written back into the Values."""
        if self._values is None:
            return self._numbers.copy()
        return np.array([value.data for value in self._values], dtype=np.float64)

    @parameters.setter
    def parameters(self, numbers: Any) -> None:
        values = self._own()
        for value, x in zip(values, self._theta(numbers).tolist(), strict=True):
            value.data = x

    def _own(self) -> tuple[Value, ...]:
        if self._values is None:
            raise ValueError("this program was unpickled, and has the parameters' numbers but not their Values: pass parameters=, or trace again")
        return self._values

    def _theta(self, numbers: Any) -> Floats:
        if numbers is None:
            return self.parameters
        theta = np.asarray(numbers, dtype=np.float64)
        if theta.shape != (self._table.parameters,):
            raise ValueError(f"parameters is a vector of {self._table.parameters} numbers, not an array of shape {theta.shape}")
        return theta

    # ---- inputs ----

    def _columns(self, inputs: tuple[Any, ...]) -> tuple[list[Floats], int]:
        """Every argument as (numbers of a sample, samples), and how many samples there are."""
        if len(inputs) != len(self._arguments):
            names = ", ".join(argument.name for argument in self._arguments)
            raise TypeError(f"this program takes {len(self._arguments)} argument(s) ({names}), got {len(inputs)}")
        columns, n = [], 1
        for i, (argument, given) in enumerate(zip(self._arguments, inputs, strict=True)):
            array = np.asarray(given, dtype=np.float64)
            shape = array.shape
            if not shape or shape[1:] != argument.shape:
                expected = ", ".join(map(str, ("n", *argument.shape)))
                raise ValueError(f"{argument.name} has the shape ({expected}), one row a sample, not {shape}")
            if i and shape[0] != n:
                raise ValueError(f"{argument.name} has {shape[0]} samples and {self._arguments[0].name} has {n}")
            n = shape[0]
            if not n:
                raise ValueError(f"{argument.name} has no samples")
            columns.append(array.T if array.ndim == 2 else array.reshape(n, argument.size).T)
        return columns, n

    @staticmethod
    def _flat(columns: Sequence[Floats], n: int) -> Floats:
        return np.concatenate(columns).T if columns else np.empty((n, 0))

    def _verify(self, rows: Floats, n: int) -> None:
        verify(self._guards, np.broadcast_to(rows, (len(rows), n)))

    # ---- planning, once ----

    @cached_property
    def _lifted(self) -> Lifted:
        return Lifted(flatten(*distinct(self._table)), [(argument.name, argument.size) for argument in self._arguments])

    @cached_property
    def _plain(self) -> Source:
        return Source(self._lifted)

    @cached_property
    def _each(self) -> Source:
        return Source(self._lifted, each=True)

    @cached_property
    def _functions(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        with self._lock:
            return self._plain.functions

    @property
    def _forward(self) -> Callable[..., Any]:
        return self._functions[0]

    @cached_property
    def _tape(self) -> Tape:
        return Tape(self._table)

    @property
    def source(self) -> str:
        """The code that runs a batch: the forward and the backward pass."""
        return self._plain.text
