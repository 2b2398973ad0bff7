"""Parsers, streams, errors and exit status for the commands of the package.

Exit status: the value that the command returns; 1 for unusable input; 130 after Ctrl-C; 141 if the
reader of the output has gone.
"""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Protocol, TypeAlias

INTERRUPTED = 130  # the exit status after Ctrl-C
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class Command(Protocol):
    """A module with one command of a program."""

    def add_parser(self, commands: Commands) -> None:
        """Add the command and its options."""
        ...


def program_parser(
    program: str, description: str, epilog: str, commands: Iterable[Command]
) -> argparse.ArgumentParser:
    """Return the parser of a program with several commands."""
    parser = argparse.ArgumentParser(
        prog=program,
        usage="%(prog)s COMMAND ...",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parsers = parser.add_subparsers(
        prog=program, required=True, metavar="COMMAND", help=argparse.SUPPRESS
    )
    for command in commands:
        command.add_parser(parsers)
    return parser


def command_parser(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int | None],
    *,
    description: str,
    epilog: str,
) -> argparse.ArgumentParser:
    """Add a command to its program and return its parser; `run` runs the command."""
    parser = commands.add_parser(
        name,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run, parser=parser)
    return parser


def status_of(
    command: Callable[[], int | None], refused: type[Exception] | tuple[type[Exception], ...]
) -> int:
    """Run a command and return the exit status; an error is one line on standard error.

    `refused` are the errors that the command raises for unusable input.
    """
    try:
        write_utf8()
        status = command() or 0
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        close_output()
        return 141
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        write_error(f"error: {where}{error.strerror or error}")
        return 1
    except refused as error:
        write_error(f"error: {error}")
        return 1
    return status


def write(text: str) -> None:
    """Write to standard output; raise `OSError` if the process was started without one."""
    if sys.stdout is None:
        raise OSError(errno.EBADF, "standard output is closed")
    sys.stdout.write(text)


def write_error(text: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(text + "\n")


@contextmanager
def report_warnings(reported: type[Warning]) -> Iterator[None]:
    """Write each warning of a class as one line on standard error; others appear as usual."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", reported)
        show_other = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *more: Any, **named: Any) -> None:
            if issubclass(category, reported):
                write_error(f"warning: {message}")
            else:
                show_other(message, category, *more, **named)

        warnings.showwarning = show
        yield


def write_utf8() -> None:
    """Make standard output UTF-8 with unchanged line ends, whatever the terminal's settings."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")


def close_output() -> None:
    """Discard the remaining output, so that the interpreter does not complain when it exits."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
