"""Where the commands read from and write to."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cs336_core._shared.command_line import write
from cs336_core.tokenization.errors import EncodingError
from cs336_core.tokenization.training.corpus import OTHER_POLICIES, read_strings

STANDARD_INPUT = "-"


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """Open the file of that name, or standard input for "-"; raise `OSError` where it is not."""
    if name == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield file


def strings(file: IO[bytes], errors: str = "strict") -> Iterator[str]:
    """Yield the text of a file a megabyte at a time.

    Raises `EncodingError` for what is no UTF-8, unless `errors` says what to do with it.
    """
    return read_strings(file, errors)


@contextmanager
def naming_options() -> Iterator[None]:
    """Name the option of a command where an error names the argument of a function."""
    try:
        yield
    except EncodingError as error:
        advice = "--errors replace or --errors ignore"
        raise EncodingError(str(error).replace(OTHER_POLICIES, advice)) from None


def text_or_file(given: str) -> str:
    """Return the text that "-", the name of a file, or the text itself stands for."""
    if given != STANDARD_INPUT and not is_file(given):
        return given
    with opened(given) as file:
        return "".join(strings(file))


def is_file(name: str) -> bool:
    """Whether there is a file of that name; a text too long for a name is none."""
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False


def check_swallowed(parser: argparse.ArgumentParser, files: object, texts: list[str]) -> None:
    """Refuse the options where the list of special tokens has taken the name of the only file."""
    if not files and any(map(is_file, texts)):
        parser.error("no FILE is given, and a special token is the name of one: put FILE first")


def write_json(value: object) -> None:
    """Write one line of JSON to standard output."""
    write(json.dumps(value, ensure_ascii=False) + "\n")
