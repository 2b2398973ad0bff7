"""Interactive figures: live in a notebook, static on the site. Needs anywidget."""

from cs336_core.widgets.attention_explorer import AttentionExplorer
from cs336_core.widgets.bpe_stepper import BPEStepper
from cs336_core.widgets.bpe_time_machine import BPETimeMachine
from cs336_core.widgets.flash_stepper import FlashStepper
from cs336_core.widgets.flops_explorer import FlopsExplorer
from cs336_core.widgets.playground import Playground
from cs336_core.widgets.roofline import Roofline
from cs336_core.widgets.rotary_dial import RotaryDial
from cs336_core.widgets.trace_viewer import TraceViewer
from cs336_core.widgets.training_calculator import TrainingCalculator

__all__ = [
    "AttentionExplorer",
    "BPEStepper",
    "BPETimeMachine",
    "FlashStepper",
    "FlopsExplorer",
    "Playground",
    "Roofline",
    "RotaryDial",
    "TraceViewer",
    "TrainingCalculator",
]
