"""Log-probabilities of a text against cross-entropy, and perplexities by hand."""

from __future__ import annotations

import math

import pytest
import torch

from cs336_core._shared.validation import InvalidValueError
from cs336_core.inference import TextScore, score_text, token_log_probs
from cs336_core.model.losses import cross_entropy, perplexity
from cs336_core.tokenization.simple import ByteTokenizer, CharacterTokenizer
from tests.inference.models import tiny_model

IDS = [1, 5, 3, 9, 9, 2, 0, 10, 4, 4, 7, 1, 8]


def test_log_probabilities_add_up_to_the_cross_entropy() -> None:
    model = tiny_model()
    ids = torch.tensor([IDS])
    with torch.no_grad():
        loss = cross_entropy(model(ids[:, :-1]), ids[:, 1:])
    torch.testing.assert_close(-token_log_probs(model, IDS).mean(), loss)


@pytest.mark.parametrize("context_length", [1, 2, 4, 5, 11, 12, 13])
def test_in_a_long_text_each_token_sees_half_a_context_or_more(context_length: int) -> None:
    model = tiny_model(context_length=context_length)
    found = token_log_probs(model, IDS)
    assert len(found) == len(IDS) - 1
    for i, log_prob in enumerate(found, start=1):
        possible = []
        for start in range(max(0, i - context_length), max(0, i - 1 - context_length // 2) + 1):
            with torch.no_grad():
                logits = model(torch.tensor([IDS[start:i]]))[0, -1]
            possible.append(logits.log_softmax(-1)[IDS[i]].item())
        assert min(abs(log_prob.item() - each) for each in possible) < 1e-5


def test_perplexities_of_a_text() -> None:
    model, text = tiny_model(vocab_size=256), "naïve"
    score = score_text(model, ByteTokenizer(), text)
    ids = torch.tensor([list(text.encode())])
    with torch.no_grad():
        expected = perplexity(model(ids[:, :-1]), ids[:, 1:]).item()
    assert score.n_tokens == score.n_bytes == 5
    assert score.perplexity_per_token == pytest.approx(expected, rel=1e-5)
    assert score.perplexity_per_byte == pytest.approx(expected, rel=1e-5)


def test_the_bytes_are_those_of_the_predicted_tokens() -> None:
    score = score_text(tiny_model(vocab_size=256), CharacterTokenizer(), "éaï")
    assert (score.n_tokens, score.n_bytes) == (2, 3)
    assert score.bits_per_byte == pytest.approx(score.nats / 3 / math.log(2))


def test_a_uniform_guess_among_256_bytes_takes_8_bits() -> None:
    score = TextScore(nats=10 * math.log(256), n_tokens=10, n_bytes=10)
    assert score.bits_per_byte == pytest.approx(8)
    assert score.perplexity_per_byte == pytest.approx(256)


@pytest.mark.parametrize("ids", [[], [1]])
def test_a_text_of_less_than_two_tokens_has_no_score(ids: list[int]) -> None:
    with pytest.raises(InvalidValueError, match="it must have 2 or more"):
        token_log_probs(tiny_model(), ids)


def test_an_unknown_id_is_reported() -> None:
    with pytest.raises(InvalidValueError, match="id 99 is not in the vocabulary"):
        token_log_probs(tiny_model(), [1, 99])
