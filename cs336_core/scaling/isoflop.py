"""The best model size for each budget, from the IsoFLOP curves of many runs. Needs numpy.

The second approach of Hoffmann et al. (2022, "Training Compute-Optimal Large Language Models",
section 3.2). The losses of runs with one budget form a valley over the logarithm of the parameters;
a parabola fit finds its minimum. The minima of several budgets follow a power law, which
extrapolates to larger budgets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from cs336_core.accounting.papers import training_tokens
from cs336_core.scaling.runs import Run


@dataclass(frozen=True)
class Valley:
    """The parabola fitted to the runs of one budget.

    Attributes:
        flops: the budget.
        params: parameters at the minimum.
        tokens: tokens at the minimum, by C = 6 N D.
        loss: the loss at the minimum.
        curvature: the quadratic coefficient, in loss per squared log-parameter.

    """

    flops: float
    params: float
    tokens: float
    loss: float
    curvature: float

    def loss_of(self, params: float) -> float:
        """Return the loss that the parabola predicts for `params` parameters."""
        return float(self.loss + self.curvature * np.log(params / self.params) ** 2)


@dataclass(frozen=True)
class PowerLaw:
    """y = coefficient * x ** exponent."""

    coefficient: float
    exponent: float

    def __call__(self, x: float) -> float:
        """Evaluate the law at x."""
        return float(self.coefficient * x**self.exponent)


def fit_valleys(runs: Iterable[Run]) -> list[Valley]:
    """Fit a parabola to the runs of each budget, the smallest budget first.

    Raises `ValueError` for a budget with fewer than three model sizes, and for one whose runs have
    no minimum between the smallest and the largest size.
    """
    by_budget: dict[float, list[Run]] = {}
    for run in runs:
        by_budget.setdefault(run.flops, []).append(run)
    return [_valley(flops, by_budget[flops]) for flops in sorted(by_budget)]


def _valley(flops: float, runs: list[Run]) -> Valley:
    log_params = np.log([run.params for run in runs])
    if len(set(log_params)) < 3:
        raise ValueError(f"a parabola needs at least three model sizes; {flops:g} FLOPs has fewer")
    curvature, linear, constant = np.polyfit(log_params, [run.loss for run in runs], 2)
    minimum = -linear / (2 * curvature)
    if curvature <= 0 or not min(log_params) < minimum < max(log_params):
        raise ValueError(
            f"the runs with {flops:g} FLOPs have no minimum; add sizes where the loss still falls"
        )
    params = float(np.exp(minimum))
    loss = float(constant - linear**2 / (4 * curvature))
    return Valley(flops, params, training_tokens(flops, params), loss, float(curvature))


def fit_power_law(xs: Sequence[float], ys: Sequence[float]) -> PowerLaw:
    """Fit a straight line to the logarithms of `xs` and `ys` by least squares.

    Raises `ValueError` for numbers that are not positive, and for fewer than two pairs.

    >>> law = fit_power_law([1, 4, 16], [3, 6, 12])
    >>> f"{law.coefficient:.2f} x^{law.exponent:.2f}"
    '3.00 x^0.50'
    """
    if len(xs) != len(ys) or len(xs) < 2 or min(*xs, *ys) <= 0:
        raise ValueError("a power law needs at least two pairs of positive numbers")
    exponent, log_coefficient = np.polyfit(np.log(xs), np.log(ys), 1)
    return PowerLaw(float(np.exp(log_coefficient)), float(exponent))
