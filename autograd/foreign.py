"""Rows of the op table over the numbers of other libraries, which are imported by whoever has such numbers, never here.

Arrays and mpmath's numbers take their library's function of the row's name, SymPy's symbols too, so that SymPy knows what it
has; where there is none, or one of another meaning, the row says so. Fractions have a file of their own.
"""

from __future__ import annotations

import sys
from functools import cache
from numbers import Real
from typing import TYPE_CHECKING, Any

from . import op as rows

if TYPE_CHECKING:
    from .op import Op, Rule

_GUARD = 10  # bits, so that a rule of several roundings keeps the digits that were asked


def evaluate(op: Op, args: tuple[Any, ...]) -> Any:
    """The row's value; TypeError for what is no number."""
    roots = [type(arg).__module__.partition(".")[0] for arg in args]
    if "numpy" in roots:
        return _arrays(op, args)
    if "mpmath" in roots:
        return _digits(op, args)
    if "sympy" in roots:
        library = sys.modules["sympy"]
        return _symbolic(op)(*[library.sympify(arg, strict=True) for arg in args])
    if "fractions" in roots:
        from . import rational

        return rational.evaluate(op, args)
    odd = [arg for arg in args if not isinstance(arg, Real)]
    if odd:
        advice = f"; [{op.name}(x) for x in …] for each of its elements" if isinstance(odd[0], list | tuple) else ""
        raise TypeError(f"{op.name} takes numbers, Values, formulas or arrays, not {rows.describe(odd[0])}{advice}")
    return op.evaluate(*map(float, args))


def _digits(op: Op, args: tuple[Any, ...]) -> Any:
    library = sys.modules["mpmath"]
    args = tuple([library.mpmathify(arg) for arg in args])
    if op.beyond is None:
        y = getattr(library, op.name, op.own)(*args)
    else:
        try:
            with library.workprec(library.mp.prec + _GUARD):
                y = op.beyond(*args)
        except rows.DomainError:  # of a row that it is made of
            op.refuse(tuple(map(float, args)), ())
        y = +y
    if isinstance(y, library.mpc) and not any(isinstance(arg, library.mpc) for arg in args):
        op.refuse(tuple(map(float, args)), ())
    return y


@cache
def _symbolic(op: Op) -> Rule:
    """The row's rule over SymPy's expressions."""
    library = sys.modules["sympy"]
    if op.sympy:
        return op.spelt(op.sympy, vars(library))
    if op.beyond is not None:
        return op.beyond
    return getattr(library, op.name, op.own) if op.prec == rows.CALL else op.own


def _arrays(op: Op, args: tuple[Any, ...]) -> Any:
    np = sys.modules["numpy"]
    args = tuple([_floating(op, arg, np) for arg in args])
    if any(arg.dtype == object for arg in args):
        return np.frompyfunc(op, op.arity, 1)(*args)
    function = _of_numpy(op)
    if function is None and op.own is op.fn and op.fn.__module__ == "math":
        column = np.frompyfunc(op.fn, op.arity, 1)(*args)
        return np.asarray(column, dtype=float)[()]
    return (function or op.own)(*args)


@cache
def columnwise(op: Op) -> Rule:
    """The row's function of columns of floats, for callers who have nothing else: its arguments are not looked at."""
    if _of_numpy(op) is None and op.fn.__module__ == "math":
        return op
    return _of_numpy(op) or op.own


@cache
def _of_numpy(op: Op) -> Any:
    """NumPy's function of the row's name, None where it has none; NumPy is slow to say so."""
    return getattr(sys.modules["numpy"], op.name, None)


def _floating(op: Op, arg: Any, np: Any) -> Any:
    array = np.asarray(arg)
    if array.dtype.kind in "fO":
        return array
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    raise TypeError(f"{op.name} takes real numbers, not an array of {array.dtype}")
