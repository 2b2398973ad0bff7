"""Beam search against exhaustive and greedy search."""

from __future__ import annotations

import itertools
import math
import random

import pytest
import torch

from cs336_core.inference import GREEDY, Beam, beam_search, generate
from cs336_core.inference.beam_search import Tokens, beam_steps
from cs336_core.inference.continuations import Continuations
from tests.inference.models import tiny_model

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
        Beam(text, math.log(math.prod(table[text[:n]][text[n]] for n in range(LENGTH))))
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
    with pytest.raises(ValueError, match="it must be a whole number from 1"):
        beam_search(lambda _: {"a": 1.0}, width, length)


@pytest.mark.parametrize("prob", [1.5, -0.1, math.nan])
def test_invalid_probabilities_raise(prob: float) -> None:
    with pytest.raises(ValueError, match="a probability must be between 0 and 1"):
        beam_search(lambda _: {"a": prob}, 1, 1)


@pytest.mark.parametrize("seed", range(5))
def test_each_step_compares_the_best_continuations_of_each_beam(seed: int) -> None:
    table, width = model(seed), 2
    beams = [Beam((), 0.0)]
    for step in beam_steps(table.__getitem__, width, LENGTH):
        assert len(step) == len(beams) * width
        best = {
            parent: sorted(
                (
                    Beam((*b.tokens, t), b.log_prob + math.log(p))
                    for t, p in table[b.tokens].items()
                ),
                key=lambda beam: -beam.log_prob,
            )[:width]
            for parent, b in enumerate(beams)
        }
        assert {(each.parent, each.beam) for each in step} == {
            (parent, beam) for parent, extended in best.items() for beam in extended
        }
        assert [each.score for each in step] == sorted((each.score for each in step), reverse=True)
        assert [each.rank for each in step] == [0, 1, *[None] * (len(step) - width)]
        beams = [each.beam for each in step[:width]]
    assert beams == beam_search(table.__getitem__, width, LENGTH)


def with_end(tokens: Tokens) -> dict[int | str, float]:
    """A model that ends a text at any token, with a probability of one half."""
    return {".": 0.5, "a": 0.4, "b": 0.1} if len(tokens) < 4 else {".": 0.9, "a": 0.1}


def test_a_complete_sequence_is_no_longer_extended() -> None:
    found = beam_search(with_end, 3, 9, end=".")
    assert [beam.tokens for beam in found] == [(".",), ("a", "."), ("a", "a", ".")]
    assert [beam.prob for beam in found] == pytest.approx([0.5, 0.2, 0.08])


def test_a_length_penalty_prefers_longer_sequences() -> None:
    lengths = [
        len(beam_search(with_end, 3, 6, end=".", length_penalty=alpha)[0].tokens)
        for alpha in (0, 1, 5)
    ]
    assert lengths[0] == 1
    assert lengths == sorted(lengths)
    assert lengths[-1] > 3


def test_the_score_is_that_of_wu_et_al() -> None:
    *_, last = beam_steps(with_end, 3, 6, end=".", length_penalty=0.6)
    for each in last:
        penalty = (5 + len(each.beam.tokens)) ** 0.6 / 6**0.6
        assert each.score == pytest.approx(each.beam.log_prob / penalty)


def test_diverse_groups_differ_from_the_first_token() -> None:
    follow = {"a": 0.5, "b": 0.3, "c": 0.2}
    plain = beam_search(lambda _: follow, 2, 3)
    diverse = beam_search(lambda _: follow, 2, 3, n_groups=2, diversity=5.0)
    assert [beam.tokens[0] for beam in plain] == ["a", "a"]
    assert [beam.tokens for beam in diverse] == [("a", "a", "a"), ("b", "b", "b")]


def test_groups_that_pay_nothing_find_the_same_sequence() -> None:
    table = model(3)
    greedy = beam_search(table.__getitem__, 1, LENGTH)
    assert beam_search(table.__getitem__, 3, LENGTH, n_groups=3) == greedy * 3


def test_a_token_of_probability_0_comes_last() -> None:
    assert beam_search(lambda _: {"a": 0.0, "b": 1.0}, 2, 1)[-1] == Beam(("a",), -math.inf)


def test_groups_have_to_divide_the_width() -> None:
    with pytest.raises(ValueError, match="n_groups is 2; it must divide the width, 3"):
        beam_search(with_end, 3, 2, n_groups=2)


@pytest.mark.parametrize("changes", [{}, {"window": 3}])
def test_a_model_continues_each_beam_from_the_cache_of_its_parent(changes: dict[str, int]) -> None:
    transformer = tiny_model(**changes)

    def uncached(tokens: Tokens) -> dict[int | str, float]:
        with torch.no_grad():
            logits = transformer(torch.tensor([[1, 2, *map(int, tokens)]]))[0, -1]
        return dict(enumerate(logits.softmax(-1).tolist()))

    options = {"width": 4, "length": 8, "end": 3, "n_groups": 2, "diversity": 0.5}
    found = beam_search(Continuations(transformer, [1, 2]), **options)  # type: ignore[arg-type]
    expected = beam_search(uncached, **options)  # type: ignore[arg-type]
    assert [beam.tokens for beam in found] == [beam.tokens for beam in expected]
    assert [beam.log_prob for beam in found] == pytest.approx(
        [beam.log_prob for beam in expected], abs=1e-4
    )


def test_greedy_generation_is_a_beam_of_one() -> None:
    transformer = tiny_model()
    (beam,) = beam_search(Continuations(transformer, [1], n_best=1), 1, 12)
    assert list(beam.tokens) == list(generate(transformer, [1], n_tokens=12, sampling=GREEDY))
