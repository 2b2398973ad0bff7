"""Checks of arguments, whose errors name what was given and what is expected."""

from __future__ import annotations

import operator

LARGEST = 10**9  # of any one size; even their products stay far below what a float can hold
MOST = 1e100  # of FLOPs, bytes, tokens ...


class AccountingError(ValueError):
    """A question that has no answer: a size, a convention or a machine that cannot be."""


def check_size(name: str, value: object, *, least: int = 1) -> int:
    """Return a whole number of any library as Python's, whose products do not overflow.

    Raises `AccountingError` for what is not a whole number, too small or enormous.

    >>> check_size("batch", 0)
    Traceback (most recent call last):
    cs336_core._shared.validation.AccountingError: batch is 0; it must be a whole number from 1 to \
1,000,000,000
    """
    number = whole_number(value)
    if number is None or not least <= number <= LARGEST:
        raise AccountingError(
            f"{name} is {shortened(value)}; it must be a whole number from {least:,} to {LARGEST:,}"
        )
    return number


def check_number(
    name: str, value: float, *, above: float | None = None, most: float = MOST
) -> None:
    """Raise `AccountingError` for no number, one under 0 or not above `above`, or over `most`.

    >>> check_number("utilisation", 1.5, above=0, most=1)
    Traceback (most recent call last):
    cs336_core._shared.validation.AccountingError: utilisation is 1.5; it must be a number above 0 \
and at most 1
    """
    given: object = value
    is_number = isinstance(given, float) or whole_number(given) is not None
    if is_number and value <= most and (value >= 0 if above is None else value > above):
        return
    least = "0 or more" if above is None else f"above {above:g}"
    raise AccountingError(
        f"{name} is {shortened(value)}; it must be a number {least} and at most {most:g}"
    )


def check_choice(name: str, value: object, known: tuple[object, ...]) -> None:
    """Raise `AccountingError` for an unknown choice, naming the known ones."""
    if value not in known:
        among = ", ".join(map(repr, known))
        raise AccountingError(f"{name} is {shortened(value)}; it is one of {among}")


def check_flag(name: str, value: object) -> None:
    """Raise `AccountingError` for anything but True and False, such as the text "no"."""
    if not isinstance(value, bool):
        raise AccountingError(f"{name} is {shortened(value)}; it must be True or False")


def shortened(value: object) -> str:
    """Return a value as an error shows it, however many digits it has.

    >>> shortened(10**5000)
    'a number of about 5000 digits'
    >>> shortened("x" * 99)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
    """
    if isinstance(value, int) and abs(value) > 10**40:
        return f"a number of about {int(value.bit_length() * 0.30103)} digits"
    text = repr(value)
    return text if len(text) <= 42 else text[:40] + "…"


def whole_number(value: object) -> int | None:
    """Return a whole number of any library as Python's, or `None` for anything else.

    True and false are not numbers here, and neither is 4.0.
    """
    if isinstance(value, bool):
        return None
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return None
