"""Compiles functions over numbers and arrays to machine code, when they are first called.

A compiled function is plain Python: loops, numbers, arrays of numpy. It releases the interpreter's
lock, so threads that run compiled functions use all cores. It creates no arrays, only reads and
writes those it is given; in return, numba need not count references, which halves the time of small
functions. The machine code is stored beside the source file, or in the user's cache directory if
that folder is read-only, and the next process reads it from there.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FunctionType
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
from numba import njit
from numba.core import event
from numba.core.caching import FunctionCache
from numpy.typing import NDArray

Bytes: TypeAlias = NDArray[np.uint8]  # or `bytes`, which compiled code reads in the same way
Int32s: TypeAlias = NDArray[np.int32]
Int64s: TypeAlias = NDArray[np.int64]

NOTICE = "Compiling the tokenizer for this machine, once; it takes up to half a minute ..."

Function = TypeVar("Function", bound=Callable[..., Any])


def jit(function: Function) -> Function:
    """Compile `function` when it is first called (a decorator)."""
    return _compile(function)


def inlined(function: Function) -> Function:
    """Compile `function` as a part of each compiled function that calls it (a decorator)."""
    return _compile(function, forceinline=True)


def _compile(function: Function, **options: bool) -> Function:
    decorate: Any = njit  # its types do not list the option _nrt
    compiled: Any = decorate(nogil=True, _nrt=False, **options)(function)
    with suppress(RuntimeError):  # without a folder to write to, every process compiles
        compiled._cache = _Cache(function)  # type: ignore[no-untyped-call]
    return cast("Function", compiled)


class _Cache(FunctionCache):
    """Machine code on disk, used as long as nothing that was compiled into it has changed.

    numba looks only at the source file of the function itself. But functions of other files are
    compiled into it, and the constants of modules.
    """

    def _index_key(self, sig: object, codegen: object) -> tuple[object, ...]:
        key: tuple[object, ...] = super()._index_key(sig, codegen)  # type: ignore[no-untyped-call]
        return (*key, fingerprint(self._py_func))


def fingerprint(function: FunctionType) -> str:
    """Hash the code of a function, of the compiled functions that it calls, and its constants."""
    code = function.__code__
    parts: list[object] = [code.co_code, code.co_consts, code.co_names]
    for name in code.co_names:
        value: Any = function.__globals__.get(name)
        if hasattr(value, "py_func"):
            parts += [fingerprint(value.py_func), value.targetoptions]
        elif isinstance(value, int | float | tuple):
            parts.append(value)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


class _Notice(event.Listener):
    """Explains once, on a terminal or in a notebook, why the first call takes so long."""

    _shown = False

    def on_start(self, event: Any) -> None:
        """Print the notice when the first function of this package is compiled."""
        ours = event.data["dispatcher"].py_func.__module__.startswith(__package__)
        in_notebook = type(sys.stderr).__module__ == "ipykernel.iostream"
        if ours and not self._shown and (in_notebook or sys.stderr.isatty()):
            self._shown = True
            print(NOTICE, file=sys.stderr)  # noqa: T201

    def on_end(self, event: Any) -> None:
        """Do nothing."""


event.register("numba:compile", _Notice())  # type: ignore[no-untyped-call]
