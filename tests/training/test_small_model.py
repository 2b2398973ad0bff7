from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from cs336_core.model.masks import causal_mask
from cs336_core.training import small_model
from cs336_core.training.small_model import CONFIG, build_small_model, train_small_model

TINY = replace(CONFIG, vocab_size=16, n_layers=1, d_model=16, n_heads=2, d_ff=16, context_length=8)


@pytest.fixture
def tokens() -> dict[str, torch.Tensor]:
    ids = torch.arange(16).repeat(60)
    return {"up": ids, "down": ids.flip(0)}


def test_the_texts_are_stories_and_plays_whose_verses_are_sentences(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(small_model, "N_STORIES", 3)
    texts = small_model.texts()
    assert len(texts["stories"].splitlines()) == 3
    assert "Whether 'tis nobler in the mind to suffer The slings and arrows" in texts["plays"]
    assert texts["plays"].count("\n\n") > 1000  # speeches stay apart
    for title in small_model.PLAYS:
        assert title in texts["plays"]


def test_a_run_is_repeatable_and_leaves_the_random_state_alone(
    tokens: dict[str, torch.Tensor],
) -> None:
    torch.manual_seed(7)
    before = torch.random.get_rng_state()
    runs = [
        [(now.step, now.validation_losses) for now in train_small_model(tokens, TINY, 60)]
        for _ in range(2)
    ]
    assert runs[0] == runs[1]
    assert torch.random.get_rng_state().equal(before)


def test_it_is_evaluated_on_each_text_before_the_first_step_and_while_it_learns(
    tokens: dict[str, torch.Tensor],
) -> None:
    evaluations = list(train_small_model(tokens, TINY, 100))
    assert [now.step for now in evaluations] == [0, 20, 50, 100]
    first, *_, last = evaluations
    assert math.isnan(first.train_loss)
    for name in tokens:
        assert first.validation_losses[name] > math.log(16) - 0.5
    # Each token has one successor in one text and another in the other.
    assert last.train_loss < 1 < math.log(16)


def test_the_embeddings_are_not_drowned_by_what_a_block_adds_before_training() -> None:
    model = build_small_model()
    ids = torch.randint(CONFIG.vocab_size, (4, 32), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        embeddings = model.embedding(ids)
        first = model.blocks[0](embeddings, causal_mask(32))
    assert (first - embeddings).norm() < embeddings.norm()


def test_it_is_saved_at_the_first_and_the_last_step() -> None:
    assert small_model.CHECKPOINTS[0] == 0
    assert small_model.CHECKPOINTS[-1] == small_model.N_STEPS
    assert 100_000 < sum(p.numel() for p in build_small_model().parameters()) < 500_000
