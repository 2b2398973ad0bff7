"""The schedule of a pipeline: how long stages are idle, and how many microbatches they hold."""

from __future__ import annotations

from typing import Literal, get_args

from cs336_core._shared.validation import check_choice, check_size

Schedule = Literal["gpipe", "1f1b"]


def bubble(stages: int, microbatches: int, chunks: int = 1) -> float:
    """Return the idle time of a stage as a fraction of its computing time.

    (p - 1) / (v m) for p stages, m microbatches and v chunks per stage: Narayanan et al. (2021,
    "Efficient Large-Scale Language Model Training on GPU Clusters Using Megatron-LM", section 2.2).
    GPipe and 1F1B have the same bubble; interleaving with chunks makes it smaller, and sends v
    times as often.

    Raises `AccountingError` for numbers below 1.

    >>> bubble(4, 8), bubble(4, 8, chunks=2)
    (0.375, 0.1875)
    """
    stages, chunks = check_size("stages", stages), check_size("chunks", chunks)
    return (stages - 1) / (chunks * check_size("microbatches", microbatches))


def microbatches_held(
    stages: int, microbatches: int, chunks: int = 1, schedule: Schedule = "1f1b"
) -> float:
    """Return for how many microbatches the first stage holds activations of all its layers.

    GPipe (Huang et al. 2018) runs all forward passes first, so it holds all of them. 1F1B
    alternates, and holds as many as there are stages; interleaved, 1 + (p - 1) / (p v) times as
    many (Korthikanti et al. 2022, section 4.2.3).

    >>> microbatches_held(4, 16), microbatches_held(4, 16, schedule="gpipe")
    (4, 16)
    """
    check_choice("schedule", schedule, get_args(Schedule))
    stages, chunks = check_size("stages", stages), check_size("chunks", chunks)
    microbatches = check_size("microbatches", microbatches)
    if schedule == "gpipe":
        return microbatches
    held = stages if chunks == 1 else stages * (1 + (stages - 1) / (stages * chunks))
    return min(microbatches, held)
