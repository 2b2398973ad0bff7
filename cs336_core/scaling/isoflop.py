"""The best size for each budget, read off the curves of many runs (IsoFLOP curves). Needs numpy.

The second approach of Hoffmann et al. (2022, "Training Compute-Optimal Large Language Models",
section 3.2). Runs of one budget, drawn by the logarithm of their parameters, lie on a valley; a
parabola finds its bottom. The bottoms of several budgets lie on a power law, which says where the
bottom of a larger one will be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from cs336_core.accounting.papers import training_tokens
from cs336_core.scaling.runs import Run


@dataclass(frozen=True)
class Valley:
    """The parabola through the runs of one budget.

    Attributes:
        flops: the budget.
        params: parameters at the bottom.
        tokens: tokens at the bottom, by C = 6 N D.
        loss: the loss at the bottom.
        curvature: how steep the sides are, in loss for each squared step of the parameters' log.

    """

    flops: float
    params: float
    tokens: float
    loss: float
    curvature: float

    def loss_of(self, params: float) -> float:
        """Return the loss that the parabola has for a model of `params` parameters."""
        return float(self.loss + self.curvature * np.log(params / self.params) ** 2)


@dataclass(frozen=True)
class PowerLaw:
    """y = coefficient * x ** exponent."""

    coefficient: float
    exponent: float

    def __call__(self, x: float) -> float:
        """Return y for x."""
        return float(self.coefficient * x**self.exponent)


def fit_valleys(runs: Iterable[Run]) -> list[Valley]:
    """Fit a parabola to the runs of each budget, the smallest budget first.

    Raises `ValueError` for a budget with fewer than three sizes, and for one whose runs make no
    valley: then its best size lies outside the sizes that were tried.
    """
    by_budget: dict[float, list[Run]] = {}
    for run in runs:
        by_budget.setdefault(run.flops, []).append(run)
    return [_valley(flops, by_budget[flops]) for flops in sorted(by_budget)]


def _valley(flops: float, runs: list[Run]) -> Valley:
    log_params = np.log([run.params for run in runs])
    if len(set(log_params)) < 3:
        raise ValueError(f"a parabola needs three sizes of model or more; {flops:g} FLOPs has less")
    curvature, slope, level = np.polyfit(log_params, [run.loss for run in runs], 2)
    bottom = -slope / (2 * curvature)
    if curvature <= 0 or not min(log_params) < bottom < max(log_params):
        raise ValueError(
            f"the runs with {flops:g} FLOPs make no valley; add sizes on the side that still falls"
        )
    params = float(np.exp(bottom))
    loss = float(level - slope**2 / (4 * curvature))
    return Valley(flops, params, training_tokens(flops, params), loss, float(curvature))


def fit_power_law(xs: Sequence[float], ys: Sequence[float]) -> PowerLaw:
    """Fit a straight line to the logarithms of `xs` and `ys` by least squares.

    Raises `ValueError` where a number is not positive, and for fewer than two.

    >>> law = fit_power_law([1, 4, 16], [3, 6, 12])
    >>> f"{law.coefficient:.2f} x^{law.exponent:.2f}"
    '3.00 x^0.50'
    """
    if len(xs) != len(ys) or len(xs) < 2 or min(*xs, *ys) <= 0:
        raise ValueError("a power law needs two pairs or more of numbers over 0")
    exponent, log_coefficient = np.polyfit(np.log(xs), np.log(ys), 1)
    return PowerLaw(float(np.exp(log_coefficient)), float(exponent))
