"""The command line of accounting: `python -m cs336_core.accounting`.

Exit status: 0; 1 for input that cannot be used; 2 for options that cannot; 130 after Ctrl-C; 141
where whoever reads the output has gone.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import get_args

from cs336_core._shared.command_line import status_of, tell, write
from cs336_core.accounting.conventions import Conventions, Pairs, Recompute, Unit, Work
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.machines import MACHINES, Precision, machine
from cs336_core.accounting.report import Question, Run, report
from cs336_core.accounting.report_text import FORMATS, model_list, shown
from cs336_core.model.config import ConfigError, ModelConfig
from cs336_core.model.hugging_face.config import load_hugging_face
from cs336_core.model.hugging_face.model_types import READERS
from cs336_core.model.presets import preset, preset_note

PROGRAM = "python -m cs336_core.accounting"
DESCRIPTION = """\
What a Transformer costs: parameters, FLOPs and where they go, memory, and time on a machine."""
EPILOG = f"""\
examples:
  {PROGRAM} llama-3-8b
  {PROGRAM} llama-3-8b --decode --cached 8191 --batch 64 --hardware h200
  {PROGRAM} llama-3-8b --work training --recompute full --seq-len 8192
  {PROGRAM} llama-3-70b --train-tokens 15e12 --machines 1024 --mfu 0.5 --price 2
  {PROGRAM} --config config.json --format markdown
  {PROGRAM} --list

Times are the least that the machine allows: parts of the model one after another, attended pairs
and, in a forward pass, the logits of the last token alone. A config.json may be one of
{", ".join(READERS)}."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return the exit status; what goes wrong is one line on standard error.

    Raises `SystemExit` with status 2 where the options cannot be used, with 0 after `--help`.
    """
    whole = parser()
    args = whole.parse_args(argv)
    if not args.list and (args.model is None) == (args.config is None):
        whole.error("give the name of a model, or --config with a file; --list tells the names")
    if (args.ignore or args.ignore_unknown) and args.config is None:
        whole.error("--ignore passes over fields of a file: give it with --config")
    if args.decode and (args.seq_len is not None or args.work != "forward"):
        whole.error("--decode is one new token after --cached ones: no --seq-len, no --work")
    if args.train_tokens is None and any(
        each is not None for each in (args.machines, args.mfu, args.price)
    ):
        whole.error("--machines, --mfu and --price are of a training run: give --train-tokens")
    return status_of(partial(run, args), (AccountingError, ConfigError))


def parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    whole = argparse.ArgumentParser(
        prog=PROGRAM,
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    model = whole.add_argument_group("the model")
    model.add_argument("model", nargs="?", metavar="MODEL", help="the name of a published model")
    model.add_argument("--config", type=Path, metavar="FILE", help="a Hugging Face config.json")
    model.add_argument(
        "--ignore", nargs="+", default=[], metavar="FIELD", help="pass over fields of that file"
    )
    model.add_argument(
        "--ignore-unknown", action="store_true", help="pass over all unknown fields of that file"
    )
    model.add_argument("--list", action="store_true", help="list models and machines")
    _add_tokens(whole)
    _add_conventions(whole)
    _add_machine(whole)
    whole.add_argument("--format", choices=FORMATS, default="text", help="(the default: text)")
    return whole


def run(args: argparse.Namespace) -> None:
    """Answer; raise as loading, counting and `report` do."""
    if args.list:
        write(model_list())
        return
    config, notes = _model(args)
    seq_len = config.context_length if args.seq_len is None else args.seq_len
    cached = 0 if args.cached is None else args.cached
    if args.decode:
        seq_len = 1
        cached = config.context_length - 1 if args.cached is None else args.cached
    question = Question(
        config=config,
        machine=machine(args.hardware),
        seq_len=seq_len,
        batch=args.batch,
        cached=cached,
        precision=args.precision,
        conventions=_conventions(args),
    )
    answer = report(question, _asked_run(args))
    for note in notes:
        tell(f"note: {note}")
    write(shown(args.model or str(args.config), question, answer, args.format))


def _model(args: argparse.Namespace) -> tuple[ModelConfig, Sequence[str]]:
    """Return the model, and what has to be said of its file."""
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


def _asked_run(args: argparse.Namespace) -> Run | None:
    """Return the training run that is asked for."""
    if args.train_tokens is None:
        return None
    return Run(
        tokens=args.train_tokens,
        n_machines=1 if args.machines is None else args.machines,
        mfu=0.4 if args.mfu is None else args.mfu,
        price_per_hour=args.price,
    )


def _add_tokens(whole: argparse.ArgumentParser) -> None:
    """Add what says how many tokens there are."""
    group = whole.add_argument_group("the tokens")
    group.add_argument("--batch", type=int, default=1, metavar="N", help="sequences (1)")
    group.add_argument(
        "--seq-len", type=int, metavar="N", help="new tokens of each (the model's context)"
    )
    group.add_argument("--cached", type=int, metavar="N", help="tokens of each read before (0)")
    group.add_argument(
        "--decode", action="store_true", help="one new token of each, the context before it cached"
    )


def _add_conventions(whole: argparse.ArgumentParser) -> None:
    """Add the conventions of a count."""
    group = whole.add_argument_group("what is counted")
    group.add_argument("--unit", choices=get_args(Unit), default="FLOP")
    group.add_argument(
        "--pairs", choices=get_args(Pairs), default="all", help="scores of pairs of tokens (all)"
    )
    group.add_argument("--work", choices=get_args(Work), default="forward")
    group.add_argument("--recompute", choices=get_args(Recompute), default="none")
    group.add_argument("--elementwise", action="store_true", help="norms, softmax, sums ... too")
    group.add_argument("--no-head", action="store_true", help="not the LM head")
    group.add_argument(
        "--plain-attention", action="store_true", help="scores are moved, as without FlashAttention"
    )


def _add_machine(whole: argparse.ArgumentParser) -> None:
    """Add the machine, and a training run on many of it."""
    group = whole.add_argument_group("the machine")
    group.add_argument(
        "--hardware", default="h100", metavar="NAME", help=f"{', '.join(MACHINES)} (h100)"
    )
    group.add_argument("--precision", choices=get_args(Precision), default="bf16")
    group = whole.add_argument_group("a training run")
    group.add_argument("--train-tokens", type=float, metavar="N", help="tokens, as 15e12")
    group.add_argument("--machines", type=int, metavar="N", help="how many (1)")
    group.add_argument("--mfu", type=float, metavar="PART", help="of their peak (0.4)")
    group.add_argument("--price", type=float, metavar="PRICE", help="of an hour of one machine")
