"""Values that a trace shows as text alone, the same text in every run of a program."""

from __future__ import annotations

import re
from enum import Enum
from types import ModuleType
from typing import Final, cast

from cs336_core.trace.record.objects import has_text

SCALARS: Final = (Enum, str, int, float, complex, type)
_MAX_DECIMAL_BITS: Final = 10_000  # Python refuses to write longer integers in decimal
_ADDRESS: Final = re.compile(
    r" at 0x[0-9a-fA-F]+|(?<=started|stopped| daemon) \d+(?=\)>$)"  # the latter of a thread
)


def type_name(value: object) -> str:
    """Return the qualified name of a value's type; built-in types have no module prefix.

    >>> import re
    >>> type_name(1), type_name(re.compile(""))
    ('int', 're.Pattern')
    """
    return _qualified_name(type(value))


def strip_address(text: str) -> str:
    """Remove what differs from run to run from the `repr` of an object: its address, or number.

    >>> strip_address("<object object at 0x7f2a>")
    '<object object>'
    >>> strip_address("<Thread(Thread-1 (work), stopped 139972835444416)>")
    '<Thread(Thread-1 (work), stopped)>'
    """
    return _ADDRESS.sub("", text)


def _qualified_name(kind: type) -> str:
    module = kind.__module__
    return kind.__qualname__ if module == "builtins" else f"{module}.{kind.__qualname__}"


def scalar_text(value: object) -> str:
    """Return a number, a string, an enumeration's member or a type as text."""
    kind = type(value)
    if isinstance(value, type):
        return _qualified_name(value)
    if kind is int and value.bit_length() > _MAX_DECIMAL_BITS:  # type: ignore[attr-defined]
        return hex(cast("int", value))
    if has_text(kind):
        return str(value)
    if issubclass(kind, Enum):
        return f"{kind.__name__}.{value._name_}"  # type: ignore[attr-defined]
    base = next(base for base in SCALARS if issubclass(kind, base))
    return base.__str__(value) if base is str else base.__repr__(value)


def object_text(value: object) -> str:
    """Return the text of an object without its address, which differs from run to run."""
    if type(value) is ModuleType:
        return f"module {value.__name__!r}"
    return strip_address(str(value) if has_text(type(value)) else object.__repr__(value))
