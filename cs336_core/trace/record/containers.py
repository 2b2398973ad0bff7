"""What containers contain, without calling methods that the program overrides."""

from __future__ import annotations

from collections import deque
from collections.abc import ItemsView, Iterable, KeysView, Mapping, Set, ValuesView
from itertools import islice
from typing import Any, Final

from cs336_core.trace.record.objects import inherited, per_type

_SEQUENCES: Final = (list, tuple, deque, range, Set, KeysView, ValuesView, ItemsView)
_BUILT_IN: Final = (list, tuple, dict, set, frozenset, deque)


@per_type
def is_sequence(kind: type) -> bool:
    """Whether objects of a type are containers whose elements are recorded in order."""
    try:
        return issubclass(kind, _SEQUENCES)
    except TypeError:  # abstract classes hash the type, which its metaclass may prevent
        return False


@per_type
def is_mapping(kind: type) -> bool:
    """Whether objects of a type have keys and values."""
    try:
        return issubclass(kind, Mapping)
    except TypeError:
        return False


def elements_of(container: Any, method: str) -> tuple[Iterable[Any], int]:
    """Return what a container contains, and how much.

    The methods of a built-in type are not called as the program overrides them.
    """
    kind = type(container)
    if _is_derived(kind):
        return inherited(kind, method)(container), inherited(kind, "__len__")(container)
    return getattr(container, method)(), len(container)


@per_type
def _is_derived(kind: type) -> bool:
    """Whether a type is a subclass of a built-in container."""
    return issubclass(kind, _BUILT_IN) and not any(kind is each for each in _BUILT_IN)


def last_of(container: Any, n: int) -> list[Any]:
    """Return the last `n` elements of a list, a tuple or a dict, and none of other containers."""
    kind = type(container)
    if n and issubclass(kind, list | tuple):
        return list(inherited(kind, "__getitem__")(container, slice(-n, None)))
    if issubclass(kind, dict):
        return list(islice(reversed(inherited(kind, "items")(container)), n))[::-1]
    return []
