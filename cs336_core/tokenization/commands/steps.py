"""`steps`: each merge of byte pair encoding as it happens."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable

from cs336_core._shared.command_line import Commands, command_parser, write
from cs336_core.tokenization.bpe_words import Pair, Word, WordBPEStep, split_words, word_bpe_steps
from cs336_core.tokenization.commands.format_token import joined, shown
from cs336_core.tokenization.commands.streams import text_or_file, write_json
from cs336_core.tokenization.pretokenization.patterns import compiled, named
from cs336_core.tokenization.word_level import segments

TIES = 8  # pairs named at most
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
        description="Train on a small text and show each merge: the pair, how often it occurs, "
        "which pairs tie with it, and the tokens after it.",
        epilog=EPILOG,
    )
    parser.add_argument("text", metavar="TEXT", help='a text, the name of a file, or "-"')
    parser.add_argument("--merges", type=merges, default=10, metavar="N", help="at most (10)")
    parser.add_argument(
        "--tie-break",
        choices=["first-seen", "lexicographic"],
        default="first-seen",
        help="which of several pairs with the highest count merges: the one seen first (the "
        "default, as in the lecture), or the greatest pair of byte strings",
    )
    parser.add_argument(
        "--pattern",
        default="none",
        help="how the text is cut into words, which no merge crosses: none (the default, as in "
        "the lecture), gpt2, cl100k, o200k, the name of an encoding, or a regular expression",
    )
    parser.add_argument("--json", action="store_true", help="write the steps as JSON")


def merges(given: str) -> int:
    """Return a number of merges; raise `ValueError`, which argparse tells, for a negative one."""
    number = int(given)
    if number < 0:
        raise ValueError
    return number


def run(args: argparse.Namespace) -> None:
    """Show the steps; raise as training does."""
    counts = Counter(cut(text_or_file(args.text), named(args.pattern)))
    steps = word_bpe_steps(counts, args.merges, args.tie_break)
    if args.json:
        write_json({"start": as_json(split_words(counts)), "steps": [*map(step_as_json, steps)]})
        return
    write(f"start\n{lines(split_words(counts))}")
    done = 0
    for done, step in enumerate(steps, start=1):
        write(f"\n{done}. {pair_shown(step.pair)}: {times(step.count)}{ties(step)}\n")
        write(lines(step.words))
    if done < args.merges:
        write(f"\nnothing is left to merge after {done} merges\n")


def cut(text: str, pattern: str | None) -> list[str]:
    r"""Return the words: matches of `pattern` and what lies between, or the text as one word.

    Raises `TokenizationError` for a pattern that is not a regular expression.

    >>> cut("the cat", r"\w+"), cut("the cat", None)
    (['the', ' ', 'cat'], ['the cat'])
    """
    if pattern is None:
        return [text]
    return [word for _, word in segments(text, compiled(pattern))]


def pair_shown(pair: Pair) -> str:
    """Write a pair with quotation marks, since a space may be half of it."""
    return " + ".join(f'"{shown(token)}"' for token in pair)


def times(count: int) -> str:
    """Write how often.

    >>> times(1), times(9)
    ('once', '9 times')
    """
    return "once" if count == 1 else f"{count} times"


def ties(step: WordBPEStep) -> str:
    """Write which pairs occur as often as the one that merged."""
    others = [pair_shown(pair) for pair in step.candidates if pair != step.pair]
    more = f" and {len(others) - TIES} more" if len(others) > TIES else ""
    return f", as often as {', '.join(others[:TIES])}{more}" if others else ""


def lines(words: dict[Word, int]) -> str:
    """Write each word on a line, cut into its tokens, after how often it occurs."""
    return "".join(f"{count:>6} × {joined(word)}\n" for word, count in words.items())


def texts(tokens: Iterable[bytes]) -> list[str]:
    """Return the tokens as JSON can hold them: bytes that are no text as escapes."""
    return [token.decode(errors="backslashreplace") for token in tokens]


def as_json(words: dict[Word, int]) -> list[dict[str, object]]:
    """Return the words with their counts."""
    return [{"tokens": texts(word), "count": count} for word, count in words.items()]


def step_as_json(step: WordBPEStep) -> dict[str, object]:
    """Return one step."""
    return {
        "pair": texts(step.pair),
        "count": step.count,
        "candidates": [texts(pair) for pair in step.candidates],
        "words": as_json(step.words),
    }
