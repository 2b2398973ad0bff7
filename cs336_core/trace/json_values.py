"""Which Python values JSON can hold without loss."""

from __future__ import annotations

import math
from typing import Final, TypeAlias, cast

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_EXACT_INT: Final = 1 << 53  # JavaScript cannot tell larger integers apart


def is_json_scalar(value: object) -> bool:
    """Whether every JSON reader gets back the same value (strings, which may be long, aside)."""
    kind = type(value)
    if kind is int:
        return abs(cast("int", value)) <= MAX_EXACT_INT
    if kind is float:
        number = cast("float", value)
        return math.isfinite(number) and not number.is_integer()  # a reader may turn 2.0 into 2
    return value is None or kind is bool
