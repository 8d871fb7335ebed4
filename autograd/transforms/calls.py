"""How transforms call a function, and what they say when it was called wrongly or returns what has no derivative."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from ..op import describe
from ..operands import function
from .numbers import differentiable

Function = Callable[..., Any]
Argnums = int | Sequence[int]


def called(f: Function) -> str:
    """What a function goes by in a message."""
    return str(getattr(f, "__name__", type(f).__name__))


def derived(f: Function) -> Callable[[Function], Function]:
    """Makes what it decorates look like f, whose derivative it is; TypeError where f is no function."""
    function(f, "what is differentiated")
    return wraps(f, updated=())


def positions(f: Function, argnums: Argnums, given: int) -> list[int]:
    """The places of the arguments that are differentiated; TypeError or ValueError where there is no such argument."""
    wanted: list[Any] = list(argnums) if isinstance(argnums, list | tuple | range) else [argnums]
    for place in wanted:
        if not isinstance(place, int) or isinstance(place, bool):
            raise TypeError(f"argnums must be an integer or several, not {describe(place)}")
        if not -given <= place < given:
            raise ValueError(f"argnums = {argnums}, but {called(f)} was given {given} positional argument{'s' * (given != 1)}")
    return [place % given for place in wanted]


def split(f: Function, found: Any) -> tuple[Any, Any]:
    """A function's result and what else it returned; TypeError where that is no pair."""
    if not isinstance(found, tuple) or len(found) != 2:
        raise TypeError(f"with has_aux, {called(f)} must return a pair (result, aux), not {describe(found)}")
    return found


def check_results(f: Function, outputs: list[Any], level: int) -> None:
    """TypeError for results that are no numbers, ValueError for one that was kept from a transform that has ended."""
    for output in outputs:
        differentiable(output, f"what {called(f)} returns")
        if getattr(output, "level", 0) > level:
            raise ValueError(f"{called(f)} returns {output!r}, a number of a transform that has ended: let that one's function return it")
