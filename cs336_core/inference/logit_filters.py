"""Functions from logits to logits that change which tokens are likely to be drawn.

Each takes the logits of one position per row, (batch, vocab_size), and returns new ones. A token
that must not be drawn gets minus infinity, so filters can be applied one after the other; the most
probable token always stays.
"""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from cs336_core._shared.validation import InvalidValueError, check_number, check_size

EXCLUDED = float("-inf")


def scale_by_temperature(
    logits: Float[Tensor, "batch vocab_size"], temperature: float
) -> Float[Tensor, "batch vocab_size"]:
    """Divide by the temperature: below 1 the distribution sharpens, above 1 it flattens.

    Raises `InvalidValueError` for a temperature of 0 or less, which has no quotient.

    >>> logits = torch.tensor([[2.0, 1.0]])
    >>> [scale_by_temperature(logits, t).softmax(-1)[0, 0].item() > 0.8 for t in (0.5, 1.0)]
    [True, False]
    """
    check_number("temperature", temperature, above=0)
    return logits / temperature


def keep_top_k(
    logits: Float[Tensor, "batch vocab_size"], k: int
) -> Float[Tensor, "batch vocab_size"]:
    """Keep the `k` largest logits (Fan et al. 2018), and any equal to the smallest of them.

    Raises `InvalidValueError` for a `k` below 1; one above the vocabulary's size keeps all.

    >>> keep_top_k(torch.tensor([[1.0, 3.0, 2.0]]), 2)
    tensor([[-inf, 3., 2.]])
    """
    k = min(check_size("top_k", k), logits.shape[-1])
    smallest = logits.topk(k).values[:, -1:]
    return logits.masked_fill(logits < smallest, EXCLUDED)


def keep_top_p(
    logits: Float[Tensor, "batch vocab_size"], p: float
) -> Float[Tensor, "batch vocab_size"]:
    """Keep the nucleus: the fewest tokens whose probabilities add up to `p` (Holtzman et al. 2019).

    Among equal probabilities, lower ids come first. Raises `InvalidValueError` unless 0 < p <= 1.

    >>> keep_top_p(torch.tensor([[0.5, 0.2, 0.3]]).log(), 0.7).exp()
    tensor([[0.5000, 0.0000, 0.3000]])
    """
    if p == 0:
        raise InvalidValueError(
            "top_p is 0, which keeps no token; it must be above 0 and at most 1 (a temperature of "
            "0 always takes the most probable token)"
        )
    check_number("top_p", p, above=0, maximum=1)
    if p == 1:
        return logits
    order = logits.argsort(dim=-1, descending=True, stable=True)
    probs = logits.softmax(-1).gather(-1, order)
    before = probs.cumsum(-1) - probs  # of the more probable tokens
    excluded = torch.zeros_like(logits, dtype=torch.bool).scatter(-1, order, before >= p)
    return logits.masked_fill(excluded, EXCLUDED)


def keep_min_p(
    logits: Float[Tensor, "batch vocab_size"], p: float
) -> Float[Tensor, "batch vocab_size"]:
    """Keep tokens at least `p` times as probable as the most probable one (Nguyen et al. 2024).

    Few stay where the model is sure, many where it is not. Raises `InvalidValueError` unless
    0 <= p <= 1.

    >>> keep_min_p(torch.tensor([[0.6, 0.3, 0.1]]).log(), 0.4).exp()
    tensor([[0.6000, 0.3000, 0.0000]])
    """
    check_number("min_p", p, maximum=1)
    probs = logits.softmax(-1)
    return logits.masked_fill(probs < p * probs.amax(-1, keepdim=True), EXCLUDED)


def penalize_repetition(
    logits: Float[Tensor, "batch vocab_size"],
    seen: Bool[Tensor, "batch vocab_size"],
    penalty: float,
) -> Float[Tensor, "batch vocab_size"]:
    """Lower the logits of tokens that have been `seen` (Keskar et al. 2019, section 4.1).

    A positive logit is divided by the penalty and a negative one multiplied, so the result depends
    on where the logits' zero is, which a softmax does not. Raises `InvalidValueError` for a penalty
    that is not above 0; below 1 it rewards repetition.

    >>> seen = torch.tensor([[True, True, False]])
    >>> penalize_repetition(torch.tensor([[2.0, -1.0, 3.0]]), seen, 2.0)
    tensor([[ 1., -2.,  3.]])
    """
    check_number("repetition_penalty", penalty, above=0)
    lowered = torch.where(logits > 0, logits / penalty, logits * penalty)
    return torch.where(seen, lowered, logits)
