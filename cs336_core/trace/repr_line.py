"""Recorded values on one line, written as Python's `repr` would."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from cs336_core.trace.json_values import Json

T = TypeVar("T")

MAX_LENGTH = 80  # characters of a line
_MAX_DEPTH = 6  # nested containers that are written out


def repr_line(value: Json) -> str:
    """Return a recorded value on one line, truncated to `MAX_LENGTH` characters.

    >>> repr_line([1, {"type": "tuple", "items": [2.5, None]}])
    '[1, (2.5, None)]'
    >>> repr_line({"type": "torch.Tensor", "dtype": "torch.float32", "shape": [2, 3], "array": []})
    'Tensor float32 2 × 3'
    >>> repr_line({"type": "torch.Tensor", "dtype": "torch.float32", "shape": [], "array": 0.25})
    '0.25'
    """
    line = truncate(_repr(value, 0))
    return " ".join(line.splitlines())


def truncate(text: str) -> str:
    """Return at most `MAX_LENGTH` characters of a text."""
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"


def _repr(value: Json, depth: int) -> str:
    if isinstance(value, str):
        return repr(value[:MAX_LENGTH])
    if not isinstance(value, list | dict):
        return repr(value)
    if depth > _MAX_DEPTH:
        return "…"
    if isinstance(value, list):
        return f"[{_items(value, depth)}]"
    return _repr_typed(value, str(value.get("type", "object")).rpartition(".")[2], depth)


def _repr_typed(value: dict[str, Json], name: str, depth: int) -> str:
    """Write a value of a type that JSON lacks; if it is malformed, write only its type."""
    match value:
        case {"error": str(error)}:
            return f"<{name}: {error[:MAX_LENGTH]}>"
        case {"dtype": str(), "shape": list()}:
            return _tensor(value, name, depth)
        case {"items": list(items)}:
            return _sequence(name, _items(items, depth), len(items))
        case {"entries": list(entries)}:
            pairs = (entry for entry in entries if isinstance(entry, list))
            inner = _join(pairs, lambda pair: ": ".join(_repr(x, depth + 1) for x in pair[:2]))
            return f"{{{inner}}}" if name == "dict" else f"{name}({{{inner}}})"
        case {"fields": dict(fields)}:
            inner = _join(fields.items(), lambda item: f"{item[0]}={_repr(item[1], depth + 1)}")
            return f"{name}({inner})"
    return _text(value, name)


def _tensor(value: dict[str, Json], name: str, depth: int) -> str:
    """Write a scalar as its number, a larger tensor of numbers as its dtype and shape."""
    match value:
        case {"items": list(items)}:
            return f"{name}([{_items(items, depth)}])"
        case {"array": str(number), "dtype": str(dtype), "shape": []} if "U" not in dtype:
            return number  # nan and the like, which JSON lacks
        case {"array": bool() | int() | float() | str() as entry, "shape": []}:
            return repr(entry)
        case {"array": list(texts), "dtype": str(dtype)} if "U" in dtype:
            return f"{name}([{_items(texts, depth)}])"
        case {"array": array, "dtype": dtype, "shape": list(shape)}:
            sizes = " × ".join("?" if size == -1 else str(size) for size in shape)
            summary = f"{name} {str(dtype).removeprefix('torch.')} {sizes}".rstrip()
            return f"<{summary}>" if array is None else summary
    return _text(value, name)


def _text(value: dict[str, Json], name: str) -> str:
    text = value.get("text")
    if not isinstance(text, str) or not text:
        return "…" if value.get("cycle") else f"<{name}>"
    if value["type"] in ("bytes", "bytearray"):
        literal = repr(text[:MAX_LENGTH].encode("latin-1", "replace"))
        return literal if name == "bytes" else f"bytearray({literal})"
    return text[: MAX_LENGTH + 1]


def _sequence(name: str, inner: str, count: int) -> str:
    if name == "tuple":
        return f"({inner},)" if count == 1 else f"({inner})"
    return f"{{{inner}}}" if name == "set" and inner else f"{name}({inner})"


def _items(items: list[Json], depth: int) -> str:
    return _join(items, lambda item: _repr(item, depth + 1))


def _join(values: Iterable[T], write: Callable[[T], str]) -> str:
    """Write values, separated by commas, until the line is full."""
    parts: list[str] = []
    size = 0
    for value in values:
        if size > MAX_LENGTH:
            break
        parts.append(write(value))
        size += len(parts[-1]) + 2
    return ", ".join(parts)
