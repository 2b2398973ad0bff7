"""The file formats of edtrace and of the course's 2025 lectures, read and written.

A step of theirs repeats its whole stack with the text of each line, and every value says its type:

    {"files": {path: source}, "hidden_line_numbers": {path: [line]},
     "steps": [{"stack": [{"path", "line_number", "function_name", "code"}],
                "env": {name: {"type", "contents", "dtype", "shape"}},
                "renderings": [{"type", "data", "style", "external_link", "internal_link"}]}]}

Files of 2025 have no `hidden_line_numbers`, bare values, and `stdout` and `stderr` in each step.
What we write has all of it, and where their values say less than ours, ours beside them under
"recorded": edtrace's viewer shows it, and nothing is lost on the way back but links to pages.
"""

from __future__ import annotations

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
from cs336_core.trace.model import CLEARED, Cleared, Frame, Place, Step, Trace
from cs336_core.trace.record.values import Json, recorded
from cs336_core.trace.repr_line import plain

_PRIMITIVES = {"bool": bool, "int": int, "float": float, "str": str}
LARGEST = 200_000_000  # bytes of a file that the viewer opens
_FRAME = 70  # bytes of a frame in a file, beside its texts
_MAPPINGS = ("dict", "Counter", "mappingproxy")


def to_edtrace(trace: Trace) -> dict[str, Json]:
    """Return a trace as what `json.dumps` takes; raise `TraceError` for one that is too large."""
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
            for frame in step.place.stack()
        ]
        env: dict[str, Json] = {
            name: None if isinstance(value, Cleared) else to_value(value)
            for name, value in step.env.items()
        }
        shown = cast(list[Json], [asdict(rendering) for rendering in step.renderings])
        steps.append(
            {
                "stack": stack,
                "env": env,
                "renderings": shown,
                "stdout": step.stdout,
                "stderr": step.stderr,
            }
        )
    return {
        "files": cast(Json, trace.files),
        "hidden_line_numbers": cast(Json, trace.hidden),
        "steps": steps,
        "ending": trace.ending,
    }


def _check_size(trace: Trace) -> None:
    """Refuse a trace whose stacks take more bytes than a viewer opens; few calls in ours do."""
    sizes: dict[int, int] = {}  # of a stack as JSON, by the identity of its place
    total = 0
    for step in trace.steps:
        new: list[Place] = []
        place: Place | None = step.place
        while place is not None and id(place) not in sizes:
            new.append(place)
            place = place.caller
        for each in reversed(new):
            below = 0 if each.caller is None else sizes[id(each.caller)]
            sizes[id(each)] = below + len(each.frame.path) + len(each.frame.function) + _FRAME
        total += sizes[id(step.place)]
    if total > LARGEST:
        raise TraceError(
            f"in edtrace's format, where every step repeats its stack of calls, this trace takes "
            f"{total / 1e6:,.0f} MB, and up to {LARGEST / 1e6:,.0f} MB can be opened; "
            "save it in the format cs336"
        )


def from_edtrace(node: Node) -> Trace:
    """Read a file of edtrace, or of 2025; raise `TraceError` where it is something else."""
    trace = Trace()
    trace.files = files_from(node["files"])
    hidden, ending = node.get("hidden_line_numbers"), node.get("ending")
    if hidden:
        trace.hidden = hidden_from(hidden)
    if ending:
        trace.ending = ending_from(ending)
    read = from_value if hidden else lambda value: from_bare(value.value)
    places: dict[tuple[int, Frame], Place] = {}
    for each in node["steps"].items():
        trace.steps.append(_step_from(each, read, places))
    return trace


def _step_from(
    node: Node, read: Callable[[Node], Json], places: dict[tuple[int, Frame], Place]
) -> Step:
    place: Place | None = None
    for each in node["stack"].items():
        line, function = each["line_number"].integer(), each["function_name"].text()
        frame = Frame(each["path"].text(), line, function)
        place = places.setdefault((id(place), frame), Place(place, frame))
    if place is None:
        raise node["stack"].refused("at least one function")
    step = Step(place)
    for name, value in node["env"].entries():
        step.env[name] = CLEARED if value.value is None else read(value)
    step.renderings = [rendering_from(each) for each in node["renderings"].items()]
    stdout, stderr = node.get("stdout"), node.get("stderr")
    step.stdout, step.stderr = stdout.text() if stdout else "", stderr.text() if stderr else ""
    return step


def to_value(held: Json) -> dict[str, Json]:
    """Return a value as edtrace has it.

    >>> to_value([1])["contents"]
    [{'type': 'int', 'contents': 1, 'dtype': None, 'shape': None}]
    """
    kind, contents, dtype, shape = _parts(held)
    value: dict[str, Json] = {"type": kind, "contents": contents, "dtype": dtype, "shape": shape}
    if not _says_all(value, held):
        value["recorded"] = held
    return value


def _says_all(value: dict[str, Json], held: Json) -> bool:
    try:
        return from_value(Node(value, "value")) == held
    except TraceError:  # in edtrace, only tensors have lists of bare numbers
        return False


def _parts(held: Json) -> tuple[str, Json, Json, Json]:
    """Return the type, the contents, the dtype and the shape of a value."""
    if held is None:
        return "NoneType", "None", None, None
    if isinstance(held, list):
        return "list", [to_value(item) for item in held], None, None
    if not isinstance(held, dict):
        return type(held).__name__, held, None, None
    dtype, shape, items = held.get("dtype"), held.get("shape"), held.get("items")
    texts = _texts(items) if dtype is not None and isinstance(items, list) else None
    return str(held["type"]), texts or _contents(held), dtype, shape


def _number(text: Json) -> Json:
    """Return a whole number of floating point as a number, which JSON has; other text as it is."""
    try:
        number = float(str(text))
    except ValueError:
        return text
    return number if number.is_integer() else text


def _contents(held: dict[str, Json]) -> Json:
    match held:
        case {"type": "float", "text": text}:
            return _number(text)
        case {"array": array}:
            return array
        case {"items": list(items)}:
            return [to_value(item) for item in items]
        case {"entries": list(entries)}:
            pairs = [entry for entry in entries if isinstance(entry, list)]
            return {_key(key): to_value(value) for key, value in pairs}
        case {"fields": dict(values)}:
            return {name: to_value(value) for name, value in values.items()}
    return held.get("text", held.get("error", "..."))


def _texts(items: list[Json]) -> Json:
    """Return the entries of an array that are no numbers as nested texts, as edtrace has them."""
    return [_texts(item) if isinstance(item, list) else plain(item) for item in items]


def _key(held: Json) -> str:
    """Return a key of a dict as a text, which is all that JSON has for keys."""
    if isinstance(held, dict):
        return str(held.get("text", held.get("items", held["type"])))
    return str(held)


def from_value(node: Node) -> Json:
    """Read a value of edtrace."""
    value = node.object()
    if "recorded" in value:
        return value_from(Node(value["recorded"], f"{node.where}.recorded"))
    kind, contents = node["type"].text(), value.get("contents")
    if kind == "NoneType":
        return None
    if kind == "float" and type(contents) in (int, float):
        return recorded(float(cast(float, contents)))
    if kind in _PRIMITIVES and type(contents) is _PRIMITIVES[kind]:
        return contents
    parts = _parts_from(node, kind)
    return parts["items"] if kind == "list" and "items" in parts else parts


def _parts_from(node: Node, kind: str) -> dict[str, Json]:
    """Read a value that is an object in our format."""
    dtype, shape, contents = node.get("dtype"), node.get("shape"), node.get("contents")
    if dtype:
        sizes: list[Json] = [size.integer() for size in shape.items()] if shape else []
        array = contents.value if contents else None
        return {"type": kind, "dtype": dtype.text(), "shape": sizes, "array": array}
    if contents and isinstance(contents.value, list):
        return {"type": kind, "items": [from_value(item) for item in contents.items()]}
    if contents and isinstance(contents.value, dict):
        values = {name: from_value(value) for name, value in contents.entries()}
        if kind.endswith(_MAPPINGS):
            return {"type": kind, "entries": [[name, value] for name, value in values.items()]}
        return {"type": kind, "fields": values}
    return {"type": kind, "text": str(contents.value if contents else None)}


def from_bare(value: Json) -> Json:
    """Return a value of a file of 2025, which is JSON as it is."""
    if isinstance(value, list):
        return [from_bare(item) for item in value]
    if isinstance(value, dict):
        entries: list[Json] = [[name, from_bare(item)] for name, item in value.items()]
        return {"type": "dict", "entries": entries}
    return value
