"""One `make` at a time in a folder: the second waits for the first, and says so."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.console import step
from tools.paths import BUILD

LOCK = BUILD / "lock"
POLL = 0.2  # seconds between two tries


@contextmanager
def exclusive(path: Path = LOCK) -> Iterator[int]:
    """Hold the lock while the block runs; the block may hand its descriptor to its children.

    The lock is the system's: it goes when the last process that holds the descriptor goes, however
    it ends. So what a killed `make` has left running still keeps the next one out.
    """
    descriptor = acquire(path)
    if descriptor is None:
        with step(f"Waiting for another make in this folder{holder(path)}"):
            while (descriptor := acquire(path)) is None:
                time.sleep(POLL)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        yield descriptor
    finally:
        os.close(descriptor)


def acquire(path: Path) -> int | None:
    """Try once; return the descriptor that holds the lock, or None where another has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # `make clean` may have removed the file in between: then this lock keeps nobody out.
        if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
            return descriptor
    except BlockingIOError:
        pass
    except BaseException:
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def holder(path: Path) -> str:
    """Say which process has the lock, where it is known.

    The one that took it, or, where that was killed, one that it has left running.
    """
    try:
        taken_by = int(path.read_text())
        os.kill(taken_by, 0)
    except PermissionError:
        pass  # it runs, and is another user's
    except ProcessLookupError:
        left = left_running(path)
        return f" (process {left}, which an earlier make has left running)" if left else ""
    except (OSError, ValueError):
        return ""
    return f" (process {taken_by})"


def left_running(path: Path) -> int | None:
    """Return a process that has the lock's file open, where the system lists that (Linux)."""
    wanted = path.stat()
    for opened in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # it has ended meanwhile, or is another user's
            if opened.samefile(path) and os.path.samestat(opened.stat(), wanted):
                return int(opened.parent.parent.name)
    return None
