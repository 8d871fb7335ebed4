"""What a workload is, and what a training task is, so that any peer can run any of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

Gradient = tuple[float, Sequence[float]]  # the value, and its derivative by each number of the point


@dataclass(frozen=True)
class Workload:
    """A scalar function of many numbers, and its gradient by hand.

    ``arrange`` shapes the flat point, in whatever number type, as ``function`` and ``by_hand`` read it; that is done
    once and never timed.
    """

    name: str
    point: list[float]
    arrange: Callable[[Sequence[Any]], Any]
    function: Callable[[Any, Any], Any]
    by_hand: Callable[[Any], Gradient]


@dataclass(frozen=True)
class Task:
    """A relu network to train on one batch, by gradient descent at a fixed rate.

    ``parameters`` are, neuron by neuron, the weights and the bias. The loss is the mean over the batch of the hinge
    relu(1 - y·score) for one output, of the softmax cross-entropy with the one-hot rows of ``targets`` for more,
    plus ``decay`` times the sum of the squared parameters.
    """

    name: str
    sizes: tuple[int, ...]
    inputs: np.ndarray
    targets: np.ndarray
    parameters: np.ndarray
    rate: float
    decay: float = 0.0

    @property
    def hinge(self) -> bool:
        """Whether the loss is the hinge, and not the cross-entropy."""
        return self.sizes[-1] == 1

    def layers(self, flat: Any) -> list[Any]:
        """Views of a flat vector, one (neurons, inputs + 1) matrix a layer, the biases in the last column."""
        views, start = [], 0
        for nin, nout in zip(self.sizes, self.sizes[1:], strict=False):
            views.append(flat[start : start + nout * (nin + 1)].reshape(nout, nin + 1))
            start += nout * (nin + 1)
        return views

    def weights(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """The parameters as matrices of their own, weights and biases of each layer, as a library's layers have them."""
        return [(layer[:, :-1].copy(), layer[:, -1].copy()) for layer in self.layers(self.parameters)]

    def sample_loss(self, flat: Sequence[Any], x: Sequence[float], y: Sequence[float], m: Any) -> Any:
        """One sample's loss, without the decay, over any numbers that a module of functions with exp, log and fmax knows."""
        numbers, a = iter(flat), list(x)
        for k, (nin, nout) in enumerate(zip(self.sizes, self.sizes[1:], strict=False)):
            sums = []
            for _ in range(nout):
                weights = [next(numbers) for _ in range(nin)]
                z = next(numbers)
                for w, i in zip(weights, a, strict=True):
                    z = z + w * i
                sums.append(z)
            a = sums if k == len(self.sizes) - 2 else [m.fmax(z, 0.0) for z in sums]
        if self.hinge:
            return m.fmax(1 - y[0] * a[0], 0.0)
        return m.log(sum(m.exp(score) for score in a)) - sum(t * score for t, score in zip(y, a, strict=True))
