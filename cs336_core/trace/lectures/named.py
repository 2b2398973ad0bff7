"""Finds the functions that a directive of a lecture names."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

from cs336_core.trace.record.scope import is_project_file


def functions_named(name: str) -> list[object]:
    """Return the functions of the project with a qualified name, and all of a class by that name.

    Looks in the modules imported so far, each for what it defines itself.
    """
    return [function for value in _definitions(name) for function in _functions(value)]


def _definitions(name: str) -> Iterator[object]:
    """Yield the functions and classes with a qualified name, such as `Block.forward`."""
    first, *rest = name.split(".")
    for module in list(sys.modules.values()):
        value = getattr(module, "__dict__", {}).get(first)
        if value is None or getattr(value, "__module__", None) != module.__name__:
            continue
        if not is_project_file(Path(getattr(module, "__file__", None) or "")):
            continue
        for attribute in rest:
            value = inspect.getattr_static(value, attribute, None)
        if value is not None:
            yield value


def _functions(value: object) -> list[object]:
    """Return a function, or the methods of a class."""
    return list(vars(value).values()) if isinstance(value, type) else [value]
