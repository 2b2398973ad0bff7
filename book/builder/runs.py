"""The cached runs of the lectures.

The key of a run is the code of its lecture; the prose may change freely. A run is current while
Python, the pinned packages and every file of the project that the lecture read are unchanged. So a
change in `cs336_core/` invalidates exactly the runs that use the changed files. A failing lecture
leaves no run, and fails again until it is fixed.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from book.builder.cache import Cache, digest
from cs336_core.trace.lectures.cells import cells
from tools.shell.paths import BUILD, CONSTRAINTS, REQUIREMENTS, ROOT

CACHE = Cache(BUILD / "lectures", ROOT)
RUNNER = [
    Path(__file__).with_name(name)
    for name in ("lecture_processes.py", "run_lecture.py", "notebook_host.py", "events.py")
]
# Files that a lecture may read without depending on them: built from the sources (views), or
# determined by the versions of Python and its packages.
NOT_SOURCES = re.compile(r"(_build|\.venv|node_modules|tools|book/builder)/|.*/__pycache__/")


@dataclass(frozen=True)
class Run:
    """The results of running a lecture.

    Attributes:
        outputs: the outputs of each cell of code, as a notebook stores them.
        values: each `{eval}` expression of the prose -> its formatted value.
        trace: the trace in its file format, with the prose at the time of the run.

    """

    outputs: list[list[dict[str, Any]]]
    values: dict[str, str]
    trace: str


def load(text: str) -> Run | None:
    """Return the current run of a lecture's text, or `None` before its first run."""
    content = CACHE.load(key(text), _environment())
    return None if content is None else Run(**content)


def save(text: str, run: Run, files: Iterable[str]) -> None:
    """Cache the run of a lecture's text and the files that the lecture read."""
    sources = [name for name in files if not NOT_SOURCES.match(name)]
    CACHE.save(key(text), _environment(), asdict(run), sources)


def remove_all_but(texts: Iterable[str]) -> None:
    """Remove the runs of other texts."""
    CACHE.remove_all_but([key(text) for text in texts])


def key(text: str) -> str:
    """Return the name of a lecture's run: a hash of its code and of the values in its prose."""
    parts: list[Any] = []
    for cell in cells(text):
        parts += [[cell.text, sorted(cell.tags)]] if cell.kind == "code" else cell.expressions
    return digest([json.dumps(parts)])[:32]


def _environment() -> str:
    """Return a digest of the common inputs of all runs: Python, pinned packages, the runner."""
    return digest([sys.version, REQUIREMENTS, CONSTRAINTS, *RUNNER])
