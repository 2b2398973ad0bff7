"""Beam search: extend the few most probable sequences, not only the best one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

Token = int | str
Tokens = tuple[Token, ...]


class Beam(NamedTuple):
    """A partial sequence and its probability.

    Attributes:
        tokens: the tokens so far.
        prob: the product of their probabilities.

    """

    tokens: Tokens
    prob: float


def beam_search(
    next_probs: Callable[[Tokens], Mapping[Token, float]], width: int, length: int
) -> list[Beam]:
    """Return the `width` best sequences of `length` tokens that were found, the best first.

    `next_probs` returns the probability of each token that may follow a partial sequence. Each step
    extends the `width` best sequences with every token and selects the `width` best results, which
    takes width x vocabulary x length evaluations in all. A width of 1 is greedy search; a width
    that fits all partial sequences is exhaustive. Ties go to the sequence found first.

    Raises `ValueError` for a width or a length below 1, and for a probability outside of [0, 1].

    >>> follow = {(): {"the": 0.5, "a": 0.4}, ("the",): {"cat": 0.35}, ("a",): {"cat": 0.9}}
    >>> [" ".join(beam_search(follow.get, width, 2)[0].tokens) for width in (1, 2)]
    ['the cat', 'a cat']
    """
    for name, value in (("width", width), ("length", length)):
        if value < 1:
            raise ValueError(f"{name} is {value}; it must be 1 or more")
    beams = [Beam((), 1.0)]
    for _ in range(length):
        extended = [
            Beam((*beam.tokens, token), beam.prob * _probability(prob))
            for beam in beams
            for token, prob in next_probs(beam.tokens).items()
        ]
        beams = sorted(extended, key=lambda beam: -beam.prob)[:width]
    return beams


def _probability(prob: float) -> float:
    """Return `prob`; raise `ValueError` for a number outside of [0, 1]."""
    if not 0 <= prob <= 1 or math.isnan(prob):
        raise ValueError(f"next_probs returned {prob}; a probability must be between 0 and 1")
    return prob
