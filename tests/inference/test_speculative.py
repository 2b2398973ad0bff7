"""Speculative decoding: the distribution of its output is that of the target alone."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from cs336_core._shared.validation import InvalidValueError
from cs336_core.inference import GREEDY, Sampling, generate, speculative
from cs336_core.inference.speculative import (
    acceptance_rate,
    speculative_rounds,
    verify,
)
from cs336_core.model.kv_cache import KVCache
from tests.inference.chi_square import FALSE_ALARMS, p_value
from tests.inference.models import seeded, tiny_model

TARGET, DRAFT = tiny_model(0, sharpness=2), tiny_model(1, n_layers=1, sharpness=1)


def random_probs(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=seeded(seed)).softmax(-1)


def test_a_checked_draft_has_the_distribution_of_the_target() -> None:
    p, q = random_probs(2, 5, seed=0), random_probs(5, seed=1)
    generator, counts = seeded(2), torch.zeros(5)
    n = 20_000
    n_accepted = 0
    for draft in torch.multinomial(q, n, replacement=True, generator=generator).tolist():
        accepted, next_id = verify([draft], [q], p, generator)
        counts[draft if accepted else next_id] += 1
        n_accepted += accepted
    assert p_value(counts, p[0]) > FALSE_ALARMS
    assert p_value(counts, q) < FALSE_ALARMS  # the test can tell the two apart
    rate = acceptance_rate(p[0], q)
    assert p_value(torch.tensor([n_accepted, n - n_accepted]), torch.stack([rate, 1 - rate])) > 1e-6


def test_a_draft_rejected_by_rounding_alone_is_replaced() -> None:
    p = torch.tensor([[0.25, 0.75], [0.5, 0.5]])
    q = p[0] + 1.0  # far above p everywhere, as rounding alone could place it a little above
    generator = seeded(0)
    outcomes = {verify([1], [q], p, generator) for _ in range(50)}
    assert outcomes == {(0, 0), (0, 1), (1, 0), (1, 1)}


def test_the_token_after_all_drafts_has_the_distribution_of_the_target() -> None:
    p = random_probs(2, 5, seed=3)
    generator, counts = seeded(4), torch.zeros(5)
    for _ in range(5_000):
        counts[verify([1], [p[0]], p, generator)[1]] += 1
    assert p_value(counts, p[1]) > FALSE_ALARMS


class Chain:
    """A model whose next token depends on the last one alone, by a table of logits."""

    def __init__(self, seed: int, scale: float) -> None:
        self.table = scale * torch.randn(4, 4, generator=seeded(seed))
        self.config = tiny_model(vocab_size=4).config
        self.blocks = [None]

    def texts(self, first: int, sampling: Sampling) -> Tensor:
        """Return the probability of each three tokens after `first`."""
        probs = sampling.probs(self.table)
        return torch.einsum("i,ij,jk->ijk", probs[first], probs, probs)


def run_chain(model: Chain, ids: Tensor, caches: list[KVCache]) -> Tensor:
    caches[0].append(ids[None, ..., None], ids[None, ..., None])
    return model.table[ids]


@pytest.mark.parametrize("sampling", [Sampling(), Sampling(temperature=0.7, top_k=3)])
def test_texts_have_the_distribution_of_the_target(
    monkeypatch: pytest.MonkeyPatch, sampling: Sampling
) -> None:
    monkeypatch.setattr(speculative, "run", run_chain)
    target, draft = Chain(2, scale=2), Chain(3, scale=1)
    counts, generator = torch.zeros(4, 4, 4), seeded(5)
    for _ in range(1_500):
        rounds = speculative_rounds(
            target, draft, [1], n_tokens=3, n_drafts=2, sampling=sampling, generator=generator
        )
        counts[tuple(token_id for each in rounds for token_id in each.ids)] += 1
    assert p_value(counts, target.texts(1, sampling)) > FALSE_ALARMS
    if sampling == Sampling():  # the test can tell the two models apart
        assert p_value(counts, draft.texts(1, sampling)) < FALSE_ALARMS


@pytest.mark.parametrize("n_drafts", [1, 3, 40])
def test_greedy_text_is_that_of_the_target(n_drafts: int) -> None:
    rounds = speculative_rounds(
        TARGET, DRAFT, [3, 1], n_tokens=25, n_drafts=n_drafts, sampling=GREEDY
    )
    found = [token_id for each in rounds for token_id in each.ids]
    assert found == list(generate(TARGET, [3, 1], n_tokens=25, sampling=GREEDY))


def test_a_repetition_penalty_sees_the_drafts() -> None:
    sampling = Sampling(temperature=0, repetition_penalty=1.5)
    rounds = speculative_rounds(TARGET, DRAFT, [3, 1], n_tokens=12, sampling=sampling)
    found = [token_id for each in rounds for token_id in each.ids]
    assert found == list(generate(TARGET, [3, 1], n_tokens=12, sampling=sampling))


def test_a_draft_model_equal_to_the_target_is_always_right() -> None:
    rounds = list(
        speculative_rounds(
            TARGET, TARGET, [1], n_tokens=20, n_drafts=4, generator=torch.Generator()
        )
    )
    assert [each.n_accepted for each in rounds] == [4, 4, 4, 4]
    assert [len(each.ids) for each in rounds] == [5, 5, 5, 5]


@pytest.mark.parametrize("changes", [{"window": 4}, {"positions": "learned"}])
def test_rejected_drafts_leave_no_trace_in_the_cache(changes: dict[str, object]) -> None:
    target, draft = tiny_model(4, **changes), tiny_model(5, **changes)
    rounds = list(speculative_rounds(target, draft, [1, 2], n_tokens=28, sampling=GREEDY))
    assert any(each.n_accepted < len(each.drafts) for each in rounds)
    found = [token_id for each in rounds for token_id in each.ids]
    assert found == list(generate(target, [1, 2], n_tokens=28, sampling=GREEDY, use_cache=False))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"draft": tiny_model(vocab_size=12)}, "both models have to use one tokenizer"),
        ({"draft": tiny_model(context_length=8)}, "but the model's context is 8"),
        ({"n_drafts": 0}, "n_drafts is 0; it must be a whole number from 1"),
        ({"prompt_ids": []}, "the prompt is empty"),
    ],
)
def test_mistakes_are_reported_before_anything_is_generated(
    options: dict[str, object], sentence: str
) -> None:
    given = {"target": TARGET, "draft": DRAFT, "prompt_ids": [1], "n_tokens": 20}
    with pytest.raises(InvalidValueError) as raised:
        speculative_rounds(**given | options)  # type: ignore[arg-type]
    assert sentence in str(raised.value)
