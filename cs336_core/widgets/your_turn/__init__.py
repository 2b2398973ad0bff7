"""An exercise in the page: the reader writes a function, and its tests run."""

from cs336_core.widgets.your_turn.widget import YourTurn

__all__ = ["YourTurn"]
