"""On which machine, with which versions: figures mean nothing without it."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import autograd

LIBRARIES = ("numpy", "micrograd", "xad", "casadi", "torch", "jax", "jaxlib")


def machine(core: int | None) -> dict[str, Any]:
    """The processor, its cores and the one that was used, the system, Python, turunan's backend, and the libraries."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "core used": core,
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "turunan": f"{autograd.__version__} ({backend()})",
        "libraries": {name: found for name in LIBRARIES if (found := _version(name))},
    }


def backend() -> str:
    """What eager Values are made of here: "native" or "python"."""
    return getattr(autograd, "backend", "python")


def described(facts: dict[str, Any]) -> str:
    """The machine in a sentence."""
    libraries = ", ".join(f"{name} {number}" for name, number in facts["libraries"].items())
    where = "one core" if facts["core used"] is not None else "cores not pinned"
    return (
        f"{facts['processor']}, {facts['cores']} cores, {where}; {facts['system']}, {facts['python']}, "
        f"turunan {facts['turunan']}; {libraries or 'no peers installed'}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
