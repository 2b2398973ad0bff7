"""A corpus as documents: strings, files of text, compressed files, JSON lines, and lists of these.

No pre-token crosses from one document into the next.
"""

from __future__ import annotations

import codecs
import gzip
import json
import os
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeGuard, TypeVar

from cs336_core.tokenization.arguments import described, path_of
from cs336_core.tokenization.errors import CorpusError, EncodingError

Document = str | os.PathLike[str] | IO[str] | IO[bytes]
Corpus = Document | Iterable[Document | Iterable[Document]]
Part = TypeVar("Part")

ERRORS_ADVICE = "errors='replace' or errors='ignore'"
FIELD_ADVICE = "pass field=..."
# First bytes of files that are often taken for text -> what they are, what to do about it.
_SIGNATURES = {
    b"\x1f\x8b": ("compressed by gzip", "decompress it first, or pass gzip.open(path)"),
    b"BZh91AY&SY": ("compressed by bzip2", "decompress it first, or pass bz2.open(path)"),
    b"\xfd7zXZ": ("compressed by xz", "decompress it first, or pass lzma.open(path)"),
    b"\xff\xfe": ("UTF-16", "convert it to UTF-8"),
    b"\xfe\xff": ("UTF-16", "convert it to UTF-8"),
}


class Reading(NamedTuple):
    """How files are read."""

    errors: str = "strict"  # what to do with bytes that are not UTF-8, as for `bytes.decode`
    field: str = "text"  # the field of each JSON line that has the text


def checked(data: bytes, name: str, start: int, errors: str) -> bytes:
    """Return `data` as valid UTF-8, treating invalid bytes as `bytes.decode` does with `errors`.

    With "strict", raises `EncodingError` with the offset, counted from `start`.
    """
    try:
        text = data.decode("utf-8", errors)
    except UnicodeDecodeError as error:
        raise _not_utf8(error, name, start) from None
    return data if errors == "strict" else text.encode()


def _not_utf8(error: UnicodeDecodeError, name: str, start: int) -> EncodingError:
    """Return the error for bytes that begin at offset `start` of a file."""
    data = error.object
    found = f"byte {data[error.start]:#04x} at offset {start + error.start} ({error.reason})"
    for signature, (kind, advice) in _SIGNATURES.items():
        if start == 0 and data.startswith(signature):
            return EncodingError(f"{name} is {kind}: {found}; {advice}")
    return EncodingError(
        f"{name} is not UTF-8: {found}; convert the file, or choose {ERRORS_ADVICE}"
    )


def documents(corpus: Corpus) -> Iterator[Document]:
    """Yield the documents of a corpus; raise `CorpusError` for anything that is not a corpus."""
    if isinstance(corpus, str):
        raise CorpusError(
            f"the corpus is a string, {corpus[:40]!r}: give Path(...) if it names a file, "
            "[text] if it is the text itself"
        )
    if isinstance(corpus, os.PathLike) or hasattr(corpus, "read"):
        corpus = [corpus]  # type: ignore[list-item]
    for document in corpus:
        if isinstance(document, list | tuple):  # a batch, as data sets give them
            yield from documents(document)
        elif isinstance(document, os.PathLike):
            yield path_of("a path of the corpus", document)
        elif isinstance(document, str) or hasattr(document, "read"):
            yield document  # type: ignore[misc]
        else:
            raise CorpusError(
                f"a corpus consists of strings, paths, open files and lists of these; this one has "
                f"{document!r}, of type {type(document).__name__}"
            )


def total_size(corpus: Corpus) -> int | None:
    """Return the size of the corpus in bytes, or `None` if it takes reading to know."""
    if not isinstance(corpus, os.PathLike | list | tuple):
        return None
    size = 0
    for document in documents(corpus):
        if not is_plain_file(document):
            return None
        size += Path(document).stat().st_size
    return size


def is_plain_file(document: object) -> TypeGuard[os.PathLike[str]]:
    """Whether a document is the path of a plain text file."""
    return isinstance(document, os.PathLike) and not {".gz", ".jsonl"} & set(_endings(document))


def _endings(path: os.PathLike[str]) -> list[str]:
    """Return the endings that say how a file is read, such as [".jsonl", ".gz"]."""
    suffixes = Path(path).suffixes
    return suffixes[-2:] if suffixes[-1:] == [".gz"] else suffixes[-1:]


def texts(document: Document, reading: Reading) -> Iterator[Iterable[str]]:
    """Yield the texts of a document, each in pieces: one text, or one for each JSON line.

    Raises `CorpusError` for a damaged compressed file, and for a line without text.
    """
    if isinstance(document, str):
        yield [document]
    elif not isinstance(document, os.PathLike):
        yield read_strings(document, reading.errors)
    else:
        name, endings = os.fspath(document), _endings(document)
        open_file: Callable[..., Any] = gzip.open if ".gz" in endings else open
        with open_file(document, "rb") as file:
            if ".jsonl" in endings:
                yield from undamaged(json_lines(file, name, reading), name)
            else:
                yield undamaged(read_strings(file, reading.errors), name)


def undamaged(parts: Iterable[Part], name: str) -> Iterator[Part]:
    """Yield the parts of a file; raise `CorpusError` when a compressed file turns out damaged."""
    try:
        yield from parts
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise CorpusError(f"{name} is damaged or cut off: {error}") from None


def json_lines(lines: Iterable[bytes], name: str, reading: Reading) -> Iterator[list[str]]:
    """Yield the text of each line, a JSON object."""
    start = 0
    for number, line in enumerate(lines, 1):
        at = f"{name}, line {number}"
        text = checked(line, name, start, reading.errors).decode()
        start += len(line)
        if not text.strip():
            continue
        try:
            value = json.loads(text)
        except ValueError as error:
            raise CorpusError(f"{at} is not JSON: {error}") from None
        if not isinstance(value, dict) or not isinstance(value.get(reading.field), str):
            fields = (
                f"the fields {', '.join(value)}" if isinstance(value, dict) else described(value)
            )
            raise CorpusError(
                f"{at} has no text in a field {reading.field!r}; it has {fields}; {FIELD_ADVICE}"
            )
        yield [value[reading.field]]


def read_strings(file: IO[Any], errors: str) -> Iterator[str]:
    """Yield the text of an open file, opened as text or as bytes, a megabyte at a time."""
    name = str(getattr(file, "name", "the file"))
    decoder = codecs.getincrementaldecoder("utf-8")(errors)
    size, is_end = 0, False
    while not is_end:
        block = file.read(1 << 20)
        is_end = not block
        if isinstance(block, str):
            yield block
            continue
        incomplete, _ = decoder.getstate()
        try:
            yield decoder.decode(block, final=is_end)
        except UnicodeDecodeError as error:
            raise _not_utf8(error, name, size - len(incomplete)) from None
        size += len(block)
