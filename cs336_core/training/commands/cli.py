"""The command line of training: `python -m cs336_core.training`.

Exit status: 0; 1 for unusable input; 2 for unusable options; 130 after Ctrl-C; 141 if the reader of
the output has gone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial

from cs336_core._shared.command_line import program_parser, report_warnings, status_of
from cs336_core._shared.validation import InvalidValueError
from cs336_core.tokenization import FewMergesWarning, TokenizationError
from cs336_core.training.commands import (
    evaluate,
    export,
    finetune,
    prepare,
    resume,
    sample,
    train,
)

PROGRAM = "python -m cs336_core.training"
DESCRIPTION = """\
From text to a language model.

  prepare   turn text files into token ids on disk
  train     train a model on them, and save it as it learns
  resume    continue a run that was stopped or killed
  evaluate  measure a model on the validation text
  sample    let a model continue a text
  finetune  continue with a model on other text, or on prompts and responses
  export    write a model as Hugging Face's transformers loads it

"COMMAND --help" explains the options of a command, with examples. Every command has --json."""

EPILOG = f"""\
a first model, in a few minutes on a laptop:
  {PROGRAM} prepare corpus.txt --vocab-size 2048 -o data
  {PROGRAM} train --data data -o run --n-steps 500
  {PROGRAM} sample run --prompt "To be, or"

A run's folder has its checkpoints, its tokenizer and its log (log.jsonl, one JSON object per line).
On several GPUs or CPUs, `torchrun --nproc-per-node 2 -m cs336_core.training train ...` shares each
batch among two processes."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status; an error is one line on standard error.

    Raises `SystemExit` with status 2 for unusable options, with 0 after `--help`.
    """
    args = parser().parse_args(argv)
    with report_warnings(FewMergesWarning):
        return status_of(partial(args.run, args), (InvalidValueError, TokenizationError))


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    commands = (prepare, train, resume, evaluate, sample, finetune, export)
    return program_parser(PROGRAM, DESCRIPTION, EPILOG, commands)
