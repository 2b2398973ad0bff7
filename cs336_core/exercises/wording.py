"""Values and their differences in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAX_LENGTH = 160  # characters of a value
_KINDS: dict[type, str] = {
    bool: "a truth value",
    int: "a number",
    float: "a number",
    list: "a list",
    tuple: "a tuple",
    str: "a string",
    bytes: "bytes",
    dict: "a dict",
}


def shown(value: Any, *, quoted: bool = True) -> str:
    """Return a value as code, shortened in the middle if it is long.

    >>> shown([1, 2])
    '[1, 2]'
    """
    try:
        text = repr(value) if quoted else str(value)
    except Exception as error:
        text = f"an object whose repr raises {type(error).__name__}"
    half = MAX_LENGTH // 2
    return text if len(text) <= MAX_LENGTH else f"{text[:half]} … {text[-half:]}"


def difference(expected: Any, got: Any) -> str:
    """Return a sentence, after a space, about how two results differ, "" if there is no need.

    >>> difference([1], (1,))
    ' That is a tuple; return a list.'
    >>> difference({"a": 1}, {"a": 2})
    " The first difference: 'a' should be 1, not 2."
    """
    if _kind(expected) != _kind(got):
        return f" That is {_kind(got)}; return {_kind(expected)}."
    if isinstance(expected, Mapping):
        return _difference_of_dicts(expected, got)
    if isinstance(expected, list | bytes | str) and len(expected) > 8:
        return _difference_of_lists(expected, got)
    return ""


def _difference_of_dicts(expected: Mapping[Any, Any], got: Mapping[Any, Any]) -> str:
    for key, value in expected.items():
        if key not in got:
            return f" {shown(key)} is missing."
        if got[key] != value:
            should = f"{shown(key)} should be {shown(value)}, not {shown(got[key])}"
            return f" The first difference: {should}."
    extra = next(key for key in got if key not in expected)
    return f" {shown(extra)} should not be there."


def _difference_of_lists(expected: Any, got: Any) -> str:
    if len(expected) != len(got):
        return f" It should have {len(expected)} items, not {len(got)}."
    at = next(i for i, pair in enumerate(zip(expected, got, strict=True)) if pair[0] != pair[1])
    return f" The first difference is at index {at}."


def _kind(value: Any) -> str:
    """Return the type of a value in words; numbers are all of one kind."""
    for kind, words in _KINDS.items():
        if isinstance(value, kind):
            return words
    return f"a {type(value).__name__}"
