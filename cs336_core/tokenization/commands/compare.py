"""`compare`: one text in several tokenizers, as a table."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from cs336_core import tokenization
from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.tokenization.bpe import compression_ratio
from cs336_core.tokenization.commands.options import add_file_options, add_json
from cs336_core.tokenization.commands.streams import text_or_file, write_json
from cs336_core.tokenization.commands.tokenizers import FILES, open_tokenizer
from cs336_core.tokenization.labels import format_tokens
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


@dataclass(frozen=True)
class Row:
    """The text, encoded by one tokenizer."""

    name: str
    vocab_size: int
    ids: list[int]
    bytes_per_token: float | None
    first_tokens: list[bytes]


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
    add_file_options(parser)
    add_json(parser, "the rows as JSON")


def run(args: argparse.Namespace) -> None:
    """Compare; raise as loading and encoding do."""
    text = text_or_file(args.text)
    rows = []
    for name in args.tokenizer:
        tokenizer = (
            WordTokenizer.train(text)
            if name == "words"
            else open_tokenizer(name, args.pattern, args.special_tokens)
        )
        rows.append(tokenized(name, tokenizer, text))
    if args.json:
        write_json({"bytes": len(text.encode()), "tokenizers": [as_json(row) for row in rows]})
    else:
        write(table(rows, shutil.get_terminal_size((100, 24)).columns))


def tokenized(name: str, tokenizer: Tokenizer, text: str) -> Row:
    """Encode `text`; raise as encoding does."""
    ids = (
        tokenizer.encode_ordinary(text)
        if isinstance(tokenizer, tokenization.BPETokenizer)
        else tokenizer.encode(text)
    )
    return Row(
        name,
        tokenizer.vocab_size,
        ids,
        compression_ratio(text, ids) if ids else None,
        [
            # A bit is less than a byte: its digit stands for it.
            str(token_id).encode()
            if isinstance(tokenizer, BitTokenizer)
            else token_bytes(tokenizer, token_id)
            for token_id in ids[:MAX_TOKENS]
        ],
    )


def table(rows: Sequence[Row], width: int) -> str:
    """Format the rows as a table of at most `width` columns."""
    cells = [("tokenizer", "vocabulary", "tokens", "bytes/token", "first tokens")]
    for row in rows:
        ratio = "-" if row.bytes_per_token is None else f"{row.bytes_per_token:.3g}"
        counts = (f"{row.vocab_size:,}", f"{len(row.ids):,}", ratio)
        name = row.name if len(row.name) <= MAX_NAME else f"…{row.name[1 - MAX_NAME :]}"
        cells.append((name, *counts, format_tokens(row.first_tokens)))
    widths = [max(len(line[column]) for line in cells) for column in range(4)]
    lines = [
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:4], widths[1:]), line[4]])
        for line in cells
    ]
    return "".join(f"{line if len(line) <= width else line[: width - 1] + '…'}\n" for line in lines)


def as_json(row: Row) -> dict[str, object]:
    """Return a row for JSON."""
    return {
        "name": row.name,
        "vocab_size": row.vocab_size,
        "tokens": len(row.ids),
        "bytes_per_token": row.bytes_per_token,
        "first_ids": row.ids[:MAX_TOKENS],
        "first_tokens": [token.decode(errors="backslashreplace") for token in row.first_tokens],
    }
