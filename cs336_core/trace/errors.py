"""The errors and warnings of recording, reading and writing traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cs336_core.trace.model import Trace


class TraceError(ValueError):
    """The program cannot be traced, or the file is not a trace."""


class TraceWarning(UserWarning):
    """The trace is incomplete or does not show what the program requested."""


class DirectiveWarning(TraceWarning):
    """A directive is malformed, or names a variable that never existed."""


class Interrupted(KeyboardInterrupt):
    """The program was interrupted with Ctrl-C; `trace` holds the steps recorded so far."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.trace = trace
