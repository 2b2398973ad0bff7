"""The training of the small model: scrub through it, and read any text with each checkpoint."""

from cs336_core.widgets.training_run.widget import TrainingRun

__all__ = ["TrainingRun"]
