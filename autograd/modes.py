"""Modes of recording, each for one thread and one block of code: nothing recorded, or everything looked at.

Outside of any mode they cost one look at an empty dictionary.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import get_ident

from .watching import refuse_cut

QUIET, INSIDE, WATCHFUL = 1, 2, 4  # INSIDE: begun while a transform was running
modes: dict[int, int] = {}  # the mode of every thread that is in one
depth: ContextVar[int] = ContextVar("depth", default=0)  # how many transforms are running, one inside the other


class AnomalyError(FloatingPointError):
    """A number that is infinite or not a number was made while anomalies were watched for."""


@contextmanager
def _mode(bit: int) -> Iterator[None]:
    if bit == QUIET:
        refuse_cut("no_grad()")
    thread = get_ident()
    before = modes.get(thread, 0)
    modes[thread] = before | bit | INSIDE * nested()
    try:
        yield
    finally:
        if before:
            modes[thread] = before
        else:
            del modes[thread]


def no_grad() -> Iterator[None]:
    """Inside ``with no_grad():``, and inside a function decorated with ``@no_grad()``, results are leaves: nothing is recorded.

    For this thread alone. Parameters can be changed and models evaluated without a graph being kept. ValueError while `trace`
    or `Graph.of` records, whose graph would keep the numbers of one point.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.data, y.args
    (9.0, ())
    """
    return _mode(QUIET)  # type: ignore[return-value]


def detect_anomaly() -> Iterator[None]:
    """Inside ``with detect_anomaly():`` the first infinity or NaN, forward or backward, raises AnomalyError.

    It names the operation, its operands with their numbers, and the line of the program that asked for it. For this thread
    alone; recording is about fifty times slower.
    """
    return _mode(WATCHFUL)  # type: ignore[return-value]


def nested() -> bool:
    """Whether a transform is running."""
    return depth.get() > 0


def mode() -> int:
    """The mode this thread is in; 0 for none."""
    return modes.get(get_ident(), 0)
