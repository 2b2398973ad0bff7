"""JSON objects from files that anyone may have written."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cs336_core._shared.validation import InvalidValueError, short_repr


def unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object, as the `object_pairs_hook` of `json.loads`.

    Raises `InvalidValueError` for a name that it repeats, of which `json` would take the last.

    >>> import json
    >>> json.loads('{"a": 1, "a": 2}', object_pairs_hook=unique_names)
    Traceback (most recent call last):
    cs336_core._shared.validation.InvalidValueError: has 'a' more than once; keep one of them
    """
    fields = dict(pairs)
    if len(fields) < len(pairs):
        (name, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise InvalidValueError(f"has {short_repr(name)} more than once; keep one of them")
    return fields
