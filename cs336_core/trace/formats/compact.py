"""Our own file format: JSON that stores every distinct frame, value and rendering once.

    {"format": "cs336-trace/2", "ending": "finished",
     "files": {"lecture.py": "the source"}, "hidden": {"lecture.py": [7]},
     "links": {"lecture.py": {"14": "lecture.html#line-14"}},
     "paths": ["lecture.py"],
     "frames": [[0, 3, "main"], [0, 9, "compute"]],     path, line, function
     "places": [[-1, 0], [0, 1]],                       call stacks: the caller's, the frame
     "values": [4, {"type": "tuple", "items": [1, 2]}],
     "renderings": [{"type": "markdown", "data": "**Hello**"}],
     "calls": [[0, 0, -1], [1, 1, 0]],                  first step, call, caller
     "steps": [0, [1, {"a": 0, "b": -1}, [0], "stdout", "stderr", {"return": 0}]]}

Everything refers to everything else by index. A step is its call stack ("place"), its variables
(the index of a value, or -1 if the variable is no longer shown), renderings, standard output,
standard error, and an object with any of

- "return", "yield": the index of the value;
- "raise": the type and the message of an exception;
- "outer": the number of another call -> its variables that have changed;
- "same": groups of names that refer to one object.

Empty parts at the end are omitted, and a step with a call stack alone is just that index. "calls"
has a row wherever the call of the steps changes; -1 is none. "links" is optional, and so is
"incomplete", a sentence on what the trace lacks. Files of version 1 lack "calls" and the last part
of a step.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import cast

from cs336_core.trace.formats.checks import (
    Node,
    ending_from,
    files_from,
    hidden_from,
    rendering_from,
    value_from,
)
from cs336_core.trace.formats.details import add_details, details_to, number_from
from cs336_core.trace.json_values import Json
from cs336_core.trace.model import CLEARED, CallStack, Cleared, Frame, Rendering, Step, Trace

FORMAT = "cs336-trace/2"
FORMATS = (FORMAT, "cs336-trace/1")  # that we read
_MAX_LINE_DIGITS = 9  # far more than any file needs


def to_compact(trace: Trace) -> dict[str, Json]:
    """Convert a trace to an object for `json.dumps`."""
    stacks, values, renderings = _StackTable(), _Table(), _Table()
    steps = [_step_to(step, stacks, values, renderings) for step in trace.steps]
    return {
        "format": FORMAT,
        "ending": trace.ending,
        **({"incomplete": trace.incomplete} if trace.incomplete else {}),
        "files": cast(Json, trace.files),
        "hidden": cast(Json, trace.hidden),
        "links": {
            path: {str(line): address for line, address in lines.items()}
            for path, lines in trace.links.items()
        },
        "paths": stacks.paths.rows,
        "frames": stacks.frames.rows,
        "places": stacks.rows,
        "values": values.rows,
        "renderings": renderings.rows,
        "calls": _calls_to(trace),
        "steps": steps,
    }


def _calls_to(trace: Trace) -> list[Json]:
    """Return a row for each step whose call differs from that of the step before."""
    rows: list[Json] = []
    last: tuple[int | None, int | None] = (None, None)
    for i, step in enumerate(trace.steps):
        if (step.call, step.caller) != last:
            last = step.call, step.caller
            rows.append([i, *(-1 if number is None else number for number in last)])
    return rows


def _step_to(step: Step, stacks: _StackTable, values: _Table, renderings: _Table) -> Json:
    def index(value: Json | Cleared) -> int:
        return -1 if isinstance(value, Cleared) else values.index(value)

    env: dict[str, Json] = {name: index(value) for name, value in step.env.items()}
    shown: list[Json] = [renderings.index(rendering_to(item)) for item in step.renderings]
    details = details_to(step, index)
    parts: list[Json] = [stacks.index(step.stack), env, shown, step.stdout, step.stderr, details]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts[0] if len(parts) == 1 else parts


class _Table:
    """Interns values: equal ones share an index."""

    def __init__(self) -> None:
        self.rows: list[Json] = []
        self._indices: dict[str, int] = {}

    def index(self, value: Json) -> int:
        key = json.dumps(value)  # keeps 1, 1.0 and True apart, which are equal in Python
        index = self._indices.setdefault(key, len(self.rows))
        if index == len(self.rows):
            self.rows.append(value)
        return index


class _StackTable:
    """Interns call stacks with their frames and files; a caller precedes what it calls."""

    def __init__(self) -> None:
        self.rows: list[Json] = []
        self.frames, self.paths = _Table(), _Table()
        self._indices: dict[int, int] = {}

    def index(self, stack: CallStack) -> int:
        new: list[CallStack] = []
        outer: CallStack | None = stack
        while outer is not None and id(outer) not in self._indices:
            new.append(outer)
            outer = outer.caller
        for inner in reversed(new):
            caller = -1 if inner.caller is None else self._indices[id(inner.caller)]
            path, line, function = inner.frame
            frame = self.frames.index([self.paths.index(path), line, function])
            self._indices[id(inner)] = len(self.rows)
            self.rows.append([caller, frame])
        return self._indices[id(stack)]


def from_compact(node: Node) -> Trace:
    """Read the output of `to_compact`; raise `TraceError` for anything else."""
    trace = Trace()
    trace.ending = ending_from(node["ending"])
    if incomplete := node.get("incomplete"):
        trace.incomplete = incomplete.string()
    trace.files = files_from(node["files"])
    trace.hidden = hidden_from(node["hidden"])
    if links := node.get("links"):
        trace.links = {path: _links_from(lines) for path, lines in links.entries()}
    paths = [path.string() for path in node["paths"].items()]
    frames = []
    for row in node["frames"].items():
        path, line, function = row.exactly(3)
        frames.append(Frame(path.index_into(paths), line.integer(), function.string()))
    stacks: list[CallStack] = []
    for row in node["places"].items():
        caller, frame = row.exactly(2)
        # A caller must precede what it calls, so no stack can contain itself.
        outer = None if caller.integer() == -1 else caller.index_into(stacks)
        stacks.append(CallStack(outer, frame.index_into(frames)))
    values = [value_from(value) for value in node["values"].items()]
    renderings = [rendering_from(rendering) for rendering in node["renderings"].items()]
    for step in node["steps"].items():
        trace.steps.append(_step_from(step, stacks, values, renderings))
    if calls := node.get("calls"):
        _add_calls(trace.steps, calls)
    return trace


def _add_calls(steps: list[Step], node: Node) -> None:
    """Read which call each step belongs to: that of the last row up to the step."""
    rows: dict[int, tuple[int | None, int | None]] = {}
    for row in node.items():
        first, call, caller = row.exactly(3)
        rows[first.integer()] = number_from(call), number_from(caller)
    numbers: tuple[int | None, int | None] = None, None
    for i, step in enumerate(steps):
        numbers = step.call, step.caller = rows.get(i, numbers)


def _links_from(node: Node) -> dict[int, str]:
    links = {}
    for line, address in node.entries():
        if not (line.isascii() and line.isdecimal() and len(line) <= _MAX_LINE_DIGITS):
            raise node.error("line numbers as keys")
        links[int(line)] = address.string()
    return links


def _step_from(
    node: Node, stacks: list[CallStack], values: list[Json], renderings: list[Rendering]
) -> Step:
    if isinstance(node.value, int):
        return Step(node.index_into(stacks))
    parts = node.items()
    if not 1 <= len(parts) <= 6:
        raise node.error("a list of 1 to 6 items")
    step = Step(parts[0].index_into(stacks))

    def value_at(index: Node) -> Json | Cleared:
        return CLEARED if index.integer() == -1 else index.index_into(values)

    if len(parts) > 1:
        step.env = {name: value_at(index) for name, index in parts[1].entries()}
    if len(parts) > 2:
        step.renderings = [index.index_into(renderings) for index in parts[2].items()]
    outputs = [part.string() for part in parts[3:5]]
    step.stdout, step.stderr = [*outputs, "", ""][:2]
    if len(parts) > 5:
        add_details(step, parts[5], value_at)
    return step


def rendering_to(rendering: Rendering) -> dict[str, Json]:
    """Convert a rendering, omitting empty members."""
    return _without_empty(asdict(rendering))


def _without_empty(values: dict[str, Json]) -> dict[str, Json]:
    return {
        name: _without_empty(value) if isinstance(value, dict) and name.endswith("_link") else value
        for name, value in values.items()
        if value is not None and value is not False and value != {}
    }
