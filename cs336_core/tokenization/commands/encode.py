"""`encode`, `count`, `truncate`: what becomes of the ids of a text, of any length."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from cs336_core import tokenization
from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.tokenization.commands.decode import decode_pieces
from cs336_core.tokenization.commands.inputs import (
    FILES,
    STANDARD_INPUT,
    chosen_tokenizer,
    opened,
    write_json,
)
from cs336_core.tokenization.commands.options import ENCODING_OPTIONS, FILE, add_options, at_least
from cs336_core.tokenization.protocol import Tokenizer
from cs336_core.tokenization.training.corpus import read_strings

ENCODE_EPILOG = f"""\
examples:
  encode text.txt --tokenizer cl100k_base
  echo "Hello<|endoftext|>" | encode --tokenizer gpt2 --special allow --json

{FILES}"""
COUNT_EPILOG = f"""\
examples:
  count *.md --tokenizer o200k_base
  cat prompt.txt | count --tokenizer gpt-4o --special ordinary

{FILES}"""
TRUNCATE_EPILOG = f"""\
examples:
  truncate book.txt --tokens 8000 --tokenizer gpt-4o
  git diff | truncate --tokens 2000 --tokenizer cl100k_base --special ordinary

{FILES}"""
BATCH_SIZE = 4096  # ids written at once


def add_parser(commands: Commands) -> None:
    """Add the three commands and their options."""
    parser = command_parser(
        commands,
        "encode",
        encode,
        description="Write the ids of a text on one line.",
        epilog=ENCODE_EPILOG,
    )
    parser.add_argument("input", nargs="?", **FILE)
    add_options(parser, *ENCODING_OPTIONS, json='{"ids": [...]}')

    parser = command_parser(
        commands,
        "count",
        count,
        description="Write the number of tokens: one number for one file, otherwise one for each "
        "and their sum, as wc does.",
        epilog=COUNT_EPILOG,
    )
    parser.add_argument("input", nargs="*", **FILE)
    add_options(parser, *ENCODING_OPTIONS, json='{"FILE": number, ...}')

    parser = command_parser(
        commands,
        "truncate",
        truncate,
        description="Write the text of the first tokens of a text, without a character that the "
        "last token begins and does not complete. The rest is not read.",
        epilog=TRUNCATE_EPILOG,
    )
    parser.add_argument("input", nargs="?", **FILE)
    parser.add_argument(
        "--tokens", type=at_least(0), required=True, metavar="N", help="at most N tokens"
    )
    add_options(parser, *ENCODING_OPTIONS, json='{"tokens": N, "text": "..."}')


def encode(args: argparse.Namespace) -> None:
    """Write the ids; raise as loading and encoding do."""
    beginning, separator, end = ('{"ids": [', ", ", "]}\n") if args.json else ("", " ", "\n")
    with encoded(chosen_tokenizer(args), args.input, args) as ids:
        write(beginning)
        between = ""
        while batch := list(islice(ids, BATCH_SIZE)):
            write(between + separator.join(map(str, batch)))
            between = separator
        write(end)


def count(args: argparse.Namespace) -> None:
    """Write how many ids each file has, and all together; raise as loading and encoding do."""
    tokenizer = chosen_tokenizer(args)
    counts: dict[str, int] = {}
    total = 0
    for name in args.input or [STANDARD_INPUT]:
        with encoded(tokenizer, name, args) as ids:
            counts[name] = sum(1 for _ in ids)
        total += counts[name]
        if len(args.input) > 1 and not args.json:
            write(f"{counts[name]:>10} {name}\n")
    if args.json:
        write_json(counts)
    else:
        write(f"{total:>10} total\n" if len(args.input) > 1 else f"{total}\n")


def truncate(args: argparse.Namespace) -> None:
    """Write the text of the first ids; raise as loading and encoding do."""
    tokenizer = chosen_tokenizer(args)
    with encoded(tokenizer, args.input, args) as ids:
        first = list(islice(ids, args.tokens))
    text = "".join(decode_pieces(tokenizer, first, whole_characters=True))
    if args.json:
        write_json({"tokens": len(first), "text": text})
    else:
        write(text)


@contextmanager
def encoded(
    tokenizer: Tokenizer, name: str | None, args: argparse.Namespace
) -> Iterator[Iterator[int]]:
    """Yield the ids of a file as they are read; raise as encoding does."""
    with opened(name) as file:
        yield encode_texts(tokenizer, read_strings(file, args.errors), args.special)


def encode_texts(tokenizer: Tokenizer, texts: Iterable[str], special: str) -> Iterator[int]:
    """Yield the ids of the concatenated texts, without holding them all."""
    if not isinstance(tokenizer, tokenization.BPETokenizer):
        # Bits, bytes and characters, where no token crosses from one text into the next.
        return (token_id for text in texts for token_id in tokenizer.encode(text))
    if special == "allow":
        return tokenizer.encode_iterable(texts, allowed_special="all")
    return tokenizer.encode_iterable(
        texts, disallowed_special=() if special == "ordinary" else "all"
    )
