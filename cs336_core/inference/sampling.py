"""From logits to the next token: one set of choices, their distribution, and a draw from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from cs336_core._shared.validation import InvalidValueError, check_number, check_size
from cs336_core.inference.logit_filters import (
    keep_min_p,
    keep_top_k,
    keep_top_p,
    penalize_repetition,
    scale_by_temperature,
)
from cs336_core.model.checks import known
from cs336_core.model.norms import upcast


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How to choose the next token; by default, from the model's own distribution.

    Attributes:
        temperature: divides the logits; 0 always takes the most probable token (greedy).
        top_k: how many of the most probable tokens to keep; `None` for all.
        top_p: keep the fewest tokens whose probabilities add up to this.
        min_p: keep tokens at least this many times as probable as the most probable one.
        repetition_penalty: above 1, makes tokens less likely that occurred before.

    Raises:
        InvalidValueError: for a value out of range, with the field and what it may be.

    >>> Sampling(temperature=-1)
    Traceback (most recent call last):
    cs336_core._shared.validation.InvalidValueError: temperature is -1; it must be a number 0 or \
more and at most 1e+100

    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float = 1.0
    min_p: float = 0.0
    repetition_penalty: float = 1.0

    def __post_init__(self) -> None:
        """Raise `InvalidValueError` for a value out of range, before any model runs."""
        check_number("temperature", self.temperature)
        if self.top_k is not None:
            check_size("top_k", self.top_k)
        probe = torch.zeros(1, 1)  # the filters check their own arguments
        keep_top_p(probe, self.top_p)
        keep_min_p(probe, self.min_p)
        penalize_repetition(probe, probe.bool(), self.repetition_penalty)

    def probs(
        self,
        logits: Float[Tensor, "batch vocab_size"],
        previous: Sequence[Sequence[int]] | None = None,
    ) -> Float[Tensor, "batch vocab_size"]:
        """Return the distribution to draw the next token of each row from.

        `previous` are the ids that each row contains so far, for the repetition penalty. The order
        is that of other libraries: penalty, temperature, top-k, top-p, min-p.

        Raises `InvalidValueError` if the largest logit of a row is known to be NaN or infinite.

        >>> Sampling(top_k=2).probs(torch.tensor([[0.5, 0.3, 0.2]]).log())
        tensor([[0.6250, 0.3750, 0.0000]])
        """
        logits = upcast(logits)
        if known(lambda x: ~x.isfinite().all(), logits.amax(-1)):
            raise InvalidValueError(
                "the largest logit is NaN or infinite: the model has diverged, or its weights are "
                "damaged"
            )
        if previous is not None and self.repetition_penalty != 1:
            seen = seen_tokens(previous, logits.shape[-1]).to(logits.device)
            logits = penalize_repetition(logits, seen, self.repetition_penalty)
        if self.temperature == 0:
            return torch.zeros_like(logits).scatter(-1, logits.argmax(-1, keepdim=True), 1.0)
        logits = logits - logits.amax(-1, keepdim=True)  # a low temperature cannot overflow then
        logits = scale_by_temperature(logits, self.temperature)
        if self.top_k is not None:
            logits = keep_top_k(logits, self.top_k)
        logits = keep_top_p(logits, self.top_p)
        if self.min_p > 0:
            logits = keep_min_p(logits, self.min_p)
        return logits.softmax(-1)


GREEDY = Sampling(temperature=0)


def draw(
    probs: Float[Tensor, "batch vocab_size"], generator: torch.Generator | None = None
) -> Int[Tensor, " batch"]:
    """Draw one token per row: the first whose cumulative probability exceeds a random number.

    It takes one number in [0, 1) per row from `generator`, or from torch's global one, on the CPU,
    so the same seed draws the same tokens on every device. A token of probability 0 is never drawn.
    """
    random = torch.rand(len(probs), 1, dtype=torch.float64, generator=generator)
    below = probs.double().cumsum(-1)
    total = below[:, -1:]  # close to 1
    drawn = (below <= random.to(probs.device) * total).sum(-1)
    return torch.minimum(drawn, (below < total).sum(-1))  # rounding could reach the total


def seen_tokens(
    sequences: Sequence[Sequence[int]], vocab_size: int
) -> Bool[Tensor, "batch vocab_size"]:
    """Return which tokens of the vocabulary each sequence contains.

    >>> seen_tokens([[0, 2, 2], [1]], 3)
    tensor([[ True, False,  True],
            [False,  True, False]])
    """
    seen = torch.zeros(len(sequences), vocab_size, dtype=torch.bool)
    for row, ids in zip(seen, sequences, strict=True):
        row[list(ids)] = True
    return seen
