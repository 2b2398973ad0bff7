"""Records programs as traces, to be stepped through with their variables in view.

    from cs336_core.trace import save, trace

    save(trace(main), "main.trace.json")

`record` runs a program and records it, `lectures` does so for lectures and notebook cells,
`formats` reads and writes trace files, `commands` is the command line. `model.py` is the data they
share: read it first. Needs only the standard library.
"""

from cs336_core.trace.errors import DirectiveWarning, Interrupted, TraceError, TraceWarning
from cs336_core.trace.formats.files import dumps, load, loads, save
from cs336_core.trace.lectures.run import trace_lecture
from cs336_core.trace.model import CLEARED, CallStack, Frame, Step, Trace
from cs336_core.trace.record.function import trace
from cs336_core.trace.record.graphs import graph, make_graph
from cs336_core.trace.record.renderings import (
    image,
    link,
    note,
    plot,
    system_text,
    text,
    url_reference,
    video,
)
from cs336_core.trace.references import Reference, join

__all__ = [
    "CLEARED",
    "CallStack",
    "DirectiveWarning",
    "Frame",
    "Interrupted",
    "Reference",
    "Step",
    "Trace",
    "TraceError",
    "TraceWarning",
    "dumps",
    "graph",
    "image",
    "join",
    "link",
    "load",
    "loads",
    "make_graph",
    "note",
    "plot",
    "save",
    "system_text",
    "text",
    "trace",
    "trace_lecture",
    "url_reference",
    "video",
]
