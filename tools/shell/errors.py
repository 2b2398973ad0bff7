"""Errors that the user can fix: one sentence that names the problem and the way out."""

from __future__ import annotations

import errno
import io
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from tools.shell.paths import ROOT

INTERRUPTED = 130  # exit status for Ctrl-C, as in shells
TERMINATED = 143  # exit status for SIGTERM

DISK_FULL = (
    f"The disk is full: set-up takes about 2.5 GB in {ROOT} and in the caches of uv and npm "
    "(several GB more with PyTorch's build for GPUs), and some in "
    f"{tempfile.gettempdir()} while it runs. Free some space, then run make again."
)
NOT_WRITABLE = (
    f"A file or folder is not writable. Set-up writes to {ROOT} (.venv, node_modules, _build) and "
    "to the caches of pip, uv and npm: make them yours, then run make again."
)
NO_NETWORK = (
    "A download failed: no network, or a proxy or mirror that does not answer (`pip config list` "
    "and `npm config list` show the settings). Run make again once it is reachable: finished "
    "downloads are cached."
)
# How pip, uv, npm and apt report causes outside of them
NO_SPACE = re.compile(r"ENOSPC|Errno 28\b|os error 28\b|No space left|quota exceeded", re.I)
UNREACHABLE = re.compile(
    r"dns error|error sending request|tunnel error|ConnectionError|ProxyError|NewConnection"
    r"|connection broken|[Tt]imed? ?out|network connectivity|certificate|CERTIFICATE|SELF_SIGNED"
    r"|\b(?:ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH)\b"
)
FORBIDDEN = re.compile(
    r"\b(?:EACCES|EPERM|EROFS)\b|Permission denied|(?:Errno|os error) (?:1|13|30)\b"
)


class UserError(Exception):
    """One sentence for the user: what is wrong and what to do about it.

    `tail` is printed above it. For a program that failed, `output` has its last lines, and `log` is
    the file with all of its output.
    """

    def __init__(
        self, sentence: str, *, log: Path | None = None, tail: str = "", output: str = ""
    ) -> None:
        super().__init__(sentence)
        self.log = log
        self.tail = tail
        self.output = output


def disk_full(output: str) -> str | None:
    """Return the sentence for a full disk if that made a program fail."""
    return DISK_FULL if NO_SPACE.search(output) else None


def explain(output: str) -> str | None:
    """Return the sentence for an installer that failed on the disk, the network or permissions."""
    causes = {NO_SPACE: DISK_FULL, UNREACHABLE: NO_NETWORK, FORBIDDEN: NOT_WRITABLE}
    return next((sentence for cause, sentence in causes.items() if cause.search(output)), None)


def explain_os_error(error: OSError) -> str | None:
    """Return the sentence for an error of our own writes, if it is one that the user can fix."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DISK_FULL
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.filename}: {NOT_WRITABLE}" if error.filename else NOT_WRITABLE
    return None


def run_main(main: Callable[[], int]) -> int:
    """Run a command and return its exit status: `sys.exit(run_main(main))`.

    A `UserError` is printed and becomes 1. Ctrl-C, SIGTERM and a closed terminal unwind the
    command, so that the programs it started end too.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # in an ASCII-only locale "…" becomes "?"
    for request in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(request) != signal.SIG_IGN:  # as under nohup
            signal.signal(request, _terminate)
    try:
        return main()
    except KeyboardInterrupt:
        return INTERRUPTED
    except UserError as error:
        _print(error)
    except BrokenPipeError:  # a closed pipe: `make check | head -3`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        sentence = explain_os_error(error)
        if sentence is None:
            raise
        _print(UserError(sentence))
    return 1


@contextmanager
def until_interrupted() -> Iterator[None]:
    """Let Ctrl-C or SIGTERM end the block without an error: servers run until then."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(request: int, frame: FrameType | None) -> None:
    raise SystemExit(TERMINATED)


def _print(error: UserError) -> None:
    lines = [error.tail] if error.tail else []
    lines.append(f"error: {error}")
    if error.log is not None:
        inside = error.log.is_relative_to(ROOT)
        lines.append(f"The whole output: {error.log.relative_to(ROOT) if inside else error.log}")
    with suppress(OSError):
        print(*lines, sep="\n", file=sys.stderr, flush=True)
