"""Answers requests for files of one folder: types, validators, compression; nothing outside it."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Ours, not the system's table: what a module's type is must not depend on the machine.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".inv": "application/octet-stream",
    ".ipynb": "application/json",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
COMPACT = {".gif", ".ico", ".inv", ".jpg", ".pdf", ".png", ".webp", ".woff", ".woff2"}
WORTH_COMPRESSING = 1024  # bytes


@dataclass(frozen=True)
class Answer:
    """A status, its headers and its body."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


def located(folder: Path, target: str) -> Path | str | None:
    """Find what a request's target names inside `folder`.

    Return a file, or for a folder named without its last slash the address with it, or None.
    """
    path = unquote(urlsplit(target).path)
    parts = [part for part in path.split("/") if part]
    if "\0" in path or "\\" in path or any(part.startswith(".") for part in parts):
        return None
    found = folder.joinpath(*parts)
    if found.is_dir():
        if not path.endswith("/"):
            return urlsplit(target).path.rsplit("/", 1)[-1] + "/"
        found /= "index.html"
    elif path.endswith("/"):  # a page's own links would lead elsewhere from there
        return None
    inside = found.resolve().is_relative_to(folder.resolve())
    return found if inside and found.is_file() else None


def answer(folder: Path, target: str, headers: dict[str, str]) -> Answer:
    """Answer a GET of `target`, given the request's headers (their names in lower case)."""
    try:
        found = located(folder, target)
        if isinstance(found, str):
            return Answer(301, {"Location": found, "Content-Length": "0"})
        return of_file(found, headers) if found else missing()
    except (OSError, ValueError):
        # A name too long for a file, a page replaced in this very moment; an address that is none.
        return missing()


def missing() -> Answer:
    """Answer that there is nothing under this address."""
    body = b"There is no such page. The course begins at /.\n"
    kind = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body))}
    return Answer(404, kind, body)


def of_file(found: Path, headers: dict[str, str]) -> Answer:
    """Answer with a file, or that the reader's copy is still good."""
    status = found.stat()
    tag = f'W/"{status.st_mtime_ns:x}-{status.st_size:x}"'
    shared = {
        "Cache-Control": "no-cache",  # kept, but asked for again: a rebuilt page shows at once
        "ETag": tag,
        "Last-Modified": formatdate(status.st_mtime, usegmt=True),
        "Vary": "Accept-Encoding",
    }
    if is_unchanged(headers, tag, status.st_mtime):
        return Answer(304, shared)
    shared["Content-Type"] = TYPES.get(found.suffix.lower(), "application/octet-stream")
    compressible = found.suffix.lower() not in COMPACT and status.st_size >= WORTH_COMPRESSING
    if compressible and takes_gzip(headers.get("accept-encoding", "")):
        shared["Content-Encoding"] = "gzip"
        body = compressed(found, status.st_mtime_ns)
    else:
        body = found.read_bytes()
    shared["Content-Length"] = str(len(body))
    return Answer(200, shared, body)


def is_unchanged(headers: dict[str, str], tag: str, modified: float) -> bool:
    """Whether the reader's copy is still good; a tag says more than a date."""
    if known := headers.get("if-none-match"):
        return known.strip() == "*" or tag in [one.strip() for one in known.split(",")]
    try:
        since = parsedate_to_datetime(headers.get("if-modified-since", "")).timestamp()
    except (ValueError, OverflowError):  # not a date, or one that no clock shows
        return False
    return int(modified) <= since


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header takes gzip.

    >>> takes_gzip("br, gzip"), takes_gzip("gzip;q=0"), takes_gzip("")
    (True, False, False)
    """
    for one in accepted.lower().split(","):
        name, *parameters = (part.strip() for part in one.split(";"))
        if name in ("gzip", "*"):
            return not any(part in ("q=0", "q=0.0", "q=0.00", "q=0.000") for part in parameters)
    return False


@lru_cache(maxsize=256)
def compressed(path: Path, modified: int) -> bytes:
    """Return a file's bytes, compressed; kept until it is `modified`."""
    return gzip.compress(path.read_bytes(), compresslevel=6, mtime=0)
