"""Surrogates: the halves in which UTF-16 writes a character beyond U+FFFF.

A Python string can hold them, for example from JSON. Two halves that belong together become their
character, as in tiktoken. One alone stands for nothing, and UTF-8 cannot write it.
"""

from __future__ import annotations

import re

from cs336_core.tokenization.arguments import utf8

_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def join_surrogates(text: str, start: int = 0) -> str:
    r"""Join the halves of characters; raise `EncodingError` for a half alone.

    The error counts positions from `start`.

    >>> join_surrogates("\ud83c\udf0d")
    '🌍'
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        # A half alone stays one, while a pair becomes two other characters of the same number.
        utf8(_PAIR.sub("  ", text), start)
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    return text


def character_widths(text: str) -> list[int]:
    r"""Return how many characters of `text` each character of `join_surrogates(text)` was.

    >>> character_widths("a\ud83c\udf0d")
    [1, 2]
    """
    widths, at = [], 0
    for character in join_surrogates(text):
        widths.append(1 if text[at] == character else 2)
        at += widths[-1]
    return widths
