"""How much shorter a text becomes when it is written as tokens."""

from __future__ import annotations

from collections.abc import Sequence


def compression_ratio(text: str, ids: Sequence[int]) -> float:
    """Return the UTF-8 bytes of `text` that one token of `ids` stands for, on average.

    Higher is shorter: 1.0 is one token a byte. Raises `ValueError` where there are no tokens.

    >>> compression_ratio("the cat", list(b"the cat"))
    1.0
    """
    if not ids:
        raise ValueError("no tokens: a compression ratio needs at least one")
    return len(text.encode("utf-8")) / len(ids)
