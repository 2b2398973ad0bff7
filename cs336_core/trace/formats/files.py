"""Saves and loads trace files in any of the formats."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from cs336_core._shared.atomic import write_files
from cs336_core.trace.errors import TraceError
from cs336_core.trace.formats.checks import Node
from cs336_core.trace.formats.compact import FORMAT, FORMATS, from_compact, to_compact
from cs336_core.trace.formats.edtrace import from_edtrace, to_edtrace
from cs336_core.trace.json_values import Json
from cs336_core.trace.model import Trace

Format = Literal["cs336", "edtrace"]

# Numbers that Python reads but JSON does not define become strings, as the recorder writes them.
_CONSTANTS = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}


def dumps(trace: Trace, form: Format = "cs336") -> str:
    """Return a trace as the text of a file."""
    if form == "edtrace":
        return json.dumps(to_edtrace(trace), ensure_ascii=False, allow_nan=False)
    # Apart from source code, half of a file is commas and brackets, so spaces would add a lot.
    return json.dumps(to_compact(trace), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def to_bytes(trace: Trace, form: Format = "cs336") -> bytes:
    """Return a trace as the bytes of a file."""
    # A lone surrogate cannot be encoded, so it is written as a JSON escape.
    return dumps(trace, form).encode(errors="backslashreplace")


def loads(text: str, name: str = "the trace") -> Trace:
    """Read the text of a trace file in any of the formats; `name` is its name in error messages.

    Raises `TraceError` for anything else; the message gives the location of the problem.
    """
    node = Node(parse_json(text, name), name)
    form = node.get("format")
    if form is not None and form.value not in FORMATS:
        raise TraceError(f"{name} has the format {form.string()!r}; expected {FORMAT!r}")
    try:
        return from_edtrace(node) if form is None else from_compact(node)
    except RecursionError:
        raise _too_deep(name) from None


def parse_json(text: str, name: str) -> Json:
    """Read JSON, including Python's extensions to it; raise `TraceError` for anything else."""
    try:
        try:
            return _json_loads(text)
        except json.JSONDecodeError:
            raise
        except ValueError:  # an integer with more digits than Python converts
            return _json_loads(text, parse_int=_integer)
    except json.JSONDecodeError as error:
        problem = "is truncated" if error.pos >= len(text.rstrip()) else "is not JSON"
        raise TraceError(f"{name} {problem}: line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _too_deep(name) from None


def _json_loads(text: str, parse_int: Callable[[str], int | str] = int) -> Json:
    value: Json = json.loads(
        text, parse_constant=_CONSTANTS.__getitem__, parse_float=_float, parse_int=parse_int
    )
    return value


def _float(digits: str) -> float | str:
    """Read a number; one too large for a float is infinite, as in browsers."""
    number = float(digits)
    return number if math.isfinite(number) else str(number)


def _integer(digits: str) -> int | str:
    try:
        return int(digits)
    except ValueError:
        return digits


def _too_deep(name: str) -> TraceError:
    return TraceError(f"{name} is not a trace: it is nested too deeply")


def save(trace: Trace, path: str | os.PathLike[str], form: Format = "cs336") -> None:
    """Write a trace file atomically."""
    write_files({Path(path): to_bytes(trace, form)})


def load(path: str | os.PathLike[str]) -> Trace:
    """Read a trace file; raise `TraceError` if it is not a trace, `OSError` if it is missing."""
    try:
        text = Path(path).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise TraceError(f"{Path(path)} is not UTF-8: byte {error.start}") from None
    return loads(text, str(path))
