"""The engine in C, where it was built: optional, and never anything but the Python engine's twin.

It is used when it was built from the op table and the sources that are here now; otherwise, or when the environment
variable ``TURUNAN_PURE`` is 1, the Python engine runs and ``why`` says for what reason. ``python -m autograd.native``
builds it anew.

Why C beside Python, and not one source: ``value.py`` compiled by Cython, its slots declared, took 1.5 times the gradient that is written by
hand in Python, and the aim is 0.8. What makes the difference (nodes of one size in blocks of memory, no reference counting and no garbage
collector while they are made and swept) a Python class cannot say. So the rules are shared, every kernel is traced from the op table, and
what is written twice is what a Value holds and how one is made, the walk, the sweep, passes over a program's columns, and the tape, which
the tests hold to the same bits and words.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import ModuleType
from typing import Any
from zlib import crc32

HERE = os.path.dirname(__file__)  # pathlib takes as long to load as all that is here
SOURCES = ("node.c", "sweep.c", "columns.c", "tape.c", "engine.c")
WRITTEN_FROM = (
    "../op.py",
    "../modes.py",
    "../constant.py",
    "../ops.py",
    "../stable.py",
    "../branches.py",
    "../formula.py",
    "../kernels.py",
    "../source.py",
    "../slots.py",
    "../value.py",
    "../operators.py",
    "build.py",
    "docs.py",
    "translate.py",
    "engine.h",
    "instructions.h",
    "memory.h",
    "replay.h",
    *SOURCES,
)


def digest() -> str:
    """A fingerprint of what the engine is built from; hashlib would take longer to load than everything here."""
    content = b""
    for name in WRITTEN_FROM:
        with open(os.path.join(HERE, name), "rb") as source:
            content += source.read()
    return f"{crc32(content):08x}-{len(content)}"


def _load() -> tuple[ModuleType | None, str]:
    if os.environ.get("TURUNAN_PURE") == "1":
        return None, "TURUNAN_PURE is 1"
    try:
        from . import _engine  # type: ignore[attr-defined]
    except ImportError as trouble:
        if "_engine" not in str(trouble) or any(name.startswith("_engine.") for name in os.listdir(HERE)):
            return None, f"the native engine does not load ({trouble}); build it anew:  python -m autograd.native"
        return None, "the native engine was not built; with a C compiler:  python -m autograd.native"
    if digest() != _engine.DIGEST:
        return None, "the native engine was built from other sources; build it anew:  python -m autograd.native"
    return _engine, ""


engine, why = _load()


def adopted(python: Any, table: Mapping[str, Any], **helpers: Any) -> Any:
    """The native Value, with every attribute of the Python class that it does not have itself.

    ``helpers`` are what is left to Python, as ``LEFT_TO_PYTHON`` in engine.h lists it.
    """
    rows = list(table.values())
    assert engine is not None
    engine.install(rows=rows, place={row: i for i, row in enumerate(rows)}, hooks={}, **helpers)
    native = engine.Value
    earlier = vars(native).get("_adopted", ())  # the type outlives a package that is imported anew, whose methods take their place
    new = [name for name in vars(python) if (name not in vars(native) or name in earlier) and name not in (*python.__slots__, "__slots__")]
    for name in new:
        setattr(native, name, vars(python)[name])
    native._adopted = frozenset(new)
    return native
