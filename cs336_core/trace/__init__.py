"""Programs as traces: executed step by step, with their variables in view.

    from cs336_core.trace import trace

    recorded = trace(main)

Needs the standard library only.
"""

from cs336_core.trace.errors import DirectiveWarning, Interrupted, TraceError, TraceWarning
from cs336_core.trace.formats.files import dumps, load, loads, save
from cs336_core.trace.lectures.run import trace_lecture
from cs336_core.trace.model import CLEARED, Frame, Place, Step, Trace
from cs336_core.trace.record.function import trace
from cs336_core.trace.record.references import Reference, join
from cs336_core.trace.record.renderings import image, link, note, plot, system_text, text, video

__all__ = [
    "CLEARED",
    "DirectiveWarning",
    "Frame",
    "Interrupted",
    "Place",
    "Reference",
    "Step",
    "Trace",
    "TraceError",
    "TraceWarning",
    "dumps",
    "image",
    "join",
    "link",
    "load",
    "loads",
    "note",
    "plot",
    "save",
    "system_text",
    "text",
    "trace",
    "trace_lecture",
    "video",
]
