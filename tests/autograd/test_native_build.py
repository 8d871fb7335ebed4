"""Building the native engine: where that works it is tried, where not it says why, and nothing half made is left."""

import os
import platform
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from autograd import OPS, backend, native
from autograd.native import build

ROOT = Path(native.HERE).parents[1]
compiler = pytest.mark.skipif(not shutil.which(os.environ.get("CC", "cc")), reason="there is no C compiler")
only_native = pytest.mark.skipif(backend != "native", reason="the Python engine runs")


def run(code, **environment):
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_compiler_it_says_so_and_leaves_what_was_there(monkeypatch):
    pytest.importorskip("setuptools")
    before = sorted(build.HERE.glob("_engine*"))
    monkeypatch.setenv("CC", "/nowhere/cc")
    with pytest.raises(RuntimeError, match="the native engine was not built, the Python engine runs instead"):
        build.build()
    assert sorted(build.HERE.glob("_engine*")) == before


def test_it_can_be_asked_for_the_python_engine():
    done = run("import autograd; print(autograd.backend, '|', autograd.native.why)", TURUNAN_PURE="1")
    assert done.stdout == "python | TURUNAN_PURE is 1\n"


@only_native
def test_an_engine_built_from_other_sources_is_not_used():
    done = run("import zlib; zlib.crc32 = zlib.adler32; import autograd; print(autograd.backend, autograd.native.why)")
    assert done.stdout.startswith("python the native engine was built from other sources; build it anew:  python -m autograd.native")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([], "the native engine was not built; with a C compiler:  python -m autograd.native"),
        (["_engine.cp311.so"], r"the native engine does not load \(.*_engine.*\); build it anew:  python -m autograd.native"),
    ],
)
def test_an_engine_that_is_not_there_or_does_not_load_is_told_apart(files, reason, tmp_path, monkeypatch):
    for name in files:
        (tmp_path / name).touch()
    monkeypatch.delenv("TURUNAN_PURE", raising=False)
    monkeypatch.setattr(native, "HERE", str(tmp_path))
    monkeypatch.delattr(native, "_engine", raising=False)
    monkeypatch.setitem(sys.modules, "autograd.native._engine", None)
    engine, why = native._load()
    assert engine is None and re.fullmatch(reason, why)


TINY = """
#include <Python.h>
#include "rows.h"
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_engine", NULL, -1, NULL};
PyMODINIT_FUNC PyInit__engine(void) {
    PyObject *module = PyModule_Create(&definition);
    PyModule_AddStringConstant(module, "DIGEST", DIGEST);
    PyModule_AddIntConstant(module, "rows", KERNEL_COUNT);
    return module;
}
"""


@compiler
def test_what_is_built_lies_beside_its_sources_and_knows_what_it_was_built_from(tmp_path, monkeypatch):
    pytest.importorskip("setuptools")
    (tmp_path / "tiny.c").write_text(TINY)
    monkeypatch.setattr(build, "HERE", tmp_path)
    monkeypatch.setattr(build, "SOURCES", ("tiny.c",))
    made = build.build(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["tiny.c", made.name])
    code = "import _engine; print(_engine.DIGEST, _engine.rows)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == f"{native.digest()} {len(OPS)}\n"


BROKEN = {
    "does not load": ("int nothing;", r"does not work: ImportError: .*PyInit__engine"),
    "another one": (TINY.replace('"DIGEST", DIGEST', '"DIGEST", "other"'), "does not work: AssertionError"),
    "flushes": (
        TINY.replace("{\n    PyObject *module", "{\n    __builtin_ia32_ldmxcsr(0x9fc0);\n    PyObject *module"),
        "does not work: AssertionError: it rounds small numbers to 0",
    ),
}


@compiler
@pytest.mark.parametrize("what", [name for name in BROKEN if name != "flushes" or platform.machine() == "x86_64"])
def test_what_was_compiled_is_tried_before_it_is_put_anywhere(what, tmp_path, monkeypatch):
    pytest.importorskip("setuptools")
    source, says = BROKEN[what]
    (tmp_path / "tiny.c").write_text(source)
    monkeypatch.setattr(build, "HERE", tmp_path)
    monkeypatch.setattr(build, "SOURCES", ("tiny.c",))
    with pytest.raises(RuntimeError, match=says):
        build.build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.c"]


@compiler
def test_where_nothing_can_be_put_it_says_so(tmp_path, monkeypatch):
    pytest.importorskip("setuptools")
    (tmp_path / "tiny.c").write_text(TINY)
    monkeypatch.setattr(build, "HERE", tmp_path)
    monkeypatch.setattr(build, "SOURCES", ("tiny.c",))
    with pytest.raises(RuntimeError, match=r"the native engine was not built, the Python engine runs instead: .*missing"):
        build.build(tmp_path / "missing")


def test_without_setuptools_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "setuptools", None)
    with pytest.raises(RuntimeError, match="takes setuptools:  pip install setuptools"):
        build.build()


def test_the_command_says_where_it_built_and_ends_in_words(monkeypatch, capsys):
    command = "autograd.native.__main__"
    monkeypatch.delitem(sys.modules, command, raising=False)
    monkeypatch.setattr(build, "build", lambda into=Path("here"): into / "_engine.so")
    for given, into in ([], "here"), (["there"], "there"):
        monkeypatch.setattr(sys, "argv", [command, *given])
        import_module(command)
        assert capsys.readouterr().out == f"built {Path(into) / '_engine.so'}\n"
        monkeypatch.delitem(sys.modules, command)

    def fails(_):
        raise RuntimeError("no compiler")

    monkeypatch.setattr(build, "build", fails)
    with pytest.raises(SystemExit, match="no compiler"):
        import_module(command)
