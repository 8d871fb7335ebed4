"""A sheet's forward program as a graph of Values, at the writer's own numbers where there are some."""

from __future__ import annotations

from ..graph import Graph
from ..value import Value
from .sheet import Sheet
from .truth import columns


def value_graph(sheet: Sheet, seed: int = 7, *, own: bool = True) -> Graph:
    """The program recorded at the writer's point, or at the first random one; every quantity bears its name, see `bearer`.

    Raises ValueError when the sheet defines nothing, or no valid point is found.
    """
    if not sheet.tape.ops or sheet.loss is None:
        raise ValueError("the sheet defines no forward program")
    drawn = columns(sheet, 1, seed)
    if drawn is None:
        raise ValueError("no point was found at which the forward program has a value")
    at = {name: sheet.point.get(name, float(column[0])) if own else float(column[0]) for name, column in drawn.items()}
    values = sheet.tape.run({name: Value(at[name], name=name) for name in sheet.tape.leaves})
    for name, place in sheet.tape.places.items():
        value = values[place]
        values[place] = value if value.name is not None else value.named(name)
    used = {arg for args in sheet.tape.args for arg in args}
    ends = [values[place] for name, place in sheet.tape.places.items() if place not in used or name == sheet.loss]
    return Graph(*dict.fromkeys(ends))


def bearer(sheet: Sheet, name: str) -> str:
    """The name that a quantity has in the graph: u = z is one quantity, under the first of its names."""
    places = sheet.tape.places
    return next((first for first, place in places.items() if place == places.get(name)), name)
