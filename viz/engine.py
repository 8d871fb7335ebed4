"""Turning DOT into a drawing, on any machine.

The ``dot`` program draws when it is on the PATH. Otherwise the Graphviz inside the pygraphviz wheel does, in a
process of its own: the library ends the process on a format it does not know, and can run for minutes on a large graph.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

FORMATS = ("svg", "png", "pdf")
SECONDS = 30.0

_CHILD = """
import sys, pygraphviz
graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
sys.stdout.buffer.write(graph.draw(format=sys.argv[1], prog="dot"))
"""
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


class DrawingError(RuntimeError):
    """A drawing could not be made; the message says what is missing and what mends it."""


class DrawingTimeout(DrawingError):  # noqa: N818
    """A drawing took too long."""


def render(dot: str, format: str, *, seconds: float = SECONDS) -> bytes:
    """The drawing of DOT source as ``svg``, ``png`` or ``pdf``.

    Raises ValueError for another format, DrawingTimeout after ``seconds``, DrawingError when no engine or no font is there.
    """
    if format not in FORMATS:
        raise ValueError(f"no format {format!r}; there are {', '.join(FORMATS)}")
    environment = dict(os.environ)
    if format != "svg":
        environment |= _fonts()
    command = _command(format)
    try:
        done = subprocess.run(command, input=dot.encode(), capture_output=True, timeout=seconds, env=environment, check=False)
    except subprocess.TimeoutExpired:
        raise DrawingTimeout(f"Graphviz did not finish within {seconds:g} seconds") from None
    except OSError as error:
        raise DrawingError(f"{command[0]} cannot be started: {error.strerror}") from None
    if done.returncode or not done.stdout:
        complaint = done.stderr.decode(errors="replace").strip().splitlines()
        raise DrawingError(f"Graphviz failed with status {done.returncode}: {complaint[-1] if complaint else 'it said nothing'}")
    return done.stdout


def engine() -> str:
    """The name of what draws here; DrawingError when nothing does."""
    program = shutil.which("dot")
    if program:
        return f"the dot program, {program}"
    if find_spec("pygraphviz"):
        return "the Graphviz inside pygraphviz"
    raise DrawingError("no Graphviz here: install one with  pip install 'pygraphviz>=2.0.4'")


def _command(format: str) -> list[str]:
    program = shutil.which("dot")
    if program:
        return [program, f"-T{format}"]
    engine()
    return [sys.executable, "-P", "-c", _CHILD, format]


def font() -> str:
    """Where the letters of a PNG or PDF come from; DrawingError when there is no font."""
    return _fonts().get("FONTCONFIG_FILE") or "the system's fonts"


@cache
def _fonts() -> dict[str, str]:
    """The environment in which Graphviz finds a font: the system's, else the one that matplotlib brings."""
    if os.environ.get("FONTCONFIG_FILE") or not sys.platform.startswith("linux"):
        return {}
    for folder in _FONT_FOLDERS:
        for kind in ("ttf", "otf", "ttc"):
            if next(Path(folder).expanduser().rglob(f"*.{kind}"), None):
                return {}
    spec = find_spec("matplotlib")
    if not spec or not spec.origin:
        raise DrawingError("no font here, so letters would come out as boxes: install one with  pip install matplotlib  (or save as .svg)")
    home = Path(tempfile.gettempdir()) / f"turunan-fonts-{os.getuid()}"
    home.mkdir(exist_ok=True)
    config = home / "fonts.conf"
    letters = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    config.write_text(f"<?xml version='1.0'?><fontconfig><dir>{letters}</dir><cachedir>{home}</cachedir></fontconfig>")
    return {"FONTCONFIG_FILE": str(config)}
