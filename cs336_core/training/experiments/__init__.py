"""Experiments on training: what to choose, and what it changes."""

from cs336_core.training.experiments.coordinates import Coordinate, coordinate_check
from cs336_core.training.experiments.repeated import Repeated, repeated_data
from cs336_core.training.experiments.search import (
    Choice,
    LogUniform,
    Trial,
    random_search,
    successive_halving,
    validation_losses,
)

__all__ = [
    "Choice",
    "Coordinate",
    "LogUniform",
    "Repeated",
    "Trial",
    "coordinate_check",
    "random_search",
    "repeated_data",
    "successive_halving",
    "validation_losses",
]
