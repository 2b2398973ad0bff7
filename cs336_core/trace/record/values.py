"""Values as a trace holds them: as they were at a step, as JSON, and never too large.

What JSON has (null, true, numbers, text) stands for itself, and a list of Python for an array. All
else is an object with its type under "type", and one of

- "items": the values of a tuple, a set and the like, or the bytes of a tensor's storage;
- "entries": the keys and values of a dict, as pairs;
- "fields": the attributes of a dataclass or a named tuple, or what an object's `asdict()` returns;
- "array": the numbers or texts of a tensor, nested; its first rows and columns where it is large,
  and as many digits as its dtype can tell apart; null where it has no numbers (on the meta device)
  or they cannot be read (sparse, quantized, nested tensors);
- "text": a number that JSON has not (nan, inf, 1 << 99; nor 2.0, which may be taken for 2), bytes
  (in Latin-1), text that is cut, or `str()` of any other object;
- "cycle": true, where a container holds itself;
- "error": what went wrong when it was looked at.

Beside the contents of a tensor stand its "dtype" and "shape", in which -1 is an irregular size. A
tensor of other things than numbers and texts has them as "items", nested.

"of" is how many items, entries, characters or bytes there are where not all are recorded.
"""

from __future__ import annotations

import math
import re
import struct
from collections import deque
from collections.abc import (
    Callable,
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
from typing import Any, Final, TypeAlias, TypeVar, cast

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

T = TypeVar("T")

MANY: Final = 200  # items of one container
DEEP: Final = 10  # containers in one another
LONG: Final = 10_000  # characters of a text
INNER: Final = 500  # characters of a text in a container
LETTERS: Final = 20_000  # of one value, in all of its texts; from then on a text has
FEW: Final = 80  # characters
TOTAL: Final = 5_000  # items of one value, in all of its containers
NUMBERS: Final = 1_024  # of one tensor
_EXACT = 1 << 53  # up to here JavaScript tells whole numbers apart
_DECIMAL = 10_000  # bits: Python refuses to write longer numbers in decimal
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_SEQUENCES = (list, tuple, deque, range, Set, KeysView, ValuesView, ItemsView)


def recorded(value: object) -> Json:
    """Return a value as JSON.

    >>> recorded([1, (2.5, "a"), float("nan")])
    [1, {'type': 'tuple', 'items': [2.5, 'a']}, {'type': 'float', 'text': 'nan'}]
    """
    return _Recorder().record(value)


def type_name(value: object) -> str:
    """Return the name of a value's type, with its module unless it is built in.

    >>> type_name(1), type_name(re.compile(""))
    ('int', 're.Pattern')
    """
    return _qualified(type(value))


def without_address(text: str) -> str:
    """Return what an object is written as, but for its address, which is another in every run.

    >>> without_address("<object object at 0x7f2a>")
    '<object object>'
    """
    return _ADDRESS.sub("", text)


def _qualified(kind: type) -> str:
    module = kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"


class _Recorder:
    """Records one value: knows what it is inside of, and how much it has written."""

    def __init__(self) -> None:
        self._inside: set[int] = set()
        self._left = TOTAL
        self._letters = LETTERS

    def record(self, value: object) -> Json:
        """Return a value as JSON; what its own code raises becomes its error."""
        self._left -= 1
        if type(value) is str and len(value) <= self._longest():
            self._letters -= len(value)
            return value
        if _is_json(value):
            return cast(Json, value)
        try:
            contents = self._contents(value)
            if type(value) is list and contents.keys() == {"items"}:
                return contents["items"]
            return {"type": type_name(value)} | contents
        except Exception as error:
            return {"type": type_name(value), "error": f"{type(error).__name__}: {error}"[:LONG]}

    def _contents(self, value: object) -> dict[str, Json]:
        if _is_array(value):
            return self._array(value)
        if type(value) in (bytes, bytearray):
            return self._text(value.decode("latin-1"))  # type: ignore[attr-defined]
        if isinstance(value, str | int | float | complex | type | Enum):
            return self._text(_plain(value))
        if id(value) in self._inside:
            return {"cycle": True}
        if len(self._inside) >= DEEP or self._left <= 0:
            return {"text": "...", "of": 0}
        self._inside.add(id(value))
        try:
            return self._container(value)
        finally:
            self._inside.remove(id(value))

    def _container(self, value: object) -> dict[str, Json]:
        if is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in fields(value)]
            return self._fields({name: getattr(value, name) for name in names})
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return self._fields(dict(zip(value._fields, value, strict=True)))
        if isinstance(value, Mapping):
            first = self._first(value.items(), len(value))
            pairs: list[Json] = [[self.record(key), self.record(item)] for key, item in first]
            return _of({"entries": pairs}, len(pairs), len(value))
        if isinstance(value, Set) and not isinstance(value, KeysView | ItemsView):
            value = sorted(value, key=repr)  # in no order that anyone may rely on
        if isinstance(value, _SEQUENCES) or _is_storage(value):
            values = cast("Sequence[object]", value)
            items = self._several(self._first(values, len(values)))
            return _of({"items": items}, len(items), len(values))
        if callable(getattr(type(value), "asdict", None)):
            return self._fields(value.asdict())  # type: ignore[attr-defined]
        return self._text(_plain(value))

    def _array(self, value: Any) -> dict[str, Json]:
        """Return the first entries of a tensor along each of its dimensions."""
        shape, dtype = _shape(value), str(value.dtype)
        known: dict[str, Json] = {"dtype": dtype, "shape": list(shape)}
        try:
            entries = _first_of(value, shape).tolist()
        except Exception:
            return known | {"array": None}
        if _is_plain(entries):
            return known | {"array": _numbers(entries, dtype.removeprefix("torch."))}
        if not shape:
            return known | self._text(without_address(str(entries)))
        items = cast("list[Json]", self._nested(entries))
        return known | _of({"items": items}, len(items), shape[0])

    def _nested(self, entries: object) -> Json:
        if isinstance(entries, list):
            return [self._nested(entry) for entry in entries]
        if _is_array(entries):  # a number that Python has not, such as numpy.longdouble
            return {"type": type_name(entries), "text": without_address(str(entries))}
        return self.record(entries)

    def _text(self, text: str) -> dict[str, Json]:
        """Return text, cut where it is long."""
        longest = self._longest()
        self._letters -= min(longest, len(text))
        return _of({"text": text[:longest]}, min(longest, len(text)), len(text))

    def _longest(self) -> int:
        """Return how many characters a text may have here."""
        if self._letters <= 0:
            return FEW
        return INNER if self._inside else LONG

    def _fields(self, values: Mapping[str, object]) -> dict[str, Json]:
        names = list(self._first(values, len(values)))
        named: dict[str, Json] = {str(name): self.record(values[name]) for name in names}
        return _of({"fields": named}, len(names), len(values))

    def _several(self, values: Iterable[object]) -> list[Json]:
        return [self.record(value) for value in values]

    def _first(self, values: Iterable[T], size: int) -> Iterable[T]:
        """Return the values that may be recorded, as far as the bounds go."""
        return islice(values, min(size, MANY, max(self._left, 0)))


def _is_json(value: object) -> bool:
    """Whether JSON has such a value, and every reader of JSON takes it for the same."""
    match value:
        case None | bool():
            return True
        case int():
            return type(value) is int and abs(value) <= _EXACT
        case float():
            # Who reads 2.0 in JSON may take it for 2.
            return type(value) is float and math.isfinite(value) and not value.is_integer()
    return False


def _of(contents: dict[str, Json], held: int, there: int) -> dict[str, Json]:
    """Tell how many there are where not all are held."""
    return contents | {"of": there} if held < there else contents


def _plain(value: object) -> str:
    """Return `str()` of an object, the same in every run."""
    if isinstance(value, type):
        return _qualified(value)
    if type(value) is int and value.bit_length() > _DECIMAL:
        return hex(value)
    return without_address(str(value))


def _is_array(value: object) -> bool:
    """Whether a value is a tensor of NumPy, PyTorch or the like, which are not imported here."""
    kind = type(value)
    return all(hasattr(kind, name) for name in ("dtype", "shape", "tolist"))


def _is_storage(value: object) -> bool:
    """Whether a value is where a tensor of PyTorch keeps its bytes: as text, each has a line."""
    kind = type(value)
    return kind.__module__ == "torch.storage" and hasattr(kind, "__len__")


def _shape(value: Any) -> list[int]:
    """Return the shape of a tensor, with -1 for a size that is not the same everywhere."""
    try:
        return [int(size) for size in value.shape]
    except Exception:  # a nested tensor has no shape as a whole
        return [_size(value, dimension) for dimension in range(value.dim())]


def _size(value: Any, dimension: int) -> int:
    try:
        return int(value.size(dimension))
    except Exception:
        return -1


def _first_of(value: Any, shape: Sequence[int]) -> Any:
    """Return the corner of a tensor that is recorded."""
    limit = max(shape, default=1)
    while math.prod(min(size, limit) for size in shape) > NUMBERS:
        limit = limit * 3 // 4
    return value[tuple(slice(limit) for _ in shape)] if shape else value


def _is_plain(entries: object) -> bool:
    """Whether nested lists have only numbers and texts in them."""
    if isinstance(entries, list):
        return all(map(_is_plain, entries))
    return isinstance(entries, bool | int | float | str)


def _numbers(value: object, dtype: str) -> Json:
    """Return nested lists of numbers and texts as JSON: numbers that it has not, as text."""
    if isinstance(value, list):
        return [_numbers(item, dtype) for item in value]
    if isinstance(value, float) and math.isfinite(value):
        return _short(value, dtype)
    if isinstance(value, bool | str) or (isinstance(value, int) and abs(value) <= _EXACT):
        return value
    return str(value)


def _short(number: float, dtype: str) -> float:
    """Return a number with few digits that is the same in its dtype.

    >>> _short(0.10000000149011612, "float32"), _short(0.3333333432674408, "float32")
    (0.1, 0.333333343)
    """
    if dtype not in _DIGITS or (number.is_integer() and abs(number) <= _EXACT):
        return number
    few, enough, nearest = _DIGITS[dtype]
    short = float(f"{number:.{few}g}")
    return short if nearest(short) == number else float(f"{number:.{enough}g}")


def _float16(number: float) -> float:
    return float(struct.unpack("e", struct.pack("e", number))[0])


def _float32(number: float) -> float:
    return float(struct.unpack("f", struct.pack("f", number))[0])


def _bfloat16(number: float) -> float:
    """Return the nearest bfloat16, the upper half of a float32; of two, the even one."""
    bits = struct.unpack("I", struct.pack("f", number))[0]
    bits = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000
    return float(struct.unpack("f", struct.pack("I", bits))[0])


# The digits that a dtype always preserves, those that tell its numbers apart, and its rounding.
_DIGITS: Final[dict[str, tuple[int, int, Callable[[float], float]]]] = {
    "float32": (6, 9, _float32),
    "float16": (3, 5, _float16),
    "bfloat16": (2, 4, _bfloat16),
}
