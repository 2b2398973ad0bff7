"""Formatting of quantities: three significant digits and a suitable unit."""

from __future__ import annotations

from collections.abc import Sequence

from cs336_core._shared.validation import check_number

THOUSANDS = ("", "k", "M", "G", "T", "P", "E", "Z", "Y", "R", "Q")
WORDS = ("", "K", "M", "B", "T")  # for parameters and tokens
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB")
DURATIONS = (
    ("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0), ("minutes", 60.0), ("hours", 3600.0),
    ("days", 86_400.0), ("years", 365 * 86_400.0),
)  # fmt: skip


def flops_text(flops: float, unit: str = "FLOPs") -> str:
    """Format FLOPs, or FLOP/s, with an SI prefix.

    >>> flops_text(1.2e12), flops_text(989e12, "FLOP/s"), flops_text(999.6e9)
    ('1.2 TFLOPs', '989 TFLOP/s', '1 TFLOPs')
    """
    check_number("flops", flops)
    number, prefix = _scaled(flops, 1000, THOUSANDS)
    return f"{number} {prefix}{unit}"


def bytes_text(size: float) -> str:
    """Format bytes in powers of 1,024.

    >>> bytes_text(131_072), bytes_text(70_272), bytes_text(12)
    ('128 KiB', '68.6 KiB', '12 B')
    """
    check_number("size", size)
    number, unit = _scaled(size, 1024, BINARY)
    return f"{number} {unit}"


def count_text(count: float) -> str:
    """Format a number of parameters or tokens.

    >>> count_text(8_030_261_248), count_text(15e12), count_text(420)
    ('8.03 B', '15 T', '420')
    """
    check_number("count", count)
    number, word = _scaled(count, 1000, WORDS)
    return f"{number} {word}".strip()


def seconds_text(seconds: float) -> str:
    """Format a time in the largest unit of which there is at least one.

    >>> seconds_text(0.00802), seconds_text(144.0 * 86_400), seconds_text(0)
    ('8.02 ms', '144 days', '0 s')
    """
    check_number("seconds", seconds)
    if not seconds:
        return "0 s"
    # Rounded first: 59.99 s are 1 minute.
    fitting = [(name, length) for name, length in DURATIONS if _rounded(seconds / length) >= 1]
    name, length = fitting[-1] if fitting else DURATIONS[0]
    number = three_digits(seconds / length)
    return f"{number} {name.removesuffix('s') if number == '1' and length >= 60 else name}"


def percent_text(fraction: float) -> str:
    """Format a fraction as a percentage.

    >>> percent_text(0.6472), percent_text(1)
    ('64.7 %', '100.0 %')
    """
    check_number("fraction", fraction)
    return f"{100 * fraction:.1f} %"


def scientific_text(number: float, digits: int = 3) -> str:
    """Format a number as a power of ten, with that many significant digits.

    >>> scientific_text(7.23e23), scientific_text(6.3e24), scientific_text(3.1e-15, digits=1)
    ('7.23 × 10²³', '6.30 × 10²⁴', '3 × 10⁻¹⁵')
    """
    check_number("number", number)
    mantissa, _, exponent = f"{number:.{digits - 1}e}".partition("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}"


def three_digits(number: float) -> str:
    """Format a number with three significant digits, and a larger one as an integer.

    >>> three_digits(1.2), three_digits(143.97), three_digits(12345)
    ('1.2', '144', '12,345')
    """
    rounded = _rounded(number)
    if rounded and (abs(rounded) >= 1e15 or abs(rounded) < 1e-3):
        return f"{rounded:g}"
    return f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:,.6f}".rstrip("0")


def _rounded(number: float) -> float:
    """Round to three significant digits, or to an integer above 1,000."""
    return float(f"{number:.3g}") if abs(number) < 1000 else float(round(number))


def _scaled(number: float, base: int, names: Sequence[str]) -> tuple[str, str]:
    """Divide by `base` while the result is at least 1; return the number and the prefix."""
    power = 0
    while power < len(names) - 1 and _rounded(number / base**power) >= base:
        power += 1
    return three_digits(number / base**power), names[power]
