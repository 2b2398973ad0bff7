"""What can be counted: whole numbers of a size that models and machines have."""

from __future__ import annotations

from dataclasses import fields

from cs336_core.model.config import ConfigError, Experts, Latent, ModelConfig

LARGEST = 10**9  # of any one size; even their products stay far below what a float can hold
MOST = 1e100  # of FLOPs, bytes, tokens ...


class AccountingError(ValueError):
    """A question that has no answer: a size, a convention or a machine that cannot be."""


def check_size(name: str, value: object, *, least: int = 1) -> None:
    """Raise `AccountingError` for what is no whole number, too small or enormous.

    >>> check_size("batch", 0)
    Traceback (most recent call last):
    cs336_core.accounting.sizes.AccountingError: batch is 0; it must be a whole number from 1 to \
1,000,000,000
    """
    if not _is_whole(value) or not least <= value <= LARGEST:  # type: ignore[operator]
        raise AccountingError(
            f"{name} is {shortened(value)}; it must be a whole number from {least:,} to {LARGEST:,}"
        )


def check_number(
    name: str, value: float, *, above: float | None = None, most: float = MOST
) -> None:
    """Raise `AccountingError` for no number, one under 0 or not above `above`, or over `most`.

    >>> check_number("utilisation", 1.5, above=0, most=1)
    Traceback (most recent call last):
    cs336_core.accounting.sizes.AccountingError: utilisation is 1.5; it must be a number above 0 \
and at most 1
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and value <= most and (value >= 0 if above is None else value > above):
        return
    least = "0 or more" if above is None else f"above {above:g}"
    raise AccountingError(
        f"{name} is {shortened(value)}; it must be a number {least} and at most {most:g}"
    )


def check_config(config: ModelConfig) -> None:
    """Raise `ConfigError` for a model with a size that is beyond any there could be."""
    for part in (config, config.experts, config.latent):
        if part is not None:
            _check_part(part)


def check_choice(name: str, value: object, known: tuple[object, ...]) -> None:
    """Raise `AccountingError` for a choice that there is not."""
    if value not in known:
        among = ", ".join(map(repr, known))
        raise AccountingError(f"{name} is {shortened(value)}; it is one of {among}")


def shortened(value: object) -> str:
    """Return a value as an error shows it, however many digits it has.

    >>> shortened(10**5000)
    'a number of about 5000 digits'
    >>> shortened("x" * 99)
    "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"
    """
    if _is_whole(value) and abs(value) > 10**40:  # type: ignore[arg-type]
        return f"a number of about {int(value.bit_length() * 0.30103)} digits"  # type: ignore[attr-defined]
    text = repr(value)
    return text if len(text) <= 42 else text[:40] + "…"


def _check_part(part: ModelConfig | Experts | Latent) -> None:
    """Raise `ConfigError` for a field that is a whole number, and enormous."""
    for field in fields(part):
        value = getattr(part, field.name)
        if _is_whole(value) and value > LARGEST:
            raise ConfigError(f"{field.name} is {shortened(value)}; it must be at most {LARGEST:,}")


def _is_whole(value: object) -> bool:
    """Return whether this is a whole number; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)
