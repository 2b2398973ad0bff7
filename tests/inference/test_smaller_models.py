"""Pruning and distillation: what they change in a model, and what they leave alone."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from cs336_core._shared.validation import InvalidValueError
from cs336_core.inference.distillation import distill, distillation_loss
from cs336_core.inference.pruning import PruningMasks
from cs336_core.model.layers import Linear
from tests.inference.models import tiny_model


@pytest.mark.parametrize("fraction", [0, 0.3, 0.5, 0.9, 1])
def test_the_smallest_entries_of_each_matrix_are_pruned(fraction: float) -> None:
    model, original = tiny_model(), tiny_model()
    masks = PruningMasks(model, fraction)
    masks.apply()
    assert masks.sparsity == pytest.approx(fraction, abs=0.005)
    for pruned, full in zip(model.modules(), original.modules(), strict=True):
        if not isinstance(full, Linear):
            continue
        survived = pruned.weight != 0
        assert torch.equal(pruned.weight[survived], full.weight[survived])
        assert survived.float().mean().item() == pytest.approx(1 - fraction, abs=0.005)
        if 0 < fraction < 1:
            assert full.weight[survived].abs().min() >= full.weight[~survived].abs().max()
    assert torch.equal(model.embedding.weight, original.embedding.weight)


def test_pruned_entries_return_to_zero_after_training() -> None:
    model = tiny_model()
    masks = PruningMasks(model, 0.5)
    masks.apply()
    ids = torch.tensor([[1, 2, 3, 4]])
    model(ids).logsumexp(-1).sum().backward()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.sub_(0.01 * parameter.grad)
    matrix = model.blocks[0].attention.query.weight
    assert (matrix == 0).float().mean() < 0.1
    masks.apply()
    assert (matrix == 0).float().mean() >= 0.5


@pytest.mark.parametrize("fraction", [-0.1, 1.1])
def test_a_fraction_out_of_range_is_refused(fraction: float) -> None:
    with pytest.raises(InvalidValueError, match="it must be a number 0 or more and at most 1"):
        PruningMasks(tiny_model(), fraction)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_loss_is_the_divergence_times_the_squared_temperature(temperature: float) -> None:
    student, teacher = torch.randn(2, 4, 5, 7, generator=torch.Generator().manual_seed(0))
    expected = temperature**2 * functional.kl_div(
        (student / temperature).log_softmax(-1).flatten(0, 1),
        (teacher / temperature).log_softmax(-1).flatten(0, 1),
        reduction="batchmean",
        log_target=True,
    )
    found = distillation_loss(student, teacher, temperature=temperature)
    torch.testing.assert_close(found, expected)


def test_a_student_approaches_its_teacher() -> None:
    teacher, student = tiny_model(0, sharpness=2), tiny_model(1, n_layers=1, sharpness=0.5)
    before = {name: tensor.clone() for name, tensor in teacher.state_dict().items()}
    generator = torch.Generator().manual_seed(0)
    batches = [torch.randint(11, (16, 16), generator=generator) for _ in range(60)]
    losses = list(distill(student, teacher, batches, learning_rate=1e-2))
    assert len(losses) == 60
    assert sum(losses[-10:]) / 10 < 0.7 * losses[0]
    assert all(torch.equal(before[name], each) for name, each in teacher.state_dict().items())
