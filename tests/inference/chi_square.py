"""Pearson's test whether counts come from a distribution."""

from __future__ import annotations

import torch
from torch import Tensor

FALSE_ALARMS = 1e-6  # a correct sampler fails for one seed in a million; our seeds are fixed


def p_value(counts: Tensor, probs: Tensor) -> float:
    """Return how often counts of a correct sampler would be at least as far from expected.

    Cells expected fewer than 5 times are merged into one, where the test would be inexact.
    """
    counts, probs = counts.double().flatten(), probs.double().flatten()
    assert not counts[probs == 0].any()
    expected = probs * counts.sum()
    rare = expected < 5
    if rare.any():
        counts = torch.cat([counts[~rare], counts[rare].sum()[None]])
        expected = torch.cat([expected[~rare], expected[rare].sum()[None]])
        counts, expected = counts[expected > 0], expected[expected > 0]
    statistic = ((counts - expected).square() / expected).sum()
    freedom = torch.tensor((len(counts) - 1) / 2, dtype=torch.float64)
    return float(torch.special.gammaincc(freedom, statistic / 2))
