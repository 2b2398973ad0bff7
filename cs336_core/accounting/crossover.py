"""The sequence length at which one part of a model costs as much as another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cs336_core.accounting.conventions import FORWARD, Conventions
from cs336_core.accounting.flops import count_flops, flops_by_group
from cs336_core.accounting.operations import Group
from cs336_core.model.config import ModelConfig

MAX_LENGTH = 2**24


def crossover(
    config: ModelConfig,
    rising: Sequence[Group],
    others: Sequence[Group],
    conventions: Conventions = FORWARD,
    *,
    decode: bool = False,
) -> int | None:
    """Return the shortest sequence for which `rising` groups take at least the FLOPs of `others`.

    A binary search over exact counts, so it holds for every model and all conventions: per token,
    the FLOPs of scores and values grow with the sequence, and all others are constant. With
    `decode` it is the number of cached tokens instead of new ones. Returns `None` without a
    crossing up to 2²⁴ tokens. Raises as `count_flops` does.

    For a model with d_ff = 4 d_model, counting all pairs:

    >>> plain = ModelConfig(vocab_size=9, context_length=64, n_layers=2, d_model=32, n_heads=4,
    ...                     activation="gelu", positions="learned")
    >>> crossover(plain, ["projections", "scores"], ["mlp"])  # 2 d_model
    64
    >>> crossover(plain, ["scores"], ["mlp"])  # 4 d_model
    128
    """
    # The length of the table of positions affects no FLOPs.
    config = replace(config, context_length=max(config.context_length, MAX_LENGTH + 1))

    def is_reached(length: int) -> bool:
        new, cached = (1, length) if decode else (length, 0)
        sums = flops_by_group(count_flops(config, 1, new, conventions, cached=cached))
        return sum(sums[group] for group in rising) >= sum(sums[group] for group in others)

    if not is_reached(MAX_LENGTH):
        return None
    below, above = 0, MAX_LENGTH  # reached at `above`, but not at `below`
    while above - below > 1:
        middle = (below + above) // 2
        if is_reached(middle):
            above = middle
        else:
            below = middle
    return above
