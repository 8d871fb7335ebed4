"""A picture for every weight and every bias, and a page that shows them all.

The pictures share one layout; in each, the ways from the loss down to its parameter are lit. The page's table holds
the chain rule's sum against the gradient of ``backward()`` and against a difference quotient.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from unicodedata import normalize

from autograd import Chains, Value, central_difference
from autograd.explanation import called, derivative, number
from autograd.graph import topological
from autograd.names import pretty
from autograd.sweep import gradients
from nn import Module

from .drawing import draw
from .figure import Figure
from .page import page, table

AGREE = 1e-9  # the difference, relative to the larger of 1 and the gradient, up to which numbers agree


@dataclass(frozen=True)
class Plate:
    """One parameter of a gallery: its picture and the three numbers that must agree."""

    name: str
    value: Value
    figure: Figure
    gradient: float  # by backward()
    chain_rule: float  # the sum over the chains of the products of their local derivatives
    difference: float  # by central differences
    file: str

    @property
    def agrees(self) -> bool:
        """Whether the three numbers are one."""
        return all(agree(self.gradient, other) for other in (self.chain_rule, self.difference))


@dataclass(frozen=True)
class Gallery:
    """The pictures of a gallery and the page that shows them."""

    index: Path
    plates: list[Plate]


def gallery(output: Value, parameters: Module | Iterable[Value], folder: str | Path, *, format: str = "svg") -> Gallery:
    """Draw ∂output/∂p for every parameter p into ``folder``, one file each, and an ``index.html`` with all of them.

    ``parameters`` is a Module or some Values. Files are named after the parameters (``W_h-0-0.svg``). Nothing is
    written when anything cannot be drawn.

    Raises ValueError when the output does not depend on one of the parameters, or there are none.
    """
    if isinstance(parameters, Module):
        chosen: list[Value] = list(parameters.parameters())
        places = list(parameters.named_parameters())
    else:
        chosen = list(parameters)
        places = [value.name or f"parameter {i + 1}" for i, value in enumerate(chosen)]
    if not chosen:
        raise ValueError("a gallery of no parameters")
    known = set(topological(output))
    strangers = [value for value in chosen if value not in known]
    if strangers:
        raise ValueError(f"{pretty(called(output))} does not depend on {', '.join(value.name or repr(value) for value in strangers)}")
    exact = gradients(output)
    plates: list[Plate] = []
    for name, value in zip(places, chosen, strict=True):
        plates.append(
            Plate(
                name=name,
                value=value,
                figure=draw(output, value, parameters if isinstance(parameters, Module) else chosen),
                gradient=exact[value],
                chain_rule=Chains(output, value).total,
                difference=central_difference(output, value),
                file=_file(name, [plate.file for plate in plates], format),
            )
        )
    html = _page(output, draw(output, parameters=parameters if isinstance(parameters, Module) else chosen), plates).encode()
    home = Path(folder)
    contents = {plate.file: plate.figure.rendered(format) for plate in plates}
    home.mkdir(parents=True, exist_ok=True)
    for file, content in contents.items():
        (home / file).write_bytes(content)
    (home / "index.html").write_bytes(html)
    return Gallery(home / "index.html", plates)


def agree(a: float, b: float) -> bool:
    """Whether two derivatives are the same but for rounding."""
    return math.isclose(a, b, rel_tol=AGREE, abs_tol=AGREE)


def _file(name: str, taken: list[str], format: str) -> str:
    stem = re.sub(r"[^\w-]+", "-", normalize("NFC", name)).strip("-")[:80] or "parameter"
    candidates = (f"{stem}{'' if i == 1 else f'-{i}'}.{format}" for i in range(1, len(taken) + 3))
    folded = {_folded(file) for file in ("index.html", *taken)}
    return next(file for file in candidates if _folded(file) not in folded)


def _folded(file: str) -> str:
    """What two names have in common when a file system takes them for one."""
    return normalize("NFD", file.casefold())


def _page(output: Value, whole: Figure, plates: list[Plate]) -> str:
    loss = pretty(called(output))
    rows, sections = [], []
    for i, plate in enumerate(plates):
        partial = derivative(loss, pretty(plate.name))
        rows.append(
            [
                f'<a href="#p{i}">{escape(pretty(plate.name))}</a>',
                number(plate.value.data, 6),
                *[number(x, 10) for x in (plate.gradient, plate.chain_rule, plate.difference)],
                "✓ yes" if plate.agrees else "✗ no",
            ]
        )
        words = escape("\n".join(plate.figure.text.splitlines()[1:]))
        sections.append(
            f'<section aria-labelledby="p{i}"><h2 id="p{i}">{escape(partial)} = {number(plate.gradient, 6)}</h2>\n'
            f'<figure>{plate.figure.svg()}</figure>\n<p><a href="{escape(plate.file)}">the picture alone</a></p>\n'
            f"<details><summary>the same in words</summary><pre>{words}</pre></details></section>"
        )
    heads = ["parameter", "value", f"∂{loss}/∂p by backward()", "by the chain rule", "by central difference", "agree"]
    return page(
        f"Every derivative of {loss}",
        f"<p>{escape(loss)} = {number(output.data, 10)}. Each weight and each bias has its picture below: the lit way is the chain rule, "
        "an edge bears the local derivative.</p>\n"
        + table("every parameter", heads, rows)
        + f"\n<h2>The whole graph</h2>\n<figure>{whole.svg()}</figure>\n"
        + "\n".join(sections),
    )
