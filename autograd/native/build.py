"""The native engine is built: C that is traced from the op table, compiled by setuptools where there is a C compiler."""

from __future__ import annotations

import tempfile
from pathlib import Path

from . import SOURCES, digest, docs, translate

HERE = Path(__file__).parent


def build() -> Path:
    """Compile the engine into this folder; RuntimeError that says what is missing where that does not work."""
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
            extension.extra_compile_args = ["-O3", "-ffp-contract=off", "-fno-math-errno", "-fvisibility=hidden", "-g0"]
            extension.libraries = ["m"]  # without it glibc would bind exp, log and pow to their slower versions of before 2.29
        try:
            command.run()
        except Exception as trouble:  # compilers fail in many ways, and none of them is ours to judge
            raise RuntimeError(f"the native engine was not built, the Python engine runs instead: {trouble}") from None
        made = Path(command.get_ext_fullpath("_engine"))
        target = HERE / made.name
        made.replace(target) if made.stat().st_dev == HERE.stat().st_dev else target.write_bytes(made.read_bytes())
    return target
