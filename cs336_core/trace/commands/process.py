"""The process of a program: how it ends, its threads, and where its figures are shown."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Final

from cs336_core.trace.record.recorder import StepLimitReached

_BACKEND: Final = "cs336_core.trace.record.matplotlib_backend"


class Process:
    """Runs a program to its end.

    Attributes:
        status: its exit status.

    """

    def __init__(self, program: Callable[[], object]) -> None:
        self._program = program
        self.status = 0

    def run(self) -> None:
        """Run the program, then wait for its threads.

        `sys.exit()` counts as finishing, and so does an exception that the program's own
        `sys.excepthook` reports.
        """
        before, hook = set(threading.enumerate()), sys.excepthook
        try:
            self._program()
        except SystemExit as error:
            self.status = _status(error.code)
        except (KeyboardInterrupt, StepLimitReached):
            raise
        except BaseException as error:
            if sys.excepthook is hook:
                _wait_for_threads(before)
                raise
            self.status = 1
            sys.excepthook(type(error), error, _of_program(error.__traceback__))
        finally:
            sys.excepthook = hook
        _wait_for_threads(before)


def _status(code: object) -> int:
    """Return the status for the argument of `sys.exit()`; print a message that it has instead."""
    if code is None or isinstance(code, int):
        return int(code or 0)
    sys.stderr.write(f"{code}\n")
    return 1


def _of_program(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback from the first frame that is not one of these commands on."""
    commands = Path(__file__).parent
    while traceback and Path(traceback.tb_frame.f_code.co_filename).parent == commands:
        traceback = traceback.tb_next
    return traceback


def _wait_for_threads(before: set[threading.Thread]) -> None:
    for thread in threading.enumerate():
        if thread not in before and not thread.daemon:
            thread.join()


@contextmanager
def noticing_hard_exit(notice: Callable[[int], None]) -> Iterator[None]:
    """Call a function before this process, not a child of it, ends with `os._exit`."""
    process, leave = os.getpid(), os._exit

    def leave_with_notice(status: int) -> None:
        if os.getpid() == process:
            notice(status)
        leave(status)

    os._exit = leave_with_notice  # type: ignore[assignment]
    try:
        yield
    finally:
        os._exit = leave


@contextmanager
def figures_in_trace() -> Iterator[None]:
    """Make `plt.show()` display figures in the trace, unless the user has chosen a backend."""
    if "MPLBACKEND" in os.environ:
        yield
        return
    os.environ["MPLBACKEND"] = f"module://{_BACKEND}"
    try:
        yield
    finally:
        os.environ.pop("MPLBACKEND", None)
