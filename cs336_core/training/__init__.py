"""How a model learns: so far on one small batch, again and again."""

from cs336_core.training.memorize import memorize

__all__ = ["memorize"]
