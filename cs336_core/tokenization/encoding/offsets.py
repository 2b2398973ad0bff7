"""The positions of tokens in a text, in characters."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cs336_core.tokenization.encoding.surrogates import character_widths, join_surrogates


def character_ranges(text: str, lengths: Iterable[int]) -> list[tuple[int, int]]:
    """Return the range of characters (begin, end) of each token of `text`, given their bytes.

    If a character is split over several tokens, the range of each includes the character.

    >>> character_ranges("né!", [2, 1, 1])
    [(0, 2), (1, 2), (2, 3)]
    """
    # For each byte, where its character begins and ends in `text`.
    sizes = [len(character.encode()) for character in join_surrogates(text)]
    widths = character_widths(text)
    after = np.cumsum(widths, dtype=np.int64)
    ends: list[int] = np.repeat(after, sizes).tolist()
    begins: list[int] = np.repeat(after - widths, sizes).tolist()
    ranges: list[tuple[int, int]] = []
    begin = 0
    for length in lengths:
        end = begin + length
        ranges.append((begins[begin], ends[end - 1]))
        begin = end
    return ranges
