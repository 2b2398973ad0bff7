"""Published runs and optima, to fit and to compare with."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cs336_core._shared.data_files import data_table, data_text
from cs336_core.accounting.papers import training_tokens


@dataclass(frozen=True)
class Run:
    """A model trained with a compute budget: its parameters and final loss."""

    flops: float
    params: float
    loss: float

    @property
    def tokens(self) -> float:
        """The training tokens that the budget allows, by C = 6 N D."""
        return training_tokens(self.flops, self.params)


def isoflop_runs() -> list[Run]:
    """Return 72 runs with nine budgets, from the scaling assignment of CS336.

    The file is `data/isoflops_curves.json` of stanford-cs336/assignment3-scaling (MIT license). Its
    losses are smooth; they were probably generated for the assignment, not measured.

    >>> runs = isoflop_runs()
    >>> len(runs), sorted({run.flops for run in runs})[:3]
    (72, [6e+18, 1e+19, 3e+19])
    """
    runs = json.loads(data_text("cs336_core.scaling", "isoflop_runs.json"))
    return [Run(run["compute_budget"], run["parameters"], run["final_loss"]) for run in runs]


def chinchilla_optima() -> list[tuple[float, float, float]]:
    """Return (parameters, FLOPs, tokens) of compute-optimal training for each model size.

    Hoffmann et al. (2022), table A3, the second approach, which fits IsoFLOP curves of real runs.

    >>> params, flops, tokens = chinchilla_optima()[3]
    >>> f"{params:.0f} parameters, {tokens:.1e} tokens, {flops:.2e} FLOPs"
    '67000000000 parameters, 1.7e+12 tokens, 6.88e+23 FLOPs'
    """
    table = data_table("cs336_core.scaling", "chinchilla_isoflop.csv")
    return [(float(row["params"]), float(row["flops"]), float(row["tokens"])) for row in table]
