"""Arguments and results that are lists, tuples, dicts or NumPy arrays of numbers, nested as one likes (JAX's pytrees).

A tree is taken apart into its numbers, in order, and its structure; an array counts as its elements, in C order.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from ..op import describe
from ..value import Value


class Structure:
    """What is left of a tree without its numbers: the kind of container, its keys, its parts, or an array's shape."""

    __slots__ = ("keys", "kind", "parts", "shape")

    def __init__(
        self, kind: type | None, keys: tuple[Any, ...] = (), parts: tuple[Structure, ...] = (), shape: tuple[int, ...] | None = None
    ) -> None:
        self.kind, self.keys, self.parts, self.shape = kind, keys, parts, shape

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Structure) and all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        if self.shape is not None:
            return f"array of shape {self.shape}"
        if self.kind is None:
            return "number"
        if self.kind is type(None):
            return "None"
        if issubclass(self.kind, dict):
            return "{" + ", ".join(f"{key!r}: {part!r}" for key, part in zip(self.keys, self.parts, strict=True)) + "}"
        return f"{self.kind.__name__} of ({', '.join(map(repr, self.parts))})"

    @property
    def scalar(self) -> bool:
        """Whether it is one number, or an array of shape ()."""
        return self.kind is None and not self.shape

    @property
    def size(self) -> int:
        """How many numbers there are."""
        if self.kind is None:
            return prod(self.shape or ())
        return sum(part.size for part in self.parts)

    def build(self, leaf: Callable[[int, tuple[int, ...] | None], Any]) -> Any:
        """A tree of this structure; ``leaf`` is given the place of its first number, and its shape if it is an array."""
        return self._built(leaf, 0)

    def _built(self, leaf: Callable[[int, tuple[int, ...] | None], Any], start: int) -> Any:
        if self.kind is None:
            return leaf(start, self.shape)
        parts = []
        for part in self.parts:
            parts.append(part._built(leaf, start))
            start += part.size
        if self.kind is type(None):
            return None
        if issubclass(self.kind, dict):
            return dict(zip(self.keys, parts, strict=True))
        container: Any = self.kind
        return container(*parts) if hasattr(container, "_fields") else container(parts)

    def unflatten(self, numbers: Sequence[Any]) -> Any:
        """The tree with these numbers."""
        return self.build(lambda start, shape: numbers[start] if shape is None else array(numbers[start : start + prod(shape)], shape))


_NUMBER = Structure(None)
_QUICK = frozenset({float, int, Value})  # of these whole lists are numbers at one glance


def flatten(tree: Any) -> tuple[list[Any], Structure]:
    """The numbers of a tree, and its structure.

    >>> numbers, structure = flatten({"w": [1.0, 2.0], "b": 3.0})
    >>> numbers, structure.unflatten([10, 20, 30])
    ([1.0, 2.0, 3.0], {'w': [10, 20], 'b': 30})
    """
    numbers: list[Any] = []
    return numbers, _flattened(tree, numbers)


def _flattened(tree: Any, numbers: list[Any]) -> Structure:
    if tree is None:
        return Structure(type(None))
    if isinstance(tree, dict):
        return Structure(dict, tuple(tree), tuple([_flattened(part, numbers) for part in tree.values()]))
    if isinstance(tree, list | tuple):
        kind = type(tree) if hasattr(tree, "_fields") else list if isinstance(tree, list) else tuple
        if _QUICK.issuperset(map(type, tree)):
            numbers += tree
            return Structure(kind, (), (_NUMBER,) * len(tree))
        return Structure(kind, (), tuple([_flattened(part, numbers) for part in tree]))
    if hasattr(tree, "__array_finalize__"):
        numbers += tree.ravel().tolist()
        return Structure(None, shape=tree.shape)
    numbers.append(tree)
    return _NUMBER


def array(numbers: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """An array of these numbers: of floats where all are, else of objects."""
    np = sys.modules["numpy"]
    if all(type(number) is float for number in numbers):
        return np.array(numbers, dtype=float).reshape(shape)
    made = np.empty(len(numbers), dtype=object)
    made[:] = numbers
    return made.reshape(shape)


def matched(tree: Any, structure: Structure, what: str) -> list[Any]:
    """The numbers of a tree that must have this structure; TypeError that shows both where it has another."""
    numbers, found = flatten(tree)
    if not found == structure:
        raise TypeError(f"{what} must be built like {structure!r}, but it is {found!r} ({describe(tree)})")
    return numbers
