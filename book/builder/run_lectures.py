"""Runs the lectures and the other pages of the book whenever their runs are not current."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any

from book.builder import runs
from book.builder.documents import pages
from book.builder.events import receive
from book.builder.markers import check_cells
from book.builder.runs import Run
from tools.shell.console import step
from tools.shell.environment import REPEATABLE
from tools.shell.errors import UserError
from tools.shell.paths import BUILD, ROOT
from tools.shell.processes import ending, lines_of, started

CELL_TIMEOUT = 600  # seconds
IPYTHON = BUILD / "ipython"  # instead of the reader's settings, which could change outputs
# Figures appear as in a notebook, and no window opens.
NOTEBOOK = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "IPYTHONDIR": str(IPYTHON),
}


def update(paths: list[Path] | None = None) -> list[Path]:
    """Run every page whose run is not current, two at a time; return the pages that ran."""
    every = paths is None
    with step("Running lectures") as progress:
        # Read once, so that a run belongs to its text even if the file changes meanwhile.
        texts = {path: path.read_text("utf-8") for path in paths or pages(ROOT)}
        changed = [path for path, text in texts.items() if runs.load(text) is None]
        # Longest first, so that none runs alone at the end.
        changed.sort(key=lambda path: len(texts[path]), reverse=True)
        progress.result(f"{len(changed)} of {len(texts)} had changed")

        children: set[int] = set()

        def run_and_save(path: Path) -> None:
            run, files = run_lecture(path, texts[path], progress.note, children)
            runs.save(texts[path], run, files)

        with ThreadPoolExecutor(max_workers=2) as pool:
            futures = [pool.submit(run_and_save, path) for path in changed]
            try:
                failures = [error for f in futures if (error := f.exception()) is not None]
            except BaseException:  # Ctrl-C reaches this process alone
                pool.shutdown(wait=False, cancel_futures=True)
                for child in list(children):
                    _kill(child)
                raise
        if failures:
            raise failures[0]
        if every:
            runs.remove_all_but(texts.values())
    return changed


def run_lecture(
    path: Path, text: str, note: Callable[[str], None], children: set[int]
) -> tuple[Run, list[str]]:
    """Run a lecture in a separate process; return its run and the files that it read.

    `note` is called with the location of each cell; `children` has the process id meanwhile. Raises
    `UserError`, which names file and line, if a cell fails, writes to standard error or takes too
    long, or if a value in the prose is not an integer or a string.
    """
    name = path.relative_to(ROOT).as_posix()
    check_cells(name, text)
    IPYTHON.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "book.builder.run_lecture", name]
    with started(command, env={**os.environ, **REPEATABLE, **NOTEBOOK}, cwd=ROOT) as child:
        watch = _Watch(name, note, kill=lambda: _kill(child.pid))
        children.add(child.pid)
        try:
            for line in lines_of(child):
                watch.read(line)
        finally:
            children.remove(child.pid)
            watch.stop_timer()
        code = child.wait()
    end = watch.end
    if watch.timed_out:
        raise UserError(f"{watch.where}: the cell ran for more than {CELL_TIMEOUT} s")
    if "error" in end:
        raise UserError(f"{watch.where}: {end['error']}", tail=end.get("tail", ""))
    output = "\n".join(watch.output)
    if code or not end:
        raise UserError(f"{watch.where}: the process of the lecture {ending(code)}", tail=output)
    if output:
        raise UserError(
            f"{watch.output_from}: the cell wrote to the terminal, past Python's sys.stdout",
            tail=output,
        )
    if path.read_text("utf-8") != text:
        raise UserError(f"{name}:1: the lecture changed while it ran; build again")
    return Run(**end["run"]), end["files"]


class _Watch:
    """Reads the events of a lecture's process, and ends it when a cell takes too long."""

    def __init__(self, name: str, note: Callable[[str], None], kill: Callable[[], None]) -> None:
        self.output: list[str] = []  # written past Python's own streams
        self.output_from = ""
        self.end: dict[str, Any] = {}
        self.where = f"{name}:1"
        self.timed_out = False
        self._name, self._note, self._kill = name, note, kill
        self._timer: Timer | None = None

    def read(self, line: str) -> None:
        """Handle a line of the process's output."""
        event = receive(line)
        if event is None:
            self.output.append(line)
            self.output_from = self.output_from or self.where
            return
        self.stop_timer()
        if "line" in event:
            self.where = f"{self._name}:{event['line']}"
            self._note(self.where)
            self._timer = Timer(CELL_TIMEOUT, self._time_out)
            self._timer.start()
        else:
            self.end = event

    def stop_timer(self) -> None:
        """Stop the timer of the cell that ran last."""
        if self._timer:
            self._timer.cancel()

    def _time_out(self) -> None:
        self.timed_out = True
        self._kill()


def _kill(child: int) -> None:
    """End a process and its children."""
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
