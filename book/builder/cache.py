"""Caches results that are slow to build, with a digest of everything they were built from."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from cs336_core._shared.atomic import write_files
from tools.shell.stamps import digest, read_stamp, write_stamp

__all__ = ["Cache", "digest", "is_current", "mark_current"]


class Cache:
    """A folder of JSON files; each has a content and the digests of its inputs."""

    def __init__(self, folder: Path, root: Path) -> None:
        """Cache contents in `folder`; the files that they depend on are named from `root`."""
        self.folder = folder
        self.root = root

    def load(self, name: str, inputs: str) -> Any | None:
        """Return the content saved under a name if it was built from these inputs, else `None`."""
        try:
            entry = json.loads(self._file(name).read_text("utf-8"))
            files: dict[str, str] = entry["files"]
            current = entry["inputs"] == inputs and files == self._digests(files)
            return entry["content"] if current else None
        except (OSError, ValueError, TypeError, KeyError):  # missing or damaged
            return None

    def save(self, name: str, inputs: str, content: Any, files: Iterable[str] = ()) -> None:
        """Save a content with the digests of its inputs and of the files that it depends on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        entry = {"inputs": inputs, "files": self._digests(files), "content": content}
        write_files({self._file(name): json.dumps(entry, ensure_ascii=False).encode()})

    def remove_all_but(self, names: Collection[str]) -> None:
        """Remove the contents of other names."""
        keep = {self._file(name) for name in names}
        for file in set(self.folder.glob("*")) - keep:
            file.unlink()

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.json"

    def _digests(self, files: Iterable[str]) -> dict[str, str]:
        return {name: digest([self.root / name]) for name in files}


def is_current(folder: Path, inputs: str) -> bool:
    """Whether a folder is complete and was built from inputs with this digest."""
    return read_stamp(folder) == {"inputs": inputs}


def mark_current(folder: Path, inputs: str) -> None:
    """Declare a folder complete, built from inputs with this digest."""
    write_stamp(folder, {"inputs": inputs})
