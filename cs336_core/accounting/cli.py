"""The command line of accounting: `python -m cs336_core.accounting`.

Exit status: 0; 1 for invalid input; 2 for invalid options; 130 after Ctrl-C; 141 if the reader of
the output has gone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import get_args

from cs336_core._shared.command_line import status_of, write, write_error
from cs336_core.accounting.conventions import Conventions, Pairs, Recompute, Unit, Work
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.machines import MACHINES, Precision, machine
from cs336_core.accounting.report import TrainingPlan, Workload, report
from cs336_core.accounting.report_text import FORMATS, format_report, model_list
from cs336_core.model.config import ModelConfig
from cs336_core.model.hugging_face.config import load_hugging_face
from cs336_core.model.hugging_face.families import model_types
from cs336_core.model.presets import preset, preset_note

PROGRAM = "python -m cs336_core.accounting"
DESCRIPTION = """\
Count what a Transformer costs: parameters, FLOPs by operation, memory, and time on a machine."""
EPILOG = f"""\
examples:
  {PROGRAM} llama-3-8b
  {PROGRAM} llama-3-8b --decode --cached 8191 --batch 64 --hardware h200
  {PROGRAM} llama-3-8b --work training --recompute full --seq-len 8192
  {PROGRAM} llama-3-70b --train-tokens 15e12 --machines 1024 --mfu 0.5 --price 2
  {PROGRAM} --config config.json --format markdown
  {PROGRAM} --list

Times are lower bounds at the peak of the machine, for the parts of the model one after another,
attended pairs only and, in a forward pass, the logits of the last token only. The model_type of a
config.json may be {", ".join(model_types())}."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return the exit status; errors are one line on standard error.

    Raises `SystemExit` with status 2 for invalid options, with 0 after `--help`.
    """
    options = parser()
    args = options.parse_args(argv)
    if not args.list and (args.model is None) == (args.config is None):
        options.error("give the name of a model (see --list) or a file with --config")
    if (args.ignore or args.ignore_unknown) and args.config is None:
        options.error("--ignore and --ignore-unknown need --config")
    if args.decode and (args.seq_len is not None or args.work != "forward"):
        options.error("--decode is a forward pass of one new token: drop --seq-len and --work")
    if args.train_tokens is None and any(
        option is not None for option in (args.machines, args.mfu, args.price)
    ):
        options.error("--machines, --mfu and --price need --train-tokens")
    return status_of(partial(run, args), AccountingError)


def parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    options = argparse.ArgumentParser(
        prog=PROGRAM,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    model = options.add_argument_group("the model")
    model.add_argument("model", nargs="?", metavar="MODEL", help="name of a published model")
    model.add_argument("--config", type=Path, metavar="FILE", help="a Hugging Face config.json")
    model.add_argument(
        "--ignore", nargs="+", default=[], metavar="FIELD", help="fields of that file to skip"
    )
    model.add_argument(
        "--ignore-unknown", action="store_true", help="skip all unknown fields of that file"
    )
    model.add_argument("--list", action="store_true", help="list models and machines")
    _add_tokens(options)
    _add_conventions(options)
    _add_machine(options)
    options.add_argument("--format", choices=FORMATS, default="text", help="output format (text)")
    return options


def run(args: argparse.Namespace) -> None:
    """Print the report; raise as loading, counting and `report` do."""
    if args.list:
        write(model_list())
        return
    config, notes = _model(args)
    seq_len = config.context_length if args.seq_len is None else args.seq_len
    cached = 0 if args.cached is None else args.cached
    if args.decode:
        seq_len = 1
        cached = config.context_length - 1 if args.cached is None else args.cached
    workload = Workload(
        config=config,
        machine=machine(args.hardware),
        seq_len=seq_len,
        batch=args.batch,
        cached=cached,
        precision=args.precision,
        conventions=_conventions(args),
    )
    counted = report(workload, _plan(args))
    for note in notes:
        write_error(f"note: {note}")
    write(format_report(args.model or str(args.config), workload, counted, args.format))


def _model(args: argparse.Namespace) -> tuple[ModelConfig, Sequence[str]]:
    """Return the model, and notes on it."""
    if args.config is None:
        note = preset_note(args.model)
        return preset(args.model), () if note is None else (f"{args.model}: {note}",)
    loaded = load_hugging_face(args.config, ignored=args.ignore, ignore_unknown=args.ignore_unknown)
    return loaded.config, loaded.notes


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


def _add_machine(options: argparse.ArgumentParser) -> None:
    """Add options for the machine and a training run."""
    group = options.add_argument_group("the machine")
    group.add_argument(
        "--hardware", default="h100", metavar="NAME", help=f"{', '.join(MACHINES)} (h100)"
    )
    group.add_argument("--precision", choices=get_args(Precision), default="bf16")
    group = options.add_argument_group("a training run")
    group.add_argument(
        "--train-tokens", type=float, metavar="N", help="training tokens, such as 15e12"
    )
    group.add_argument("--machines", type=int, metavar="N", help="number of machines (1)")
    group.add_argument(
        "--mfu", type=float, metavar="FRACTION", help="utilization of their peak (0.4)"
    )
    group.add_argument("--price", type=float, metavar="PRICE", help="price per machine hour")
