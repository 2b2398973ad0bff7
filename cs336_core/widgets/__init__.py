"""Interactive figures: live in a notebook, static on the site. Needs anywidget."""

from cs336_core.widgets.bpe_stepper import BPEStepper

__all__ = ["BPEStepper"]
