"""Losses: how surprised a model is by the token that follows."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Integer
from torch import Tensor

from cs336_core.model.checks import check_range, known
from cs336_core.model.norms import upcast


def cross_entropy(
    logits: Float[Tensor, "*batch vocab_size"],
    targets: Integer[Tensor, "*batch"],
    mask: Tensor | None = None,
    *,
    label_smoothing: float = 0.0,
    z_loss: float = 0.0,
    ignore_index: int | None = None,
) -> Float[Tensor, ""]:
    """Return the mean of `token_losses` where `mask`, shaped as `targets`, is true.

    Where it is false, or the target is `ignore_index`, logits and targets may be anything.

    Raises:
        IndexError: for a target that is not in the vocabulary.
        TypeError: for a mask that is not boolean.
        ValueError: for shapes that do not match, a label smoothing outside of [0, 1], or if no
            token is left to average over. If the values are not on the CPU, the loss is NaN
            instead.

    >>> cross_entropy(torch.zeros(2, 4), torch.tensor([0, 3]))  # log 4
    tensor(1.3863)
    """
    _check_shapes(logits, targets, mask)
    if ignore_index is not None:
        counted = targets != ignore_index
        mask = counted if mask is None else mask & counted
    if not targets.numel() or (mask is not None and known(lambda x: ~x.any(), mask)):
        raise ValueError(
            "there is no token to average over: targets is empty, or mask is false everywhere"
        )
    if mask is not None:
        logits = logits.masked_fill(~mask[..., None], 0)
        targets = targets.masked_fill(~mask, 0)
    losses = token_losses(logits, targets, label_smoothing=label_smoothing, z_loss=z_loss)
    if mask is None:
        return losses.mean()
    return losses.masked_fill(~mask, 0).sum() / mask.sum()


def token_losses(
    logits: Float[Tensor, "*batch vocab_size"],
    targets: Integer[Tensor, "*batch"],
    *,
    label_smoothing: float = 0.0,
    z_loss: float = 0.0,
) -> Float[Tensor, "*batch"]:
    """Return -log p(target) at each position, in nats.

    Logits may have any size, including minus infinity for an impossible id, but each position needs
    a finite one. The loss is computed in 32 bits or more.

    `label_smoothing` moves that fraction of the probability from the target to all ids uniformly
    (Szegedy et al. 2016, section 7). Without it the loss keeps falling towards 0 as logits grow
    without bound. With it the best logits are finite: the target's exceeds the others by
    log(1 + vocab_size (1 - s) / s), and the loss converges to `best_loss`, well above 0. Gradients
    then no longer push a correct model towards more confidence, and stay moderate when it is wrong.

    `z_loss` is the factor of log(Z)^2, which is added, where Z is the sum of the exponentials of
    the logits (PaLM, section 5: 1e-4). It keeps logits from drifting: adding a constant to all of
    them changes no probability.

    Raises `IndexError` and `ValueError` as `cross_entropy` does.
    """
    _check_smoothing(label_smoothing)
    _check_shapes(logits, targets, None)
    check_range(
        targets,
        logits.shape[-1],
        "target {wrong} is not in the vocabulary, which has ids 0 to {last}; use mask or "
        "ignore_index to ignore a position",
    )
    logits = upcast(logits)
    # With the largest logit at 0, the sum of exponentials cannot overflow.
    highest = logits.amax(-1, keepdim=True).detach()
    logits = logits - highest
    log_sum = logits.exp().sum(-1).log()
    losses = log_sum - logits.gather(-1, targets[..., None].long())[..., 0]
    if label_smoothing:
        losses = (1 - label_smoothing) * losses + label_smoothing * (log_sum - logits.mean(-1))
    if z_loss:
        losses = losses + z_loss * (log_sum + highest[..., 0]).square()
    return losses


def perplexity(
    logits: Float[Tensor, "*batch vocab_size"],
    targets: Integer[Tensor, "*batch"],
    mask: Tensor | None = None,
) -> Float[Tensor, ""]:
    """Return the exponential of the cross-entropy.

    A uniform guess among that many ids would be equally uncertain.

    >>> perplexity(torch.zeros(2, 4), torch.tensor([0, 3]))
    tensor(4.)
    """
    return cross_entropy(logits, targets, mask).exp()


def best_loss(vocab_size: int, label_smoothing: float) -> float:
    """Return the minimum cross-entropy with label smoothing: the entropy of the smoothed targets.

    >>> round(best_loss(50_257, 0.1), 2)
    1.41
    """
    _check_smoothing(label_smoothing)
    other = label_smoothing / vocab_size
    target = 1 - label_smoothing + other
    probs = [(1, target), (vocab_size - 1, other)]
    return sum(n * p * -math.log(p) for n, p in probs if p)  # 0 log 0 is 0


def _check_smoothing(label_smoothing: float) -> None:
    """Raise `ValueError` for a label smoothing outside of [0, 1]."""
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing is {label_smoothing}; it must be between 0 and 1")


def _check_shapes(logits: Tensor, targets: Tensor, mask: Tensor | None) -> None:
    """Raise `TypeError` or `ValueError` unless each position has a target and, if given, a mask."""
    if targets.shape != logits.shape[:-1]:
        raise ValueError(
            f"targets has shape {tuple(targets.shape)} and logits {tuple(logits.shape)}; they must "
            "agree except for the last dimension of logits, the vocabulary"
        )
    if mask is None:
        return
    if mask.dtype != torch.bool:
        raise TypeError(
            f"mask has dtype {mask.dtype}; it must be torch.bool, true for tokens to count"
        )
    if mask.shape != targets.shape:
        raise ValueError(
            f"mask has shape {tuple(mask.shape)}; it must have the shape of targets, "
            f"{tuple(targets.shape)}"
        )
