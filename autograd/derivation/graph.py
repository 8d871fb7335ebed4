"""A sheet's forward program as a graph of Values, at the writer's own numbers where there are some."""

from __future__ import annotations

from ..graph import Graph
from ..value import Value
from .sheet import Sheet
from .truth import columns


def value_graph(sheet: Sheet, seed: int = 7, *, own: bool = True) -> Graph:
    """The program recorded at the writer's point, or at the first random one; every quantity bears its name.

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
        if not isinstance(value, Value):
            value = Value(value)
        values[place] = value if value.name == name else (value if value.name is None else +value).named(name)
    used = {arg for args in sheet.tape.args for arg in args}
    ends = [values[place] for name, place in sheet.tape.places.items() if place not in used or name == sheet.loss]
    return Graph(*[end for end in ends if isinstance(end, Value)])
