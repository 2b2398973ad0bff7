"""Traces the lectures for the viewer, each again only when what it is made of has changed.

A trace in `_build/traces/` is kept with a hash of what went in: the lecture, the files that it read
when the page was made, the tracer, Python and its packages. What the viewer opens is written anew
at each build: `traces/NAME.json`, and the same as a script for pages that are opened from disk,
where a browser fetches nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from book.builder import run_lectures
from book.builder.cache import digest, environment
from book.builder.citations import REFERENCES
from book.builder.documents import title_of, titles
from book.builder.trace_matches_page import check
from cs336_core._shared.atomic import write_files
from cs336_core.trace import Trace, TraceError, load, loads
from tools.shell.console import step
from tools.shell.environment import REPEATABLE
from tools.shell.errors import UserError
from tools.shell.paths import ROOT, TRACES, VIEWER_TRACES
from tools.shell.processes import ending, lines_of, started

LECTURES = "lectures/*.py"
TRACERS = (
    "cs336_core/trace/**/*.py",
    "book/builder/trace_lecture.py",
    "book/builder/citations.py",
    "book/builder/documents.py",
)
SCRIPT = "globalThis.cs336Trace({name}, {text});\n"
LIST = "globalThis.cs336Traces = {listed};\n"  # what the viewer's page offers


def address(lecture: Path) -> str:
    """Return where a lecture's trace is, from the top of the site.

    >>> address(Path("lectures/03_bpe.py"))
    'traces/03_bpe.json'
    """
    return f"traces/{lecture.stem}.json"


def published(lecture: Path) -> Trace | None:
    """Return the trace of a lecture that the site has, `None` where it has none."""
    file = VIEWER_TRACES / address(lecture)
    try:
        return load(file)
    except FileNotFoundError:
        return None


def bring_up_to_date(paths: list[Path] | None = None) -> list[Path]:
    """Trace every lecture whose trace is not current, two at a time; return those that were.

    Raises `UserError` where a trace and its page disagree.
    """
    paths = sorted(ROOT.glob(LECTURES)) if paths is None else paths
    with step("Tracing lectures") as progress:
        lectures_read = {path: path.read_text("utf-8") for path in paths}
        records = {path: _record(path, text) for path, text in lectures_read.items()}
        wanted = {path: made_of(lectures_read[path], records[path]) for path in paths}
        kept = {path: _kept(path, wanted[path]) for path in paths}
        tracing = [path for path in paths if kept[path] is None]
        progress.result(f"{len(tracing)} of {len(paths)} had changed")

        def one(path: Path) -> str:
            progress.note(_name(path))
            return kept[path] or traced(path)

        with ThreadPoolExecutor(max_workers=2) as pool:
            texts = dict(zip(paths, pool.map(one, paths), strict=True))
        for path, text in texts.items():
            _check(path, lectures_read[path], records[path], text)
            _keep(path, wanted[path], text)
        publish(texts)
    return tracing


def made_of(lecture: str, record: run_lectures.Record) -> str:
    """Return a hash of what the trace of a lecture is made of."""
    tracers = [file for pattern in TRACERS for file in sorted(ROOT.glob(pattern))]
    pages = titles(ROOT).items()
    named = [[page, title] for page, title in pages if page.rpartition("/")[2] in lecture]
    parts = [
        lecture,
        environment(),
        json.dumps(sorted(record.files.items())),
        json.dumps([record.outputs, record.values]),
        json.dumps(named),
        *map(digest, [*tracers, REFERENCES]),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def traced(path: Path) -> str:
    """Trace a lecture in a process of its own; `UserError` where that fails."""
    TRACES.mkdir(parents=True, exist_ok=True)
    unfinished = TRACES / f"{path.stem}.{os.getpid()}.tmp"
    environ = REPEATABLE | {"MPLBACKEND": "agg"}  # no window opens for a figure
    command = [sys.executable, "-m", "book.builder.trace_lecture", str(path), str(unfinished)]
    try:
        with started(command, env={**os.environ, **environ}, cwd=ROOT) as child:
            output = "\n".join(lines_of(child))
            code = child.wait()
        if code:
            raise UserError(f"{_name(path)}:1: tracing the lecture {ending(code)}.", tail=output)
        return unfinished.read_text("utf-8")
    finally:
        unfinished.unlink(missing_ok=True)


def publish(texts: Mapping[Path, str]) -> None:
    """Write the traces as the site has them, and no others."""
    folder = VIEWER_TRACES / "traces"
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[Path, bytes] = {}
    for path, text in texts.items():
        name = address(path)
        script = SCRIPT.format(name=json.dumps(name), text=json.dumps(text, ensure_ascii=False))
        files[VIEWER_TRACES / name] = text.encode()
        files[VIEWER_TRACES / f"{name}.js"] = script.encode()
    listed = json.dumps([offer(path, text) for path, text in texts.items()], ensure_ascii=False)
    files[folder / "list.js"] = LIST.format(listed=listed).encode()
    write_files(files)
    for file in folder.iterdir():
        if file not in files:
            file.unlink()


def offer(path: Path, text: str) -> dict[str, str | int]:
    """Return what the viewer's page says of a lecture's trace: where it is, its title, its size."""
    recorded = loads(text)
    lecture = next(iter(recorded.files.values()), "")  # its own file comes first
    title = title_of(lecture) or path.stem
    return {"address": address(path), "title": title, "steps": len(recorded)}


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _record(path: Path, lecture: str) -> run_lectures.Record:
    record = run_lectures.load(run_lectures.read(lecture))
    if record is None:
        raise UserError(f"{_name(path)}:1: the lecture has not been executed since it changed.")
    return record


def _check(path: Path, lecture: str, record: run_lectures.Record, text: str) -> None:
    try:
        recorded = loads(text, f"the trace of {_name(path)}")
    except TraceError as error:
        raise UserError(f"{_name(path)}:1: {error}") from None
    check(_name(path), lecture, record, recorded, titles(ROOT))


def _kept(path: Path, wanted: str) -> str | None:
    """Return the trace of a lecture that was kept, where it was made of just this."""
    try:
        stored = json.loads((TRACES / f"{path.stem}.json").read_text("utf-8"))
        return str(stored["trace"]) if stored["made_of"] == wanted else None
    except (FileNotFoundError, json.JSONDecodeError, TypeError, KeyError):
        return None


def _keep(path: Path, wanted: str, text: str) -> None:
    """Keep a trace, whole or not at all."""
    kept = json.dumps({"made_of": wanted, "trace": text}, ensure_ascii=False)
    write_files({TRACES / f"{path.stem}.json": kept.encode()})
