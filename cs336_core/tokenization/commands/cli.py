"""The command line of the tokenizers: `python -m cs336_core.tokenization`.

Exit status: 0; 1 for input that cannot be used; 2 for options that cannot; 130 after Ctrl-C; 141
where whoever reads the output has gone.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from cs336_core._shared.command_line import program_parser, status_of, tell
from cs336_core.tokenization.commands import compare, decode, encode, steps, train
from cs336_core.tokenization.errors import TokenizationError

PROGRAM = "python -m cs336_core.tokenization"
DESCRIPTION = """\
Text to tokens and back.

  train     learn a tokenizer from text files and save it
  encode    turn text into ids
  decode    turn ids back into text
  compare   show one text in several tokenizers
  steps     show each merge of byte pair encoding as it happens

"COMMAND --help" tells the options of each, with examples. Every command has --json."""

EPILOG = f"""\
examples:
  {PROGRAM} steps "the cat in the hat" --merges 3
  {PROGRAM} compare "I love LLM" --tokenizer bits bytes words gpt2"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status; what goes wrong is one line on standard error.

    Raises `SystemExit` with status 2 where the options cannot be used, with 0 after `--help`.
    """
    args = parser().parse_args(argv)
    with told_warnings():
        return status_of(partial(args.run, args), TokenizationError)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    return program_parser(PROGRAM, DESCRIPTION, EPILOG, (train, encode, decode, compare, steps))


@contextmanager
def told_warnings() -> Iterator[None]:
    """Write each warning that is meant for the user as one line on standard error."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = lambda message, *_, **__: tell(f"warning: {message}")
        yield
