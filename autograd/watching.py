"""What may not happen unseen while a graph is recorded for other points than this one.

A function that is traced runs once, at an example. What its Python makes of a number there (a comparison, a leaf, a number that is
read) would be the same at every point: it is kept, or refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from sys import getrefcount
from typing import TYPE_CHECKING, Any, NoReturn

from .caller import user_line

if TYPE_CHECKING:
    from .guards import Guard

MADE = "made"
_ROOM = 16  # Values that are kept before those are dropped that nobody else keeps
_APART = 100_000  # Values that are remembered not to depend on an input, more only where one graph has more
_OURS = next(getrefcount(thing) for thing in [object()])  # references to a Value that only `Watch.sees` has
WATCHER: ContextVar[Watch | None] = ContextVar("WATCHER", default=None)
watching: list[Watch] = []  # all that watch, in whatever thread: what is quick asks here first


def watcher() -> Watch | None:
    """The Watch of this context, unless it is over: a context may be copied, and live on."""
    watch = WATCHER.get() if watching else None
    return watch if watch in watching else None


class Watch:
    """What happens while a graph is recorded for other points, too: comparisons, each once, and leaves that are made, its constants.

    ``elsewhere`` has the Values that other threads, and other contexts of this one, made, compared or read meanwhile, and ``cut`` the
    first of them that depends on one of the ``inputs``.
    """

    def __init__(self, inputs: Iterable[Any]) -> None:
        self.guards: dict[Guard, None] = {}
        self.made: list[Any] = []
        self.elsewhere: dict[Any, str] = {}
        self.cut: tuple[Any, str] | None = None
        self._inputs, self._room = set(inputs), _ROOM
        self._apart: set[Any] = set()  # Values of others that do not depend on them
        self._most = _APART
        self._outer = watcher()  # what is recorded here may be a part of that

    @property
    def within(self) -> Iterator[Watch]:
        """This one, and those that it is a part of."""
        watch: Watch | None = self
        while watch is not None:
            yield watch
            watch = watch._outer

    def sees(self, value: Any, what: str, *, others: bool) -> None:
        """Keep what became of a Value elsewhere: for good where it depends on an input; of ``others``, while anybody else keeps it.

        Only then can it be a part of this graph.
        """
        if self.cut is None and self._depends(value):
            self.cut = value, what
        if others:
            self.elsewhere.setdefault(value, what)
        if len(self.elsewhere) > self._room:
            values = list(self.elsewhere)
            while values:  # the last first, which hold those before them
                value = values.pop()
                if getrefcount(value) <= _OURS:
                    self.elsewhere.pop(value, None)
            self._room = 2 * len(self.elsewhere) + _ROOM

    def _depends(self, value: Any) -> bool:
        """Whether the Value is an input, or depends on one; no Value is looked at twice as long as it is remembered."""
        open_, seen = [value], set()
        while open_:
            value = open_.pop()
            if value in self._inputs:
                return True
            if value not in seen and value not in self._apart:
                seen.add(value)
                open_ += [arg for arg in value.args if not isinstance(arg, float)]
        self._apart |= seen
        if len(self._apart) > self._most:
            self._apart, self._most = seen, max(_APART, 2 * len(seen))
        return False


def refuse_cut(how: str, instead: str = "make what is to be constant an input of the function", *, cut: Iterable[Any] = ()) -> None:
    """ValueError where a graph is being recorded for other points too: what is cut off would keep the number of this one.

    Where one is elsewhere, it hears of the Values that are ``cut`` off.
    """
    if watcher() is not None:
        raise ValueError(
            f"{how} in a function that is recorded for other points would keep the number of this one at {user_line()}: {instead}"
        )
    elsewhere(f"cut off ({how})", *cut)


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


def made(value: Any) -> None:
    """Keep a leaf that was made while a graph is recorded for other points, unless it is a parameter by its class."""
    watch = watcher()
    if getattr(type(value), "is_parameter", False) is True:
        return
    for part in watch.within if watch is not None else ():
        part.made.append(value)
    elsewhere(MADE, value, others=True)


def elsewhere(what: str, *things: Any, others: bool = False) -> None:
    """Tell what became of Values to all that watch elsewhere, in another thread or context than this one.

    Where this one is watched, too, a Value that depends on none of their inputs is its own affair, unless ``others`` are to know.
    """
    watch = watcher()
    here = tuple(watch.within) if watch is not None else ()
    for other in list(watching):
        for thing in things:
            if other not in here and not isinstance(thing, float):
                other.sees(thing, what, others=others or watch is None)


def changed(value: Any, what: str) -> None:
    """ValueError where a graph is being recorded for other points too: a number would be set at this one alone."""
    if watcher() is not None:
        raise ValueError(
            f"{called(value, 'a Value')}.{what} is set at {user_line()}, in a function that is recorded for other points, where nothing "
            "would be set again: set it outside"
        )


@contextmanager
def watched(inputs: Iterable[Any]) -> Iterator[Watch]:
    """What this thread does inside this context, with a function of these inputs."""
    watch = Watch(inputs)
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
