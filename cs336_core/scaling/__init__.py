"""Scaling laws: the best model size for a compute budget, and the loss to expect.

The fits of IsoFLOP curves need numpy, everything else the standard library only. Data from papers
is in `data/`; the functions that read it cite the sources.
"""

from typing import TYPE_CHECKING

from cs336_core._shared.lazy_names import lazy_names
from cs336_core.scaling.emergence import (
    Ability,
    Score,
    emergence_scores,
    emergent_abilities,
    exact_match,
    toy_accuracy,
)
from cs336_core.scaling.parametric import BESIROGLU, HOFFMANN, Optimum, ParametricLoss
from cs336_core.scaling.runs import Run, chinchilla_optima, isoflop_runs

if TYPE_CHECKING:
    from cs336_core.scaling.isoflop import PowerLaw, Valley, fit_power_law, fit_valleys

_NEED_PACKAGES = {"isoflop": ["PowerLaw", "Valley", "fit_power_law", "fit_valleys"]}

__all__ = [
    "BESIROGLU",
    "HOFFMANN",
    "Ability",
    "Optimum",
    "ParametricLoss",
    "PowerLaw",
    "Run",
    "Score",
    "Valley",
    "chinchilla_optima",
    "emergence_scores",
    "emergent_abilities",
    "exact_match",
    "fit_power_law",
    "fit_valleys",
    "isoflop_runs",
    "toy_accuracy",
]

__getattr__ = lazy_names(__name__, _NEED_PACKAGES)
