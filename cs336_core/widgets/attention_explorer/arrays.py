"""Queries, keys and values as the attention explorer takes them: small, finite, rounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MOST_TOKENS = 24
WIDEST_HEAD = 16
MOST_HEADS = 8
LONGEST_TOKEN = 40
LARGEST_NUMBER = 1000
DECIMALS = 3

Heads = list[list[list[float]]]  # heads, tokens, numbers


def check_tokens(tokens: Sequence[str]) -> None:
    """Raise `ValueError` for tokens that cannot be shown."""
    if isinstance(tokens, str) or not 1 <= len(tokens) <= MOST_TOKENS:
        raise ValueError(
            f"tokens is {tokens!r:.80}; give a list of 1 to {MOST_TOKENS} tokens, each a string"
        )
    for place, token in enumerate(tokens):
        if not isinstance(token, str) or not 1 <= len(token) <= LONGEST_TOKEN:
            raise ValueError(
                f"token {place} is {token!r:.80}; it is a string of 1 to {LONGEST_TOKEN} characters"
            )
        if any("\ud800" <= character <= "\udfff" for character in token):
            raise ValueError(f"token {place} is {token!r}, half a character; give whole ones")


def numbers_of(name: str, given: Any, n_tokens: int) -> Heads:
    """Return (heads, tokens, numbers) as lists, rounded; raise `ValueError` for any other shape."""
    nested = given.tolist() if hasattr(given, "tolist") else given
    heads = nested if _depth(nested) == 3 else [nested]
    if _depth(heads) != 3:
        raise ValueError(f"{name} has {_depth(nested)} dimensions; it has 2 (tokens, numbers) or 3")
    if not 1 <= len(heads) <= MOST_HEADS:
        raise ValueError(f"{name} has {len(heads)} heads; the explorer shows 1 to {MOST_HEADS}")
    width = len(heads[0][0])
    if not 1 <= width <= WIDEST_HEAD:
        raise ValueError(f"{name} has rows of {width} numbers; they have 1 to {WIDEST_HEAD}")
    for head in heads:
        if len(head) != n_tokens or any(len(row) != width for row in head):
            raise ValueError(
                f"{name} has {len(head)} rows of {sorted({len(row) for row in head})} numbers; each"
                f" of the {n_tokens} tokens needs a row, all of the same length"
            )
    return [[[_number(name, x) for x in row] for row in head] for head in heads]


def _number(name: str, x: Any) -> float:
    """Return a number as it is shown; raise `ValueError` for one that cannot be."""
    number = float(x)
    if not abs(number) <= LARGEST_NUMBER:
        raise ValueError(
            f"{name} holds {number}; numbers are finite and {LARGEST_NUMBER:,} at most, up or down"
        )
    return round(number, DECIMALS) + 0.0  # no -0.0, which would be shown


def _depth(nested: Any) -> int:
    """Return how many lists the first number is in."""
    depth = 0
    while isinstance(nested, Sequence) and not isinstance(nested, str):
        depth += 1
        if not nested:
            break
        nested = nested[0]
    return depth


def shape(numbers: Heads) -> tuple[int, int, int]:
    """Return how many heads, tokens and numbers there are."""
    return len(numbers), len(numbers[0]), len(numbers[0][0])
