"""Interactive figures: live in a notebook, static on the site. Needs anywidget."""

from cs336_core.widgets.bpe_stepper import BPEStepper
from cs336_core.widgets.bpe_time_machine import BPETimeMachine
from cs336_core.widgets.playground import Playground
from cs336_core.widgets.trace_viewer import TraceViewer

__all__ = ["BPEStepper", "BPETimeMachine", "Playground", "TraceViewer"]
