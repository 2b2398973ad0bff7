"""Mixed precision: the loss scaler is that of PyTorch, and float16 needs it."""

from __future__ import annotations

import math

import pytest
import torch

from cs336_core.model.language_model import LanguageModel
from cs336_core.training.batches import random_batches
from cs336_core.training.errors import DivergedError
from cs336_core.training.loop import Step, train_steps
from cs336_core.training.optimizers import SGD, AdamW
from cs336_core.training.precision import LossScaler, Precision, autocast
from tests.training.small import CONFIG, TOKENS


def run(precision: Precision, scaler: LossScaler | None = None, n_steps: int = 15) -> list[Step]:
    torch.manual_seed(336)
    model = LanguageModel(CONFIG)
    batches = random_batches(TOKENS, 4, 8, seed=1)
    optimizer = AdamW(model.parameters(), 0.01)
    return list(
        train_steps(model, batches, optimizer, n_steps=n_steps, precision=precision, scaler=scaler)
    )


def test_the_scale_is_that_of_pytorch() -> None:
    overflows = [False] * 3 + [True] + [False] * 5 + [True, True] + [False] * 4
    peer = torch.amp.GradScaler("cpu", init_scale=256.0, growth_interval=2)
    ours = LossScaler(256.0, growth_interval=2)
    parameter = torch.zeros(2, requires_grad=True)
    optimizer = SGD([parameter])
    for overflow in overflows:
        parameter.grad = torch.full((2,), math.inf if overflow else 512.0)
        peer.scale(torch.zeros(1))  # allocates its scale
        peer.step(optimizer)
        peer.update()
        parameter.grad = torch.full((2,), math.inf if overflow else 512.0)
        factor = ours.scale
        assert ours.unscale([parameter]) is not overflow
        if not overflow:
            assert parameter.grad.tolist() == [512.0 / factor] * 2
        ours.update(not overflow)
        assert ours.scale == peer.get_scale()


def test_scaling_saves_gradients_that_float16_rounds_to_0() -> None:
    def gradient(scaler: LossScaler) -> float:
        parameter = torch.ones(1, requires_grad=True)
        scaler.scaled((parameter.half() * 1e-4).float().sum() * 1e-4).backward()
        scaler.unscale([parameter])
        return float(parameter.grad)  # type: ignore[arg-type]

    assert gradient(LossScaler(1.0)) == 0.0
    assert gradient(LossScaler(2.0**16)) == pytest.approx(1e-8, rel=0.01)


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_the_loss_falls_as_in_32_bits(precision: Precision) -> None:
    low = run(precision, LossScaler() if precision == "fp16" else None)
    full = run("fp32")
    assert [step.loss for step in low] != [step.loss for step in full]
    for one, other in zip(low, full, strict=True):
        assert one.loss == pytest.approx(other.loss, abs=0.06)  # 8 bits of precision, 15 steps


def test_an_overflow_skips_the_step_and_halves_the_scale() -> None:
    scaler = LossScaler(2.0**40)
    steps = run("fp16", scaler, n_steps=3)
    assert [step.is_skipped for step in steps] == [True] * 3
    assert scaler.scale == 2.0**37


def test_an_overflow_without_a_scaler_is_an_error() -> None:
    model = LanguageModel(CONFIG)
    optimizer = SGD(model.parameters())

    def huge(*_: object) -> torch.Tensor:
        return model.embedding.weight.sum() * math.inf

    with pytest.raises(DivergedError):
        list(train_steps(model, random_batches(TOKENS, 2, 8), optimizer, n_steps=1, loss=huge))


def test_parameters_and_sums_stay_in_32_bits() -> None:
    model = LanguageModel(CONFIG)
    with autocast("cpu", "bf16"):
        logits = model(torch.tensor([[1, 2, 3]]))
    assert logits.dtype == torch.bfloat16
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}
