"""The command line of the tokenizers: `cs336-tokenize`, or `python -m cs336_core.tokenization`.

Exit status: 0; 1 for unusable input; 2 for unusable options; 130 after Ctrl-C; 141 if the reader of
the output has gone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial

from cs336_core import __version__
from cs336_core._shared.command_line import program_parser, report_warnings, status_of
from cs336_core.tokenization.commands import compare, decode, encode, steps, train
from cs336_core.tokenization.errors import TokenizationError
from cs336_core.tokenization.training.corpus import ERRORS_ADVICE, FIELD_ADVICE

PROGRAM = "python -m cs336_core.tokenization"
DESCRIPTION = """\
Text to tokens and back.

  train     train a tokenizer on text files and save it
  encode    turn text into ids
  decode    turn ids back into text
  count     count the tokens of files
  truncate  write the beginning of a text, up to a number of tokens
  compare   show one text in several tokenizers
  steps     show each merge of byte pair encoding as it happens

"COMMAND --help" shows the options of a command, with examples. Every command has --json."""

EPILOG = f"""\
examples:
  {PROGRAM} steps "the cat in the hat" --merges 3
  {PROGRAM} compare "I love LLM" --tokenizer bits bytes words gpt2"""

# The arguments that errors name -> the options of the commands that stand for them.
_OPTIONS = {
    ERRORS_ADVICE: "--errors replace or --errors ignore",
    FIELD_ADVICE: "pass --field NAME",
    "with allowed_special": "with --special allow",
    "disallowed_special=()": "--special ordinary",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status; an error is one line on standard error.

    Raises `SystemExit` with status 2 for unusable options, with 0 after `--help`.
    """
    args = parser().parse_args(argv)
    with report_warnings(UserWarning):
        return status_of(partial(run, args), TokenizationError)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    program = program_parser(PROGRAM, DESCRIPTION, EPILOG, (train, encode, decode, compare, steps))
    program.add_argument("--version", action="version", version=f"cs336-core {__version__}")
    return program


def run(args: argparse.Namespace) -> None:
    """Run a command; its errors name its options in place of the arguments of functions."""
    try:
        args.run(args)
    except TokenizationError as error:
        message = str(error)
        for argument, option in _OPTIONS.items():
            message = message.replace(argument, option)
        raise type(error)(message) from None
