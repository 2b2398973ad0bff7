"""What can be learned of an object without running the program's code.

A property, `__getattr__`, `__str__` or `__repr__` of the program could print, count, or take a
second. Called at every step, it would make the recorded program another one.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import is_dataclass
from enum import Enum
from functools import lru_cache
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType, ModuleType
from typing import Final, TypeVar

from cs336_core.trace.record.libraries import is_library

_IMMUTABLE: Final = (
    str, bytes, int, float, complex, tuple, frozenset, range, slice, type(None), type, Enum,
    ModuleType, FunctionType,
)  # fmt: skip
_CACHED_TYPES: Final = 1 << 12

T = TypeVar("T")


def per_type(function: Callable[[type], T]) -> Callable[[type], T]:
    """Cache the results of a function of types: most values are of a few."""
    return lru_cache(_CACHED_TYPES)(function)


def attributes(value: object) -> dict[str, object]:
    """Return the attributes of an object in its `__dict__` and its `__slots__`.

    >>> class Point:
    ...     __slots__ = ("x", "y")
    >>> point = Point()
    >>> point.x = 1
    >>> attributes(point)
    {'x': 1}
    """
    dictionary, slots = _storage(type(value))
    found: dict[str, object] = {}
    for name, slot in slots:
        try:
            found[name] = slot.__get__(value)
        except AttributeError:  # nothing is assigned to it
            continue
    if dictionary is not None:
        found |= dictionary.__get__(value)
    return found


@per_type
def _storage(
    kind: type,
) -> tuple[GetSetDescriptorType | None, list[tuple[str, MemberDescriptorType]]]:
    """Return the descriptors of a type's `__dict__` and of its slots, if it has any."""
    bases = [vars(base) for base in reversed(kind.__mro__)]
    dictionaries = [base["__dict__"] for base in bases if "__dict__" in base]
    slots = [
        (name, member)
        for base in bases
        if "__slots__" in base
        for name, member in base.items()
        if isinstance(member, MemberDescriptorType)
    ]
    found = (member for member in dictionaries if isinstance(member, GetSetDescriptorType))
    return next(found, None), slots


@per_type
def has_text(kind: type) -> bool:
    """Whether objects of a type are shown as their `str()`, which runs no code of the program.

    That is so if Python or an installed package defines it, and not only for all objects.
    Dataclasses show their fields.
    """
    if is_dataclass(kind):
        return False
    text = inspect.getattr_static(kind, "__str__")
    if text is object.__str__:
        text = inspect.getattr_static(kind, "__repr__")
    if isinstance(text, FunctionType):
        return is_library(text.__code__.co_filename)
    return text is not object.__repr__


@per_type
def is_mutable(kind: type) -> bool:
    """Whether objects of a type can change, so that it matters whether two names share one."""
    if issubclass(kind, _IMMUTABLE):
        return False
    if is_dataclass(kind) and kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return False
    dictionary, slots = _storage(kind)
    changes = hasattr(kind, "__setitem__") or hasattr(kind, "add") or hasattr(kind, "append")
    return changes or dictionary is not None or (bool(slots) and not has_text(kind))
