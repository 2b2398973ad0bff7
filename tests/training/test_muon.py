"""Muon is that of PyTorch, and orthogonalizes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from cs336_core.training.errors import TrainingError
from cs336_core.training.muon import Muon, orthogonalize
from cs336_core.training.optimizers import AdamW


def gradients(*shape: int, n: int = 4) -> list[Tensor]:
    generator = torch.Generator().manual_seed(336)
    return [torch.randn(shape, generator=generator) for _ in range(n)]


def follow(optimizer: torch.optim.Optimizer, parameter: Tensor) -> Tensor:
    for gradient in gradients(*parameter.shape):
        parameter.grad = gradient
        optimizer.step()
    return parameter.detach()


@pytest.mark.parametrize("shape", [(8, 8), (12, 5), (5, 12)])
@pytest.mark.parametrize("match_adamw", [False, True])
def test_steps_are_those_of_pytorch(shape: tuple[int, int], match_adamw: bool) -> None:
    ours, theirs = (gradients(*shape)[0].clone().requires_grad_() for _ in range(2))
    options: dict[str, Any] = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.3}
    adjust = "match_rms_adamw" if match_adamw else "original"
    mine = Muon([ours], dtype=torch.bfloat16, match_adamw=match_adamw, **options)
    other = torch.optim.Muon([theirs], adjust_lr_fn=adjust, **options)
    torch.testing.assert_close(follow(mine, ours), follow(other, theirs), rtol=1e-6, atol=1e-6)


def test_singular_values_become_1_and_directions_stay() -> None:
    matrix = gradients(20, 10)[0].double()
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    result = orthogonalize(matrix, dtype=torch.float64)
    values = u.T @ result @ v.T  # diagonal, if the directions are those of the matrix
    torch.testing.assert_close(values, values.diag().diag(), rtol=0, atol=1e-9)
    assert 0.65 < values.diag().min() <= values.diag().max() < 1.25


def test_other_groups_take_steps_of_adamw() -> None:
    ours, theirs = (gradients(6)[0].clone().requires_grad_() for _ in range(2))
    muon = Muon([{"params": [ours], "orthogonalize": False}], lr=0.1, betas=(0.8, 0.9))
    adamw = AdamW([theirs], 0.1, (0.8, 0.9), weight_decay=0.1)
    assert torch.equal(follow(muon, ours), follow(adamw, theirs))


def test_a_vector_is_refused() -> None:
    with pytest.raises(TrainingError, match=r"shape \(3,\).*orthogonalizes matrices"):
        Muon([torch.zeros(3, requires_grad=True)])
