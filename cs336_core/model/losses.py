"""What training makes small: how surprised a model is by the token that came."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from cs336_core.model.norms import widened


def cross_entropy(
    logits: Float[Tensor, "*batch vocab_size"],
    targets: Int[Tensor, "*batch"],
    mask: Tensor | None = None,
    *,
    label_smoothing: float = 0.0,
) -> Float[Tensor, ""]:
    """Return the mean of -log p(target), in nats, where `mask`, shaped as `targets`, is true.

    Logits may be of any size, minus infinity included: an id that cannot come. One of each place
    has to be finite. Where `mask` is false, logits and targets may be anything. The loss is
    computed in 32 bits or more.

    `label_smoothing` takes that part of the probability from the target and deals it out to all
    ids alike (Szegedy et al. 2016, section 7). Without it the loss goes on falling, towards 0, as
    logits grow without bound; with it the best logits are finite, a target that is higher than the
    others by log(1 + vocab_size (1 - s) / s), and the loss ends at `best_loss`, well above 0. No
    gradient then drives a model that is right to be ever surer, and none is large when it errs.

    Raises:
        IndexError: for a target that is not in the vocabulary.
        TypeError: for a mask that is not boolean.
        ValueError: for shapes that do not fit, a label smoothing that is no probability, or where
            there is no token.

    >>> cross_entropy(torch.zeros(2, 4), torch.tensor([0, 3]))  # log 4
    tensor(1.3863)
    """
    _check_smoothing(label_smoothing)
    _check_shapes(logits, targets, mask)
    if mask is not None:
        logits, targets = logits[mask], targets[mask]  # (tokens vocab_size), (tokens)
    if not targets.numel():
        raise ValueError("there is no token to take the mean of: targets is empty, or mask false")
    _check_targets(targets, logits.shape[-1])
    logits = widened(logits)
    # Differences to the largest logit do not overflow, nor does the sum of their exponentials.
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
    """Return among how many ids, all as likely, the model would be as unsure as it is.

    It is the exponential of the cross-entropy.

    >>> perplexity(torch.zeros(2, 4), torch.tensor([0, 3]))
    tensor(4.)
    """
    return cross_entropy(logits, targets, mask).exp()


def best_loss(vocab_size: int, label_smoothing: float) -> float:
    """Return the least cross-entropy that label smoothing leaves: the entropy of its targets.

    >>> round(best_loss(50_257, 0.1), 2)
    1.41
    """
    _check_smoothing(label_smoothing)
    other = label_smoothing / vocab_size
    target = 1 - label_smoothing + other
    # 0 log 0 is 0.
    shares = [(1, target), (vocab_size - 1, other)]
    return sum(n * share * -math.log(share) for n, share in shares if share)


def _check_smoothing(label_smoothing: float) -> None:
    """Raise `ValueError` for what is no part of a probability."""
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing is {label_smoothing}; it must be between 0 and 1")


def _check_shapes(logits: Tensor, targets: Tensor, mask: Tensor | None) -> None:
    """Raise `TypeError` or `ValueError` where not every place has its target and its mask."""
    if targets.shape != logits.shape[:-1]:
        raise ValueError(
            f"targets has shape {tuple(targets.shape)} and logits {tuple(logits.shape)}; they must "
            "be the same but for the last dimension, the vocabulary"
        )
    if mask is None:
        return
    if mask.dtype != torch.bool:
        raise TypeError(f"mask has dtype {mask.dtype}; it must be torch.bool, true where to count")
    if mask.shape != targets.shape:
        raise ValueError(
            f"mask has shape {tuple(mask.shape)}; it must be that of targets, "
            f"{tuple(targets.shape)}"
        )


def _check_targets(targets: Tensor, vocab_size: int) -> None:
    """Raise `IndexError` for a target that no logit stands for."""
    least, most = (int(end) for end in targets.aminmax())
    if least < 0 or most >= vocab_size:
        wrong = most if most >= vocab_size else least
        raise IndexError(
            f"target {wrong} is not in the vocabulary, which has ids 0 to {vocab_size - 1}; use "
            "mask to leave a place out"
        )
