"""`train`: learn a tokenizer from text files and save it."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core._shared.progress_bar import ProgressBar
from cs336_core.tokenization.commands.streams import (
    STANDARD_INPUT,
    check_file_is_given,
    options_in_errors,
    write_json,
)
from cs336_core.tokenization.commands.tokenizers import check_output
from cs336_core.tokenization.formats.load import save
from cs336_core.tokenization.pretokenization.patterns import resolve_pattern
from cs336_core.tokenization.training.train import train

EPILOG = """\
examples:
  train corpus.txt --vocab-size 10000 --special "<|endoftext|>" -o tokenizer.json
  cat *.txt | train --vocab-size 1000 --pattern cl100k -o bpe.tiktoken

The name of OUT chooses the format: .json for Hugging Face's tokenizer.json, .tiktoken for a rank
file, a folder for tokenizer.json with GPT-2's vocab.json and merges.txt. No interruption leaves
half a file."""
RANKS_ONLY = "The file has neither pattern nor special tokens: give both when you load it.\n"


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "train",
        run,
        description="Train a byte-level BPE tokenizer: 256 bytes, merges, special tokens.",
        epilog=EPILOG,
    )
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help='"-" or nothing for standard input'
    )
    parser.add_argument(
        "--vocab-size", type=int, required=True, metavar="N", help="number of tokens"
    )
    parser.add_argument(
        "--special",
        nargs="+",
        action="extend",
        default=[],
        metavar="TEXT",
        help="texts that become one token each, and that no merge crosses",
    )
    parser.add_argument(
        "--pattern",
        default="gpt2",
        help="splits text into pre-tokens, which no merge crosses: gpt2 (default), cl100k, o200k, "
        "the name of an encoding, none, or a regular expression",
    )
    parser.add_argument(
        "--tie-break",
        choices=["lexicographic", "first-seen"],
        default="lexicographic",
        help="which of several pairs with the highest count merges: the greatest pair of byte "
        "strings (default), or the first in the corpus",
    )
    parser.add_argument(
        "--workers", type=int, metavar="N", help="number of threads that count pre-tokens"
    )
    parser.add_argument(
        "--errors",
        choices=["strict", "replace", "ignore"],
        default="strict",
        help="what to do with bytes that are not UTF-8 (default: stop and report where)",
    )
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="OUT")
    parser.add_argument("--json", action="store_true", help="write the result as JSON")


def run(args: argparse.Namespace) -> None:
    """Train and save; raise as training and saving do."""
    pattern = resolve_pattern(args.pattern)
    check_file_is_given(args.parser, args.files, args.special)
    if reason := check_output(args.output, pattern):
        args.parser.error(reason)
    start = time.monotonic()
    with ProgressBar(sys.stderr, quiet=args.json) as bar, options_in_errors():
        params = train(
            [
                sys.stdin.buffer if name == STANDARD_INPUT else Path(name)
                for name in args.files or [STANDARD_INPUT]
            ],
            args.vocab_size,
            args.special,
            pattern=pattern,
            tie_break=args.tie_break,
            num_workers=args.workers,
            errors=args.errors,
            progress=lambda now: bar.show(now.stage, now.done, now.total),
        )
    save(params, args.output)
    is_rank_file = args.output.suffix == ".tiktoken" and not args.output.is_dir()
    seconds = time.monotonic() - start
    if args.json:
        write_json(
            {
                "vocab_size": len(params.vocab),
                "merges": len(params.merges),
                "special_tokens": params.special_tokens,
                "pattern": params.pattern,
                "output": str(args.output),
                "seconds": round(seconds, 3),
            }
        )
    else:
        write(
            f"{args.output}: {len(params.vocab):,} tokens (256 bytes, {len(params.merges):,} "
            f"merges, {len(params.special_tokens):,} special) in {seconds:.1f} s\n"
            f"{RANKS_ONLY if is_rank_file else ''}"
        )
