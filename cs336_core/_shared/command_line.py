"""What the commands of the package have in common: parsers, streams, errors, exit status.

Exit status: what the command returns; 1 for input that cannot be used; 130 after Ctrl-C; 141 where
whoever reads the output has gone.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Protocol, TypeAlias

INTERRUPTED = 130  # the exit status after Ctrl-C
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


class Command(Protocol):
    """A module that is one command of a program."""

    def add_parser(self, commands: Commands) -> None:
        """Add the command and its options."""
        ...


def program_parser(
    program: str, description: str, epilog: str, commands: Iterable[Command]
) -> argparse.ArgumentParser:
    """Return the parser of a program of commands."""
    whole = argparse.ArgumentParser(
        prog=program,
        usage="%(prog)s COMMAND ...",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parsers = whole.add_subparsers(
        prog=program, required=True, metavar="COMMAND", help=argparse.SUPPRESS
    )
    for command in commands:
        command.add_parser(parsers)
    return whole


def command_parser(
    commands: Commands,
    name: str,
    run: Callable[[argparse.Namespace], int | None],
    *,
    description: str,
    epilog: str,
) -> argparse.ArgumentParser:
    """Add the command that `run` runs to its program, and return its parser."""
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
    """Run a command and return the exit status; what goes wrong is one line on standard error.

    `refused` is what the command raises for input that it cannot use.
    """
    try:
        write_utf8()
        status = command() or 0
        sys.stdout.flush()
    except BrokenPipeError:
        close_output()
        return 141
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        tell(f"error: {where}{error.strerror or error}")
        return 1
    except refused as error:
        tell(f"error: {error}")
        return 1
    return status


def write(text: str) -> None:
    """Write to standard output."""
    sys.stdout.write(text)


def tell(text: str) -> None:
    """Write one line to standard error."""
    sys.stderr.write(text + "\n")


def write_utf8() -> None:
    """Make standard output UTF-8 with line ends as they are, whatever the terminal's settings."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")


def close_output() -> None:
    """Let what is still to be written go nowhere, so that nothing complains at the end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
