"""Serves the trace viewer, one trace and its images to this machine's own browser.

A trace may come from anyone, and so may a page in the next tab. So requests are answered only under
this machine's own name, nothing is served but the viewer, the trace, and those images and videos
that the trace names in its own folder or in the working folder, and what an image holds runs no
script.
"""

from __future__ import annotations

import json
import posixpath
import re
import sys
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Final
from urllib.parse import unquote, urlsplit

from cs336_core.trace.errors import TraceError
from cs336_core.trace.formats.files import load

HOST: Final = "127.0.0.1"  # reached from this machine only
NAMES: Final = {HOST, "localhost"}
_VIEWER: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_PICTURES: Final = {
    ".avif": "image/avif",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".mp4": "video/mp4",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webm": "video/webm",
    ".webp": "image/webp",
}
_BEGIN: Final = 1_000  # bytes of a file that say what it is
_BEGINNINGS: Final = [
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "image/avif"),
    (
        re.compile(rb"(\xef\xbb\xbf)?\s*(<(\?xml|!--|!DOCTYPE svg)[^>]*>\s*)*<svg[\s>]"),
        "image/svg+xml",
    ),
    (re.compile(rb"....ftyp(isom|iso\d|mp4\d|avc1|M4V )", re.DOTALL), "video/mp4"),
    (re.compile(rb"\x1a\x45\xdf\xa3"), "video/webm"),
]


class Shown:
    """What is served: the viewer in a folder, and a trace under an address of its own."""

    def __init__(self, viewer: Path, trace: Path) -> None:
        self.viewer = viewer.resolve()
        self.trace = trace.resolve()
        self.working = Path.cwd()
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", trace.name.removesuffix(".json")).strip(".-")
        self.address = f"traces/{name or 'trace'}.json"

    def listed(self) -> bytes:
        """Return the script that tells the viewer's page what there is to open."""
        try:
            steps = len(load(self.trace))
        except (TraceError, OSError):
            return b"globalThis.cs336Traces = [];\n"  # it was a trace when this server began
        told = {"address": self.address, "title": self.trace.name, "steps": steps}
        return f"globalThis.cs336Traces = {json.dumps([told])};\n".encode()

    def found(self, target: str) -> tuple[Path, str] | None:
        """Return the file that a request's target names, and its type; `None` for any other."""
        address = unquote(urlsplit(target).path).removeprefix("/")
        if address == self.address:
            return self.trace, "application/json"
        if "\0" in address or "\\" in address:
            return None
        parts = address.split("/")
        if not {"", ".", ".."} & set(parts):
            file = self._in(self.viewer, address, _VIEWER)
            # A page of the viewer knows an image by its address from the page or from the trace.
            return file or self._picture(address) or self._picture(address.removeprefix("traces/"))
        return None

    def _picture(self, address: str) -> tuple[Path, str] | None:
        """Return the image that the trace calls so, from its own folder or the working folder."""
        folders = self.trace.parent, self.working
        for name in pictures(self.trace, self.trace.stat().st_mtime_ns).get(address, ()):
            for path in (folder.joinpath(name).resolve() for folder in folders):
                if any(map(path.is_relative_to, folders)) and path.is_file():
                    kind = _PICTURES.get(path.suffix.lower()) or kind_of(path)
                    if kind:
                        return path, kind
        return None

    def _in(self, folder: Path, address: str, types: dict[str, str]) -> tuple[Path, str] | None:
        path = folder.joinpath(address).resolve()
        kind = types.get(path.suffix.lower())
        inside = kind is not None and path.is_relative_to(folder)
        return (path, str(kind)) if inside and path.is_file() else None


@lru_cache(maxsize=1)
def pictures(trace: Path, modified: int) -> dict[str, list[str]]:
    """Return address -> the images and videos that a trace so names, read anew when `modified`."""
    try:
        steps = load(trace).steps
    except TraceError:
        return {}  # it was a trace when this server began
    shown = (each for step in steps for each in step.renderings)
    named: dict[str, list[str]] = {}
    for each in shown:
        if each.type in ("image", "video") and isinstance(each.data, str):
            named.setdefault(address_of(each.data), []).append(each.data)
    return {address: list(dict.fromkeys(names)) for address, names in named.items()}


def address_of(name: str) -> str:
    """Return the address at which a browser looks for a file, from the top of this server.

    >>> address_of("./images/../a b.png"), address_of("../../images/a.png")
    ('a b.png', 'images/a.png')
    """
    return posixpath.normpath(f"/{name}").lstrip("/")


def kind_of(path: Path) -> str | None:
    """Return the type of an image or a video by how its bytes begin; `None` for anything else.

    Programs that save the pictures of a page under its address give them no ending.
    """
    with path.open("rb") as file:
        begin = file.read(_BEGIN)
    return next((kind for pattern, kind in _BEGINNINGS if pattern.match(begin)), None)


class Handler(BaseHTTPRequestHandler):
    """Answers one reader; silently."""

    protocol_version = "HTTP/1.1"
    server_version = "course"
    sys_version = ""
    timeout = 60  # seconds after which a silent connection is closed

    def __init__(self, *arguments: object, shown: Shown) -> None:
        self.shown = shown
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Send the file."""
        self._answer()

    def do_HEAD(self) -> None:
        """Send what would be sent before the file."""
        self._answer()

    def _answer(self) -> None:
        if not is_own_name(self.headers.get("Host", "")):
            self._send(HTTPStatus.FORBIDDEN, b"This server is asked as 127.0.0.1 or localhost.\n")
            return
        if self.path in ("/", "/index.html"):  # what the viewer calls home, on the course's site
            self.send_response(HTTPStatus.FOUND)
            self.send_header("Location", f"/trace.html?trace={self.shown.address}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if self.path == "/traces/list.js":
            self._send(HTTPStatus.OK, self.shown.listed(), _VIEWER[".js"])
            return
        try:
            found = self.shown.found(self.path)
            body = found[0].read_bytes() if found else b""
        except (OSError, ValueError):  # a name too long for a file, an address that is none
            found = None
        if found is None:
            self._send(HTTPStatus.NOT_FOUND, b"There is no such file here.\n")
        else:
            self._send(HTTPStatus.OK, body, found[1])

    def _send(self, status: int, body: bytes, kind: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")  # a trace recorded anew shows at once
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        if kind.startswith(("image/", "video/")):
            policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
            self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Say nothing: the terminal is the reader's."""


def is_own_name(host: str) -> bool:
    """Whether a Host header means this machine, and not a name that someone let point here.

    >>> is_own_name("localhost:8000"), is_own_name("localhost.example.org:8000")
    (True, False)
    """
    return host.lower().partition(":")[0] in NAMES


class Server(ThreadingHTTPServer):
    """Serves what is shown at a port, a free one for 0. Use as a context manager, in a thread."""

    daemon_threads = True

    def __init__(self, shown: Shown, port: int = 0) -> None:
        super().__init__((HOST, port), partial(Handler, shown=shown))
        self.shown = shown
        self.url = f"http://{HOST}:{self.server_address[1]}/trace.html?trace={shown.address}"

    def server_bind(self) -> None:
        """Bind without asking the network for this machine's name, which may take seconds."""
        TCPServer.server_bind(self)

    def handle_error(self, request: object, client_address: object) -> None:
        """Show what went wrong; that a reader closed the page in mid answer is no error."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]
