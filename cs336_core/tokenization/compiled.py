"""Compiles functions over numbers and arrays to machine code, when they are first called.

A compiled function is plain Python: loops, numbers, arrays of numpy. It releases the interpreter's
lock, so threads that run compiled functions use all cores. The machine code is stored beside the
source file, or in the user's cache directory if that folder is read-only, and is read from there by
the next process.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])


def jit(function: Function) -> Function:
    """Compile `function` with numba when it is first called (a decorator)."""
    return cast("Function", njit(cache=True, nogil=True)(function))


def inlined(function: Function) -> Function:
    """Compile `function` as part of the compiled functions that call it (a decorator)."""
    return cast("Function", njit(cache=True, nogil=True, forceinline=True)(function))
