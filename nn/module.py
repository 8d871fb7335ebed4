"""Module: whatever holds parameters, and can list, reset, save and load them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from autograd import Value, zero_grad
from autograd.op import describe
from autograd.operands import number


class Parameter(Value):
    """A Value that training changes: a weight or a bias. One that a traced function makes is a parameter of the program, too."""

    __slots__ = ()
    is_parameter = True


class Module:
    """Something with parameters. A subclass sets them as attributes and writes ``forward``.

    Parameters are found in attributes, in the order they were set, in modules, lists, tuples and dicts, each once.
    A parameter goes by its own name (``W_h[0][0]``), one without a name by its place (``hidden.weights[0]``).
    """

    def forward(self, *inputs: Any) -> Any:
        """The module's output; calling the module calls this."""
        raise NotImplementedError(f"{type(self).__name__} has no forward method")

    def __call__(self, *inputs: Any) -> Any:
        """The module's output for these inputs: what ``forward`` returns."""
        return self.forward(*inputs)

    def parameters(self) -> list[Parameter]:
        """Every parameter once."""
        return [parameter for _, parameter in self._places()]

    def named_parameters(self) -> dict[str, Parameter]:
        """Every parameter by its name; ValueError when two share one."""
        found: dict[str, Parameter] = {}
        for place, parameter in self._places():
            name = parameter.name or place
            if name in found:
                raise ValueError(f"two parameters of this {type(self).__name__} are named {name!r}; rename one with .named(…)")
            found[name] = parameter
        return found

    def zero_grad(self) -> None:
        """Set every parameter's gradient to 0."""
        zero_grad(self.parameters())

    def state_dict(self) -> dict[str, float]:
        """The parameters' numbers by name."""
        return {name: parameter.data for name, parameter in self.named_parameters().items()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set the parameters' numbers. All names must fit, or a KeyError lists those that do not and nothing changes."""
        if not isinstance(state, Mapping):
            raise TypeError(f"a state is a dict of numbers by name, as state_dict() gives it, not {describe(state)}")
        own = self.named_parameters()
        missing, unknown = own.keys() - state.keys(), state.keys() - own.keys()
        if missing or unknown:
            parts = [
                f"{word} {', '.join(map(repr, sorted(names)))}" for word, names in (("missing", missing), ("unknown", unknown)) if names
            ]
            raise KeyError(f"the state does not fit this {type(self).__name__}: {'; '.join(parts)}")
        numbers = {name: number(state[name], f"the state's {name!r}") for name in own}
        for name, parameter in own.items():
            parameter.data = numbers[name]

    def modules(self) -> Iterator[Module]:
        """This module and every module inside it, each once."""
        return (thing for _, thing in self._walk() if isinstance(thing, Module))

    def _places(self) -> Iterator[tuple[str, Parameter]]:
        return ((place, thing) for place, thing in self._walk() if isinstance(thing, Parameter))

    def _walk(self) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        stack: list[tuple[str, Any]] = [("", self)]
        while stack:
            place, thing = stack.pop()
            if id(thing) in seen:
                continue
            if isinstance(thing, Parameter):
                inside: list[tuple[str, Any]] = []
            elif isinstance(thing, Module):
                dot = "." if place else ""
                inside = [(f"{place}{dot}{name}", attribute) for name, attribute in vars(thing).items()]
            elif isinstance(thing, list | tuple):
                inside = [(f"{place}[{i}]", item) for i, item in enumerate(thing)]
            elif isinstance(thing, dict):
                inside = [(f"{place}[{key!r}]", item) for key, item in thing.items()]
            else:
                continue
            seen.add(id(thing))
            yield place, thing
            stack += reversed(inside)
