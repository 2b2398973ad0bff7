"""Serves the built site to this machine's own browser.

python -m tools.serve       # PORT=8080 chooses the port
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tools.shell.errors import UserError, run_main, until_interrupted
from tools.shell.paths import HTML
from tools.static_files import answer

HOST = "127.0.0.1"  # reached from this machine only
DEFAULT_PORT = 8000
LAST_PORT = 65535


def requested_port(env: Mapping[str, str] = os.environ) -> int | None:
    """Return the port that PORT names, None if it names none.

    >>> requested_port({"PORT": "8080"}), requested_port({"PORT": ""})
    (8080, None)
    """
    text = env.get("PORT", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= LAST_PORT:
        return int(text)
    raise UserError(
        f"PORT is {text!r}; it must be a number from 1 to {LAST_PORT}, such as PORT=8080."
    )


def check_port() -> None:
    """Raise `UserError` if PORT cannot be had, before long work is done for it."""
    if requested_port() is not None:
        open_port(DEFAULT_PORT).close()


def open_port(default: int) -> socket.socket:
    """Listen at PORT; else at `default`, or at any free port if that is taken, saying so."""
    requested = requested_port()
    try:
        return socket.create_server((HOST, requested or default))
    except OSError as error:
        reasons = {
            errno.EADDRINUSE: "is in use by another program",
            errno.EACCES: "is reserved for the system's own services",
        }
        if error.errno not in reasons:
            raise
        if requested:
            raise UserError(
                f"Port {requested} {reasons[error.errno]}. Choose another, or leave PORT out: "
                "a free one is found."
            ) from None
    opened = socket.create_server((HOST, 0))
    port = opened.getsockname()[1]
    print(f"Port {default} is in use by another program; taking {port} instead.", flush=True)
    return opened


class Handler(BaseHTTPRequestHandler):
    """Answers one reader; silently."""

    protocol_version = "HTTP/1.1"
    server_version = "course"
    sys_version = ""
    timeout = 60  # seconds after which a silent connection is closed

    def __init__(self, *arguments: object, folder: Path) -> None:
        self.folder = folder
        super().__init__(*arguments)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        """Send the file."""
        self.send(with_body=True)

    def do_HEAD(self) -> None:
        """Send what would be sent before the file."""
        self.send(with_body=False)

    def send(self, *, with_body: bool) -> None:
        """Answer."""
        given = {name.lower(): value for name, value in self.headers.items()}
        response = answer(self.folder, self.path, given)
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(response.body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002
        """Say nothing: the terminal is the reader's."""


class Server(ThreadingHTTPServer):
    """Serves `folder` at a socket that already listens. Use as a context manager, in a thread."""

    daemon_threads = True

    def __init__(self, folder: Path, listening: socket.socket) -> None:
        address = listening.getsockname()
        super().__init__(address, partial(Handler, folder=folder), bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.url = f"http://{address[0]}:{address[1]}/"

    def handle_error(self, request: object, client_address: object) -> None:
        """Show what went wrong; that a reader closed the page in mid answer is no error."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def main() -> int:
    """Serve until Ctrl-C or SIGTERM; both are a good end."""
    if not (HTML / "index.html").is_file():
        raise UserError("The site is not built yet: `make serve` builds and serves it.")
    listening = open_port(DEFAULT_PORT)
    with Server(HTML, listening) as server, until_interrupted():
        print(f"The course is at {server.url} (Ctrl-C stops it)", flush=True)
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(run_main(main))
