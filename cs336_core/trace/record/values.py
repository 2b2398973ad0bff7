"""Values as a trace stores them: a snapshot at one step, as JSON, bounded in size.

A value that JSON has (null, true, numbers, strings) stands for itself, and a Python list is an
array. Any other value is an object with its type under "type", and one of

- "items": the elements of a tuple, a set and the like, or the bytes of a tensor's storage;
- "entries": the keys and values of a dict, as pairs;
- "fields": the attributes of a dataclass or a named tuple, or what an object's `asdict()` returns;
- "array": the numbers or strings of a tensor, nested; only the first rows and columns of a large
  one, with as many digits as its dtype can hold; null if it has no data (on the meta device) or
  the data cannot be read (sparse, quantized, nested tensors);
- "text": a number that JSON lacks (nan, inf, 1 << 99, or 2.0, which a reader may turn into 2),
  bytes (as Latin-1), a truncated string, or `str()` of any other object;
- "cycle": true, where a container contains itself;
- "error": the exception that reading the value raised.

A tensor also has "dtype" and "shape", in which -1 is an irregular size. A tensor of anything but
numbers and strings has its entries as "items", nested.

"of" is the full number of items, entries, characters or bytes if only some are recorded.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import (
    ItemsView,
    Iterable,
    KeysView,
    Mapping,
    Sequence,
    Set,
    ValuesView,
)
from dataclasses import fields, is_dataclass
from enum import Enum
from itertools import islice
from types import ModuleType
from typing import Any, Final, TypeVar, cast

from cs336_core.trace.json_values import Json, is_json_scalar
from cs336_core.trace.record.tensors import (
    corner,
    entries_to_json,
    is_numbers_or_strings,
    is_storage,
    is_tensor,
    shape_of,
)

T = TypeVar("T")

MAX_ITEMS: Final = 200  # of one container
MAX_DEPTH: Final = 10  # nested containers
MAX_LENGTH: Final = 10_000  # characters of a string
MAX_INNER_LENGTH: Final = 500  # characters of a string in a container
MAX_TOTAL_LENGTH: Final = 20_000  # characters of all strings in one value; after that, a string has
SHORT_LENGTH: Final = 80  # characters
MAX_TOTAL_ITEMS: Final = 5_000  # items of all containers in one value
_MAX_DECIMAL_BITS = 10_000  # Python refuses to write longer integers in decimal
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_SEQUENCES = (list, tuple, deque, range, Set, KeysView, ValuesView, ItemsView)
_SCALARS = (str, int, float, complex, type, Enum)


def record_value(value: object) -> Json:
    """Return a snapshot of a value as JSON.

    >>> record_value([1, (2.5, "a"), float("nan")])
    [1, {'type': 'tuple', 'items': [2.5, 'a']}, {'type': 'float', 'text': 'nan'}]
    """
    return _ValueRecorder().record(value)


def type_name(value: object) -> str:
    """Return the qualified name of a value's type; built-in types have no module prefix.

    >>> type_name(1), type_name(re.compile(""))
    ('int', 're.Pattern')
    """
    return _qualified_name(type(value))


def strip_address(text: str) -> str:
    """Remove memory addresses, which differ from run to run, from the `repr` of an object.

    >>> strip_address("<object object at 0x7f2a>")
    '<object object>'
    """
    return _ADDRESS.sub("", text)


def _qualified_name(kind: type) -> str:
    module = kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"


class _ValueRecorder:
    """Records one value, keeping track of open containers and of the remaining budget."""

    def __init__(self) -> None:
        self._open: set[int] = set()  # ids of the containers around the current value
        self._items_left = MAX_TOTAL_ITEMS
        self._characters_left = MAX_TOTAL_LENGTH

    def record(self, value: object) -> Json:
        """Return a value as JSON; an exception from the value's own code becomes its "error"."""
        self._items_left -= 1
        if type(value) is str and len(value) <= self._max_length():
            self._characters_left -= len(value)
            return value
        if is_json_scalar(value):
            return cast(Json, value)
        try:
            contents = self._contents(value)
            if type(value) is list and contents.keys() == {"items"}:
                return contents["items"]
            return {"type": type_name(value)} | contents
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
            return {"type": type_name(value), "error": message[:MAX_LENGTH]}

    def _contents(self, value: object) -> dict[str, Json]:
        if is_tensor(value):
            return self._tensor(value)
        if type(value) in (bytes, bytearray):
            return self._text(value.decode("latin-1"))  # type: ignore[attr-defined]
        if isinstance(value, _SCALARS):
            return self._text(_stable_str(value))
        if id(value) in self._open:
            return {"cycle": True}
        if len(self._open) >= MAX_DEPTH or self._items_left <= 0:
            return {"text": "...", "of": 0}
        self._open.add(id(value))
        try:
            plain = type(value) in (list, tuple)  # as most are
            return self._sequence(cast("Any", value)) if plain else self._container(value)
        finally:
            self._open.remove(id(value))

    def _container(self, value: object) -> dict[str, Json]:
        if is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in fields(value)]
            return self._fields({name: getattr(value, name) for name in names})
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return self._fields(dict(zip(value._fields, value, strict=True)))
        if isinstance(value, Mapping):
            first = self._first(value.items(), len(value))
            pairs: list[Json] = [[self.record(key), self.record(item)] for key, item in first]
            return _with_total({"entries": pairs}, len(pairs), len(value))
        if isinstance(value, Set) and not isinstance(value, KeysView | ItemsView):
            value = sorted(value, key=repr)  # the order of a set may differ from run to run
        if isinstance(value, _SEQUENCES) or is_storage(value):
            return self._sequence(cast("Sequence[object]", value))
        if callable(getattr(type(value), "asdict", None)):
            return self._fields(value.asdict())  # type: ignore[attr-defined]
        return self._text(_stable_str(value))

    def _sequence(self, values: Sequence[object]) -> dict[str, Json]:
        items: list[Json] = [self.record(item) for item in self._first(values, len(values))]
        return _with_total({"items": items}, len(items), len(values))

    def _tensor(self, value: Any) -> dict[str, Json]:
        shape, dtype = shape_of(value), str(value.dtype)
        contents: dict[str, Json] = {"dtype": dtype, "shape": list(shape)}
        try:
            entries = corner(value, shape).tolist()
        except Exception:
            return contents | {"array": None}
        if is_numbers_or_strings(entries):
            return contents | {"array": entries_to_json(entries, dtype.removeprefix("torch."))}
        if not shape:
            return contents | self._text(strip_address(str(entries)))
        items = cast("list[Json]", self._nested(entries))
        return contents | _with_total({"items": items}, len(items), shape[0])

    def _nested(self, entries: object) -> Json:
        if isinstance(entries, list):
            return [self._nested(entry) for entry in entries]
        if is_tensor(entries):  # a number that Python lacks, such as numpy.longdouble
            return {"type": type_name(entries), "text": strip_address(str(entries))}
        return self.record(entries)

    def _text(self, text: str) -> dict[str, Json]:
        """Return a string, truncated if it is long."""
        length = min(self._max_length(), len(text))
        self._characters_left -= length
        return _with_total({"text": text[:length]}, length, len(text))

    def _max_length(self) -> int:
        """Return how many characters a string may have at this point."""
        if self._characters_left <= 0:
            return SHORT_LENGTH
        return MAX_INNER_LENGTH if self._open else MAX_LENGTH

    def _fields(self, values: Mapping[str, object]) -> dict[str, Json]:
        names = list(self._first(values, len(values)))
        recorded: dict[str, Json] = {str(name): self.record(values[name]) for name in names}
        return _with_total({"fields": recorded}, len(names), len(values))

    def _first(self, values: Iterable[T], size: int) -> Iterable[T]:
        """Return the first values, as many as the limits allow."""
        return islice(values, min(size, MAX_ITEMS, max(self._items_left, 0)))


def _with_total(contents: dict[str, Json], recorded: int, total: int) -> dict[str, Json]:
    """Add the total as "of" if not everything is recorded."""
    return contents | {"of": total} if recorded < total else contents


def _stable_str(value: object) -> str:
    """Return `str()` of an object without what differs from run to run."""
    if isinstance(value, type):
        return _qualified_name(value)
    if isinstance(value, ModuleType):
        return f"module {value.__name__!r}"
    if type(value) is int and value.bit_length() > _MAX_DECIMAL_BITS:
        return hex(value)
    return strip_address(str(value))
