"""Runs the code of a notebook cell, which may await outside a function."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import CodeType
from typing import Any


class CellLoop:
    """Runs code; code that awaits runs in an event loop of its own, which starts when needed."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._runner: asyncio.Runner | None = None

    def run(self, code: CodeType, variables: dict[str, Any], names: Any) -> object:
        """Run code and return its value, `None` for statements."""
        value = eval(code, variables, names)
        if not code.co_flags & inspect.CO_COROUTINE:
            return value
        if self._runner is None:
            self._stack.enter_context(_without_running_loop())
            self._runner = self._stack.enter_context(asyncio.Runner())
        return self._runner.run(value)


@contextmanager
def event_loop() -> Iterator[CellLoop]:
    """Yield what runs the code of a cell; the loop, if there was one, ends with the block."""
    with ExitStack() as stack:
        yield CellLoop(stack)


@contextmanager
def _without_running_loop() -> Iterator[None]:
    """Hide the loop that a notebook runs cells in, so that another one can run meanwhile."""
    outer = asyncio._get_running_loop()
    task = asyncio.current_task(outer) if outer else None
    if outer and task:
        asyncio._leave_task(outer, task)
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(outer)
        if outer and task:
            asyncio._enter_task(outer, task)
