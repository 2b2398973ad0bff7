"""IsoFLOP curves: one compute budget, spent on models of different sizes."""

from cs336_core.widgets.isoflop.widget import Isoflop

__all__ = ["Isoflop"]
