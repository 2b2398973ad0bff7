"""Which names refer to one mutable object, so that a change through one shows in the others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final, NamedTuple

from cs336_core.trace.record.containers import elements_of
from cs336_core.trace.record.objects import attributes, has_text
from cs336_core.trace.record.values import MAX_ITEMS

MAX_NAMES: Final = 12  # of one object: a recursion passes it on and on
MAX_GROUPS: Final = 100
_MAX_KEY: Final = 40  # characters of a dict key in a name


class Name(NamedTuple):
    """A variable of a call, or one of its elements.

    Attributes:
        call: the number of the call.
        variable: the name of the variable.
        element: an index, a key or an attribute, as in the program: `[0]`, `['a']`, `.next`.

    """

    call: int
    variable: str
    element: str = ""

    def __str__(self) -> str:
        """Return the name as a trace has it."""
        return f"{self.call}:{self.variable}{self.element}"


class SharedObjects:
    """The mutable objects that the recorded variables of open calls refer to, by their ids."""

    def __init__(self) -> None:
        self._names: dict[int, dict[Name, None]] = {}  # object -> its names
        self._own: dict[Name, list[tuple[int, Name]]] = {}  # variable -> it and its elements
        self._within: dict[Name, frozenset[int]] = {}  # variable -> objects at any depth in it
        self._holders: dict[int, dict[Name, None]] = {}  # object -> variables that contain it
        self._shared: set[int] = set()  # objects with several names
        self._groups: list[list[str]] = []  # as last returned
        self.changed = False  # whether the names of an object have changed

    def put(self, name: Name, value: object, objects: frozenset[int]) -> None:
        """Set what a variable refers to: an object, and the objects at any depth in it."""
        self.remove(name)
        if not objects:
            return
        own = [(id(value), name)] if id(value) in objects else []
        if len(objects) > len(own):
            own += [
                (id(item), name._replace(element=element))
                for element, item in _elements(value)
                if id(item) in objects
            ]
        for identity, inner in own:
            names = self._names.setdefault(identity, {})
            names[inner] = None
            if len(names) > 1:
                self._shared.add(identity)
                self.changed = True
        for identity in objects:
            self._holders.setdefault(identity, {})[name] = None
        self._own[name], self._within[name] = own, objects

    def remove(self, name: Name) -> None:
        """Forget a variable."""
        for identity, inner in self._own.pop(name, ()):
            names = self._names[identity]
            del names[inner]
            if names:
                self.changed = True
                if len(names) == 1:
                    self._shared.remove(identity)
            else:
                del self._names[identity]
        for identity in self._within.pop(name, ()):
            holders = self._holders[identity]
            del holders[name]
            if not holders:
                del self._holders[identity]

    def holders(self, objects: Iterable[int]) -> set[Name]:
        """Return the variables that contain any of these objects."""
        return {name for identity in objects for name in self._holders.get(identity, ())}

    def changed_groups(self) -> list[list[str]] | None:
        """Return the names of each object that has several; `None` if they are as before."""
        self.changed = False
        shared = [sorted(self._names[identity]) for identity in self._shared]
        # The elements of an object are named once, after the first of its own names.
        aliases = {name for names in shared for name in names[1:] if not name.element}
        found = []
        for names in shared:
            distinct = [
                name
                for name in names
                if not name.element or name._replace(element="") not in aliases
            ]
            if len(distinct) > 1:
                found.append(distinct[:1] + distinct[1:][1 - MAX_NAMES :])
        groups = [[str(name) for name in names] for names in sorted(found)[:MAX_GROUPS]]
        if groups == self._groups:
            return None
        self._groups = groups
        return groups


def _elements(value: Any) -> Iterator[tuple[str, object]]:
    """Yield the elements of a value, each with the code that selects it."""
    kind = type(value)
    if issubclass(kind, list | tuple | deque):
        for i, item in enumerate(islice(elements_of(value, "__iter__")[0], MAX_ITEMS)):
            yield f"[{i}]", item
    elif issubclass(kind, dict):
        for key, item in islice(elements_of(value, "items")[0], MAX_ITEMS):
            if type(key) is int or (type(key) is str and len(key) <= _MAX_KEY):
                yield f"[{key!r}]", item
    elif not has_text(kind):
        for name, item in islice(attributes(value).items(), MAX_ITEMS):
            yield f".{name}", item
