"""Runs one lecture, in a process of its own that starts in the project's folder.

It reports to the builder (see events.py): its process id; each cell when it begins; and at the end
the run or an error. Any other output comes from the lecture, past Python's own streams.
"""

from __future__ import annotations

import os
import sys
import warnings
from functools import cache, partial
from pathlib import Path
from typing import Any

from book.builder.events import send
from book.builder.notebook_host import LectureError, NotebookHost
from cs336_core.trace import TraceError, TraceWarning, dumps, trace_lecture

_opened: set[str] = set()


def run(name: str) -> None:
    """Run the lecture with this path from the project's folder."""
    root = Path.cwd()
    lecture = root / name
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as events:
        report = partial(send, events)
        report(process=os.getpid())

        def begin_cell(line: int) -> None:
            _note_files()
            report(line=line)

        host = NotebookHost(begin_cell)
        # As in a notebook, a lecture reads files and imports modules from its own folder.
        os.chdir(lecture.parent)
        sys.path[0] = str(lecture.parent)
        trace, error = _traced(lecture, root, host)
        if error:
            report(**error)
        else:
            results = {"outputs": host.outputs, "values": host.values, "trace": trace}
            report(run=results, files=files_read(root))


def _traced(lecture: Path, root: Path, host: NotebookHost) -> tuple[str, dict[str, Any]]:
    """Return the trace of a lecture, or the event that reports its error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", TraceWarning)
        try:
            recorded = trace_lecture(lecture, root=root, host=host)
        except (TraceError, TraceWarning) as error:
            return "", {"error": str(error)}
    if recorded.ending == "max_steps":
        return "", {"error": f"the trace has more than {len(recorded):,} steps"}
    if isinstance(host.error, LectureError):
        return "", {"error": str(host.error), "tail": host.error.tail}
    if host.error is not None:
        tail = recorded.steps[-1].stderr if recorded.steps else ""
        return "", {"error": f"{type(host.error).__name__}: {host.error}", "tail": tail}
    return dumps(recorded), {}


def files_read(root: Path) -> list[str]:
    """Return the files below `root` that were opened or imported, by their paths from there."""
    imported = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    paths = {os.path.realpath(path) for path in _opened | imported if isinstance(path, str)}
    below = os.path.realpath(root) + os.sep
    return sorted(path[len(below) :] for path in paths if path.startswith(below))


@cache
def _note_files() -> None:
    """Record the files that are opened from now on, by the lecture and not by the tracer."""
    sys.addaudithook(_note_opened)


def _note_opened(event: str, args: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(args[0], str | bytes):
        _opened.add(os.fsdecode(args[0]))
