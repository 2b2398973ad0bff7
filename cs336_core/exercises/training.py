"""Exercises of the lecture on training: a schedule, and clipping, on plain numbers."""

from __future__ import annotations

import math

from cs336_core.exercises.exercise import Case, Exercise
from cs336_core.training import schedules

_START = "The rate is 0 at step 0, and `max_lr` at step `warmup`."
_AFTER = "After step `cosine`, the rate stays at `min_lr`."
_SHORT = "If the norm is at most `max_norm`, the gradients stay as they are."


def clip_gradients(gradients: list[float], max_norm: float) -> list[float]:
    """Return the gradients, scaled so that their norm is at most `max_norm`."""
    norm = math.sqrt(sum(gradient * gradient for gradient in gradients))
    if norm <= max_norm:
        return list(gradients)
    return [gradient * max_norm / norm for gradient in gradients]


def _schedule_case(it: int, *, note: str = "", min_lr: float = 0.0, warmup: int = 4) -> Case:
    """Return a rate on the way up to 1 and down to `min_lr` at step 12."""
    shown = f"{it}, max_lr=1.0, min_lr={min_lr}, warmup={warmup}, cosine=12"
    return Case((it, 1.0, min_lr, warmup, 12), shown, note)


COSINE_SCHEDULE = Exercise(
    name="cosine_schedule",
    task="Compute the learning rate at a step: it rises along a straight line, then falls along "
    "half a cosine.",
    imports="import math",
    start='''\
import math


def cosine_schedule(it, max_lr, min_lr, warmup, cosine):
    """Return the rate at step `it`, counted from 0.

    It rises from 0 to `max_lr` in the first `warmup` steps. Then it falls
    along half a cosine, to `min_lr` at step `cosine`, and stays there.

    >>> cosine_schedule(2, max_lr=1.0, min_lr=0.0, warmup=4, cosine=12)
    0.5
    """
''',
    hints=(
        "There are three cases: before `warmup`, after `cosine`, and between the two.",
        "Between the two, `progress = (it - warmup) / (cosine - warmup)` runs from 0 to 1, and "
        "`math.cos(math.pi * progress)` from 1 to -1.",
        "`(1 + math.cos(math.pi * progress)) / 2` runs from 1 to 0. Multiply it by `max_lr - "
        "min_lr`, and add `min_lr`.",
    ),
    cases=(
        _schedule_case(2, note="The warm-up is a straight line: max_lr · it / warmup."),
        _schedule_case(0, note=_START),
        _schedule_case(4, note=_START),
        _schedule_case(8, note="Halfway down, the rate is the mean of `max_lr` and `min_lr`."),
        _schedule_case(8, min_lr=0.5, note="The cosine ends at `min_lr`, not at 0."),
        _schedule_case(
            6,
            min_lr=0.1,
            note="After a quarter of its steps, the decay is less than a quarter done.",
        ),
        _schedule_case(12, min_lr=0.1, note=_AFTER),
        _schedule_case(40, min_lr=0.1, note=_AFTER),
        _schedule_case(0, warmup=0, note="If `warmup` is 0, do not divide by it."),
    ),
    reference=schedules.cosine_schedule,
    solution=schedules.cosine_schedule,
)

CLIP_GRADIENTS = Exercise(
    name="clip_gradients",
    task="Scale gradients down so that their norm, the square root of the sum of their squares, "
    "is at most `max_norm`.",
    imports="import math",
    start='''\
import math


def clip_gradients(gradients, max_norm):
    """Return a list of the gradients, scaled by one factor if the norm is too large.

    >>> clip_gradients([3.0, 4.0], max_norm=2.5)
    [1.5, 2.0]
    """
''',
    hints=(
        "Compute the norm first: add up the squares, then take `math.sqrt` of the sum.",
        "If the norm is at most `max_norm`, return the gradients as they are.",
        "If not, multiply each gradient by `max_norm / norm`.",
    ),
    cases=(
        Case(([3.0, 4.0], 2.5), note="Their norm is 5, so each is halved."),
        Case(([0.3, -0.4], 1.0), note=_SHORT),
        Case(([3.0, 4.0], 5.0), note=_SHORT),
        Case(([-6.0, 8.0], 5.0), note="A norm is never negative; the gradients keep their signs."),
        Case(([0.5, 0.0, 8.0, 0.0], 1.0), note="The same factor for all keeps the direction."),
        Case(([0.0, 0.0], 1.0), note="The norm can be 0; do not divide by it then."),
    ),
    reference=clip_gradients,
    solution=clip_gradients,
)

ALL = (COSINE_SCHEDULE, CLIP_GRADIENTS)
