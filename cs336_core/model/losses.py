"""Losses: how surprised a model is by the token that follows."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from cs336_core.model.norms import upcast


def cross_entropy(
    logits: Float[Tensor, "*batch vocab_size"],
    targets: Int[Tensor, "*batch"],
    mask: Tensor | None = None,
    *,
    label_smoothing: float = 0.0,
) -> Float[Tensor, ""]:
    """Return the mean of -log p(target), in nats, where `mask`, shaped as `targets`, is true.

    Logits may have any size, including minus infinity for an impossible id, but each position needs
    a finite one. Where `mask` is false, logits and targets may be anything. The loss is computed in
    32 bits or more.

    `label_smoothing` moves that fraction of the probability from the target to all ids uniformly
    (Szegedy et al. 2016, section 7). Without it the loss keeps falling towards 0 as logits grow
    without bound. With it the best logits are finite: the target's exceeds the others by
    log(1 + vocab_size (1 - s) / s), and the loss converges to `best_loss`, well above 0. Gradients
    then no longer push a correct model towards more confidence, and stay moderate when it is wrong.

    Raises:
        IndexError: for a target that is not in the vocabulary.
        TypeError: for a mask that is not boolean.
        ValueError: for shapes that do not match, a label smoothing outside of [0, 1], or if no
            token is left to average over.

    >>> cross_entropy(torch.zeros(2, 4), torch.tensor([0, 3]))  # log 4
    tensor(1.3863)
    """
    _check_smoothing(label_smoothing)
    _check_shapes(logits, targets, mask)
    if mask is not None:
        logits, targets = logits[mask], targets[mask]  # (tokens vocab_size), (tokens)
    if not targets.numel():
        raise ValueError(
            "there is no token to average over: targets is empty, or mask is false everywhere"
        )
    _check_targets(targets, logits.shape[-1])
    logits = upcast(logits)
    # With the largest logit at 0, the sum of exponentials cannot overflow.
    logits = logits - logits.amax(-1, keepdim=True).detach()
    log_sum = logits.exp().sum(-1).log()
    losses = log_sum - logits.gather(-1, targets[..., None].long())[..., 0]
    if label_smoothing:
        losses = (1 - label_smoothing) * losses + label_smoothing * (log_sum - logits.mean(-1))
    return losses.mean()


def perplexity(
    logits: Float[Tensor, "*batch vocab_size"],
    targets: Int[Tensor, "*batch"],
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


def _check_targets(targets: Tensor, vocab_size: int) -> None:
    """Raise `IndexError` for a target outside of the vocabulary."""
    lowest, highest = (int(end) for end in targets.aminmax())
    if lowest < 0 or highest >= vocab_size:
        wrong = highest if highest >= vocab_size else lowest
        raise IndexError(
            f"target {wrong} is not in the vocabulary, which has ids 0 to {vocab_size - 1}; use "
            "mask to ignore a position"
        )
