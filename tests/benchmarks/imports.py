"""What ``import`` costs: fresh interpreters, in turn, beside a bare one."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from statistics import median

from .timing import ROOT, Result, spread

COMPILED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # as packages are installed
PACKAGES = ("autograd", "micrograd.engine", "xad.adj_1st", "casadi", "numpy", "torch", "jax")


def imports(rounds: int) -> list[Result]:
    """The CPU time of ``python -c 'import …'`` less that of a bare interpreter, for turunan and its peers.

    The ratio is to turunan's; the note says whether NumPy came in with the import.
    """
    bare = Result("import", "(a bare interpreter, all of it)")
    results = []
    for package in PACKAGES:
        installed = find_spec(package.split(".")[0]) is not None
        results.append(Result("import", f"import {package}", "" if installed else "not installed"))
    timed = [(result, result.contender) for result in results if not result.note]
    for _, statement in timed:
        _seconds(statement)  # compiles what is not yet
    for _ in range(rounds):
        bare.rounds.append(_seconds("pass"))
        for result, statement in timed:
            result.rounds.append(_seconds(statement) - bare.rounds[-1])
    for result, statement in timed:
        loaded = subprocess.run(
            [sys.executable, "-c", f"{statement}, sys; print('numpy' in sys.modules)"], capture_output=True, text=True, cwd=ROOT
        )
        result.note = "with NumPy" if loaded.stdout.strip() == "True" else "without NumPy"
    for result in (bare, *[result for result, _ in timed]):
        result.seconds, result.spread = median(result.rounds), spread(result.rounds)
    for result, _ in timed:
        result.ratio = result.seconds / results[0].seconds
    return [bare, *results]


def _seconds(statement: str) -> float:
    """The CPU seconds of an interpreter that executes one statement."""
    process = subprocess.Popen([sys.executable, "-c", statement], cwd=ROOT, env=COMPILED)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{statement!r} failed with status {process.returncode}")
    return usage.ru_utime + usage.ru_stime
