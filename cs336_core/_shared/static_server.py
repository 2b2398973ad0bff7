"""A read-only HTTP server for the browser on this machine, with the standard library only.

What it serves is a function from an address to an `Answer`; `files_in` is the one for a folder. A
page in the next tab may send requests too, under a name that its owner lets point to 127.0.0.1 (DNS
rebinding), so requests are answered only under this machine's own names.
"""

from __future__ import annotations

import errno
import io
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO, Final, TypeAlias
from urllib.parse import quote, unquote, urlsplit

HOST: Final = "127.0.0.1"  # reachable from this machine only
NAMES: Final = {HOST, "localhost"}

# Not the system's table: the type of a JavaScript module must not depend on the machine.
TYPES: Final = {
    ".avif": "image/avif",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gif": "image/gif",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".ipynb": "application/json",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".mp4": "video/mp4",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
BINARY: Final = "application/octet-stream"


@dataclass(frozen=True)
class Content:
    """A file, or bytes in memory."""

    source: Path | bytes
    media_type: str


@dataclass(frozen=True)
class Redirect:
    """Another address, absolute or relative to the requested one."""

    location: str


Answer: TypeAlias = Content | Redirect | None
Find: TypeAlias = Callable[[str], Answer]  # of a decoded address without its first slash


class PortError(Exception):
    """A port that cannot be listened at, and why."""


def listen(port: int = 0) -> socket.socket:
    """Listen at a port, any free one for 0; raise `PortError` if that is impossible."""
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        reasons = {
            errno.EADDRINUSE: "in use by another program",
            errno.EACCES: "reserved for the system's own services",
        }
        reason = reasons.get(error.errno or 0, f"unavailable ({error.strerror})")
        raise PortError(f"port {port} is {reason}") from None


def file_in(root: Path, address: str) -> Path | None:
    """Return the file at an address below `root`; None if it is missing, hidden or outside."""
    parts = address.split("/")
    if "\0" in address or "\\" in address or any(not p or p.startswith(".") for p in parts):
        return None
    path = root.joinpath(*parts)
    inside = path.resolve().is_relative_to(root.resolve())  # a symbolic link may lead outside
    return path if inside and path.is_file() else None


def files_in(root: Path) -> Find:
    """Serve the files of a folder, with `index.html` as the page of each folder."""

    def find(address: str) -> Answer:
        folder, slash, name = address.rpartition("/")
        if file := file_in(root, f"{folder}{slash}{name or 'index.html'}"):
            return Content(file, TYPES.get(file.suffix.lower(), BINARY))
        # Relative links of the page would lead elsewhere without the slash.
        return Redirect(f"{quote(name)}/") if file_in(root, f"{address}/index.html") else None

    return find


def is_own_name(host: str) -> bool:
    """Whether a Host header names this machine.

    >>> is_own_name("localhost:8000"), is_own_name("localhost.example.org:8000")
    (True, False)
    """
    return host.lower().partition(":")[0] in NAMES


class Handler(SimpleHTTPRequestHandler):
    """Sends what the server's `find` answers, with GET and HEAD, without logging."""

    server: FileServer
    protocol_version = "HTTP/1.1"
    server_version = "course"
    sys_version = ""
    timeout = 60  # seconds after which a silent connection is closed

    def send_head(self) -> BinaryIO | None:
        """Send the status and headers; return the body."""
        if not is_own_name(self.headers.get("Host", "")):
            return self._send_text(HTTPStatus.FORBIDDEN, "Use the name 127.0.0.1 or localhost.")
        try:
            answer = self.server.find(unquote(urlsplit(self.path).path).removeprefix("/"))
            if isinstance(answer, Content):
                return self._send_content(answer)
        except (OSError, ValueError):  # a name too long for a file, a malformed address
            answer = None
        if answer is None:
            return self._send_text(
                HTTPStatus.NOT_FOUND, "There is no such page here. The first page is at /."
            )
        self.send_response(HTTPStatus.FOUND)
        self.send_header("Location", answer.location)
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None

    def _send_content(self, content: Content) -> BinaryIO | None:
        if isinstance(content.source, bytes):
            return self._send_ok(
                io.BytesIO(content.source), len(content.source), content.media_type
            )
        file = content.source.open("rb")
        status = os.fstat(file.fileno())
        tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
        if self.headers.get("If-None-Match") != tag:
            return self._send_ok(file, status.st_size, content.media_type, tag)
        file.close()
        self.send_response(HTTPStatus.NOT_MODIFIED)
        self.send_header("ETag", tag)
        self.end_headers()
        return None

    def _send_ok(self, body: BinaryIO, size: int, media_type: str, tag: str = "") -> BinaryIO:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(size))
        # Cached, but revalidated each time: a rebuilt page shows at once.
        self.send_header("Cache-Control", "no-cache")
        if tag:
            self.send_header("ETag", tag)
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        if media_type.startswith(("image/", "video/")):  # an SVG opened by itself runs no script
            policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        return body

    def _send_text(self, status: HTTPStatus, sentence: str) -> BinaryIO:
        body = f"{sentence}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", TYPES[".txt"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Log nothing: the terminal is the reader's."""


class FileServer(ThreadingHTTPServer):
    """Serves what `find` answers; run `serve_forever` in a thread, inside a `with` block.

    `listening` is a socket that already listens; without one, any free port is taken.
    """

    daemon_threads = True

    def __init__(self, find: Find, listening: socket.socket | None = None) -> None:
        listening = listening or listen()
        super().__init__(listening.getsockname(), Handler, bind_and_activate=False)
        self.socket.close()  # the base class has opened one of its own
        self.socket = listening
        self.find = find
        self.url = f"http://{HOST}:{self.server_address[1]}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """Print the error, unless the reader closed the page before the answer was complete."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]
