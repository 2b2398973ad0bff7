"""Atomic writes: a file is written completely or not at all."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

# The bytes of a file, or what writes them to a path where an empty file is
Content = bytes | Callable[[Path], object]

_NOTE = ".unfinished-save"  # has the key of a save whose files are all written, but not all moved
_KEY = re.compile(rb"[0-9a-f]{16}")
_STALE = 24 * 60 * 60  # seconds: an older temporary file was left by a killed process


def write_files(contents: Mapping[Path, Content]) -> None:
    """Write each content to its path atomically: a reader sees an old file or a new one.

    All files are first written under temporary names in the same folder and flushed to the disk.
    Then each replaces the old file in one step. An interruption leaves the old files unchanged and
    removes the temporary ones; those of a killed process are removed by a later save of the same
    file. A replaced file keeps its mode. Raises `OSError` if a file cannot be written.
    """
    key = secrets.token_hex(8)
    with ExitStack() as stack:
        moves: list[tuple[Path, Path]] = []
        for path, content in contents.items():
            target = path.resolve()  # of a link, the file that it points to
            moves.append((_write_beside(stack, target, key, content), target))
        for temporary, target in moves:
            temporary.replace(target)
    for _, target in moves:
        _remove_stale(target)


def write_folder(folder: Path, contents: Mapping[str, Content]) -> None:
    """Write files that belong together: after `finish_folder`, all are from the same save.

    A new folder appears in one step, complete. In an existing folder, all files are first written
    under temporary names. Then a note beside them commits the save: if the process is killed while
    it moves the files, `finish_folder` moves the rest.

    Raises `OSError` if a file cannot be written.
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
        stack.callback(_withdraw, note, key)  # before the files that it commits are removed
        new_note.replace(note)
        stack.pop_all()
    finish_folder(folder, contents)
    for target in [*((folder / name).resolve() for name in contents), note]:
        _remove_stale(target)


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder that becomes `folder` in one step, complete, at the end.

    For files too large for memory. An error or an interruption removes the temporary folder; that
    of a killed process is removed by a later save of the same folder. Raises `OSError` if a file
    cannot be written, or if `folder` exists and is not empty.
    """
    with _renamed_folder(folder.resolve(), secrets.token_hex(8)) as temporary:
        yield temporary
        for path in temporary.iterdir():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def finish_folder(folder: Path, names: Iterable[str]) -> None:
    """Move the files that a killed `write_folder` committed but did not move.

    Raises `OSError` if a file cannot be moved.
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
        target = (folder / name).resolve()
        with suppress(FileNotFoundError):  # already moved
            _temporary(target, key.decode()).replace(target)
    note.unlink(missing_ok=True)


def _write_new_folder(folder: Path, key: str, contents: Mapping[str, Content]) -> None:
    """Write a folder under a temporary name and rename it."""
    with _renamed_folder(folder, key) as temporary:
        for name, content in contents.items():
            _write_through(temporary / name, content, target=folder / name)


@contextmanager
def _renamed_folder(folder: Path, key: str) -> Iterator[Path]:
    """Yield a new folder with a temporary name, which it loses at the end; an error removes it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = _temporary(folder, key)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, temporary, ignore_errors=True)
        temporary.mkdir()
        yield temporary
        temporary.rename(folder)
    _remove_stale(folder)


def _write_beside(stack: ExitStack, target: Path, key: str, content: Content) -> Path:
    """Write a temporary file with the mode of `target`; the stack removes it when it unwinds."""
    temporary = _temporary(target, key)
    mode = stat.S_IMODE(target.stat().st_mode) if target.is_file() else None
    stack.callback(temporary.unlink, missing_ok=True)
    _write_through(temporary, content, mode, target=target)
    return temporary


def _write_through(path: Path, content: Content, mode: int | None = None, *, target: Path) -> None:
    """Write a new file that will become `target`, and wait until it is on the disk.

    Raises `OSError` with the name of `target`; the system's error for a full disk has none.
    """
    private = None if mode is None else partial(os.open, mode=0o600)
    try:
        with open(path, "xb", opener=private) as file:
            if isinstance(content, bytes):
                file.write(content)
                file.flush()
            else:
                content(path)
            if mode is not None:
                path.chmod(mode)
            os.fsync(file.fileno())
    except OSError as error:
        error.filename = str(target)
        raise


def _temporary(target: Path, key: str) -> Path:
    """Return the temporary name of a file or folder."""
    return target.with_name(f".{target.name}.{key}.tmp")


def _withdraw(note: Path, key: str) -> None:
    """Remove the note if it belongs to this save."""
    with suppress(FileNotFoundError):
        if note.read_bytes() == key.encode():
            note.unlink()


def _remove_stale(target: Path) -> None:
    """Remove temporary files for `target` that are more than a day old."""
    ours = re.compile(rf"\.{re.escape(target.name)}\.[0-9a-f]{{16}}\.tmp")
    with suppress(OSError), os.scandir(target.parent) as entries:
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
