"""A corpus as chunks that can be read and counted one by one, on any machine.

Files are not read here. A chunk of a file is a pair of offsets, and the worker that counts the
chunk reads it, so a corpus may be larger than memory, or than one machine. Only compressed files
and JSON lines are read while the corpus is cut.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cs336_core.tokenization.arguments import utf8
from cs336_core.tokenization.pretokenization.safe_cuts import can_cut, find_cut, pieces
from cs336_core.tokenization.pretokenization.special_tokens import EDGE_BYTE, SpecialTokens
from cs336_core.tokenization.training.corpus import (
    Corpus,
    Reading,
    checked,
    documents,
    is_plain_file,
    texts,
)

CHUNK_SIZE = 1 << 22  # bytes: enough work for a process, small enough to hold a few in memory
_WINDOW = 1 << 14  # bytes of a file that are searched for a safe cut


@dataclass(frozen=True)
class FileSlice:
    """The bytes of a file from offset `start` up to `stop`."""

    path: str
    start: int
    stop: int

    def read(self, errors: str) -> bytes:
        """Read the slice; raise `EncodingError` if it is not UTF-8 and `errors` is "strict"."""
        with Path(self.path).open("rb") as file:
            file.seek(self.start)
            data = file.read(self.stop - self.start)
        return checked(data, self.path, self.start, errors)

    def __len__(self) -> int:
        """Return its length in bytes."""
        return self.stop - self.start


# Documents in memory, as UTF-8 with edges between them, or a part of a file, cut so that its
# pre-tokens are those of the whole corpus
Chunk = bytes | FileSlice


def chunks(
    corpus: Corpus,
    pattern: str | None,
    specials: SpecialTokens,
    reading: Reading,
    size: int = CHUNK_SIZE,
) -> Iterator[Chunk]:
    """Yield the corpus in chunks of about `size` bytes.

    Raises `CorpusError` for anything that is not a corpus, `EncodingError` for text in memory that
    is not Unicode.
    """
    waiting: list[bytes] = []
    length = 0
    for document in documents(corpus):
        if is_plain_file(document):
            if waiting:
                yield EDGE_BYTE.join(waiting)
                waiting, length = [], 0
            yield from file_slices(Path(document), pattern, specials, size)
            continue
        for strings in texts(document, reading):
            for i, piece in enumerate(pieces(strings, pattern, specials, size)):
                # No edge may come between two pieces of one document.
                if i or length >= size:
                    yield EDGE_BYTE.join(waiting)
                    waiting, length = [], 0
                waiting.append(utf8(piece))
                length += len(waiting[-1])
    if waiting:
        yield EDGE_BYTE.join(waiting)


def file_slices(
    path: Path, pattern: str | None, specials: SpecialTokens, size: int = CHUNK_SIZE
) -> Iterator[FileSlice]:
    """Yield a file in slices of about `size` bytes, cut where its pre-tokens stay the same."""
    name = os.fspath(path)
    with path.open("rb") as file:
        end = os.fstat(file.fileno()).st_size
        start = 0
        while start < end:
            stop = end
            if can_cut(pattern) and end - start > size:
                stop = cut_in_file(file, start + size, end, specials)
            yield FileSlice(name, start, stop)
            start = stop


def cut_in_file(file: IO[bytes], begin: int, end: int, specials: SpecialTokens) -> int:
    """Return the offset of the first safe cut at or after `begin`, or `end` if no cut is safe."""
    # Also read what comes before, in case a special token crosses `begin`.
    before = min(4 * specials.longest + 4, begin)
    window = _WINDOW + 8 * specials.longest
    while True:
        file.seek(begin - before)
        data = file.read(before + window)
        text = data.decode("utf-8", "surrogateescape")
        skipped = len(data[:before].decode("utf-8", "surrogateescape"))
        cut = find_cut(text, skipped, specials)
        if cut is not None:
            return begin - before + len(text[:cut].encode("utf-8", "surrogateescape"))
        if begin - before + len(data) >= end:
            return end
        window *= 2
