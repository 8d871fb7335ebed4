"""Figure: a drawing that can be shown in a notebook, saved in any format, and read as text."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import graphviz

from . import engine, style

_numbers = count(1)
_KINDS = ("svg", "png", "pdf", "dot", "html", "txt")


class Figure:
    """One drawing: ``digraph`` is a :class:`graphviz.Digraph`, ``text`` the same in words, ``title`` one line.

    Drawing happens when a format is first asked for. ``simpler`` makes a plainer drawing of the same graph, for when
    Graphviz takes too long on this one.
    """

    def __init__(self, digraph: graphviz.Digraph, text: str, title: str, simpler: Figure | None = None) -> None:
        self.digraph, self.text, self.title, self.simpler = digraph, text, title, simpler

    @property
    def dot(self) -> str:
        """The DOT source."""
        return str(self.digraph.source)

    def svg(self) -> str:
        """The drawing as an SVG element, fit to stand in a page: its ids are its own, letters fall back on common fonts."""
        return self._svg

    @cached_property
    def _svg(self) -> str:
        return self._element(f"figure{next(_numbers)}-", "img")

    def linked(self, prefix: str) -> str:
        """The same with these letters before its ids; links within it can be reached and followed."""
        return self._element(prefix, "group")

    def _element(self, prefix: str, role: str) -> str:
        drawn = self._render("svg").decode()
        drawn = drawn[drawn.index("<svg") :]
        drawn = re.sub(r'\bid="([^"]*)"', rf'id="{prefix}\1"', drawn)
        drawn = drawn.replace(f'font-family="{style.FONT}"', f'font-family="{style.FALLBACKS}"')
        drawn = re.sub(r"<title>[^<]*</title>\n?", "", drawn)
        return drawn.replace("<svg ", f'<svg role="{role}" aria-label="{_attribute(self.title)}" ', 1)

    def png(self) -> bytes:
        """The drawing as a PNG image."""
        return self._render("png")

    def save(self, path: str | Path) -> Path:
        """Write the drawing as its name says: .svg, .png, .pdf, .html (a page), .dot or .txt; returns the path.

        Raises ValueError for another ending, DrawingError when it cannot be drawn; then nothing is written.
        """
        path = Path(path)
        content = self.rendered(path.suffix[1:])
        path.write_bytes(content)
        return path

    def rendered(self, kind: str) -> bytes:
        """The content of a file of that kind: svg, png, pdf, html, dot or txt; ValueError for another."""
        if kind not in _KINDS:
            raise ValueError(f"no drawing is saved as {kind!r}; there are {', '.join('.' + k for k in _KINDS)}")
        if kind == "html":
            from .page import page

            return page(self.title, f"<figure>{self.svg()}</figure>").encode()
        if kind == "svg":
            return f'<?xml version="1.0" encoding="UTF-8"?>\n{self.svg()}'.encode()
        if kind in engine.FORMATS:
            return self._render(kind)
        return (self.dot if kind == "dot" else self.text + "\n").encode()

    def _render(self, format: str) -> bytes:
        try:
            return engine.render(self.dot, format)
        except engine.DrawingTimeout:
            if self.simpler is None:
                raise
            return self.simpler._render(format)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<Figure: {self.title}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        try:
            return {"image/svg+xml": self.svg(), "text/plain": self.text}
        except (engine.DrawingError, OSError, UnicodeError) as error:
            return {"text/plain": f"{error}\n\n{self.text}"}


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
