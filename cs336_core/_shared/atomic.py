"""Files written whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

_NOTE = ".unfinished-save"  # holds the key of a save whose files are all written, but not all moved
_KEY = re.compile(rb"[0-9a-f]{16}")
_STALE = 24 * 60 * 60  # seconds: an older temporary file is one of a process that was killed


def write_files(contents: Mapping[Path, bytes]) -> None:
    """Write each content to its path, so that whoever reads sees old files or new ones.

    All are written under temporary names in the same folder first, and reach the disk. Only then
    each replaces the old file, which is one step per file. Whatever interrupts the writing leaves
    the old files as they were, and no temporary file behind; those of a process that was killed
    are removed by a later save of the same file. A file that is replaced keeps its mode. Raises
    `OSError` where a file cannot be written.
    """
    key = secrets.token_hex(8)
    with ExitStack() as stack:
        moves: list[tuple[Path, Path]] = []
        for path, content in contents.items():
            place = path.resolve()  # through a link, to the file that it points at
            moves.append((_write_beside(stack, place, key, content), place))
        for temporary, place in moves:
            temporary.replace(place)
    for _, place in moves:
        _remove_stale(place)


def write_folder(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files that belong together: whoever calls `finish_folder` and reads sees one save.

    A folder that does not exist yet appears in one step, complete. In one that exists, all files
    are written under temporary names first. Then a note appears beside them, and with it the save
    counts: if the process is killed while it moves the files, `finish_folder` moves the rest.
    Raises `OSError` where a file cannot be written.
    """
    key = secrets.token_hex(8)
    folder = folder.resolve()
    if not folder.exists():
        _write_new_folder(folder, key, contents)
        return
    finish_folder(folder, contents)
    note = folder / _NOTE
    with ExitStack() as stack:
        for name, content in contents.items():
            _write_beside(stack, (folder / name).resolve(), key, content)
        new_note = _write_beside(stack, note, key, key.encode())
        stack.callback(_withdraw, note, key)  # before the files that it is about go away
        new_note.replace(note)
        stack.pop_all()
    finish_folder(folder, contents)
    for place in [*((folder / name).resolve() for name in contents), note]:
        _remove_stale(place)


def finish_folder(folder: Path, names: Iterable[str]) -> None:
    """Move what a killed `write_folder` of files with these names did not get to.

    Raises `OSError` where that is not possible.
    """
    folder = folder.resolve()
    note = folder / _NOTE
    try:
        key = note.read_bytes()
    except FileNotFoundError:
        return
    if not _KEY.fullmatch(key):
        return
    for name in names:
        place = (folder / name).resolve()
        with suppress(FileNotFoundError):  # it was moved before
            _temporary(place, key.decode()).replace(place)
    note.unlink(missing_ok=True)


def _write_new_folder(folder: Path, key: str, contents: Mapping[str, bytes]) -> None:
    """Write a folder under a temporary name and rename it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary(folder, key)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, temporary, ignore_errors=True)
        temporary.mkdir()
        for name, content in contents.items():
            _write_through(temporary / name, content, place=folder / name)
        temporary.rename(folder)
    _remove_stale(folder)


def _write_beside(stack: ExitStack, place: Path, key: str, content: bytes) -> Path:
    """Write a temporary file, which goes away when the stack unwinds, with the mode of the old."""
    temporary = _temporary(place, key)
    mode = stat.S_IMODE(place.stat().st_mode) if place.is_file() else None
    stack.callback(temporary.unlink, missing_ok=True)
    _write_through(temporary, content, mode, place=place)
    return temporary


def _write_through(path: Path, content: bytes, mode: int | None = None, *, place: Path) -> None:
    """Write a new file that is to become `place`, and wait until the disk has it.

    Raises `OSError` where that fails, which names `place`: that the disk is full says not which.
    """
    private = None if mode is None else partial(os.open, mode=0o600)
    try:
        with open(path, "xb", opener=private) as file:
            file.write(content)
            file.flush()
            if mode is not None:
                path.chmod(mode)
            os.fsync(file.fileno())
    except OSError as error:
        error.filename = str(place)
        raise


def _temporary(place: Path, key: str) -> Path:
    """Return the name under which a file or folder is written before it gets its own."""
    return place.with_name(f".{place.name}.{key}.tmp")


def _withdraw(note: Path, key: str) -> None:
    """Remove the note, if it is the one of this save."""
    with suppress(FileNotFoundError):
        if note.read_bytes() == key.encode():
            note.unlink()


def _remove_stale(place: Path) -> None:
    """Remove what processes that were killed a day ago or earlier left of saving to `place`."""
    ours = re.compile(rf"\.{re.escape(place.name)}\.[0-9a-f]{{16}}\.tmp")
    with suppress(OSError), os.scandir(place.parent) as entries:
        for entry in entries:
            if not ours.fullmatch(entry.name):
                continue
            with suppress(OSError):
                if time.time() - entry.stat(follow_symlinks=False).st_mtime < _STALE:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path)
                else:
                    Path(entry.path).unlink()
