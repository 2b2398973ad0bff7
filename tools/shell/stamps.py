"""Stamps: what a folder was built from, so that it is built again only when that changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from cs336_core._shared.atomic import write_files

# A folder's stamp has digests of the inputs that the folder was built from, by name. It is removed
# before the folder changes and written last, so that an incomplete folder has none.
STAMP = ".cs336-stamp"


def digest(parts: Iterable[Path | str]) -> str:
    """Hash texts and the contents of files; a missing file differs from any other."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            content = part.read_bytes() if part.is_file() else b"(missing)"
        else:
            content = part.encode()
        total.update(f"{len(content)} ".encode() + content)
    return total.hexdigest()


def read_stamp(folder: Path) -> dict[str, str]:
    """Return the stamp of a folder, empty if it is missing or unreadable."""
    try:
        stamp = json.loads((folder / STAMP).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(folder: Path, stamp: dict[str, str]) -> None:
    """Mark a folder as complete."""
    write_files({folder / STAMP: json.dumps(stamp).encode()})


def remove_stamp(folder: Path) -> None:
    """Mark a folder as incomplete, before it changes."""
    (folder / STAMP).unlink(missing_ok=True)
