"""Reads untrusted JSON; an error names the wrong part and what was expected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar, cast, get_args

from cs336_core.trace.errors import TraceError
from cs336_core.trace.json_values import Json
from cs336_core.trace.model import CodeLocation, Ending, Kind, Rendering
from cs336_core.trace.references import Reference

T = TypeVar("T")
_MAX_LENGTH = 80  # characters of a value in a message
KINDS: tuple[Kind, ...] = get_args(Kind)


class Node:
    """A value in a JSON file, and its location in the file.

    >>> Node({"steps": [1, "two"]}, "trace")["steps"].items()[1].integer()
    Traceback (most recent call last):
    ...
    cs336_core.trace.errors.TraceError: trace.steps[1] is 'two'; expected an integer
    """

    def __init__(self, value: Json, location: str) -> None:
        self.value = value
        self.location = location

    def __getitem__(self, name: str) -> Node:
        """Return a member of an object; raise `TraceError` if it is missing."""
        member = self.get(name)
        if member is None:
            raise TraceError(f"{self.location} has no {name!r}")
        return member

    def get(self, name: str) -> Node | None:
        """Return a member of an object, `None` if it is missing or null."""
        value = self.object().get(name)
        return None if value is None else Node(value, f"{self.location}.{printable(name)}")

    def object(self) -> dict[str, Json]:
        """Return the value, an object."""
        return self._check(dict, "an object")

    def items(self) -> list[Node]:
        """Return the items of a list."""
        values = self._check(list, "a list")
        return [Node(value, f"{self.location}[{i}]") for i, value in enumerate(values)]

    def exactly(self, count: int) -> list[Node]:
        """Return the items of a list of a given length."""
        items = self.items()
        if len(items) != count:
            raise self.error(f"a list of {count} items")
        return items

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Yield the names and values of an object."""
        for name, value in self.object().items():
            yield name, Node(value, f"{self.location}.{printable(name)}")

    def string(self) -> str:
        """Return the value, a string."""
        return self._check(str, "a string")

    def integer(self) -> int:
        """Return the value, an integer."""
        if isinstance(self.value, bool):
            raise self.error("an integer")
        return self._check(int, "an integer")

    def index_into(self, values: Sequence[T]) -> T:
        """Return the element of `values` that this index refers to."""
        index = self.integer()
        if not 0 <= index < len(values):
            raise self.error(f"an index into a list of {len(values)}")
        return values[index]

    def error(self, expected: str) -> TraceError:
        """Return the error that reports the value and what was expected instead."""
        value = repr(self.value)
        shown = value if len(value) <= _MAX_LENGTH else f"{value[:_MAX_LENGTH]}..."
        return TraceError(f"{self.location} is {shown}; expected {expected}")

    def _check(self, kind: type[T], expected: str) -> T:
        if not isinstance(self.value, kind):
            raise self.error(expected)
        return self.value


def printable(name: str) -> str:
    r"""Return a name from a file without control characters, which could affect a terminal.

    >>> print(printable("steps"), printable("\x1b[2J"))
    steps '\x1b[2J'
    """
    short = name if len(name) <= _MAX_LENGTH else f"{name[:_MAX_LENGTH]}..."
    return short if short.isprintable() else repr(short)


def ending_from(node: Node) -> Ending:
    """Read how a program ended."""
    ending = node.string()
    if ending not in get_args(Ending):
        raise node.error(f"one of {', '.join(get_args(Ending))}")
    return cast(Ending, ending)


def files_from(node: Node) -> dict[str, str]:
    """Read path -> source."""
    return {path: source.string() for path, source in node.entries()}


def hidden_from(node: Node) -> dict[str, list[int]]:
    """Read path -> line numbers."""
    return {path: [line.integer() for line in lines.items()] for path, lines in node.entries()}


def value_from(node: Node) -> Json:
    """Return a recorded value unchanged; raise `TraceError` if it is malformed."""
    value = node.value
    if isinstance(value, list):
        for i, item in enumerate(value):
            if isinstance(item, list | dict):  # scalars need no check
                value_from(Node(item, f"{node.location}[{i}]"))
    elif isinstance(value, dict):
        node["type"].string()
        for name, part in node.entries():
            if part.value is not None and name in _PARTS:
                _PARTS[name](part)
    return value


def _check_items(node: Node) -> None:
    if not isinstance(node.value, list):
        raise node.error("a list")
    value_from(node)


def _check_entries(node: Node) -> None:
    for pair in node.items():
        for key_or_value in pair.exactly(2):
            value_from(key_or_value)


def _check_fields(node: Node) -> None:
    for _, value in node.entries():
        value_from(value)


def _check_shape(node: Node) -> None:
    for size in node.items():
        size.integer()


def _check_notes(node: Node) -> None:
    for note in node.items():
        note.string()


# The parts of a recorded value, as `cs336_core.trace.record.values` describes them.
_PARTS: Final[dict[str, Callable[[Node], object]]] = {
    "items": _check_items,
    "entries": _check_entries,
    "fields": _check_fields,
    "dtype": Node.string,
    "shape": _check_shape,
    "notes": _check_notes,
    "text": Node.string,
    "error": Node.string,
    "of": Node.integer,
    "last": Node.integer,
}


def rendering_from(node: Node) -> Rendering:
    """Read a rendering, as we and edtrace write it."""
    kind = node["type"].string()
    if kind not in KINDS:
        raise node["type"].error(f"one of {', '.join(KINDS)}")
    data, style, animate = node.get("data"), node.get("style"), node.get("animate")
    external, internal = node.get("external_link"), node.get("internal_link")
    return Rendering(
        kind,
        data=data.value if data else None,
        style={name: _css(value) for name, value in style.entries()} if style else {},
        external_link=_reference_from(external) if external else None,
        internal_link=_location_from(internal) if internal else None,
        animate=bool(animate and animate.value),
    )


def _location_from(node: Node) -> CodeLocation:
    return CodeLocation(node["path"].string(), node["line_number"].integer())


def _css(node: Node) -> str | int | float:
    if isinstance(node.value, str | int | float):
        return node.value
    raise node.error("a string or a number")


def _reference_from(node: Node) -> Reference:
    names = ("title", "organization", "date", "url", "description", "notes")
    members = {name: node.get(name) for name in names}
    texts = {name: member.string() for name, member in members.items() if member}
    authors = node.get("authors")
    return Reference(
        authors=[author.string() for author in authors.items()] if authors else None, **texts
    )
