"""Options that several commands have."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

FILE: dict[str, Any] = {"metavar": "FILE", "help": '"-" or nothing for standard input'}
TEXTS: dict[str, Any] = {"nargs": "+", "action": "extend", "default": [], "metavar": "TEXT"}
PATTERNS = "gpt2, cl100k, o200k, the name of an encoding, none, or a regular expression"

# What rank files and GPT-2's two files leave out
FILE_OPTIONS = ("--pattern", "--special-tokens")
# What the commands that encode need: a tokenizer, and what to do with odd text
ENCODING_OPTIONS = ("--tokenizer", *FILE_OPTIONS, "--special", "--errors")

_OPTIONS: dict[str, dict[str, Any]] = {
    "--tokenizer": {"required": True, "metavar": "NAME_OR_FILE"},
    "--pattern": {
        "default": "auto",
        "help": f"how a rank file or GPT-2's files split text, which they do not say: {PATTERNS}; "
        "OpenAI's own files are recognized by their contents",
    },
    "--special-tokens": {
        **TEXTS,
        "help": "the special tokens of a rank file (ids after its last, in this order) or of "
        "GPT-2's files",
    },
    "--special": {
        "choices": ["allow", "refuse", "ordinary"],
        "default": "refuse",
        "help": "what special tokens in the text become: one id each, an error (default), or "
        "ordinary text",
    },
    "--errors": {
        "choices": ["strict", "replace", "ignore"],
        "default": "strict",
        "help": "what to do with bytes that are not UTF-8 (default: stop and report where)",
    },
}


def add_options(parser: argparse.ArgumentParser, *names: str, json: str) -> None:
    """Add the options with these names, and --json, which writes what `json` shows."""
    for name in names:
        parser.add_argument(name, **_OPTIONS[name])
    parser.add_argument("--json", action="store_true", help=f"write {json}")


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
