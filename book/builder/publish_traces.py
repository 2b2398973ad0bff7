"""Writes the traces of the lectures for the viewer.

A trace comes from the run of its lecture; the prose is filled in here, so that an edit of the prose
runs nothing. Each trace is written twice: as `traces/NAME.json`, and as a script for pages that are
opened from disk, where a browser cannot fetch files. The large states of interactive figures have
files of their own, which the viewer loads with their figures.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from book.builder import runs
from book.builder.citations import cite
from book.builder.documents import document, page_name, title_of, titles
from book.builder.term_links import TermLinks, known_terms
from cs336_core._shared.atomic import write_files
from cs336_core.trace import Trace, dumps, load, loads
from cs336_core.trace.lectures.edited import with_prose
from cs336_core.trace.lectures.myst import Role
from cs336_core.trace.lectures.prose import prose
from tools.shell.console import step
from tools.shell.errors import UserError
from tools.shell.paths import ROOT, VIEWER_TRACES

LECTURES = "lectures/*.py"
SCRIPT = "globalThis.cs336Trace({name}, {text});\n"
LARGE = 20_000  # characters of a state that has its own file
LIST = "globalThis.cs336Traces = {listed};\n"  # the traces that the viewer's page offers


class Published(NamedTuple):
    """The trace of a lecture as the site has it.

    Attributes:
        trace: the trace.
        text: the text of its file.
        title: the title of the lecture.
        states: the addresses of large states of its figures -> the states as JSON.

    """

    trace: Trace
    text: str
    title: str
    states: Mapping[str, str] = {}


def address(lecture: Path) -> str:
    """Return where a lecture's trace is, from the root of the site.

    >>> address(Path("lectures/03_bpe.py"))
    'traces/03_bpe.json'
    """
    return f"traces/{lecture.stem}.json"


def published(lecture: Path) -> Trace | None:
    """Return the trace of a lecture on the site, `None` if it has none."""
    try:
        return load(VIEWER_TRACES / address(lecture))
    except FileNotFoundError:
        return None


def update(paths: list[Path] | None = None) -> None:
    """Write the traces of all lectures, and remove any others."""
    paths = sorted(ROOT.glob(LECTURES)) if paths is None else paths
    with step("Writing traces"):
        pages = titles(ROOT)
        terms = known_terms()
        publish({path: trace_of(path, pages, TermLinks(terms)) for path in paths})


def trace_of(path: Path, pages: Mapping[str, str], term: Role) -> Published:
    """Return the trace of a lecture's run with its current prose.

    Args:
        path: the lecture.
        pages: the titles of the site's pages by their names.
        term: returns a term of the glossary, as `prose` requires.

    """
    text, name = path.read_text("utf-8"), page_name(path, ROOT)
    run = runs.load(text)
    if run is None:
        raise UserError(f"{name}.py:1: the lecture has changed since it ran; build again")
    page = f"{name}.html"
    linked = partial(document, page=name, known=pages)
    cited = partial(cite, page=page)
    trace = with_prose(
        loads(run.trace),
        name=f"{name}.py",
        text=text,
        page=page,
        markdown=lambda cell: prose(
            cell, lambda code: run.values.get(code, ""), cited, linked, term
        ),
    )
    states = move_states(trace, path.stem)
    return Published(trace, dumps(trace), title_of(text) or path.stem, states)


def move_states(trace: Trace, name: str) -> dict[str, str]:
    """Replace the large states of figures in a trace by addresses; return address -> state."""
    states: dict[str, str] = {}
    for recorded in trace:
        for i, shown in enumerate(recorded.renderings):
            if shown.type == "widget" and isinstance(shown.data, dict):
                text = json.dumps(shown.data["state"], ensure_ascii=False, separators=(",", ":"))
                if len(text) > LARGE:
                    where = f"traces/{name}.{shown.data['key']}.json"
                    states[where] = text
                    recorded.renderings[i] = replace(shown, data={**shown.data, "state": where})
    return states


def publish(traces: Mapping[Path, Published]) -> None:
    """Write these traces for the site, and remove all others."""
    folder = VIEWER_TRACES / "traces"
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[Path, bytes] = {}
    for path, trace in traces.items():
        for name, text in {address(path): trace.text, **trace.states}.items():
            called = SCRIPT.format(name=json.dumps(name), text=json.dumps(text, ensure_ascii=False))
            files[VIEWER_TRACES / name] = text.encode()
            files[VIEWER_TRACES / f"{name}.js"] = called.encode()
    listed = [
        {"address": address(path), "title": trace.title, "steps": len(trace.trace)}
        for path, trace in traces.items()
    ]
    files[folder / "list.js"] = LIST.format(listed=json.dumps(listed, ensure_ascii=False)).encode()
    write_files(files)
    for file in folder.iterdir():
        if file not in files:
            file.unlink()
