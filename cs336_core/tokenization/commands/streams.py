"""The input and output of the commands."""

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
from cs336_core.tokenization.training.corpus import ERRORS_ADVICE, read_strings

STANDARD_INPUT = "-"


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """Open a file, or standard input for "-"; raise `OSError` if it cannot be opened."""
    if name == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield file


def strings(file: IO[bytes], errors: str = "strict") -> Iterator[str]:
    """Yield the text of a file, a megabyte at a time.

    Raises `EncodingError` for bytes that are not UTF-8 if `errors` is "strict".
    """
    return read_strings(file, errors)


@contextmanager
def options_in_errors() -> Iterator[None]:
    """Name the option of the command in errors that name the argument of a function."""
    try:
        yield
    except EncodingError as error:
        advice = "--errors replace or --errors ignore"
        raise EncodingError(str(error).replace(ERRORS_ADVICE, advice)) from None


def text_or_file(given: str) -> str:
    """Return the text of standard input for "-", of a file for its name, otherwise `given`."""
    if given != STANDARD_INPUT and not is_file(given):
        return given
    with opened(given) as file:
        return "".join(strings(file))


def is_file(name: str) -> bool:
    """Whether a file has this name; `False` for text that is too long to be a name."""
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False


def check_file_is_given(
    parser: argparse.ArgumentParser, files: object, special_tokens: list[str]
) -> None:
    """Exit if the option for special tokens has swallowed the name of the only file."""
    if not files and any(map(is_file, special_tokens)):
        parser.error("no FILE is given, but a special token is the name of one: put FILE first")


def write_json(value: object) -> None:
    """Write one line of JSON to standard output."""
    write(json.dumps(value, ensure_ascii=False) + "\n")
