"""The entries of a tensor as JSON: a corner of a large one, with the digits its dtype can hold.

Works for NumPy, PyTorch and anything else with `dtype`, `shape` and `tolist()`; imports none.
"""

from __future__ import annotations

import inspect
import math
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

from cs336_core.trace.json_values import MAX_EXACT_INT, Json
from cs336_core.trace.record.objects import defines, is_of_program, per_type

MAX_ENTRIES: Final = 1_024  # of one tensor
_ATTRIBUTES: Final = ("dtype", "shape", "tolist")


@per_type
def is_tensor(kind: type) -> bool:
    """Whether a type is NumPy's array, PyTorch's tensor or a similar one of a package.

    A pandas Series is not: it has labels, which its text shows. Nor is a class of the program,
    whose `shape` would run its code.
    """
    if not all(defines(kind, name) for name in _ATTRIBUTES):
        return False
    if any(is_of_program(inspect.getattr_static(kind, name)) for name in _ATTRIBUTES):
        return False
    return not kind.__module__.startswith("pandas.")


@contextmanager
def unobserved() -> Iterator[None]:
    """Run a block unseen by what observes PyTorch's functions: modes and subclasses of tensors.

    A mode that counts operations would count those that read a tensor; the mode of fake tensors
    would hide the entries of the real ones.
    """
    torch = sys.modules.get("torch")
    dispatch = sys.modules.get("torch.utils._python_dispatch")
    if torch is None or dispatch is None:  # or it is being imported
        yield
        return
    with torch._C.DisableTorchFunction():
        if torch._C._len_torch_dispatch_stack():
            with dispatch._disable_current_modes():
                yield
        else:
            yield


def is_storage(value: object) -> bool:
    """Whether a value is the storage of a PyTorch tensor; its `str()` has a line per byte."""
    kind = type(value)
    return kind.__module__ == "torch.storage" and hasattr(kind, "__len__")


def shape_of(value: Any) -> list[int]:
    """Return the shape of a tensor, with -1 for an irregular size."""
    try:
        return [int(size) for size in value.shape]
    except Exception:  # a nested tensor has no overall shape
        return [_size(value, dimension) for dimension in range(value.dim())]


def _size(value: Any, dimension: int) -> int:
    try:
        return int(value.size(dimension))
    except Exception:
        return -1


def notes_of(value: Any) -> list[str]:
    """Return what PyTorch prints after the entries of a tensor: its device and its gradient's."""
    kind = type(value)
    if not hasattr(kind, "grad_fn"):
        return []
    notes = [] if value.device.type == "cpu" else [f"device='{value.device}'"]
    if value.grad_fn is not None:
        return [*notes, f"grad_fn=<{type(value.grad_fn).__name__}>"]
    if value.requires_grad != (kind.__name__ == "Parameter"):  # as parameters usually do
        notes.append(f"requires_grad={value.requires_grad}")
    return notes


def corner(value: Any, shape: Sequence[int], max_entries: int = MAX_ENTRIES) -> Any:
    """Return the first entries along each dimension, at most `max_entries` in all."""
    limit = max(shape, default=1)
    while math.prod(min(size, limit) for size in shape) > max_entries:
        limit = limit * 3 // 4
    return value[tuple(slice(limit) for _ in shape)] if shape else value


def entries_of(value: Any) -> object:
    """Return the entries as nested lists; dates and durations as NumPy prints them.

    `tolist` would return integers for those that Python's own types cannot hold: nanoseconds.
    """
    is_time = getattr(value.dtype, "kind", None) in ("m", "M")
    return (value.astype("U") if is_time else value).tolist()


def is_numbers_or_strings(entries: object) -> bool:
    """Whether nested lists hold only numbers and strings."""
    if isinstance(entries, list):
        return all(map(is_numbers_or_strings, entries))
    return isinstance(entries, bool | int | float | str)


def entries_to_json(entries: object, dtype: str) -> Json:
    """Return nested lists of numbers and strings as JSON; numbers that JSON lacks as strings."""
    if isinstance(entries, list):
        return [entries_to_json(entry, dtype) for entry in entries]
    if isinstance(entries, float) and math.isfinite(entries):
        return _shortest(entries, dtype)
    if isinstance(entries, bool | str):
        return entries
    if isinstance(entries, int) and abs(entries) <= MAX_EXACT_INT:
        return entries
    return str(entries)


def _shortest(number: float, dtype: str) -> float:
    """Return a number with few digits that rounds to the same value in its dtype.

    >>> _shortest(0.10000000149011612, "float32"), _shortest(0.3333333432674408, "float32")
    (0.1, 0.333333343)
    """
    if dtype not in _DIGITS or (number.is_integer() and abs(number) <= MAX_EXACT_INT):
        return number
    return _shortened(number, dtype)


@lru_cache(maxsize=1 << 16)  # most entries of a tensor are the same at the next step
def _shortened(number: float, dtype: str) -> float:
    preserved, sufficient, to_dtype = _DIGITS[dtype]
    short = float(f"{number:.{preserved}g}")
    return short if to_dtype(short) == number else float(f"{number:.{sufficient}g}")


def _float16(number: float) -> float:
    return float(struct.unpack("e", struct.pack("e", number))[0])


def _float32(number: float) -> float:
    return float(struct.unpack("f", struct.pack("f", number))[0])


def _bfloat16(number: float) -> float:
    """Round to bfloat16, the upper half of a float32; ties go to the even one."""
    bits = struct.unpack("I", struct.pack("f", number))[0]
    bits = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000
    return float(struct.unpack("f", struct.pack("I", bits))[0])


# Decimal digits that survive a round trip through the dtype, digits that identify each of its
# numbers, and rounding to it.
_DIGITS: Final[dict[str, tuple[int, int, Callable[[float], float]]]] = {
    "float32": (6, 9, _float32),
    "float16": (3, 5, _float16),
    "bfloat16": (2, 4, _bfloat16),
}
