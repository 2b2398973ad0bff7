"""Stamps: how set-up knows that a thing it made is whole, and made of what is there now.

A stamp lies inside what it vouches for, so that it goes where that goes, and is written last: an
install that was cut off has none. It names a digest for each thing that went in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

NAME = ".cs336-stamp"

Stamp = dict[str, str]  # what went in -> its digest


def digest(parts: Iterable[Path | str]) -> str:
    """Hash texts and the contents of files (a missing file is one of its kind)."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            content = part.read_bytes() if part.is_file() else b"(missing)"
        else:
            content = part.encode()
        total.update(f"{len(content)} ".encode() + content)
    return total.hexdigest()


def read(folder: Path) -> Stamp:
    """Return the stamp in `folder`; an empty one where there is none that can be read."""
    try:
        stamp = json.loads((folder / NAME).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write(folder: Path, stamp: Stamp) -> None:
    """Vouch for `folder`."""
    half = folder / f"{NAME}.new"
    half.write_text(json.dumps(stamp), "utf-8")
    half.replace(folder / NAME)


def remove(folder: Path) -> None:
    """Vouch for `folder` no longer: it is about to change."""
    (folder / NAME).unlink(missing_ok=True)


def agrees(stamp: Stamp, wanted: Stamp) -> bool:
    """Whether a stamp vouches for all that is wanted; it may vouch for more.

    >>> agrees({"place": "a", "packages": "b"}, {"place": "a"}), agrees({}, {"place": "a"})
    (True, False)
    """
    return wanted.items() <= stamp.items()
