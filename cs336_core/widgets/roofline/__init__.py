"""Which operations are bound by compute, and which by memory."""

from cs336_core.widgets.roofline.widget import Roofline

__all__ = ["Roofline"]
