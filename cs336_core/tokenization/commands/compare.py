"""`compare`: one text in several tokenizers, as a table."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from typing import NamedTuple

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.tokenization.bpe import compression_ratio
from cs336_core.tokenization.commands.encode import encode_texts
from cs336_core.tokenization.commands.inputs import FILES, open_tokenizer, text_or_file, write_json
from cs336_core.tokenization.commands.options import FILE_OPTIONS, add_options
from cs336_core.tokenization.labels import format_tokens, token_texts
from cs336_core.tokenization.protocol import Tokenizer, token_bytes
from cs336_core.tokenization.simple import BitTokenizer
from cs336_core.tokenization.word_level import WordTokenizer

DEFAULT = ["bits", "bytes", "characters", "words", "gpt2", "cl100k_base"]
MAX_TOKENS = 40  # tokens shown per row
MAX_NAME = 24  # characters; of a longer path, the end is shown
EPILOG = f"""\
examples:
  compare "I love LLM"
  compare text.txt --tokenizer bytes gpt2 tokenizer.json --json

{FILES}
Here it may also be "words", whose vocabulary is the words of this text. Special tokens in the text
are encoded as ordinary text."""


class Row(NamedTuple):
    """The text, encoded by one tokenizer."""

    name: str
    vocab_size: int
    tokens: int
    bytes_per_token: float | None
    first_ids: list[int]
    first_tokens: list[str]


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "compare",
        run,
        description="Show how many tokens a text has in several tokenizers, how many bytes it has "
        "per token, and its first tokens.",
        epilog=EPILOG,
    )
    parser.add_argument("text", metavar="TEXT_OR_FILE", help='a text, the name of a file, or "-"')
    parser.add_argument(
        "--tokenizer",
        nargs="+",
        default=DEFAULT,
        metavar="NAME_OR_FILE",
        help=f"one or more (default: {' '.join(DEFAULT)})",
    )
    add_options(parser, *FILE_OPTIONS, json="the rows as JSON")


def run(args: argparse.Namespace) -> None:
    """Compare; raise as loading and encoding do."""
    text = text_or_file(args.text)
    rows = [
        encoded(
            name, WordTokenizer.train(text) if name == "words" else open_tokenizer(name, args), text
        )
        for name in args.tokenizer
    ]
    if args.json:
        write_json({"bytes": len(text.encode()), "tokenizers": [row._asdict() for row in rows]})
    else:
        write(table(rows, shutil.get_terminal_size((100, 24)).columns))


def encoded(name: str, tokenizer: Tokenizer, text: str) -> Row:
    """Encode `text`; raise as encoding does."""
    ids = list(encode_texts(tokenizer, [text], "ordinary"))
    ratio = compression_ratio(text, ids) if ids else None
    first_ids = ids[:MAX_TOKENS]
    if isinstance(tokenizer, BitTokenizer):  # a bit is less than a byte: its digit stands for it
        first_tokens = [*map(str, first_ids)]
    else:
        first_tokens = token_texts(token_bytes(tokenizer, token_id) for token_id in first_ids)
    return Row(name, tokenizer.vocab_size, len(ids), ratio, first_ids, first_tokens)


def table(rows: Sequence[Row], width: int) -> str:
    """Format the rows as a table of at most `width` columns."""
    cells = [("tokenizer", "vocabulary", "tokens", "bytes/token", "first tokens")]
    for row in rows:
        ratio = "-" if row.bytes_per_token is None else f"{row.bytes_per_token:.3g}"
        counts = (f"{row.vocab_size:,}", f"{row.tokens:,}", ratio)
        name = row.name if len(row.name) <= MAX_NAME else f"…{row.name[1 - MAX_NAME :]}"
        cells.append((name, *counts, format_tokens(row.first_tokens)))
    widths = [max(len(line[column]) for line in cells) for column in range(4)]
    lines = [
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:4], widths[1:]), line[4]])
        for line in cells
    ]
    return "".join(f"{line if len(line) <= width else line[: width - 1] + '…'}\n" for line in lines)
