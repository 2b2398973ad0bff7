"""`view`: show a trace in the browser."""

from __future__ import annotations

import argparse
import sys
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core._shared.static_server import FileServer, PortError, listen
from cs336_core.trace.commands.viewer_server import VIEWER, TraceFiles, check_viewer
from cs336_core.trace.errors import TraceError
from cs336_core.trace.formats.files import load

LAST_PORT = 65535

EPILOG = """\
examples:
  view lecture_01.trace.json
  view var/traces/lecture_01.json --port 8080 --no-browser

FILE is a trace in our format, in edtrace's, or in that of the course's 2025 lectures. Images that
are not part of it are looked up in the folder of FILE, in the current folder and, if FILE is in
var/traces as in the course's repository, in the folder above that. The trace is served to this
machine only, until Ctrl-C."""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "view",
        run,
        description="Step through a trace in the browser.",
        epilog=EPILOG,
    )
    parser.add_argument("file", metavar="FILE", help="a trace")
    parser.add_argument(
        "--port",
        type=port,
        default=0,
        metavar="N",
        help="the port of the server (default: any free one)",
    )
    parser.add_argument(
        "--no-browser", action="store_true", help="print the address without opening it"
    )


def port(given: str) -> int:
    """Return a port; raise `ValueError`, which argparse reports, for any other number."""
    number = int(given)
    if not 1 <= number <= LAST_PORT:
        raise ValueError
    return number


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C; raise `TraceError` if the trace, the viewer or the port is unusable."""
    load(args.file)
    check_viewer(VIEWER)
    files = TraceFiles(VIEWER, Path(args.file))
    try:
        listening = listen(args.port)
    except PortError as error:
        raise TraceError(f"{error}: choose another, or leave --port out") from None
    with FileServer(files.find, listening) as server:
        url = server.url + files.page
        write(f"{args.file} is at {url} (Ctrl-C stops it)\n")
        sys.stdout.flush()
        if not args.no_browser:
            # Some browsers run in the terminal and return when they are closed.
            threading.Thread(target=webbrowser.open, args=[url], daemon=True).start()
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0
