"""Abilities that emerge with scale, and how the choice of metric makes them seem sudden."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from cs336_core._shared.data_files import data_table

_TOY_START: Final = 1e18  # FLOPs


@dataclass(frozen=True)
class Ability:
    """A task or a prompting or training method, and the smallest model with the ability.

    A model has the ability if it beats chance at the task, or improves with the method.

    Attributes:
        name: the task or the method.
        train_flops: the training compute of that model.
        params: its parameters, as the paper writes them.
        model: its family.

    """

    name: str
    train_flops: float
    params: str
    model: str


@dataclass(frozen=True)
class Score:
    """The score of one model on one task.

    Attributes:
        task: the task and its metric.
        model: the model's family.
        train_flops: its training compute.
        percent: its score.

    """

    task: str
    model: str
    train_flops: float
    percent: float


def emergent_abilities() -> list[Ability]:
    """Return table 1 of Wei et al. (2022, "Emergent Abilities of Large Language Models").

    >>> min(emergent_abilities(), key=lambda ability: ability.train_flops).params
    '40M'
    """
    return [
        Ability(row["ability"], float(row["train_flops"]), row["params"], row["model"])
        for row in data_table("cs336_core.scaling", "emergent_abilities.csv")
    ]


def emergence_scores() -> list[Score]:
    """Return four panels of figure 2 of the same paper, digitized from the image.

    Scores are accurate to half a percentage point, compute to 7 %. Markers hidden by others are
    missing.

    >>> max(score.percent for score in emergence_scores())
    67.5
    """
    return [
        Score(
            row["metric"], row["family"], 10 ** float(row["log10_train_flops"]),
            float(row["value_pct"]),
        )
        for row in data_table("cs336_core.scaling", "emergence_scores.csv")
    ]  # fmt: skip


def exact_match(p: float, length: int) -> float:
    """Return the probability that all `length` tokens are correct, each with probability `p`.

    The toy model of Schaeffer et al. (2023, "Are Emergent Abilities of Large Language Models a
    Mirage?"), which assumes independent errors. Raises `ValueError` for a `p` outside of [0, 1].

    >>> [f"{exact_match(p, 10):.3f}" for p in (0.5, 0.9, 0.99)]
    ['0.001', '0.349', '0.904']
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p is {p}; a probability must be between 0 and 1")
    return p**length


def toy_accuracy(train_flops: float) -> float:
    """Return how often the toy model of the overview gets one token right.

    Its errors start at 90 % with 1e18 FLOPs and halve with every tenfold increase in compute: a
    model that improves as steadily as possible. Raises `ValueError` unless `train_flops` is at
    least 1e18.

    >>> [round(toy_accuracy(flops), 3) for flops in (1e18, 1e19, 1e22)]
    [0.1, 0.55, 0.944]
    """
    if not train_flops >= _TOY_START:
        raise ValueError(f"train_flops is {train_flops:g}; the toy model starts at {_TOY_START:g}")
    return float(1 - 0.9 / 2 ** math.log10(train_flops / _TOY_START))
