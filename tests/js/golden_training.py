"""Where optimizers walk on a map of a loss."""

from __future__ import annotations

from typing import Any, get_args

import torch

from cs336_core.training.landscape import Walker
from cs336_core.widgets import OptimizerValley


def golden_landscape() -> list[dict[str, Any]]:
    """Return the walks of each optimizer on a rough map: to its end, and off its edge."""
    losses = torch.rand(7, 7, generator=torch.Generator().manual_seed(0)).tolist()
    cases = []
    for lr, momentum, x in ((0.05, 0.9, 0.3), (1.5, 0.5, 1.9)):
        valley = OptimizerValley(losses, low=-1, high=2, lr=lr, momentum=momentum, x=x, y=0.5)
        state = {name: getattr(valley, name) for name in ("losses", "low", "high", "x", "y")}
        for walker in get_args(Walker):
            # Machines differ in the last digits.
            walk = [[round(number, 9) for number in place] for place in valley.walk(walker)]
            settings = {"rate": lr, "momentum": momentum, "walker": walker}
            cases.append(state | settings | {"walk": walk})
    return cases
