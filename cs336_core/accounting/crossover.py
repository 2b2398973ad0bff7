"""The length of text from which one part of a model takes as much work as another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cs336_core.accounting.conventions import FORWARD, Conventions
from cs336_core.accounting.flops import count_flops, flops_by_group
from cs336_core.accounting.operations import Group
from cs336_core.model.config import ModelConfig

LONGEST = 2**24


def crossover(
    config: ModelConfig,
    these: Sequence[Group],
    those: Sequence[Group],
    conventions: Conventions = FORWARD,
    *,
    decode: bool = False,
) -> int | None:
    """Return the shortest sequence at which `these` groups take as many FLOPs as `those`, or more.

    It is found by counting, so it holds for every model and convention: the longer the text, the
    more of the work per token goes into scores and values, and the rest stays as it is. With
    `decode` it is the number of tokens in the cache, not of new ones. Returns `None` without a
    crossing up to 2²⁴ tokens. Raises as `count_flops` does.

    A plain model, with d_ff = 4 d_model, in which all pairs are counted:

    >>> plain = ModelConfig(vocab_size=9, context_length=64, n_layers=2, d_model=32, n_heads=4,
    ...                     activation="gelu", positions="learned")
    >>> crossover(plain, ["projections", "scores"], ["mlp"])  # 2 d_model
    64
    >>> crossover(plain, ["scores"], ["mlp"])  # 4 d_model
    128
    """
    # A table of positions costs no FLOPs; how long it is does not matter here.
    config = replace(config, context_length=max(config.context_length, LONGEST + 1))

    def is_reached(length: int) -> bool:
        new, cached = (1, length) if decode else (length, 0)
        sums = flops_by_group(count_flops(config, 1, new, conventions, cached=cached))
        return sum(sums[group] for group in these) >= sum(sums[group] for group in those)

    if not is_reached(LONGEST):
        return None
    short, reached = 0, LONGEST  # it is reached at one of them, and not at the other
    while reached - short > 1:
        middle = (short + reached) // 2
        if is_reached(middle):
            reached = middle
        else:
            short = middle
    return reached
