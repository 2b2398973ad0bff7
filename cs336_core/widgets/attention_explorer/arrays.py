"""Queries, keys and values for the attention explorer: small, finite, rounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cs336_core.ui.state_schema import WidgetError

MAX_TOKENS = 24
WIDEST_HEAD = 16
MAX_HEADS = 8
LONGEST_TOKEN = 40
LARGEST_NUMBER = 1000
DECIMALS = 3

Heads = list[list[list[float]]]  # heads, tokens, entries of a vector


def check_tokens(tokens: Sequence[str]) -> None:
    """Raise `WidgetError` for tokens that cannot be shown."""
    if isinstance(tokens, str) or not 1 <= len(tokens) <= MAX_TOKENS:
        raise WidgetError(
            f"tokens is {tokens!r:.80}; it must be a list of 1 to {MAX_TOKENS} strings"
        )
    for position, token in enumerate(tokens):
        if not isinstance(token, str) or not 1 <= len(token) <= LONGEST_TOKEN:
            raise WidgetError(
                f"token {position} is {token!r:.80}; it must be a string of 1 to {LONGEST_TOKEN} "
                "characters"
            )
        if any("\ud800" <= character <= "\udfff" for character in token):
            raise WidgetError(f"token {position} is {token!r}, which has half a character")


def as_heads(name: str, given: Any, n_tokens: int) -> Heads:
    """Return an array as lists (heads, tokens, entries), rounded.

    Raises `WidgetError` for an array of another shape, and for numbers that cannot be shown.
    """
    nested = given.tolist() if hasattr(given, "tolist") else given
    heads = nested if _depth(nested) == 3 else [nested]
    if _depth(heads) != 3:
        raise WidgetError(
            f"{name} has {_depth(nested)} dimensions; it must have 2 (tokens, entries) or 3"
        )
    if not 1 <= len(heads) <= MAX_HEADS:
        raise WidgetError(f"{name} has {len(heads)} heads; the explorer shows 1 to {MAX_HEADS}")
    width = len(heads[0][0])
    if not 1 <= width <= WIDEST_HEAD:
        raise WidgetError(f"{name} has rows of {width} entries; they must have 1 to {WIDEST_HEAD}")
    for head in heads:
        if len(head) != n_tokens or any(len(row) != width for row in head):
            raise WidgetError(
                f"{name} has {len(head)} rows of {sorted({len(row) for row in head})} entries; each"
                f" of the {n_tokens} tokens needs a row, all of the same length"
            )
    return [[[_number(name, x) for x in row] for row in head] for head in heads]


def _number(name: str, x: Any) -> float:
    """Return a number rounded as it is shown; raise `WidgetError` for one that cannot be."""
    number = float(x)
    if not abs(number) <= LARGEST_NUMBER:
        raise WidgetError(
            f"{name} holds {number}; numbers must be from -{LARGEST_NUMBER:,} to {LARGEST_NUMBER:,}"
        )
    return round(number, DECIMALS) + 0.0  # -0.0 becomes 0.0


def _depth(nested: Any) -> int:
    """Return how many lists the first number is nested in."""
    depth = 0
    while isinstance(nested, Sequence) and not isinstance(nested, str):
        depth += 1
        if not nested:
            break
        nested = nested[0]
    return depth


def shape(numbers: Heads) -> tuple[int, int, int]:
    """Return the numbers of heads, tokens and entries."""
    return len(numbers), len(numbers[0]), len(numbers[0][0])
