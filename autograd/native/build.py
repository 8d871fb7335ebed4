"""The native engine is built: C that is traced from the op table, compiled by setuptools where there is a C compiler."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copyfile

from . import SOURCES, digest, docs, translate

HERE = Path(__file__).parent
FLAGS = ["-O3", "-fno-fast-math", "-ffp-contract=off", "-fno-math-errno", "-fvisibility=hidden", "-g0"]  # the last word on CFLAGS
_TRIED = "import _engine; assert _engine.DIGEST == {!r}; tiny = float.fromhex('0x1p-1022'); assert tiny / 2, 'it rounds small numbers to 0'"


def build(into: Path = HERE) -> Path:
    """Compile the engine into a folder; RuntimeError that says what went wrong, with the folder as it was."""
    try:
        from setuptools import Distribution, Extension
        from setuptools.command.build_ext import build_ext
    except ImportError:
        raise RuntimeError("building the native engine takes setuptools:  pip install setuptools") from None
    with tempfile.TemporaryDirectory() as room:
        (Path(room) / "rows.h").write_text(translate.rows())
        (Path(room) / "kernels.h").write_text(translate.kernels())
        (Path(room) / "docs.h").write_text(docs.strings())
        extension = Extension(
            "_engine",
            sources=[str(HERE / name) for name in SOURCES],
            include_dirs=[room, str(HERE)],
            define_macros=[("DIGEST", f'"{digest()}"')],
        )
        command = build_ext(Distribution({"ext_modules": [extension]}))
        command.build_lib, command.build_temp, command.force = room, room, True
        command.ensure_finalized()
        if command.compiler != "msvc":  # its arithmetic is exact as it comes
            extension.extra_compile_args, extension.extra_link_args = FLAGS, FLAGS[:2]
            extension.libraries = ["m"]  # without it glibc would bind exp, log and pow to their slower versions of before 2.29
        try:
            command.run()
            made = Path(command.get_ext_fullpath("_engine"))
            _try(made)
            target = into / made.name
            copyfile(made, target.with_suffix(".new"))
            target.with_suffix(".new").replace(target)
        except Exception as trouble:  # compilers fail in many ways, and none of them is ours to judge
            raise RuntimeError(f"the native engine was not built, the Python engine runs instead: {trouble}") from None
    return target


def _try(made: Path) -> None:
    """RuntimeError unless another Python loads what was compiled, and still computes with the smallest numbers."""
    done = subprocess.run(
        [sys.executable, "-c", _TRIED.format(digest())], cwd=made.parent, capture_output=True, text=True, check=False, timeout=60
    )
    if done.returncode:
        raise RuntimeError(f"what {made.name} was compiled to does not work: {(done.stderr.strip() or 'it crashed').splitlines()[-1]}")
