"""Where in the user's program we are: the line that called into these packages."""

from __future__ import annotations

import linecache
import sys
from pathlib import Path

_OURS = tuple(str(Path(__file__).parent.parent / name) for name in ("autograd", "nn", "viz"))


def user_line() -> str:
    """The nearest line outside of autograd, nn and viz, as ``file:line: its text``."""
    frame = sys._getframe(1)
    while frame.f_back is not None and (frame.f_code.co_filename.startswith(_OURS) or frame.f_code.co_filename == "<kernel>"):
        frame = frame.f_back
    name, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(name, line).strip()
    return f"{name}:{line}{': ' + text if text else ''}"
