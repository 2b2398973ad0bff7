"""`train`: train a model, and save it as it learns."""

from __future__ import annotations

import argparse

from cs336_core._shared.command_line import Commands, command_parser
from cs336_core.training.commands.options import add_config_options, config_of
from cs336_core.training.commands.report import show
from cs336_core.training.parallel import joined_workers
from cs336_core.training.runs import train

EPILOG = """\
examples:
  train --data data -o run
  train --data data -o run --n-layers 6 --d-model 384 --n-heads 6 --learning-rate 3e-3 --warmup 100
  train --config run.toml --seed 1 -o another-run

What to look at: a model that knows nothing has a loss of log(vocab_size), 7.6 for 2,048 tokens. The
training loss falls from there. While the validation loss falls too, the model learns the language;
when it rises, the model memorizes the text: take more text, a smaller model, or --patience 3. A
loss that jumps up asks for a lower learning rate or a warm-up.

Ctrl-C completes a step, saves it and stops. However the run ends, `resume` continues it with the
losses that it would have had. A configuration file has the fields of TrainingConfig:
  data = "data"
  out = "run"
  learning_rate = 3e-3
  [model]
  n_layers = 6"""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands, "train", run, description="Train a language model on a corpus.", epilog=EPILOG
    )
    add_config_options(parser, has_model=True)


def run(args: argparse.Namespace) -> int:
    """Train; raise as `cs336_core.training.runs.train` does."""
    config = config_of(args)
    with joined_workers() as workers:
        return show(train(config, workers), config.out, workers, as_json=args.json)
