"""The training loop: forward, backward, step, until the loss has settled."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from autograd import Value
from autograd.op import describe
from autograd.operands import function, whole

from .losses import mse
from .module import Module
from .optim import SGD


@dataclass
class History:
    """What a training did: the loss after every epoch, and why it stopped."""

    losses: list[float] = field(default_factory=list)
    converged: bool = False
    reason: str = ""

    @property
    def epochs(self) -> int:
        """How many times all samples were seen."""
        return len(self.losses)

    def __str__(self) -> str:
        word = "converged" if self.converged else "stopped"
        return f"{word} after {self.epochs} epochs: {self.reason}; loss {self.losses[0]:.4g} → {self.losses[-1]:.4g}"


def fit(
    model: Module,
    inputs: Sequence[Sequence[float]],
    targets: Sequence[Any],
    *,
    lr: float = 0.1,
    momentum: float = 0.0,
    loss: Callable[[Any, Any], Value] = mse,
    epochs: int = 1000,
    goal: float = 0.0,
    tolerance: float = 1e-6,
    patience: int = 100,
    progress: bool | None = None,
) -> History:
    """Train on all samples at once, by gradient descent, until the loss converges.

    It has converged when it is at most ``goal``, or when the last ``patience`` epochs lowered it by less than the
    share ``tolerance``. ``progress`` shows a bar (None: when the terminal is one).

    Raises ValueError for samples that do not fit each other, FloatingPointError when the loss or a gradient is not finite.
    """
    if not isinstance(model, Module):
        raise TypeError(f"fit trains a Module, such as MLP(2, [4, 1]), not {describe(model)}")
    function(loss, "the loss")
    if len(inputs) != len(targets) or not len(inputs):
        raise ValueError(f"fit needs as many targets as inputs, and at least one, not {len(inputs)} inputs and {len(targets)} targets")
    whole(epochs, "the number of epochs", 1)
    optimizer = SGD(model.parameters(), lr, momentum=momentum)
    history = History()
    with _Bar(epochs, shown=sys.stderr.isatty() if progress is None else progress) as bar:
        for epoch in range(1, epochs + 1):
            L = loss([model(x) for x in inputs], targets)
            if not math.isfinite(L.data):
                raise FloatingPointError(f"the loss is {L.data} in epoch {epoch}: try a smaller learning rate than {lr:g}")
            history.losses.append(L.data)
            bar.show(epoch, L.data)
            if L.data <= goal:
                history.converged, history.reason = True, f"the loss is at most {goal:g}"
                break
            if epoch > patience and history.losses[-1 - patience] - L.data < tolerance * abs(L.data):
                history.converged, history.reason = True, f"{patience} epochs lowered the loss by less than {tolerance:g} of it"
                break
            optimizer.zero_grad()
            L.backward()
            optimizer.step()
        else:
            history.reason = "no more epochs were allowed"
    return history


class _Bar:
    """A progress bar on standard error, or nothing."""

    def __init__(self, total: int, *, shown: bool) -> None:
        self._progress: Any = None
        if shown:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (
                TextColumn("training"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("loss {task.fields[loss]:.3g}"),
                TimeElapsedColumn(),
            )
            self._progress = Progress(*columns, console=Console(stderr=True))
            self._task = self._progress.add_task("", total=total, loss=math.nan)

    def __enter__(self) -> _Bar:
        if self._progress:
            self._progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._progress:
            self._progress.stop()

    def show(self, epoch: int, loss: float) -> None:
        if self._progress:
            self._progress.update(self._task, completed=epoch, loss=loss)
