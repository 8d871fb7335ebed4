"""The results as a table for the terminal, for Markdown, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from .timing import Result

HEADINGS = ("ratio", "contender", "time", "a node", "building", "peak memory", "±", "")


def cells(result: Result) -> tuple[str, ...]:
    """One row, in the order of HEADINGS; what was not measured is empty."""
    return (
        "" if result.ratio is None else f"{result.ratio:.3g}" if result.ratio < 1000 else f"{result.ratio:,.0f}",
        result.contender,
        duration(result.seconds),
        duration(result.per_node),
        duration(result.build),
        size(result.memory),
        "" if result.spread is None else f"{result.spread:.0%}",
        result.note,
    )


def duration(seconds: float | None) -> str:
    """Seconds in the unit that a reader would choose.

    >>> duration(0.000214), duration(2.5e-8), duration(None)
    ('214 µs', '25 ns', '')
    """
    if seconds is None:
        return ""
    for unit, factor in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if abs(seconds) * factor >= 0.9995:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def size(memory: float | None) -> str:
    """Bytes in the unit that a reader would choose.

    >>> size(64_250_000), size(12_288), size(0), size(None)
    ('64.2 MB', '12 kB', '0 kB', '')
    """
    return "" if memory is None else f"{memory / 1e6:.1f} MB" if memory >= 1e6 else f"{memory / 1e3:.0f} kB"


def titled(title: str, results: Sequence[Result]) -> str:
    """The figure's title, with the number of operations where all contenders have the same."""
    counts = {result.nodes for result in results}
    nodes = counts.pop() if len(counts) == 1 else None
    return f"{title} ({nodes:,} operations)" if nodes else title


def rich_table(title: str, results: Iterable[Result]) -> Table:
    """The figure for the terminal, without the columns that nothing was measured for."""
    headings, rows = _filled(results)
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in headings:
        table.add_column(heading, justify="left" if heading in ("contender", "") else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    return table


def markdown(title: str, results: Iterable[Result]) -> str:
    """The figure as a Markdown table under its title."""
    headings, rows = _filled(results)
    lines = [headings, ["---" if heading in ("contender", "") else "---:" for heading in headings], *rows]
    return f"**{title}**\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def as_json(result: Result) -> dict[str, Any]:
    """Everything that was measured, every round of it."""
    return asdict(result) | {"per_node": result.per_node}


def _filled(results: Iterable[Result]) -> tuple[list[str], list[list[str]]]:
    rows: Sequence[tuple[str, ...]] = [cells(result) for result in results]
    kept = [i for i in range(len(HEADINGS)) if any(row[i] for row in rows)]
    return [HEADINGS[i] for i in kept], [[row[i] for i in kept] for row in rows]
