"""Training runs: a configuration, its events, and a folder with everything to continue it."""

from cs336_core.training.runs.config import TrainingConfig
from cs336_core.training.runs.events import (
    Evaluation,
    Finished,
    RunEvent,
    Saved,
    Started,
)
from cs336_core.training.runs.run import resume, train

__all__ = [
    "Evaluation",
    "Finished",
    "RunEvent",
    "Saved",
    "Started",
    "TrainingConfig",
    "resume",
    "train",
]
