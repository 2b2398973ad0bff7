"""The input and output of the commands."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cs336_core._shared.command_line import write
from cs336_core.tokenization.errors import TokenizationError
from cs336_core.tokenization.training.corpus import ERRORS_ADVICE, FIELD_ADVICE, read_strings

STANDARD_INPUT = "-"

# The arguments that errors name -> the options of the commands that stand for them.
_OPTIONS = {
    ERRORS_ADVICE: "--errors replace or --errors ignore",
    FIELD_ADVICE: "pass --field NAME",
    "with allowed_special": "with --special allow",
    "disallowed_special=()": "--special ordinary",
}


def options_in_errors(command: Callable[[], None]) -> Callable[[], None]:
    """Return a command whose errors name its options in place of the arguments of functions."""

    def run() -> None:
        try:
            command()
        except TokenizationError as error:
            message = str(error)
            for argument, option in _OPTIONS.items():
                message = message.replace(argument, option)
            raise type(error)(message) from None

    return run


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """Open a file, or standard input for "-"; raise `OSError` if it cannot be opened."""
    if name == STANDARD_INPUT:
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield file


def text_or_file(given: str) -> str:
    """Return the text of standard input for "-", of a file for its name, otherwise `given`."""
    if given != STANDARD_INPUT and not is_file(given):
        return given
    with opened(given) as file:
        return "".join(read_strings(file, "strict"))


def is_file(name: str) -> bool:
    """Whether a file has this name; `False` for text that is too long to be a name."""
    try:
        return Path(name).is_file()
    except (OSError, ValueError):
        return False


def check_input_is_given(args: argparse.Namespace, special_tokens: list[str]) -> None:
    """Exit if the option for special tokens has swallowed the name of the only file."""
    if not args.input and any(map(is_file, special_tokens)):
        args.parser.error(
            "no FILE is given, but a special token is the name of one: put FILE first"
        )


def write_json(value: object) -> None:
    """Write one line of JSON to standard output."""
    write(json.dumps(value, ensure_ascii=False) + "\n")
