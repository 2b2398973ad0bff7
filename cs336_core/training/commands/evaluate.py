"""`evaluate`: the loss of a model on text that it was not trained on."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import replace
from pathlib import Path

import torch

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.training.errors import TrainingError
from cs336_core.training.parallel import ALONE
from cs336_core.training.runs.evaluation import bits_per_byte, evaluate
from cs336_core.training.runs.sources import open_source
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
    config = replace(
        checkpoint.config, data=args.data or checkpoint.config.data, eval_batches=args.batches
    )
    tokenizer, context_length = read_tokenizer(args.run_folder), checkpoint.model.context_length
    source = open_source(config, context_length, tokenizer, ALONE, torch.device("cpu"))
    if not source.validation:
        raise TrainingError(
            f"{config.data} has too little for validation: less than one context of "
            f"{context_length:,} tokens"
        )
    loss = evaluate(checkpoint.build_model(), source.validation)
    bits = bits_per_byte(loss, source.bytes_per_token)
    n_targets = sum(batch.n_targets for batch in source.validation)
    step = checkpoint.state["step"]
    if args.json:
        found = {"step": step, "n_targets": n_targets, "loss": loss, "bits_per_byte": bits}
        write(json.dumps({**found, "perplexity": math.exp(loss)}) + "\n")
        return
    per_byte = "" if bits is None else f", {bits:.4f} bits per byte"
    write(
        f"{args.run_folder}, step {step:,}, on {n_targets:,} tokens: loss {loss:.4f} nats per "
        f"token (perplexity {math.exp(loss):,.1f}){per_byte}\n"
    )
