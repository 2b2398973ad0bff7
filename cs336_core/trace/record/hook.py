"""The interface between the recorder and Python, which has two ways to report what a program does.

`settrace.py` works on every version of Python, but all code runs slower. `monitoring.py` needs
Python 3.12, and code that is not recorded runs at full speed. Both call the same trace function
with the same events in the same order, so that they record the same trace.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from types import CodeType, FrameType
from typing import Any, Final, Protocol, TypeAlias

LocalTrace: TypeAlias = "Callable[[FrameType, str, Any], LocalTrace]"


class Tracer(Protocol):
    """What a hook calls and asks: the recorder."""

    def enter(self, frame: FrameType, event: str, arg: object) -> LocalTrace | None:
        """Handle the "call" event of `sys.settrace`.

        Return the function that handles the frame's other events, `None` to ignore them.
        """

    def is_recorded(self, code: CodeType) -> bool:
        """Whether calls of this code are recorded, unless a statement is stepped over."""

    def is_stepping_over(self) -> bool:
        """Whether the current statement is stepped over."""


class Hook(Protocol):
    """Calls a tracer while a program runs."""

    def __init__(self, tracer: Tracer) -> None: ...

    def start(self) -> bool:
        """Start to report; return `False` if the hook is not available."""

    def stop(self) -> bool:
        """Stop; return `False` if the hook had stopped before."""

    def refuse_call(self) -> None:
        """Raise `RecursionError` in the call that begins, if recording could not go on after it."""

    def paused(self) -> AbstractContextManager[None]:
        """Run a block at full speed, without reporting."""


class _Innermost(threading.local):
    """The tracer whose program this thread runs; the innermost, where a traced program traces."""

    tracer: Tracer | None = None


INNERMOST: Final = _Innermost()
