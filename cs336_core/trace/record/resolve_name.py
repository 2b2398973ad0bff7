"""What a name stands for that someone typed: a module, what is in it, a file."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cs336_core.trace.errors import TraceError
from cs336_core.trace.record.function import Into

_NOTHING: Mapping[str, Any] = MappingProxyType({})


def named(name: str, variables: Mapping[str, Any] = _NOTHING) -> Into:
    """Return the module, function or class of a dotted name, or the path of a file.

    The name is looked for among `variables` first, then imported. Raises `TraceError` where it
    stands for nothing.

    >>> named("json.dumps").__name__
    'dumps'
    """
    if name.endswith(".py") and Path(name).is_file():
        return name
    first, _, rest = name.partition(".")
    try:
        found = variables[first]
        return attrgetter(rest)(found) if rest else found  # type: ignore[no-any-return]
    except (KeyError, AttributeError):
        pass  # it may be a module that nobody has imported yet
    try:
        return pkgutil.resolve_name(name)  # type: ignore[no-any-return]
    except Exception as error:
        raise TraceError(
            f"{name!r} is no module, no function or class of one, and no file: {error}"
        ) from error
