"""The standard streams of a program whose output becomes part of its trace.

They are text files as Python's own: with a buffer, an encoding, `reconfigure` and a descriptor.
"""

from __future__ import annotations

import codecs
import io
from abc import abstractmethod
from contextlib import suppress
from typing import BinaryIO, Final, TextIO

_ENCODING: Final = "utf-8"  # of streams without one, such as `io.StringIO` or a program's own


class RecordedStream(io.TextIOWrapper):
    """Standard output or standard error of a program; `take` returns what was written to it."""

    def __init__(self, buffer: BinaryIO, like: TextIO, *, write_through: bool) -> None:
        """Wrap a buffer in a stream with the encoding of another stream."""
        super().__init__(
            buffer,
            encoding=getattr(like, "encoding", None) or _ENCODING,
            errors=getattr(like, "errors", None),
            newline="\n",
            line_buffering=True,
            write_through=write_through,
        )
        self.mode = "w"  # type: ignore[misc]
        self._written_in = self.encoding
        self._decoder = _decoder(self.encoding)

    @abstractmethod
    def take(self) -> str:
        """Return the text that was written since the last call; it is called at every step."""

    def decode(self, data: bytes) -> str:
        """Decode bytes that were written, which may end within a character."""
        with suppress(ValueError):  # the program has detached the stream
            if self.encoding != self._written_in:
                self._written_in, self._decoder = self.encoding, _decoder(self.encoding)
        return self._decoder.decode(data)


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)("replace")


class MemoryStream(RecordedStream):
    """A stream that keeps what is written in memory, in place of another stream."""

    def __init__(self, like: TextIO) -> None:
        self._memory = _Memory(like)
        super().__init__(self._memory, like, write_through=True)

    def take(self) -> str:
        """Return the text that was written since the last call."""
        data = self._memory.getvalue()
        if not data:
            return ""
        self._memory.seek(0)
        self._memory.truncate()
        return self.decode(data)


class _Memory(io.BytesIO):
    """Bytes in memory that can only be written, like those of a pipe."""

    def __init__(self, like: TextIO) -> None:
        super().__init__()
        self._like = like
        self.name = getattr(like, "name", "<memory>")

    def fileno(self) -> int:
        """Return the descriptor of the stream in whose place this one is."""
        return self._like.fileno()

    def readable(self) -> bool:
        """Return `False`."""
        return False

    def seekable(self) -> bool:
        """Return `False`."""
        return False

    def close(self) -> None:
        """Do nothing: the program may close its stream, but the bytes belong to the trace."""


def recorded_stream(stream: TextIO, *, is_nested: bool) -> RecordedStream:
    """Return the stream that records what a program writes to a standard stream.

    That is the stream itself if it is recorded already, by a command, except for a program that
    another recorded program traces (`is_nested`).
    """
    if isinstance(stream, RecordedStream) and not is_nested:
        return stream
    return MemoryStream(stream)
