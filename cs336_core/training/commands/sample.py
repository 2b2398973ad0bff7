"""`sample`: let a model continue a text."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import torch

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core._shared.validation import check_size
from cs336_core.inference import Sampling, generate_text
from cs336_core.training.data.prepare import END_OF_TEXT
from cs336_core.training.runs.state import read_tokenizer, read_trained

EPILOG = """\
examples:
  sample run --prompt "To be, or"
  sample run --prompt "ROMEO" --temperature 0.7 --top-k 50 --seed 7
  sample run --prompt "ROMEO" --temperature 0      always the most probable token

The model's own distribution is --temperature 1. Lower temperatures, --top-k, --top-p and --min-p
keep it to likelier tokens: fewer mistakes, less variety. The same seed gives the same text."""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "sample",
        run,
        description="Continue a text with the best checkpoint of a run.",
        epilog=EPILOG,
    )
    parser.add_argument("run_folder", type=Path, metavar="RUN", help="the folder of the run")
    parser.add_argument("--prompt", required=True, metavar="TEXT", help="the text to continue")
    parser.add_argument("--n-tokens", type=int, default=200, metavar="N", help="(default: 200)")
    parser.add_argument("--temperature", type=float, default=1.0, metavar="T", help="(default: 1)")
    parser.add_argument("--top-k", type=int, metavar="K", help="keep the K likeliest tokens")
    parser.add_argument(
        "--top-p", type=float, default=1.0, metavar="P", help="keep those that add up to P"
    )
    parser.add_argument(
        "--min-p",
        type=float,
        default=0.0,
        metavar="P",
        help="keep those at least P times as likely as the likeliest",
    )
    parser.add_argument(
        "--repetition-penalty", type=float, default=1.0, metavar="R", help="above 1: fewer repeats"
    )
    parser.add_argument(
        "--stop", nargs="+", action="extend", default=[], metavar="TEXT", help="end before it"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="(default: 0)")
    parser.add_argument("--json", action="store_true", help='write {"prompt": ..., "text": ...}')


def run(args: argparse.Namespace) -> None:
    """Sample; raise as loading and `generate_text` do."""
    tokenizer = read_tokenizer(args.run_folder)
    pieces = generate_text(
        read_trained(args.run_folder).build_model(),
        tokenizer,
        args.prompt,
        n_tokens=args.n_tokens,
        sampling=Sampling(
            temperature=args.temperature,
            top_k=args.top_k,
            top_p=args.top_p,
            min_p=args.min_p,
            repetition_penalty=args.repetition_penalty,
        ),
        stop_strings=args.stop,
        stop_tokens=[text for text in [END_OF_TEXT] if text in tokenizer.params.special_tokens],
        generator=torch.Generator().manual_seed(check_size("seed", args.seed, minimum=0)),
    )
    if args.json:
        write(json.dumps({"prompt": args.prompt, "text": "".join(pieces)}) + "\n")
        return
    write(args.prompt)
    for piece in pieces:
        write(piece)
        sys.stdout.flush()
    write("\n")
