"""The kind of every character of a text, as an array, for the vectorized pre-tokenizers.

The kinds come from the `regex` package, so they are the ones that a pattern sees. The text is
UTF-8. The byte 0xFF, which never occurs in UTF-8, is an edge: the end of one text and the beginning
of the next, which no pre-token crosses.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from cs336_core.tokenization.pretokenization.special_tokens import EDGE_BYTE

_EDGE_CODE = 0xDCFF  # the code point of that byte, decoded with "surrogateescape"
_CODE_POINTS = 0x110000
# The ranges with characters of a kind other than `OTHER`. The rest of the planes is unassigned, and
# a search through it would take three times as long.
_ASSIGNED = (0, 0x34000), (0xE0000, 0xE1000)

# Kinds come in families of two and four, so that one shift distinguishes letters from numbers.
NEWLINE, WHITE = 0, 1
UPPER, LOWER, LETTER = 4, 5, 6  # LETTER: one that has no case, as in Chinese
NUMBER = 8
OTHER, MARK = 12, 13  # punctuation and symbols; combining marks
EDGE = 16

WHITE_FAMILY, LETTER_FAMILY, NUMBER_FAMILY, OTHER_FAMILY, EDGE_FAMILY = range(5)

_PROPERTIES = {
    WHITE: r"\s+",
    NEWLINE: r"[\r\n]+",
    UPPER: r"[\p{Lu}\p{Lt}]+",
    LOWER: r"\p{Ll}+",
    LETTER: r"[\p{Lm}\p{Lo}]+",
    NUMBER: r"\p{N}+",
    MARK: r"\p{M}+",
}


class Characters(NamedTuple):
    """The characters of a text, one entry each.

    Attributes:
        codes: their code points.
        kinds: their kinds, such as `UPPER`.
        families: the families of their kinds, such as `LETTER_FAMILY`.
        first_bytes: for each byte of the UTF-8 whether a character begins there; `None` if every
            character is one byte.

    """

    codes: NDArray[np.uint8] | NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    families: NDArray[np.uint8]
    first_bytes: NDArray[np.bool_] | None


def characters(data: bytes) -> Characters:
    """Look up every character of `data`, valid UTF-8 with edges."""
    if data.isascii() or data.translate(None, EDGE_BYTE).isascii():
        codes = np.frombuffer(data, np.uint8)
        kinds = np.frombuffer(data.translate(_byte_kinds()), np.uint8)
        return Characters(codes, kinds, families_of(kinds), None)
    text = data.decode("utf-8", "surrogateescape")
    wide = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = code_point_kinds().take(wide)
    # The other bytes of a character are 0x80 to 0xBF, which are the lowest signed numbers.
    first_bytes = np.frombuffer(data, np.int8) > 0xBF - 0x100
    return Characters(wide, kinds, families_of(kinds), first_bytes)


def families_of(kinds: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the family of each kind."""
    families: NDArray[np.uint8] = np.right_shift(kinds, np.uint8(2))
    return families


@cache
def code_point_kinds() -> NDArray[np.uint8]:
    """Return the kind of every code point.

    >>> [int(code_point_kinds()[ord(c)]) for c in "aA猫7!"] == [LOWER, UPPER, LETTER, NUMBER, OTHER]
    True
    """
    kinds = np.full(_CODE_POINTS, OTHER, np.uint8)
    for first, end in _ASSIGNED:
        codes = np.arange(first, end, dtype="<u4")
        some = codes.tobytes().decode("utf-32-le", "surrogatepass")
        for kind, pattern in _PROPERTIES.items():
            for match in regex.finditer(pattern, some):
                kinds[first + match.start() : first + match.end()] = kind
    kinds[_EDGE_CODE] = EDGE
    kinds.setflags(write=False)
    return kinds


@cache
def _byte_kinds() -> bytes:
    """Return the kinds of the 128 ASCII characters and of the edge, for `bytes.translate`."""
    kinds = code_point_kinds()[:256].copy()
    kinds[EDGE_BYTE[0]] = EDGE
    return kinds.tobytes()
