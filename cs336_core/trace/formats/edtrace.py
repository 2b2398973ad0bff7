"""Reads and writes the file formats of edtrace and of the course's 2025 lectures.

Every step repeats its whole call stack with the text of each line, and every value has its type:

    {"files": {path: source}, "hidden_line_numbers": {path: [line]},
     "steps": [{"stack": [{"path", "line_number", "function_name", "code"}],
                "env": {name: {"type", "contents", "dtype", "shape"}},
                "renderings": [{"type", "data", "style", "external_link", "internal_link"}]}]}

Files of 2025 lack `hidden_line_numbers`, have bare values, and `stdout` and `stderr` in each step.
We write all of these and, where an edtrace value holds less than ours, our value as "recorded". A
step has its call, its event and the like as "recorded", too, as our own format writes them, but
with values instead of indices. edtrace's viewer can open the file, and reading it back loses only
the links to pages.

As in edtrace's own files, bytes and keys of a dict that are not strings are written as in Python.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict
from typing import cast

from cs336_core.trace.errors import TraceError
from cs336_core.trace.formats.checks import (
    Node,
    ending_from,
    files_from,
    hidden_from,
    rendering_from,
    value_from,
)
from cs336_core.trace.formats.details import add_details, details_to, number_from
from cs336_core.trace.formats.literals import BYTES, latin_1, literal
from cs336_core.trace.json_values import Json
from cs336_core.trace.model import CLEARED, CallStack, Cleared, Frame, Step, Trace
from cs336_core.trace.record.values import record_value
from cs336_core.trace.repr_line import repr_line

_PRIMITIVES = {"bool": bool, "int": int, "float": float, "str": str}
MAX_BYTES = 200_000_000  # the largest file that the viewer opens
_FRAME_BYTES = 70  # of a frame in a file, besides its strings
_MAPPINGS = ("dict", "Counter", "mappingproxy")
_SYMPY_INTEGERS = ("Integer", "Zero", "One", "NegativeOne")
_NUMBERS: dict[str, type[int] | type[float]] = {
    "float": float,
    **{f"sympy.core.numbers.{name}": int for name in _SYMPY_INTEGERS},
    "sympy.core.numbers.Float": float,
}


def to_edtrace(trace: Trace) -> dict[str, Json]:
    """Convert a trace to an object for `json.dumps`; raise `TraceError` if it is too large."""
    _check_size(trace)
    lines = {path: source.split("\n") for path, source in trace.files.items()}

    def code(frame: Frame) -> str:
        source = lines.get(frame.path, [])
        return source[frame.line - 1].strip() if 0 < frame.line <= len(source) else ""

    steps: list[Json] = []
    for step in trace.steps:
        stack: list[Json] = [
            {
                "path": frame.path,
                "line_number": frame.line,
                "function_name": frame.function,
                "code": code(frame),
            }
            for frame in step.stack.frames()
        ]
        env = {name: _to_value_or_null(value) for name, value in step.env.items()}
        renderings = cast(list[Json], [asdict(rendering) for rendering in step.renderings])
        written: dict[str, Json] = {
            "stack": stack,
            "env": env,
            "renderings": renderings,
            "stdout": step.stdout,
            "stderr": step.stderr,
        }
        if step.call is not None:
            calls: dict[str, Json] = {"call": step.call, "caller": step.caller}
            written["recorded"] = calls | details_to(step, _to_value_or_null)
        steps.append(written)
    return {
        "files": cast(Json, trace.files),
        "hidden_line_numbers": cast(Json, trace.hidden),
        "steps": steps,
        "ending": trace.ending,
        **({"incomplete": trace.incomplete} if trace.incomplete else {}),
    }


def _check_size(trace: Trace) -> None:
    """Refuse a trace whose repeated call stacks alone exceed the viewer's limit."""
    sizes: dict[int, int] = {}  # id of a call stack -> its size as JSON
    total = 0
    for step in trace.steps:
        new: list[CallStack] = []
        outer: CallStack | None = step.stack
        while outer is not None and id(outer) not in sizes:
            new.append(outer)
            outer = outer.caller
        for stack in reversed(new):
            caller = 0 if stack.caller is None else sizes[id(stack.caller)]
            strings = len(stack.frame.path) + len(stack.frame.function)
            sizes[id(stack)] = caller + strings + _FRAME_BYTES
        total += sizes[id(step.stack)]
    if total > MAX_BYTES:
        raise TraceError(
            f"in edtrace's format, where every step repeats its call stack, this trace takes "
            f"{total / 1e6:,.0f} MB; the viewer opens up to {MAX_BYTES / 1e6:,.0f} MB. "
            "Save it in the format cs336"
        )


def from_edtrace(node: Node) -> Trace:
    """Read a file of edtrace or of the 2025 lectures; raise `TraceError` for anything else."""
    trace = Trace()
    trace.files = files_from(node["files"])
    hidden, ending = node.get("hidden_line_numbers"), node.get("ending")
    if hidden:
        trace.hidden = hidden_from(hidden)
    if ending:
        trace.ending = ending_from(ending)
    if incomplete := node.get("incomplete"):
        trace.incomplete = incomplete.string()
    read = from_value if hidden else lambda value: from_bare(value.value)
    stacks: dict[tuple[int, Frame], CallStack] = {}
    for step in node["steps"].items():
        trace.steps.append(_step_from(step, read, stacks))
    return trace


def _step_from(
    node: Node, read: Callable[[Node], Json], stacks: dict[tuple[int, Frame], CallStack]
) -> Step:
    stack: CallStack | None = None
    for item in node["stack"].items():
        line, function = item["line_number"].integer(), item["function_name"].string()
        frame = Frame(item["path"].string(), line, function)
        stack = stacks.setdefault((id(stack), frame), CallStack(stack, frame))
    if stack is None:
        raise node["stack"].error("at least one frame")
    step = Step(stack)

    def read_or_cleared(value: Node) -> Json | Cleared:
        return CLEARED if value.value is None else read(value)

    step.env = {name: read_or_cleared(value) for name, value in node["env"].entries()}
    step.renderings = [rendering_from(rendering) for rendering in node["renderings"].items()]
    stdout, stderr = node.get("stdout"), node.get("stderr")
    step.stdout = stdout.string() if stdout else ""
    step.stderr = stderr.string() if stderr else ""
    if recorded := node.get("recorded"):
        caller = recorded.get("caller")
        step.call = number_from(recorded["call"])
        step.caller = number_from(caller) if caller else None
        add_details(step, recorded, read_or_cleared)
    return step


def _to_value_or_null(value: Json | Cleared) -> Json:
    return None if isinstance(value, Cleared) else to_value(value)


def to_value(recorded: Json) -> dict[str, Json]:
    """Convert a recorded value to edtrace's format.

    >>> to_value([1])["contents"]
    [{'type': 'int', 'contents': 1, 'dtype': None, 'shape': None}]
    """
    kind, contents, dtype, shape = _parts(recorded)
    value: dict[str, Json] = {"type": kind, "contents": contents, "dtype": dtype, "shape": shape}
    if not _is_lossless(value, recorded):
        value["recorded"] = recorded
    return value


def _is_lossless(value: dict[str, Json], recorded: Json) -> bool:
    try:
        return from_value(Node(value, "value")) == recorded
    except TraceError:  # in edtrace, only tensors have lists of bare numbers
        return False


def _parts(recorded: Json) -> tuple[str, Json, Json, Json]:
    """Return the type, contents, dtype and shape of a value."""
    if recorded is None:
        return "NoneType", "None", None, None
    if isinstance(recorded, list):
        return "list", [to_value(item) for item in recorded], None, None
    if not isinstance(recorded, dict):
        return type(recorded).__name__, recorded, None, None
    dtype, shape, items = recorded.get("dtype"), recorded.get("shape"), recorded.get("items")
    strings = _strings(items) if dtype is not None and isinstance(items, list) else None
    return str(recorded["type"]), strings or _contents(recorded), dtype, shape


def _contents(recorded: dict[str, Json]) -> Json:
    match recorded:
        case {"type": str(kind), "text": str(text)}:
            return _contents_of_text(kind, text)
        case {"array": array}:
            return array
        case {"items": list(items)}:
            return [to_value(item) for item in items]
        case {"entries": list(entries)}:
            pairs = [entry for entry in entries if isinstance(entry, list)]
            return {_key(key): to_value(value) for key, value in pairs}
        case {"fields": dict(values)}:
            return {name: to_value(value) for name, value in values.items()}
    return recorded.get("text", recorded.get("error", "..."))


def _contents_of_text(kind: str, text: str) -> Json:
    if kind in BYTES:
        return literal({"type": kind, "text": text})
    if kind not in _NUMBERS:
        return text
    try:
        number = _NUMBERS[kind](text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text


def _strings(items: list[Json]) -> Json:
    """Return the entries of a tensor of objects as nested strings, as edtrace writes them."""
    return [_strings(item) if isinstance(item, list) else repr_line(item) for item in items]


def _key(recorded: Json) -> str:
    """Return a dict key as a string, the only kind of key in JSON."""
    return recorded if isinstance(recorded, str) else literal(recorded)


def from_value(node: Node) -> Json:
    """Read a value in edtrace's format."""
    value = node.object()
    if "recorded" in value:
        return value_from(Node(value["recorded"], f"{node.location}.recorded"))
    kind, contents = node["type"].string(), value.get("contents")
    if kind == "NoneType":
        return None
    if kind == "float" and type(contents) in (int, float):
        return record_value(float(cast(float, contents)))
    if kind in _PRIMITIVES and type(contents) is _PRIMITIVES[kind]:
        return contents
    parts = _parts_from(node, kind)
    return parts["items"] if kind == "list" and "items" in parts else parts


def _parts_from(node: Node, kind: str) -> dict[str, Json]:
    """Read a value that our format stores as an object."""
    dtype, shape, contents = node.get("dtype"), node.get("shape"), node.get("contents")
    if dtype:
        sizes: list[Json] = [size.integer() for size in shape.items()] if shape else []
        array = contents.value if contents else None
        return {"type": kind, "dtype": dtype.string(), "shape": sizes, "array": array}
    if contents and isinstance(contents.value, list):
        return {"type": kind, "items": [from_value(item) for item in contents.items()]}
    if contents and isinstance(contents.value, dict):
        values = {name: from_value(value) for name, value in contents.entries()}
        if kind.endswith(_MAPPINGS):
            return {"type": kind, "entries": [[name, value] for name, value in values.items()]}
        return {"type": kind, "fields": values}
    text = str(contents.value if contents else None)
    return {"type": kind, "text": latin_1(text) if kind in BYTES else text}


def from_bare(value: Json) -> Json:
    """Convert a value of a 2025 file, which is plain JSON."""
    if isinstance(value, list):
        return [from_bare(item) for item in value]
    if isinstance(value, dict):
        entries: list[Json] = [[name, from_bare(item)] for name, item in value.items()]
        return {"type": "dict", "entries": entries}
    return value
