"""The paths of optimizers on the map of a loss."""

from __future__ import annotations

from typing import Any, get_args

import torch

from cs336_core.training.landscape import Method
from cs336_core.widgets import OptimizerValley


def golden_landscape() -> list[dict[str, Any]]:
    """Return the paths of each optimizer on a rough map: to its end, and off its edge."""
    losses = torch.rand(7, 7, generator=torch.Generator().manual_seed(0)).tolist()
    cases = []
    for lr, momentum, x in ((0.05, 0.9, 0.3), (1.5, 0.5, 1.9)):
        valley = OptimizerValley(losses, low=-1, high=2, lr=lr, momentum=momentum, x=x, y=0.5)
        state = {name: getattr(valley, name) for name in ("losses", "low", "high", "x", "y")}
        for method in get_args(Method):
            # Machines differ in the last digits.
            path = [[round(number, 9) for number in point] for point in valley.path(method)]
            settings = {"rate": lr, "momentum": momentum, "method": method}
            cases.append(state | settings | {"path": path})
    return cases
