"""Serves the built site to this machine's own browser.

python -m tools.serve       # PORT=8080 chooses the port
"""

from __future__ import annotations

import os
import socket
import sys
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tools import ports
from tools.console import Trouble
from tools.entry import guarded, stopped_on_request
from tools.paths import HTML
from tools.static_files import answer

DEFAULT_PORT = 8000


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
        raise Trouble("The site is not built yet: `make serve` builds and serves it.")
    listening = ports.open_port(DEFAULT_PORT, ports.asked_for(os.environ))
    with Server(HTML, listening) as server, stopped_on_request():
        print(f"The course is at {server.url} (Ctrl-C stops it)", flush=True)
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
