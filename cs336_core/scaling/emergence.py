"""Abilities that appear with scale, and what the way of measuring has to do with it."""

from __future__ import annotations

from dataclasses import dataclass

from cs336_core._shared.data_files import data_table


@dataclass(frozen=True)
class Ability:
    """A task, or a way of prompting or training, and the smallest model that gains by it.

    To gain is to do a task better than by chance, or better than without that way.

    Attributes:
        name: the task, or the way.
        train_flops: with how much compute that model was trained.
        params: its parameters, as the paper writes them.
        model: its family.

    """

    name: str
    train_flops: float
    params: str
    model: str


@dataclass(frozen=True)
class Score:
    """What one model reached on one task.

    Attributes:
        task: the task and its metric.
        model: the model's family.
        train_flops: with how much compute it was trained.
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
    """Return four panels of figure 2 of the same paper, read off the picture.

    They are right to half a percentage point and 7 % of compute. Markers that lie under others are
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
    """Return the chance that all of `length` tokens are right, each with chance `p`.

    The toy of Schaeffer et al. (2023, "Are Emergent Abilities of Large Language Models a Mirage?"):
    it takes errors to be independent. Raises `ValueError` for a `p` that is no chance.

    >>> [f"{exact_match(p, 10):.3f}" for p in (0.5, 0.9, 0.99)]
    ['0.001', '0.349', '0.904']
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p is {p}; a chance is between 0 and 1")
    return p**length
