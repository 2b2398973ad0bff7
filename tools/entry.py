"""The way into a tool: trouble is told in a sentence, and Ctrl-C ends quietly."""

from __future__ import annotations

import io
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from tools import explain
from tools.console import Trouble
from tools.paths import ROOT
from tools.text import wants_colour

INTERRUPTED = 130  # what a shell says of a program ended by Ctrl-C
TERMINATED = 143  # and of one ended by SIGTERM


def guarded(work: Callable[[], int]) -> int:
    """Do `work` and return the exit status; use as `sys.exit(guarded(main))`.

    `Trouble` becomes its sentence on standard error and 1. A request to end (Ctrl-C, SIGTERM, a
    closed terminal) unwinds the work, so that what it started is ended with it.
    """
    for stream in (sys.stdout, sys.stderr):
        # In an ASCII-only locale a "…" is shown as "?": no reason to fail.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    for request in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(request) != signal.SIG_IGN:  # nohup has its reasons
            signal.signal(request, end)
    try:
        return work()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Trouble as trouble:
        tell(trouble)
    except OSError as error:
        sentence = explain.os_error(error)
        if sentence is None:
            raise
        tell(Trouble(sentence))
    return 1


def end(request: int, frame: FrameType | None) -> None:
    """Unwind, as Ctrl-C does."""
    raise SystemExit(TERMINATED)


@contextmanager
def stopped_on_request() -> Iterator[None]:
    """Let Ctrl-C or SIGTERM end the block and no more: for a server that is a good end."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def tell(trouble: Trouble) -> None:
    """Say on standard error what is wrong."""
    red, plain = ("\x1b[31m", "\x1b[0m") if wants_colour(sys.stderr) else ("", "")
    lines = [trouble.tail] if trouble.tail else []
    lines.append(f"{red}error:{plain} {trouble}")
    if trouble.log is not None:
        inside = trouble.log.is_relative_to(ROOT)
        lines.append(
            f"The whole output: {trouble.log.relative_to(ROOT) if inside else trouble.log}"
        )
    with suppress(OSError):
        print(*lines, sep="\n", file=sys.stderr, flush=True)
