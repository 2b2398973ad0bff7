"""`truncate`: the beginning of a text, up to a number of tokens."""

from __future__ import annotations

import argparse
from itertools import islice

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.tokenization.commands.decode import decode_pieces
from cs336_core.tokenization.commands.encode import add_encoding_options, encoded
from cs336_core.tokenization.commands.options import add_input, add_json, at_least
from cs336_core.tokenization.commands.streams import STANDARD_INPUT, write_json
from cs336_core.tokenization.commands.tokenizers import FILES, chosen_tokenizer

EPILOG = f"""\
examples:
  truncate book.txt --tokens 8000 --tokenizer gpt-4o
  git diff | truncate --tokens 2000 --tokenizer cl100k_base --special ordinary

{FILES}"""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "truncate",
        run,
        description="Write the text of the first tokens of a text, without a character that the "
        "last token begins and does not complete. The rest is not read.",
        epilog=EPILOG,
    )
    add_input(parser)
    parser.add_argument(
        "--tokens", type=at_least(0), required=True, metavar="N", help="at most N tokens"
    )
    add_encoding_options(parser)
    add_json(parser, '{"tokens": N, "text": "..."}')


def run(args: argparse.Namespace) -> None:
    """Truncate; raise as loading and encoding do."""
    tokenizer = chosen_tokenizer(args)
    with encoded(tokenizer, args.input or STANDARD_INPUT, args) as ids:
        first = list(islice(ids, args.tokens))
    text = "".join(decode_pieces(tokenizer, first, whole_characters=True))
    if args.json:
        write_json({"tokens": len(first), "text": text})
    else:
        write(text)
