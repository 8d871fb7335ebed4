"""A forward program that stands in a Python file: ``model.py:build``."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any


def load(place: str) -> Any:
    """The function (or Value) that ``file.py:name`` means; the file is run, as an import would.

    Raises ValueError where the place is not of that form, or the file has no such name.
    """
    file, colon, name = place.rpartition(":")
    path = Path(file)
    if not colon or not path.is_file():
        raise ValueError(f"a forward program is given as file.py:function, and {place!r} is no such place")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not hasattr(module, name):
        raise ValueError(f"{file} has no {name!r}")
    return getattr(module, name)
