"""Rotary position embeddings as turning arrows."""

from cs336_core.widgets.rotary_dial.widget import RotaryDial

__all__ = ["RotaryDial"]
