"""`encode`: text to ids, of any length in constant memory."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

from cs336_core import tokenization
from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.tokenization.commands.options import (
    add_errors,
    add_input,
    add_json,
    add_tokenizer,
)
from cs336_core.tokenization.commands.streams import STANDARD_INPUT, opened
from cs336_core.tokenization.commands.tokenizers import FILES, chosen_tokenizer
from cs336_core.tokenization.protocol import Tokenizer
from cs336_core.tokenization.training.corpus import read_strings

EPILOG = f"""\
examples:
  encode text.txt --tokenizer cl100k_base
  echo "Hello<|endoftext|>" | encode --tokenizer gpt2 --special allow --json

{FILES}"""
BATCH_SIZE = 4096  # ids written at once


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "encode",
        run,
        description="Write the ids of a text on one line.",
        epilog=EPILOG,
    )
    add_input(parser)
    add_encoding_options(parser)
    add_json(parser, '{"ids": [...]}')


def add_encoding_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of commands that encode: the tokenizer, and what to do with odd text."""
    add_tokenizer(parser)
    parser.add_argument(
        "--special",
        choices=["allow", "refuse", "ordinary"],
        default="refuse",
        help="what special tokens in the text become: one id each, an error (default), or ordinary "
        "text",
    )
    add_errors(parser)


def run(args: argparse.Namespace) -> None:
    """Encode; raise as loading and encoding do."""
    tokenizer = chosen_tokenizer(args)
    with encoded(tokenizer, args.input or STANDARD_INPUT, args) as ids:
        if args.json:
            write('{"ids": [')
            write_ids(ids, ", ")
            write("]}\n")
        else:
            write_ids(ids, " ")
            write("\n")


@contextmanager
def encoded(tokenizer: Tokenizer, name: str, args: argparse.Namespace) -> Iterator[Iterator[int]]:
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


def write_ids(ids: Iterator[int], separator: str) -> None:
    """Write the ids as they arrive."""
    first = True
    while batch := list(islice(ids, BATCH_SIZE)):
        write(("" if first else separator) + separator.join(map(str, batch)))
        first = False
