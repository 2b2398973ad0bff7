"""`train`: learn a tokenizer from text files and save it."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from cs336_core import tokenization
from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core._shared.progress_bar import ProgressBar
from cs336_core.tokenization.commands.inputs import STANDARD_INPUT, check_input_is_given, write_json
from cs336_core.tokenization.commands.options import FILE, PATTERNS, TEXTS, add_options, at_least
from cs336_core.tokenization.errors import VocabularyError
from cs336_core.tokenization.formats.huggingface_pattern import pre_tokenizer_of
from cs336_core.tokenization.params import BPEParams
from cs336_core.tokenization.pretokenization.patterns import resolve_pattern

EPILOG = """\
examples:
  train corpus.txt --vocab-size 10000 --special "<|endoftext|>" -o tokenizer.json
  train data.jsonl.gz --vocab-size 32000 --field content --tie-break huggingface -o tokenizer.json
  train code.txt --continue-from gpt2 --vocab-size 60000 -o tokenizer.json
  cat *.txt | train --vocab-size 1000 --pattern cl100k -o bpe.tiktoken

A FILE may be compressed (.gz); in .jsonl and .jsonl.gz, each line is a JSON object with a text.
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
    parser.add_argument("input", nargs="*", **FILE)
    parser.add_argument(
        "--vocab-size", type=int, required=True, metavar="N", help="number of tokens"
    )
    parser.add_argument(
        "--special", help="texts that become one token each, and that no merge crosses", **TEXTS
    )
    parser.add_argument(
        "--pattern",
        help=f"splits text into pre-tokens, which no merge crosses: {PATTERNS} (default: gpt2)",
    )
    parser.add_argument(
        "--tie-break",
        choices=["lexicographic", "first-seen", "huggingface"],
        default="lexicographic",
        help="which of several pairs with the highest count merges: the greatest pair of byte "
        "strings (default), the first in the corpus, or the pair of lowest ids, as in Hugging "
        "Face's trainer",
    )
    parser.add_argument(
        "--min-frequency",
        type=at_least(1),
        default=1,
        metavar="N",
        help="merge no pair that occurs less often (default: 1)",
    )
    parser.add_argument(
        "--max-token-length", type=at_least(1), metavar="N", help="make no token of more bytes"
    )
    parser.add_argument(
        "--continue-from",
        metavar="NAME_OR_FILE",
        help="a tokenizer whose tokens keep their ids, and whose pattern splits the text; its "
        "vocabulary grows to N tokens. Files without a pattern need --pattern",
    )
    parser.add_argument(
        "--field",
        default="text",
        metavar="NAME",
        help="the field of each JSON line that has the text (default: text)",
    )
    parser.add_argument(
        "--workers",
        type=at_least(1),
        metavar="N",
        help="number of threads that count pre-tokens (default: one per core)",
    )
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="OUT")
    add_options(parser, "--errors", json="the result as JSON")


def run(args: argparse.Namespace) -> None:
    """Train and save; raise as loading, training and saving do."""
    check_input_is_given(args, args.special)
    known = known_params(args)
    pattern = known.pattern if known else resolve_pattern(args.pattern or "gpt2")
    if reason := check_output(args.output, pattern):
        args.parser.error(reason)
    start = time.monotonic()
    with ProgressBar(sys.stderr, quiet=args.json) as bar:
        params = tokenization.train(
            [
                sys.stdin.buffer if name == STANDARD_INPUT else Path(name)
                for name in args.input or [STANDARD_INPUT]
            ],
            args.vocab_size,
            args.special,
            pattern=pattern,
            continue_from=known,
            tie_break=args.tie_break,
            min_frequency=args.min_frequency,
            max_token_length=args.max_token_length,
            errors=args.errors,
            field=args.field,
            num_workers=args.workers,
            progress=lambda now: bar.show(now.stage, now.done, now.total),
        )
    tokenization.save(params, args.output)
    report(params, args.output, time.monotonic() - start, as_json=args.json)


def known_params(args: argparse.Namespace) -> BPEParams | None:
    """Return the tokenizer to continue from, if any; exit if it splits text by another pattern."""
    if args.continue_from is None:
        return None
    known = tokenization.load(args.continue_from, pattern=args.pattern or "auto").params
    if args.pattern and resolve_pattern(args.pattern) != known.pattern:
        args.parser.error(f"{args.continue_from} splits text with another pattern: omit --pattern")
    return known


def report(params: BPEParams, output: Path, seconds: float, *, as_json: bool) -> None:
    """Write what was trained."""
    if as_json:
        write_json(
            {
                "vocab_size": len(params.vocab),
                "merges": len(params.merges),
                "special_tokens": params.special_tokens,
                "pattern": params.pattern,
                "output": str(output),
                "seconds": round(seconds, 3),
            }
        )
        return
    is_rank_file = output.suffix == ".tiktoken" and not output.is_dir()
    write(
        f"{output}: {len(params.vocab):,} tokens (256 bytes, {len(params.merges):,} merges, "
        f"{len(params.special_tokens):,} special) in {seconds:.1f} s\n"
        f"{RANKS_ONLY if is_rank_file else ''}"
    )


def check_output(path: Path, pattern: str | None) -> str | None:
    """Return why a tokenizer with this pattern cannot be saved at `path`, or `None` if it can."""
    if str(path) == STANDARD_INPUT:
        return "a tokenizer is saved in a file or folder, not on standard output"
    if path.suffix not in ("", ".json", ".tiktoken") and not path.is_dir():
        return f"{path} ends neither in .json nor in .tiktoken, and is not a folder"
    if path.suffix == "" and path.exists() and not path.is_dir():
        return f"{path} is a file; give a folder, or a name that ends in .json or .tiktoken"
    if path.suffix != "" and not path.parent.is_dir():
        return f"the folder {path.parent} does not exist; create it first"
    if path.suffix != ".tiktoken" or path.is_dir():
        try:
            pre_tokenizer_of(pattern)
        except VocabularyError as error:
            return str(error)
    return None
