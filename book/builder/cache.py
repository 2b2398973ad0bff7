"""What things are made of, as hashes: whether a lecture or the site has to be made again."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from tools.shell.paths import CONSTRAINTS, REQUIREMENTS

HERE = Path(__file__).parent
EXECUTORS = (HERE / "run_lectures.py", HERE / "kernel_hooks.py")


def digest(path: Path) -> str:
    """Return a hash of a file's contents, or "" where there is no such file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return ""


def environment() -> str:
    """Return a hash of what every lecture depends on: Python, the pinned packages, the executor."""
    parts = [sys.version, *map(digest, (REQUIREMENTS, CONSTRAINTS, *EXECUTORS))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
