"""Takes JSON apart that anyone may have written, and says where it is not what it should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar, cast, get_args

from cs336_core.trace.errors import TraceError
from cs336_core.trace.model import Ending
from cs336_core.trace.record.references import Reference
from cs336_core.trace.record.renderings import CodeLocation, Kind, Rendering
from cs336_core.trace.record.values import Json

T = TypeVar("T")
_LONG = 80  # characters of a value in a message
KINDS: tuple[Kind, ...] = get_args(Kind)


class Node:
    """A value in a JSON file, and where it stands there.

    >>> Node({"steps": [1, "two"]}, "trace")["steps"].items()[1].integer()
    Traceback (most recent call last):
    ...
    cs336_core.trace.errors.TraceError: trace.steps[1] is 'two'; an integer is needed
    """

    def __init__(self, value: Json, where: str) -> None:
        self.value = value
        self.where = where

    def __getitem__(self, name: str) -> Node:
        """Return what an object has under a name."""
        found = self.get(name)
        if found is None:
            raise TraceError(f"{self.where} has no {name!r}")
        return found

    def get(self, name: str) -> Node | None:
        """Return what an object has under a name, `None` where it has nothing."""
        value = self.object().get(name)
        return None if value is None else Node(value, f"{self.where}.{shown_name(name)}")

    def object(self) -> dict[str, Json]:
        """Return an object as it is."""
        return self._is(dict, "an object")

    def items(self) -> list[Node]:
        """Return what is in a list."""
        values = self._is(list, "a list")
        return [Node(value, f"{self.where}[{i}]") for i, value in enumerate(values)]

    def items_of(self, count: int) -> list[Node]:
        """Return what is in a list of so many."""
        items = self.items()
        if len(items) != count:
            raise self.refused(f"a list of {count}")
        return items

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Yield the names and values of an object."""
        for name, value in self.object().items():
            yield name, Node(value, f"{self.where}.{shown_name(name)}")

    def text(self) -> str:
        """Return a text."""
        return self._is(str, "a text")

    def integer(self) -> int:
        """Return an integer."""
        if isinstance(self.value, bool):
            raise self.refused("an integer")
        return self._is(int, "an integer")

    def of(self, values: Sequence[T]) -> T:
        """Return the one of `values` whose number this is."""
        number = self.integer()
        if not 0 <= number < len(values):
            raise TraceError(f"{self.where} is {number}; there are {len(values)}")
        return values[number]

    def refused(self, needed: str) -> TraceError:
        """Return the error that says what is needed here instead."""
        value = repr(self.value)
        shown = value if len(value) <= _LONG else f"{value[:_LONG]}..."
        return TraceError(f"{self.where} is {shown}; {needed} is needed")

    def _is(self, kind: type[T], needed: str) -> T:
        if not isinstance(self.value, kind):
            raise self.refused(needed)
        return self.value


def shown_name(name: str) -> str:
    r"""Return a name from a file as a message shows it: nothing in it may steer a terminal.

    >>> print(shown_name("steps"), shown_name("\x1b[2J"))
    steps '\x1b[2J'
    """
    short = name if len(name) <= _LONG else f"{name[:_LONG]}..."
    return short if short.isprintable() else repr(short)


def ending_from(node: Node) -> Ending:
    """Read how a program ended."""
    ending = node.text()
    if ending not in get_args(Ending):
        raise node.refused(" or ".join(get_args(Ending)))
    return cast(Ending, ending)


def files_from(node: Node) -> dict[str, str]:
    """Read path -> source."""
    return {path: text.text() for path, text in node.entries()}


def hidden_from(node: Node) -> dict[str, list[int]]:
    """Read path -> numbers of lines."""
    return {path: [line.integer() for line in lines.items()] for path, lines in node.entries()}


def value_from(node: Node) -> Json:
    """Return a recorded value as it is; raise `TraceError` where it is none."""
    value = node.value
    if isinstance(value, list):
        for i, item in enumerate(value):
            if isinstance(item, list | dict):  # what else there is stands for itself
                value_from(Node(item, f"{node.where}[{i}]"))
    elif isinstance(value, dict):
        node["type"].text()
        for name, part in node.entries():
            if part.value is not None and name in _PARTS:
                _PARTS[name](part)
    return value


def _items_from(node: Node) -> None:
    if not isinstance(node.value, list):
        raise node.refused("a list")
    value_from(node)


def _pairs_from(node: Node) -> None:
    for pair in node.items():
        for each in pair.items_of(2):
            value_from(each)


def _fields_from(node: Node) -> None:
    for _, each in node.entries():
        value_from(each)


def _sizes_from(node: Node) -> None:
    for size in node.items():
        size.integer()


# The parts of a recorded value, as `cs336_core.trace.record.values` describes them.
_PARTS: Final[dict[str, Callable[[Node], object]]] = {
    "items": _items_from,
    "entries": _pairs_from,
    "fields": _fields_from,
    "dtype": Node.text,
    "shape": _sizes_from,
    "text": Node.text,
    "error": Node.text,
    "of": Node.integer,
}


def rendering_from(node: Node) -> Rendering:
    """Read a rendering, as we and edtrace write it."""
    kind = node["type"].text()
    if kind not in KINDS:
        raise TraceError(f"{node.where}.type is {kind[:_LONG]!r}; there are {', '.join(KINDS)}")
    data, style, animate = node.get("data"), node.get("style"), node.get("animate")
    external, internal = node.get("external_link"), node.get("internal_link")
    return Rendering(
        kind,
        data.value if data else None,
        {name: _css(value) for name, value in style.entries()} if style else {},
        _reference_from(external) if external else None,
        CodeLocation(internal["path"].text(), internal["line_number"].integer())
        if internal
        else None,
        bool(animate and animate.value),
    )


def _css(node: Node) -> str | int | float:
    if isinstance(node.value, str | int | float):
        return node.value
    raise node.refused("a text or a number")


def _reference_from(node: Node) -> Reference:
    told = {name: node.get(name) for name in ("title", "organization", "date", "url")}
    more = {name: node.get(name) for name in ("description", "notes")}
    texts = {name: value.text() for name, value in (told | more).items() if value}
    authors = node.get("authors")
    return Reference(
        authors=[each.text() for each in authors.items()] if authors else None, **texts
    )
