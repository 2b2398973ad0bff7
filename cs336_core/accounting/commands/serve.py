"""`python -m cs336_core.accounting serve MODEL`: latency, throughput and price of requests."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, get_args

from cs336_core._shared.command_line import status_of, write, write_error
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
from cs336_core.accounting.formats import FORMATS
from cs336_core.accounting.serving.deployment import Deployment, LatentForm
from cs336_core.accounting.serving.latency import decode_time
from cs336_core.accounting.serving.requests import ServingPoint, serving_points
from cs336_core.accounting.serving.speculative import best_draft, speculative_speedup
from cs336_core.accounting.units import (
    bytes_text,
    count_text,
    percent_text,
    seconds_text,
    three_digits,
)
from cs336_core.model.presets import preset

PROGRAM = "python -m cs336_core.accounting serve"
DESCRIPTION = """\
What it takes to answer requests: the time to the first token, the time per token, throughput and,
with --price, the price of a million tokens, for batches up to the largest that fits."""
EPILOG = f"""\
examples:
  {PROGRAM} llama-3-8b
  {PROGRAM} llama-3-70b --chips 4 --prompt 4096 --answer 512 --price 2
  {PROGRAM} llama-3-70b --weights int4 --cache fp8 --batch 1 8 64
  {PROGRAM} deepseek-v3 --hardware h200 --chips 8 --weights fp8 --latent plain
  {PROGRAM} llama-3-70b --chips 4 --draft llama-3-8b --acceptance 0.8

Times are lower bounds at the peak of the machine. A batch's prompts are processed one after
another, and then its answers grow together. A tenth of the memory is left free."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Speculative decoding with a smaller model, for one request."""

    model: str
    acceptance: float
    cost: float
    tokens: int
    speedup: float


def main(argv: Sequence[str]) -> int:
    """Run the command and return the exit status; errors are one line on standard error.

    Raises `SystemExit` with status 2 for invalid options, with 0 after `--help`.
    """
    options = parser()
    args = options.parse_args(argv)
    check_model(options, args)
    if (args.draft is None) != (args.acceptance is None):
        options.error("--draft and --acceptance need each other")
    return status_of(partial(run, args), AccountingError)


def parser() -> argparse.ArgumentParser:
    """Return the argument parser."""
    options = command_parser(PROGRAM, DESCRIPTION, EPILOG)
    group = options.add_argument_group("the requests")
    group.add_argument(
        "--prompt", type=int, metavar="N", help="tokens (2048, or what the context has room for)"
    )
    group.add_argument("--answer", type=int, default=256, metavar="N", help="tokens (256)")
    group.add_argument(
        "--batch", type=int, nargs="+", metavar="N", help="requests at a time (powers of two)"
    )
    group = options.add_argument_group("the deployment")
    group.add_argument("--chips", type=int, default=1, metavar="N", help="sharing each matrix (1)")
    names = ", ".join(FORMATS)
    group.add_argument(
        "--weights", default="bf16", metavar="FORMAT", help=f"of the weights: {names} (bf16)"
    )
    group.add_argument(
        "--cache", default="bf16", metavar="FORMAT", help="of keys and values (bf16)"
    )
    group.add_argument(
        "--latent", choices=get_args(LatentForm), default="absorbed",
        help="how latent attention decodes",
    )  # fmt: skip
    group.add_argument("--price", type=float, metavar="PRICE", help="per hour of one chip")
    group = options.add_argument_group("speculative decoding")
    group.add_argument("--draft", metavar="MODEL", help="the smaller model, by name")
    group.add_argument(
        "--acceptance", type=float, metavar="FRACTION", help="of its tokens that are accepted"
    )
    add_machine(options)
    options.add_argument(
        "--format", choices=TABLE_FORMATS, default="text", help="output format (text)"
    )
    return options


def run(args: argparse.Namespace) -> None:
    """Print the report; raise as loading and `serving_points` do."""
    model = chosen_model(args)
    served = Deployment(
        config=model.config,
        machine=chosen_machine(args),
        n_chips=args.chips,
        precision=args.precision,
        weights=args.weights,
        cache=args.cache,
        latent_form=args.latent,
    )
    if args.prompt is None:
        args.prompt = max(1, min(2048, model.config.context_length - args.answer))
    points = serving_points(served, args.prompt, args.answer, args.batch)
    draft = _draft(args, served)
    for note in model.notes:
        write_error(f"note: {note}")
    if args.format == "json":
        write(json_line(_data(model, served, points, draft, args.price)))
    elif args.format == "markdown":
        write("".join(f"{line}\n" for line in markdown(_table(points, args.price, args.chips), ())))
    else:
        write("".join(f"{line}\n" for line in _text(args, model, served, points, draft)))


def _draft(args: argparse.Namespace, served: Deployment) -> Draft | None:
    """Return what speculative decoding with a smaller model gives, if one is named."""
    if args.draft is None:
        return None
    small = Deployment(
        config=preset(args.draft), machine=served.machine, precision=served.precision
    )
    small_pass, large_pass = (decode_time(each, 1, args.prompt) for each in (small, served))
    cost = small_pass.seconds / large_pass.seconds
    tokens = best_draft(args.acceptance, cost)
    return Draft(
        model=args.draft,
        acceptance=args.acceptance,
        cost=cost,
        tokens=tokens,
        speedup=speculative_speedup(args.acceptance, tokens, cost),
    )


def _table(points: Sequence[ServingPoint], price: float | None, chips: int) -> list[list[str]]:
    """Return the cells of the table, with a header."""
    header = ["batch", "first token", "per token", "tokens/s", "memory", "fits"]
    rows = [header + (["prompt price", "answer price"] if price is not None else [])]
    for point in points:
        row = [
            f"{point.batch:,}", seconds_text(point.first_token), seconds_text(point.per_token),
            count_text(point.tokens_per_second), bytes_text(point.memory_bytes),
            "yes" if point.fits else "no",
        ]  # fmt: skip
        if price is not None:
            row += [f"{each:,.2f}" for each in point.price_per_million(price, chips)]
        rows.append(row)
    return rows


def _text(
    args: argparse.Namespace,
    model: Chosen,
    served: Deployment,
    points: Sequence[ServingPoint],
    draft: Draft | None,
) -> Iterator[str]:
    """Yield the lines of a text report."""
    chips = f"{served.n_chips:,} × {served.machine.name}"
    each = " each" if served.n_chips > 1 else ""
    yield f"{model.name} on {chips}: weights in {served.weights}, cache in {served.cache}"
    yield (
        f"  weights {bytes_text(served.weight_bytes())}{each}, "
        f"cache {bytes_text(served.cache_bytes(1, 1))} per token{each}"
    )
    yield f"prompts of {args.prompt:,} tokens, answers of {args.answer:,}"
    yield from aligned(_table(points, args.price, args.chips), ())
    if args.price is not None:
        yield "  prices are per million tokens"
    largest = served.largest_batch(args.prompt + args.answer)
    yield f"largest batch that fits: {largest:,}"
    if draft is not None:
        yield (
            f"with {draft.model} drafting {draft.tokens} tokens, {percent_text(draft.acceptance)} "
            f"of them accepted: {three_digits(draft.speedup)} times as fast for one request (a "
            f"pass of it takes {percent_text(draft.cost)} of one of {model.name})"
        )


def _data(
    model: Chosen,
    served: Deployment,
    points: Sequence[ServingPoint],
    draft: Draft | None,
    price: float | None,
) -> dict[str, Any]:
    """Return the report for JSON."""
    rows = []
    for point in points:
        row = asdict(point) | {"tokens_per_second": point.tokens_per_second}
        if price is not None:
            prompt, answer = point.price_per_million(price, served.n_chips)
            row |= {"prompt_price_per_million": prompt, "answer_price_per_million": answer}
        rows.append(row)
    return {
        "model": model.name,
        "deployment": asdict(served),
        "points": rows,
        "draft": None if draft is None else asdict(draft),
    }
