"""Text for a terminal: times, widths, colour."""

from __future__ import annotations

import os
import unicodedata
from typing import TextIO


def duration(seconds: float) -> str:
    """Write a time for people.

    >>> [duration(s) for s in (0.04, 2.34, 41.2, 83)]
    ['0.0 s', '2.3 s', '41 s', '1 min 23 s']
    """
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if round(seconds) < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def width(text: str) -> int:
    """Count the columns that `text` takes: a Chinese character takes two.

    >>> width("the cat"), width("词元")
    (7, 4)
    """
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def clip(text: str, columns: int) -> str:
    """`text` without control characters, cut so that it takes no more than `columns`.

    >>> clip("Collecting torch==2.13.0", 12)
    'Collecting …'
    """
    text = "".join(c for c in text if c.isprintable())
    if width(text) <= columns:
        return text
    while text and width(text) > columns - 1:
        text = text[:-1]
    return text + "…" if columns > 0 else ""


def wants_colour(out: TextIO) -> bool:
    """Whether colour goes to `out`: a terminal that knows it, and no NO_COLOR (no-color.org)."""
    return out.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
