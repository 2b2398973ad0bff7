"""A corpus as chunks that can be read and counted one by one, on any machine.

Files are not read here. A chunk of a file is a pair of offsets, and the worker that counts the
chunk reads it, so a corpus may be larger than memory, or than one machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from cs336_core.tokenization.arguments import utf8
from cs336_core.tokenization.errors import CorpusError, EncodingError
from cs336_core.tokenization.pretokenization.safe_cuts import can_cut, find_cut, pieces
from cs336_core.tokenization.pretokenization.special_tokens import EDGE_BYTE, SpecialTokens

Document = str | os.PathLike[str] | IO[str] | IO[bytes]
Corpus = Document | Iterable[Document]

CHUNK_SIZE = 1 << 22  # bytes: enough work for a process, small enough to hold a few in memory
ERRORS_ADVICE = "errors='replace' or errors='ignore'"
# First bytes of files that are often taken for text -> what they are, what to do about it.
_SIGNATURES = {
    b"\x1f\x8b": ("compressed by gzip", "decompress it first, or pass gzip.open(path)"),
    b"BZh91AY&SY": ("compressed by bzip2", "decompress it first, or pass bz2.open(path)"),
    b"\xfd7zXZ": ("compressed by xz", "decompress it first, or pass lzma.open(path)"),
    b"\xff\xfe": ("UTF-16", "convert it to UTF-8"),
    b"\xfe\xff": ("UTF-16", "convert it to UTF-8"),
}
_WINDOW = 1 << 14  # bytes of a file that are searched for a safe cut


class Chunk(Protocol):
    """A piece of a corpus, cut so that its pre-tokens are those of the whole corpus."""

    def read(self, errors: str) -> bytes:
        """Return its text, in UTF-8 with edges between documents."""

    def __len__(self) -> int:
        """Return its length in bytes."""


@dataclass(frozen=True)
class Text:
    """Documents in memory, as UTF-8 with edges between them."""

    data: bytes

    def read(self, errors: str) -> bytes:
        """Return the text, which is valid UTF-8."""
        del errors
        return self.data

    def __len__(self) -> int:
        """Return its length in bytes."""
        return len(self.data)


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


def checked(data: bytes, name: str, start: int, errors: str) -> bytes:
    """Return `data` as valid UTF-8, treating invalid bytes as `bytes.decode` does with `errors`.

    With "strict", raises `EncodingError` with the offset, counted from `start`.
    """
    try:
        text = data.decode("utf-8", errors)
    except UnicodeDecodeError as error:
        found = f"byte {data[error.start]:#04x} at offset {start + error.start} ({error.reason})"
        if start == 0:
            for signature, (kind, advice) in _SIGNATURES.items():
                if data.startswith(signature):
                    raise EncodingError(f"{name} is {kind}: {found}; {advice}") from None
        raise EncodingError(
            f"{name} is not UTF-8: {found}; convert the file, or choose {ERRORS_ADVICE}"
        ) from None
    return data if errors == "strict" else text.encode()


def chunks(
    corpus: Corpus,
    pattern: str | None,
    specials: SpecialTokens,
    errors: str,
    size: int = CHUNK_SIZE,
) -> Iterator[Chunk]:
    """Yield the corpus in chunks of about `size` bytes.

    Raises `CorpusError` for anything that is not a corpus, `EncodingError` for text in memory that
    is not Unicode.
    """
    waiting: list[bytes] = []
    length = 0
    for document in documents(corpus):
        if isinstance(document, os.PathLike):
            yield from file_slices(Path(document), pattern, specials, size)
            continue
        strings = [document] if isinstance(document, str) else read_strings(document, errors)
        for i, piece in enumerate(pieces(strings, pattern, specials, size)):
            if i:  # no edge may come between two pieces of one document
                yield Text(EDGE_BYTE.join(waiting))
                waiting, length = [], 0
            waiting.append(utf8(piece))
            length += len(waiting[-1])
        if length >= size:
            yield Text(EDGE_BYTE.join(waiting))
            waiting, length = [], 0
    if waiting:
        yield Text(EDGE_BYTE.join(waiting))


def documents(corpus: Corpus) -> Iterator[Document]:
    """Yield the documents of a corpus; raise `CorpusError` for anything that is not a corpus."""
    if isinstance(corpus, str):
        raise CorpusError(
            f"the corpus is a string, {corpus[:40]!r}: give Path(...) if it names a file, "
            "[text] if it is the text itself"
        )
    if isinstance(corpus, os.PathLike) or hasattr(corpus, "read"):
        yield corpus  # type: ignore[misc]
        return
    for document in corpus:
        if not (isinstance(document, str | os.PathLike) or hasattr(document, "read")):
            raise CorpusError(
                f"a corpus consists of strings, paths and open files; this one has {document!r}, "
                f"of type {type(document).__name__}"
            )
        yield document


def total_size(corpus: Corpus) -> int | None:
    """Return the size of the corpus in bytes, or `None` if it takes reading to know."""
    if isinstance(corpus, os.PathLike):
        corpus = [corpus]
    if not isinstance(corpus, list | tuple) or not all(isinstance(c, os.PathLike) for c in corpus):
        return None
    return sum(Path(path).stat().st_size for path in corpus)


def read_strings(file: IO[Any], errors: str) -> Iterator[str]:
    """Yield the text of an open file, opened as text or as bytes, a megabyte at a time."""
    name = str(getattr(file, "name", "the file"))
    start = 0
    incomplete = b""
    while block := file.read(1 << 20):
        if isinstance(block, str):
            yield block
            continue
        data = incomplete + block
        whole = len(data) - incomplete_size(data)
        yield checked(data[:whole], name, start, errors).decode()
        start, incomplete = start + whole, data[whole:]
    if incomplete:
        yield checked(incomplete, name, start, errors).decode()


def incomplete_size(data: bytes) -> int:
    """Return how many bytes of an incomplete UTF-8 character `data` ends with.

    >>> incomplete_size("né".encode()), incomplete_size("né".encode()[:2]), incomplete_size(b"")
    (0, 1, 0)
    """
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if back < needed else 0
        if byte < 0x80:
            break
    return 0


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
    """Return the first safe cut from offset `begin` on; `end` if there is none."""
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
