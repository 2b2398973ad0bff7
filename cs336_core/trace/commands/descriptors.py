"""Records what a program writes to file descriptors 1 and 2, and copies it to the terminal.

A subprocess, a library in C and `os.write` write to descriptors, past `sys.stdout`. While a command
runs a program, both descriptors lead to temporary files. Unlike pipes, files cannot fill up and
block a writer, and they hold what was written before the step that wrote it ends.
"""

from __future__ import annotations

import _thread
import ctypes
import fcntl
import io
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Final, TextIO

from cs336_core.trace.record.streams import RecordedStream

Copy = Callable[[bytes], None]
_INTERVAL: Final = 0.1  # seconds until the terminal shows what a subprocess has written


@contextmanager
def recorded_descriptors(*, output_to_error: bool) -> Iterator[None]:
    """Record both descriptors and the standard streams, and copy what they get to the terminal.

    With `output_to_error`, standard output is copied to standard error.
    """
    stdout, stderr = sys.stdout, sys.stderr
    with ExitStack() as stack:
        terminals = [
            stack.enter_context(_terminal(stream, number))
            for number, stream in ((1, stdout), (2, stderr))
        ]
        files = [
            stack.enter_context(_File(number, copy))
            for number, copy in ((1, terminals[1 if output_to_error else 0]), (2, terminals[1]))
        ]
        stack.callback(_flush, stdout, stderr)
        sys.stdout, sys.stderr = map(_FileStream, files, (stdout, stderr))
        ended = threading.Event()
        # Not a `threading.Thread`, which the program could count.
        _thread.start_new_thread(_keep_copying, (files, ended))
        try:
            yield
        finally:
            ended.set()
            _flush(sys.stdout, sys.stderr)
            sys.stdout, sys.stderr = stdout, stderr


def _keep_copying(files: list[_File], ended: threading.Event) -> None:
    while not ended.wait(_INTERVAL):
        for file in files:
            file.copy()


def _flush(*streams: TextIO) -> None:
    """Write out the buffers of Python's streams and of the C library."""
    for stream in streams:
        with suppress(OSError, ValueError):
            stream.flush()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).fflush(None)


@contextmanager
def _terminal(stream: TextIO, number: int) -> Iterator[Copy]:
    """Yield a function that writes to where a stream writes now, and gives up if it is closed."""
    is_open = True
    try:
        has_descriptor = stream.fileno() == number
    except (OSError, ValueError):  # a stream in memory
        has_descriptor = False
    stream.flush()
    terminal = os.dup(number)

    def copy(data: bytes) -> None:
        nonlocal is_open
        if not is_open:
            return
        try:
            if has_descriptor:
                written = 0
                while written < len(data):
                    written += os.write(terminal, data[written:])
            else:
                stream.write(data.decode(errors="replace"))
        except (OSError, ValueError):
            is_open = False

    try:
        yield copy
    finally:
        os.close(terminal)


class _File:
    """A temporary file in place of a descriptor."""

    def __init__(self, number: int, copy: Copy) -> None:
        self.number = number
        self._copy = copy
        self._owner = os.getpid()
        self._lock = threading.RLock()
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  (see `__exit__`)
        self._descriptor = self._file.fileno()
        self._before = -1
        self._size = 0  # bytes that were copied
        self._is_copying = False
        self._data = bytearray()  # bytes that are not part of a step yet

    def __enter__(self) -> _File:
        flags = fcntl.fcntl(self._descriptor, fcntl.F_GETFL)
        fcntl.fcntl(self._descriptor, fcntl.F_SETFL, flags | os.O_APPEND)
        self._before = os.dup(self.number)
        os.dup2(self._descriptor, self.number)
        return self

    def __exit__(self, *_: object) -> None:
        os.dup2(self._before, self.number)
        os.close(self._before)
        self.copy()
        with self._lock:
            self._file.close()

    def copy(self) -> None:
        """Copy what was written since the last call."""
        if os.getpid() != self._owner:  # a child process; its parent copies
            return
        with self._lock:
            if self._file.closed or self._is_copying:  # the handler of a signal may interrupt it
                return
            self._is_copying = True
            try:
                while (size := os.lseek(self._descriptor, 0, os.SEEK_END)) != self._size:
                    start = self._size if size > self._size else 0  # `> /dev/stdout` empties it
                    data = os.pread(self._descriptor, size - start, start)
                    self._size = start + len(data)
                    self._data += data
                    self._copy(data)
            finally:
                self._is_copying = False

    def is_unchanged(self) -> bool:
        """Whether there is nothing to take."""
        return not self._data and os.lseek(self._descriptor, 0, os.SEEK_END) == self._size

    def take(self) -> bytes:
        """Return the bytes that were written since the last call."""
        self.copy()
        with self._lock:
            data = bytes(self._data)
            self._data.clear()
        return data


class _Descriptor(io.FileIO):
    """A descriptor whose output is copied as soon as Python writes to it."""

    def __init__(self, file: _File) -> None:
        super().__init__(file.number, "w", closefd=False)
        self.name = ("<stdin>", "<stdout>", "<stderr>")[file.number]
        self._recorded = file

    def write(self, data: Any) -> int:
        """Write and copy."""
        written = super().write(data)
        self._recorded.copy()
        return written


class _FileStream(RecordedStream):
    """A standard stream that writes to a recorded descriptor."""

    def __init__(self, file: _File, like: TextIO) -> None:
        self._recorded = file
        buffer = io.BufferedWriter(_Descriptor(file))
        super().__init__(buffer, like, write_through=False)

    def take(self) -> str:
        """Return the text that was written since the last call."""
        try:  # noqa: SIM105  (`suppress` takes time at every step)
            self.flush()
        except ValueError:  # the program has closed or detached the stream
            pass
        return "" if self._recorded.is_unchanged() else self.decode(self._recorded.take())
