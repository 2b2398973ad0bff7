"""A model overfits a batch, respects a mask, and has the same losses with the same seed."""

from __future__ import annotations

import pytest
import torch

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.model.losses import best_loss, cross_entropy
from cs336_core.training import overfit_batch

CONFIG = ModelConfig(vocab_size=11, context_length=16, n_layers=1, d_model=32, n_heads=2)
IDS = torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6, 5, 3]])
READ, TARGETS = IDS[:, :-1], IDS[:, 1:]


def fresh() -> LanguageModel:
    torch.manual_seed(336)
    return LanguageModel(CONFIG)


def test_the_model_overfits_the_batch() -> None:
    model = fresh()
    losses = overfit_batch(model, READ, TARGETS, n_steps=80)
    assert len(losses) == 80
    assert losses[0] > 2
    assert losses[-1] < 0.05
    assert torch.equal(model(READ).argmax(-1), TARGETS)


def test_the_same_seed_gives_the_same_losses() -> None:
    once, again = (overfit_batch(fresh(), READ, TARGETS, n_steps=5) for _ in range(2))
    assert once == again


def test_masked_positions_are_not_trained() -> None:
    model, mask = fresh(), torch.arange(9)[None] >= 5
    overfit_batch(model, READ, TARGETS, n_steps=80, mask=mask)
    with torch.no_grad():
        logits = model(READ)
    assert cross_entropy(logits, TARGETS, mask) < 0.05
    assert cross_entropy(logits, TARGETS, ~mask) > 1


def test_label_smoothing_converges_to_its_best_loss() -> None:
    losses = overfit_batch(fresh(), READ, TARGETS, n_steps=200, label_smoothing=0.1)
    assert losses[-1] == pytest.approx(best_loss(11, 0.1), abs=0.02)


@pytest.mark.parametrize(
    ("options", "message"), [({"n_steps": 0}, "n_steps is 0"), ({"learning_rate": 0.0}, "above 0")]
)
def test_invalid_options_raise(options: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        overfit_batch(fresh(), READ, TARGETS, **options)  # type: ignore[arg-type]
