"""Levels tell the numbers of nested transforms apart.

A transform makes numbers of a level of its own, higher than that of every transform it is called in. So the derivatives of the
inner and of the outer one are never taken for each other (perturbation confusion: Siskind and Pearlmutter 2005).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count

_levels = count(1)
_depth: ContextVar[int] = ContextVar("depth", default=0)


@contextmanager
def new_level() -> Iterator[int]:
    """A level above all that there are; inside, ``nested()`` is true."""
    token = _depth.set(_depth.get() + 1)
    try:
        yield next(_levels)
    finally:
        _depth.reset(token)


def nested() -> bool:
    """Whether a transform is running."""
    return _depth.get() > 0
