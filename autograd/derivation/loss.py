"""Which quantity of a sheet is the loss: what is differentiated most, has a loss's name, or hangs on the most."""

from __future__ import annotations

import re

from .naming import LOSSES
from .sheet import Sheet
from .terms import Term, quantities

_MANY = 50  # ends of a program among which the loss is sought by how often it is differentiated


def which_loss(sheet: Sheet, definitions: dict[str, Term]) -> str | None:
    """The loss of a forward program that stands on a sheet; None where nothing is defined."""
    if "loss" in sheet.options:
        return sheet.vocabulary.quantity(sheet.options["loss"])
    used = {name for term in definitions.values() for name in quantities(term)}
    ends = [name for name in definitions if name not in used]
    pattern = r"(?:∂|\\partial\s*\{{?|\bd)\s*{}(?!\w)"
    uses = {name: len(ends) < _MANY and len(re.findall(pattern.format(re.escape(name)), sheet.text)) for name in ends}
    named = next((name for name in ends if name in LOSSES), None)
    lost = next((name for name in sheet.broken if name in LOSSES), None)
    if lost is not None and named is None:
        return lost
    depth = {name: len(sheet.tape.depends(sheet.tape.places[name])) if len(ends) < _MANY else 0 for name in ends}
    return max(ends, key=lambda name: (uses[name], name == named, depth[name], -ends.index(name)), default=None)
