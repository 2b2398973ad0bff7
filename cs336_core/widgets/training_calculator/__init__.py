"""What it takes to train a model: FLOPs, time, memory."""

from cs336_core.widgets.training_calculator.widget import TrainingCalculator

__all__ = ["TrainingCalculator"]
