"""`python -m cs336_core.accounting MODEL`: parameters, FLOPs by operation, memory and time."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import get_args

from cs336_core._shared.command_line import status_of, write, write_error
from cs336_core.accounting.commands.models import (
    add_machine,
    check_model,
    chosen_machine,
    chosen_model,
    command_parser,
)
from cs336_core.accounting.commands.report import TrainingPlan, Workload, report
from cs336_core.accounting.commands.report_text import FORMATS, format_report, model_list
from cs336_core.accounting.commands.stored import (
    ONLY_PARAMETERS,
    described,
    partial_report,
    stored_report,
)
from cs336_core.accounting.conventions import Conventions, Pairs, Recompute, Unit, Work
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.formats import FORMATS as NUMBER_FORMATS
from cs336_core.accounting.implementations import Implementation
from cs336_core.accounting.lora import Lora
from cs336_core.accounting.optimizers import Optimizer
from cs336_core.accounting.training_state import StateFormats
from cs336_core.model.hugging_face.config import PartialConfigError
from cs336_core.model.hugging_face.families import model_types

PROGRAM = "python -m cs336_core.accounting"
DESCRIPTION = """\
Count what a Transformer costs: parameters, FLOPs by operation, memory, and time on a machine.

  MODEL         count a model, with the options below
  serve MODEL   latency, throughput and price of answering requests
  mesh MODEL    the best way to train it on many chips, and how many it needs"""
EPILOG = f"""\
examples:
  {PROGRAM} llama-3-8b
  {PROGRAM} llama-3-8b --decode --cached 8191 --batch 64 --hardware h200
  {PROGRAM} llama-3-8b --work training --recompute full --seq-len 8192
  {PROGRAM} llama-3-8b --work training --weights nf4-double --lora 16 --seq-len 2048
  {PROGRAM} llama-3-70b --train-tokens 15e12 --machines 1024 --mfu 0.5 --price 2
  {PROGRAM} --config config.json --format markdown
  curl -s https://.../config.json | {PROGRAM} --config -
  {PROGRAM} serve llama-3-8b --prompt 2048 --answer 256 --weights int4
  {PROGRAM} mesh llama-3-70b --chips 512 --batch 1024
  {PROGRAM} --list

Times are lower bounds at the peak of the machine, for the parts of the model one after another,
attended pairs only and, in a forward pass, the logits of the last token only. The model_type of a
config.json may be {", ".join(model_types())}."""


def main(argv: Sequence[str]) -> int:
    """Run the command and return the exit status; errors are one line on standard error.

    Raises `SystemExit` with status 2 for invalid options, with 0 after `--help`.
    """
    options = parser()
    args = options.parse_args(argv)
    if args.safetensors is not None and args.model is not None:
        options.error("--safetensors compares files with a configuration; drop the model's name")
    if not args.list and args.safetensors is None:
        check_model(options, args)
    if args.decode and (args.seq_len is not None or args.work != "forward"):
        options.error("--decode is a forward pass of one new token: drop --seq-len and --work")
    if args.train_tokens is None and any(
        option is not None for option in (args.machines, args.mfu, args.price)
    ):
        options.error("--machines, --mfu and --price need --train-tokens")
    if args.work == "forward" and any(getattr(args, name) is not None for name in TRAINED):
        options.error(f"--{', --'.join(TRAINED)} need --work training".replace("_", "-"))
    return status_of(partial(run, args), AccountingError)


TRAINED = ("weights", "gradients", "optimizer", "lora", "implementation")


def parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    options = command_parser(PROGRAM, DESCRIPTION, EPILOG)
    options.add_argument("--list", action="store_true", help="list models and machines")
    options.add_argument(
        "--safetensors",
        type=Path,
        metavar="PATH",
        help="count what a file, a folder or an index has, and compare it with its config.json",
    )
    _add_tokens(options)
    _add_conventions(options)
    add_machine(options)
    _add_training(options)
    options.add_argument("--format", choices=FORMATS, default="text", help="output format (text)")
    return options


def run(args: argparse.Namespace) -> None:
    """Print the report; raise as loading, counting and `report` do."""
    if args.list:
        write(model_list())
        return
    if args.safetensors is not None:
        write(stored_report(args.safetensors, described(args), args.format))
        return
    try:
        model = chosen_model(args)
    except PartialConfigError as error:
        for note in (*error.partial.notes, ONLY_PARAMETERS):
            write_error(f"note: {note}")
        write(partial_report(error.partial, args.format))
        return
    config = model.config
    seq_len = config.context_length if args.seq_len is None else args.seq_len
    cached = 0 if args.cached is None else args.cached
    if args.decode:
        seq_len = 1
        cached = config.context_length - 1 if args.cached is None else args.cached
    workload = Workload(
        config=config,
        machine=chosen_machine(args),
        seq_len=seq_len,
        batch=args.batch,
        cached=cached,
        precision=args.precision,
        conventions=_conventions(args),
        formats=_formats(args),
        implementation=args.implementation or "textbook",
    )
    counted = report(workload, _plan(args))
    for note in model.notes:
        write_error(f"note: {note}")
    write(format_report(model.name, workload, counted, args.format))


def _formats(args: argparse.Namespace) -> StateFormats:
    """Return how the training state is stored: by default as wide as matmuls, with AdamW."""
    width = "fp32" if args.precision in ("fp32", "tf32") else "bf16"
    return StateFormats(
        weights=args.weights or width,
        gradients=args.gradients or width,
        master_weights=None if width == "fp32" else "fp32",
        optimizer=args.optimizer or "adamw",
        lora=None if args.lora is None else Lora(args.lora),
    )


def _conventions(args: argparse.Namespace) -> Conventions:
    """Return the conventions of the count."""
    return Conventions(
        unit=args.unit,
        pairs=args.pairs,
        head=not args.no_head,
        work=args.work,
        recompute=args.recompute,
        elementwise=args.elementwise,
        fused_attention=not args.plain_attention,
    )


def _plan(args: argparse.Namespace) -> TrainingPlan | None:
    """Return the planned training run, if any."""
    if args.train_tokens is None:
        return None
    return TrainingPlan(
        tokens=args.train_tokens,
        n_machines=1 if args.machines is None else args.machines,
        mfu=0.4 if args.mfu is None else args.mfu,
        price_per_hour=args.price,
    )


def _add_tokens(options: argparse.ArgumentParser) -> None:
    """Add options for the number of tokens."""
    group = options.add_argument_group("the input")
    group.add_argument("--batch", type=int, default=1, metavar="N", help="number of sequences (1)")
    group.add_argument(
        "--seq-len",
        type=int,
        metavar="N",
        help="new tokens per sequence (the model's context length)",
    )
    group.add_argument(
        "--cached",
        type=int,
        metavar="N",
        help="earlier tokens per sequence, whose keys and values are cached (0)",
    )
    group.add_argument(
        "--decode",
        action="store_true",
        help="one new token per sequence; the rest of the context is cached",
    )


def _add_conventions(options: argparse.ArgumentParser) -> None:
    """Add options for the conventions of the count."""
    group = options.add_argument_group("what is counted")
    group.add_argument("--unit", choices=get_args(Unit), default="FLOP")
    group.add_argument(
        "--pairs",
        choices=get_args(Pairs),
        default="all",
        help="which pairs of tokens have scores (all)",
    )
    group.add_argument("--work", choices=get_args(Work), default="forward")
    group.add_argument("--recompute", choices=get_args(Recompute), default="none")
    group.add_argument(
        "--elementwise", action="store_true", help="count norms, softmax, activations and sums, too"
    )
    group.add_argument("--no-head", action="store_true", help="leave out the LM head")
    group.add_argument(
        "--plain-attention",
        action="store_true",
        help="move scores to and from memory, as without FlashAttention",
    )


def _add_training(options: argparse.ArgumentParser) -> None:
    """Add options for the training state and a training run."""
    group = options.add_argument_group("the training state (with --work training)")
    group.add_argument(
        "--weights",
        choices=NUMBER_FORMATS,
        metavar="FORMAT",
        help=f"frozen weights, with --lora: {', '.join(NUMBER_FORMATS)}",
    )
    group.add_argument(
        "--gradients", choices=("bf16", "fp32"), help="fp32 to accumulate them over microbatches"
    )
    group.add_argument("--optimizer", choices=get_args(Optimizer), help="whose state (adamw)")
    group.add_argument(
        "--lora", type=int, metavar="RANK", help="train adapters of this rank, not the weights"
    )
    group.add_argument(
        "--implementation",
        choices=get_args(Implementation),
        help="whose modules save activations (textbook)",
    )
    group = options.add_argument_group("a training run")
    group.add_argument(
        "--train-tokens", type=float, metavar="N", help="training tokens, such as 15e12"
    )
    group.add_argument("--machines", type=int, metavar="N", help="number of machines (1)")
    group.add_argument(
        "--mfu", type=float, metavar="FRACTION", help="utilization of their peak (0.4)"
    )
    group.add_argument("--price", type=float, metavar="PRICE", help="price per machine hour")
