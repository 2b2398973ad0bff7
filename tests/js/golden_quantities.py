"""Numbers formatted by `cs336_core.accounting.units`."""

from __future__ import annotations

import random
from typing import Any

from cs336_core.accounting.units import bytes_text, flops_text, seconds_text, three_digits

BOUNDARIES = (1.125, 1.135, 99.95, 999.5, 1000.5, 12.35, 0.0625, 59.95, 3598, 86_350)


def golden_quantities() -> list[dict[str, Any]]:
    """Return numbers over 36 powers of ten, and some at rounding boundaries, deterministically."""
    rng = random.Random(306)
    numbers: list[float] = [0, 1, 999, 1000, 1e9, 1e15, *BOUNDARIES]
    while len(numbers) < 400:
        numbers.append(rng.uniform(1, 10) * 10.0 ** rng.randint(-10, 26))
    return [
        {
            "value": number,
            "digits": three_digits(number),
            "prefixed": flops_text(number, "B"),
            "memory": bytes_text(number),
            "duration": seconds_text(number),
        }
        for number in numbers
    ]
