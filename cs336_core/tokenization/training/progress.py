"""Progress of long work, reported to a callback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple


class Progress(NamedTuple):
    """How far training has come.

    Attributes:
        stage: "count" while pre-tokens are counted, "merge" while merges are learned.
        done: bytes counted, or merges learned, so far.
        total: all bytes, or all merges; `None` if unknown before the end.

    """

    stage: Literal["count", "merge"]
    done: int
    total: int | None


OnProgress = Callable[[Progress], None]
