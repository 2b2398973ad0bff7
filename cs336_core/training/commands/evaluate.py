"""`evaluate`: the loss of a model on text that it was not trained on."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.tokenization import load
from cs336_core.training.data import open_dataset
from cs336_core.training.errors import TrainingError
from cs336_core.training.runs.evaluation import bits_per_byte, evaluate, validation_batches
from cs336_core.training.runs.state import read_tokenizer, read_trained

EPILOG = """\
examples:
  evaluate run
  evaluate run --data other --json

The loss is in nats per token; its exponential, the perplexity, is the number of tokens among which
a guess would be equally uncertain. Both depend on the tokenizer. Bits per byte do not: they are
what the text would take if the model compressed it, and 8 is no compression at all."""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "evaluate",
        run,
        description="Measure the best checkpoint of a run on validation text.",
        epilog=EPILOG,
    )
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="the folder of the run")
    parser.add_argument("--data", metavar="FOLDER", help="other text, as `prepare` wrote it")
    parser.add_argument(
        "--batches", type=int, default=50, metavar="N", help="batches to measure (default: 50)"
    )
    parser.add_argument("--json", action="store_true", help="write the result as JSON")


def run(args: argparse.Namespace) -> None:
    """Evaluate; raise `TrainingError` for unusable folders."""
    checkpoint = read_trained(args.run_folder)
    folder = args.data or checkpoint.config.data
    dataset = open_dataset(folder)
    if load(folder) != read_tokenizer(args.run_folder):
        raise TrainingError(f"{folder} was prepared with another tokenizer than the model's")
    context_length = checkpoint.model.context_length
    batches = validation_batches(
        dataset.validation, checkpoint.config.batch_size, context_length, args.batches
    )
    if not batches:
        raise TrainingError(
            f"{folder} has {len(dataset.validation):,} tokens for validation; a context of "
            f"{context_length:,} needs more"
        )
    loss = evaluate(checkpoint.build_model(), batches)
    bits = bits_per_byte(loss, dataset.validation_bytes_per_token)
    n_tokens = sum(batch.n_targets for batch in batches)
    step = checkpoint.state["step"]
    if args.json:
        found = {"step": step, "n_tokens": n_tokens, "loss": loss, "bits_per_byte": bits}
        write(json.dumps({**found, "perplexity": math.exp(loss)}) + "\n")
        return
    write(
        f"{args.run_folder}, step {step:,}, on {n_tokens:,} tokens: loss {loss:.4f} nats per token "
        f"(perplexity {math.exp(loss):,.1f}), {bits:.4f} bits per byte\n"
    )
