"""Checks of what callers pass: a value of the wrong type is refused in one sentence."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable
from operator import index

from cs336_core.tokenization.errors import WrongTypeError


def check_text(text: object) -> None:
    """Raise `WrongTypeError` for what is not a string."""
    if not isinstance(text, str):
        advice = "; decode it first" if isinstance(text, bytes | bytearray) else ""
        raise WrongTypeError(f"the text is {described(text)}; it must be a string{advice}")


def string_list(name: str, given: object, expected: str = "a list of strings") -> list[str]:
    """Return strings as a list; raise `WrongTypeError` for a single one, or anything else.

    >>> string_list("special_tokens", ("<|end|>", "<|pad|>"))
    ['<|end|>', '<|pad|>']
    """
    if isinstance(given, str) or not isinstance(given, Iterable):
        advice = f", such as [{given!r}]" if isinstance(given, str) else ""
        raise WrongTypeError(f"{name} is {described(given)}; it must be {expected}{advice}")
    strings = list(given)
    for string in strings:
        if not isinstance(string, str):
            raise WrongTypeError(f"{name} has {described(string)}; each must be a string")
    return strings


def whole_number(name: str, given: object) -> int:
    """Return an integer of any kind; raise `WrongTypeError` for anything else.

    >>> whole_number("vocab_size", 300)
    300
    """
    try:
        return index(given)  # type: ignore[arg-type]
    except TypeError:
        pass
    is_whole = isinstance(given, float) and given.is_integer()
    advice = f", such as {int(given)}" if is_whole else ""  # type: ignore[call-overload]
    raise WrongTypeError(f"{name} is {described(given)}; it must be an integer{advice}")


def described(value: object) -> str:
    """Return a value and its type, shortened.

    >>> described(1e4)
    '10000.0, of type float'
    """
    return f"{reprlib.repr(value)}, of type {type(value).__name__}"
