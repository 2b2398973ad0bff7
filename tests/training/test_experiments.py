"""Experiments show what they are for: widths that agree, better runs, the cost of repetition."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cs336_core.model.config import ModelConfig
from cs336_core.model.language_model import LanguageModel
from cs336_core.training.batches import Batch
from cs336_core.training.errors import TrainingError
from cs336_core.training.experiments import (
    Choice,
    LogUniform,
    coordinate_check,
    random_search,
    repeated_data,
    successive_halving,
    validation_losses,
)
from cs336_core.training.initialization import Initialization
from tests.training.small import small_config, small_corpus

CONFIG = ModelConfig(vocab_size=32, context_length=16, n_layers=2, d_model=32, n_heads=2)


def changes(scheme: Initialization, part: str) -> list[float]:
    """Return how far a part has moved after the last step, by width."""
    ids = torch.randint(32, (4, 17), generator=torch.Generator().manual_seed(0))
    batch = Batch(ids[:, :-1], ids[:, 1:])
    check = list(coordinate_check(CONFIG, (32, 128), batch, scheme=scheme))
    assert len(check) == 2 * 5 * 4  # widths, steps, parts
    assert all(each.change == 0 for each in check if each.step == 0)
    return [each.change for each in check if each.step == 4 and each.part == part]


@pytest.mark.parametrize("part", ["block 2", "logits"])
def test_mup_moves_equally_far_at_every_width(part: str) -> None:
    ours, usual = changes("mup", part), changes("gpt2", part)
    assert max(ours) / min(ours) < 1.6
    assert usual[1] / usual[0] > 1.8


def falling(values: dict[str, Any]) -> Iterator[float]:
    """Yield losses that end at the distance of a rate from 0.01, in factors of ten."""
    best = abs(math.log10(values["rate"]) + 2)
    return (best + 1 / n for n in range(1, 1000))


def test_random_search_draws_each_factor_alike() -> None:
    space = {"rate": LogUniform(1e-4, 1.0), "size": Choice([1, 2])}
    trials = list(random_search(falling, space, n_trials=200, n_losses=3))
    assert [len(trial.losses) for trial in trials] == [3] * 200
    assert {trial.values["size"] for trial in trials} == {1, 2}
    decades = [math.floor(math.log10(trial.values["rate"])) for trial in trials]
    assert all(30 <= decades.count(decade) <= 70 for decade in (-4, -3, -2, -1))


def test_halving_keeps_the_better_trials() -> None:
    space = {"rate": LogUniform(1e-4, 1.0)}
    rounds = list(successive_halving(falling, space, n_trials=9, n_losses=2, factor=3))
    assert [len(trials) for trials in rounds] == [9, 3, 1]
    assert [len(trials[0].losses) for trials in rounds] == [18] * 3  # the same best trial
    best = min(rounds[0], key=lambda trial: abs(math.log10(trial.values["rate"]) + 2))
    assert rounds[-1] == [best]
    with pytest.raises(TrainingError, match="factor is 1"):
        next(successive_halving(falling, space, n_trials=2, n_losses=1, factor=1))


def test_a_search_over_configurations(tmp_path: Path) -> None:
    data = small_corpus(tmp_path)
    config = small_config(
        data, tmp_path / "search", schedule="constant", optimizer="sgd", max_norm=1e9
    )
    start = partial(validation_losses, config)
    space = {"learning_rate": Choice([1e-3, 0.3, 1e7])}
    trials = list(random_search(start, space, n_trials=3, n_losses=3))
    losses = {trial.values["learning_rate"]: trial.loss for trial in trials}
    assert losses[0.3] < losses[1e-3] < losses[1e7] == math.inf
    assert (tmp_path / "search" / "learning_rate=0.3" / "log.jsonl").exists()
    with pytest.raises(TrainingError, match="no more than 3 different values"):
        next(random_search(start, space, n_trials=4, n_losses=3))


def test_repetition_memorizes() -> None:
    rng = np.random.default_rng(0)
    words = rng.integers(0, 16, (8, 4))  # eight words of four letters, in random order
    text = words[rng.integers(0, 8, 2000)].ravel()
    config = ModelConfig(vocab_size=16, context_length=16, n_layers=1, d_model=32, n_heads=2)

    def build() -> LanguageModel:
        torch.manual_seed(0)
        return LanguageModel(config)

    options: dict[str, Any] = {"n_steps": 60, "batch_size": 8, "learning_rate": 0.02}
    once, often = repeated_data(build, text[: 7680 + 16], text[7680:], epochs=(1, 60), **options)
    assert (once.epochs, once.unique_tokens) == (pytest.approx(1, abs=0.01), 7696)
    assert (often.epochs, often.unique_tokens) == (60, 144)
    assert often.training_loss < once.training_loss
    assert often.validation_loss > once.validation_loss + 0.2
    with pytest.raises(TrainingError, match="1 epochs of 60 steps take 7,696 different tokens"):
        next(repeated_data(build, text[:100], text, epochs=(1,), **options))
