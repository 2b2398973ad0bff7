"""What the commands read: files, standard input, and tokenizers by name or from a file."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cs336_core import tokenization
from cs336_core._shared.command_line import write
from cs336_core.tokenization.protocol import Tokenizer
from cs336_core.tokenization.simple import BitTokenizer, ByteTokenizer, CharacterTokenizer
from cs336_core.tokenization.training.corpus import read_strings

STANDARD_INPUT = "-"
SIMPLE: dict[str, type[BitTokenizer | ByteTokenizer | CharacterTokenizer]] = {
    "bits": BitTokenizer,
    "bytes": ByteTokenizer,
    "characters": CharacterTokenizer,
}
FILES = """a tokenizer is one of
  bits, bytes, characters                                       nothing is learned
  gpt2, r50k_base, p50k_base, cl100k_base, o200k_base, ...      OpenAI's vocabularies
  gpt-4o, gpt-3.5-turbo, ...                                    OpenAI's models
  tokenizer.json, or a FOLDER with one                          Hugging Face's format
  vocab.json or merges.txt, or a FOLDER with both               GPT-2's format
  FILE.tiktoken, tokenizer.model, or another rank file          OpenAI's format
Files of the last two kinds do not say how text is split, nor which tokens are special: give
--pattern and --special-tokens. Well-known files are recognized by their contents."""


@contextmanager
def opened(name: str | None) -> Iterator[IO[bytes]]:
    """Open a file, standard input for "-" or nothing; raise `OSError` if it cannot be opened."""
    if name in (None, STANDARD_INPUT):
        yield sys.stdin.buffer
        return
    with Path(name).open("rb") as file:
        yield file


def text_or_file(given: str) -> str:
    """Return the text of standard input for "-", of a file for its name, otherwise `given`."""
    if given != STANDARD_INPUT and not is_file(given):
        return given
    with opened(given) as file:
        return "".join(read_strings(file, "strict"))


def is_file(name: str) -> bool:
    """Whether a file has this name; `False` for text that is too long to be a name."""
    return os.path.isfile(name)  # noqa: PTH113  (`Path.is_file` raises an error for such text)


def check_input_is_given(args: argparse.Namespace, special_tokens: list[str]) -> None:
    """Exit if the option for special tokens has swallowed the name of the only file."""
    if not args.input and any(map(is_file, special_tokens)):
        args.parser.error(
            "no FILE is given, but a special token is the name of one: put FILE first"
        )


def open_tokenizer(name: str, args: argparse.Namespace) -> Tokenizer:
    """Return a tokenizer by name, or load it from a file or folder; raise as `load` does."""
    if name in SIMPLE:
        return SIMPLE[name]()
    return tokenization.load(name, args.special_tokens, args.pattern)


def chosen_tokenizer(args: argparse.Namespace) -> Tokenizer:
    """Return the tokenizer that the options of a command name; raise as `load` does."""
    check_input_is_given(args, args.special_tokens)
    return open_tokenizer(args.tokenizer, args)


def write_json(value: object) -> None:
    """Write one line of JSON to standard output."""
    write(json.dumps(value, ensure_ascii=False) + "\n")
