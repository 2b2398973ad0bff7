"""The command line of accounting: `python -m cs336_core.accounting`.

Exit status: 0; 1 for invalid input; 2 for invalid options; 130 after Ctrl-C; 141 if the reader of
the output has gone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from cs336_core.accounting.commands import count, mesh, serve

COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {"serve": serve.main, "mesh": mesh.main}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command, or count a model, and return the exit status.

    Errors are one line on standard error. Raises `SystemExit` with status 2 for invalid options,
    with 0 after `--help`.
    """
    given = sys.argv[1:] if argv is None else argv
    if given and given[0] in COMMANDS:
        return COMMANDS[given[0]](given[1:])
    return count.main(given)
