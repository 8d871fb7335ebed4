"""Levels tell the numbers of nested transforms apart.

A transform makes numbers of a level of its own, higher than that of every transform it is called in. So the derivatives of the
inner and of the outer one are never taken for each other (perturbation confusion: Siskind and Pearlmutter 2005).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count

from ..modes import QUIET, depth, mode, nested

_levels = count(1)
_quiet: ContextVar[bool] = ContextVar("quiet", default=False)


@contextmanager
def new_level() -> Iterator[int]:
    """A level above all that there are; inside, ``nested()`` is true."""
    quiet = _quiet.set(_quiet.get() if nested() else bool(mode() & QUIET))
    inner = depth.set(depth.get() + 1)
    try:
        yield next(_levels)
    finally:
        depth.reset(inner)
        _quiet.reset(quiet)


def silenced() -> bool:
    """Whether the function that is transformed has entered ``no_grad``; one that was entered before does not concern it."""
    return bool(mode() & QUIET) and not _quiet.get()
