"""`prepare`: text files to token ids on disk."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core._shared.progress_bar import ProgressBar
from cs336_core.accounting import bytes_text
from cs336_core.tokenization import BPETokenizer, load
from cs336_core.tokenization import train as train_tokenizer
from cs336_core.training.data.prepare import END_OF_TEXT, check_new_corpus, prepare

EPILOG = """\
examples:
  prepare corpus.txt --vocab-size 2048 -o data          trains a tokenizer first
  prepare stories.jsonl.gz --tokenizer gpt2 -o data     with GPT-2's tokenizer
  prepare letters.txt --tokenizer run -o letters        with the tokenizer of a run, to fine-tune it

A small vocabulary makes a small model: its embedding and its LM head have a row per token. A large
one makes a text shorter: GPT-2's 50,257 tokens stand for about 4 bytes of English each, 2,048
tokens for less than 3.

A FILE may be compressed (.gz); in .jsonl and .jsonl.gz, each line is a JSON object with a text.
Text is read as a stream, so a corpus may be larger than memory. Each document ends with
<|endoftext|>, so that the model learns where texts end. The last tenth is for validation: text that
the model never trains on shows what it has learned beyond memorizing."""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands, "prepare", run, description="Turn text files into token ids.", epilog=EPILOG
    )
    parser.add_argument("input", nargs="+", type=Path, metavar="FILE", help="text, in UTF-8")
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument(
        "--tokenizer",
        metavar="NAME_OR_FILE",
        help="gpt2, cl100k_base ..., a tokenizer.json, or a folder with one",
    )
    kind.add_argument(
        "--vocab-size", type=int, metavar="N", help="train a tokenizer of N tokens on the files"
    )
    parser.add_argument(
        "--validation",
        type=float,
        default=0.1,
        metavar="FRACTION",
        help="how much of the end is for validation (default: 0.1)",
    )
    parser.add_argument(
        "--field", default="text", metavar="NAME", help="of a JSON line that has the text"
    )
    parser.add_argument(
        "--errors",
        choices=["strict", "replace", "ignore"],
        default="strict",
        help="what to do with bytes that are not UTF-8 (default: stop and report where)",
    )
    parser.add_argument("-o", "--out", required=True, type=Path, metavar="FOLDER", help="new")
    parser.add_argument("--json", action="store_true", help="write the result as JSON")


def run(args: argparse.Namespace) -> None:
    """Prepare; raise as reading, encoding and writing do."""
    check_new_corpus(args.out, args.validation)  # before a tokenizer is trained for hours
    reading = {"errors": args.errors, "field": args.field}
    with ProgressBar(sys.stderr, quiet=args.json) as bar:
        if args.tokenizer is not None:
            tokenizer = load(args.tokenizer)
        else:
            params = train_tokenizer(
                args.input,
                args.vocab_size,
                [END_OF_TEXT],
                progress=lambda now: bar.show(f"tokenizer: {now.stage}", now.done, now.total),
                **reading,
            )
            tokenizer = BPETokenizer(params)
        dataset = prepare(
            args.input,
            args.out,
            tokenizer,
            validation=args.validation,
            progress=lambda n_tokens: bar.show("tokens", n_tokens, None),
            **reading,
        )
    found = dataset.description
    if args.json:
        write(json.dumps({"out": str(args.out), **asdict(found)}) + "\n")
        return
    n_bytes = found.train_bytes + found.validation_bytes
    write(
        f"{args.out}: {found.n_tokens:,} tokens of {found.vocab_size:,} kinds, "
        f"{n_bytes / found.n_tokens:.2f} bytes each ({bytes_text(n_bytes)} of text in "
        f"{found.n_documents:,} {'document' if found.n_documents == 1 else 'documents'}); the last "
        f"{found.n_tokens - found.n_train:,} are for validation\n"
    )
