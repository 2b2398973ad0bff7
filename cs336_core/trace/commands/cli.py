"""The command line for traces: `python -m cs336_core.trace`.

Exit status: 0; 1 for unusable input; 2 for unusable options; 130 after Ctrl-C; 141 if the reader of
the output has gone (a closed pipe). `run` exits with the program's status, after saving its trace.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial

from cs336_core._shared.command_line import program_parser, report_warnings, status_of
from cs336_core.trace.commands import convert, run, view
from cs336_core.trace.errors import TraceError, TraceWarning

PROGRAM = "python -m cs336_core.trace"
DESCRIPTION = """\
Record programs as traces, and step through them.

  run       run a program and save its trace
  view      show a trace in the browser
  convert   write a trace in another file format

"COMMAND --help" lists the options of each, with examples."""

EPILOG = f"""\
examples:
  {PROGRAM} run lecture_01.py
  {PROGRAM} view lecture_01.trace.json"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status; an error is one line on standard error.

    Raises `SystemExit` with status 2 for unusable options, with 0 after `--help`.
    """
    options, arguments = without_arguments(sys.argv[1:] if argv is None else argv)
    args, unknown = parser().parse_known_args(options)
    if unknown:  # reported with the usage of the command
        args.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if arguments:
        args.arguments = arguments
    with report_warnings(TraceWarning):
        return status_of(partial(args.run, args), TraceError)


def without_arguments(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """Separate the arguments of the program that `run` runs, which follow a first "--".

    >>> without_arguments(["run", "train.py", "--", "data.txt", "--fast"])
    (['run', 'train.py'], ['data.txt', '--fast'])
    """
    end = argv.index("--") if list(argv[:1]) == ["run"] and "--" in argv else len(argv)
    return list(argv[:end]), list(argv[end + 1 :])


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    return program_parser(PROGRAM, DESCRIPTION, EPILOG, (run, view, convert))
