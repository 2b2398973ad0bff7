"""Values as a trace stores them: a snapshot at one step, as JSON, bounded in size.

A value that JSON has (null, true, numbers, strings) stands for itself, and a Python list is an
array. Any other value is an object with its type under "type", and one of

- "items": the elements of a tuple, a set and the like, or the bytes of a tensor's storage;
- "entries": the keys and values of a dict, as pairs;
- "fields": the attributes of an object, or what its `asdict()` returns;
- "array": the numbers or strings of a tensor, nested; only the first rows and columns of a large
  one, with as many digits as its dtype can hold; null if it has no data (on the meta device) or
  the data cannot be read (sparse, quantized, nested tensors);
- "text": a number that JSON lacks (nan, inf, 1 << 99, or 2.0, which a reader may turn into 2),
  bytes (as Latin-1), a truncated string, or `str()` of any other object;
- "cycle": true, where a container contains itself;
- "error": the exception that reading the value raised.

A tensor also has "dtype" and "shape", in which -1 is an irregular size, and as "notes" what else
PyTorch prints of it, such as "device='meta'". A tensor of anything but numbers and strings has
its entries as "items", nested.

"of" is the full number of items, entries, characters or bytes if only some are recorded: fewer
within an object, which may hold a vocabulary or a whole model. Lists, tuples and dicts grow at the
end, so their last elements are recorded too; "last" is how many of the recorded ones these are.

Recording must not change the program, so it calls none of the program's own `__str__`, `__repr__`,
`__getattr__` and properties, only those of Python and of installed packages. An object of a class
that has no such text shows its attributes, read from `__dict__` and `__slots__`. What the program
defines for this purpose is called: `asdict()`, and the methods of a mapping or a sequence that has
no attributes to show.
"""

from __future__ import annotations

import json
from collections.abc import (
    ItemsView,
    KeysView,
    Mapping,
    Sequence,
    Set,
)
from dataclasses import fields
from itertools import islice
from typing import Any, Final, Literal, TypeVar, cast

from cs336_core.trace.json_values import MAX_EXACT_INT, Json, is_json_scalar
from cs336_core.trace.record.containers import elements_of, is_mapping, is_sequence, last_of
from cs336_core.trace.record.objects import (
    attributes,
    defines,
    exception_arguments,
    has_safe_text,
    has_text,
    is_atom,
    is_dataclass,
    is_mutable,
    per_type,
)
from cs336_core.trace.record.tensors import (
    MAX_ENTRIES,
    corner,
    entries_of,
    entries_to_json,
    is_numbers_or_strings,
    is_storage,
    is_tensor,
    notes_of,
    shape_of,
    unobserved,
)
from cs336_core.trace.record.texts import (
    SCALARS,
    object_text,
    scalar_text,
    strip_address,
    type_name,
)

T = TypeVar("T")

MAX_ITEMS: Final = 200  # of one container
LAST_SHARE: Final = 10  # of a container that is too large, every tenth item recorded is a last one
MAX_DEPTH: Final = 10  # nested containers
MAX_LENGTH: Final = 10_000  # characters of a string
MAX_INNER_LENGTH: Final = 500  # characters of a string in a container
MAX_TOTAL_LENGTH: Final = 20_000  # characters of all strings in one value; after that, a string has
SHORT_LENGTH: Final = 80  # characters
MAX_TOTAL_ITEMS: Final = 5_000  # items of all containers in one value
MAX_OBJECT_ITEMS: Final = 150  # items of all containers in an object: a tokenizer has a vocabulary
MAX_ATTRIBUTE_ITEMS: Final = 20  # of one container in an object
MAX_ATTRIBUTE_ENTRIES: Final = 64  # of a tensor in an object


def record_value(value: object) -> Json:
    """Return a snapshot of a value as JSON.

    >>> record_value([1, (2.5, "a"), float("nan")])
    [1, {'type': 'tuple', 'items': [2.5, 'a']}, {'type': 'float', 'text': 'nan'}]
    """
    return _ValueRecorder().record(value)


def record_objects(value: object) -> tuple[Json, frozenset[int]]:
    """Return a snapshot of a value, and the ids of the mutable objects it was taken from."""
    recorder = _ValueRecorder()
    return recorder.record(value), frozenset(recorder.objects)


class _ValueRecorder:
    """Records one value, keeping track of open containers and of the remaining budget."""

    __slots__ = ("_characters_left", "_is_in_object", "_items_left", "_open", "objects")

    def __init__(self) -> None:
        self.objects: set[int] = set()  # ids of mutable objects
        self._open: set[int] = set()  # ids of the containers around the current value
        self._is_in_object = False
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
        kind = type(value)
        is_plain = kind is list or kind is tuple  # as most are
        if kind is list or (kind is not tuple and is_mutable(kind)):
            self.objects.add(id(value))
        if not is_plain:
            if is_tensor(kind):
                with unobserved():
                    return self._tensor(value)
            if kind is bytes or kind is bytearray:
                return self._text(value.decode("latin-1"))  # type: ignore[attr-defined]
            if issubclass(kind, SCALARS):
                return self._text(scalar_text(value))
        if id(value) in self._open:
            return {"cycle": True}
        if len(self._open) >= MAX_DEPTH or self._items_left <= 0:
            return {"text": "...", "of": 0}
        self._open.add(id(value))
        try:
            return self._sequence(cast("Any", value)) if is_plain else self._container(value)
        finally:
            self._open.remove(id(value))

    def _container(self, value: Any) -> dict[str, Json]:
        kind = type(value)
        if (named := _named_values(value)) is not None:
            return self._fields(named)
        if issubclass(kind, dict):
            return self._mapping(value)
        has_elements = is_sequence(kind) or is_storage(value)
        if not (has_elements or has_text(kind)) and (own := attributes(value)):
            return self._object(own)
        if is_mapping(kind):
            return self._mapping(value)
        if has_elements:
            is_set = issubclass(kind, Set) and not issubclass(kind, KeysView | ItemsView)
            return self._set(value) if is_set else self._sequence(value)
        with unobserved():
            return self._text(object_text(value))

    def _object(self, own: dict[str, object]) -> dict[str, Json]:
        """Record the attributes of an object, within limits of their own."""
        was_in_object, items_left = self._is_in_object, self._items_left
        self._is_in_object, self._items_left = True, min(items_left, MAX_OBJECT_ITEMS)
        available = self._items_left
        contents = self._fields(own)
        self._items_left += items_left - available
        self._is_in_object = was_in_object
        return contents

    def _mapping(self, value: Mapping[object, object]) -> dict[str, Json]:
        items, size, n_last = self._selected(value, "items")
        pairs: list[Json] = [[self.record(key), self.record(item)] for key, item in items]
        return _with_total({"entries": pairs}, len(pairs), size, n_last)

    def _set(self, value: Set[object]) -> dict[str, Json]:
        """Record a set, sorted: its order may differ from run to run."""
        items, _ = elements_of(value, "__iter__")
        values = list(items)
        if all(is_atom(type(item)) for item in values):
            return self._sequence(sorted(values, key=repr))
        contents = self._sequence(values)
        return contents | {"items": sorted(cast("list[Json]", contents["items"]), key=json.dumps)}

    def _sequence(self, values: Sequence[object]) -> dict[str, Json]:
        elements, size, n_last = self._selected(values, "__iter__")
        if set(map(type, elements)) == {int} and _are_exact(cast("list[int]", elements)):
            self._items_left -= len(elements)
            items = cast("list[Json]", elements)
        else:
            items = [self.record(item) for item in elements]
        return _with_total({"items": items}, len(items), size, n_last)

    def _tensor(self, value: Any) -> dict[str, Json]:
        shape, dtype = shape_of(value), str(value.dtype)
        contents: dict[str, Json] = {"dtype": dtype, "shape": list(shape)}
        if notes := notes_of(value):
            contents["notes"] = list(notes)
        try:
            max_entries = MAX_ATTRIBUTE_ENTRIES if self._is_in_object else MAX_ENTRIES
            entries = entries_of(corner(value, shape, max_entries))
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
        if is_tensor(type(entries)):  # a number that Python lacks, such as numpy.longdouble
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
        names = list(islice(values, self._limit()))
        recorded: dict[str, Json] = {str(name): self.record(values[name]) for name in names}
        return _with_total({"fields": recorded}, len(names), len(values))

    def _selected(self, container: Any, method: str) -> tuple[list[Any], int, int]:
        """Return the elements to record, how many there are in all, and how many are the last."""
        elements, size = elements_of(container, method)
        limit = self._limit()
        last = [] if size <= limit else last_of(container, limit // LAST_SHARE)
        first = islice(elements, min(size, limit) - len(last))
        return [*first, *last], size, len(last)

    def _limit(self) -> int:
        """Return how many elements of a container may be recorded at this point."""
        limit = MAX_ATTRIBUTE_ITEMS if self._is_in_object else MAX_ITEMS
        return min(limit, max(self._items_left, 0))


def _are_exact(numbers: Sequence[int]) -> bool:
    """Whether JSON can hold all of these numbers, as it can token ids."""
    return min(numbers) >= -MAX_EXACT_INT and max(numbers) <= MAX_EXACT_INT


def _with_total(
    contents: dict[str, Json], recorded: int, total: int, n_last: int = 0
) -> dict[str, Json]:
    """Add the total as "of" if not everything is recorded, and how many of them are the last."""
    if recorded >= total:
        return contents
    return contents | {"of": total} | ({"last": n_last} if n_last else {})


def _named_values(value: Any) -> dict[str, object] | None:
    """Return what an object with names for its values consists of."""
    kind: Any = type(value)
    match _naming(kind):
        case "dataclass":
            own = attributes(value)
            return {field.name: own[field.name] for field in fields(kind) if field.name in own}
        case "namedtuple":
            return dict(zip(kind._fields, tuple.__iter__(value), strict=True))
        case "exception" if not has_safe_text(value):
            return {"args": exception_arguments(value)} | attributes(value)
        case "asdict":
            named: dict[str, object] = value.asdict()
            return named
    return None


@per_type
def _naming(kind: type) -> Literal["dataclass", "namedtuple", "exception", "asdict"] | None:
    """Return what gives names to the values that objects of a type consist of."""
    if is_dataclass(kind):
        return "dataclass"
    if issubclass(kind, tuple) and defines(kind, "_fields"):
        return "namedtuple"
    if issubclass(kind, BaseException):
        return "exception"
    return "asdict" if defines(kind, "asdict") and callable(cast("Any", kind).asdict) else None
