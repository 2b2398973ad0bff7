"""Our own file format: JSON that says everything once.

    {"format": "cs336-trace/1", "ending": "finished",
     "files": {"lecture.py": "the source"}, "hidden": {"lecture.py": [7]},
     "links": {"lecture.py": {"14": "lecture.html#line-14"}},
     "paths": ["lecture.py"],
     "frames": [[0, 3, "main"], [0, 9, "compute"]],     path, line, function
     "places": [[-1, 0], [0, 1]],                       the place that called, its frame
     "values": [4, {"type": "tuple", "items": [1, 2]}],
     "renderings": [{"type": "markdown", "data": "**Hello**"}],
     "steps": [0, [1, {"a": 0, "b": -1}, [0], "stdout", "stderr"]]}

A step is its place, what is shown from here on (the number of a value, -1 where it is no longer
shown), renderings, standard output and standard error; what is empty at its end is left out, and a
step that is only a place is that number. Files may have no links.
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
from cs336_core.trace.model import CLEARED, Cleared, Frame, Place, Step, Trace
from cs336_core.trace.record.renderings import Rendering
from cs336_core.trace.record.values import Json

FORMAT = "cs336-trace/1"
_DIGITS = 10  # of a line number, far more than any file needs


def to_compact(trace: Trace) -> dict[str, Json]:
    """Return a trace as what `json.dumps` takes."""
    places, values, shown = _Places(), _Numbers(), _Numbers()
    steps = [_step_to(step, places, values, shown) for step in trace.steps]
    return {
        "format": FORMAT,
        "ending": trace.ending,
        "files": cast(Json, trace.files),
        "hidden": cast(Json, trace.hidden),
        "links": {
            path: {str(line): address for line, address in lines.items()}
            for path, lines in trace.links.items()
        },
        "paths": places.paths.all,
        "frames": places.frames.all,
        "places": places.all,
        "values": values.all,
        "renderings": shown.all,
        "steps": steps,
    }


def _step_to(step: Step, places: _Places, values: _Numbers, shown: _Numbers) -> Json:
    env: dict[str, Json] = {
        name: -1 if isinstance(value, Cleared) else values.of(value)
        for name, value in step.env.items()
    }
    numbers: list[Json] = [shown.of(rendering_to(one)) for one in step.renderings]
    parts: list[Json] = [places.of(step.place), env, numbers, step.stdout, step.stderr]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts[0] if len(parts) == 1 else parts


class _Numbers:
    """Gives each value a number, the same to equal ones."""

    def __init__(self) -> None:
        self.all: list[Json] = []
        self._numbers: dict[str, int] = {}

    def of(self, value: Json) -> int:
        key = json.dumps(value)  # tells 1 from 1.0 and True, which are equal in Python
        number = self._numbers.setdefault(key, len(self.all))
        if number == len(self.all):
            self.all.append(value)
        return number


class _Places:
    """Gives each place a number, and its frame and file; callers come before what they call."""

    def __init__(self) -> None:
        self.all: list[Json] = []
        self.frames, self.paths = _Numbers(), _Numbers()
        self._numbers: dict[int, int] = {}

    def of(self, place: Place) -> int:
        new: list[Place] = []
        caller: Place | None = place
        while caller is not None and id(caller) not in self._numbers:
            new.append(caller)
            caller = caller.caller
        for each in reversed(new):
            called_by = -1 if each.caller is None else self._numbers[id(each.caller)]
            path, line, function = each.frame
            frame = self.frames.of([self.paths.of(path), line, function])
            self._numbers[id(each)] = len(self.all)
            self.all.append([called_by, frame])
        return self._numbers[id(place)]


def from_compact(node: Node) -> Trace:
    """Read what `to_compact` returned; raise `TraceError` where it is something else."""
    trace = Trace()
    trace.ending = ending_from(node["ending"])
    trace.files = files_from(node["files"])
    trace.hidden = hidden_from(node["hidden"])
    if links := node.get("links"):
        trace.links = {path: _links_from(lines) for path, lines in links.entries()}
    paths = [path.text() for path in node["paths"].items()]
    frames = []
    for each in node["frames"].items():
        file, line, function = each.items_of(3)
        frames.append(Frame(file.of(paths), line.integer(), function.text()))
    places: list[Place] = []
    for each in node["places"].items():
        caller, frame = each.items_of(2)
        # A caller comes before what it calls: so no stack goes round in a circle.
        called_by = None if caller.integer() == -1 else caller.of(places)
        places.append(Place(called_by, frame.of(frames)))
    values = [value_from(value) for value in node["values"].items()]
    shown = [rendering_from(each) for each in node["renderings"].items()]
    for each in node["steps"].items():
        trace.steps.append(_step_from(each, places, values, shown))
    return trace


def _links_from(node: Node) -> dict[int, str]:
    links = {}
    for line, address in node.entries():
        if not (line.isascii() and line.isdecimal() and len(line) < _DIGITS):
            raise node.refused("line numbers as its names")
        links[int(line)] = address.text()
    return links


def _step_from(node: Node, places: list[Place], values: list[Json], shown: list[Rendering]) -> Step:
    if isinstance(node.value, int):
        return Step(node.of(places))
    parts = node.items()
    if not 1 <= len(parts) <= 5:
        raise node.refused("a place and up to four other parts")
    step = Step(parts[0].of(places))
    if len(parts) > 1:
        for name, number in parts[1].entries():
            step.env[name] = CLEARED if number.integer() == -1 else number.of(values)
    if len(parts) > 2:
        step.renderings = [number.of(shown) for number in parts[2].items()]
    outputs = [part.text() for part in parts[3:]]
    step.stdout, step.stderr = [*outputs, "", ""][:2]
    return step


def rendering_to(rendering: Rendering) -> dict[str, Json]:
    """Return a rendering without what is empty."""
    return _without_nothing(asdict(rendering))


def _without_nothing(values: dict[str, Json]) -> dict[str, Json]:
    return {
        name: _without_nothing(value)
        if isinstance(value, dict) and name.endswith("_link")
        else value
        for name, value in values.items()
        if value is not None and value is not False and value != {}
    }
