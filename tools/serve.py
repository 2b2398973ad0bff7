"""Serves the built site to the browser on this machine.

python -m tools.serve       # PORT=8080 chooses the port
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Mapping

from cs336_core._shared.static_server import FileServer, PortError, files_in, listen
from tools.shell.errors import UserError, run_main, until_interrupted
from tools.shell.paths import HTML

DEFAULT_PORT = 8000
LAST_PORT = 65535


def requested_port(env: Mapping[str, str] = os.environ) -> int | None:
    """Return the port in the variable PORT, None if it is empty or unset.

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
    """Raise `UserError` if the requested port is taken, before long work is done for it."""
    if requested_port() is not None:
        open_port(DEFAULT_PORT).close()


def open_port(default: int) -> socket.socket:
    """Listen at PORT; else at `default`, or at any free port if that is taken, and print so."""
    requested = requested_port()
    try:
        return listen(requested or default)
    except PortError as error:
        sentence = str(error).capitalize()
        if requested:
            raise UserError(
                f"{sentence}. Choose another, or leave PORT out to get a free one."
            ) from None
    opened = listen()
    print(f"{sentence}; using {opened.getsockname()[1]} instead.", flush=True)
    return opened


def main() -> int:
    """Serve until Ctrl-C or SIGTERM, both of which end it with exit status 0."""
    if not (HTML / "index.html").is_file():
        raise UserError("The site is not built yet: `make serve` builds and serves it.")
    listening = open_port(DEFAULT_PORT)
    with FileServer(files_in(HTML), listening) as server, until_interrupted():
        print(f"The course is at {server.url} (Ctrl-C stops it)", flush=True)
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(run_main(main))
