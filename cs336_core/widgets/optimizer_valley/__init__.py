"""Optimizers that descend a model's loss."""

from cs336_core.widgets.optimizer_valley.widget import OptimizerValley

__all__ = ["OptimizerValley"]
