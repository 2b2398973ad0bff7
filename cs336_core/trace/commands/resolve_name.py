"""Resolves a name given on the command line to a module, a function, a class or a file."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cs336_core.trace.errors import TraceError
from cs336_core.trace.record.function import Into

_EMPTY: Mapping[str, Any] = MappingProxyType({})


def resolve_name(name: str, variables: Mapping[str, Any] = _EMPTY) -> Into:
    """Return the module, function or class with a dotted name, or the path of a file.

    Looks among `variables` first, then imports. Raises `TraceError` for an unknown name.

    >>> resolve_name("json.dumps").__name__
    'dumps'
    """
    if name.endswith(".py") and Path(name).is_file():
        return name
    first, _, rest = name.partition(".")
    try:
        found = variables[first]
        return attrgetter(rest)(found) if rest else found  # type: ignore[no-any-return]
    except (KeyError, AttributeError):
        pass  # it may be a module that is not imported yet
    try:
        return pkgutil.resolve_name(name)  # type: ignore[no-any-return]
    except Exception as error:
        raise TraceError(
            f"{name!r} is not a module, a function or class in one, or a file: {error}"
        ) from error
