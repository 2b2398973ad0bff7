"""FlashAttention, tile by tile."""

from cs336_core.widgets.flash_stepper.widget import FlashStepper

__all__ = ["FlashStepper"]
