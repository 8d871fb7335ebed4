"""Program: a recorded graph that runs for whole batches, and gives gradients to its parameters."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from ..guards import Guard
from ..modes import modes
from ..operands import number
from ..value import Value
from .anomalies import refuse_gradient, refuse_outputs, watching
from .columns import Columns, Floats
from .parameters import add_gradients, get_numbers, set_numbers
from .plan import Plan
from .running import Runner, Stretch, stretches
from .source import Source
from .tape import Tape

Reduce = Literal["mean", "sum"] | None
_OF_VALUES = "program.parameters has theirs as a vector, and they are taken where nothing is given"


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
        parameters = f"{self._table.parameters} parameter{'s' * (self._table.parameters != 1)}"
        return f"Program({inputs or 'no inputs'}; {parameters}, {len(self._table)} scalar nodes)"

    # ---- running ----

    def __call__(self, *inputs: Any, parameters: Any = None) -> Any:
        """The outputs for a batch, of shape (n, *output); without inputs, of the output's own shape.

        Raises ValueError when shapes do not fit, BranchError for a sample that takes another branch, DomainError
        where an operation that the outputs need has no value (what they do not need is not computed, as the logarithm is
        not in the derivative that is taken of it), AnomalyError inside ``with detect_anomaly():`` for an output that is infinite or NaN.
        """
        columns, n = self._columns(inputs)
        theta = self._theta(parameters)
        source = self._source if self._plan.writes(n) else None
        found = [self._runner.outputs(source, part, theta) for part in self._stretches(source, columns, n)]
        rows = found[0] if len(found) == 1 else np.concatenate(found, axis=1)
        outputs = np.array(rows[: math.prod(self._shape)].T).reshape(n, *self._shape)
        given = outputs if self._arguments else outputs[0]
        if modes and watching():
            refuse_outputs(given, batch=bool(inputs))
        return given

    def value_and_grad(self, *inputs: Any, reduce: Reduce = "mean", parameters: Any = None) -> tuple[Any, Floats]:
        """The loss over a batch and its gradient, a vector in the order of the parameters.

        ``reduce`` is "mean" or "sum" over the samples, or None for each sample's own: then (n,) losses and (n, parameters)
        gradients. ``parameters`` are the numbers to take; None takes the Values' own. Raises as calling the program does.
        """
        loss, gradient = self._gradients(inputs, reduce, parameters)
        if modes and watching():
            self(*inputs, parameters=parameters)  # which names the sample
            refuse_gradient(gradient, self.names)
        return loss, gradient

    def _gradients(self, inputs: tuple[Any, ...], reduce: Reduce, parameters: Any) -> tuple[Any, Floats]:
        if not inputs and reduce in ("mean", "sum") and (point := self._point) is not None:
            gradient = np.empty(self._table.parameters)
            value = point(parameters if type(parameters) is np.ndarray else self._theta(parameters), gradient)
            if not math.isnan(value):  # what is wrong otherwise is found below
                return value, gradient
        if reduce not in ("mean", "sum", None):
            raise ValueError(f"reduce is 'mean', 'sum' or None (each sample's own), not {reduce!r}")
        if self._shape:
            raise ValueError(f"a gradient is that of one number, and this program's output has the shape {self._shape}")
        columns, n = self._columns(inputs)
        theta = self._theta(parameters)
        seed = 1.0 / n if reduce == "mean" else 1.0
        each = reduce is None
        source = (self._source_of_each if each else self._source) if self._plan.writes(n) else None
        found = [self._runner.gradients(source, part, theta, seed, each=each) for part in self._stretches(source, columns, n)]
        if len(found) == 1:
            loss, gradient = found[0]
            return np.array(loss) if each else seed * loss, gradient
        losses, gradients = zip(*found, strict=True)
        if each:
            return np.concatenate(losses), np.concatenate(gradients)
        with np.errstate(all="ignore"):  # infinities of both signs have no sum, and NaN says so
            return seed * sum(losses), np.sum(gradients, axis=0)

    def _stretches(self, source: Source | None, columns: Sequence[Floats], n: int) -> list[Stretch]:
        return stretches(columns, n, n if source is None else self._plan.stretch)

    def backward(self, *inputs: Any, reduce: Literal["mean", "sum"] = "mean") -> float:
        """Add the gradients to the parameters' ``grad``, as ``Value.backward`` does; returns the loss. Raises as `value_and_grad` does."""
        values = self._own()
        if reduce not in ("mean", "sum"):
            raise ValueError(f"the parameters get one gradient, so that reduce is 'mean' or 'sum', not {reduce!r}")
        loss, gradient = self.value_and_grad(*inputs, reduce=reduce)
        add_gradients(values, gradient)
        return loss  # type: ignore[no-any-return]

    # ---- parameters ----

    @property
    def parameters(self) -> Floats:
        """The parameters' numbers as a new vector; what is assigned is written back into the Values."""
        if self._values is None:
            return self._numbers.copy()
        with self._lock:  # all numbers of one assignment, or none
            return get_numbers(self._values)

    @parameters.setter
    def parameters(self, vector: Any) -> None:
        values = self._own()
        written = self._theta(vector)
        with self._lock:
            set_numbers(values, written)

    @property
    def names(self) -> list[str]:
        """What the parameters are called, in the order of their vector and of gradients; ``theta[i]`` for one without a name."""
        first = self._table.inputs
        return [self._table.names.get(first + i, f"theta[{i}]") for i in range(self._table.parameters)]

    def _own(self) -> tuple[Value, ...]:
        if self._values is None:
            raise ValueError(
                "this program is a copy or was unpickled, and has its parameters' numbers without their Values, which nothing can be "
                "written to: value_and_grad(…, parameters=vector) takes others and gives the gradient, trace makes a program with Values"
            )
        return self._values

    def _theta(self, given: Any) -> Floats:
        if given is None:
            return self.parameters
        theta = given if type(given) is np.ndarray and given.dtype == np.float64 else numbers(given, "parameters", _OF_VALUES)
        if theta.shape != (self._table.parameters,):
            raise ValueError(f"parameters is a vector of {self._table.parameters} numbers, not an array of shape {theta.shape}")
        return theta

    # ---- inputs ----

    def _columns(self, inputs: tuple[Any, ...]) -> tuple[list[Floats], int]:
        """Every argument as (numbers of a sample, samples), and how many samples there are."""
        if len(inputs) != len(self._arguments):
            names, count = ", ".join(argument.name for argument in self._arguments), len(self._arguments)
            takes = f"this program takes {count} argument{'s' * (count != 1)}{f' ({names})' if names else ''}"
            advice = "; the numbers of the parameters go by their keyword, parameters=" if len(inputs) == count + 1 else ""
            raise TypeError(f"{takes}, got {len(inputs)}{advice}")
        if not inputs:
            return [], 1
        columns: list[Floats] = []
        n = 1
        for i, (argument, given) in enumerate(zip(self._arguments, inputs, strict=True)):
            array = numbers(given, argument.name)
            shape = array.shape
            if not shape or shape[1:] != argument.shape:
                expected = ", ".join(map(str, ("n", *argument.shape))) + "," * (not argument.shape)
                advice = f"; of one sample, [{argument.name}] is a batch" if shape == argument.shape else ""
                raise ValueError(f"{argument.name} must have the shape ({expected}), one row a sample, not {shape}{advice}")
            if i and shape[0] != n:
                raise ValueError(f"{argument.name} has {shape[0]} samples and {self._arguments[0].name} has {n}")
            n = shape[0]
            if not n:
                raise ValueError(f"{argument.name} has no samples")
            columns.append(array.T if array.ndim == 2 else array.reshape(n, argument.size).T)
        return columns, n

    # ---- planning, once ----

    @property
    def plan(self) -> Plan:
        """What was found in the graph, and how batches are run: print it."""
        return self._plan

    @property
    def source(self) -> str:
        """The code that runs a batch: the forward and the backward pass."""
        if self._plan.lifted is None:
            return "# too many blocks to write down as arrays: replayed by the tape\n"
        return self._source.text

    @cached_property
    def _plan(self) -> Plan:
        with self._lock:
            arguments = [(argument.name, argument.size) for argument in self._arguments]
            return Plan(self._table, arguments, self._guards, not self._shape)

    @cached_property
    def _source(self) -> Source:
        with self._lock:
            return self._plan.code(each=False)

    @cached_property
    def _source_of_each(self) -> Source:
        with self._lock:
            return self._plan.code(each=True)

    @cached_property
    def _tape(self) -> Tape:
        return Tape(self._plan.distinct)

    @cached_property
    def _runner(self) -> Runner:
        return Runner(self._tape, self._guards, self._table.signed)

    @cached_property
    def _point(self) -> Callable[[Any, Floats], float] | None:
        """What a call for one number and its gradient is where it is one point of the native tape and nothing else."""
        if self._arguments or self._guards or self._shape or self._plan.writes(1):
            return None
        return self._tape.point

    def to_jax(self) -> Callable[..., Any]:
        """The program as a function of JAX, ``f(theta, *inputs)``, to be jitted, differentiated and sharded there.

        It has JAX's precision (float32 unless ``jax_enable_x64``) and JAX's derivatives where a function has a kink; it does
        not check comparisons, and where the engine would raise it gives NaN.

        Raises ImportError without JAX, ValueError for a graph that the tape alone replays, or with custom operations.
        """
        from .jax_form import jax_function

        if self._plan.lifted is None:
            raise ValueError("a graph of so many blocks is not written down as arrays, and so not for JAX")
        if self._table.own:
            raise ValueError(f"JAX cannot run {self._table.own[0].name}, a custom operation: write it with functions of autograd")
        return jax_function(self._source, self._table.parameters, [argument.shape for argument in self._arguments], self._shape)

    def __getstate__(self) -> dict[str, Any]:
        kept = ("_table", "_arguments", "_shape", "_guards")
        return {name: self.__dict__[name] for name in kept} | {"_numbers": self.parameters, "_values": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ |= state
        self._lock = threading.RLock()


def numbers(given: Any, what: str, of_values: str = "a program takes numbers") -> Floats:
    """Real numbers as an array; TypeError or ValueError that says what was wrong with them, of Values ``of_values``."""
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        raise ValueError(f"{what} is a masked array, and a program has no number for what is masked: fill it, or leave those samples out")
    try:
        array = np.asarray(given)
    except ValueError as error:
        raise ValueError(f"{what} takes an array of real numbers: {error}") from None
    if array.dtype.kind in "biuf":
        return array.astype(np.float64, copy=False)
    if array.dtype.kind == "O":  # fractions and large integers, or what is no number
        if any(isinstance(x, Value) for x in array.ravel()):
            raise TypeError(f"{what} must hold numbers, not Values: {of_values}")
        return np.array([number(x, f"an element of {what}") for x in array.ravel()], dtype=np.float64).reshape(array.shape)
    raise TypeError(f"{what} takes an array of real numbers, not of {'text' if array.dtype.kind in 'SU' else array.dtype}")
