"""Interactive figures: live in a notebook, static on the site. Needs anywidget."""

from cs336_core.viewer.widget import TraceViewer
from cs336_core.widgets.attention_explorer.widget import AttentionExplorer
from cs336_core.widgets.bpe_time_machine.widget import BPETimeMachine
from cs336_core.widgets.flash_stepper.widget import FlashStepper
from cs336_core.widgets.flops_explorer.widget import FlopsExplorer
from cs336_core.widgets.playground.widget import Playground
from cs336_core.widgets.roofline.widget import Roofline
from cs336_core.widgets.rotary_dial.widget import RotaryDial
from cs336_core.widgets.training_calculator.widget import TrainingCalculator

__all__ = [
    "AttentionExplorer",
    "BPETimeMachine",
    "FlashStepper",
    "FlopsExplorer",
    "Playground",
    "Roofline",
    "RotaryDial",
    "TraceViewer",
    "TrainingCalculator",
]
