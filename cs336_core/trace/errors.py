"""What can go wrong with a trace."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cs336_core.trace.model import Trace


class TraceError(ValueError):
    """A program that cannot be traced, or a file that is no trace."""


class TraceWarning(UserWarning):
    """A trace that does not show all that a reader may expect of it."""


class DirectiveWarning(TraceWarning):
    """A comment that looks like a directive and is none, or names what is not there."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while a program was recorded; `trace` is what was recorded until then."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self.trace = trace
