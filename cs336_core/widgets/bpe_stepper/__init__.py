"""BPE on one text, merge by merge."""

from cs336_core.widgets.bpe_stepper.widget import BPEStepper

__all__ = ["BPEStepper"]
