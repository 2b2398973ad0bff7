"""`steps`: each merge of byte pair encoding as it happens."""

from __future__ import annotations

import argparse
from collections import Counter

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.tokenization.bpe_words import Word, WordBPEStep, split_words, word_bpe_steps
from cs336_core.tokenization.commands.inputs import text_or_file, write_json
from cs336_core.tokenization.commands.options import PATTERNS, add_options, at_least
from cs336_core.tokenization.labels import escaped, format_tokens, token_texts
from cs336_core.tokenization.params import TokenPair
from cs336_core.tokenization.pretokenization.patterns import resolve_pattern
from cs336_core.tokenization.pretokenization.split import split

MAX_TIES = 8  # tied pairs that are named
EPILOG = """\
examples:
  steps "the cat in the hat" --merges 3
  steps "low low lower newest" --merges 5 --pattern gpt2 --tie-break lexicographic"""


def add_parser(commands: Commands) -> None:
    """Add the command and its options."""
    parser = command_parser(
        commands,
        "steps",
        run,
        description="Train on a small text and show each merge: the pair, its count, the pairs "
        "that tie with it, and the tokens after the merge.",
        epilog=EPILOG,
    )
    parser.add_argument("text", metavar="TEXT", help='a text, the name of a file, or "-"')
    parser.add_argument(
        "--merges", type=at_least(0), default=10, metavar="N", help="at most N merges (default: 10)"
    )
    parser.add_argument(
        "--tie-break",
        choices=["first-seen", "lexicographic"],
        default="first-seen",
        help="which of several pairs with the highest count merges: the first in the text "
        "(default, as in the lecture), or the greatest pair of byte strings",
    )
    parser.add_argument(
        "--pattern",
        default="none",
        help=f"splits the text into words, which no merge crosses: {PATTERNS} (default: none, as "
        "in the lecture)",
    )
    add_options(parser, json="the steps as JSON")


def run(args: argparse.Namespace) -> None:
    """Show the steps; raise as training does."""
    counts = Counter(split(text_or_file(args.text), resolve_pattern(args.pattern)))
    steps = word_bpe_steps(counts, args.merges, args.tie_break)
    if args.json:
        write_json({"start": as_json(split_words(counts)), "steps": [*map(step_as_json, steps)]})
        return
    write(f"start\n{format_words(split_words(counts))}")
    done = 0
    for done, step in enumerate(steps, start=1):
        write(f"\n{done}. {format_pair(step.pair)}: {times(step.count)}{ties(step)}\n")
        write(format_words(step.words))
    if done < args.merges:
        write(f"\nno pair is left to merge after {done} merges\n")


def format_pair(pair: TokenPair) -> str:
    """Format a pair in quotation marks, since one half may be a space."""
    return " + ".join(f'"{escaped(text)}"' for text in token_texts(pair))


def times(count: int) -> str:
    """Format a count.

    >>> times(1), times(9)
    ('once', '9 times')
    """
    return "once" if count == 1 else f"{count} times"


def ties(step: WordBPEStep) -> str:
    """Format the pairs that occur as often as the one that merged."""
    others = [format_pair(pair) for pair in step.candidates if pair != step.pair]
    more = f" and {len(others) - MAX_TIES} more" if len(others) > MAX_TIES else ""
    return f", as often as {', '.join(others[:MAX_TIES])}{more}" if others else ""


def format_words(words: dict[Word, int]) -> str:
    """Format each word on a line: its count, then its tokens."""
    return "".join(
        f"{count:>6} × {format_tokens(token_texts(word))}\n" for word, count in words.items()
    )


def as_json(words: dict[Word, int]) -> list[dict[str, object]]:
    """Return the words and their counts for JSON."""
    return [{"tokens": token_texts(word), "count": count} for word, count in words.items()]


def step_as_json(step: WordBPEStep) -> dict[str, object]:
    """Return one step for JSON."""
    return {
        "pair": token_texts(step.pair),
        "count": step.count,
        "candidates": [token_texts(pair) for pair in step.candidates],
        "words": as_json(step.words),
    }
