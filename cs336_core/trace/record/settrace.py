"""Reports what a program does with `sys.settrace`, on any version of Python."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from cs336_core.trace.record.hook import Tracer


class SettraceHook:
    """Makes a tracer's trace function that of the thread, and of those that the program starts."""

    def __init__(self, tracer: Tracer) -> None:
        self._function = tracer.enter
        self._previous = sys.gettrace()
        self._previous_of_threads = threading.gettrace()

    def start(self) -> bool:
        """Replace the thread's trace function."""
        self._previous, self._previous_of_threads = sys.gettrace(), threading.gettrace()
        threading.settrace(self._function)
        sys.settrace(self._function)
        return True

    def stop(self) -> bool:
        """Restore the previous trace function; return `False` if it was replaced before.

        Python removes a trace function that raises, or that it has no stack space left to call.
        """
        in_use = sys.gettrace() == self._function
        sys.settrace(self._previous)
        threading.settrace(self._previous_of_threads)
        return in_use

    def refuse_call(self) -> None:
        """Make the call that begins fail, since it is too deep to be recorded.

        A little deeper, Python could not call the trace function and would remove it for good. It
        removes it here, too, as the function raises; but the end of the call restores it.
        """
        if sys.getprofile() is None:
            sys.setprofile(self._restore)
            raise RecursionError("maximum recursion depth exceeded")

    def _restore(self, *_: object) -> None:
        sys.setprofile(None)
        sys.settrace(self._function)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Run a block without a trace function."""
        function, of_threads = sys.gettrace(), threading.gettrace()
        sys.settrace(None)
        threading.settrace(None)
        try:
            yield
        finally:
            threading.settrace(of_threads)
            sys.settrace(function)
