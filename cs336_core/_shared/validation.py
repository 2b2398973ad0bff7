"""Checks of arguments. Every error shows what was given and what is expected."""

from __future__ import annotations

import operator
from collections.abc import Collection
from difflib import get_close_matches

MAX_SIZE = 10**9  # of any one dimension; products of several still fit into a float
MAX_NUMBER = 1e100  # of FLOPs, bytes, tokens ...


class InvalidValueError(ValueError):
    """An argument that is out of range, of the wrong type, or not one of the choices."""


def check_size(
    name: str,
    value: object,
    *,
    minimum: int = 1,
    error: type[InvalidValueError] = InvalidValueError,
) -> int:
    """Return an integer of any library (NumPy's too) as a Python int, which cannot overflow.

    Raises `error` for anything but an integer from `minimum` to `MAX_SIZE`.

    >>> check_size("batch", 0)
    Traceback (most recent call last):
    cs336_core._shared.validation.InvalidValueError: batch is 0; it must be a whole number from 1 \
to 1,000,000,000
    """
    number = whole_number(value)
    if number is None or not minimum <= number <= MAX_SIZE:
        raise error(
            f"{name} is {short_repr(value)}; it must be a whole number from {minimum:,} to "
            f"{MAX_SIZE:,}"
        )
    return number


def check_number(
    name: str,
    value: float,
    *,
    above: float | None = None,
    maximum: float = MAX_NUMBER,
    error: type[InvalidValueError] = InvalidValueError,
) -> None:
    """Raise `error` unless 0 <= value <= maximum, or above < value <= maximum.

    >>> check_number("mfu", 1.5, above=0, maximum=1)
    Traceback (most recent call last):
    cs336_core._shared.validation.InvalidValueError: mfu is 1.5; it must be a number above 0 and \
at most 1
    """
    given: object = value
    is_number = isinstance(given, float) or whole_number(given) is not None
    if is_number and value <= maximum and (value >= 0 if above is None else value > above):
        return
    lower = "0 or more" if above is None else f"above {above:g}"
    raise error(
        f"{name} is {short_repr(value)}; it must be a number {lower} and at most {maximum:g}"
    )


def check_choice(
    name: str,
    value: object,
    choices: Collection[object],
    *,
    error: type[InvalidValueError] = InvalidValueError,
) -> None:
    """Raise `error`, which lists the choices, for a value that is not one of them.

    >>> check_choice("unit", "flop", ("FLOP", "MAC"))
    Traceback (most recent call last):
    cs336_core._shared.validation.InvalidValueError: unit is 'flop'; it must be one of 'FLOP', 'MAC'
    """
    if value not in choices:
        listed = ", ".join(map(repr, choices))
        raise error(f"{name} is {short_repr(value)}; it must be one of {listed}")


def check_flag(
    name: str, value: object, *, error: type[InvalidValueError] = InvalidValueError
) -> None:
    """Raise `error` for anything but True and False, such as the string "no"."""
    if not isinstance(value, bool):
        raise error(f"{name} is {short_repr(value)}; it must be True or False")


def unknown_name(kind: str, name: str, known: Collection[str]) -> str:
    """Return the error message for an unknown name, which suggests the closest known ones.

    >>> unknown_name("machine", "h110", ["h100", "t4", "cpu"])
    "unknown machine 'h110'; did you mean h100?"
    >>> unknown_name("machine", "abacus", ["h100", "cpu"])
    "unknown machine 'abacus'; choose one of h100, cpu"
    """
    close = get_close_matches(name.lower(), known, n=3)
    hint = f"did you mean {', '.join(close)}?" if close else f"choose one of {', '.join(known)}"
    return f"unknown {kind} {short_repr(name)}; {hint}"


def short_repr(value: object) -> str:
    """Return the repr of a value for an error message, cut off where it is long.

    >>> short_repr(10**5000)
    'a number of about 5000 digits'
    >>> short_repr("x" * 99)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
    """
    if isinstance(value, int) and abs(value) > 10**40:
        return f"a number of about {int(value.bit_length() * 0.30103)} digits"
    text = repr(value)
    return text if len(text) <= 42 else text[:40] + "…"


def whole_number(value: object) -> int | None:
    """Return an integer of any library as a Python int, and `None` for anything else.

    Neither True and False nor 4.0 are integers here.
    """
    if isinstance(value, bool):
        return None
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None
