"""Tracebacks of a recorded program, without the tracer's own frames."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Final

from cs336_core.trace.record.scope import Scope

OWN_FILES: Final = {
    str(Path(__file__).with_name(f"{name}.py")) for name in ("recorder", "monitoring")
}


def format_error(error: BaseException, scope: Scope) -> str:
    """Format the traceback of an exception, starting at the first traced function."""
    report = traceback.TracebackException.from_exception(error)
    report.stack[:] = [frame for frame in report.stack if frame.filename not in OWN_FILES]
    first = (i for i, frame in enumerate(report.stack) if frame.filename in scope.sources)
    del report.stack[: next(first, 0)]
    for frame in report.stack:
        frame.filename = scope.path_of(frame.filename)
    return "".join(report.format())
