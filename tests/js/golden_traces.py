"""Trace files of every format, and the traces that Python reads from them."""

from __future__ import annotations

import json
import math
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from cs336_core.trace import (
    CLEARED,
    CallStack,
    Frame,
    Reference,
    Step,
    Trace,
    TraceError,
    dumps,
    loads,
)
from cs336_core.trace.json_values import Json
from cs336_core.trace.model import (
    Cleared,
    CodeLocation,
    Event,
    Raised,
    Rendering,
    Returned,
    Yielded,
)
from cs336_core.trace.record.values import record_value

SOURCE = 'def main():\n    x = 1  # @inspect x\n    text("猫 $x^2$")\n'


@dataclass
class Point:
    x: float
    names: dict[str, object]


class Broken(Mapping[str, int]):
    def __getitem__(self, key: str) -> int:
        raise ValueError("no items")

    def __iter__(self) -> Iterator[str]:
        return iter("a")

    def __len__(self) -> int:
        return 1


def values() -> dict[str, object]:
    """Return a value of every kind."""
    circle: list[object] = [1]
    circle.append(circle)
    return {
        "none": None,
        "yes": True,
        "zero": 0,
        "minus_zero": -0.0,
        "negative": -7,
        "exact": 2**53,
        "large": 2**53 + 1,
        "third": 1 / 3,
        "tiny": 5e-324,
        "vast": 1e300,
        "nan": math.nan,
        "text": "“é”\n\t\\猫🐈\u2028\x00",
        "bytes": b"\x00\xff",
        "list": [1, [2.5, "a"], []],
        "tuple": (1, (2,)),
        "set": {3, 1, 2},
        "deque": deque([1, 2]),
        "range": range(3),
        "dict": {"b": 1, 2: None, (3, "c"): [4]},
        "counter": Counter("abracadabra"),
        "point": Point(0.5, {"a": {"b": ()}}),
        "array": np.array([[1.5, math.nan], [-math.inf, 0]]),
        "scalar": np.float32(2.5),
        "texts": np.array([["a", "nan"]]),
        "objects": np.array(["a", None, {1: (2,)}], dtype=object),
        "complex": np.array([1j]),
        "empty": np.zeros((0, 2), dtype=np.int64),
        "circle": circle,
        "broken": Broken(),
        "type": Point,
        "many": list(range(201)),
        "": "a variable without a name",
        "__proto__": {"__proto__": 1},
        "constructor": Point(1, {"__proto__": 2}),
    }


RENDERINGS = [
    Rendering("markdown", "**Bold** $x^2$ <b>猫</b>", {"color": "red", "fontSize": 1.5}),
    Rendering("markdown", ""),
    Rendering("image", "data:image/gif;base64,", {"width": 20}),
    Rendering("video", "a.mp4", animate=True),
    Rendering(
        "link",
        "[V+ 2017]",
        external_link=Reference(
            "Attention", ["A Vaswani", "N Shazeer"], "Google", "2017", "a.b", "What it says", "n"
        ),
    ),
    Rendering("link", "f", internal_link=CodeLocation("a.py", 2)),
    Rendering("plot", {"mark": "bar", "data": {"values": [{"a": 1, "b": None}]}}),
    Rendering("graph", {"nodes": ["a"], "edges": [["a", "a"]]}),
    Rendering("note", "remember"),
]


def everything() -> Trace:
    """Return a trace with every kind of value and rendering."""
    main = CallStack(None, Frame("a.py", 1, "main"))
    inner = CallStack(main, Frame("b/é.py", 7, "<listcomp>"))
    again = CallStack(inner, Frame("b/é.py", 7, "<listcomp>"))
    shown: dict[str, Any] = {name: record_value(value) for name, value in values().items()}
    shown["noted"] = {**shown["scalar"], "notes": ["device='cuda:0'", "requires_grad=True"]}
    return Trace(
        {"a.py": SOURCE, "b/é.py": "", "constructor": "\r\n"},
        {"a.py": [2, 3], "b/é.py": []},
        [
            Step(main, call=0),
            Step(inner, shown, call=1, caller=0, event=Yielded({"type": "tuple", "items": [1]})),
            Step(
                again,
                {"list": CLEARED, "none": [1, 2]},
                RENDERINGS,
                "out\n",
                call=2,
                caller=1,
                event=Returned(None),
                outer={0: {"total": 3, "gone": CLEARED}, 1: {"rows": [[1]]}},
                same=[["0:rows[0]", "1:first"]],
            ),
            Step(
                inner,
                {},
                RENDERINGS[:1],
                "",
                "Traceback\n",
                call=1,
                caller=0,
                event=Raised("m.Error", "“no”"),
            ),
            Step(main, {"text": CLEARED}, same=[]),
        ],
        "raised",
        {"a.py": {1: "lectures/a.html#line-1", 30: "b.html"}},
        "The trace lacks the deepest calls.",
    )


def version_1() -> dict[str, Json]:
    """Return a file in version 1 of our format."""
    step: list[Json] = [1, {"a": 0, "b": -1}, [0], "out", "err"]
    return {
        "format": "cs336-trace/1",
        "ending": "finished",
        "files": {"a.py": SOURCE},
        "hidden": {"a.py": [3]},
        "paths": ["a.py"],
        "frames": [[0, 1, "main"], [0, 2, "main"]],
        "places": [[-1, 0], [-1, 1]],
        "values": [{"type": "tuple", "items": [1, 2]}],
        "renderings": [{"type": "markdown", "data": "**Hello**"}],
        "steps": [0, step],
    }


def of_edtrace() -> dict[str, Json]:
    """Return a file as edtrace itself writes it."""
    none: dict[str, Json] = {"dtype": None, "shape": None}
    tensor: dict[str, Json] = {"type": "torch.Tensor", "dtype": "torch.float32"}
    number = {"type": "int", "contents": 4} | none
    link = {"type": "link", "data": "[V+ 2017]", "style": {}, "animate": False}
    reference: dict[str, Json] = {"title": "T", "authors": ["V"], "url": "a.b", "date": None}
    frame = {"path": "a.py", "line_number": 2, "function_name": "main", "code": "x = 1"}
    env: dict[str, Json] = {
        "bool": {"type": "bool", "contents": True} | none,
        "int": number,
        "float": {"type": "float", "contents": 0.1} | none,
        "str": {"type": "str", "contents": "猫"} | none,
        "nan": {"type": "float", "contents": "nan"} | none,
        "none": {"type": "NoneType", "contents": "None"} | none,
        "numpy": {"type": "numpy.float64", "contents": 1.5e-7} | none,
        "integer": {"type": "numpy.int64", "contents": -3} | none,
        "truth": {"type": "sympy.core.true", "contents": True} | none,
        "nothing": {"type": "a.Nothing", "contents": None} | none,
        "lacking": {"type": "a.Nothing"},
        "list": {"type": "list", "contents": [number, {"type": "list", "contents": []} | none]},
        "tuple": {"type": "tuple", "contents": [number]} | none,
        "bytes": {"type": "bytes", "contents": repr(b"\x00\xe9\t'\\x41")} | none,
        "bytearray": {"type": "bytearray", "contents": repr(bytearray(b"\"'"))} | none,
        "not_bytes": {"type": "bytes", "contents": "b'"} | none,
        "dict": {"type": "dict", "contents": {"b": number, "a": number, "__proto__": number}},
        "counter": {"type": "collections.Counter", "contents": {}} | none,
        "node": {"type": "m.Node", "contents": {"a": number, "__proto__": number}} | none,
        "tensor": tensor | {"contents": [[1.5, -2]], "shape": [1, 2]},
        "scalar": tensor | {"contents": 2.5, "shape": []},
        "texts": {"type": "numpy.ndarray", "dtype": "<U1", "shape": [1], "contents": ["a"]},
        "nested": tensor | {"contents": None, "shape": [2, -1]},
        "shapeless": {"type": "a.Array", "dtype": "int8", "contents": None},
        "recorded": {"type": "set", "recorded": {"type": "set", "items": [1]}},
        "recorded_none": {"type": "x", "recorded": None},
        "gone": None,
    }
    shown: list[Json] = [
        {**link, "external_link": reference, "internal_link": None},
        {**link, "internal_link": {"path": "a.py", "line_number": 2}, "animate": True},
        {"type": "markdown", "data": "**a**", "style": {"width": "50%"}},
    ]
    return {
        "files": {"a.py": SOURCE},
        "hidden_line_numbers": {"a.py": [3]},
        "steps": [
            {"stack": [frame], "env": env, "renderings": shown},
            {"stack": [frame, frame], "env": {}, "renderings": shown[2:]},
            {"stack": [frame, frame], "env": {}, "renderings": []},
        ],
    }


def of_2025() -> dict[str, Json]:
    """Return a file as the course's 2025 lectures have them."""
    frame = {"path": "a.py", "line_number": 2, "function_name": "main", "code": "x = 1"}
    env: dict[str, Json] = {
        "x": 4,
        "half": 0.5,
        "list": [1, [True, "b"]],
        "dict": {"a": [1, {}], "type": "b", "__proto__": 1},
        "gone": None,
    }
    shown: list[Json] = [
        {"type": "image", "data": "a.png", "style": {"width": 500}, "external_link": None}
    ]
    return {
        "files": {"a.py": SOURCE},
        "steps": [
            {"stack": [frame], "env": env, "renderings": shown, "stdout": "out", "stderr": "err"},
            {"stack": [{**frame, "path": "b.py"}, frame], "env": {}, "renderings": []},
        ],
    }


def golden_traces() -> list[dict[str, Any]]:
    """Return trace files and their contents."""
    trace = everything()
    forms: list[Literal["cs336", "edtrace"]] = ["cs336", "edtrace"]
    texts = [dumps(trace, form) for form in forms]
    texts += [dumps(Trace(), form) for form in forms]
    older = json.loads(texts[0])
    del older["links"]
    texts += [json.dumps(file) for file in [older, version_1(), of_edtrace(), of_2025()]]
    return [{"text": text, "trace": to_json(loads(text))} for text in texts]


def to_json(trace: Trace) -> dict[str, Any]:
    """Return a trace as JSON, with ordered mappings as pairs."""
    return {
        "files": list(trace.files.items()),
        "hidden": list(trace.hidden.items()),
        "links": [[path, list(lines.items())] for path, lines in trace.links.items()],
        "ending": trace.ending,
        "incomplete": trace.incomplete,
        "steps": [
            {
                "stack": step.stack.frames(),
                "env": changes_to_json(step.env),
                "renderings": [shown(rendering) for rendering in step.renderings],
                "stdout": step.stdout,
                "stderr": step.stderr,
                "call": step.call,
                "caller": step.caller,
                "event": event_to_json(step.event),
                "outer": [[call, changes_to_json(changes)] for call, changes in step.outer.items()],
                "same": step.same,
            }
            for step in trace
        ],
    }


def changes_to_json(changes: dict[str, Json | Cleared]) -> list[list[Json]]:
    """Return variables and their values; one that is no longer shown has none."""
    return [
        [name] if isinstance(value, Cleared) else [name, value] for name, value in changes.items()
    ]


def event_to_json(event: Event | None) -> dict[str, Json] | None:
    """Return an event as the viewer stores it."""
    match event:
        case Returned(value):
            return {"kind": "return", "value": value}
        case Yielded(value):
            return {"kind": "yield", "value": value}
        case Raised(kind, message):
            return {"kind": "raise", "type": kind, "message": message}
    return None


def shown(rendering: Rendering) -> dict[str, Any]:
    """Return a rendering as the viewer stores it."""
    external, internal = rendering.external_link, rendering.internal_link
    known = asdict(external) if external else {}
    return {
        "type": rendering.type,
        "data": rendering.data,
        "style": rendering.style,
        "external": {name: value for name, value in known.items() if value is not None}
        if external
        else None,
        "internal": {"path": internal.path, "line": internal.line_number} if internal else None,
        "animate": rendering.animate,
    }


CHANGES: list[dict[str, Json]] = [
    {"steps": {}},
    {"steps": [10**6]},
    {"steps": [-1]},
    {"steps": ["0"]},
    {"steps": [[]]},
    {"steps": [[0, {}, [], "", "", ""]]},
    {"steps": [[0, {}, [], "", "", {}, 0]]},
    {"steps": [[0, {}, [], "", "", {"return": 99}]]},
    {"steps": [[0, {}, [], "", "", {"yield": -1}]]},
    {"steps": [[0, {}, [], "", "", {"raise": ["ValueError"]}]]},
    {"steps": [[0, {}, [], "", "", {"raise": ["ValueError", 1]}]]},
    {"steps": [[0, {}, [], "", "", {"outer": {"-1": {}}}]]},
    {"steps": [[0, {}, [], "", "", {"outer": {"0": {"x": 99}}}]]},
    {"steps": [[0, {}, [], "", "", {"same": [["0:a", 1]]}]]},
    {"calls": [[0, 0]]},
    {"calls": [[0, -2, -1]]},
    {"calls": [[0, 0, None]]},
    {"calls": {}},
    {"steps": [[0, {"x": 99}]]},
    {"steps": [[0, {"x": None}]]},
    {"steps": [[0, {}, [99]]]},
    {"steps": [[0, {}, [], 1]]},
    {"places": [[0, 0]]},
    {"places": [[1, 0], [-1, 0]]},
    {"places": [[-1]]},
    {"places": [[-1, -1]]},
    {"frames": [[0, "1", "f"]]},
    {"frames": [[0, 1, "f", 0]]},
    {"frames": [[0, 1.5, "f"]]},
    {"frames": [["a.py", 1, "f"]]},
    {"paths": [1]},
    {"paths": None},
    {"files": {"a.py": 5}},
    {"files": []},
    {"hidden": {"a.py": [None]}},
    {"hidden": {"a.py": 1}},
    {"links": {"a.py": {"1": 1}}},
    {"links": {"a.py": {"one": ""}}},
    {"links": []},
    {"ending": "happily"},
    {"ending": None},
    {"incomplete": 1},
    {"values": {}},
    {"values": [{"text": "a"}]},
    {"values": [{"type": "a", "items": 5}]},
    {"values": [{"type": "a", "entries": [[1]]}]},
    {"values": [{"type": "a", "fields": {"b": {}}}]},
    {"values": [{"type": "a", "dtype": "f", "shape": ["2"], "array": []}]},
    {"values": [[{"type": "a", "text": 1}]]},
    {"values": [{"type": "a", "notes": [1]}]},
    {"renderings": [{"type": "script"}]},
    {"renderings": [{"data": ""}]},
    {"renderings": [{"type": "link", "external_link": {"authors": [1]}}]},
    {"renderings": [{"type": "link", "external_link": {"title": []}}]},
    {"renderings": [{"type": "link", "internal_link": {"path": "a"}}]},
    {"renderings": [{"type": "image", "style": {"width": []}}]},
    {"format": 5},
]
OTHER_CHANGES: list[dict[str, Json]] = [
    {"steps": [{}]},
    {"steps": [{"stack": []}]},
    {"steps": [{"stack": [{"path": "a.py", "line_number": "2", "function_name": "f"}]}]},
    {"hidden_line_numbers": [3]},
    {"ending": "happily"},
]


def golden_no_traces() -> list[dict[str, Any]]:
    """Return malformed files, with the location that Python reports."""
    stack = CallStack(None, Frame("a.py", 1, "main"))
    small = Trace({"a.py": SOURCE}, {}, [Step(stack, {"x": 1}, RENDERINGS[:1])])
    compact, edtrace = json.loads(dumps(small)), json.loads(dumps(small, "edtrace"))
    files = [compact | change for change in CHANGES]
    files += [edtrace | change for change in OTHER_CHANGES]
    for value in [[], {"contents": 1}, {"type": 1}, {"type": "a", "dtype": 1}]:
        files.append(edtrace | {"steps": [edtrace["steps"][0] | {"env": {"x": value}}]})
    files.append(edtrace | {"steps": [edtrace["steps"][0] | {"recorded": {"call": -2}}]})
    texts = [json.dumps(file) for file in files]
    return [{"text": text, "location": location(text)} for text in texts]


def location(text: str) -> str:
    """Return the location that Python's error message starts with."""
    try:
        loads(text, "trace")
    except TraceError as error:
        return str(error).replace(" has no ", " is ").split(" is ")[0]
    raise AssertionError(f"this is a trace: {text[:200]}")
