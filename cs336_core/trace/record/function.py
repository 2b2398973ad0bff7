"""Traces a function of Python."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Container, Iterable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

from cs336_core._shared.paths import StrPath
from cs336_core.trace.errors import TraceError
from cs336_core.trace.model import Trace
from cs336_core.trace.record.recorder import Recorder
from cs336_core.trace.record.sources import Source, read_source

Into: TypeAlias = "ModuleType | Callable[..., object] | str | os.PathLike[str]"
MAX_STEPS = 100_000


def trace(
    fn: Callable[..., object],
    *args: object,
    into: Iterable[Into] = (),
    max_steps: int = MAX_STEPS,
    inspect_all: bool = False,
) -> Trace:
    """Call `fn(*args)` and return its execution, step by step.

    What its file defines is stepped into; of what it calls elsewhere, only what is in the files of
    `into`: modules, functions, classes, paths. An exception ends the trace; so does the last of
    `max_steps`. With `inspect_all`, every variable is shown when it changes, and not only those
    that a comment names.

    Raises `TraceError` for something whose source is not to be had, that is written in C, or that
    runs nothing when it is called (generators, async functions); `Interrupted` on Ctrl-C.

    >>> def double(n):
    ...     return 2 * n
    >>> len(trace(double, 3))  # the function begins; its line has run
    2
    """
    if max_steps < 1:
        raise TraceError(f"max_steps is {max_steps}; it must be 1 or more")
    if (kind := _deferred(fn)) is not None:
        raise TraceError(
            f"{getattr(fn, '__name__', fn)} is {kind}: calling it runs none of its code; "
            "trace a function that runs it"
        )
    return Recorder(sources_of([fn, *into]), max_steps, inspect_all).run(partial(fn, *args))


def _deferred(fn: Callable[..., object]) -> str | None:
    """Return what a function is whose code does not run when it is called; `None` for others."""
    if inspect.iscoroutinefunction(fn):
        return "an async function (asyncio.run(...) runs it)"
    if inspect.isasyncgenfunction(fn):
        return "an async generator"
    return "a generator (list(...) runs it)" if inspect.isgeneratorfunction(fn) else None


def sources_of(places: Iterable[Into], root: StrPath | None = None) -> dict[str, Source]:
    """Return the files in which modules, functions, classes are, by their code's file name.

    They are called by their paths from `root`, which is the current folder unless given.
    """
    sources: dict[str, Source] = {}
    for filename in dict.fromkeys(map(_filename, places)):
        taken = {source.path for source in sources.values()}
        sources[filename] = read_source(filename, name_of(filename, taken, root))
    return sources


def _filename(where: Into) -> str:
    """Return the name under which the code of something was compiled."""
    if isinstance(where, str | os.PathLike):
        return str(Path(where).absolute())
    if isinstance(where, partial):
        return _filename(where.func)
    code = getattr(inspect.unwrap(where), "__code__", None) if callable(where) else None
    if code is not None:
        return str(code.co_filename)
    try:
        return inspect.getfile(where)
    except (TypeError, OSError):
        raise TraceError(f"{where!r} is not written in Python: it cannot be traced") from None


def name_of(filename: str, taken: Container[str], root: StrPath | None = None) -> str:
    """Return what to call a file: its path from `root`, or as much of it as tells it apart."""
    path, root = Path(filename), root or Path.cwd()
    parts = 1
    if path.is_relative_to(root):
        path = path.relative_to(root)
        parts = len(path.parts)
    name = Path(*path.parts[-parts:]).as_posix()
    while name in taken and parts < len(path.parts):
        parts += 1
        name = Path(*path.parts[-parts:]).as_posix()
    return name
