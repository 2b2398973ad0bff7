"""Filters of logits against plain Python, and draws against a distribution."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from cs336_core._shared.validation import InvalidValueError
from cs336_core.inference import GREEDY, Sampling
from cs336_core.inference.logit_filters import (
    keep_min_p,
    keep_top_k,
    keep_top_p,
)
from cs336_core.inference.sampling import draw
from tests.inference.chi_square import FALSE_ALARMS, p_value


def random_logits(seed: int, rows: int = 2, vocab_size: int = 50) -> Tensor:
    return 3 * torch.randn(rows, vocab_size, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("p", [0.01, 0.3, 0.5, 0.9, 0.999])
def test_a_nucleus_is_the_smallest_set_that_reaches_p(p: float) -> None:
    logits = random_logits(3, rows=1)
    probs = sorted(logits.softmax(-1)[0].tolist(), reverse=True)
    size = next(n for n in range(1, 51) if math.fsum(probs[:n]) >= p)
    kept = keep_top_p(logits, p)[0].isfinite()
    assert sorted(logits.softmax(-1)[0][kept].tolist(), reverse=True) == probs[:size]


def test_of_equally_probable_tokens_a_nucleus_keeps_the_lowest_ids() -> None:
    assert keep_top_p(torch.zeros(1, 4), 0.5).isfinite().tolist() == [[True, True, False, False]]


def test_filters_accept_excluded_tokens_and_keep_the_most_probable_one() -> None:
    logits = keep_top_k(random_logits(1), 3)
    best = logits.argmax(-1, keepdim=True)
    for filtered in (keep_top_p(logits, 1e-9), keep_min_p(logits, 1.0), keep_top_k(logits, 1)):
        assert filtered.isfinite().sum(-1).tolist() == [1, 1]
        assert torch.equal(filtered.argmax(-1, keepdim=True), best)


def test_a_temperature_of_0_is_the_limit_of_low_temperatures() -> None:
    logits = random_logits(2)
    for low in (0.001, 1e-42):
        torch.testing.assert_close(Sampling(temperature=low).probs(logits), GREEDY.probs(logits))


@pytest.mark.parametrize("sampling", [Sampling(), GREEDY])
@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_logits_that_are_not_numbers_are_refused(sampling: Sampling, wrong: float) -> None:
    logits = random_logits(5)
    logits[1, 3] = wrong
    with pytest.raises(InvalidValueError, match="the largest logit is NaN or infinite"):
        sampling.probs(logits)


def test_logits_in_16_bits_are_filtered_in_32() -> None:
    logits = random_logits(4).bfloat16()
    sampling = Sampling(top_p=0.9)
    assert torch.equal(sampling.probs(logits), sampling.probs(logits.float()))


@pytest.mark.parametrize(
    "sampling", [Sampling(), Sampling(temperature=0.5), Sampling(top_k=4), Sampling(top_p=0.7)]
)
def test_draws_follow_the_distribution(sampling: Sampling) -> None:
    probs = sampling.probs(random_logits(5, rows=1, vocab_size=20) / 2)
    drawn = draw(probs.expand(100_000, -1), torch.Generator().manual_seed(0))
    assert p_value(torch.bincount(drawn, minlength=20), probs) > FALSE_ALARMS


def test_the_test_of_draws_notices_a_wrong_distribution() -> None:
    probs = random_logits(5, rows=1, vocab_size=20).softmax(-1)
    slightly_off = (probs + 0.002).div(probs.add(0.002).sum())
    drawn = draw(slightly_off.expand(100_000, -1), torch.Generator().manual_seed(0))
    assert p_value(torch.bincount(drawn, minlength=20), probs) < FALSE_ALARMS


def test_draws_depend_on_the_seed_alone() -> None:
    probs = random_logits(6, rows=50).softmax(-1)
    first, again, other = (draw(probs, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_token_of_probability_0_is_never_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    probs = torch.tensor([[0.0, 0.3, 0.0, 0.7, 0.0]])
    for number, expected in [(0.0, 1), (0.3 - 1e-7, 1), (0.3 + 1e-7, 3), (1 - 2**-53, 3), (1.0, 3)]:
        drawn = torch.tensor([[number]], dtype=torch.float64)
        monkeypatch.setattr(torch, "rand", lambda *_, drawn=drawn, **__: drawn)
        assert draw(probs).item() == expected
