"""Trying one mutant: in a copy of the tree, by a fork of a process that has the libraries loaded already.

A test run takes two seconds to load NumPy, mpmath and pytest, and there are thousands of mutants. The project itself is loaded after the
fork, from the mutated sources: what Python compiled is kept with a fingerprint of its source, so that nothing stale runs.
"""

from __future__ import annotations

import compileall
import contextlib
import gc
import io
import json
import os
import py_compile
import queue
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from .mutants import Mutant

MEMORY = 4 << 30  # a mutant that never stops makes values


def copied(root: Path, room: Path) -> Path:
    """A copy of what the tests need, compiled so that a change is noticed whatever the clock says."""
    for name in ("autograd", "nn", "viz", "tests", "examples"):
        shutil.copytree(root / name, room / name, ignore=shutil.ignore_patterns("__pycache__", "_engine*.so", "_engine*.pyd"))
    for path in root.glob("*.*"):
        if path.is_file():
            shutil.copy(path, room)
    compileall.compile_dir(room / "autograd", quiet=1, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    return room


def tried(jobs: Iterable[tuple[Mutant, list[list[str]]]], copies: list[Path], seconds: float, tell: Callable[[Mutant, str], None]) -> None:
    """Try each mutant, a process in each copy at a time; ``tell`` gets "survived", "timeout" or what killed it."""
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for job in jobs:
        waiting.put(job)
    lock = threading.Lock()

    def work(copy: Path) -> None:
        env = os.environ | {"PYTHONPATH": str(copy), "TURUNAN_PURE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        command = [sys.executable, "-m", "tests.mutation.workers", str(seconds)]
        with subprocess.Popen(command, cwd=copy, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
            assert worker.stdin and worker.stdout
            with contextlib.suppress(queue.Empty):
                while True:
                    mutant, stages = waiting.get_nowait()
                    print(json.dumps([mutant.module, mutant.code, mutant.rows, stages]), file=worker.stdin, flush=True)
                    outcome = json.loads(worker.stdout.readline())
                    with lock:
                        tell(mutant, outcome)
            worker.stdin.close()

    threads = [threading.Thread(target=work, args=(copy,)) for copy in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def unharmed(copy: Path, stages: dict[str, list[list[str]]], seconds: float) -> None:
    """Try the modules as they are; SystemExit when a test fails, for then every mutant would seem killed."""
    whole = [Mutant(path, "", "", "", (copy / path).read_text(encoding="utf-8")) for path in stages]
    outcomes: dict[Mutant, str] = {}
    tried([(mutant, stages[mutant.module]) for mutant in whole], [copy], 10 * seconds, outcomes.__setitem__)
    for mutant, outcome in outcomes.items():
        if outcome != "survived":
            raise SystemExit(f"{mutant.module} as it is does not pass: {outcome}")


# no other plugins: pytest would rewrite the assertions of every package that has one, this project's too
ARGUMENTS = ["-x", "-q", "--tb=no", "-p", "_hypothesis_pytestplugin", "-p", "no:cacheprovider", "--hypothesis-profile=mutation"]
ARGUMENTS += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # what is loaded before the fork is not rewritten


class Chosen:
    """A plugin of pytest: of the tests that run over the rows of the table only those of some rows; the first failure is told."""

    def __init__(self, rows: Iterable[str]) -> None:
        self.rows = set(rows)
        self.failed = ""

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave out the tests of other rows, and run those of these rows first."""
        if self.rows:
            from autograd import OPS

            others = OPS.keys() - self.rows
            parameters = {item: set(str(getattr(getattr(item, "callspec", None), "id", "")).split("-")) for item in items}
            items[:] = [item for item in items if parameters[item].isdisjoint(others) or parameters[item] & self.rows]
            items.sort(key=lambda item: parameters[item].isdisjoint(self.rows))

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the first failure's name."""
        if report.failed and not self.failed:
            self.failed = report.nodeid


def _judged(stage: list[str], rows: list[str], seconds: float) -> str:
    """The outcome of one stage, run in a fork."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        import pytest

        chosen = Chosen(rows)
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                code = pytest.main([*ARGUMENTS, *[f"tests/{file}" for file in stage]], plugins=[chosen])
            outcome = "survived" if code == 0 else chosen.failed or f"pytest ended with {code!r}"
        except BaseException as trouble:
            outcome = f"pytest did not run: {trouble!r}"
        os.write(writing, outcome.encode())
        os._exit(0)
    os.close(writing)
    until = time.monotonic() + seconds
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > until:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(reading)
            return "timeout"
        time.sleep(0.01)
    with os.fdopen(reading) as told:
        return told.read() or "the process died"


def main() -> None:
    """Read mutants from standard input, a line each, and write their outcomes."""
    import hypothesis  # noqa: F401
    import mpmath  # noqa: F401
    import numpy as np  # noqa: F401
    import pytest  # noqa: F401
    import sympy  # noqa: F401

    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        module, code, rows, stages = json.loads(line)
        path, outcome = Path(module), "survived"
        original = path.read_text(encoding="utf-8")
        sys.dont_write_bytecode = code != original  # without a mutant it is the first run, which compiles the tests
        path.write_text(code, encoding="utf-8")
        for stage in stages:
            outcome = _judged(stage, rows, float(sys.argv[1]))
            if outcome != "survived":
                break
        path.write_text(original, encoding="utf-8")
        print(json.dumps(outcome), flush=True)


if __name__ == "__main__":
    main()
