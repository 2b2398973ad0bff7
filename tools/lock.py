"""One `make` at a time in a folder: the second waits for the first, and says so."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
    """Say which process has the lock, where it is known."""
    try:
        return f" (process {int(path.read_text())})"
    except (OSError, ValueError):
        return ""
