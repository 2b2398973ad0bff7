"""Runs the lectures and the other pages of the book whenever their runs are not current."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Timer
from typing import Any

from book.builder import runs
from book.builder.documents import pages
from book.builder.events import receive
from book.builder.lecture_processes import lecture_processes
from book.builder.markers import check_cells
from book.builder.runs import Run
from tools.shell.console import step
from tools.shell.errors import UserError
from tools.shell.paths import ROOT
from tools.shell.processes import ending, lines_in

CELL_TIMEOUT = 600  # seconds


def update(paths: list[Path] | None = None) -> list[Path]:
    """Run every page whose run is not current; return the pages that ran."""
    every = paths is None
    with step("Running lectures") as progress:
        # Read once, so that a run belongs to its text even if the file changes meanwhile.
        texts = {path: path.read_text("utf-8") for path in paths or pages(ROOT)}
        changed = [path for path, text in texts.items() if runs.load(text) is None]
        changed.sort(key=lambda path: expected_work(texts[path]), reverse=True)
        progress.result(f"{len(changed)} of {len(texts)} had changed")
        if changed:
            run_and_save({path: texts[path] for path in changed}, progress.note)
        if every:
            runs.remove_all_but(texts.values())
    return changed


def expected_work(text: str) -> tuple[int, int]:
    """Return what sorts lectures by how long they run: how much they train, then their length.

    The longest lecture starts first, so that none runs alone at the end.
    """
    return text.count("n_steps"), len(text)


def run_and_save(texts: Mapping[Path, str], note: Callable[[str], None]) -> None:
    """Run lectures with these texts and cache their runs; all run, even if one of them fails.

    `note` is called with the location of each cell when it begins. Raises `UserError`, which names
    file and line, if a cell fails, writes to standard error or takes too long, or if a value in the
    prose is not an integer or a string.
    """
    names = {path: path.relative_to(ROOT).as_posix() for path in texts}
    for path, text in texts.items():
        check_cells(names[path], text)

    def save(path: Path, output: int) -> None:
        run, files = read_run(path, texts[path], output, note)
        runs.save(texts[path], run, files)

    # The processes end first, also if one of us is interrupted, and then the threads that read.
    with (
        ThreadPoolExecutor(max_workers=len(texts)) as pool,
        lecture_processes(list(names.values()), ROOT) as outputs,
    ):
        futures = [pool.submit(save, path, outputs[name]) for path, name in names.items()]
        failures = [error for future in futures if (error := future.exception()) is not None]
    if failures:
        raise failures[0]


def read_run(
    path: Path, text: str, output: int, note: Callable[[str], None]
) -> tuple[Run, list[str]]:
    """Read the output of a lecture's process; return its run and the files that it read."""
    name = path.relative_to(ROOT).as_posix()
    watch = _Watch(name, note)
    with os.fdopen(output, "rb") as file:
        for line in lines_in(file):
            watch.read(line)
            if watch.status is not None:
                break
    watch.stop_timer()
    end = watch.end
    if watch.timed_out:
        raise UserError(f"{watch.where}: the cell ran for more than {CELL_TIMEOUT} s")
    if "error" in end:
        raise UserError(f"{watch.where}: {end['error']}", tail=end.get("tail", ""))
    written = "\n".join(watch.output)
    if watch.status or not end:
        ended = "never ended" if watch.status is None else ending(watch.status)
        raise UserError(f"{watch.where}: the process of the lecture {ended}", tail=written)
    if written:
        raise UserError(
            f"{watch.output_from}: the cell wrote to the terminal, past Python's sys.stdout",
            tail=written,
        )
    if path.read_text("utf-8") != text:
        raise UserError(f"{name}:1: the lecture changed while it ran; build again")
    return Run(**end["run"]), end["files"]


class _Watch:
    """Reads the events of a lecture's process, and ends it when a cell takes too long."""

    def __init__(self, name: str, note: Callable[[str], None]) -> None:
        self.output: list[str] = []  # written past Python's own streams
        self.output_from = ""
        self.end: dict[str, Any] = {}
        self.status: int | None = None  # the exit status of the process
        self.where = f"{name}:1"
        self.timed_out = False
        self._name, self._note = name, note
        self._process = 0
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
        elif "process" in event:
            self._process = event["process"]
        elif "status" in event:
            self.status = event["status"]
        else:
            self.end = event

    def stop_timer(self) -> None:
        """Stop the timer of the cell that ran last."""
        if self._timer:
            self._timer.cancel()

    def _time_out(self) -> None:
        self.timed_out = True
        with suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)
