"""docs.h: what Python says of a Value and its methods, for the native type, which cannot say it twice."""

from __future__ import annotations

import inspect
from typing import Any


def strings() -> str:
    """A macro for every docstring, with the signature in front that `inspect` and `help` look for."""
    from ..op import Op
    from ..value import Value

    things = [(name, inspect.getattr_static(Value, name)) for name in dir(Value) if name[0] != "_" or name == "__op__"]
    things += [("Value", Value), ("__call__", Op.__call__)]
    return "".join(f"#define DOC_{name} {_quoted(_doc(name, thing))}\n" for name, thing in things)


def _doc(name: str, thing: Any) -> str:
    callable_ = isinstance(thing, type) or inspect.isroutine(getattr(thing, "__func__", thing))
    return (f"{name}{_signature(thing)}\n--\n\n" if callable_ else "") + (inspect.getdoc(thing) or "")


def _signature(thing: Any) -> str:
    """Without annotations; the operand that a call binds is marked by a $."""
    bound = "" if isinstance(thing, staticmethod | type) else "$"
    signature = inspect.signature(getattr(thing, "__func__", thing))
    parameters = [parameter.replace(annotation=inspect.Parameter.empty) for parameter in signature.parameters.values()]
    return str(inspect.Signature(parameters)).replace("(", f"({bound}", 1)


def _quoted(text: str) -> str:
    """A literal of C in ASCII."""
    return '"' + "".join(chr(b) if 32 <= b < 127 and b not in b'"\\' else f"\\{b:03o}" for b in text.encode()) + '"'
