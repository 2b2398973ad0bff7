"""Beam search against exhaustive and greedy search."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from cs336_core.inference import Beam, beam_search
from cs336_core.inference.beam_search import Tokens

VOCABULARY = "abc"
LENGTH = 4


def model(seed: int) -> dict[Tokens, dict[int | str, float]]:
    """A toy model: the probability of each token after each partial sequence."""
    numbers = random.Random(seed)
    table: dict[Tokens, dict[int | str, float]] = {}
    for n in range(LENGTH):
        for beginning in itertools.product(VOCABULARY, repeat=n):
            drawn = [numbers.random() for _ in VOCABULARY]
            table[beginning] = {
                token: weight / sum(drawn) for token, weight in zip(VOCABULARY, drawn, strict=True)
            }
    return table


def all_texts(table: dict[Tokens, dict[int | str, float]]) -> list[Beam]:
    texts = [
        Beam(text, math.prod(table[text[:n]][text[n]] for n in range(LENGTH)))
        for text in itertools.product(VOCABULARY, repeat=LENGTH)
    ]
    return sorted(texts, key=lambda beam: -beam.prob)


@pytest.mark.parametrize("seed", range(20))
def test_a_beam_as_wide_as_the_search_space_is_exhaustive(seed: int) -> None:
    table = model(seed)
    found = beam_search(table.__getitem__, len(VOCABULARY) ** LENGTH, LENGTH)
    expected = all_texts(table)
    assert [beam.tokens for beam in found] == [beam.tokens for beam in expected]
    assert [beam.prob for beam in found] == pytest.approx([beam.prob for beam in expected])


@pytest.mark.parametrize("seed", range(20))
def test_width_one_is_greedy_search(seed: int) -> None:
    table, written = model(seed), ()
    for _ in range(LENGTH):
        written = (*written, max(table[written], key=table[written].__getitem__))
    assert [beam.tokens for beam in beam_search(table.__getitem__, 1, LENGTH)] == [written]


def test_greedy_search_misses_what_a_beam_of_two_finds() -> None:
    missed = 0
    for seed in range(50):
        table = model(seed)
        greedy, wider = (beam_search(table.__getitem__, width, LENGTH)[0] for width in (1, 2))
        missed += greedy.prob < wider.prob
    assert missed > 0


@pytest.mark.parametrize(("width", "length"), [(0, 1), (1, 0), (-1, 3)])
def test_invalid_sizes_raise(width: int, length: int) -> None:
    with pytest.raises(ValueError, match="it must be 1 or more"):
        beam_search(lambda _: {"a": 1.0}, width, length)


@pytest.mark.parametrize("prob", [1.5, -0.1, math.nan])
def test_invalid_probabilities_raise(prob: float) -> None:
    with pytest.raises(ValueError, match="a probability must be between 0 and 1"):
        beam_search(lambda _: {"a": prob}, 1, 1)
