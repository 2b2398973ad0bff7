"""Checks of arguments: a value of the wrong type is refused in one sentence."""

from __future__ import annotations

import os
import reprlib
from collections.abc import Iterable
from operator import index
from pathlib import Path
from typing import SupportsIndex, TypeAlias

from cs336_core.tokenization.errors import EncodingError, TokenizationError, WrongTypeError

Ids: TypeAlias = "Iterable[SupportsIndex]"  # a list, an array, a tensor, an iterator ...


def check_text(text: object) -> None:
    """Raise `WrongTypeError` unless `text` is a string."""
    if not isinstance(text, str):
        advice = "; decode it first" if isinstance(text, bytes | bytearray) else ""
        raise wrong_type("the text", text, f"a string{advice}")


def utf8(text: str, start: int = 0) -> bytes:
    r"""Return `text` in UTF-8.

    Raises `WrongTypeError` if it is not a string, and `EncodingError` for a lone surrogate: half of
    a character that UTF-16 writes as two. A Python string can hold one (JSON with `\ud83d` alone
    gives it), UTF-8 cannot. Its position is counted from `start`.

    >>> utf8("né")
    b'n\xc3\xa9'
    """
    check_text(text)
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        code_point, position = ord(text[error.start]), start + error.start
        raise EncodingError(
            f"the text has a lone surrogate, U+{code_point:04X}, at position {position}, and "
            'UTF-8 cannot write it; text.encode("utf-8", "replace").decode() replaces it with "?"'
        ) from None


def string_list(name: str, value: object, expected: str = "a list of strings") -> list[str]:
    """Return an iterable of strings as a list; raise `WrongTypeError` for anything else.

    A single string is refused too: it would be taken for a list of characters.

    >>> string_list("special_tokens", ("<|end|>", "<|pad|>"))
    ['<|end|>', '<|pad|>']
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        advice = f", such as [{value!r}]" if isinstance(value, str) else ""
        raise wrong_type(name, value, f"{expected}{advice}")
    strings = list(value)
    for string in strings:
        if not isinstance(string, str):
            raise WrongTypeError(f"{name} has {described(string)}; each must be a string")
    return strings


def whole_number(name: str, value: object) -> int:
    """Return an integer of any kind; raise `WrongTypeError` for anything else.

    >>> whole_number("vocab_size", 300)
    300
    """
    try:
        return index(value)  # type: ignore[arg-type]
    except TypeError:
        is_whole = isinstance(value, float) and value.is_integer()
        advice = f", such as {value:.0f}" if is_whole else ""
        raise wrong_type(name, value, f"an integer{advice}") from None


def id_list(ids: object) -> list[int]:
    """Return ids as a list of Python integers; raise `WrongTypeError` for anything else.

    >>> id_list(iter([104, 105]))
    [104, 105]
    """
    # Of arrays and tensors: much faster than element by element
    convert = getattr(ids, "tolist", None)
    given = ids if convert is None else convert()
    if not isinstance(given, Iterable):
        raise wrong_type("ids", ids, "a list of ids, or any other iterable of integers")
    values = given if isinstance(given, list | tuple) else list(given)
    numbers: list[int] = []
    try:
        numbers.extend(map(index, values))
    except TypeError:
        i = len(numbers)
        advice = "; decode one sequence at a time" if _is_sequence(values[i]) else ""
        raise wrong_type(f"ids[{i}]", values[i], f"an integer{advice}") from None
    return numbers


def _is_sequence(value: object) -> bool:
    """Whether the element holds ids itself, like a row of a batch; a tensor may be one number."""
    return (
        getattr(value, "ndim", 1) > 0
        and hasattr(value, "__len__")
        and not isinstance(value, str | bytes)
    )


def path_of(name: str, value: object) -> Path:
    """Return a string or path object as a `Path`; raise `TokenizationError` for anything else."""
    if not isinstance(value, str | os.PathLike):
        raise wrong_type(name, value, "a string or a Path")
    path = Path(value)
    if "\0" in str(path):
        raise TokenizationError(f"{name} is {str(path)!r}; a path has no null character")
    return path


def wrong_type(name: str, value: object, expected: str) -> WrongTypeError:
    """Return the error for a value that is not what it must be."""
    return WrongTypeError(f"{name} is {described(value)}; it must be {expected}")


def described(value: object) -> str:
    """Return a value, shortened, and its type, for a message.

    >>> described(1e4)
    '10000.0, of type float'
    """
    return f"{reprlib.repr(value)}, of type {type(value).__name__}"
