"""`view`: show a trace in the browser."""

from __future__ import annotations

import argparse
import errno
import sys
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path

from cs336_core._shared.built import STATIC
from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.trace.commands.viewer_server import Server, Shown
from cs336_core.trace.errors import TraceError
from cs336_core.trace.formats.files import load

# Found by its place: this package knows nothing of the widgets, which need more than it does.
VIEWER = STATIC / "viewer"
LAST_PORT = 65535

EPILOG = """\
examples:
  view lecture_01.trace.json
  view var/traces/lecture_01.json --port 8080 --no-browser

FILE is a trace of ours, of edtrace, or of the course's 2025 lectures. Images that it names are
looked for in the folder of FILE and in the current folder: call "view" where the program ran. It
is served to this machine only, until Ctrl-C."""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "view",
        run,
        description="Show a trace in the browser, to be stepped through.",
        epilog=EPILOG,
    )
    parser.add_argument("file", metavar="FILE", help="a trace")
    parser.add_argument(
        "--port", type=port, default=0, metavar="N", help="where to serve it (a free one)"
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="tell the address, and do not open it"
    )


def port(given: str) -> int:
    """Return a port; raise `ValueError`, which argparse tells, for a number that is none."""
    number = int(given)
    if not 1 <= number <= LAST_PORT:
        raise ValueError
    return number


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C; raise as reading the trace does, and where the viewer is not built."""
    load(args.file)
    if not (VIEWER / "trace.html").is_file():
        raise TraceError("the viewer is not built yet: `make site` builds it")
    with listening(Shown(VIEWER, Path(args.file)), args.port) as server:
        write(f"{args.file} is at {server.url} (Ctrl-C stops it)\n")
        sys.stdout.flush()
        if not args.no_browser:
            # Some browsers run in the terminal and come back when they are closed.
            threading.Thread(target=webbrowser.open, args=[server.url], daemon=True).start()
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0


def listening(shown: Shown, port: int) -> Server:
    """Return a server at a port; raise `TraceError` where it cannot be had."""
    try:
        return Server(shown, port)
    except OSError as error:
        reasons = {errno.EADDRINUSE: "in use by another program", errno.EACCES: "the system's own"}
        reason = reasons.get(error.errno or 0, str(error))
        raise TraceError(f"port {port} is {reason}: choose another, or leave --port out") from None
