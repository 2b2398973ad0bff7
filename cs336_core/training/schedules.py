"""Learning rate schedules: each is a function of the step, counted from 0.

All warm up linearly first: Adam's averages are noisy after few gradients, and so are its steps.
Rates have the unit of `max_lr`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Literal, TypeAlias, get_args

from cs336_core._shared.validation import check_choice, check_number
from cs336_core.training.errors import TrainingError

Schedule: TypeAlias = Callable[[int], float]  # step, from 0 -> learning rate
ScheduleName = Literal["constant", "cosine", "linear", "wsd"]


def cosine_schedule(it: int, max_lr: float, min_lr: float, warmup: int, cosine: int) -> float:
    """Return the rate at step `it`: up in `warmup` steps, then along half a cosine until `cosine`.

    Both count from the start of training, so the descent takes `cosine` - `warmup` steps; `min_lr`
    remains after it (Loshchilov and Hutter 2017, without restarts; Touvron et al. 2023, section
    2.3).

    >>> [cosine_schedule(it, 1.0, 0.1, warmup=2, cosine=6) for it in (0, 1, 2, 4, 6, 9)]
    [0.0, 0.5, 1.0, 0.55, 0.1, 0.1]
    """
    if it < warmup:
        return max_lr * it / warmup
    if it >= cosine:
        return min_lr
    progress = (it - warmup) / (cosine - warmup)
    return min_lr + (max_lr - min_lr) * (1 + math.cos(math.pi * progress)) / 2


def linear_schedule(it: int, max_lr: float, min_lr: float, warmup: int, total: int) -> float:
    """Return the rate at step `it`: up in `warmup` steps, then down a straight line until `total`.

    >>> [linear_schedule(it, 1.0, 0.0, warmup=2, total=6) for it in (0, 1, 2, 4, 6, 9)]
    [0.0, 0.5, 1.0, 0.5, 0.0, 0.0]
    """
    if it < warmup:
        return max_lr * it / warmup
    if it >= total:
        return min_lr
    return max_lr + (min_lr - max_lr) * (it - warmup) / (total - warmup)


def wsd_schedule(  # noqa: PLR0917  (the other schedules take theirs by position too)
    it: int, max_lr: float, min_lr: float, warmup: int, decay: int, total: int
) -> float:
    """Return the rate at step `it`: warm-up, stable, decay (Hu et al. 2024, "MiniCPM", section 4).

    The rate stays at `max_lr` until the last `decay` steps of `total`. A run can go on from any
    stable step, so its length need not be chosen in advance. The decay is linear, as in Hägele et
    al. (2024); MiniCPM's is exponential.

    >>> [wsd_schedule(it, 1.0, 0.0, warmup=2, decay=2, total=8) for it in (1, 2, 6, 7, 8)]
    [0.5, 1.0, 1.0, 0.5, 0.0]
    """
    if it < total - decay:
        return max_lr * it / warmup if it < warmup else max_lr
    return linear_schedule(it, max_lr, min_lr, max(warmup, total - decay), total)


def build_schedule(
    name: ScheduleName, max_lr: float, n_steps: int, *, min_lr: float = 0.0, warmup: int = 0
) -> Schedule:
    """Return a schedule over a run of `n_steps` steps; "wsd" decays in the last fifth.

    The steps of a run are 0 to `n_steps` - 1. Here the warm-up ends one step earlier than in the
    functions above, which waste step 0 on a rate of 0.

    Raises `TrainingError` for rates and lengths that contradict each other.
    """
    check_choice("schedule", name, get_args(ScheduleName), error=TrainingError)
    check_number("max_lr", max_lr, above=0, error=TrainingError)
    if not 0 <= min_lr <= max_lr:
        raise TrainingError(f"min_lr is {min_lr}; it must be between 0 and max_lr, {max_lr}")
    if not 0 <= warmup <= n_steps:
        raise TrainingError(
            f"warmup is {warmup:,} steps; it must be between 0 and n_steps, {n_steps:,}"
        )
    rates: dict[ScheduleName, Schedule] = {
        "constant": partial(
            wsd_schedule, max_lr=max_lr, min_lr=max_lr, warmup=warmup, decay=0, total=n_steps
        ),
        "cosine": partial(
            cosine_schedule, max_lr=max_lr, min_lr=min_lr, warmup=warmup, cosine=n_steps
        ),
        "linear": partial(
            linear_schedule, max_lr=max_lr, min_lr=min_lr, warmup=warmup, total=n_steps
        ),
        "wsd": partial(
            wsd_schedule,
            max_lr=max_lr,
            min_lr=min_lr,
            warmup=warmup,
            decay=n_steps // 5,
            total=n_steps,
        ),
    }
    rate = rates[name]
    return lambda it: rate(it + 1)
