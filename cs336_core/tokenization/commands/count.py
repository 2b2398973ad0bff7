"""`count`: the number of tokens of files, of any length in constant memory."""

from __future__ import annotations

import argparse

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.tokenization.commands.encode import add_encoding_options, encoded
from cs336_core.tokenization.commands.options import add_input, add_json
from cs336_core.tokenization.commands.streams import STANDARD_INPUT, write_json
from cs336_core.tokenization.commands.tokenizers import FILES, chosen_tokenizer

EPILOG = f"""\
examples:
  count *.md --tokenizer o200k_base
  cat prompt.txt | count --tokenizer gpt-4o --special ordinary

{FILES}"""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "count",
        run,
        description="Write the number of tokens: one number for one file, otherwise one for each "
        "and their sum, as wc does.",
        epilog=EPILOG,
    )
    add_input(parser, several=True)
    add_encoding_options(parser)
    add_json(parser, '{"FILE": number, ...}')


def run(args: argparse.Namespace) -> None:
    """Count; raise as loading and encoding do."""
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
