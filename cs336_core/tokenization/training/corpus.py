"""A corpus as pieces of work: chunks that can be read and counted one by one, anywhere.

A file is not read here: it is told as slices, each of which whoever counts it reads by itself, so
that a corpus larger than memory, or larger than a machine, needs no more than a list of offsets.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from cs336_core.tokenization.errors import CorpusError, EncodingError
from cs336_core.tokenization.pretokenization.char_classes import EDGE_BYTE
from cs336_core.tokenization.pretokenization.safe_cuts import can_cut, find_cut, pieces
from cs336_core.tokenization.pretokenization.special_tokens import SpecialTokens
from cs336_core.tokenization.text import utf8

Document = str | os.PathLike[str] | IO[str] | IO[bytes]
Corpus = Document | Iterable[Document]

CHUNK = 1 << 22  # bytes: enough work for a process, little enough to hold a few
OTHER_POLICIES = "errors='replace' or errors='ignore'"
# How files begin that are often taken for text, what they are, and what to do about it.
_SIGNATURES = {
    b"\x1f\x8b": ("compressed by gzip", "decompress it first, or pass gzip.open(path)"),
    b"BZh91AY&SY": ("compressed by bzip2", "decompress it first, or pass bz2.open(path)"),
    b"\xfd7zXZ": ("compressed by xz", "decompress it first, or pass lzma.open(path)"),
    b"\xff\xfe": ("UTF-16", "convert it to UTF-8"),
    b"\xfe\xff": ("UTF-16", "convert it to UTF-8"),
}
_WINDOW = 1 << 14  # bytes of a file in which a place to cut is looked for


class Chunk(Protocol):
    """A piece of a corpus, whose pre-tokens are the corpus's own."""

    def read(self, errors: str) -> bytes:
        """Return its text, UTF-8 with edges between documents."""

    def __len__(self) -> int:
        """Return how many bytes it has."""


@dataclass(frozen=True)
class Text:
    """Documents held in memory, as UTF-8 with edges between them."""

    data: bytes

    def read(self, errors: str) -> bytes:
        """Return the text; it is known to be UTF-8."""
        del errors
        return self.data

    def __len__(self) -> int:
        """Return how many bytes it has."""
        return len(self.data)


@dataclass(frozen=True)
class FileSlice:
    """The bytes of a file from `start` up to `stop`."""

    path: str
    start: int
    stop: int

    def read(self, errors: str) -> bytes:
        """Read the slice; raise `EncodingError` for what is no UTF-8, if `errors` is "strict"."""
        with Path(self.path).open("rb") as file:
            file.seek(self.start)
            data = file.read(self.stop - self.start)
        return checked(data, self.path, self.start, errors)

    def __len__(self) -> int:
        """Return how many bytes it has."""
        return self.stop - self.start


def checked(data: bytes, name: str, start: int, errors: str) -> bytes:
    """Return `data` as valid UTF-8, by the policy that `bytes.decode` calls `errors`.

    Raises `EncodingError` naming the offset, counted from `start`, if the policy is "strict".
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
            f"{name} is not UTF-8: {found}; convert the file, or choose {OTHER_POLICIES}"
        ) from None
    return data if errors == "strict" else text.encode()


def chunks(
    corpus: Corpus, pattern: str | None, specials: SpecialTokens, errors: str, size: int = CHUNK
) -> Iterator[Chunk]:
    """Yield the corpus in chunks of about `size` bytes.

    Raises `CorpusError` for a corpus that is none, `EncodingError` for text in memory that is not
    Unicode.
    """
    held: list[bytes] = []
    length = 0
    for document in documents(corpus):
        if isinstance(document, os.PathLike):
            yield from file_slices(Path(document), pattern, specials, size)
            continue
        strings = [document] if isinstance(document, str) else read_strings(document, errors)
        for i, piece in enumerate(pieces(strings, pattern, specials, size)):
            if i:  # pieces of one document must not meet with an edge between them
                yield Text(EDGE_BYTE.join(held))
                held, length = [], 0
            held.append(utf8(piece))
            length += len(held[-1])
        if length >= size:
            yield Text(EDGE_BYTE.join(held))
            held, length = [], 0
    if held:
        yield Text(EDGE_BYTE.join(held))


def documents(corpus: Corpus) -> Iterator[Document]:
    """Yield the documents of a corpus; raise `CorpusError` for what cannot be one."""
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
                f"a corpus is made of strings, paths and open files; this one has {document!r}, "
                f"of type {type(document).__name__}"
            )
        yield document


def total_size(corpus: Corpus) -> int | None:
    """Return how many bytes the corpus has, if it can be told without reading it."""
    if isinstance(corpus, os.PathLike):
        corpus = [corpus]
    if not isinstance(corpus, list | tuple) or not all(isinstance(c, os.PathLike) for c in corpus):
        return None
    return sum(Path(path).stat().st_size for path in corpus)


def read_strings(file: IO[Any], errors: str) -> Iterator[str]:
    """Yield the text of an open file, opened as text or as bytes, a megabyte at a time."""
    name = str(getattr(file, "name", "the file"))
    start = 0
    held = b""
    while got := file.read(1 << 20):
        if isinstance(got, str):
            yield got
            continue
        data = held + got
        whole = len(data) - unfinished(data)
        yield checked(data[:whole], name, start, errors).decode()
        start, held = start + whole, data[whole:]
    if held:
        yield checked(held, name, start, errors).decode()


def unfinished(data: bytes) -> int:
    """Return how many bytes at the end of `data` begin a UTF-8 character that is not all there.

    >>> unfinished("né".encode()), unfinished("né".encode()[:2]), unfinished(b"")
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
    path: Path, pattern: str | None, specials: SpecialTokens, size: int = CHUNK
) -> Iterator[FileSlice]:
    """Yield a file in slices, cut where its pre-tokens stay the same."""
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
    """Return the first offset from `begin` on where the file may be cut; `end` if there is none."""
    # What stands before is read too, for a special token that may lie across.
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
