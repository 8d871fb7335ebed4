"""What this environment has and lacks, each with the one command that mends it."""

from __future__ import annotations

import importlib
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

LIBRARIES = ("numpy", "mpmath", "graphviz", "pygraphviz", "rich", "typer")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    said: str


def examine() -> list[Finding]:
    """Look at Python, the environment, the packages, the drawing engine and the fonts."""
    checks: list[tuple[str, Callable[[], str]]] = [
        ("Python", _python),
        ("environment", _environment),
        ("autograd", _autograd),
        *[(name, lambda name=name: _library(name)) for name in LIBRARIES],
        ("drawing", _drawing),
        ("fonts", _fonts),
    ]
    return [_finding(what, check) for what, check in checks]


def _finding(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, check())
    except Exception as trouble:  # whatever is wrong is what the doctor is there to say
        return Finding(what, False, str(trouble) or type(trouble).__name__)


def _python() -> str:
    return platform.python_version()


def _environment() -> str:
    kind = "an environment of its own" if sys.prefix != sys.base_prefix else "the system's Python"
    return f"{kind}, {sys.prefix}"


def _autograd() -> str:
    found = importlib.import_module("autograd")
    if getattr(found, "PROJECT", None) != "turunan":
        raise RuntimeError(
            f"{found.__file__} is another package of that name (HIPS autograd); "
            "give turunan an environment of its own: the first command of its README makes it"
        )
    engine = "in C" if found.backend == "native" else f"in Python ({found.native.why})"
    return f"turunan {found.__version__}, its engine {engine}"


def _library(name: str) -> str:
    try:
        importlib.import_module(name)
        return version(name)
    except Exception:  # a broken library may raise anything
        raise RuntimeError(f"missing or broken; mend it:  pip install --force-reinstall {name}") from None


def _drawing() -> str:
    from .engine import engine, render

    render("digraph { a -> b }", "svg")
    return engine()


def _fonts() -> str:
    from .engine import font, render

    render('digraph { a [label="∂L/∂w"] }', "png")
    return font()
