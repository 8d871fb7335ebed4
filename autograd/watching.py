"""What may not happen unseen while a graph is recorded for other points than this one.

A function that is traced runs once, at an example. What its Python makes of a number there (a comparison, a leaf, a number that is
read) would be the same at every point: it is kept, or refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from sys import getrefcount
from typing import TYPE_CHECKING, Any, NoReturn

from .caller import user_line

if TYPE_CHECKING:
    from .guards import Guard

MADE = "made"
_ROOM = 1000  # Values that are kept before those are dropped that nobody else keeps
_OURS = next(getrefcount(thing) for thing in [object()])  # references to a Value that only `Watch.sees` has
WATCHER: ContextVar[Watch | None] = ContextVar("WATCHER", default=None)
watching: list[Watch] = []  # all that watch, in whatever thread: what is quick asks here first


def watcher() -> Watch | None:
    """The Watch of this context, unless it is over: a context may be copied, and live on."""
    watch = WATCHER.get() if watching else None
    return watch if watch in watching else None


class Watch:
    """What happens while a graph is recorded for other points, too: comparisons, each once, and leaves that are made, its constants.

    ``elsewhere`` has the Values that other threads, and other contexts of this one, made, compared or read meanwhile.
    """

    def __init__(self) -> None:
        self.guards: dict[Guard, None] = {}
        self.made: list[Any] = []
        self.elsewhere: dict[Any, str] = {}
        self._room = _ROOM
        self._outer = watcher()  # what is recorded here may be a part of that

    def compared(self, guard: Guard) -> None:
        """Keep a comparison."""
        self.guards.setdefault(guard)
        if self._outer is not None:
            self._outer.compared(guard)

    def sees(self, value: Any, what: str) -> None:
        """Keep what became of a Value elsewhere, while anybody else keeps it: only then can it be a part of this graph."""
        self.elsewhere[value] = what
        if len(self.elsewhere) > self._room:
            values = list(self.elsewhere)
            while values:  # the last first, which hold those before them
                value = values.pop()
                if getrefcount(value) <= _OURS:
                    self.elsewhere.pop(value, None)
            self._room = 2 * len(self.elsewhere) + _ROOM

    def makes(self, leaf: Any) -> None:
        """Keep a leaf."""
        self.made.append(leaf)
        if self._outer is not None:
            self._outer.makes(leaf)


def refuse_cut(how: str, instead: str = "make what is to be constant an input of the function") -> None:
    """ValueError where a graph is being recorded for other points too: what is cut off would keep the number of this one."""
    if watcher() is not None:
        raise ValueError(
            f"{how} in a function that is recorded for other points would keep the number of this one at {user_line()}: {instead}"
        )


def looked_at(value: Any, what: str) -> None:
    """`refuse_cut` for a number that is read, ``data`` or ``grad``."""
    if watcher() is None:
        elsewhere(f"read ({what})", value)
    else:
        refuse_cut(
            f"{called(value, 'a Value')}.{what}",
            "compare the Values themselves, as in v > 0, which is checked at every point, or choose with where(step(v), a, b) or maximum",
        )


def turned(value: Any) -> NoReturn:
    """TypeError for a Value that is to become a plain number."""
    alone = "" if watcher() is not None else ", and v.data for its number alone"
    raise TypeError(
        f"{value!r} does not turn into a float: that would cut the graph; "
        f"use functions of autograd (from autograd import exp) instead of math's{alone}"
    )


def made(value: Any, _: str = "") -> None:
    """Keep a leaf that was made while a graph is recorded for other points, unless it is a parameter by its class."""
    watch = watcher()
    if getattr(type(value), "is_parameter", False) is True:
        return
    if watch is not None:
        watch.makes(value)
    else:
        elsewhere(MADE, value)


def elsewhere(what: str, *things: Any) -> None:
    """Tell all that watch what became of Values where nobody watches."""
    for watch in list(watching):
        for thing in things:
            if not isinstance(thing, float):
                watch.sees(thing, what)


def changed(value: Any, what: str) -> None:
    """ValueError where a graph is being recorded for other points too: a number would be set at this one alone."""
    if watcher() is not None:
        raise ValueError(
            f"{called(value, 'a Value')}.{what} is set at {user_line()}, in a function that is recorded for other points, where nothing "
            "would be set again: set it outside"
        )


@contextmanager
def watched() -> Iterator[Watch]:
    """What this thread does inside this context."""
    watch = Watch()
    token = WATCHER.set(watch)
    watching.append(watch)
    try:
        yield watch
    finally:
        WATCHER.reset(token)
        watching.remove(watch)


@contextmanager
def unwatched() -> Iterator[None]:
    """What is compared and read inside is no part of what this thread records."""
    token = WATCHER.set(None)
    try:
        yield
    finally:
        WATCHER.reset(token)


def called(side: Any, otherwise: str) -> str:
    """A quantity's name, or the number that it is."""
    return f"{side:g}" if isinstance(side, float) else side.name or otherwise
