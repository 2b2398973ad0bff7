r"""The kind of every character: for each code point one byte of flags.

The flags are the sets of characters that the patterns consist of, such as `\p{L}`. They come from
the `regex` package, so they are the sets that a pattern matches.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import regex

from cs336_core.tokenization.compiled import Bytes

LETTER = 1  # \p{L}
NUMBER = 2  # \p{N}
WHITE = 4  # \s
LINE_END = 8  # [\r\n], which is white space too
UPPER = 16  # [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]: letters without case and marks are upper case ...
LOWER = 32  # [\p{Ll}\p{Lm}\p{Lo}\p{M}]: ... and lower case
OTHER = 64  # [^\s\p{L}\p{N}]: punctuation, symbols, marks, unassigned characters

_SETS = {
    LETTER | UPPER: r"[\p{Lu}\p{Lt}]+",
    LETTER | LOWER: r"\p{Ll}+",
    LETTER | UPPER | LOWER: r"[\p{Lm}\p{Lo}]+",
    NUMBER: r"\p{N}+",
    WHITE: r"\s+",
    WHITE | LINE_END: r"[\r\n]+",
    OTHER | UPPER | LOWER: r"\p{M}+",
}
_CODE_POINTS = 0x110000
# The ranges that have characters of these sets. The rest of the planes is unassigned.
ASSIGNED = (0, 0x34000), (0xE0000, 0xE1000)


@cache
def character_kinds() -> Bytes:
    """Return the kinds of all code points, an array with one entry each.

    >>> [int(character_kinds()[ord(c)]) for c in "1 !"] == [NUMBER, WHITE, OTHER]
    True
    """
    kinds = np.full(_CODE_POINTS, OTHER, np.uint8)
    for first, end in ASSIGNED:
        codes = np.arange(first, end, dtype="<u4")
        characters = codes.tobytes().decode("utf-32-le", "surrogatepass")
        for flags, pattern in _SETS.items():
            for match in regex.finditer(pattern, characters):
                kinds[first + match.start() : first + match.end()] = flags
    kinds.setflags(write=False)
    return kinds
