"""What can be learned of an object without running the program's code.

A property, `__getattr__`, `__str__` or `__repr__` of the program could print, count, or take a
second. Called at every step, it would make the recorded program another one. The same is true of a
metaclass, so classes are looked into by their `__mro__`, not with `hasattr`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from enum import Enum
from functools import wraps
from types import (
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    ModuleType,
    SimpleNamespace,
)
from typing import Any, Final, TypeVar

from cs336_core.trace.record.libraries import is_library

_IMMUTABLE: Final = (
    str, bytes, int, float, complex, tuple, frozenset, range, slice, type(None), type, Enum,
    ModuleType, FunctionType,
)  # fmt: skip
_ATOMS: Final = (str, int, float, bool, bytes, type(None))
_DESCRIPTORS: Final = (GetSetDescriptorType, MemberDescriptorType)
_CACHED_TYPES: Final = 1 << 12

T = TypeVar("T")


def per_type(function: Callable[[type], T]) -> Callable[[type], T]:
    """Cache the results of a function of types: most values are of a few.

    They are found by the id of the type, since a metaclass may define `__hash__` and `__eq__`.
    """
    results: dict[int, tuple[type, T]] = {}

    @wraps(function)
    def cached(kind: type) -> T:
        found = results.get(id(kind))
        if found is None:
            if len(results) >= _CACHED_TYPES:
                results.clear()
            found = results[id(kind)] = kind, function(kind)
        return found[1]

    return cached


def defines(kind: type, name: str) -> bool:
    """Whether a type or one of its bases has an attribute; its metaclass is not called."""
    return any(name in vars(base) for base in kind.__mro__)


@per_type
def is_atom(kind: type) -> bool:
    """Whether a type is one of Python's own without parts, and not a subclass of one."""
    return any(kind is atom for atom in _ATOMS)


@per_type
def is_dataclass(kind: type) -> bool:
    """Whether a type is a dataclass."""
    return defines(kind, "__dataclass_fields__")


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
) -> tuple[
    GetSetDescriptorType | MemberDescriptorType | None, list[tuple[str, MemberDescriptorType]]
]:
    """Return the descriptors of a type's `__dict__` and of its slots, if it has any."""
    bases = [vars(base) for base in reversed(kind.__mro__)]
    dictionaries = [base["__dict__"] for base in bases if "__dict__" in base]
    slots = [
        (name, member)
        for base in bases
        if "__slots__" in base
        for name, member in base.items()
        if isinstance(member, MemberDescriptorType) and name != "__dict__"
    ]
    found = (member for member in dictionaries if isinstance(member, _DESCRIPTORS))
    return next(found, None), slots


@per_type
def has_text(kind: type) -> bool:
    """Whether objects of a type are shown as their `str()`, which runs no code of the program.

    That is so if Python or an installed package defines it, or the class: its attributes would
    mean little to the program's reader. What consists of attributes shows them: dataclasses and
    namespaces.
    """
    if is_dataclass(kind) or issubclass(kind, SimpleNamespace) or kind.__name__ == "Namespace":
        return False
    text = inspect.getattr_static(kind, "__str__")
    if text is object.__str__:
        text = inspect.getattr_static(kind, "__repr__")
    if text is object.__repr__:
        return is_library(getattr(sys.modules.get(kind.__module__), "__file__", None) or "")
    return not is_of_program(text)


def has_safe_text(error: BaseException) -> bool:
    """Whether the `str()` of an exception, which may be that of its arguments, is safe as well."""
    return has_text(type(error)) and all(
        is_atom(type(argument)) for argument in exception_arguments(error)
    )


def exception_arguments(error: BaseException) -> tuple[object, ...]:
    """Return the arguments of an exception, whose class may have a property `args`."""
    arguments: tuple[object, ...] = vars(BaseException)["args"].__get__(error)
    return arguments


def inherited(kind: type, name: str) -> Callable[..., Any]:
    """Return a method of a type; if the program overrides it, the one that it overrides."""
    methods = (vars(base)[name] for base in kind.__mro__ if name in vars(base))
    method: Callable[[Any], Any] = next(each for each in methods if not is_of_program(each))
    return method


def is_of_program(method: object) -> bool:
    """Whether a method or a property is neither Python's nor that of an installed package."""
    if isinstance(method, property):
        method = method.fget
    return isinstance(method, FunctionType) and not is_library(method.__code__.co_filename)


@per_type
def is_mutable(kind: type) -> bool:
    """Whether objects of a type can change, so that it matters whether two names share one."""
    if issubclass(kind, _IMMUTABLE):
        return False
    if is_dataclass(kind) and kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        return False
    dictionary, slots = _storage(kind)
    changes = any(defines(kind, name) for name in ("__setitem__", "add", "append"))
    return changes or dictionary is not None or (bool(slots) and not has_text(kind))
