"""Traces a Python function."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Container, Iterable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

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
    """Call `fn(*args)` and return its execution, step by step; `asyncio` runs an async function.

    Steps into the functions in the file of `fn`, and in the files of `into`: modules, functions,
    classes or paths. The trace ends with an exception or after `max_steps`. With `inspect_all`,
    every variable is shown when it changes, not only those that a comment names.

    Raises `TraceError` if the source is not available, the function is written in C, calling it
    does not run it (generators), or it is async and an event loop runs already; `Interrupted` on
    Ctrl-C.

    >>> def double(n):
    ...     return 2 * n
    >>> len(trace(double, 3))  # the function begins; its line has run
    2
    """
    if max_steps < 1:
        raise TraceError(f"max_steps is {max_steps}; expected 1 or more")
    if (kind := _deferred_kind(fn)) is not None:
        raise TraceError(
            f"{getattr(fn, '__name__', fn)} is {kind}: calling it runs none of its code; "
            "trace a function that runs it"
        )
    recorder = Recorder(sources_of([fn, *into]), max_steps, inspect_all)
    if inspect.iscoroutinefunction(_function(fn)):
        return recorder.run(_in_event_loop(partial(fn, *args)))
    return recorder.run(partial(fn, *args))


def _in_event_loop(fn: Callable[[], Any]) -> Callable[[], object]:
    """Return a function that runs an async one."""
    import asyncio  # noqa: PLC0415  (it takes longer than the rest of the package)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return lambda: asyncio.run(fn())
    raise TraceError(
        "an event loop runs already, so trace() cannot run an async function; "
        "call trace() in a thread, or use %%trace in a notebook"
    )


def _function(target: object) -> object:
    """Return the function that calling an object runs; the object itself if that is unknown."""
    if isinstance(target, partial):
        return _function(target.func)
    target = inspect.unwrap(target) if callable(target) else target
    if isinstance(target, type | ModuleType) or hasattr(target, "__code__"):
        return target
    call = inspect.getattr_static(type(target), "__call__", None)
    return call if hasattr(call, "__code__") else target


def _deferred_kind(fn: Callable[..., object]) -> str | None:
    """Return the kind of a function that does not run when it is called; `None` for others."""
    if inspect.isasyncgenfunction(fn):
        return "an async generator"
    return "a generator (list(...) runs it)" if inspect.isgeneratorfunction(fn) else None


def sources_of(targets: Iterable[Into], root: StrPath | None = None) -> dict[str, Source]:
    """Return the files of modules, functions and classes, by the `co_filename` of their code.

    Their paths in the trace are relative to `root` (the current folder).
    """
    sources: dict[str, Source] = {}
    for filename in dict.fromkeys(map(_filename, targets)):
        used = {source.path for source in sources.values()}
        sources[filename] = read_source(filename, trace_path(filename, used, root))
    return sources


def _filename(target: Into) -> str:
    """Return the file name that the code of a module, function or class was compiled with."""
    if isinstance(target, str | os.PathLike):
        return str(Path(target).absolute())
    code = getattr(_function(target), "__code__", None)
    if code is not None:
        return str(code.co_filename)
    try:
        return inspect.getfile(target)
    except (TypeError, OSError):
        raise TraceError(f"{target!r} is not written in Python and cannot be traced") from None


def trace_path(filename: str, used: Container[str], root: StrPath | None = None) -> str:
    """Return the path of a file in a trace: relative to `root`, or the shortest unused suffix."""
    path, root = Path(filename), root or Path.cwd()
    parts = 1
    if path.is_relative_to(root):
        path = path.relative_to(root)
        parts = len(path.parts)
    name = Path(*path.parts[-parts:]).as_posix()
    while name in used and parts < len(path.parts):
        parts += 1
        name = Path(*path.parts[-parts:]).as_posix()
    return name
