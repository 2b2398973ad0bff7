"""`compare`: one text in several tokenizers, as a table."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.tokenization.commands.format_token import joined
from cs336_core.tokenization.commands.streams import text_or_file, write_json
from cs336_core.tokenization.commands.tokenizers import FILES, add_file_options, open_tokenizer
from cs336_core.tokenization.compression import compression_ratio
from cs336_core.tokenization.encoding.tokenizer import BPETokenizer
from cs336_core.tokenization.protocol import Tokenizer
from cs336_core.tokenization.simple import BitTokenizer, ByteTokenizer
from cs336_core.tokenization.word_level import WordTokenizer

DEFAULT = ["bits", "bytes", "characters", "words", "gpt2", "cl100k_base"]
FIRST = 40  # tokens shown at most
LONGEST_NAME = 24  # of a path, the end is shown
EPILOG = f"""\
examples:
  compare "I love LLM"
  compare text.txt --tokenizer bytes gpt2 tokenizer.json --json

{FILES}
Here it may be "words" too, whose vocabulary is the words of this text. Special tokens in the text
are ordinary text."""


@dataclass(frozen=True)
class Row:
    """What one tokenizer makes of the text."""

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
        description="Show how many tokens a text has in several tokenizers, how many bytes one "
        "stands for, and the first of them.",
        epilog=EPILOG,
    )
    parser.add_argument("text", metavar="TEXT_OR_FILE", help='a text, the name of a file, or "-"')
    parser.add_argument(
        "--tokenizer",
        nargs="+",
        default=DEFAULT,
        metavar="NAME_OR_FILE",
        help=f"one or more (the default: {' '.join(DEFAULT)})",
    )
    add_file_options(parser)
    parser.add_argument("--json", action="store_true", help="write the rows as JSON")


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
        rows.append(row(name, tokenizer, text))
    if args.json:
        write_json({"bytes": len(text.encode()), "tokenizers": [as_json(one) for one in rows]})
    else:
        write(table(rows, shutil.get_terminal_size((100, 24)).columns))


def row(name: str, tokenizer: Tokenizer, text: str) -> Row:
    """Return what `tokenizer` makes of `text`; raise as encoding does."""
    ids = (
        tokenizer.encode_ordinary(text)
        if isinstance(tokenizer, BPETokenizer)
        else tokenizer.encode(text)
    )
    return Row(
        name,
        tokenizer.vocab_size,
        ids,
        compression_ratio(text, ids) if ids else None,
        [token_bytes(tokenizer, token_id) for token_id in ids[:FIRST]],
    )


def token_bytes(tokenizer: Tokenizer, token_id: int) -> bytes:
    """Return what one token stands for; a bit, which is less than a byte, as its digit."""
    if isinstance(tokenizer, BitTokenizer):
        return str(token_id).encode()
    if isinstance(tokenizer, ByteTokenizer):
        return bytes([token_id])
    if isinstance(tokenizer, BPETokenizer):
        return tokenizer.decode_bytes([token_id])
    return tokenizer.decode([token_id]).encode()


def table(rows: Sequence[Row], width: int) -> str:
    """Write the rows as a table that is at most `width` wide."""
    cells = [("tokenizer", "vocabulary", "tokens", "bytes/token", "first tokens")]
    for one in rows:
        ratio = "-" if one.bytes_per_token is None else f"{one.bytes_per_token:.3g}"
        counts = (f"{one.vocab_size:,}", f"{len(one.ids):,}", ratio)
        name = one.name if len(one.name) <= LONGEST_NAME else f"…{one.name[1 - LONGEST_NAME :]}"
        cells.append((name, *counts, joined(one.first_tokens)))
    widths = [max(len(line[column]) for line in cells) for column in range(4)]
    lines = [
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:4], widths[1:]), line[4]])
        for line in cells
    ]
    return "".join(f"{line if len(line) <= width else line[: width - 1] + '…'}\n" for line in lines)


def as_json(one: Row) -> dict[str, object]:
    """Return a row as JSON can hold it."""
    return {
        "name": one.name,
        "vocab_size": one.vocab_size,
        "tokens": len(one.ids),
        "bytes_per_token": one.bytes_per_token,
        "first_ids": one.ids[:FIRST],
        "first_tokens": [token.decode(errors="backslashreplace") for token in one.first_tokens],
    }
