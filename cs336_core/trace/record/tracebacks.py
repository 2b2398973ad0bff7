"""Tracebacks of a recorded program, without the tracer's own frames."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from types import TracebackType
from typing import Final

from cs336_core.trace.record.scope import Scope

_MODULES: Final = ("recorder", "monitoring", "settrace", "function")
OWN_FILES: Final = {str(Path(__file__).with_name(f"{name}.py")) for name in _MODULES}
_MAX_FRAMES_BEFORE: Final = 5  # of the program, and of what it calls, before the tracer's
_FRAME: Final = re.compile(r'(?<=  File ")[^"\n]+(?=", line \d+)')
_WARNING: Final = re.compile(r"^.+?(?=:\d+: \w*Warning: )", re.MULTILINE)


def format_error(error: BaseException, scope: Scope) -> str:
    """Format the traceback of an exception, starting at the first traced function."""
    report = traceback.TracebackException.from_exception(error)
    _clean(report, scope)
    return with_trace_paths("".join(report.format()), scope)


def cut_own_frames(innermost: TracebackType | None) -> None:
    """Remove the tracer's frames from the traceback of an exception that it has just raised."""
    for _ in range(_MAX_FRAMES_BEFORE):
        if innermost is None or innermost.tb_next is None:
            return
        if innermost.tb_next.tb_frame.f_code.co_filename in OWN_FILES:
            innermost.tb_next = None
        innermost = innermost.tb_next


def _clean(report: traceback.TracebackException, scope: Scope) -> None:
    """Remove the tracer's frames from a report and from those of the exceptions it refers to."""
    report.stack[:] = [frame for frame in report.stack if frame.filename not in OWN_FILES]
    first = (i for i, frame in enumerate(report.stack) if frame.filename in scope.sources)
    del report.stack[: next(first, 0)]
    for other in (report.__cause__, report.__context__, *(report.exceptions or ())):
        if other is not None:
            _clean(other, scope)


def with_trace_paths(text: str, scope: Scope) -> str:
    """Replace the absolute paths in tracebacks and warnings, also those that a program prints."""
    for marker, path in (('  File "', _FRAME), ("Warning: ", _WARNING)):
        if marker in text:
            text = path.sub(lambda found: scope.path_of(found[0]), text)
    return text
