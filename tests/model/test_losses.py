"""Losses against PyTorch's, for logits of any size."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

from cs336_core.model.losses import (
    _check_shapes,
    best_loss,
    cross_entropy,
    perplexity,
    token_losses,
)
from tests.model.peers import close, normal

SMOOTHINGS = [0.0, 0.1, 0.5, 1.0]


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
@pytest.mark.parametrize("scale", [1e-3, 1, 1e3])
def test_cross_entropy_equals_torch(smoothing: float, scale: float) -> None:
    logits, targets = scale * normal(6, 5), torch.randint(5, (6,))
    theirs = functional.cross_entropy(logits, targets, label_smoothing=smoothing)
    close(cross_entropy(logits, targets, label_smoothing=smoothing), theirs)
    close(
        cross_entropy(logits.unflatten(0, (2, 3)), targets.view(2, 3), label_smoothing=smoothing),
        theirs,
    )
    first = functional.cross_entropy(logits[0], targets[0], label_smoothing=smoothing)
    close(cross_entropy(logits[0], targets[0], label_smoothing=smoothing), first)


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_masked_positions_may_contain_anything(smoothing: float) -> None:
    logits, targets = normal(2, 4, 5), torch.randint(5, (2, 4))
    mask = torch.tensor([[True, False, True, False], [False, True, True, True]])
    targets[~mask] = -100
    theirs = functional.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), label_smoothing=smoothing
    )
    logits[~mask] = math.nan
    logits.requires_grad_()
    ours = cross_entropy(logits, targets, mask, label_smoothing=smoothing)
    close(ours, theirs)
    ours.backward()
    assert logits.grad is not None
    assert logits.grad[mask].isfinite().all()
    assert not logits.grad[~mask].any()


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_gradients(smoothing: float) -> None:
    logits, targets = normal(2, 3, 4, requires_grad=True), torch.randint(4, (2, 3))
    mask = torch.tensor([[True, True, False], [True, False, True]])

    def loss(logits: torch.Tensor) -> torch.Tensor:
        return cross_entropy(logits, targets, mask, label_smoothing=smoothing)

    assert torch.autograd.gradcheck(loss, logits)
    assert torch.autograd.gradgradcheck(loss, logits)


@pytest.mark.parametrize("size", [1e4, 1e30])
def test_logits_of_any_size(size: float) -> None:
    logits = torch.tensor([[size, 0, -size], [-size, -size, -size]], requires_grad=True)
    best = cross_entropy(logits, torch.tensor([0, 1]))
    assert best.item() == pytest.approx(math.log(3) / 2)
    worst = cross_entropy(logits, torch.tensor([2, 1]))
    assert worst.item() == pytest.approx(size, rel=1e-6, abs=1)
    worst.backward()
    assert logits.grad is not None
    third = [1 / 6, -1 / 3, 1 / 6]
    torch.testing.assert_close(logits.grad, torch.tensor([[0.5, 0, -0.5], third]))


def test_an_impossible_id() -> None:
    logits = torch.tensor([[0.0, 0.0, -math.inf]], requires_grad=True)
    loss = cross_entropy(logits, torch.tensor([1]))
    assert loss.item() == pytest.approx(math.log(2))
    loss.backward()
    assert logits.grad is not None
    assert logits.grad.tolist() == [[0.5, -0.5, 0]]
    assert cross_entropy(logits, torch.tensor([2])).item() == math.inf
    assert cross_entropy(logits, torch.tensor([1]), label_smoothing=0.1).item() == math.inf


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_half_precision_is_computed_in_32_bits(dtype: torch.dtype, smoothing: float) -> None:
    logits = (100 * torch.randn(3, 4000)).to(dtype).requires_grad_()
    logits.data[0, 0] = torch.finfo(dtype).max if dtype == torch.float16 else 1e5
    targets = torch.randint(4000, (3,))
    loss = cross_entropy(logits, targets, label_smoothing=smoothing)
    assert loss.dtype == torch.float32
    theirs = functional.cross_entropy(logits.float(), targets, label_smoothing=smoothing)
    torch.testing.assert_close(loss, theirs, rtol=1e-5, atol=1e-5)
    loss.backward()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()


@given(st.lists(st.floats(-30, 30), min_size=2, max_size=6), st.floats(-1e3, 1e3))
def test_the_loss_is_invariant_to_a_shift_of_all_logits(scores: list[float], shift: float) -> None:
    logits, targets = torch.tensor([scores], dtype=torch.float64), torch.tensor([1])
    torch.testing.assert_close(
        cross_entropy(logits + shift, targets), cross_entropy(logits, targets), rtol=0, atol=1e-11
    )


@given(st.integers(2, 1000), st.floats(0, 1))
def test_the_best_loss_has_the_documented_margin(vocab_size: int, smoothing: float) -> None:
    # Logits for which the smoothed targets are the probabilities.
    targets = torch.full((vocab_size,), smoothing / vocab_size, dtype=torch.float64)
    targets[0] += 1 - smoothing
    logits = targets.clamp_min(1e-300).log().requires_grad_()
    loss = cross_entropy(logits, torch.tensor(0), label_smoothing=smoothing)
    assert loss.item() == pytest.approx(best_loss(vocab_size, smoothing), rel=1e-9, abs=1e-12)
    loss.backward()
    assert logits.grad is not None
    assert logits.grad.abs().max() < 1e-12  # the loss is convex, so this is its minimum
    if smoothing > 1e-100:
        ahead = (logits[0] - logits[1]).item()
        margin = math.log(1 + vocab_size * (1 - smoothing) / smoothing)
        assert ahead == pytest.approx(margin, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("smoothing", [0.1, 0.3])
def test_gradient_descent_converges_to_the_best_loss(smoothing: float) -> None:
    logits = normal(1, 5, requires_grad=True)
    for _ in range(200):
        loss = cross_entropy(logits, torch.tensor([2]), label_smoothing=smoothing)
        (gradient,) = torch.autograd.grad(loss, logits)
        assert loss.item() >= best_loss(5, smoothing) - 1e-12
        logits.data -= 4 * gradient
    assert loss.item() == pytest.approx(best_loss(5, smoothing), rel=1e-6)


def test_without_smoothing_the_best_loss_is_zero() -> None:
    assert best_loss(50, 0.0) == 0
    assert best_loss(50, 1.0) == pytest.approx(math.log(50))
    assert best_loss(1, 0.5) == 0


@pytest.mark.parametrize("n", [1, 2, 1000])
def test_the_perplexity_of_a_uniform_distribution_is_its_size(n: int) -> None:
    logits = torch.full((3, n + 5), -math.inf, dtype=torch.float64)
    logits[:, :n] = 7
    assert perplexity(logits, torch.tensor([0, n // 2, n - 1])).item() == pytest.approx(n)
    mask = torch.tensor([True, False, True])
    assert perplexity(logits, torch.tensor([0, n, 0]), mask).item() == pytest.approx(n)


@pytest.mark.parametrize("wrong", [-1, 4])
def test_a_target_outside_of_the_vocabulary_raises(wrong: int) -> None:
    message = f"target {wrong} is not in the vocabulary, which has ids 0 to 3; use mask"
    with pytest.raises(IndexError, match=message):
        cross_entropy(torch.zeros(2, 4), torch.tensor([0, wrong]))


def test_empty_targets_and_an_invalid_smoothing_raise() -> None:
    logits, targets = torch.zeros(2, 4), torch.tensor([0, 1])
    with pytest.raises(ValueError, match="there is no token to average over"):
        cross_entropy(logits, targets, torch.tensor([False, False]))
    with pytest.raises(ValueError, match="there is no token to average over"):
        perplexity(logits[:0], targets[:0])
    for wrong in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match=f"label_smoothing is {wrong}; it must be between 0"):
            cross_entropy(logits, targets, label_smoothing=wrong)
        with pytest.raises(ValueError, match=f"label_smoothing is {wrong}"):
            best_loss(4, wrong)


def test_shapes_that_do_not_match_raise() -> None:
    logits, targets = torch.zeros(2, 3, 4), torch.zeros(2, 3, dtype=torch.long)
    message = r"mask has shape \(2, 1\); it must have the shape of targets, \(2, 3\)"
    with pytest.raises(ValueError, match=message):
        cross_entropy(logits, targets, torch.ones(2, 1, dtype=torch.bool))
    with pytest.raises(TypeError, match=r"mask has dtype torch.int64; it must be torch.bool"):
        cross_entropy(logits, targets, targets)
    # While tests run, jaxtyping checks the signature first.
    message = r"targets has shape \(2, 1\) and logits \(2, 3, 4\)"
    with pytest.raises(ValueError, match=message):
        _check_shapes(logits, targets[:, :1], None)


@pytest.mark.parametrize("smoothing", SMOOTHINGS)
def test_an_ignored_index_equals_torch(smoothing: float) -> None:
    logits, targets = normal(2, 5, 7, requires_grad=True), torch.randint(7, (2, 5))
    targets[0, 1:3] = -100
    theirs = functional.cross_entropy(
        logits.flatten(0, 1), targets.flatten(), label_smoothing=smoothing
    )
    ours = cross_entropy(logits, targets, label_smoothing=smoothing, ignore_index=-100)
    close(ours, theirs)
    close(*(torch.autograd.grad(loss, logits)[0] for loss in (ours, theirs)))
    mask = torch.rand(2, 5) < 0.5
    mask[1, 0] = True
    both = cross_entropy(logits, targets, mask, ignore_index=-100)
    close(both, cross_entropy(logits, targets.clamp_min(0), mask & (targets >= 0)))
    with pytest.raises(ValueError, match="there is no token to average over"):
        cross_entropy(logits, torch.full((2, 5), 3), ignore_index=3)


def test_losses_of_tokens() -> None:
    logits, targets = 5 * normal(2, 5, 7), torch.randint(7, (2, 5))
    theirs = functional.cross_entropy(logits.mT, targets, reduction="none", label_smoothing=0.1)
    close(token_losses(logits, targets, label_smoothing=0.1), theirs)
    close(cross_entropy(logits, targets), token_losses(logits, targets).mean())


def test_the_z_loss_keeps_logits_from_drifting() -> None:
    logits, targets = normal(6, 5, requires_grad=True), torch.randint(5, (6,))
    plain = token_losses(logits, targets)
    added = token_losses(logits, targets, z_loss=0.1) - plain
    close(added, 0.1 * logits.logsumexp(-1) ** 2)
    # A constant changes no probability, so only the z-loss has a gradient along it.
    along, of_z = (
        torch.autograd.grad(loss.sum(), logits, retain_graph=True)[0].sum(-1)
        for loss in (plain, added)
    )
    assert along.abs().max() < 1e-12
    close(of_z, 0.2 * logits.logsumexp(-1))
    large = token_losses(torch.tensor([[1e4, 0.0]]), torch.tensor([0]), z_loss=1e-4)
    assert large.item() == pytest.approx(1e4)
