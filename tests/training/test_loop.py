"""The loop: what a step reports, accumulation, schedules, and when it stops."""

from __future__ import annotations

import math
from itertools import islice

import pytest
import torch

from cs336_core.model.language_model import LanguageModel
from cs336_core.training.batches import Batch, get_batch, random_batches
from cs336_core.training.errors import DivergedError, TrainingError
from cs336_core.training.loop import Step, train_steps
from cs336_core.training.optimizers import SGD, AdamW
from cs336_core.training.schedules import build_schedule
from tests.training.small import CONFIG, TOKENS


def fresh() -> LanguageModel:
    torch.manual_seed(336)
    return LanguageModel(CONFIG)


def run(n_steps: int = 5, **options: object) -> list[Step]:
    model = fresh()
    batches = random_batches(TOKENS, 4, 8, seed=1)
    optimizer = AdamW(model.parameters(), 0.01)
    return list(train_steps(model, batches, optimizer, n_steps=n_steps, **options))  # type: ignore[arg-type]


def test_the_loss_falls() -> None:
    steps = run(60)
    assert [step.number for step in steps] == list(range(1, 61))
    assert steps[0].loss > 2
    assert steps[-1].loss < 0.5
    assert {step.tokens for step in steps} == {32}


def test_the_same_seed_gives_the_same_steps() -> None:
    assert run() == run()


def test_the_schedule_sets_the_rate_of_each_step() -> None:
    schedule = build_schedule("cosine", 0.1, 5, warmup=2)
    assert [step.learning_rate for step in run(schedule=schedule)] == list(map(schedule, range(5)))


def test_accumulated_gradients_are_those_of_the_large_batch() -> None:
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randint(11, (6, 8), generator=generator)
    targets = torch.randint(11, (6, 8), generator=generator)
    mask = torch.rand(6, 8, generator=generator) < torch.linspace(0.3, 0.9, 6)[:, None]
    found = []
    for size in (6, 2, 1):
        model = fresh().double()
        rows = [slice(i, i + size) for i in range(0, 6, size)]
        batches = [Batch(inputs[row], targets[row], mask[row]) for row in rows]
        (step,) = train_steps(
            model, batches, SGD(model.parameters(), 1.0), n_steps=1, accumulate=len(batches)
        )
        found.append((step, list(model.parameters())))
    for step, updated in found[1:]:
        assert step.loss == pytest.approx(found[0][0].loss, rel=1e-12)
        assert step.gradient_norm == pytest.approx(found[0][0].gradient_norm, rel=1e-9)
        for ours, whole in zip(updated, found[0][1], strict=True):
            torch.testing.assert_close(ours, whole, rtol=1e-9, atol=1e-12)


def test_a_diverging_run_stops_before_the_update() -> None:
    model = fresh()
    batches = random_batches(TOKENS, 4, 8)
    steps = train_steps(
        model, batches, SGD(model.parameters(), 1e4), n_steps=99, max_loss=3 * math.log(11)
    )
    with pytest.raises(DivergedError, match=r"step \d+: .* Try a learning rate 3 to 10") as caught:
        list(steps)
    assert caught.value.step <= 20
    assert all(bool(p.isfinite().all()) for p in model.parameters())


def test_nan_stops_the_run() -> None:
    model = fresh()
    with torch.no_grad():
        model.embedding.weight[3] = math.nan
    before = model.blocks[0].attention.query.weight.clone()
    with pytest.raises(DivergedError, match="step 1: the loss is nan"):
        list(train_steps(model, random_batches(TOKENS, 4, 8), SGD(model.parameters()), n_steps=2))
    assert torch.equal(model.blocks[0].attention.query.weight, before)


def test_batches_that_end_are_reported() -> None:
    model = fresh()
    batches = islice(random_batches(TOKENS, 4, 8), 3)
    with pytest.raises(TrainingError, match="the batches ended before step 2 of 5"):
        list(train_steps(model, batches, SGD(model.parameters()), n_steps=5, accumulate=2))


def test_windows_are_drawn_everywhere_with_their_next_tokens() -> None:
    generator = torch.Generator().manual_seed(0)
    inputs, targets = get_batch(range(20), 500, 7, generator=generator)
    assert torch.equal(targets, inputs + 1)
    assert set(inputs[:, 0].tolist()) == set(range(13))  # the last window ends with token 19


@pytest.mark.parametrize(("n", "context", "message"), [(7, 7, "has 7 tokens"), (9, 0, "is 0")])
def test_a_dataset_shorter_than_a_window_is_refused(n: int, context: int, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        get_batch(range(n), 2, context)
