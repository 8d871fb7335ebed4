"""How the project looks: its colours, and how strongly a gradient shows.

Blue and vermilion are of Okabe and Ito's palette, which colour-blind readers tell apart; a sign is always printed, too.
"""

from __future__ import annotations

import math

POSITIVE, NEGATIVE = "#0072B2", "#D55E00"
INK, MUTED, FADED, PAPER = "#111827", "#6B7280", "#CBD5E1", "#FFFFFF"
FILL = {"parameter": "#FFF6B3", "input": "#E5E7EB", "intermediate": "#FFFFFF", "loss": "#EDE4FF", "folded": "#F1F5F9"}
KINDS = {"parameter": "weight or bias", "input": "input", "intermediate": "computed", "loss": "loss", "folded": "folded"}
EDGE, SLATE = "#64748B", "#475569"
VERDICTS = {
    "right": "#12713A", "rounding": "#12713A", "wrong": "#B42318", "cancels": "#B42318", "follow-on": "#93370D", "undecided": "#475569",
}  # fmt: skip
TINTS = {
    "right": "#EDFBF2", "rounding": "#EDFBF2", "wrong": "#FFF1F0", "cancels": "#FFF1F0", "follow-on": "#FFF8E6", "undecided": "#F8FAFC",
}  # fmt: skip
FONT, FALLBACKS = "DejaVu Sans", "DejaVu Sans, Verdana, Geneva, sans-serif"

_DECADES = 4.0  # gradients this many powers of ten below the largest are the palest


def strength(x: float, largest: float) -> float:
    """How strong a gradient is drawn, from 0 (none) to 1 (the largest), on a logarithmic scale."""
    if not x or not largest or math.isnan(x):
        return 0.0
    if math.isinf(x) or math.isinf(largest):
        return float(math.isinf(x))
    return max(0.15, 1 + (math.log10(abs(x)) - math.log10(largest)) / _DECADES)


def shade(x: float, largest: float) -> str:
    """The background of a gradient: blue above zero, vermilion below, paler when small."""
    return mix(PAPER, POSITIVE if x > 0 else NEGATIVE, 0.65 * strength(x, largest))


def sign_colour(x: float) -> str:
    """The colour of a sign; grey for zero."""
    return POSITIVE if x > 0 else NEGATIVE if x < 0 else MUTED


def mix(background: str, colour: str, share: float) -> str:
    """Two colours, ``#RRGGBB``, mixed.

    >>> mix("#FFFFFF", "#000000", 0.5)
    '#808080'
    """
    pairs = zip(_channels(background), _channels(colour), strict=True)
    return "#" + "".join(f"{round(b + (c - b) * share):02X}" for b, c in pairs)


def _channels(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
