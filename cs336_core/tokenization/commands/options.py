"""Options that several commands have."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def add_input(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """Add the file that is read, or several files; none for standard input."""
    parser.add_argument(
        "input",
        nargs="*" if several else "?",
        metavar="FILE",
        help='"-" or nothing for standard input',
    )


def add_tokenizer(parser: argparse.ArgumentParser) -> None:
    """Add the tokenizer that is used."""
    parser.add_argument("--tokenizer", required=True, metavar="NAME_OR_FILE")
    add_file_options(parser)


def add_file_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for what rank files and GPT-2's two files leave out."""
    parser.add_argument(
        "--pattern",
        default="auto",
        help="how a rank file or GPT-2's files split text, which they do not say: gpt2, cl100k, "
        "o200k, the name of an encoding, none, or a regular expression; OpenAI's own files are "
        "recognized by their contents",
    )
    add_texts(
        parser,
        "--special-tokens",
        "the special tokens of a rank file (ids after its last, in this order) or of GPT-2's files",
    )


def add_texts(parser: argparse.ArgumentParser, option: str, description: str) -> None:
    """Add an option for one or more texts, which may be given again."""
    parser.add_argument(
        option, nargs="+", action="extend", default=[], metavar="TEXT", help=description
    )


def add_errors(parser: argparse.ArgumentParser) -> None:
    """Add what happens to bytes that are not UTF-8."""
    parser.add_argument(
        "--errors",
        choices=["strict", "replace", "ignore"],
        default="strict",
        help="what to do with bytes that are not UTF-8 (default: stop and report where)",
    )


def add_json(parser: argparse.ArgumentParser, description: str) -> None:
    """Add output as JSON, which the description shows."""
    parser.add_argument("--json", action="store_true", help=f"write {description}")


def at_least(minimum: int) -> Callable[[str], int]:
    """Return a function that reads a number for argparse."""

    def number(argument: str) -> int:
        try:
            value = int(argument)
        except ValueError:
            value = minimum - 1
        if value < minimum:
            raise argparse.ArgumentTypeError(
                f"{argument!r} is not a whole number from {minimum} on"
            )
        return value

    return number
