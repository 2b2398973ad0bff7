"""A batch is known by heart, a mask is kept to, and the same seed gives the same losses."""

from __future__ import annotations

import pytest
import torch

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.losses import best_loss, cross_entropy
from cs336_core.training import memorize

CONFIG = ModelConfig(vocab_size=11, context_length=16, n_layers=1, d_model=32, n_heads=2)
IDS = torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6, 5, 3]])
READ, TARGETS = IDS[:, :-1], IDS[:, 1:]


def fresh() -> LanguageModel:
    torch.manual_seed(336)
    return LanguageModel(CONFIG)


def test_a_batch_is_known_by_heart() -> None:
    model = fresh()
    losses = memorize(model, READ, TARGETS, n_steps=80)
    assert len(losses) == 80
    assert losses[0] > 2
    assert losses[-1] < 0.05
    assert torch.equal(model(READ).argmax(-1), TARGETS)


def test_the_same_seed_gives_the_same_losses() -> None:
    once, again = (memorize(fresh(), READ, TARGETS, n_steps=5) for _ in range(2))
    assert once == again


def test_nobody_asks_for_what_a_mask_hides() -> None:
    model, mask = fresh(), torch.arange(9)[None] >= 5
    memorize(model, READ, TARGETS, n_steps=80, mask=mask)
    with torch.no_grad():
        logits = model(READ)
    assert cross_entropy(logits, TARGETS, mask) < 0.05
    assert cross_entropy(logits, TARGETS, ~mask) > 1


def test_smoothing_ends_at_its_best_loss() -> None:
    losses = memorize(fresh(), READ, TARGETS, n_steps=200, label_smoothing=0.1)
    assert losses[-1] == pytest.approx(best_loss(11, 0.1), abs=0.02)


@pytest.mark.parametrize(
    ("how", "said"), [({"n_steps": 0}, "n_steps is 0"), ({"learning_rate": 0.0}, "above 0")]
)
def test_what_cannot_train_is_refused(how: dict[str, int], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        memorize(fresh(), READ, TARGETS, **how)  # type: ignore[arg-type]
