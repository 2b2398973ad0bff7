"""Executes the lectures (and the front page) and keeps what came out, for as long as it holds.

A record in `_build/lectures/` holds the outputs of one lecture's code. It is named by that code
(prose may change freely) and it holds while every file of the project that the lecture read while
it ran is unchanged, and so are Python and the pinned packages. So a change in `cs336_core/` runs
again exactly the lectures that use what changed. A lecture that fails leaves no record: it fails
again until it is mended.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from book.builder.cache import digest, environment
from book.builder.documents import PAGES
from cs336_core._shared.atomic import write_files
from cs336_core.trace.lectures.cells import EVAL
from cs336_core.trace.record.directives import NAMES, comments
from tools.shell.console import step
from tools.shell.environment import REPEATABLE
from tools.shell.errors import UserError
from tools.shell.paths import BUILD, ROOT

RECORDS = BUILD / "lectures"
WATCH = Path(__file__).with_name("kernel_hooks.py")
CELL_TIMEOUT = 600  # seconds

# Files that a lecture may read without depending on them: what is built from the sources, which
# are not part of its outputs (views), and what pins and the Python version stand for (packages).
NOT_SOURCES = re.compile(r"(_build|\.venv|node_modules|tools|book/builder)/|.*/__pycache__/")
DIRECTIVE = re.compile(rf"#\s*(?:{'|'.join(NAMES)})\b")


@dataclass(frozen=True)
class Record:
    """What came out of running one lecture.

    Attributes:
        environment: a hash of Python, the pinned packages and the executor.
        files: each file of the project that was read, with the hash of its contents.
        outputs: the outputs of each code cell, as in a notebook.
        values: each `{eval}` expression of the prose, with its value as it is written there.

    """

    environment: str
    files: dict[str, str]
    outputs: list[list[dict[str, Any]]]
    values: dict[str, str]

    def holds(self) -> bool:
        """Whether running the lecture again would read the same things."""
        return self.environment == environment() and all(
            digest(ROOT / name) == wanted for name, wanted in self.files.items()
        )


def read(text: str) -> nbformat.NotebookNode:
    """Parse a lecture (Jupytext py:percent) into a notebook that knows the line of each cell."""
    notebook: nbformat.NotebookNode = jupytext.reads(text, fmt="py:percent")
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines, start=1) if re.match(r"# ?%%", line)]
    if len(starts) == len(notebook.cells):
        notebook.metadata["source_map"] = starts
    return notebook


def key(notebook: nbformat.NotebookNode) -> str:
    """Return the name of a lecture's record: a hash of its code and of the values it asks for."""
    parts: list[Any] = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            parts.append([cell.source, cell.metadata.get("tags", [])])
        else:
            parts.append(EVAL.findall(cell.source))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def load(notebook: nbformat.NotebookNode) -> Record | None:
    """Return the record of a lecture where there is one that holds."""
    try:
        stored = json.loads((RECORDS / f"{key(notebook)}.json").read_text("utf-8"))
        record = Record(**stored)
    except (FileNotFoundError, json.JSONDecodeError, TypeError):
        return None
    return record if record.holds() else None


def save(notebook: nbformat.NotebookNode, record: Record) -> None:
    """Keep a record, whole or not at all."""
    RECORDS.mkdir(parents=True, exist_ok=True)
    target = RECORDS / f"{key(notebook)}.json"
    write_files({target: json.dumps(asdict(record), ensure_ascii=False).encode()})


def executed(text: str) -> nbformat.NotebookNode:
    """Return the notebook of a lecture with its outputs; the book reads lectures through this.

    Comments that are for the tracer are left out of its code.

    Raises `UserError` where the lecture has not been executed.
    """
    notebook = read(text)
    record = load(notebook)
    if record is None:
        raise UserError("This lecture has not been executed since it changed; `make site` does it.")
    code = (cell for cell in notebook.cells if cell.cell_type == "code")
    for cell, outputs in zip(code, record.outputs, strict=True):
        cell.outputs = [nbformat.from_dict(output) for output in outputs]
        cell.source = without_directives(cell.source)
    return notebook


def without_directives(code: str) -> str:
    r"""Return code without the comments that only say what a trace shows.

    >>> without_directives("x = 1  # @inspect x\nprint('# @hide')")
    "x = 1\nprint('# @hide')"
    """
    lines = code.split("\n")
    for number, comment in comments(code):
        if DIRECTIVE.match(comment):
            lines[number - 1] = lines[number - 1].removesuffix(comment).rstrip()
    return "\n".join(lines)


def run(path: Path, lecture: nbformat.NotebookNode, tell: Callable[[str], None]) -> Record:
    """Run the lecture that was read from `path` in its own kernel and return what came out.

    `tell` is called with what is going on. Raises `UserError`, naming file and line, where a cell
    fails, writes to standard error, or asks for a value that has no plain form.
    """
    notebook, asked = _watched(lecture)
    name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
    cells, running = len(notebook.cells), notebook.cells[0]

    def starting(cell: nbformat.NotebookNode, cell_index: int) -> None:
        nonlocal running
        running = cell
        tell(f"{name}, cell {cell_index} of {cells}")

    def at(cell: nbformat.NotebookNode) -> str:
        return f"{name}:{cell.metadata.get('line', 1)}"

    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        store_widget_state=False,  # pages hold their widgets' state themselves
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=starting,
        extra_arguments=["--log-level=ERROR"],
    )
    try:
        asyncio.run(client.async_execute(env={**os.environ, **REPEATABLE}))
    except CellExecutionError as error:
        tail = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
        raise UserError(f"{at(running)}: {error.ename}: {error.evalue}", tail=tail) from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise UserError(f"{at(running)}: {error}".splitlines()[0]) from None
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise UserError(f"{at(cell)}: the cell wrote to standard error", tail=output.text)
    files = json.loads(_printed(notebook.cells[-1]))
    values: dict[str, str] = {}
    for cell in asked:
        for expression, written in json.loads(_printed(cell)).items():
            if values.setdefault(expression, written) != written:
                raise UserError(
                    f"{name}: {{eval}}`{expression}` is {values[expression]} in one place and "
                    f"{written} in another; give the two values two names"
                )
    return Record(
        environment=environment(),
        files={file: digest(ROOT / file) for file in files if not NOT_SOURCES.match(file)},
        outputs=[joined(cell.outputs) for cell in notebook.cells if cell.metadata.get("lecture")],
        values=values,
    )


def joined(outputs: list[nbformat.NotebookNode]) -> list[dict[str, Any]]:
    """Return a cell's outputs with text that was printed in a row in one piece.

    A kernel sends it in pieces, as time passes; on a page each would be a box of its own.
    """
    whole: list[dict[str, Any]] = []
    for is_text, run in groupby(outputs, lambda output: output.output_type == "stream"):
        if is_text:
            text = "".join(output.text for output in run)
            whole.append(nbformat.v4.new_output("stream", text=text))
        else:
            whole += run
    return whole


def _watched(
    lecture: nbformat.NotebookNode,
) -> tuple[nbformat.NotebookNode, list[nbformat.NotebookNode]]:
    """Return a notebook to run, with what we ask of the kernel between the lecture's cells."""

    def ours(source: str) -> nbformat.NotebookNode:
        cell: nbformat.NotebookNode = nbformat.v4.new_code_cell(source)
        return cell

    watch = (
        "def _():\n"
        "    import sys, types\n"
        "    watch = sys.modules['lecture_watch'] = types.ModuleType('lecture_watch')\n"
        f"    exec(compile({WATCH.read_text('utf-8')!r}, 'kernel_hooks', 'exec'), watch.__dict__)\n"
        "_()\ndel _"
    )
    cells, asked = [ours(watch)], []
    starts = lecture.metadata.get("source_map", [0] * len(lecture.cells))
    for cell, start in zip(lecture.cells, starts, strict=True):
        if cell.cell_type == "code":
            cell.metadata.update(lecture=True, line=start)
            cells.append(cell)
        elif expressions := EVAL.findall(cell.source):
            pairs = ", ".join(f"{e!r}: __import__('lecture_watch').value({e})" for e in expressions)
            asking = ours(f"print(__import__('json').dumps({{{pairs}}}))")
            asking.metadata["line"] = start
            cells.append(asking)
            asked.append(asking)
    cells.append(ours(f"print(__import__('lecture_watch').report({str(ROOT)!r}))"))
    notebook = nbformat.v4.new_notebook(cells=cells)
    return notebook, asked


def _printed(cell: nbformat.NotebookNode) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream")


def pages() -> list[Path]:
    """Return every executed page of the book: the lectures, and the front page."""
    return [page for pattern in PAGES for page in sorted(ROOT.glob(pattern))]


def bring_up_to_date(paths: list[Path] | None = None) -> list[Path]:
    """Run every page that has no record that holds, two at a time; return those that ran."""
    paths = pages() if paths is None else paths
    with step("Executing lectures") as progress:
        # Read once: a record is of the text that ran, also where the file changes meanwhile.
        lectures = {path: read(path.read_text("utf-8")) for path in paths}
        running = [path for path in paths if load(lectures[path]) is None]
        progress.result(f"{len(running)} of {len(paths)} had changed")

        def one(path: Path) -> None:
            save(lectures[path], run(path, lectures[path], progress.note))

        with ThreadPoolExecutor(max_workers=2) as pool:
            futures = [pool.submit(one, path) for path in running]
            failures = [error for f in futures if (error := f.exception()) is not None]
        if failures:
            raise failures[0]
    return running
