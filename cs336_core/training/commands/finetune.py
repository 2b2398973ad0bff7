"""`finetune`: continue with a trained model on other data."""

from __future__ import annotations

import argparse
from dataclasses import replace

from cs336_core._shared.command_line import Commands, command_parser
from cs336_core.training.commands.options import add_config_options, config_of
from cs336_core.training.commands.report import show
from cs336_core.training.parallel import joined_workers
from cs336_core.training.runs import train

EPILOG = """\
examples:
  finetune run --data letters -o letters-run             other text, prepared with run's tokenizer
  finetune run --data answers.jsonl -o answers-run       prompts and responses

A line of a .jsonl file is {"prompt": "...", "response": "..."}. The model reads both and learns the
responses only: the loss counts no token of a prompt. Short examples share a sequence, and none sees
another. Every tenth example is for validation.

Fine-tuning takes fewer steps and a lower learning rate than training, so as not to forget: by
default 200 steps at 3e-4."""
_DEFAULTS = {"n_steps": 200, "learning_rate": 3e-4, "warmup": 10, "eval_every": 50}


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "finetune",
        run,
        description="Continue with the model of a run, on other data.",
        epilog=EPILOG,
    )
    parser.add_argument("run_folder", metavar="RUN", help="the folder of the run to start from")
    add_config_options(parser, has_model=False)


def run(args: argparse.Namespace) -> int:
    """Fine-tune; raise as `cs336_core.training.runs.train` does."""
    config = replace(config_of(args, **_DEFAULTS), start_from=args.run_folder)
    with joined_workers() as workers:
        return show(train(config, workers), config.out, workers, as_json=args.json)
