"""What may stand beside a Value: the numbers it takes, and the errors that the rest gets."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

from .op import describe

_OURS = (Real, str, bytes, complex, type(None), list, tuple, dict, set)  # operands whose own operators cannot know better


def is_ours(kind: type) -> bool:
    """Whether an operand of this type is ours to take or to refuse; otherwise its own operator may know better."""
    return issubclass(kind, _OURS) or (kind.__module__ == "numpy" and not hasattr(kind, "__array_finalize__"))


def is_number(thing: Any) -> bool:
    """Whether a thing is a real number, Python's or NumPy's."""
    return isinstance(thing, Real) or (type(thing).__module__ == "numpy" and _is_numpy_number(thing))


def number(thing: Any, what: str) -> float:
    """A real number as a float; TypeError that says what was wrong with it."""
    if type(thing) is float:
        return thing
    if is_number(thing):
        try:
            return float(thing)
        except OverflowError:
            raise OverflowError(f"{what} is too large for a float (at most 1.8e308): {describe(thing)}") from None
    advice = ""
    if isinstance(thing, str | bytes):
        advice = "; float(text) reads a number from text"
    elif isinstance(thing, complex):
        advice = "; take its real and imaginary parts as two Values"
    elif hasattr(type(thing), "__op__"):
        advice = "; it is a quantity already"
    elif hasattr(thing, "__len__") or hasattr(thing, "shape"):
        advice = "; make one Value an element, as in [Value(x) for x in data]"
    raise TypeError(f"{what} must be a real number, not {describe(thing)}{advice}")


def text(thing: Any) -> str:
    """A quantity's name; TypeError for what is no text, or blank."""
    if isinstance(thing, str) and thing.strip():
        return thing
    raise TypeError(f"a name is a non-empty string, not {describe(thing)}")


def function(thing: Any, what: str) -> None:
    """TypeError for what is no function."""
    if not callable(thing):
        advice = "; of a recorded graph, use backward() or gradient(output, inputs)" if hasattr(type(thing), "__op__") else ""
        raise TypeError(f"{what} must be a function, not {describe(thing)}{advice}")


def whole(thing: Any, what: str, least: int) -> int:
    """A whole number of at least so much; TypeError or ValueError for anything else."""
    if not isinstance(thing, Integral) or isinstance(thing, bool):
        raise TypeError(f"{what} must be a whole number, not {describe(thing)}")
    if thing < least:
        raise ValueError(f"{what} must be at least {least}, not {thing}")
    return int(thing)


def _is_numpy_number(thing: Any) -> bool:
    return not hasattr(thing, "__array_finalize__") and thing.dtype.kind in "biuf"
