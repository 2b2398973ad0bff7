"""How far long work has come, told to whoever asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple


class Progress(NamedTuple):
    """How far training has come.

    Attributes:
        stage: "count" while pre-tokens are counted, "merge" while merges are learned.
        done: bytes counted, or merges learned, so far.
        total: how many there are; `None` where nobody knows before the end.

    """

    stage: Literal["count", "merge"]
    done: int
    total: int | None


OnProgress = Callable[[Progress], None]
EVERY = 128  # merges: often enough for the eye
