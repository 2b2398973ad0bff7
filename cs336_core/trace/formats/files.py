"""Trace files: ours, edtrace's, and those of the course's 2025 lectures."""

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
from cs336_core.trace.formats.compact import FORMAT, from_compact, to_compact
from cs336_core.trace.formats.edtrace import from_edtrace, to_edtrace
from cs336_core.trace.model import Trace
from cs336_core.trace.record.values import Json

Format = Literal["cs336", "edtrace"]

# Numbers that Python reads and JSON does not define become text, as the recorder writes them.
_NUMBERS = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}


def dumps(trace: Trace, form: Format = "cs336") -> str:
    """Return a trace as the text of a file."""
    if form == "edtrace":
        return json.dumps(to_edtrace(trace), ensure_ascii=False, allow_nan=False)
    # Half of what is not source are commas and brackets: so no spaces after them.
    return json.dumps(to_compact(trace), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def encoded(trace: Trace, form: Format = "cs336") -> bytes:
    """Return a trace as the bytes of a file."""
    # Half a character (a lone surrogate), which a text may hold, is written as its escape.
    return dumps(trace, form).encode(errors="backslashreplace")


def loads(text: str, name: str = "the trace") -> Trace:
    """Read the text of a trace file, of any of the formats; `name` is what messages call it.

    Raises `TraceError` for anything else, and says where it is not what it should be.
    """
    node = Node(parsed(text, name), name)
    form = node.get("format")
    if form is not None and form.value != FORMAT:
        raise TraceError(f"{name} has the format {form.text()!r}; {FORMAT!r} can be read")
    try:
        return from_edtrace(node) if form is None else from_compact(node)
    except RecursionError:
        raise _too_deep(name) from None


def parsed(text: str, name: str) -> Json:
    """Read JSON, as Python and others write it; raise `TraceError` for anything else."""
    try:
        try:
            return _json(text)
        except json.JSONDecodeError:
            raise
        except ValueError:  # an integer with more digits than Python converts
            return _json(text, parse_int=_integer)
    except json.JSONDecodeError as error:
        what = "is cut off" if error.pos >= len(text.rstrip()) else "is not JSON"
        raise TraceError(f"{name} {what}: line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _too_deep(name) from None


def _json(text: str, parse_int: Callable[[str], int | str] = int) -> Json:
    value: Json = json.loads(
        text, parse_constant=_NUMBERS.__getitem__, parse_float=_float, parse_int=parse_int
    )
    return value


def _float(digits: str) -> float | str:
    """Read a number; one that is too large for a float is infinite, as it is in browsers."""
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
    """Write a trace file, whole or not at all."""
    write_files({Path(path): encoded(trace, form)})


def load(path: str | os.PathLike[str]) -> Trace:
    """Read a trace file; raise `TraceError` for one that is none, `OSError` where there is none."""
    try:
        text = Path(path).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise TraceError(f"{Path(path)} is not UTF-8: byte {error.start}") from None
    return loads(text, str(path))
