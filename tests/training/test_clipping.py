"""Clipping is that of PyTorch."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from cs336_core.training.clipping import clip_gradients
from cs336_core.training.errors import TrainingError


def with_gradients() -> list[Tensor]:
    generator = torch.Generator().manual_seed(0)
    params = [torch.zeros(shape, requires_grad=True) for shape in [(5, 4), (4,), (), (2,)]]
    for param in params[:-1]:  # the last has no gradient
        param.grad = torch.randn(param.shape, generator=generator)
    return params


@pytest.mark.parametrize("max_norm", [0.01, 1.0, 1e6, math.inf])
def test_gradients_and_norm_are_those_of_pytorch(max_norm: float) -> None:
    ours, theirs = with_gradients(), with_gradients()
    norm = clip_gradients(ours, max_norm)
    assert norm == pytest.approx(float(torch.nn.utils.clip_grad_norm_(theirs, max_norm)))
    for mine, other in zip(ours[:-1], theirs[:-1], strict=True):
        torch.testing.assert_close(mine.grad, other.grad)
    assert ours[-1].grad is None


def test_an_infinite_gradient_is_reported_and_left_alone() -> None:
    params = with_gradients()
    params[0].grad = torch.full((5, 4), math.inf)
    before = params[1].grad.clone()  # type: ignore[union-attr]
    assert clip_gradients(params, 1.0) == math.inf
    assert torch.equal(params[1].grad, before)  # type: ignore[arg-type]


def test_no_gradients_have_a_norm_of_0() -> None:
    assert clip_gradients([torch.zeros(3)], 1.0) == 0.0


def test_a_norm_of_0_is_refused() -> None:
    with pytest.raises(TrainingError, match="max_norm is 0"):
        clip_gradients([], 0.0)
