"""Files written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write each content to its path, so that whoever reads sees old files or new ones.

    All are written beside their places first, under temporary names, and reach the disk. Only then
    each takes its place, which is one step for each file. Whatever interrupts the writing leaves
    the old files as they were, and no temporary file behind. Raises `OSError` where a file cannot
    be written.
    """
    with ExitStack() as stack:
        moves: list[tuple[Path, Path]] = []
        for path, content in contents.items():
            place = path.resolve()  # through a link, to the file that it points at
            temporary = place.with_name(f".{place.name}.{secrets.token_hex(8)}.tmp")
            stack.callback(temporary.unlink, missing_ok=True)
            write_through(temporary, content)
            moves.append((temporary, place))
        for temporary, place in moves:
            temporary.replace(place)


def write_through(path: Path, content: bytes) -> None:
    """Write a new file and wait until the disk has it; raise `OSError` where that fails."""
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
