"""Training loops: so far one that overfits a single batch."""

from cs336_core.training.overfit import overfit_batch

__all__ = ["overfit_batch"]
