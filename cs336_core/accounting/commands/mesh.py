"""`python -m cs336_core.accounting mesh MODEL`: the best way to train it on many chips."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, get_args

from cs336_core._shared.command_line import status_of, write, write_error
from cs336_core._shared.validation import check_number, check_size
from cs336_core.accounting.commands.models import (
    Chosen,
    add_machine,
    check_model,
    chosen_machine,
    chosen_model,
    command_parser,
)
from cs336_core.accounting.commands.output import TABLE_FORMATS, aligned, json_line, markdown
from cs336_core.accounting.errors import AccountingError
from cs336_core.accounting.formats import FORMATS as NUMBER_FORMATS
from cs336_core.accounting.lora import Lora
from cs336_core.accounting.machines import Machine
from cs336_core.accounting.optimizers import Optimizer
from cs336_core.accounting.parallel.plan import StepPlan
from cs336_core.accounting.parallel.search import Candidate, best_meshes, chips_needed
from cs336_core.accounting.training_state import StateFormats
from cs336_core.accounting.units import bytes_text, count_text, percent_text, seconds_text

PROGRAM = "python -m cs336_core.accounting mesh"
DESCRIPTION = """\
How to divide a training step over chips: data, tensor, pipeline, context and expert parallelism,
ZeRO-1 and ZeRO-3 (FSDP), microbatches and recomputation. Without --chips: how many are needed."""
EPILOG = f"""\
examples:
  {PROGRAM} llama-3-8b --chips 8 --batch 64
  {PROGRAM} llama-3-70b --batch 512
  {PROGRAM} llama-3.1-405b --chips 16384 --batch 2048 --efficiency 0.6 --train-tokens 15.6e12
  {PROGRAM} llama-3-8b --chips 8 --optimizer adamw-8bit --hardware rtx-4090
  {PROGRAM} llama-3-70b --chips 2 --batch 16 --seq-len 2048 --weights nf4-double --lora 16

Times are lower bounds with an efficiency of 1: all matmuls at the peak, communication at the
bandwidth and latency of the machine's links. Real matmuls reach 0.6 to 0.8 of the peak. A tenth of
the memory is left free. Within a node a chip uses its fast links, beyond it the network."""


HEADER = ("mesh", "micro", "recompute", "memory", "step", "tokens/s", "MFU", "because")
LEFT = (0, len(HEADER) - 1)


def main(argv: Sequence[str]) -> int:
    """Run the command and return the exit status; errors are one line on standard error.

    Raises `SystemExit` with status 2 for invalid options, with 0 after `--help`.
    """
    options = parser()
    args = options.parse_args(argv)
    check_model(options, args)
    return status_of(partial(run, args), AccountingError)


def parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    options = command_parser(PROGRAM, DESCRIPTION, EPILOG)
    group = options.add_argument_group("the step")
    group.add_argument(
        "--chips", type=int, metavar="N", help="how many chips; without it, as few as possible"
    )
    group.add_argument(
        "--batch", type=int, default=512, metavar="N", help="sequences on all chips together (512)"
    )
    group.add_argument(
        "--seq-len", type=int, metavar="N", help="tokens of each (the model's context length)"
    )
    group.add_argument(
        "--max-seconds", type=float, metavar="S", help="the longest time of a step, to find --chips"
    )
    group.add_argument(
        "--train-tokens", type=float, metavar="N", help="also show how long so many take"
    )
    group.add_argument(
        "--gradients", choices=("bf16", "fp32"), default="bf16", help="their format (bf16)"
    )
    group.add_argument("--optimizer", choices=get_args(Optimizer), default="adamw", help="(adamw)")
    group.add_argument(
        "--weights",
        choices=NUMBER_FORMATS,
        default="bf16",
        metavar="FORMAT",
        help=f"frozen weights, with --lora: {', '.join(NUMBER_FORMATS)}",
    )
    group.add_argument(
        "--lora", type=int, metavar="RANK", help="train adapters of this rank, not the weights"
    )
    group.add_argument(
        "--efficiency", type=float, default=1.0, metavar="FRACTION",
        help="the fraction of the peak that matmuls reach (1)",
    )  # fmt: skip
    group.add_argument(
        "--top", type=int, default=8, metavar="N", help="how many meshes to list (8)"
    )
    group.add_argument(
        "--rejected", action="store_true", help="also list meshes that do not work, and why"
    )
    add_machine(options)
    options.add_argument(
        "--format", choices=TABLE_FORMATS, default="text", help="output format (text)"
    )
    return options


def run(args: argparse.Namespace) -> None:
    """Print the report; raise as loading and the search do."""
    model, machine = chosen_model(args), chosen_machine(args)
    top = check_size("top", args.top)
    if args.train_tokens is not None:
        check_number("train-tokens", args.train_tokens, above=0)
    plan = StepPlan(
        config=model.config,
        seq_len=model.config.context_length if args.seq_len is None else args.seq_len,
        batch=args.batch,
        formats=StateFormats(
            weights=args.weights,
            gradients=args.gradients,
            optimizer=args.optimizer,
            lora=None if args.lora is None else Lora(args.lora),
        ),
        precision=args.precision,
    )
    found = _search(args, plan, machine)
    working = [each for each in found if each.time is not None]
    rejected = [each for each in found if each.time is None]
    if not working:
        raise AccountingError(
            f"no mesh of {args.chips:,} × {machine.name} works; the closest, {found[0].mesh}: "
            f"{found[0].reason}"
        )
    shown = working[:top] + (rejected[:top] if args.rejected else [])
    for note in model.notes:
        write_error(f"note: {note}")
    if args.format == "json":
        write(json_line(_data(model, plan, machine, shown)))
        return
    lines = (
        markdown(_table(shown), LEFT)
        if args.format == "markdown"
        else _text(args, model, plan, machine, found=found, shown=shown)
    )
    write("".join(f"{line}\n" for line in lines))


def _search(args: argparse.Namespace, plan: StepPlan, machine: Machine) -> list[Candidate]:
    """Return the meshes of the given number of chips, or of the smallest number that works."""
    n_chips = args.chips
    if n_chips is None:
        fewest = chips_needed(
            plan, machine, max_seconds=args.max_seconds, efficiency=args.efficiency
        )
        n_chips = fewest.mesh.n_chips
    return best_meshes(plan, machine, n_chips, efficiency=args.efficiency)


def _table(candidates: Sequence[Candidate]) -> list[list[str]]:
    """Return the cells of the table, with a header."""
    rows = [list(HEADER)]
    for each in candidates:
        time, memory = each.time, each.memory
        rows.append(
            [
                str(each.mesh),
                str(each.plan.micro_batch),
                each.plan.recompute,
                "" if memory is None else bytes_text(memory.total),
                "" if time is None else seconds_text(time.seconds),
                "" if time is None else count_text(time.tokens_per_second),
                "" if time is None else percent_text(time.mfu),
                each.reason,
            ]
        )
    return rows


def _text(
    args: argparse.Namespace,
    model: Chosen,
    plan: StepPlan,
    machine: Machine,
    *,
    found: Sequence[Candidate],
    shown: Sequence[Candidate],
) -> Iterator[str]:
    """Yield the lines of a text report."""
    best = found[0]
    n_chips = best.mesh.n_chips
    least = "at least " if args.chips is None else ""
    yield f"{model.name} on {least}{n_chips:,} × {machine.name}"
    formats = plan.formats
    yield (
        f"step: {plan.batch:,} × {plan.seq_len:,} tokens, {formats.optimizer}, gradients in "
        f"{formats.gradients}"
        + (f", adapters of rank {formats.lora.rank}" if formats.lora else "")
        + (f", weights in {formats.weights}" if formats.weights != "bf16" else "")
    )
    yield from aligned(_table(shown), LEFT)
    n_working = sum(each.time is not None for each in found)
    yield f"{n_working:,} of {len(found):,} meshes work"
    time, memory = best.time, best.memory
    if time is None or memory is None:
        return
    yield (
        f"the best: computing {seconds_text(time.computing)}, idle {seconds_text(time.idle)}; "
        f"state {bytes_text(memory.state.total)}, activations {bytes_text(memory.activations)}"
    )
    for name, each in time.communication.items():
        yield (
            f"  {name}: sends {bytes_text(each.sent_bytes)} in {seconds_text(each.seconds)}, "
            f"{seconds_text(each.exposed)} of it exposed"
        )
    if args.train_tokens is not None:
        seconds = args.train_tokens / time.tokens_per_second
        hours = seconds * n_chips / 3600
        yield (
            f"{count_text(args.train_tokens)} tokens: {seconds_text(seconds)}, "
            f"{count_text(hours)} chip hours"
        )


def _data(
    model: Chosen, plan: StepPlan, machine: Machine, shown: Sequence[Candidate]
) -> dict[str, Any]:
    """Return the report for JSON."""
    rows = []
    for each in shown:
        row: dict[str, Any] = {
            "mesh": asdict(each.mesh),
            "micro_batch": each.plan.micro_batch,
            "recompute": each.plan.recompute,
            "reason": each.reason,
            "memory": None if each.memory is None else asdict(each.memory),
            "time": None,
        }
        if each.time is not None:
            row["time"] = asdict(each.time) | {"seconds": each.time.seconds}
        rows.append(row)
    return {
        "model": model.name,
        "machine": asdict(machine),
        "batch": plan.batch,
        "seq_len": plan.seq_len,
        "meshes": rows,
    }
