"""`decode`: ids back to text, of any length in constant memory."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from cs336_core import tokenization
from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.tokenization.commands.inputs import FILES, chosen_tokenizer, opened, write_json
from cs336_core.tokenization.commands.options import FILE, FILE_OPTIONS, add_options
from cs336_core.tokenization.errors import TokenizationError
from cs336_core.tokenization.protocol import Tokenizer
from cs336_core.tokenization.training.corpus import read_strings

BATCH_SIZE = 4096  # ids decoded at once
EPILOG = f"""\
examples:
  echo 15496 11 995 | decode --tokenizer gpt2
  encode text.txt --tokenizer gpt2 --json | decode --tokenizer gpt2

Reads numbers separated by white space, a JSON list, or the output of encode --json.
{FILES}"""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "decode",
        run,
        description="Write the text of ids, byte for byte; bytes that are not UTF-8 become U+FFFD.",
        epilog=EPILOG,
    )
    parser.add_argument("input", nargs="?", **FILE)
    add_options(parser, "--tokenizer", *FILE_OPTIONS, json='{"text": "..."}')


def run(args: argparse.Namespace) -> None:
    """Decode; raise as loading and decoding do."""
    tokenizer = chosen_tokenizer(args)
    with opened(args.input) as file:
        texts = decode_pieces(tokenizer, read_ids(read_strings(file, "strict")))
        if args.json:
            write_json({"text": "".join(texts)})
            return
        last = ""
        for text in texts:
            write(text)
            last = text or last
        if sys.stdout.isatty() and not last.endswith("\n"):
            write("\n")


def decode_pieces(
    tokenizer: Tokenizer, ids: Iterable[int], *, whole_characters: bool = False
) -> Iterator[str]:
    """Yield the text of the ids in pieces, each of whole characters.

    If the ids end within a character, it becomes U+FFFD, or nothing if only `whole_characters` are
    requested.
    """
    if not isinstance(tokenizer, tokenization.BPETokenizer):
        text = tokenizer.decode(ids)
        yield text.removesuffix("\ufffd") if whole_characters else text
        return
    decoder = tokenizer.stream_decoder()
    remaining = iter(ids)
    while batch := list(islice(remaining, BATCH_SIZE)):
        yield decoder.feed(batch)
    if not whole_characters:
        yield decoder.finish()


def read_ids(texts: Iterator[str]) -> Iterator[int]:
    """Yield ids from JSON or white-space separated text; raise `TokenizationError` otherwise."""
    beginning = next((text for text in texts if text.strip()), "")
    texts = chain([beginning], texts)
    if beginning.lstrip().startswith(("[", "{")):
        yield from ids_in_json("".join(texts))
        return
    for number, word in enumerate(words(texts), start=1):
        if not (word.isascii() and word.isdigit() and len(word) < 20):
            raise TokenizationError(
                f"entry {number} of the input is {word[:40]!r}; an id is a number from 0 on"
            )
        yield int(word)


def words(texts: Iterable[str]) -> Iterator[str]:
    """Yield the words of the concatenated texts, which white space separates.

    >>> list(words(["12 3", "4 ", "5"]))
    ['12', '34', '5']
    """
    rest = ""
    for text in texts:
        *whole, rest = re.split(r"\s+", rest + text)
        yield from filter(None, whole)
    if rest:
        yield rest


def ids_in_json(text: str) -> list[int]:
    """Return the ids of a JSON list, or of the list "ids" of a JSON object."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TokenizationError(f"the input begins like JSON but is not valid: {error}") from None
    ids = value.get("ids") if isinstance(value, dict) else value
    if not isinstance(ids, list) or not all(type(token_id) is int for token_id in ids):
        raise TokenizationError('the JSON is neither a list of ids nor {"ids": [...]}')
    return ids
