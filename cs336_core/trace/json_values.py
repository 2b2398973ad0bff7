"""Which Python values JSON can hold without loss."""

from __future__ import annotations

import math
from typing import Final, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_EXACT_INT: Final = 1 << 53  # JavaScript cannot tell larger integers apart


def is_json_scalar(value: object) -> bool:
    """Whether every JSON reader gets back the same value (strings, which may be long, aside)."""
    match value:
        case None | bool():
            return True
        case int():
            return type(value) is int and abs(value) <= MAX_EXACT_INT
        case float():
            # A JSON reader may turn 2.0 into 2.
            return type(value) is float and math.isfinite(value) and not value.is_integer()
    return False
