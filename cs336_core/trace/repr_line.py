"""Recorded values as a line of text, as Python writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from cs336_core.trace.record.values import Json

T = TypeVar("T")

LONG = 80  # characters of a line
_DEEP = 6  # containers in one another that are written out


def plain(value: Json) -> str:
    """Return a value in one line, cut where it is long.

    >>> plain([1, {"type": "tuple", "items": [2.5, None]}])
    '[1, (2.5, None)]'
    >>> plain({"type": "torch.Tensor", "dtype": "torch.float32", "shape": [2, 3], "array": []})
    'Tensor float32 2 × 3'
    >>> plain({"type": "torch.Tensor", "dtype": "torch.float32", "shape": [], "array": 0.25})
    '0.25'
    """
    line = cut(_written(value, 0))
    return " ".join(line.splitlines())


def cut(text: str) -> str:
    """Return text that is at most `LONG`."""
    return text if len(text) <= LONG else text[: LONG - 1] + "…"


def _written(value: Json, deep: int) -> str:
    if isinstance(value, str):
        return repr(value[:LONG])
    if not isinstance(value, list | dict):
        return repr(value)
    if deep > _DEEP:
        return "…"
    if isinstance(value, list):
        return f"[{_items(value, deep)}]"
    return _typed(value, str(value.get("type", "object")).rpartition(".")[2], deep)


def _typed(value: dict[str, Json], name: str, deep: int) -> str:
    """Write a value of a type that JSON has not; of what is no such value, the type alone."""
    match value:
        case {"error": str(error)}:
            return f"<{name}: {error[:LONG]}>"
        case {"dtype": str(), "shape": list()}:
            return _tensor(value, name, deep)
        case {"items": list(items)}:
            return _sequence(name, _items(items, deep), len(items))
        case {"entries": list(entries)}:
            pairs = (entry for entry in entries if isinstance(entry, list))
            inside = _each(pairs, lambda pair: ": ".join(_written(x, deep + 1) for x in pair[:2]))
            return f"{{{inside}}}" if name == "dict" else f"{name}({{{inside}}})"
        case {"fields": dict(fields)}:
            inside = _each(fields.items(), lambda one: f"{one[0]}={_written(one[1], deep + 1)}")
            return f"{name}({inside})"
    return _text(value, name)


def _tensor(value: dict[str, Json], name: str, deep: int) -> str:
    """Write a single number as it is; of a larger tensor of numbers, its dtype and shape."""
    match value:
        case {"items": list(items)}:
            return f"{name}([{_items(items, deep)}])"
        case {"array": str(number), "dtype": str(dtype), "shape": []} if "U" not in dtype:
            return number  # one that JSON does not define, such as nan
        case {"array": bool() | int() | float() | str() as entry, "shape": []}:
            return repr(entry)
        case {"array": list(texts), "dtype": str(dtype)} if "U" in dtype:
            return f"{name}([{_items(texts, deep)}])"
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
        written = repr(text[:LONG].encode("latin-1", "replace"))
        return written if name == "bytes" else f"bytearray({written})"
    return text[: LONG + 1]


def _sequence(name: str, inside: str, count: int) -> str:
    if name == "tuple":
        return f"({inside},)" if count == 1 else f"({inside})"
    return f"{{{inside}}}" if name == "set" and inside else f"{name}({inside})"


def _items(items: list[Json], deep: int) -> str:
    return _each(items, lambda item: _written(item, deep + 1))


def _each(values: Iterable[T], write: Callable[[T], str]) -> str:
    """Write values up to where the line is full."""
    parts: list[str] = []
    size = 0
    for value in values:
        if size > LONG:
            break
        parts.append(write(value))
        size += len(parts[-1]) + 2
    return ", ".join(parts)
