"""Reports what a program does with `sys.monitoring` (PEP 669), on Python 3.12 and later.

Python calls back when any function begins. The answer for code that is not recorded is `DISABLE`:
Python does not ask again, and libraries run at full speed. Only recorded code reports its lines.
While a statement is stepped over, everything it calls is disabled too, until the statement ends.

A program that asks `sys.gettrace()` whether it is traced gets the same answer as from the other
hook. The course's lectures ask: when traced, they call what otherwise runs in several processes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any, Final

from cs336_core.trace.record.hook import LocalTrace, Tracer

_monitoring: Final[Any] = getattr(sys, "monitoring", None)  # missing before Python 3.12
_TOOL_NAME: Final = "cs336_core.trace"
_TOOL_IDS: Final = (4, 3)  # the others are meant for debuggers, coverage, profilers, optimizers
_MAX_IGNORED: Final = 50  # to ignore as many events costs as much as to enable code again


def _stand_in(*_: object) -> None:
    """Stand in for a trace function; removes itself if a program sets what it got."""
    sys.settrace(None)


class MonitoringHook:
    """Calls a tracer's trace function with the events that `sys.settrace` would report."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer
        self._tool: int | None = None
        self._frames: dict[FrameType, LocalTrace] = {}  # the recorded calls in progress
        self._codes: dict[int, CodeType] = {}  # recorded so far, by id: code may equal other code
        self._reporting: set[int] = set()  # ids of the code that reports its lines
        self._lines: dict[tuple[int, int], int] = {}  # id of code, offset -> line
        self._stepping_over: CodeType | None = None  # the code with the stepped-over statement
        self._paused = False
        self._ended = False  # whether the trace function raised
        self._ignored = 0  # events of code that may be recorded later
        self._previous_gettrace = sys.gettrace

    def start(self) -> bool:
        """Start to report; return `False` if other tools use both ids."""
        free = [tool for tool in _TOOL_IDS if _monitoring.get_tool(tool) is None]
        if not free:
            return False
        self._tool = free[0]
        _monitoring.use_tool_id(self._tool, _TOOL_NAME)
        for event, callback in self._callbacks().items():
            _monitoring.register_callback(self._tool, event, callback)
        self._previous_gettrace, sys.gettrace = sys.gettrace, self._gettrace
        self._report_calls()
        return True

    def stop(self) -> bool:
        """Stop and release the tool id; return `False` if the trace function raised."""
        try:
            self._release()
        finally:
            self._release()  # in case Ctrl-C has interrupted that
        return not self._ended

    def _release(self) -> None:
        if self._tool is not None and _monitoring.get_tool(self._tool) == _TOOL_NAME:
            _monitoring.set_events(self._tool, 0)
            for code in self._codes.values():
                _monitoring.set_local_events(self._tool, code, 0)
            for event in self._callbacks():
                _monitoring.register_callback(self._tool, event, None)
            _monitoring.free_tool_id(self._tool)
        if sys.gettrace == self._gettrace:
            sys.gettrace = self._previous_gettrace
        if self._previous_gettrace() is _stand_in:
            sys.settrace(None)

    def refuse_call(self) -> None:
        """Let a call that is too deep to be recorded begin; its callers stay recorded."""

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Run a block at full speed; recorded code in it is soon disabled."""
        before, self._paused = self._paused, True
        _monitoring.set_events(self._tool, 0)
        try:
            yield
        finally:
            self._paused = before
            if not (before or self._ended):
                self._report_calls()

    def _gettrace(self) -> Callable[..., Any] | None:
        """Return the program's own trace function, or that it is traced without one."""
        own = self._previous_gettrace()
        return own if own or self._paused or self._ended else _stand_in

    def _report_calls(self) -> None:
        """Let every function report that it begins, also those disabled so far."""
        events = _monitoring.events
        calls = events.PY_START | events.PY_RESUME | events.PY_THROW
        _monitoring.set_events(self._tool, calls | events.RAISE | events.PY_UNWIND)
        _monitoring.restart_events()
        self._ignored = 0

    def _callbacks(self) -> dict[int, Callable[..., object]]:
        events = _monitoring.events
        return {
            events.PY_START: self._begin,
            events.PY_RESUME: self._begin,
            events.PY_THROW: self._throw,
            events.LINE: self._line,
            events.JUMP: self._jump,
            events.RAISE: self._raise,
            events.PY_YIELD: self._return,
            events.PY_RETURN: self._return,
            events.PY_UNWIND: self._unwind,
        }

    def _begin(self, code: CodeType, offset: int) -> object:
        """Handle a function that begins, or a generator that resumes."""
        if not self._tracer.is_recorded(code):
            return _monitoring.DISABLE
        if self._is_ignoring():
            return self._ignore(code)
        self._enter(code, sys._getframe(1))
        return None

    def _throw(self, code: CodeType, offset: int, error: BaseException) -> None:
        """Handle a generator that resumes with an exception; this event cannot be disabled."""
        if self._tracer.is_recorded(code) and not self._is_ignoring():
            self._enter(code, sys._getframe(1))

    def _enter(self, code: CodeType, frame: FrameType) -> None:
        try:
            local_trace = self._tracer.enter(frame, "call", None)
        except BaseException as error:
            self._end(error)
            raise
        if local_trace is None:
            return
        self._frames[frame] = local_trace
        if id(code) not in self._reporting:
            self._codes[id(code)] = code
            self._reporting.add(id(code))
            events = _monitoring.events
            lines = events.LINE | events.JUMP | events.PY_YIELD | events.PY_RETURN
            _monitoring.set_local_events(self._tool, code, lines)
        self._update(code)

    def _line(self, code: CodeType, line: int) -> object:
        return self._report(code, sys._getframe(1), "line", None)

    def _jump(self, code: CodeType, offset: int, destination: int) -> object:
        """Handle a jump: back to the start of the same line, it runs that line again.

        A jump to another line is followed by a line event, so it need not be reported.
        """
        if destination > offset or self._line_at(code, destination) != self._line_at(code, offset):
            return _monitoring.DISABLE
        return self._report(code, sys._getframe(1), "line", None)

    def _return(self, code: CodeType, offset: int, value: object) -> object:
        """Handle a function that returns or yields."""
        return self._report(code, sys._getframe(1), "return", value)

    def _raise(self, code: CodeType, offset: int, error: BaseException) -> None:
        """Handle an exception that begins in a function or arrives from one that it called."""
        if id(code) in self._codes:
            arg = type(error), error, error.__traceback__
            self._report(code, sys._getframe(1), "exception", arg)

    def _unwind(self, code: CodeType, offset: int, error: BaseException) -> None:
        """Handle a function that an exception leaves."""
        if id(code) in self._codes:
            self._report(code, sys._getframe(1), "return", None)

    def _report(self, code: CodeType, frame: FrameType, event: str, arg: object) -> object:
        """Report an event of a recorded call; ignore those of other calls of its code."""
        local_trace = self._frames.get(frame)
        if local_trace is None:
            return self._ignore(code)
        try:
            local_trace(frame, event, arg)
        except BaseException as error:
            self._end(error)
            raise
        if event == "return":
            self._frames.pop(frame, None)
        self._update(code)
        return None

    def _end(self, error: BaseException) -> None:
        """Report nothing more, as `sys.settrace` does when a trace function raises.

        An exception is one that could not be called: it can be once the program has unwound.
        """
        if not isinstance(error, RecursionError):
            self._ended = True
            self._frames.clear()
            _monitoring.set_events(self._tool, 0)

    def _update(self, code: CodeType) -> None:
        """Note whether the statement that runs now, in this code, is stepped over."""
        if self._tracer.is_stepping_over():
            self._stepping_over = code
        elif self._stepping_over:
            self._stepping_over = None
            if self._ignored > _MAX_IGNORED:
                _monitoring.restart_events()
            self._ignored = 0

    def _is_ignoring(self) -> bool:
        return self._paused or self._ended or self._stepping_over is not None

    def _ignore(self, code: CodeType) -> object:
        """Ignore an event; disable the code if it reports often while none of it is recorded."""
        if not self._is_ignoring() or code is self._stepping_over:
            return None
        self._ignored += 1
        if self._ignored <= _MAX_IGNORED:
            return None
        in_progress = any(frame.f_code is code for frame in list(self._frames))
        if id(code) in self._reporting and not in_progress:
            # A jump within a line costs time even where it is disabled.
            self._reporting.discard(id(code))
            _monitoring.set_local_events(self._tool, code, 0)
        return _monitoring.DISABLE

    def _line_at(self, code: CodeType, offset: int) -> int:
        key = id(code), offset
        if key not in self._lines:
            found = (line for start, end, line in code.co_lines() if start <= offset < end)
            self._lines[key] = next(found, None) or -1
        return self._lines[key]
