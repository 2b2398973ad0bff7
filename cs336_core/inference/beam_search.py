"""Beam search: the few best beginnings are written on, and not only the best one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

Token = int | str
Tokens = tuple[Token, ...]


class Beam(NamedTuple):
    """A beginning, and how probable it is.

    Attributes:
        tokens: what has been written.
        prob: the product of its tokens' probabilities.

    """

    tokens: Tokens
    prob: float


def beam_search(
    next_probs: Callable[[Tokens], Mapping[Token, float]], width: int, length: int
) -> list[Beam]:
    """Return the `width` best texts of `length` tokens that were found, the best first.

    `next_probs` gives the probability of each token that may follow a beginning. At each step the
    `width` best beginnings are tried with every token, width x vocabulary x length in all, and the
    `width` best of the results are kept. A width of 1 is greedy search; one that holds all
    beginnings is exhaustive. Of equally probable beginnings the one found first is kept.

    Raises `ValueError` for a width or a length under 1, and for a probability that is none.

    >>> follow = {(): {"the": 0.5, "a": 0.4}, ("the",): {"cat": 0.35}, ("a",): {"cat": 0.9}}
    >>> [" ".join(beam_search(follow.get, width, 2)[0].tokens) for width in (1, 2)]
    ['the cat', 'a cat']
    """
    for name, value in (("width", width), ("length", length)):
        if value < 1:
            raise ValueError(f"{name} is {value}; it must be 1 or more")
    beams = [Beam((), 1.0)]
    for _ in range(length):
        longer = [
            Beam((*beam.tokens, token), beam.prob * _probability(prob))
            for beam in beams
            for token, prob in next_probs(beam.tokens).items()
        ]
        beams = sorted(longer, key=lambda beam: -beam.prob)[:width]
    return beams


def _probability(prob: float) -> float:
    """Return `prob`, or raise `ValueError`."""
    if not 0 <= prob <= 1 or math.isnan(prob):
        raise ValueError(f"a probability is {prob}; it must be between 0 and 1")
    return prob
