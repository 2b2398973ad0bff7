"""Runs and optima that others have published, to fit and to compare with."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from importlib.resources import files

from cs336_core.scaling.compute import training_tokens


@dataclass(frozen=True)
class Run:
    """One model trained with a budget: its parameters, and the loss that it reached."""

    flops: float
    params: float
    loss: float

    @property
    def tokens(self) -> float:
        """The tokens that the budget allows, by C = 6 N D."""
        return training_tokens(self.flops, self.params)


def isoflop_runs() -> list[Run]:
    """Return 72 runs with nine budgets, from the scaling assignment of CS336.

    The file is `data/isoflops_curves.json` of stanford-cs336/assignment3-scaling (MIT licence). Its
    losses are smooth; they were probably computed for practice, not measured.

    >>> runs = isoflop_runs()
    >>> len(runs), sorted({run.flops for run in runs})[:3]
    (72, [6e+18, 1e+19, 3e+19])
    """
    found = json.loads(_text("isoflop_runs.json"))
    return [Run(run["compute_budget"], run["parameters"], run["final_loss"]) for run in found]


def chinchilla_optima() -> list[tuple[float, float, float]]:
    """Return (parameters, FLOPs, tokens): with what each size of model is trained best.

    Hoffmann et al. (2022), table A3, the second approach, which fits IsoFLOP curves of real runs.

    >>> params, flops, tokens = chinchilla_optima()[3]
    >>> f"{params:.0f} parameters, {tokens:.1e} tokens, {flops:.2e} FLOPs"
    '67000000000 parameters, 1.7e+12 tokens, 6.88e+23 FLOPs'
    """
    table = csv.DictReader(_text("chinchilla_isoflop.csv").splitlines())
    return [(float(row["params"]), float(row["flops"]), float(row["tokens"])) for row in table]


def _text(name: str) -> str:
    return files("cs336_core.scaling").joinpath("data", name).read_text("utf-8")
