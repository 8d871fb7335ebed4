"""Programs while `detect_anomaly` watches: which sample, or which parameter's gradient, is no finite number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..modes import WATCHFUL, AnomalyError, mode

_ADVICE = "; call the function itself there, inside detect_anomaly(), and it names the operation and the line"


def watching() -> bool:
    """Whether this thread is inside ``with detect_anomaly():``."""
    return bool(mode() & WATCHFUL)


def refuse_outputs(outputs: Any, batch: bool) -> None:
    """AnomalyError for the first sample whose output is infinite or NaN."""
    if np.isfinite(outputs).all():
        return
    place = tuple(np.argwhere(~np.isfinite(outputs))[0].tolist())
    raise AnomalyError(f"the program's output is {np.asarray(outputs)[place]}{f' for sample {place[0]}' if batch else ''}{_ADVICE}")


def refuse_gradient(gradient: Any, names: Sequence[str]) -> None:
    """AnomalyError for the first parameter whose gradient is infinite or NaN."""
    if np.isfinite(gradient).all():
        return
    *sample, which = np.argwhere(~np.isfinite(gradient))[0].tolist()
    where = f" for sample {sample[0]}" if sample else ""
    raise AnomalyError(f"the gradient of {names[which]} is {gradient[(*sample, which)]}{where}{_ADVICE}")
